"""The section on who was asked and who answered: rates, the funnel, the list and respondents."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

import numpy as np

from analysis.quality import response_rates as aapor
from questionnaires.text import Text
from survey_service.analysing.analysed import Analysed
from survey_service.analysing.clearance import Clearance
from survey_service.analysing.frame_shares import likeness, share_lines
from survey_service.analysing.response_hiding import Shown, shown_lines
from survey_service.analysing.response_lines import Line, add_up, stratum_lines
from survey_service.findings.responding import (
    Dispositions,
    FunnelStep,
    Rates,
    Responding,
    RespondingLine,
)
from survey_service.results.figures import written
from survey_service.results.turnout import valid_ballots

_Step = Literal["invited", "sent", "not_returned", "answered", "valid"]
_Level = Literal["wave", "group", "stratum"]
PERCENT_PLACES = 1
_WAVE = Text(vi="Toàn đợt điều tra", en="The whole wave")
_RULES = Text(
    vi="Trả lời đủ: phiếu đã gửi. Trả lời một phần: phiếu dở dang đã lưu ít nhất một nửa số câu "
    "(không tính câu tự luận). Từ chối: xin không nhận thư, rút phiếu, hoặc bỏ dở sớm hơn. Không "
    "liên hệ được: mọi thư đều bị trả về. Còn lại là chưa rõ.",
    en="Complete: a form that was sent in. Partial: an unfinished form that kept at least half of "
    "the answers (free text left out). Refusal: opted out, withdrawn, or broken off earlier. "
    "Non-contact: every letter came back. The rest is unknown.",
)
_NOT_KEPT = Text(
    vi="Bộ dữ liệu này không giữ kết quả mời từng người: chỉ biết số người được mời và số người "
    "trả lời (RR1 tính mọi người được mời).",
    en="This dataset keeps no dispositions: only people invited and those who answered are known "
    "(RR1 has everybody invited in its base).",
)
_HIDDEN = Text(
    vi="Dòng nào dưới {k} người được mời hoặc trả lời, hoặc suy ra được một dòng như vậy, không "
    "hiển thị.",
    en="Lines of fewer than {k} people invited or answering, or from which such a line would "
    "follow, are not shown.",
)


def responding(analysed: Analysed, clearance: Clearance) -> Responding:
    """Compute the section; every line passes the clearance, the shares are of shown lines."""
    lines = stratum_lines(analysed)
    shown = shown_lines(analysed, clearance, lines)
    kept = all(line.kept for line in lines) and bool(lines)
    e = add_up(lines, lambda _: 1).eligible_share() if kept and shown.wave else None
    listed = [line for line in lines if line.stratum.code in shown.strata]
    remarks = [_RULES if kept else _NOT_KEPT]
    hidden = len(listed) < len(lines) or not shown.wave
    if hidden:
        k = clearance.threshold
        remarks.append(Text(vi=_HIDDEN.vi.format(k=k), en=_HIDDEN.en.format(k=k)))
    return Responding(
        eligibility=_percent(e),
        lines=tuple(_lines(analysed, lines, shown, e)),
        funnel=tuple(_funnel(analysed, lines, kept=kept)) if shown.wave else (),
        shares=tuple(share_lines(lines, shown)),
        likeness=likeness(listed),
        remarks=tuple(remarks),
    )


def _lines(
    analysed: Analysed, lines: Sequence[Line], shown: Shown, e: Fraction | None
) -> Iterator[RespondingLine]:
    every = all(line.stratum.code in shown.strata for line in lines)
    yield _line("wave", "", _WAVE, lines, e, shows=shown.wave, parts=every)
    for group in analysed.framework.groups:
        own = [line for line in lines if line.stratum.group == group.code]
        if not own:
            continue
        shows = group.code in shown.groups
        parts = all(line.stratum.code in shown.strata for line in own)
        yield _line("group", group.code, group.name, own, e, shows=shows, parts=parts)
    for line in lines:
        code = line.stratum.code
        yield _line("stratum", code, line.name, [line], e, shows=code in shown.strata, parts=True)


def _line(
    level: _Level,
    code: str,
    name: Text,
    lines: Sequence[Line],
    e: Fraction | None,
    *,
    shows: bool,
    parts: bool,
) -> RespondingLine:
    """Write a line; `parts` tells whether every stratum of it is shown.

    Weighted rates are one more equation over the strata, and would tell of hidden ones.
    """
    people = add_up(lines, lambda _: 1)
    kept = all(line.kept for line in lines)
    weights = [weight for line in lines if (weight := line.weight()) is not None]
    weighted = None
    if parts and kept and len(weights) == len(lines) and len(set(weights)) > 1:
        weighted = _rates(add_up(lines, lambda line: line.weight() or 0), e)
    populations = [line.listed for line in lines]
    known = [population for population in populations if population is not None]
    kinds = {line.stratum.list_kind for line in lines}
    return RespondingLine(
        level=level,
        code=code,
        name=name,
        list_kind=lines[0].stratum.list_kind if len(kinds) == 1 and level != "wave" else None,
        population=sum(known) if lines and len(known) == len(lines) else None,
        invited=sum(line.stratum.invited for line in lines),
        dispositions=_dispositions(people) if shows and kept else None,
        rates=(_rates(people, e) if kept else _rr1(people)) if shows else None,
        weighted=weighted if shows else None,
        missing=None if shows else "suppressed",
    )


def _dispositions(people: aapor.Dispositions) -> Dispositions:
    return Dispositions(
        complete=int(people.complete),
        partial=int(people.partial),
        refusal=int(people.refusal),
        non_contact=int(people.non_contact),
        other=int(people.other),
        unknown=int(people.unknown),
        unknown_other=int(people.unknown_other),
        not_eligible=int(people.not_eligible),
    )


def _rates(people: aapor.Dispositions, e: Fraction | None) -> Rates:
    of = aapor.response_rates(people, e)
    return Rates(
        rr1=_percent(of.rr1),
        rr2=_percent(of.rr2),
        rr3=_percent(of.rr3),
        rr4=_percent(of.rr4),
        rr5=_percent(of.rr5),
        rr6=_percent(of.rr6),
        coop1=_percent(of.coop1),
        coop2=_percent(of.coop2),
        coop3=_percent(of.coop3),
        coop4=_percent(of.coop4),
        ref1=_percent(of.ref1),
        ref2=_percent(of.ref2),
        ref3=_percent(of.ref3),
        con1=_percent(of.con1),
        con2=_percent(of.con2),
        con3=_percent(of.con3),
    )


def _rr1(people: aapor.Dispositions) -> Rates:
    rr1 = _percent(aapor.response_rates(people).rr1)
    return Rates(
        rr1=rr1,
        rr2=None,
        rr3=None,
        rr4=None,
        rr5=None,
        rr6=None,
        coop1=None,
        ref1=None,
        con1=None,
    )


def _funnel(analysed: Analysed, lines: Sequence[Line], *, kept: bool) -> Iterator[FunnelStep]:
    invited = sum(line.stratum.invited for line in lines)
    if not invited:
        return
    people = add_up(lines, lambda _: 1)
    sent = invited - int(people.unknown_other)
    columns = analysed.scored.columns
    # Whoever came by themselves was not invited.
    asked = np.isin(columns.ballots.stratum, [line.place for line in lines])
    valid = columns.ballots.respondent[asked & valid_ballots(columns, analysed.scored.scores)]
    counts: tuple[tuple[_Step, int], ...] = (
        ("invited", invited),
        *((("sent", sent), ("not_returned", sent - int(people.non_contact))) if kept else ()),
        ("answered", int(people.complete)),
        ("valid", int(np.unique(valid).size)),
    )
    for step, count in counts:
        yield FunnelStep(
            step=step,
            people=count,
            percent=written(Fraction(100 * count, invited), PERCENT_PLACES),
        )


def _percent(rate: Fraction | None) -> str | None:
    return None if rate is None else written(100 * rate, PERCENT_PLACES)
