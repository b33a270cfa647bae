"""Every chart by its kind: one way in for pages, reports and files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from questionnaires.index import Code
from questionnaires.text import Language
from survey_service.charts.caterpillar import caterpillar
from survey_service.charts.caterpillar_picture import caterpillar_picture
from survey_service.charts.distribution import distributions
from survey_service.charts.distribution_picture import distribution_picture
from survey_service.charts.drawing import Format, draw
from survey_service.charts.drivers import driver_plot
from survey_service.charts.drivers_picture import driver_picture
from survey_service.charts.funnel import funnel
from survey_service.charts.funnel_picture import funnel_picture
from survey_service.charts.heatmap import heat_map
from survey_service.charts.heatmap_picture import FACTORS, heat_map_picture
from survey_service.charts.naming import KINDS, ChartName, Kind, Subject, find_name, subjects
from survey_service.charts.picture import Picture
from survey_service.charts.profile import profile
from survey_service.charts.profile_picture import profile_picture
from survey_service.charts.services import factor_map, factor_plot, service_plot
from survey_service.charts.services_picture import OF_ONE, service_picture
from survey_service.charts.slope import slopes
from survey_service.charts.slope_picture import slope_picture
from survey_service.findings.document import Findings
from survey_service.sheet.score_sheet import ScoreSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What charts are drawn from; without `findings` only those of the sheet can be."""

    sheet: ScoreSheet
    findings: Findings | None = None

    @property
    def services(self) -> tuple[Code, ...]:
        """The public services that the findings tell of."""
        found = self.findings and self.findings.by_service()
        return found.services() if found else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of published figures, laid out for a page and for a phone."""

    name: ChartName
    wide: Picture
    narrow: Picture

    @property
    def title(self) -> str:
        """Give its heading."""
        return self.wide.title

    @property
    def alt(self) -> str:
        """Give what it shows, in words, for who cannot see it."""
        return self.wide.alt

    def file(self, form: Format = "svg", *, narrow: bool = False) -> str:
        """Give the name of its file."""
        return replace(self.name, form=form, narrow=narrow).file

    def draw(self, form: Format = "svg", *, narrow: bool = False) -> bytes:
        """Give the bytes of its file; two threads must not draw at the same time."""
        return draw(self.narrow if narrow else self.wide, form)


def chart(kind: Kind, subject: Subject, published: Published, language: Language) -> Chart | None:
    """Lay a chart out; None where there is nothing to show, or no findings to show it from.

    Raises StopIteration for a class or a unit that the sheet does not have.
    """
    paint = _LAYOUTS[kind](subject, published, language)
    return paint and Chart(
        name=ChartName(kind=kind, subject=subject, language=language),
        wide=paint(narrow=False),
        narrow=paint(narrow=True),
    )


def charts(
    published: Published, language: Language, kinds: Sequence[Kind] = KINDS
) -> Iterator[Chart]:
    """Lay out every chart of some kinds that shows anything."""
    for kind in kinds:
        for subject in subjects(kind, published.sheet, published.services):
            found = chart(kind, subject, published, language)
            if found:
                yield found


def draw_file(file: str, published: Published) -> bytes | None:
    """Draw the chart of a file's name; None where there is none of that name to show."""
    name = find_name(file, published.sheet, published.services)
    found = name and chart(name.kind, name.subject, published, name.language)
    return found.draw(name.form, narrow=name.narrow) if name and found else None


Painter = Callable[..., Picture]
_Layout = Callable[[Subject, Published, Language], Painter | None]


def _caterpillar(about: Subject, published: Published, language: Language) -> Painter | None:
    sheet = published.sheet
    of = next(one for one in sheet.classes if one.code == about.unit_class)
    shown = caterpillar(sheet, of, language)
    return shown and partial(caterpillar_picture, shown)


def _heatmap(about: Subject, published: Published, language: Language) -> Painter | None:
    sheet = published.sheet
    of = next(one for one in sheet.classes if one.code == about.unit_class)
    shown = heat_map(sheet, of, language)
    return shown and partial(heat_map_picture, shown)


def _distribution(about: Subject, published: Published, language: Language) -> Painter | None:
    shown = published.findings and distributions(
        published.sheet,
        published.findings,
        language,
        unit_class=about.unit_class,
        unit=about.unit,
        component=about.component,
    )
    return shown and partial(distribution_picture, shown)


def _slope(about: Subject, published: Published, language: Language) -> Painter | None:
    shown = published.findings and slopes(
        published.sheet, published.findings, language, unit_class=about.unit_class
    )
    return shown and partial(slope_picture, shown)


def _funnel(_about: Subject, published: Published, language: Language) -> Painter | None:
    shown = published.findings and funnel(published.findings, language)
    return shown and partial(funnel_picture, shown)


def _drivers(about: Subject, published: Published, language: Language) -> Painter | None:
    shown = published.findings and driver_plot(
        published.sheet, published.findings, language, unit_class=about.unit_class
    )
    return shown and partial(driver_picture, shown)


def _profile(about: Subject, published: Published, language: Language) -> Painter | None:
    shown = profile(published.sheet, language, unit=about.unit or "")
    return shown and partial(profile_picture, shown)


def _services(about: Subject, published: Published, language: Language) -> Painter | None:
    name = _class_name(about, published, language)
    shown = published.findings and service_plot(
        published.findings, name, language, unit_class=about.unit_class
    )
    return shown and partial(service_picture, shown)


def _factors(about: Subject, published: Published, language: Language) -> Painter | None:
    name = _class_name(about, published, language)
    shown = published.findings and factor_map(
        published.findings, name, language, unit_class=about.unit_class
    )
    return shown and partial(heat_map_picture, shown, words=FACTORS)


def _service(about: Subject, published: Published, language: Language) -> Painter | None:
    shown = published.findings and factor_plot(
        published.findings, about.service or "", language, unit_class=about.unit_class
    )
    return shown and partial(service_picture, shown, words=OF_ONE)


def _class_name(about: Subject, published: Published, language: Language) -> str:
    of = next(one for one in published.sheet.classes if one.code == about.unit_class)
    return of.name.in_(language)


_LAYOUTS: Final[dict[Kind, _Layout]] = {
    "caterpillar": _caterpillar,
    "heatmap": _heatmap,
    "distribution": _distribution,
    "slope": _slope,
    "funnel": _funnel,
    "drivers": _drivers,
    "profile": _profile,
    "services": _services,
    "factors": _factors,
    "service": _service,
}
