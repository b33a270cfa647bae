"""`mail floods` and `mail release-flood`: opt-outs that most likely a scanner pressed."""

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.options import actor_option, json_option, wave_argument
from survey_service.cli.speaking import Voice, say, show_json, speaks
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.mailing.wishes.floods import floods as find_floods
from survey_service.mailing.wishes.floods import release_flood as release
from survey_service.waves.reading import load_wave


@click.command()
@wave_argument
@json_option
@speaks
@pass_wiring
def floods(wiring: Wiring, code: str, voice: Voice, *, as_json: bool) -> None:
    """Nhiều người cùng tên miền ngừng thư cùng lúc · Sudden opt-outs of one domain."""
    with wiring.database.reading() as session:
        load_wave(session, code)
        found = find_floods(session, code)
    if as_json:
        show_json(found)
        return
    if not found:
        say(voice, "Không có đợt ngừng thư bất thường nào.", "No unusual rush of opt-outs.")
    for flood in found:
        at = f"{flood.since:%d/%m/%Y %H:%M} (UTC)"
        say(
            voice,
            f"{flood.domain}: {flood.people} người ngừng thư bằng một lần bấm, từ {at}; có thể do "
            f"máy quét thư. Hỏi quản trị thư của nơi đó rồi chạy: mail release-flood {code} "
            f"{flood.domain}",
            f"{flood.domain}: {flood.people} people opted out by one click since {at}, perhaps by "
            f"a mail scanner. Ask their mail staff, then run: mail release-flood {code} "
            f"{flood.domain}",
        )


@click.command("release-flood")
@wave_argument
@click.argument("domain", metavar="TÊN-MIỀN")
@actor_option
@speaks
@pass_wiring
def release_flood(wiring: Wiring, code: str, domain: str, actor: str, voice: Voice) -> None:
    """Gửi thư trở lại cho những người bị ngừng cùng lúc · Let a flood's mail go again."""
    with wiring.database.writing() as session:
        load_wave(session, code)
        wanted = domain.strip().rpartition("@")[2].lower()
        released = release(session, wiring.clock, wave=code, domain=wanted, actor=actor)
        if not released:
            raise ProblemsError(
                problem(
                    f"đợt/wave {code}",
                    "không có ai của tên miền này bị ngừng thư bất thường; xem: mail floods.",
                    "nobody of that domain was opted out in a flood; see: mail floods.",
                )
            )
    say(
        voice,
        f"Đã cho gửi lại đến {released} địa chỉ của {wanted}.",
        f"Mail goes again to {released} addresses of {wanted}.",
    )
