"""Which charts a report shows, as blocks; they are drawn only where they are needed."""

from typing import Final

from questionnaires.index import Code
from questionnaires.text import Text
from survey_service.charts.naming import Kind, Subject
from survey_service.charts.registry import Published, chart
from survey_service.reports.blocks import Drawing, Figure
from survey_service.reports.published import PublishedWave
from survey_service.reports.wording import Wording

_KEYS: Final[dict[Kind, Text]] = {
    "caterpillar": Text(
        vi="Chấm là điểm, vạch là khoảng tin cậy 95%: hai vạch chồng nhau nhiều thì chưa thể nói "
        "đơn vị nào hơn. Thanh xám, hoặc dòng “hạng có thể”, là các thứ hạng mà sai số còn để ngỏ.",
        en="A dot is the points, a line its 95% interval: where two lines overlap much, neither "
        "unit can be called better. Grey bars, or the line of possible ranks, are those that the "
        "error leaves open.",
    ),
    "distribution": Text(
        vi="Mỗi thanh là một câu hỏi; màu xanh là ý kiến tốt, màu cam là ý kiến chưa tốt.",
        en="Each bar is an item; blue stands for good judgements, orange for poor ones.",
    ),
    "services": Text(
        vi="Chấm tròn là tỷ lệ hài lòng và rất hài lòng, ô vuông là trung bình ÷ tối đa; vạch là "
        "khoảng tin cậy 95%: hai vạch chồng nhau nhiều thì chưa thể nói dịch vụ nào hơn.",
        en="Dots are the share of the two best answers, squares the mean over the maximum; lines "
        "are 95% intervals: where two overlap much, neither service can be called better.",
    ),
    "factors": Text(
        vi="Mỗi ô là trung bình ÷ tối đa của một yếu tố ở một dịch vụ; màu càng nhạt càng cần xem "
        "lại.",
        en="Each cell is the mean over the maximum of a factor in a service; the paler, the more "
        "it needs a look.",
    ),
    "service": Text(
        vi="Chấm tròn là tỷ lệ hài lòng và rất hài lòng, ô vuông là trung bình ÷ tối đa; vạch là "
        "khoảng tin cậy 95%: hai vạch chồng nhau nhiều thì chưa thể nói yếu tố nào hơn.",
        en="Dots are the share of the two best answers, squares the mean over the maximum; lines "
        "are 95% intervals: where two overlap much, neither factor can be called better.",
    ),
    "slope": Text(
        vi="Mỗi đường là một đơn vị, từ đợt trước sang đợt này; chỉ đường tô đậm là thay đổi rõ.",
        en="Each line is a unit, from the former wave to this one; only bold lines changed "
        "clearly.",
    ),
}


def chart_figure(
    wave: PublishedWave,
    w: Wording,
    kind: Kind,
    *,
    unit_class: Code = "",
    unit: Code | None = None,
    component: Code | None = None,
    service: Code | None = None,
) -> Figure | None:
    """Lay out a chart of the wave, a class, a unit or a service; None where nothing is shown."""
    about = Subject(unit_class=unit_class, unit=unit, component=component, service=service)
    found = chart(kind, about, Published(sheet=wave.sheet, findings=wave.findings), w.language)
    if found is None:
        return None
    wide, narrow = found.wide, found.narrow
    return Figure(
        title=found.title,
        key=w.of(_KEYS[kind]) if kind in _KEYS else "",
        alt=found.alt,
        wide=Drawing(name=found.file(), width=wide.width, height=wide.height),
        narrow=Drawing(name=found.file(narrow=True), width=narrow.width, height=narrow.height),
    )
