"""Findings about a relay: reached, trusted, logged in to, and what it offers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailer.doctor.finding import Finding, Sheet
from mailer.doctor.probe import Probe, Stage, Trouble
from mailer.smtp.endpoint import Endpoint, Security

EXPIRY_WARNING = timedelta(days=21)
"""A certificate is renewed by people, who need notice."""
_SHOWN_OFFERS = (*("STARTTLS", "SIZE", "DSN", "SMTPUTF8", "PIPELINING", "CHUNKING", "8BITMIME"),)
_LEAST_SIZE = 200_000
"""Octets; a letter has about 12,000, and a relay that takes no more than this is set up wrongly."""
_SAFE_TLS = frozenset({"TLSv1.2", "TLSv1.3"})


def examine_relay(
    name: str, endpoint: Endpoint, seen: Probe, *, now: datetime, oauth: bool
) -> tuple[Finding, ...]:
    """Say what a probe found; `oauth` tells whether the login is by access token."""
    return tuple(_findings(name, endpoint, seen, now, oauth=oauth))


def _findings(
    name: str, endpoint: Endpoint, seen: Probe, now: datetime, *, oauth: bool
) -> Iterator[Finding]:
    yield _connected(Sheet("connect", name), endpoint, seen)
    if endpoint.security is not Security.PLAIN:
        yield from _secured(Sheet("tls", name), endpoint, seen)
    if seen.certificate is not None:
        yield _certified(Sheet("certificate", name), endpoint, seen, now)
    if seen.offers:
        yield _offered(Sheet("offers", name), seen)
    yield from _logged_in(Sheet("login", name), endpoint, seen, oauth=oauth)
    if Stage.SENDER in seen.seconds:
        yield _sender(Sheet("sender", name), seen)


def _connected(sheet: Sheet, endpoint: Endpoint, seen: Probe) -> Finding:
    where = f"{endpoint.host}:{endpoint.port}"
    trouble = _at(seen, Stage.CONNECT) or _at(seen, Stage.HELLO)
    if trouble is None:
        hello = f" ({seen.hello})" if seen.hello else ""
        return sheet.ok(
            f"Kết nối được {where}{hello}{_took(seen, Stage.CONNECT)}.",
            f"Connected to {where}{hello}{_took(seen, Stage.CONNECT)}.",
        )
    if "CERTIFICATE_VERIFY_FAILED" in trouble.words:
        return sheet.unchecked(
            f"Đã tới {where} nhưng không tin được chứng thư của nó; xem mục certificate.",
            f"{where} was reached, but its certificate cannot be trusted; see certificate.",
        )
    return sheet.error(
        f"Không kết nối được {where}: {_said(trouble)}. Kiểm tra tên máy chủ, cổng (587 với "
        "smtp+starttls, 465 với smtps) và tường lửa.",
        f"{where} cannot be reached: {_said(trouble)}. Check the server's name, the port (587 for "
        "smtp+starttls, 465 for smtps) and the firewall.",
    )


def _secured(sheet: Sheet, endpoint: Endpoint, seen: Probe) -> Iterator[Finding]:
    trouble = _at(seen, Stage.TLS)
    if seen.tls:
        if seen.tls in _SAFE_TLS:
            yield sheet.ok(
                f"Đường truyền mã hóa {seen.tls}{_took(seen, Stage.TLS)}.",
                f"Protected by {seen.tls}{_took(seen, Stage.TLS)}.",
            )
        else:
            yield sheet.warning(
                f"Máy chủ chỉ dùng {seen.tls}, đã lỗi thời. Đề nghị nơi quản lý máy chủ bật TLS "
                "1.2 trở lên.",
                f"The server speaks only {seen.tls}, which is out of date. Ask whoever runs it for "
                "TLS 1.2 or later.",
            )
    elif trouble is not None and "CERTIFICATE_VERIFY_FAILED" not in trouble.words:
        if endpoint.security is Security.STARTTLS and "STARTTLS" not in seen.offers:
            yield sheet.error(
                "Máy chủ không mời STARTTLS nên không gửi gì cả. Dùng smtps:// (cổng 465), đổi "
                "cổng sang 587, hoặc xem có thiết bị nào ở giữa gỡ mất STARTTLS.",
                "The server does not offer STARTTLS, so nothing is sent. Use smtps:// (port 465), "
                "change to port 587, or see whether a device on the way strips the offer.",
            )
        else:
            yield sheet.error(
                f"Không thiết lập được mã hóa: {_said(trouble)}.",
                f"Encryption could not be set up: {_said(trouble)}.",
            )


def _certified(sheet: Sheet, endpoint: Endpoint, seen: Probe, now: datetime) -> Finding:
    certificate = seen.certificate
    assert certificate is not None  # noqa: S101 - asked by the caller
    names = ", ".join(certificate.names) or certificate.subject
    day = f"{certificate.expires:%d/%m/%Y}"
    who_vi = f"Chứng thư của {names}, do {certificate.issuer} cấp, hết hạn {day}"
    who_en = f"Certificate of {names}, issued by {certificate.issuer}, expires {day}"
    if certificate.expires <= now:
        return sheet.error(
            f"{who_vi}: đã hết hạn. Đề nghị nơi quản lý máy chủ gia hạn.",
            f"{who_en}: it has expired. Ask whoever runs the server to renew it.",
        )
    trouble = seen.trouble
    if trouble is not None and "CERTIFICATE_VERIFY_FAILED" in trouble.words:
        return sheet.error(
            f"{who_vi}: máy này không tin ({_said(trouble)}). Dùng đúng tên máy chủ ghi trong "
            f"chứng thư thay cho {endpoint.host}; nếu là chứng thư nội bộ, ghi tệp của nơi cấp vào "
            "ca_file.",
            f"{who_en}: this machine does not trust it ({_said(trouble)}). Use the name in the "
            f"certificate in place of {endpoint.host}; for an authority of your own, name its file "
            "as ca_file.",
        )
    if certificate.expires <= now + EXPIRY_WARNING:
        days = (certificate.expires - now).days
        return sheet.warning(
            f"{who_vi}: chỉ còn {days} ngày. Đề nghị nơi quản lý máy chủ gia hạn.",
            f"{who_en}: {days} days are left. Ask whoever runs the server to renew it.",
        )
    return sheet.ok(f"{who_vi}.", f"{who_en}.")


def _offered(sheet: Sheet, seen: Probe) -> Finding:
    said = [f"{name} {seen.offers[name]}".strip() for name in _SHOWN_OFFERS if name in seen.offers]
    if seen.logins:
        said.append(f"AUTH {' '.join(seen.logins)}")
    offers = ", ".join(said) or "–"
    size = seen.offers.get("SIZE", "")
    if size.isdigit() and 0 < int(size) < _LEAST_SIZE:
        return sheet.warning(
            f"Máy chủ chỉ nhận thư đến {size} byte ({offers}). Đề nghị nâng giới hạn lên 1 MB.",
            f"The server takes letters of {size} octets only ({offers}). Ask for a limit of 1 MB.",
        )
    without = [
        *([] if "DSN" in seen.offers else ["DSN"]),
        *([] if "SMTPUTF8" in seen.offers else ["SMTPUTF8"]),
    ]
    more_vi = f" Không có {', '.join(without)}: {_LACKS['vi']}" if without else ""
    more_en = f" No {', '.join(without)}: {_LACKS['en']}" if without else ""
    return sheet.ok(f"Máy chủ mời: {offers}.{more_vi}", f"The server offers: {offers}.{more_en}")


_LACKS = {
    "vi": "vẫn gửi được; thiếu DSN thì không có báo đã phát, thiếu SMTPUTF8 thì không gửi được tới "
    "địa chỉ có dấu trước @.",
    "en": "letters still go; without DSN deliveries are not reported, without SMTPUTF8 addresses "
    "with accents before the @ cannot be reached.",
}


def _logged_in(sheet: Sheet, endpoint: Endpoint, seen: Probe, *, oauth: bool) -> Iterator[Finding]:
    trouble = _at(seen, Stage.LOGIN)
    if seen.reached(Stage.LOGIN):
        yield sheet.ok(
            f"Đăng nhập được{_took(seen, Stage.LOGIN)}.", f"Logged in{_took(seen, Stage.LOGIN)}."
        )
    elif trouble is not None:
        kept = "XOAUTH2" if oauth else "LOGIN hoặc PLAIN"
        yield sheet.error(
            f"Không đăng nhập được: {_said(trouble)}. Kiểm tra tài khoản và mật khẩu (ký tự đặc "
            f"biệt viết kiểu %40), hoặc hỏi nơi quản lý máy chủ có cho {kept} không; Microsoft 365 "
            "và Gmail cần bật SMTP AUTH cho hộp thư hoặc dùng [relays.login].",
            f"The login was refused: {_said(trouble)}. Check user and password (special characters "
            f"as %40), or ask whoever runs the server whether {'XOAUTH2' if oauth else 'LOGIN or '}"
            f"{'' if oauth else 'PLAIN'} is allowed; Microsoft 365 and Gmail need SMTP AUTH turned "
            "on for the mailbox, or [relays.login].",
        )
    elif endpoint.username is None and not oauth and seen.offers:
        yield sheet.unchecked(
            "Không khai báo tài khoản nên không đăng nhập.",
            "No account is given, so there is no login.",
        )


def _sender(sheet: Sheet, seen: Probe) -> Finding:
    trouble = _at(seen, Stage.SENDER)
    if trouble is None:
        return sheet.ok(
            "Máy chủ nhận địa chỉ gửi của thư mời.", "The server takes our letters' sender."
        )
    return sheet.error(
        f"Máy chủ không nhận địa chỉ gửi của thư mời: {_said(trouble)}. Đề nghị nơi quản lý máy "
        "chủ cho tài khoản này gửi bằng địa chỉ trong SURVEY_MAIL_FROM và địa chỉ thư trả về.",
        f"The server refuses our letters' sender: {_said(trouble)}. Ask whoever runs it to let "
        "this account send as SURVEY_MAIL_FROM and as the return address.",
    )


def _at(seen: Probe, stage: Stage) -> Trouble | None:
    return seen.trouble if seen.trouble is not None and seen.trouble.stage is stage else None


def _said(trouble: Trouble) -> str:
    return f"{trouble.code} {trouble.words}" if trouble.code else trouble.words


def _took(seen: Probe, stage: Stage) -> str:
    return f", {seen.seconds[stage]:.2f} s" if stage in seen.seconds else ""
