"""How like the list the respondents are: response rates and shares by stratum."""

import math
from collections.abc import Sequence
from fractions import Fraction

Counts = Sequence[tuple[int, int]]
"""People invited and people who answered, stratum by stratum."""


def r_indicator(groups: Sequence[Counts]) -> float | None:
    """Give R = 1 − 2·S(ρ), S the deviation of the strata's response rates about their group's.

    Schouten, Cobben & Bethlehem (2009, Survey Methodology 35), with the strata as the only
    auxiliary variable; 1 where all strata of a group answered alike. Groups are not compared with
    each other: the index fixes their weights. None where fewer than two people were invited.
    """
    people = sum(n for strata in groups for n, _ in strata)
    if people < 2:
        return None
    return 1 - 2 * math.sqrt(sum(map(_squares, groups), Fraction(0)) / (people - 1))


def shares(strata: Counts) -> list[tuple[Fraction, Fraction]] | None:
    """Give each stratum's share of those invited and of those who answered; None without any."""
    people, answered = sum(n for n, _ in strata), sum(r for _, r in strata)
    if not people or not answered:
        return None
    return [(Fraction(n, people), Fraction(r, answered)) for n, r in strata]


def dissimilarity(groups: Sequence[Counts]) -> Fraction | None:
    """Give the share of respondents who would have to be of another stratum of their group.

    ½·Σ|p − q| of each group (Duncan & Duncan 1955, American Sociological Review 20), averaged
    over those who answered; None where nobody did.
    """
    answered = sum(r for strata in groups for _, r in strata)
    if not answered:
        return None
    moved = (
        abs(p - q) * sum(r for _, r in strata) for strata in groups for p, q in shares(strata) or ()
    )
    return sum(moved, Fraction(0)) / (2 * answered)


def _squares(strata: Counts) -> Fraction:
    people = sum(n for n, _ in strata)
    if not people:
        return Fraction(0)
    mean = Fraction(sum(r for _, r in strata), people)
    return sum((n * (Fraction(r, n) - mean) ** 2 for n, r in strata if n), Fraction(0))
