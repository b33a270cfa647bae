"""Small datasets made by hand: so many ballots with these answers, of this group, on this unit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from questionnaires.catalogue import folder
from questionnaires.definition import Questionnaires
from questionnaires.index import Framework, Leaf, Rules
from questionnaires.loading import Definitions, load_definitions
from questionnaires.packing import pack
from questionnaires.text import Text
from survey_service.dataset.content import BallotRow, Dataset, DatasetContent
from survey_service.dataset.design import (
    DatasetStratum,
    DatasetUnit,
    Design,
    Issued,
    ListKind,
    WaveLabel,
)
from survey_service.dataset.files import dataset_files
from survey_service.dataset.reading import dataset_from_files

Answers = Mapping[str, str]


def two_units() -> Definitions:
    return load_definitions(folder("two-units"))


def with_rules(framework: Framework, **rules: object) -> Framework:
    changed: Rules = msgspec.structs.replace(framework.rules, **rules)
    return msgspec.structs.replace(framework, rules=changed)


def with_leaves(framework: Framework, leaves: Sequence[Leaf]) -> Framework:
    (unit_class,) = framework.unit_classes
    named = {leaf.criterion for leaf in leaves}
    changed = msgspec.structs.replace(
        unit_class,
        leaves=tuple(leaves),
        criteria=tuple(one for one in unit_class.criteria if one.code in named),
    )
    return msgspec.structs.replace(framework, unit_classes=(changed,))


def hand_made(
    ballots: Sequence[tuple[str, str, int, Answers]],
    *,
    framework: Framework | None = None,
    questionnaires: Questionnaires | None = None,
    units: Sequence[str] = ("XA1", "XA2"),
    list_kinds: Mapping[str, ListKind] | None = None,
) -> DatasetContent:
    """Give one respondent per ballot: (group, unit, how many, answers)."""
    definitions = two_units()
    bank = questionnaires or definitions.questionnaires
    rows = [(group, unit, answers) for group, unit, times, answers in ballots for _ in range(times)]
    people = Counter(group for group, _, _ in rows)
    issued = Counter((unit, group) for group, unit, _ in rows)
    return DatasetContent(
        framework=framework or definitions.framework,
        questionnaires=bank,
        design=Design(
            wave=WaveLabel(code="tay", title=Text(vi="Làm bằng tay", en="By hand"), year=2025),
            units=tuple(
                DatasetUnit(code=code, name=Text(vi=f"Xã {code}", en=code), unit_class="XA")
                for code in units
            ),
            strata=tuple(
                DatasetStratum(
                    code=group,
                    group=group,
                    population=None,
                    subset=False,
                    list_kind=(list_kinds or {}).get(group, "census"),
                    invited=count + 1,
                )
                for group, count in sorted(people.items())
            ),
            issued=tuple(
                Issued(unit=unit, group=group, ballots=count + 1)
                for (unit, group), count in sorted(issued.items())
            ),
            seed=7,
            threshold=3,
        ),
        ballots=[
            BallotRow(
                ballot=f"{place:016x}",
                respondent=f"{place + 1_000_000:016x}",
                stratum=group,
                unit=unit,
                familiar=True,
                answers=pack(bank, answers),
            )
            for place, (group, unit, answers) in enumerate(rows)
        ],
    )


def frozen(content: DatasetContent) -> Dataset:
    return dataset_from_files(dataset_files(content))


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder
