"""The score sheet as JSON, and the JSON Schema that describes it."""

from typing import Any, Final

import msgspec

from questionnaires.fingerprint import canonical_json
from survey_service.sheet.score_sheet import FORMAT, ScoreSheet

SCORES = "scores.json"
"""The name of the sheet among the files of a publication."""
# Made at the import: msgspec takes a struct's annotations in when it first meets it, and two
# threads that meet it at once crash the process.
SHEETS: Final = msgspec.json.Decoder(ScoreSheet)


def sheet_json(sheet: ScoreSheet) -> bytes:
    """Write the sheet as canonical JSON: sorted keys, UTF-8, no spaces."""
    return canonical_json(msgspec.to_builtins(sheet))


def read_sheet(document: bytes) -> ScoreSheet | None:
    """Read a sheet back; None where it is not one of the known format."""
    try:
        return SHEETS.decode(document)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def sheet_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of `scores.json`."""
    schema = msgspec.json.schema(ScoreSheet)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Score sheet, format {FORMAT}",
        **schema,
    }
