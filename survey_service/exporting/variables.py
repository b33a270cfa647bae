"""The columns of a dataset as an analyst's variables: names, labels, codes as numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from questionnaires.definition import Item
from questionnaires.index import Code
from questionnaires.text import LANGUAGES, Text
from survey_service.dataset.codebook import FIXED_COLUMNS, SPECIAL_CODES
from survey_service.dataset.content import DatasetContent

MISSING: Final = {"dk": -1, "na": -2, "~": -3, "": -4}
"""The codes that are no answer, as user-missing numbers, each kept apart from the others."""
_RESERVED: Final = frozenset(
    {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
)
"""Words that SPSS keeps for its own use."""
_LONGEST_NAME: Final = 60
_OPEN: Final = {
    "unit": Text(vi="đơn vị", en="the unit"),
    "service": Text(vi="dịch vụ", en="the service"),
}
"""What the blanks of a question's text are called where it is about all units."""
_CHOSEN: Final = (Text(vi="Không chọn", en="Not chosen"), Text(vi="Chọn", en="Chosen"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A code of `ballots.csv`, its number in a statistics package, and what it means.

    `worth` is the value in percent of the maximum, where the index gives one.
    """

    code: str
    number: int
    label: Text
    worth: str = ""

    @property
    def is_missing(self) -> bool:
        """Tell whether it is no answer."""
        return self.number < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable made of the column `column`; of a multiple choice, of one `option` of it.

    `kind` is that of the item, or "text", "weight" or "flag" of a fixed column.
    """

    name: str
    column: str
    kind: str
    label: Text
    categories: tuple[Category, ...] = ()
    option: Code | None = None
    groups: tuple[Code, ...] = ()
    leaves: tuple[tuple[Code, Code], ...] = ()

    def number(self, cell: str) -> int:
        """Give the number of a cell; raises KeyError for a code that the column has not."""
        if cell in MISSING:
            return MISSING[cell]
        if self.kind == "number":
            return int(cell)
        if self.option is not None:
            return int(self.option in cell.split(";"))
        return next(one.number for one in self.categories if one.code == cell)


def variables(content: DatasetContent) -> tuple[Variable, ...]:
    """Give the variables of a dataset in the order of its columns, names unlike each other."""
    taken: set[str] = set()
    return tuple(_named(one, taken) for one in _variables(content))


def _variables(content: DatasetContent) -> Iterator[Variable]:
    names = {
        "group": [(group.code, group.name) for group in content.framework.groups],
        "unit": [(unit.code, unit.name) for unit in content.design.units],
    }
    for column, label in FIXED_COLUMNS.items():
        yield Variable(
            name=column,
            column=column,
            kind={"weight": "weight", "familiar": "flag"}.get(column, "text"),
            label=label,
            categories=tuple(
                Category(code=code, number=place, label=name)
                for place, (code, name) in enumerate(names.get(column, ()), 1)
            ),
        )
    for item in content.questionnaires.items:
        asked = _filled(content, item.text)
        if item.kind == "multiple":
            for place, option in enumerate(content.questionnaires.options(item), 1):
                yield _variable(
                    item,
                    name=f"{item.code}_{place}",
                    label=Text(
                        vi=f"{asked.vi} – {option.text.vi}", en=f"{asked.en} – {option.text.en}"
                    ),
                    categories=tuple(
                        Category(code=str(number), number=number, label=label)
                        for number, label in enumerate(_CHOSEN)
                    ),
                    option=option.code,
                )
        elif item.kind != "text":
            yield _variable(
                item,
                name=item.code,
                label=asked,
                categories=tuple(_answers(content, item)),
            )


def _filled(content: DatasetContent, text: Text) -> Text:
    year = str(content.design.wave.year)
    vi, en = (
        text.fill(
            language,
            year=year,
            unit=_OPEN["unit"].in_(language),
            service=_OPEN["service"].in_(language),
        )
        for language in LANGUAGES
    )
    return Text(vi=vi, en=en)


def _variable(
    item: Item,
    *,
    name: str,
    label: Text,
    categories: Sequence[Category],
    option: Code | None = None,
) -> Variable:
    missing = tuple(
        Category(code=code, number=number, label=SPECIAL_CODES[code])
        for code, number in MISSING.items()
    )
    return Variable(
        name=name,
        column=item.code,
        kind=item.kind,
        label=label,
        categories=(*categories, *missing),
        option=option,
        groups=item.groups,
        leaves=tuple(sorted(item.leaves.items())),
    )


def _answers(content: DatasetContent, item: Item) -> Iterator[Category]:
    """Give the options with their own codes as numbers, or by their place where one is none."""
    options = content.questionnaires.options(item)
    worth = content.framework.rules.option_values.get(item.scale or "", {})
    numeric = all(re.fullmatch(r"0|[1-9][0-9]{0,5}", option.code) for option in options)
    for place, option in enumerate(options, 1):
        yield Category(
            code=option.code,
            number=int(option.code) if numeric else place,
            label=option.text,
            worth=f"{worth[option.code]:f}" if option.code in worth else "",
        )


def _named(variable: Variable, taken: set[str]) -> Variable:
    """Make a name that every statistics package takes, and none twice."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", variable.name)[:_LONGEST_NAME].strip("_") or "V"
    if not name[0].isalpha() or name.upper() in _RESERVED:
        name = f"V_{name}"
    free, again = name, 2
    while free.upper() in taken:
        free, again = f"{name}_{again}", again + 1
    taken.add(free.upper())
    return replace(variable, name=free)
