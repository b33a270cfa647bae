"""Response rates of a wave by the definitions of AAPOR."""

from dataclasses import dataclass
from fractions import Fraction

Rate = Fraction | None
"""A share in [0, 1]; None where its base is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """What became of the people invited (AAPOR 2023, Standard Definitions).

    Complete and partial responses, refusals, non-contacts (letters that came back), other
    eligible people; people of whom it is not known whether the address (`unknown_address`) or
    the person (`unknown_other`) belongs to the list; and those found not to be eligible.
    """

    complete: int
    partial: int = 0
    refused: int = 0
    not_contacted: int = 0
    other: int = 0
    unknown_address: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @property
    def interviewed(self) -> int:
        """Count complete and partial responses."""
        return self.complete + self.partial

    @property
    def eligible(self) -> int:
        """Count the people known to be eligible."""
        return self.interviewed + self.refused + self.not_contacted + self.other

    @property
    def unknown(self) -> int:
        """Count the people of unknown eligibility."""
        return self.unknown_address + self.unknown_other


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRates:
    """RR1 to RR6, cooperation (COOP1), refusal (REF1) and the share e of unknowns eligible."""

    rr1: Rate
    rr2: Rate
    rr3: Rate
    rr4: Rate
    rr5: Rate
    rr6: Rate
    cooperation: Rate
    refusal: Rate
    eligible_share: Rate


def response_rates(people: Dispositions) -> ResponseRates:
    """Compute the response rates; e is the share of eligible among those whose state is known.

    RR1, RR3 and RR5 count complete responses, RR2, RR4 and RR6 partial ones as well; the base
    holds all unknowns (1, 2), the share e of them (3, 4) or none (5, 6).
    """
    e = _rate(people.eligible, people.eligible + people.not_eligible)
    everyone = people.eligible + people.unknown
    likely = people.eligible + (0 if e is None else e) * people.unknown
    return ResponseRates(
        rr1=_rate(people.complete, everyone),
        rr2=_rate(people.interviewed, everyone),
        rr3=_rate(people.complete, likely),
        rr4=_rate(people.interviewed, likely),
        rr5=_rate(people.complete, people.eligible),
        rr6=_rate(people.interviewed, people.eligible),
        cooperation=_rate(people.complete, people.interviewed + people.refused + people.other),
        refusal=_rate(people.refused, everyone),
        eligible_share=e,
    )


def _rate(part: int, base: int | Fraction) -> Rate:
    return Fraction(part) / base if base else None
