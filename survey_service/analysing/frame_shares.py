"""The list against those who answered: the shares of the strata, and how far they are apart."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from analysis.quality.likeness import dissimilarity, r_indicator, shares
from questionnaires.text import Text
from survey_service.analysing.response_hiding import Shown
from survey_service.analysing.response_lines import Line
from survey_service.findings.responding import Likeness, ShareLine
from survey_service.results.figures import written

PERCENT_PLACES = 1
R_PLACES = 3
ALIKE, SOMEWHAT = 0.9, 0.7
"""From these R on respondents are called much like, and somewhat like the list: our reading."""


def _by_group(lines: Sequence[Line]) -> Iterator[list[Line]]:
    for group in dict.fromkeys(line.stratum.group for line in lines):
        yield [line for line in lines if line.stratum.group == group]


def _pairs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    return [(line.stratum.invited, line.complete) for line in lines]


def share_lines(lines: Sequence[Line], shown: Shown) -> Iterator[ShareLine]:
    """Compare the strata of each group that has several; shares are of the whole group."""
    for own in _by_group(lines):
        of = shares(_pairs(own))
        if len(own) < 2 or of is None:
            continue
        group = own[0].stratum.group
        for line, (invited, answered) in zip(own, of, strict=True):
            shows = line.stratum.code in shown.strata and group in shown.groups
            yield ShareLine(
                group=group,
                code=line.stratum.code,
                name=line.name,
                invited=written(100 * invited, PERCENT_PLACES),
                answered=written(100 * answered, PERCENT_PLACES) if shows else None,
                missing=None if shows else "suppressed",
            )


def likeness(lines: Sequence[Line]) -> Likeness:
    """Measure over the shown strata alone: a figure over hidden ones would tell of them."""
    groups = [own for own in _by_group(lines) if len(own) > 1]
    strata = sum(map(len, groups))
    if not strata:
        return Likeness(
            strata=0,
            r_indicator=None,
            moved=None,
            largest=None,
            stratum=None,
            words=Text(
                vi="Không đủ lớp được hiển thị để so danh sách với người trả lời.",
                en="Too few strata are shown to compare the list with the respondents.",
            ),
            missing="not_measurable",
        )
    r = r_indicator([_pairs(own) for own in groups])
    moved = dissimilarity([_pairs(own) for own in groups])
    differences = [
        (abs(p - q), line.stratum.code)
        for own in groups
        for line, (p, q) in zip(own, shares(_pairs(own)) or (), strict=False)
    ]
    largest, code = max(differences, key=lambda one: one[0], default=(None, None))
    return Likeness(
        strata=strata,
        r_indicator=None if r is None else written(Fraction(r), R_PLACES),
        moved=_percent(moved),
        largest=_percent(largest),
        stratum=code if largest else None,
        words=_words(r),
    )


def _words(r: float | None) -> Text:
    """Say what R means."""
    if r is None or r < SOMEWHAT:
        return Text(
            vi="Các lớp trả lời rất khác nhau (R dưới 0,7): kết quả có thể nghiêng về những lớp "
            "trả lời nhiều; xem tỷ lệ từng lớp trước khi kết luận.",
            en="The strata answered very differently (R below 0.7): the results may lean towards "
            "those that answered more; look at each stratum's rate before concluding.",
        )
    if r < ALIKE:
        return Text(
            vi="Các lớp trả lời có chênh lệch (R từ 0,7 đến dưới 0,9): người trả lời khá giống "
            "danh sách, trừ những lớp có tỷ lệ khác hẳn.",
            en="The strata answered somewhat differently (R from 0.7 to below 0.9): respondents "
            "are much like the list, but for strata with quite another rate.",
        )
    return Text(
        vi="Các lớp trả lời gần như nhau (R từ 0,9): theo các lớp này, người trả lời giống danh "
        "sách được mời. Điều đó không nói gì về những khác biệt trong từng lớp.",
        en="The strata answered much alike (R of 0.9 or more): by these strata the respondents "
        "are like the list. That says nothing about differences within the strata.",
    )


def _percent(rate: Fraction | None) -> str | None:
    return None if rate is None else written(100 * rate, PERCENT_PLACES)
