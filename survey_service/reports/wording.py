"""How a report writes its words and figures in one language; no figure is rounded anew in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from questionnaires.text import Language, Text

_MISSING = {
    "suppressed": Text(vi="ẩn vì ít người trả lời", en="hidden: few respondents"),
    "not_measurable": Text(vi="không đo được", en="could not be measured"),
    "too_few": Text(vi="quá ít người để tính", en="too few people to compute"),
    "not_applicable": Text(vi="không áp dụng", en="not applicable"),
    "new": Text(vi="mới, chưa có lần trước", en="new: no former figure"),
    "broken_series": Text(vi="không so được với lần trước", en="not comparable with before"),
}
_SMALLEST_P = Decimal("0.001")
_ALL = Decimal(100)


class Ends(Protocol):
    """An interval of the sheet or of the findings."""

    @property
    def low(self) -> str:
        """The lower end."""
        ...

    @property
    def high(self) -> str:
        """The upper end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Writes texts, counts and figures as readers of its language expect them."""

    language: Language

    def pick(self, vi: str, en: str) -> str:
        """Give the text of the language."""
        return vi if self.language == "vi" else en

    def of(self, text: Text) -> str:
        """Give a published text in the language."""
        return text.in_(self.language)

    def count(self, number: int) -> str:
        """Write a count with its thousands apart."""
        return f"{number:,}".replace(",", self.pick(".", ","))

    def figure(self, figure: str | None, places: int | None = None) -> str:
        """Write a decimal with the language's sign, a true minus, and at most so many places."""
        if figure is None:
            return "–"
        number = Decimal(figure)
        if places is not None and -int(number.as_tuple().exponent) > places:
            number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        written = f"{abs(number):f}".replace(".", self.pick(",", "."))
        return f"−{written}" if number < 0 else written

    def signed(self, figure: str | None, places: int | None = None) -> str:
        """Write a difference with its sign."""
        written = self.figure(figure, places)
        return f"+{written}" if figure is not None and Decimal(figure) > 0 else written

    def percent(self, figure: str | None, places: int = 1) -> str:
        """Write a percentage."""
        return "–" if figure is None else f"{self.figure(figure, places)}%"

    def chance(self, percent: str) -> str:
        """Write a share of random draws in percent; none or all of them are no certainty."""
        if Decimal(percent) == 0:
            return f"< {self.percent('0.1')}"
        return f"> {self.percent('99.9')}" if Decimal(percent) == _ALL else self.percent(percent)

    def interval(self, ends: Ends | None, places: int = 2) -> str:
        """Write an interval by its two ends."""
        if ends is None:
            return "–"
        low, high = self.figure(ends.low, places), self.figure(ends.high, places)
        return f"{low} {self.pick('đến', 'to')} {high}" if "−" in low + high else f"{low}–{high}"

    def p_value(self, figure: str | None) -> str:
        """Write a p-value to three places, or that it is smaller."""
        if figure is None:
            return "–"
        if Decimal(figure) < _SMALLEST_P:
            return f"< {self.figure(str(_SMALLEST_P))}"
        return self.figure(figure, 3)

    def names(self, names: Sequence[str]) -> str:
        """Join names as a sentence does."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.pick('và', 'and')} {names[-1]}"

    def missing(self, reason: str | None) -> str:
        """Say why there is no figure."""
        return "–" if reason is None else self.of(_MISSING[reason])

    def ranks(self, best: int, worst: int) -> str:
        """Write a set of ranks."""
        return str(best) if best == worst else f"{best}–{worst}"
