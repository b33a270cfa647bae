"""The ballots of a dataset as the cells of its own `ballots.csv`, column by column."""

import csv
import io
from collections.abc import Mapping, Sequence

from survey_service.dataset.content import DatasetContent
from survey_service.dataset.files import dataset_files

Cells = Mapping[str, Sequence[str]]
"""The column's name → its cells, in the order of the ballots' keys."""


def ballot_cells(content: DatasetContent) -> Cells:
    """Give every column, exactly as it is written in the file."""
    header, *rows = csv.reader(
        io.StringIO(dataset_files(content)["ballots.csv"].decode(), newline=""), strict=True
    )
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}
