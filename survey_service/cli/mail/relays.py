"""`mail relays`, `mail pause` and `mail resume`: the relays as they stand, and stopping one."""

import click

from mailer.pacing.presets import PRESETS
from questionnaires.text import Text
from survey_service.cli.options import actor_option, json_option
from survey_service.cli.speaking import Voice, say, show_json, speaks, word
from survey_service.cli.wiring import Wiring, pass_wiring
from survey_service.mailing.relays.relay_states import PaceLeft, RelayState, relay_states
from survey_service.mailing.relays.setup import read_mail_setup
from survey_service.mailing.relays.stopping_relays import let_relay_go_on, stop_relay

_WINDOWS = {
    "second": Text(vi="giây", en="second"),
    "minute": Text(vi="phút", en="minute"),
    "hour": Text(vi="giờ", en="hour"),
    "day": Text(vi="ngày", en="day"),
}
relay_argument = click.argument("name", metavar="MÁY-CHỦ")


@click.command()
@json_option
@speaks
@pass_wiring
def relays(wiring: Wiring, voice: Voice, *, as_json: bool) -> None:
    """Các máy chủ gửi: giới hạn, còn gửi được bao nhiêu, có dừng không · The relays."""
    setup = read_mail_setup(wiring.settings)
    with wiring.database.reading() as session:
        states = relay_states(session, setup, wiring.clock.now())
    if as_json:
        show_json(states)
        return
    for relay in states.relays:
        _show_relay(relay, voice)
    for domain in states.domains:
        say(
            voice,
            f"Tới {domain.domain}: {_pace(domain.pace, 'vi')}",
            f"To {domain.domain}: {_pace(domain.pace, 'en')}",
        )


@click.command()
@relay_argument
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký · Why, for the journal.")
@actor_option
@speaks
@pass_wiring
def pause(wiring: Wiring, name: str, reason: str, actor: str, voice: Voice) -> None:
    """Dừng gửi qua một máy chủ · Have nothing more go through a relay."""
    setup = read_mail_setup(wiring.settings)
    stop_relay(wiring.database, wiring.clock, setup, name, reason=reason, actor=actor)
    say(voice, f"Đã dừng gửi qua “{name}”.", f"Nothing more goes through “{name}”.")


@click.command()
@relay_argument
@actor_option
@speaks
@pass_wiring
def resume(wiring: Wiring, name: str, actor: str, voice: Voice) -> None:
    """Cho gửi lại qua một máy chủ đã dừng · Let letters go through a stopped relay again."""
    let_relay_go_on(wiring.database, wiring.clock, name, actor=actor)
    say(voice, f"Đã cho gửi lại qua “{name}”.", f"Letters go through “{name}” again.")


def _show_relay(relay: RelayState, voice: Voice) -> None:
    click.echo(f"{relay.name}: {relay.server} ({relay.security}, {relay.preset or '–'})")
    lines = [
        Text(
            vi=f"{relay.connections} kết nối, {relay.messages_per_connection} thư mỗi kết nối",
            en=f"{relay.connections} connections, {relay.messages_per_connection} letters each",
        ),
        Text(vi=f"giới hạn: {_pace(relay.pace, 'vi')}", en=f"limits: {_pace(relay.pace, 'en')}"),
    ]
    if relay.domains:
        names = ", ".join(relay.domains)
        lines.append(Text(vi=f"chỉ gửi tới {names}", en=f"serves {names} alone"))
    preset = PRESETS.get(relay.preset)
    if preset is not None and preset.keeps_sent and "sent-folder" not in relay.evidence:
        lines.append(
            Text(
                vi="giữ bản sao thư đã gửi: khai báo sent_folder để tra được thư chưa rõ",
                en="keeps copies of what it sent: name sent_folder so that doubts can be cleared",
            )
        )
    if relay.stopped:
        at = f"{relay.stopped.at:%d/%m/%Y %H:%M} (UTC): {relay.stopped.reason}"
        lines.append(Text(vi=f"ĐANG DỪNG từ {at}", en=f"STOPPED since {at}"))
    for line in lines:
        click.echo(f"  {word(line, voice)}")


def _pace(pace: tuple[PaceLeft, ...], language: str) -> str:
    if not pace:
        return "không có" if language == "vi" else "none"
    template = (
        "{limit} thư/{window}, gửi ngay được {left}"
        if language == "vi"
        else "{limit} a {window}, {left} may go now"
    )
    return "; ".join(
        template.format(
            limit=one.limit, left=one.left, window=getattr(_WINDOWS[one.window], language)
        )
        for one in pace
    )
