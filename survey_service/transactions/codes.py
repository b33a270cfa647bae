"""The codes that the words of a source stand for."""

from collections.abc import Collection
from typing import Final

from questionnaires.text import Text
from survey_service.frame.headings import fold
from survey_service.frame.values import shown
from survey_service.transactions.mapping import CodedField, Mapping, is_code

_CACHED: Final = 20_000


class Refused(Exception):  # noqa: N818 - it carries what is said of a cell and goes no further
    """A row that cannot be used: the field at fault, and what to say of it."""

    def __init__(self, field: str, message: Text) -> None:
        self.field = field
        self.message = message
        super().__init__(message.en)


class Codes:
    """The codes of one field by the words of the source."""

    def __init__(self, mapping: Mapping, field: CodedField, units: Collection[str]) -> None:
        self._field: CodedField = field
        self._units = units if field == "unit" else None
        words = mapping.words(field)
        self._folded = {fold(written): code for written, code in words.items()}
        self._are_codes = not words
        self._seen: dict[str, str] = {}
        self._constant = mapping.constant(field)

    def find(self, written: str) -> str:
        """Give a word's code; raises Refused where the mapping or the register lacks it."""
        code = self._seen.get(written)
        if code is None:
            code = self._checked(self._constant or self._meant(written))
            if len(self._seen) < _CACHED:
                self._seen[written] = code
        return code

    def _meant(self, written: str) -> str:
        if not written:
            raise Refused(self._field, Text(vi="ô trống; cần có.", en="is empty; it is needed."))
        if not self._are_codes:
            code = self._folded.get(fold(written))
            if code is None:
                raise Refused(
                    self._field,
                    Text(
                        vi=f"{shown(written)} chưa có trong [{self._field}s] của tệp quy ước; thêm "
                        "từ này với mã của nó.",
                        en=f"{shown(written)} is not in [{self._field}s] of the mapping; add the "
                        "word with its code.",
                    ),
                )
            return code
        if not is_code(written):
            raise Refused(
                self._field,
                Text(
                    vi=f"{shown(written)} không phải mã; ghi từ này trong [{self._field}s] của "
                    "tệp quy ước.",
                    en=f"{shown(written)} is not a code; name the word in [{self._field}s] of "
                    "the mapping.",
                ),
            )
        return written

    def _checked(self, code: str) -> str:
        if self._units is not None and code not in self._units:
            raise Refused(
                self._field,
                Text(
                    vi=f"đơn vị {code} không có trong danh mục; nhập danh mục trước (import "
                    "units).",
                    en=f"the unit {code} is not in the register; import the register first "
                    "(import units).",
                ),
            )
        return code
