"""Figures as a reader of the language writes them, and the words for those not shown."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from questionnaires.text import Language, Text

WITHHELD: Final = {
    "suppressed": Text(vi="ẩn vì ít người trả lời", en="hidden: few respondents"),
    "not_measurable": Text(vi="không đo được", en="could not be measured"),
    "not_applicable": Text(vi="không áp dụng", en="not applicable"),
    "too_few": Text(vi="quá ít người để tính", en="too few people to compute"),
}
"""Why there is no figure, by the state that the sheet or the findings give."""
SHORT: Final = {
    "suppressed": Text(vi="ẩn", en="hidden"),
    "not_measurable": Text(vi="không đo", en="no data"),
    "not_applicable": Text(vi="–", en="–"),
    "too_few": Text(vi="ít", en="few"),
}
"""The same in a narrow cell; a key beside the chart says what they mean."""


def said(figure: str, language: Language, places: int | None = None) -> str:
    """Write a published decimal with the language's own sign, rounded half-up where asked."""
    if places is not None:
        figure = f"{Decimal(figure).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return figure.replace(".", ",") if language == "vi" else figure
