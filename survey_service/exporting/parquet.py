"""The ballots as a Parquet file: the very cells of the CSV, typed, with their labels."""

import io
from decimal import Decimal
from typing import Any, Final

import msgspec

from questionnaires.fingerprint import canonical_json
from survey_service.dataset.content import Dataset
from survey_service.exporting.ballot_cells import Cells
from survey_service.exporting.extra import statistics_library
from survey_service.exporting.notice import RESTRICTED
from survey_service.exporting.variables import Variable

_PRECISION: Final = 18


def parquet(dataset: Dataset, of: tuple[Variable, ...], cells: Cells) -> bytes:
    """Write `ballots.parquet`, a column per column of `ballots.csv`.

    Answers stay the codes of the dataset (text, encoded as a dictionary), `weight` is an exact
    decimal and `familiar` a boolean. Wave, hash and notice are metadata of the file, texts and
    codes of each column. Raises ProblemsError where the extra `statistics` is not installed.
    """
    pyarrow: Any = statistics_library("pyarrow")
    written: Any = statistics_library("pyarrow.parquet")
    described = {one.column: one for one in reversed(of)}
    fields: list[Any] = []
    arrays: list[Any] = []
    for name, column in cells.items():
        array = _array(pyarrow, name, list(column))
        arrays.append(array)
        fields.append(
            pyarrow.field(name, array.type, nullable=False, metadata=_metadata(described[name], of))
        )
    about = {
        "format": "survey-dataset/1",
        "wave": dataset.content.design.wave.code,
        "dataset": dataset.hash,
        "notice": canonical_json(RESTRICTED).decode(),
    }
    table = pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields, metadata=about))
    content = io.BytesIO()
    written.write_table(table, content, compression="zstd")
    return content.getvalue()


def _array(pyarrow: Any, name: str, column: list[str]) -> Any:
    if name == "weight":
        exact = [Decimal(cell) for cell in column]
        places = max((-int(weight.as_tuple().exponent) for weight in exact), default=0)
        return pyarrow.array(exact, pyarrow.decimal128(_PRECISION, max(places, 0)))
    if name == "familiar":
        return pyarrow.array([cell == "1" for cell in column], pyarrow.bool_())
    return pyarrow.array(column, pyarrow.string()).dictionary_encode()


def _metadata(variable: Variable, of: tuple[Variable, ...]) -> dict[str, str]:
    options = [one for one in of if one.column == variable.column and one.option is not None]
    codes = {
        category.code: {"vi": category.label.vi, "en": category.label.en}
        for category in variable.categories
        if variable.option is None or category.is_missing
    }
    codes |= {one.option: {"vi": one.label.vi, "en": one.label.en} for one in options if one.option}
    return {
        "label_vi": variable.label.vi,
        "label_en": variable.label.en,
        "codes": msgspec.json.encode(codes).decode(),
    }
