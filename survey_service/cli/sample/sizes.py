"""`sample size` and `sample power`: what a number of answers can tell."""

import math
from decimal import Decimal
from fractions import Fraction

import click

from questionnaires.problems import ProblemsError, problem
from survey_service.cli.options import json_option
from survey_service.cli.sample.refusing import worded
from survey_service.cli.speaking import Voice, say, show_json, speaks

positive = click.FloatRange(min=0, min_open=True)
share_of_one = click.FloatRange(min=0, min_open=True, max=1)
count = click.IntRange(min=1)
WHOLE_SHARE = 0.5
"""An error of ±0.5 leaves every share possible."""


@click.command()
@click.option("--half-width", type=positive, required=True, help="Sai số cho phép ± · Wanted ±.")
@click.option("--share", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.5,
              show_default=True, help="Tỷ lệ dự kiến p · Expected share p.")  # fmt: skip
@click.option("--sigma", type=positive, help="Độ lệch chuẩn, thay cho p · Instead of p.")
@click.option("--population", type=count, help="Số người trong danh sách N · List N.")
@click.option("--deff", type=positive, default=1.0, show_default=True,
              help="Hiệu ứng thiết kế · Design effect.")  # fmt: skip
@click.option("--response-rate", type=share_of_one, default=1.0, show_default=True,
              help="Tỷ lệ trả lời dự kiến · Expected response rate.")  # fmt: skip
@click.option("--z", type=positive, default=1.96, show_default=True,
              help="Hệ số tin cậy; 1,96 là 95 % · 1.96 stands for 95 %.")  # fmt: skip
@json_option
@speaks
def size(
    half_width: float,
    share: float,
    sigma: float | None,
    population: int | None,
    deff: float,
    response_rate: float,
    z: float,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Cỡ mẫu cho một sai số cho trước · The sample for a wanted margin of error."""
    from analysis.planning.sizes import sample_size, slovin_size  # noqa: PLC0415 - quicker help

    if sigma is None and half_width >= WHOLE_SHARE:
        raise ProblemsError(
            problem(
                "--half-width",
                f"{half_width:g} quá lớn cho một tỷ lệ; ±5 điểm phần trăm viết là 0.05.",
                f"{half_width:g} is too much for a share; ±5 percentage points are written 0.05.",
            )
        )
    found = sample_size(
        half_width=half_width,
        sigma=math.sqrt(share * (1 - share)) if sigma is None else sigma,
        population=population,
        design_effect=deff,
        response_rate=response_rate,
        z=z,
    )
    official = None
    if population is not None and sigma is None and half_width < 1:
        official = slovin_size(population, Fraction(Decimal(str(half_width))))
    if as_json:
        show_json(
            {
                "answers": found.answers,
                "invitations": found.invitations,
                "without_population": found.unlimited,
                "official_formula": official,
            }
        )
        return
    say(voice, f"Cần {found.answers} câu trả lời.", f"{found.answers} answers are needed.")
    if found.invitations is None:
        say(
            voice,
            f"Với tỷ lệ trả lời {response_rate:.0%}, mời cả danh sách {population} người cũng "
            "không đủ: hãy chấp nhận sai số lớn hơn hoặc nâng tỷ lệ trả lời.",
            f"At a response rate of {response_rate:.0%} even the whole list of {population} is "
            "not enough: accept a larger error or raise the response.",
        )
    else:
        say(voice, f"Mời {found.invitations} người.", f"Invite {found.invitations} people.")
    if official is not None:
        say(
            voice,
            f"Công thức n = N/(1 + N·e²) cho {official}: đó là trường hợp riêng p = 0,5, z = 2, "
            "deff = 1, mọi người đều trả lời.",
            f"The formula n = N/(1 + N·e²) gives {official}: it is the special case p = 0.5, "
            "z = 2, deff = 1, everybody answering.",
        )


@click.command()
@click.option("--difference", type=positive, required=True,
              help="Chênh lệch thật cần phát hiện · True difference to find.")  # fmt: skip
@click.option("--sigma", type=positive, required=True, help="Độ lệch chuẩn · SD of one answer.")
@click.option("--answers", type=count, nargs=2, required=True, metavar="N1 N2",
              help="Số câu trả lời hai bên · Answers on the two sides.")  # fmt: skip
@click.option("--population", type=count, nargs=2, metavar="N1 N2",
              help="Số người hai danh sách · People on the two lists.")  # fmt: skip
@click.option("--deff", type=positive, default=1.0, show_default=True,
              help="Hiệu ứng thiết kế · Design effect.")  # fmt: skip
@json_option
@speaks
def power(
    difference: float,
    sigma: float,
    answers: tuple[int, int],
    population: tuple[int, int] | None,
    deff: float,
    voice: Voice,
    *,
    as_json: bool,
) -> None:
    """Khả năng phát hiện chênh lệch giữa hai đơn vị hoặc hai năm · Power of a difference."""
    from analysis.planning import power as powers  # noqa: PLC0415 - scipy is slow to import

    one, other = (
        powers.Side(answers=n, sigma=sigma, population=listed, design_effect=deff)
        for n, listed in zip(answers, population or (None, None), strict=True)
    )
    chance = worded("--answers", lambda: powers.power(difference, one, other))
    least = powers.detectable_difference(one, other)
    if as_json:
        show_json({"power": chance, "detectable_difference": least})
        return
    say(
        voice,
        f"Nếu chênh lệch thật là {difference:g}, khả năng phát hiện là {chance:.1%} (mức 5 %).",
        f"A true difference of {difference:g} is found with a chance of {chance:.1%} (5 % level).",
    )
    say(
        voice,
        f"Với khả năng 80 %, chênh lệch nhỏ nhất phát hiện được là {least:.3g}.",
        f"With a chance of 80 % the smallest difference found is {least:.3g}.",
    )
