"""The files of a dataset, byte for byte, from its content."""

from collections.abc import Iterator, Mapping

from questionnaires.fingerprint import canonical_json
from survey_service.dataset.cells import CellTranslator
from survey_service.dataset.codebook import FIXED_COLUMNS, codebook
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.tables import guard, write_csv
from survey_service.folders import digest

CHECKSUMS = "checksums.json"
FREE_TEXT_COLUMNS = ("item", "unit", "text")


def dataset_files(content: DatasetContent) -> dict[str, bytes]:
    """Give the files of a dataset by name; equal content gives equal bytes, in any order.

    Raises KeyError for a ballot of an unknown stratum and ValueError for packed answers that
    mean nothing.
    """
    files = {
        "ballots.csv": write_csv(_ballot_rows(content)),
        "free_text.csv": write_csv(_free_text_rows(content)),
        "codebook.json": canonical_json(codebook(content.framework, content.questionnaires)),
        "framework.json": canonical_json(content.framework),
        "questionnaires.json": canonical_json(content.questionnaires),
        "design.json": canonical_json(content.design),
    }
    return {**files, CHECKSUMS: checksums(files)}


def checksums(files: Mapping[str, bytes]) -> bytes:
    """List the SHA-256 of each file but of the list itself."""
    return canonical_json(
        {name: digest(content) for name, content in files.items() if name != CHECKSUMS}
    )


def _ballot_rows(content: DatasetContent) -> Iterator[list[str]]:
    translator = CellTranslator(content.questionnaires)
    group = {stratum.code: stratum.group for stratum in content.design.strata}
    yield [*FIXED_COLUMNS, *(column.item for column in translator.columns)]
    for row in sorted(content.ballots, key=lambda row: row.ballot):
        fixed = (row.ballot, row.respondent, group[row.stratum], row.stratum, row.unit, row.weight)
        yield [*fixed, "1" if row.familiar else "0", *translator.cells(row.answers)]


def _free_text_rows(content: DatasetContent) -> Iterator[list[str]]:
    # The order is that of the texts themselves, so it tells nothing of the ballots' order.
    yield list(FREE_TEXT_COLUMNS)
    for row in sorted(content.free_text):
        yield [row.item, row.unit, guard(row.text)]
