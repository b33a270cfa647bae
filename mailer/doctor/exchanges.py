"""Examining MX: whether mail for a domain, replies and reports alike, finds a server."""

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.names import Names, NamesUnreachableError
from mailer.doctor.zone import exchange_record


def examine_mx(names: Names, domain: str) -> Finding:
    """Examine where mail for a domain goes (RFC 5321 sec. 5.1, RFC 7505)."""
    sheet = Sheet("mx", domain)
    try:
        exchanges = names.exchanges(domain)
        if not exchanges:
            return _implicit(names, sheet)
        if any(not exchange.host for exchange in exchanges):
            return sheet.error(
                f"Tên miền {domain} công bố “null MX”, tức là không nhận thư nào: thư trả lời và "
                "thư trả về đều mất. Thay bằng bản ghi MX của máy chủ nhận thư.",
                f"{domain} publishes a null MX, which says that it takes no mail: replies and "
                "bounces are lost. Replace it by the MX record of the server that takes its mail.",
                exchange_record(domain, f"mail.{domain}"),
            )
        dead = [one.host for one in exchanges if not names.addresses(one.host)]
    except NamesUnreachableError as error:
        return sheet.unreachable(error.name)
    hosts = ", ".join(exchange.host for exchange in exchanges)
    if len(dead) == len(exchanges):
        return sheet.error(
            f"Bản ghi MX của {domain} trỏ tới {hosts}, tên không có địa chỉ nào. Thêm bản ghi A "
            "cho tên đó, hoặc sửa MX.",
            f"The MX of {domain} points to {hosts}, which has no address. Add an A record there, "
            "or correct the MX.",
        )
    if dead:
        return sheet.warning(
            f"Một số máy chủ nhận thư của {domain} không có địa chỉ: {', '.join(dead)}. Bỏ bản ghi "
            "MX đó hoặc thêm bản ghi A.",
            f"Some servers that take mail for {domain} have no address: {', '.join(dead)}. Remove "
            "that MX, or add an A record.",
        )
    return sheet.ok(
        f"Thư gửi tới {domain} đến máy chủ {hosts}.", f"Mail for {domain} goes to {hosts}."
    )


def _implicit(names: Names, sheet: Sheet) -> Finding:
    domain = sheet.about
    wanted = exchange_record(domain, f"mail.{domain}")
    if names.addresses(domain):
        return sheet.warning(
            f"Tên miền {domain} không có MX; thư đến thẳng địa chỉ của tên miền, nơi có thể không "
            "có máy chủ thư. Thêm bản ghi MX (thay tên máy chủ cho đúng).",
            f"{domain} has no MX; its mail goes to the domain's own address, where no mail server "
            "may listen. Add an MX record (with the right server's name).",
            wanted,
        )
    return sheet.error(
        f"Tên miền {domain} không có MX và không có địa chỉ: không nhận được thư trả lời, thư trả "
        "về, và nhiều nơi nhận từ chối thư của tên miền như vậy. Thêm bản ghi MX (thay tên máy chủ "
        "cho đúng).",
        f"{domain} has neither MX nor address: replies and bounces are lost, and many receivers "
        "refuse mail from such a domain. Add an MX record (with the right server's name).",
        wanted,
    )
