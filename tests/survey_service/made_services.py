"""Plausible findings about public services for any score sheet, in every state of a figure."""

import random
from typing import Literal, TypedDict

from questionnaires.text import Text
from survey_service.dataset.design import Coverage, Exclusion, SampleChange
from survey_service.findings.answers import ItemText
from survey_service.findings.services import (
    DoorLine,
    FactLine,
    FactorLine,
    FactShare,
    FrameStratum,
    SamplingReport,
    ServiceLevel,
    ServiceLine,
    ServiceName,
    Services,
    Weights,
)
from survey_service.findings.terms import Interval
from survey_service.sheet.score_sheet import ScoreSheet

NAMES = {
    "DAT-DAI": Text(vi="Cấp giấy chứng nhận quyền sử dụng đất", en="Land-use right certificate"),
    "NUOC": Text(vi="Lắp đặt đồng hồ nước", en="Water-meter connection"),
    "LAI-XE": Text(vi="Đổi giấy phép lái xe", en="Exchange of a driving licence"),
}
CHANNELS = ("MOT-CUA", "TRUC-TUYEN")
FACTORS = {
    "8.1.1": Text(vi="Tiếp cận dịch vụ", en="Access"),
    "8.1.2": Text(vi="Thủ tục", en="Procedure"),
    "8.1.3": Text(vi="Công chức", en="Officials"),
    "8.1.4": Text(vi="Kết quả", en="Result"),
    "8.1.5": Text(vi="Tiếp nhận phản ánh", en="Handling of feedback"),
}


def made_services(sheet: ScoreSheet, chance: random.Random, *, intact: bool = True) -> Services:
    """Make the first class's services up; the last service is hidden."""
    unit_class = sheet.classes[0].code
    group = sheet.groups[0].code
    made = _Made(group, unit_class, chance)
    units = [unit.code for unit in sheet.units if unit.unit_class == unit_class][:3]
    last = next(reversed(NAMES))
    lines = [made.line("service", service=one, shown=one != last, of=3) for one in NAMES]
    for unit in units:
        lines.append(made.line("unit", unit=unit))
        lines += [
            made.line("unit_service", unit=unit, service=one, shown=one != last) for one in NAMES
        ]
    for channel in CHANNELS:
        lines.append(made.line("channel", channel=channel, of=3))
        lines += [
            made.line("service_channel", channel=channel, service=one, shown=one != last, of=3)
            for one in NAMES
        ]
    return Services(
        names=tuple(ServiceName(service=code, name=name) for code, name in NAMES.items()),
        lines=tuple(lines),
        factors=tuple(
            made.factor(service, factor, name, shown=service != last)
            for service in NAMES
            for factor, name in FACTORS.items()
        ),
        facts=tuple(
            made.fact(item, service, shown=service != last)
            for item in ("SO-LAN", "XIN-LOI")
            for service in NAMES
        ),
        items=(
            ItemText(
                item="SO-LAN",
                text=Text(vi="Phải đi lại mấy lần?", en="How many trips?"),
                leaves={},
            ),
        ),
        doors=tuple(
            DoorLine(
                mode="receipt",
                volunteers=True,
                group=group,
                unit_class=unit_class,
                service=one,
                n=None if one == last else 41,
                top_two=None if one == last else "61.0",
                mean_of_maximum=None if one == last else "66.4",
                missing="suppressed" if one == last else None,
            )
            for one in NAMES
        ),
        sampling=_sampling(group, units, intact=intact),
    )


class _Figures(TypedDict):
    n: int | None
    top_two: str | None
    top_two_interval: Interval | None
    mean_of_maximum: str | None
    mean_interval: Interval | None
    missing: Literal["suppressed"] | None


class _Made:
    """Makes lines up from one stream of chance."""

    def __init__(self, group: str, unit_class: str, chance: random.Random) -> None:
        self._group, self._unit_class, self._chance = group, unit_class, chance

    def line(
        self,
        level: ServiceLevel,
        *,
        service: str | None = None,
        unit: str | None = None,
        channel: str | None = None,
        shown: bool = True,
        of: int | None = None,
    ) -> ServiceLine:
        figures = self._figures(shown=shown)
        return ServiceLine(
            level=level,
            group=self._group,
            unit_class=self._unit_class,
            service=service,
            unit=unit,
            channel=channel,
            transactions=900,
            people=700,
            units=None if of is None else of - 1 if shown else 0,
            of=of,
            **figures,
        )

    def factor(self, service: str, factor: str, name: Text, *, shown: bool) -> FactorLine:
        return FactorLine(
            group=self._group,
            unit_class=self._unit_class,
            service=service,
            factor=factor,
            name=name,
            **self._figures(shown=shown),
        )

    def fact(self, item: str, service: str, *, shown: bool) -> FactLine:
        number = item == "SO-LAN"
        option = Text(vi="Bằng thư", en="By letter")
        share = FactShare(
            option="thu", label=option, percent="12.5", interval=Interval(low="7.1", high="20.9")
        )
        return FactLine(
            item=item,
            group=self._group,
            service=service,
            n=88 if shown else None,
            mean="1.85" if shown and number else None,
            mean_interval=Interval(low="1.70", high="2.00") if shown and number else None,
            shares=(share,) if shown and not number else (),
            missing=None if shown else "suppressed",
        )

    def _figures(self, *, shown: bool) -> _Figures:
        at = self._chance.uniform(30, 90)
        ends = Interval(low=f"{at - 4:.1f}", high=f"{at + 4:.1f}")
        return {
            "n": self._chance.randint(20, 400) if shown else None,
            "top_two": f"{at:.1f}" if shown else None,
            "top_two_interval": ends if shown else None,
            "mean_of_maximum": f"{at:.1f}" if shown else None,
            "mean_interval": ends if shown else None,
            "missing": None if shown else "suppressed",
        }


def _sampling(group: str, units: list[str], *, intact: bool) -> SamplingReport:
    return SamplingReport(
        group=group,
        target="people",
        design="stratified",
        allocation="proportional",
        seed="5eed" * 8,
        commitment="",
        frame="fa" * 32,
        sample="5a" * 32,
        intact=intact,
        draws=2,
        strata=tuple(
            FrameStratum(
                stratum=f"{group}/{unit}",
                unit=unit,
                service="DAT-DAI",
                channel="MOT-CUA",
                mode="web",
                transactions=900,
                people=700,
                drawn=120,
                called=3,
                replaced=3,
                probability="0.171429",
            )
            for unit in units
        ),
        excluded=tuple(Exclusion(rule="no-email", unit=unit, transactions=410) for unit in units),
        coverage=tuple(
            Coverage(field="unit", value=unit, transactions=1400, email=900, telephone=420)
            for unit in units
        ),
        changes=(SampleChange(unit=units[0], change="called", reason="bounced", count=3),),
        weights=Weights(least="5.1", greatest="9.8", design_effect="1.08"),
    )
