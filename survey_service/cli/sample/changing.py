"""`sample replace` and `sample discard`: changes of a drawn sample, for a reason and journaled."""

from typing import TYPE_CHECKING, cast

import click

from survey_service.cli.options import actor_option, wave_argument
from survey_service.cli.speaking import Voice, say, speaks
from survey_service.cli.wiring import Wiring, pass_wiring

if TYPE_CHECKING:
    from survey_service.sampling.replacing import Reason

_REASONS = ("returned", "wrong-person", "deceased", "not-eligible")


@click.command()
@wave_argument
@click.argument("contact", metavar="ĐỊA-CHỈ")
@click.option("--reason", type=click.Choice(_REASONS), required=True,
              help="Lý do, được công bố theo đơn vị · Why; published by unit.")  # fmt: skip
@actor_option
@speaks
@pass_wiring
def replace(wiring: Wiring, code: str, contact: str, reason: str, actor: str, voice: Voice) -> None:
    """Thay người không hỏi được bằng người dự phòng kế tiếp · Call the next reserve instead.

    Ghi địa chỉ như `mail log` hiện, hoặc số của thư giấy (letter:17). Lý do "returned" cần thư
    trả về do phần mềm ghi nhận.

    The person is named by their address as `mail log` shows it, or by the number of a letter on
    paper (letter:17). "returned" takes a bounce that the service has seen.
    """
    from survey_service.sampling.replacing import replace_person  # noqa: PLC0415 - numpy is slow

    done = replace_person(
        *(wiring.database, wiring.clock, wiring.entropy, wiring.keys),
        code=code,
        contact=contact,
        reason=cast("Reason", reason),
        actor=actor,
    )
    if done.passed:
        say(
            voice,
            f"Bỏ qua {done.passed} người dự phòng không còn được hỏi.",
            f"Passed over {done.passed} reserves who may not be asked any more.",
        )
    if done.called:
        say(
            voice,
            f"Đã thay một người của đơn vị {done.unit} bằng người dự phòng kế tiếp.",
            f"Replaced one person of unit {done.unit} by the next reserve.",
        )
    else:
        say(
            voice,
            f"Đã bỏ một người của đơn vị {done.unit}; lớp này hết người dự phòng.",
            f"Took out one person of unit {done.unit}; no reserve of the stratum is left.",
        )


@click.command()
@wave_argument
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký · Why, for the journal.")
@actor_option
@speaks
@pass_wiring
def discard(wiring: Wiring, code: str, reason: str, actor: str, voice: Voice) -> None:
    """Bỏ mẫu đã rút của đợt đang soạn · Give up the sample of a draft wave.

    Số lần rút được công bố cùng kết quả · The number of draws is published with the results.
    """
    from survey_service.sampling.discarding import discard_sample  # noqa: PLC0415 - as above

    people = discard_sample(wiring.database, wiring.clock, code=code, reason=reason, actor=actor)
    say(voice, f"Đã bỏ mẫu {people} người.", f"Gave up a sample of {people} people.")
