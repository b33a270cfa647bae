"""`mail doctor`: whether letters will go out, be believed, and come back where they should."""

import ipaddress
from collections import Counter
from typing import TYPE_CHECKING

import click

from mailer.doctor.finding import Finding, Mark, has_error
from mailer.writing.address import Address, parse_address
from questionnaires.text import Text
from survey_service.cli.options import json_option
from survey_service.cli.speaking import REFUSED, Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from mailer.doctor.names import DnsNames, IpAddress

_MARKS = {
    Mark.OK: Text(vi="ĐẠT", en="OK"),
    Mark.WARNING: Text(vi="CẢNH BÁO", en="WARNING"),
    Mark.ERROR: Text(vi="LỖI", en="ERROR"),
    Mark.NOT_CHECKED: Text(vi="CHƯA KIỂM", en="NOT CHECKED"),
}
_CHECKS = {
    "connect": Text(vi="kết nối", en="connection"),
    "tls": Text(vi="mã hóa", en="encryption"),
    "certificate": Text(vi="chứng thư", en="certificate"),
    "offers": Text(vi="khả năng", en="offers"),
    "login": Text(vi="đăng nhập", en="login"),
    "sender": Text(vi="địa chỉ gửi", en="sender"),
    "spf": Text(vi="SPF", en="SPF"),
    "dkim": Text(vi="DKIM", en="DKIM"),
    "dmarc": Text(vi="DMARC", en="DMARC"),
    "mx": Text(vi="nhận thư (MX)", en="incoming mail (MX)"),
    "ptr": Text(vi="bản ghi ngược (PTR)", en="reverse record (PTR)"),
    "test letter": Text(vi="thư thử", en="test letter"),
}


def _read_recipient(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not text:
        return ""
    found = parse_address(text)
    if not isinstance(found, Address):
        raise click.BadParameter(f"{found.vi} · {found.en}")
    if found.remark is not None:
        raise click.BadParameter(f"{found.remark.vi} · {found.remark.en}")
    return found.wire


def _read_ip(_context: click.Context, _option: click.Parameter, text: str) -> "IpAddress | None":
    try:
        return ipaddress.ip_address(text) if text else None
    except ValueError:
        raise click.BadParameter(
            "viết một địa chỉ IP, ví dụ 203.0.113.5 · write an IP address such as 203.0.113.5."
        ) from None


def _read_server(_context: click.Context, _option: click.Parameter, text: str) -> "DnsNames":
    import dns.resolver  # noqa: PLC0415 - quicker help

    from mailer.doctor.names import DnsNames  # noqa: PLC0415

    if not text:
        return DnsNames()
    host, _, port = text.partition("#")
    try:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [str(ipaddress.ip_address(host))]
        resolver.port = int(port or 53)
    except ValueError:
        raise click.BadParameter(
            "viết một địa chỉ IP, ví dụ 1.1.1.1 · write an IP address such as 1.1.1.1."
        ) from None
    return DnsNames(resolver)


@click.command("doctor")
@click.option(
    "--to",
    default="",
    metavar="ADDRESS",
    callback=_read_recipient,
    help="Gửi thư thử tới đây qua từng máy chủ · Send a test letter there over each relay.",
)
@click.option(
    "--wait",
    type=click.FloatRange(0, 3600),
    default=60.0,
    show_default=True,
    help="Số giây chờ thư báo về thư thử · Seconds to look for a report about it.",
)
@click.option(
    "--from-ip",
    default="",
    metavar="IP",
    callback=_read_ip,
    help="Địa chỉ mà nơi nhận thấy máy chủ gửi · The address receivers see the relay send from.",
)
@click.option(
    "--dns",
    "names",
    default="",
    metavar="IP[#PORT]",
    callback=_read_server,
    help="Hỏi máy chủ tên miền này · Ask this name server, not the machine's own.",
)
@json_option
@click.pass_context
@speaks
@pass_wiring
def doctor(
    wiring: Wiring,
    context: click.Context,
    to: str,
    wait: float,
    from_ip: "IpAddress | None",
    names: "DnsNames",
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Khám đường thư: máy chủ gửi, SPF, DKIM, DMARC, MX, PTR · Examine how mail goes.

    Nothing is sent but the test letter of --to. Exit codes: 0 no error, 1 an error was found, 2
    wrong usage.
    """
    from survey_service.mailing.relays.checkup import Checkup  # noqa: PLC0415 - quicker help
    from survey_service.mailing.relays.setup import read_mail_setup  # noqa: PLC0415

    checkup = Checkup(
        settings=wiring.settings,
        setup=read_mail_setup(wiring.settings),
        keys=wiring.keys,
        clock=wiring.clock,
        entropy=wiring.entropy,
        names=names,
        from_ip=from_ip,
    )
    found: list[Finding] = []
    for finding in checkup.findings(to=to, wait=wait):
        found.append(finding)
        if not as_json:
            _show(finding, voice)
    counts = Counter(str(finding.mark) for finding in found)
    if as_json:
        show_json({"findings": found, "counts": counts})
    else:
        _sum_up(counts, voice)
    if has_error(found):
        context.exit(REFUSED)


def _show(finding: Finding, voice: Voice) -> None:
    mark, check = word(_MARKS[finding.mark], voice), word(_CHECKS[finding.check], voice)
    click.echo(f"[{mark}] {check} – {finding.about}")
    says = Text(vi=finding.vi, en=finding.en)
    lines = [says.vi, says.en] if voice == "both" else [word(says, voice)]
    for line in dict.fromkeys(lines):
        click.echo(f"    {line}")
    if finding.record:
        click.echo(f"    > {finding.record}")


def _sum_up(counts: Counter[str], voice: Voice) -> None:
    ok, warnings, errors, rest = (
        counts[mark] for mark in (Mark.OK, Mark.WARNING, Mark.ERROR, Mark.NOT_CHECKED)
    )
    say(
        voice,
        f"{ok} đạt, {warnings} cảnh báo, {errors} lỗi, {rest} chưa kiểm được.",
        f"{ok} ok, {warnings} warnings, {errors} errors, {rest} not checked.",
    )
