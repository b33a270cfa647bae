"""Response, cooperation, refusal and contact rates of a wave by the definitions of AAPOR."""

from dataclasses import dataclass
from fractions import Fraction

Rate = Fraction | None
"""A share in [0, 1]; None where its base is empty."""
People = int | Fraction
"""People, or what they add up to with sampling weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """What became of the people invited (AAPOR 2023, Standard Definitions, 10th edition).

    Complete and partial responses (I, P), refusals (R), non-contacts (NC), other eligible people
    (O); people of whom nothing came back (`unknown`, UH) and other people of unknown eligibility
    (`unknown_other`, UO); and those found not to be eligible (NE).
    """

    complete: People
    partial: People = 0
    refusal: People = 0
    non_contact: People = 0
    other: People = 0
    unknown: People = 0
    unknown_other: People = 0
    not_eligible: People = 0

    @property
    def interviewed(self) -> People:
        """Count complete and partial responses."""
        return self.complete + self.partial

    @property
    def reached(self) -> People:
        """Count those of whom something was heard."""
        return self.interviewed + self.refusal + self.other

    @property
    def eligible(self) -> People:
        """Count the people known to be eligible."""
        return self.reached + self.non_contact

    @property
    def undecided(self) -> People:
        """Count the people of unknown eligibility."""
        return self.unknown + self.unknown_other

    def eligible_share(self) -> Rate:
        """Give e, the eligible among those whose eligibility is known (CASRO's proportion)."""
        return _rate(self.eligible, self.eligible + self.not_eligible)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRates:
    """AAPOR's rates, and the share e of the undecided who are taken to be eligible."""

    e: Rate
    rr1: Rate
    rr2: Rate
    rr3: Rate
    rr4: Rate
    rr5: Rate
    rr6: Rate
    coop1: Rate
    coop2: Rate
    coop3: Rate
    coop4: Rate
    ref1: Rate
    ref2: Rate
    ref3: Rate
    con1: Rate
    con2: Rate
    con3: Rate


def response_rates(people: Dispositions, e: Rate = None) -> ResponseRates:
    """Compute every rate; `e` is estimated from the people themselves unless it is given.

    RR1, RR3, RR5, COOP1 and COOP3 count complete responses, RR2, RR4, RR6, COOP2 and COOP4
    partial ones as well. The base holds all undecided (RR1, RR2, REF1, CON1), the share e of
    them (RR3, RR4, REF2, CON2) or none (RR5, RR6, REF3, CON3); that of COOP3 and COOP4 leaves
    out those who could not answer. Raises ValueError where e is not in [0, 1].
    """
    if e is not None and not 0 <= e <= 1:
        raise ValueError(f"e is a share in [0, 1], not {e}")
    share = people.eligible_share() if e is None else e
    every = people.eligible + people.undecided
    known = people.eligible
    likely = None if share is None and people.undecided else known + (share or 0) * people.undecided
    able = people.interviewed + people.refusal
    return ResponseRates(
        e=share,
        rr1=_rate(people.complete, every),
        rr2=_rate(people.interviewed, every),
        rr3=_rate(people.complete, likely),
        rr4=_rate(people.interviewed, likely),
        rr5=_rate(people.complete, known),
        rr6=_rate(people.interviewed, known),
        coop1=_rate(people.complete, people.reached),
        coop2=_rate(people.interviewed, people.reached),
        coop3=_rate(people.complete, able),
        coop4=_rate(people.interviewed, able),
        ref1=_rate(people.refusal, every),
        ref2=_rate(people.refusal, likely),
        ref3=_rate(people.refusal, known),
        con1=_rate(people.reached, every),
        con2=_rate(people.reached, likely),
        con3=_rate(people.reached, known),
    )


def _rate(part: People, base: People | None) -> Rate:
    return Fraction(part) / base if base else None
