import csv
import io
from dataclasses import replace

from generated import generate, generated
from msgspec.structs import replace as replace_struct

from questionnaires.catalogue import folder
from questionnaires.definition import Rotation
from questionnaires.loading import Definitions, load_definitions
from questionnaires.packing import pack, unpack
from survey_service.dataset.ballot_columns import BallotColumns
from survey_service.dataset.ballots import row_by_row
from survey_service.dataset.canonical_ballots import CanonicalReader
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.files import dataset_files
from survey_service.dataset.reading import dataset_from_files
from survey_service.results.scored import score_dataset

CONTENT = generated("drawn-citizens", seed=3)
FILES = dataset_files(CONTENT)
SETS = CONTENT.questionnaires.sets("ND")


def test_items_of_other_sets_are_not_asked() -> None:
    patterns: set[tuple[bool, ...]] = set()
    for row in csv.DictReader(io.StringIO(FILES["ballots.csv"].decode())):
        if row["group"] == "ND" and row["familiar"] == "1":
            patterns.add(tuple(row[own[0]] != "~" for own in SETS))
    assert patterns == {(True, False), (False, True)}


def test_a_short_form_is_read_at_once_as_row_by_row() -> None:
    table = FILES["ballots.csv"]
    bank, design = CONTENT.questionnaires, CONTENT.design
    at_once = CanonicalReader(CONTENT.framework, bank, design).read(table)
    rows, problems = row_by_row(table, CONTENT.framework, bank, design)
    assert isinstance(at_once, BallotColumns)
    assert not problems
    assert list(at_once) == list(rows) == sorted(CONTENT.ballots, key=lambda row: row.ballot)


def _one_item_each() -> DatasetContent:
    """Give leaders three items on a leaf, one of them to each person."""
    both = load_definitions(folder("two-units"))
    bank = both.questionnaires
    third = replace_struct(bank.item("S2"), code="S2B")
    rotated = replace_struct(
        bank,
        items=(*bank.items, third),
        rotations=(Rotation(group="CX", sets=(("S1",), ("S2",), ("S2B",))),),
    )
    definitions = Definitions(framework=both.framework, questionnaires=rotated)
    return generate(definitions, CONTENT.design.units, {"CX": 90}, seed=1)


def _left_blank(content: DatasetContent) -> DatasetContent:
    """Turn what was not asked into questions left blank."""
    bank = content.questionnaires
    rows = [
        replace(
            row,
            answers=pack(
                bank,
                {
                    item: "" if answer == "~" and item in {"S1", "S2", "S2B"} else answer
                    for item, answer in unpack(bank, row.answers).items()
                },
            ),
        )
        for row in content.ballots
        if row.familiar
    ]
    return replace(content, ballots=rows)


def test_half_of_what_a_person_was_asked_makes_a_ballot_valid() -> None:
    content = _one_item_each()
    given = [unpack(content.questionnaires, row.answers) for row in content.ballots]
    answered = [
        [one[item] for item in ("S1", "S2", "S2B") if one[item] not in {"~", "", "dk"}]
        for one in given
    ]
    assert {len(own) for own in answered} == {0, 1}
    counts = score_dataset(dataset_from_files(dataset_files(content)).content).counts
    assert sum(counts.valid.values()) == sum(len(own) == 1 for own in answered)
    blank = score_dataset(_left_blank(content)).counts
    assert sum(blank.returned.values()) > 0
    assert sum(blank.valid.values()) == 0


def test_every_item_is_answered_by_about_as_many() -> None:
    content = _one_item_each()
    asked = [
        sum(unpack(content.questionnaires, row.answers)[item] != "~" for row in content.ballots)
        for item in ("S1", "S2", "S2B")
    ]
    assert min(asked) > 15
    assert max(asked) < 2 * min(asked)
