"""The change of every unit against a former wave, as far as it may be known and shown."""

from collections.abc import Mapping
from fractions import Fraction

from analysis.comparing.changes import unlinked
from analysis.comparing.differences import LEAST, Judged, judge
from analysis.scoring.scores import Scores
from questionnaires.problems import ProblemsError, problem
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.bridging import Bridge, bridge
from survey_service.analysing.change_clearing import adds_nothing
from survey_service.analysing.change_lines import Pair, Reason, no_change, unit_change
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.series import series
from survey_service.analysing.succession import Succession, succession
from survey_service.analysing.totals import totals
from survey_service.dataset.design import NOT_SAMPLED
from survey_service.findings.standing import Changes
from survey_service.results.figures import written
from survey_service.sheet.score_sheet import NotMeasurable, Suppressed

TABLE = "trust.changes"


def changes(analysed: Analysed, former: Analysed, clearance: Clearance) -> Changes:
    """Compare every unit with the one former unit that it continues.

    Raises ProblemsError where the former dataset is this one, or of a later year.
    """
    _check(analysed, former)
    of = series(analysed.content, former.content)
    line = succession(analysed.content.design, former.content.design)
    bridged = bridge(analysed, former, of, line.twins)
    reasons: dict[int, Reason | None] = {
        place: _reason(analysed, former, bridged, line, place)
        for place in range(len(analysed.content.design.units))
    }
    after = totals(analysed.scored, bridged.now.units)
    before = totals(analysed.scored, bridged.former.units)
    pairs = {
        place: Pair(
            now=place,
            former=line.twins[place],
            points=after[place] or Fraction(0),
            former_points=before[line.twins[place]] or Fraction(0),
        )
        for place, reason in reasons.items()
        if reason is None
    }
    judged = _judge(analysed, former, bridged, pairs)
    wave = former.content.design.wave

    def cleared(now: int, then: int) -> bool:
        safe = adds_nothing(analysed, clearance, bridged.now, now) and adds_nothing(
            former, Clearance(former.scored), bridged.former, then, of.unchanged
        )
        if not safe:
            clearance.hide(TABLE, "differencing")
        return safe

    return Changes(
        wave=wave.code,
        title=wave.title,
        year=wave.year,
        dataset=former.dataset.hash,
        practical=written(LEAST, analysed.framework.rules.rounding.places),
        breaks=(*of.breaks, *line.breaks),
        units=tuple(
            no_change(analysed, former, line, place, reason)
            if reason is not None
            else unit_change(
                analysed,
                former,
                line,
                pairs[place],
                judged.get(place),
                of if cleared(place, line.twins[place]) else None,
            )
            for place, reason in reasons.items()
        ),
        gone=line.gone,
    )


def _check(analysed: Analysed, former: Analysed) -> None:
    now, then = analysed.content.design.wave, former.content.design.wave
    if analysed.dataset.hash == former.dataset.hash:
        raise ProblemsError(
            problem(
                f"đợt/wave {then.code}",
                "bộ dữ liệu của đợt trước chính là bộ dữ liệu này; hãy chọn bộ dữ liệu của đợt "
                "trước.",
                "the former dataset is this dataset; name that of the former wave.",
            )
        )
    if then.year > now.year:
        raise ProblemsError(
            problem(
                f"đợt/wave {then.code}",
                f"bộ dữ liệu “đợt trước” là của năm {then.year}, sau năm {now.year}; hãy đổi chỗ "
                "hai bộ dữ liệu.",
                f"the former dataset is of {then.year}, later than {now.year}; swap the two.",
            )
        )


def _reason(
    analysed: Analysed, former: Analysed, bridged: Bridge, line: Succession, place: int
) -> Reason | None:
    """Say why a unit has no change, None where it has one."""
    own = analysed.line(place).result
    twin = line.twins.get(place)
    results = [own] if twin is None else [own, former.line(twin).result]
    if place in line.broken:
        return "broken_series"
    if any(isinstance(result, Suppressed) for result in results):
        return "suppressed"
    if any(isinstance(result, NotMeasurable) for result in results):
        return "not_measurable"
    if twin is None:
        return "new"
    both = (bridged.now.units[place], bridged.former.units[twin])
    # Less than the share that ranks a unit is too little to speak for its whole total.
    return None if all(unit.rankable for unit in both) else "broken_series"


def _judge(
    analysed: Analysed, former: Analysed, bridged: Bridge, pairs: Mapping[int, Pair]
) -> dict[int, Judged]:
    """Test the units of each class as one list; those that rest on a nominated list have none."""
    nominated = _nominated(analysed), _nominated(former)
    judged: dict[int, Judged] = {}
    for unit_class in analysed.framework.unit_classes:
        listed = [
            pairs[place]
            for place in analysed.members(unit_class)
            if place in pairs
            and not _rests_on(bridged.now, place, nominated[0])
            and not _rests_on(bridged.former, pairs[place].former, nominated[1])
        ]
        measured = [
            unlinked(
                bridged.former.units[pair.former],
                bridged.now.units[pair.now],
                pair.points - pair.former_points,
            )
            for pair in listed
        ]
        judged |= {pair.now: one for pair, one in zip(listed, judge(measured), strict=True)}
    return judged


def _nominated(analysed: Analysed) -> frozenset[int]:
    return frozenset(
        place for place, one in enumerate(analysed.sheet.groups) if one.list_kind in NOT_SAMPLED
    )


def _rests_on(scores: Scores, place: int, groups: frozenset[int]) -> bool:
    return any(
        cell.effective_weight > 0 and cell.group in groups
        for leaf in scores.units[place].leaves
        for cell in leaf.groups
    )
