"""A control chart in words: its title, its key, and what it shows to who cannot see it."""

from typing import Final, Literal

from questionnaires.text import Text
from survey_service.charts.trend import TrendChart, TrendMark

Key = Literal["figure", "centre", "limits", "beyond", "run", "gap"]

KEYS: Final[dict[Key, Text]] = {
    "figure": Text(vi="kết quả tháng, khoảng tin cậy 95 %", en="the month, 95 % interval"),
    "centre": Text(vi="trung bình các tháng trước", en="mean of the earlier months"),
    "limits": Text(vi="giới hạn kiểm soát", en="control limits"),
    "beyond": Text(vi="ngoài giới hạn", en="beyond the limits"),
    "run": Text(vi="8 tháng liền cùng một phía", en="8 months in a row on one side"),
    "gap": Text(vi="tháng không có số liệu công bố", en="month without a published figure"),
}
_TITLE = Text(vi="{name}: {measure} theo tháng", en="{name}: {measure} by month")
_ALT = Text(
    vi="{count} tháng từ {first} đến {last}, {gaps} tháng không có số liệu công bố. Gần nhất: "
    "{latest} %. Ngoài giới hạn kiểm soát: {beyond}.",
    en="{count} months from {first} to {last}, {gaps} without a published figure. Latest: "
    "{latest} %. Beyond the control limits: {beyond}.",
)
_NONE = Text(vi="không tháng nào", en="no month")


def title(chart: TrendChart) -> str:
    """Give the heading."""
    return _TITLE.in_(chart.language).format(name=chart.name, measure=chart.measure)


def alt(chart: TrendChart) -> str:
    """Say what is seen."""
    shown = [mark for mark in chart.marks if mark.figure is not None]
    beyond = ", ".join(f"{_month(mark)} ({mark.said} %)" for mark in shown if mark.beyond)
    return _ALT.in_(chart.language).format(
        count=len(chart.marks),
        first=_month(chart.marks[0]),
        last=_month(chart.marks[-1]),
        gaps=len(chart.marks) - len(shown),
        latest=shown[-1].said if shown else "–",
        beyond=beyond or _NONE.in_(chart.language),
    )


def _month(mark: TrendMark) -> str:
    return f"{mark.month:02d}/{mark.year}"
