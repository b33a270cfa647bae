"""How wide the interval of a unit's score will be, before anybody is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intervals import interval


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedGroup:
    """One group of a unit: whom is invited, how many answer, how they answer, what it weighs.

    `mean` and `sigma` are those of a person's own score as a share of the maximum, in [0, 1].
    """

    invited: int
    response_rate: float
    mean: float
    sigma: float
    weight: float
    population: int | None = None

    @property
    def answers(self) -> float:
        """The answers to expect."""
        return self.invited * self.response_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScore:
    """What to expect of a unit's score, in points."""

    score: float
    standard_error: float
    degrees_of_freedom: float
    interval: tuple[float, float]
    answers: float

    @property
    def width(self) -> float:
        """The width of the interval."""
        return self.interval[1] - self.interval[0]


def planned_score(groups: Sequence[PlannedGroup], *, maximum: float = 30.0) -> PlannedScore:
    """Give the score, error and interval to expect: V = max²·Σ ω²·(1 − r/N)·σ²/r, as scoring does.

    Degrees of freedom after Satterthwaite; the interval is the logit-t of scoring. Raises
    ValueError where a group would have fewer than 2 answers or more than its list holds, a share
    is out of range, or the weights do not sum to 1.
    """
    for one in groups:
        _check(one)
    if not math.isclose(sum(one.weight for one in groups), 1.0, abs_tol=1e-6):
        raise ValueError("the weights of a unit's groups must sum to 1")
    parts = [
        (one.weight * one.sigma * maximum) ** 2
        * (1 - (one.answers / one.population if one.population else 0.0))
        / one.answers
        for one in groups
    ]
    variance = sum(parts)
    below = sum(part**2 / (one.answers - 1) for part, one in zip(parts, groups, strict=True))
    freedom = variance**2 / below if below else 0.0
    score = maximum * sum(one.weight * one.mean for one in groups)
    answers = sum(one.answers for one in groups)
    return PlannedScore(
        score=score,
        standard_error=math.sqrt(variance),
        degrees_of_freedom=freedom,
        interval=interval(
            score, math.sqrt(variance), freedom, maximum=maximum, respondents=round(answers)
        ),
        answers=answers,
    )


def _check(group: PlannedGroup) -> None:
    if not (0 < group.response_rate <= 1 and 0 <= group.mean <= 1 and group.weight >= 0):
        raise ValueError("response rate, mean and weight are shares between 0 and 1")
    if not 0 <= group.sigma <= 0.5:
        raise ValueError("the standard deviation of a share lies between 0 and 0.5")
    if group.answers < 2:
        raise ValueError(f"{group.answers:.1f} answers are too few for an error; 2 are needed")
    if group.population is not None and group.invited > group.population:
        raise ValueError(f"{group.invited} invited are more than the list of {group.population}")
