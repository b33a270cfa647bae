"""What the words of a contact list mean in one wave: its groups, its units and their needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from questionnaires.definition import Questionnaires
from questionnaires.index import Code, Framework
from survey_service.frame.headings import fold
from survey_service.frame.reach import rated_classes
from survey_service.store.people import Unit


class Names:
    """Codes by what people write for them: the code itself, or a name, accents aside."""

    def __init__(self, named: Iterable[tuple[Code, Sequence[str]]]) -> None:
        self._codes: dict[str, Code | None] = {}
        exact: dict[str, Code | None] = {}
        for code, names in named:
            exact[code] = code
            for spelling in {fold(name) for name in (code, *names) if name}:
                # A name that two share means neither; their codes still do.
                self._codes[spelling] = None if spelling in self._codes else code
        self._exact = exact

    def find(self, written: str) -> Code | None:
        """Give the code that is meant, or None where there is none or more than one."""
        return self._exact.get(written) or self._codes.get(fold(written))


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a person of a group has to state, and which units that may name."""

    own_unit: bool
    sector: bool
    transaction: bool
    rated: frozenset[Code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The vocabulary of one wave."""

    groups: Names
    units: Names
    languages: Names
    sectors: Names
    needs: dict[Code, Needs]


def terms_of(framework: Framework, questionnaires: Questionnaires, units: Sequence[Unit]) -> Terms:
    """Draw up the vocabulary of a wave whose units are `units`."""
    sectors = {sector for unit in units for sector in unit.sectors}
    return Terms(
        groups=Names((group.code, (group.name.vi, group.name.en)) for group in framework.groups),
        units=Names((unit.code, (unit.name_vi, unit.name_en)) for unit in units),
        languages=Names(
            (
                ("vi", ("Tiếng Việt", "Việt", "Vietnamese")),
                ("en", ("Tiếng Anh", "Anh", "English")),
            )
        ),
        sectors=Names((sector, ()) for sector in sorted(sectors)),
        needs={
            relation.group: _needs(framework, questionnaires, relation.group, units)
            for relation in questionnaires.relations
        },
    )


def _needs(
    framework: Framework, questionnaires: Questionnaires, group: Code, units: Sequence[Unit]
) -> Needs:
    rates = questionnaires.relation(group).rates
    classes = rated_classes(framework, questionnaires, group)
    return Needs(
        own_unit=rates.units in {"own", "superior", "across"} or rates.except_own,
        sector=rates.units == "sector",
        transaction=rates.units == "transaction",
        rated=frozenset(unit.code for unit in units if unit.unit_class in classes),
    )
