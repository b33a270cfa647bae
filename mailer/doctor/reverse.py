"""Examining PTR: whether an address that sends mail has a name, and the name has the address."""

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.names import IpAddress, Names, NamesUnreachableError


def examine_ptr(names: Names, address: IpAddress) -> Finding:
    """Examine the reverse record of an address, confirmed forwards (FCrDNS, RFC 8601 sec. 3)."""
    sheet = Sheet("ptr", str(address))
    if not address.is_global:
        return sheet.unchecked(
            f"{address} là địa chỉ nội bộ; nơi nhận thấy một địa chỉ khác. Chạy lại với --from-ip "
            "ĐỊA-CHỈ công khai của máy chủ gửi.",
            f"{address} is not a public address, and receivers see another one. Run this again "
            "with --from-ip and the relay's public address.",
        )
    try:
        pointers = names.pointers(address)
        confirmed = [name for name in pointers if address in names.addresses(name, address.version)]
    except NamesUnreachableError as error:
        return sheet.unreachable(error.name)
    wanted = f"{address.reverse_pointer}. IN PTR mail.example."
    if not pointers:
        return sheet.error(
            f"Địa chỉ {address} không có bản ghi ngược (PTR): Gmail và nhiều nơi từ chối thư. Đề "
            "nghị nhà cung cấp đường truyền đặt PTR theo mẫu dưới đây, với tên máy chủ thư.",
            f"{address} has no reverse record (PTR): Gmail and others refuse its mail. Ask the "
            "provider of the line to set one as below, with the mail server's name.",
            wanted,
        )
    if not confirmed:
        return sheet.error(
            f"Bản ghi ngược của {address} là {', '.join(pointers)}, nhưng tên đó không trỏ lại địa "
            f"chỉ này. Thêm bản ghi dưới đây.",
            f"The reverse record of {address} is {', '.join(pointers)}, which does not point back. "
            "Add the record below.",
            f"{pointers[0]}. IN {'A' if address.version == 4 else 'AAAA'} {address}",
        )
    return sheet.ok(
        f"{address} ↔ {confirmed[0]}: bản ghi ngược và xuôi khớp nhau.",
        f"{address} ↔ {confirmed[0]}: reverse and forward records agree.",
    )
