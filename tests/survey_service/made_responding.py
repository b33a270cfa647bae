"""Plausible response rates and quality of answers, for any score sheet."""

import random
from collections.abc import Sequence

from questionnaires.loading import Definitions
from questionnaires.text import Text
from survey_service.findings.quality import (
    Flag,
    FlagLine,
    ItemLine,
    Quality,
    ScaleItem,
    ScaleLine,
)
from survey_service.findings.responding import (
    Dispositions,
    FunnelStep,
    Rates,
    Responding,
    RespondingLine,
    ShareLine,
)
from survey_service.findings.terms import Interval
from survey_service.sheet.score_sheet import Group

INVITED, SENT, REFUSED = 210, 205, 9
"""People of each group: on the list, with a letter that went out, and who declined."""


def made_responding(groups: Sequence[Group], chance: random.Random) -> Responding:
    """Make up who was asked and who answered: complete, and 70 % or so of each group."""
    answered = [chance.randint(96, 170) for _ in groups]
    lines = [
        _line("group", group, INVITED, complete)
        for group, complete in zip(groups, answered, strict=True)
    ]
    invited, complete = INVITED * len(groups), sum(answered)
    everybody = Group(
        code="", name=Text(vi="Toàn đợt điều tra", en="The whole wave"), list_kind="census"
    )
    funnel = {
        "invited": invited,
        "sent": SENT * len(groups),
        "not_returned": (SENT - 4) * len(groups),
        "answered": complete + 5 * len(groups),
        "valid": complete,
    }
    return Responding(
        eligibility="96.4",
        lines=(
            _line("wave", everybody, invited, complete, parts=len(groups)),
            *lines,
            RespondingLine(
                level="stratum",
                code="CCVC/BDT",
                name=Text(vi="CCVC/BDT", en="CCVC/BDT"),
                list_kind="drawn",
                population=41,
                invited=12,
                dispositions=None,
                rates=None,
                weighted=None,
                missing="suppressed",
            ),
        ),
        funnel=tuple(
            FunnelStep(step=step, people=people, percent=f"{100 * people / invited:.1f}")  # pyright: ignore[reportArgumentType]
            for step, people in funnel.items()
        ),
        shares=tuple(
            ShareLine(
                group=group.code,
                code=group.code,
                name=group.name,
                invited=f"{100 / len(groups):.1f}",
                answered=None if not place else f"{100 * count / complete:.1f}",
                missing=None if place else "suppressed",
            )
            for place, (group, count) in enumerate(zip(groups, answered, strict=True))
        ),
        remarks=(
            Text(
                vi="Tỷ lệ trả lời tính theo người được mời, không theo phiếu.",
                en="Response rates count people invited, not ballots.",
            ),
        ),
    )


def _line(
    level: str, group: Group, invited: int, complete: int, *, parts: int = 1
) -> RespondingLine:
    partial, refusal, non_contact = 5 * parts, REFUSED * parts, 4 * parts
    unknown_other = (INVITED - SENT) * parts
    unknown = invited - complete - partial - refusal - non_contact - unknown_other
    known = complete + partial + refusal + non_contact
    estimated = known + 0.964 * (unknown + unknown_other)
    rates = Rates(
        rr1=_percent(complete, invited),
        rr2=_percent(complete + partial, invited),
        rr3=_percent(complete, estimated),
        rr4=_percent(complete + partial, estimated),
        rr5=_percent(complete, known),
        rr6=_percent(complete + partial, known),
        coop1=_percent(complete, complete + partial + refusal),
        ref1=_percent(refusal, invited),
        con1=_percent(complete + partial + refusal, invited),
    )
    return RespondingLine(
        level="wave" if level == "wave" else "group",
        code=group.code,
        name=group.name,
        list_kind=None if level == "wave" else group.list_kind,
        population=invited * 8 if group.list_kind == "drawn" else invited,
        invited=invited,
        dispositions=Dispositions(
            complete=complete,
            partial=partial,
            refusal=refusal,
            non_contact=non_contact,
            other=0,
            unknown=unknown,
            unknown_other=unknown_other,
            not_eligible=0,
        ),
        rates=rates,
        weighted=rates if level == "wave" else None,
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}"


def made_quality(of: Definitions, chance: random.Random) -> Quality:
    """Make up item non-response, flags and scales; one component is too few to judge."""
    items = [item for item in of.questionnaires.items if item.kind != "text"]
    flags: dict[Flag, tuple[str, str]] = {
        "straight_lining": (
            "trả lời giống nhau ở 80 % số câu trở lên",
            "the same answer to 80 % of the items or more",
        ),
        "no_variation": ("mọi câu trả lời như nhau", "all answers equal"),
        "even_odd": ("tương quan chẵn–lẻ dưới 0,3", "even-odd correlation below 0.3"),
        "duplicate": ("hai phiếu giống hệt nhau", "two ballots alike in every answer"),
        "outlier": ("khoảng cách Mahalanobis, đuôi 0,1 %", "Mahalanobis distance, 0.1 % tail"),
    }
    components = of.framework.components
    return Quality(
        items=tuple(_item_lines(item.code, chance) for item in items),
        flags=(
            *(
                FlagLine(flag=flag, rule=Text(vi=vi, en=en), looked_at=2412, flagged=12 + 9 * place)
                for place, (flag, (vi, en)) in enumerate(flags.items())
            ),
            FlagLine(
                flag="speeding",
                rule=Text(vi="dưới 1 giây mỗi câu", en="under 1 second per item"),
                looked_at=None,
                flagged=None,
                missing="not_applicable",
            ),
        ),
        rule=Text(
            vi="Phiếu bị đánh dấu vẫn được tính; thứ hạng khi bỏ chúng được nêu riêng.",
            en="Flagged ballots count; the ranks without them are shown apart.",
        ),
        flagged=121,
        ballots=2687,
        scales=tuple(
            _scale(unit_class.code, component.code, component.name, place, chance)
            for unit_class in of.framework.unit_classes
            for place, component in enumerate(components)
        ),
    )


def _item_lines(item: str, chance: random.Random) -> ItemLine:
    dont_know, not_applicable, blank = chance.uniform(2, 14), chance.uniform(0, 2), 1.5
    return ItemLine(
        item=item,
        group=None,
        asked=chance.randint(120, 900),
        answered=f"{100 - dont_know - not_applicable - blank:.1f}",
        dont_know=f"{dont_know:.1f}",
        not_applicable=f"{not_applicable:.1f}",
        blank=f"{blank:.1f}",
    )


def _scale(unit_class: str, code: str, name: Text, place: int, chance: random.Random) -> ScaleLine:
    if place == 5:
        return ScaleLine(
            code=code,
            name=name,
            unit_class=unit_class,
            n=None,
            alpha=None,
            alpha_interval=None,
            alpha_standardised=None,
            alpha_within=None,
            omega=None,
            items=(),
            missing="too_few",
        )
    alpha = chance.uniform(0.66, 0.91)
    return ScaleLine(
        code=code,
        name=name,
        unit_class=unit_class,
        n=chance.randint(90, 600),
        alpha=f"{alpha:.3f}",
        alpha_interval=Interval(low=f"{alpha - 0.04:.3f}", high=f"{alpha + 0.03:.3f}"),
        alpha_standardised=f"{alpha + 0.004:.3f}",
        alpha_within=f"{alpha - 0.05:.3f}",
        omega=f"{alpha + 0.008:.3f}",
        items=tuple(
            ScaleItem(item=f"Q{n:02d}", item_rest="0.612", alpha_if_deleted=f"{alpha - 0.02:.3f}")
            for n in range(1, 4)
        ),
    )
