"""The table of the coverage studies: a line per design, with why one may not hold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from questionnaires.text import Text
from survey_service.cli.sample.tables import show_table
from survey_service.cli.speaking import Voice, word

if TYPE_CHECKING:
    from analysis.studies.catalogue import Kind, Study
    from analysis.studies.tallies import Tally

_DESIGNS: "dict[Kind, Text]" = {
    "mean": Text(
        vi="trung bình 3 câu, 70 % chọn mức tốt nhất",
        en="mean of 3 items, 70 % choose the best option",
    ),
    "extreme": Text(
        vi="trung bình 3 câu, 90 % chọn mức tốt nhất",
        en="mean of 3 items, 90 % choose the best option",
    ),
    "score": Text(
        vi="điểm 30 của bốn nhóm, chọn từ danh sách dài",
        en="30-point score of four groups, long lists",
    ),
    "listed": Text(
        vi="điểm 30 của bốn nhóm, danh sách 60, 12, 15, 8 người (hiệu chỉnh tổng thể hữu hạn)",
        en="30-point score of four groups, lists of 60, 12, 15, 8 (finite population)",
    ),
    "subset": Text(
        vi="điểm 30, mỗi người chấm 3 trong 10 đơn vị rút ngẫu nhiên",
        en="30-point score, each person rates 3 of 10 units at random",
    ),
    "difference": Text(
        vi="hiệu điểm của hai đơn vị do cùng một số người chấm",
        en="difference of two units rated by the same people",
    ),
    "ranks": Text(
        vi="tập hạng của 20 đơn vị, sai số chuẩn 0,45, cả bảng cùng lúc",
        en="rank sets of 20 units, SE 0.45, the whole table at once",
    ),
    "simple": Text(
        vi="mẫu đơn giản 360 trong 1.200 người, hậu phân tầng theo đơn vị, thủ tục, kênh",
        en="simple sample of 360 of 1,200 people, post-stratified by unit, service and channel",
    ),
    "stratified": Text(
        vi="mẫu phân tầng theo đơn vị, thủ tục và kênh, phân bổ theo tên gọi, ít nhất 20 mỗi tầng",
        en="sample stratified by unit, service and channel, allocated as named, 20 or more each",
    ),
    "systematic": Text(
        vi="mẫu hệ thống trên danh sách xếp theo đơn vị, thủ tục, kênh rồi ngày trả kết quả",
        en="systematic sample of the list sorted by unit, service, channel, then day",
    ),
    "rolling": Text(
        vi="mời cuốn chiếu với xác suất 0,3",
        en="rolling invitations at the rate 0.3",
    ),
    "two-stage": Text(
        vi="hai giai đoạn: 16 trong 40 xã, rồi khoảng 1.200 người theo kênh; trung bình cả tỉnh",
        en="two stages: 16 of 40 communes, then about 1,200 people by channel; the province's mean",
    ),
    "large": Text(
        vi="mẫu phân tầng 600 (half) hoặc 960 (most) trong 1.200 người",
        en="stratified sample of 600 (half) or 960 (most) of 1,200 people",
    ),
    "people-fpc": Text(
        vi="mẫu phân tầng 600 trong 1.200 người, hiệu chỉnh tổng thể hữu hạn theo số người",
        en="stratified sample of 600 of 1,200 people, corrected by the number of people",
    ),
    "one-class": Text(
        vi="mẫu đơn giản, cả mẫu là một lớp trả lời",
        en="simple sample, all of it one response class",
    ),
}
_REASONS: "dict[Kind, Text]" = {
    "extreme": Text(
        vi="chín phần mười chọn mức tốt nhất: mẫu nhỏ có quá ít câu trả lời khác để ước lượng "
        "sai số (khoảng hẹp), hoặc không có câu nào (khoảng beta, rộng)",
        en="nine in ten choose the best option: a small sample has too few other answers to "
        "estimate its error from (narrow intervals), or none (the wide beta interval)",
    ),
    "people-fpc": Text(
        vi="bốc thăm một hồ sơ trong các hồ sơ của mỗi người cũng là rút mẫu: hiệu chỉnh theo số "
        "người làm mất phần sai số ấy, nên dịch vụ hiệu chỉnh theo số hồ sơ",
        en="taking one of each person's transactions by lot is sampling too: correcting by the "
        "number of people loses that part of the error, so the service heeds how many each has",
    ),
    "one-class": Text(
        vi="người trả lời khác người không trả lời giữa các kênh: lớp trả lời phải theo đơn vị, "
        "thủ tục và kênh, kể cả khi mẫu không phân tầng",
        en="channels differ in response and in opinion: classes must go by unit, service and "
        "channel even where the sample is not stratified",
    ),
}
_VERDICT = Text(
    vi="“Đạt”: tỷ lệ bao phủ nằm trong khoảng yêu cầu, cho phép hai lần sai số Monte-Carlo.",
    en="“Holds”: the coverage lies within what is wanted, give or take two Monte-Carlo errors.",
)
_BIAS = Text(
    vi="Độ chệch: trung bình của ước lượng trừ giá trị thật, phần trăm của mức tối đa, kèm sai số "
    "Monte-Carlo; “đạt” khi không quá ba lần sai số ấy.",
    en="Bias: the mean of estimate − truth in percent of the maximum, with its Monte-Carlo error; "
    "it “holds” up to three of them.",
)


class CoverageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One design of the table, as `--json` gives it."""

    study: str
    design: Text
    nominal: float
    runs: int
    coverage: float | None
    monte_carlo_error: float | None
    mean_width: float | None
    bias: float | None
    bias_error: float | None
    bounds: tuple[float, float]
    holds: bool | None
    reason: Text | None


def coverage_line(study: "Study", tally: "Tally") -> CoverageLine:
    """Put what was found for a design into a line."""
    # numpy and scipy are slow to import, and most other commands do without them.
    from analysis.studies.catalogue import BOUNDS, NOMINAL  # noqa: PLC0415

    known = tally.runs > 0
    holds = study.holds(tally) if known else None
    return CoverageLine(
        study=study.name,
        design=_DESIGNS[study.kind],
        nominal=NOMINAL,
        runs=tally.runs,
        coverage=tally.coverage if known else None,
        monte_carlo_error=tally.monte_carlo_error if known else None,
        mean_width=tally.mean_width if known else None,
        # A study that does not look at the bias has no errors to sum.
        bias=tally.bias if tally.squared_error else None,
        bias_error=tally.bias_error if tally.runs > 1 and tally.squared_error else None,
        bounds=BOUNDS[study.kind],
        holds=holds,
        reason=None if holds is not False else _REASONS.get(study.kind),
    )


def show_coverage(lines: Sequence[CoverageLine], voice: Voice) -> None:
    """Print the table, what each design is, and why some do not hold."""
    biased = any(line.bias is not None for line in lines)
    head = (
        Text(vi="Thử nghiệm", en="Study"),
        Text(vi="Danh nghĩa", en="Nominal"),
        Text(vi="Số lần", en="Runs"),
        Text(vi="Bao phủ", en="Coverage"),
        Text(vi="Sai số MC", en="MC error"),
        Text(vi="Độ rộng", en="Width"),
        *([Text(vi="Độ chệch", en="Bias")] if biased else []),
        Text(vi="Yêu cầu", en="Wanted"),
        Text(vi="Đạt", en="Holds"),
    )
    show_table(head, [_cells(line, voice, biased=biased) for line in lines], voice)
    for design in {line.design.en: line.design for line in lines}.values():
        names = ", ".join(line.study for line in lines if line.design == design)
        click.echo(f"{names}: {word(design, voice)}")
    click.echo(word(_VERDICT, voice))
    if biased:
        click.echo(word(_BIAS, voice))
    for reason in {line.reason.en: line.reason for line in lines if line.reason}.values():
        click.echo(f"! {word(reason, voice)}")


def _cells(line: CoverageLine, voice: Voice, *, biased: bool) -> list[str]:
    low, high = line.bounds
    if line.coverage is None or line.monte_carlo_error is None or line.mean_width is None:
        return [line.study, f"{line.nominal:.1%}", "0", *"–––––"[: 5 if biased else 4], "–"]
    verdict = Text(vi="đạt", en="yes") if line.holds else Text(vi="KHÔNG", en="NO")
    return [
        line.study,
        f"{line.nominal:.1%}",
        f"{line.runs}",
        f"{line.coverage:.2%}",
        f"{line.monte_carlo_error:.2%}",
        f"{line.mean_width:.3f}",
        *([_bias(line)] if biased else []),
        f"{low:.1%}–{high:.1%}",
        word(verdict, voice),
    ]


def _bias(line: CoverageLine) -> str:
    if line.bias is None or line.bias_error is None:
        return "–"
    return f"{100 * line.bias:+.3f} ± {100 * line.bias_error:.3f}"
