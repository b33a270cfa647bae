"""Weights of people who were drawn: what an answer stands for once it is known who answered."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final, Literal

from analysis.estimation.nonresponse import adjust_for_nonresponse
from questionnaires.index import Code, Mode
from survey_service.dataset.design import SampledStratum, TransactionBand
from survey_service.sampling.strata import Place

FEWEST_ANSWERS: Final = 10
"""How many answers a response class needs to be weighted by itself."""
PLACES: Final = 12
_PRECISION: Final = Context(prec=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStratum:
    """A stratum of the dataset as its frame and its draw made it.

    `transactions` N and `people` M of the frame; people `drawn` at first, `called` in place of
    `replaced`. `probability` of a person, `first_stage` that of the unit (1 in one stage).
    `unit` and `mode` bound the response classes that it may be merged with; those of its
    `channel`, and then its `service`, stand beside it.
    """

    code: Code
    unit: Code
    mode: Mode
    transactions: int
    people: int
    drawn: int
    called: int
    replaced: int
    probability: Fraction
    first_stage: Fraction = Fraction(1)
    service: Code = ""
    channel: Code = ""

    @property
    def asked(self) -> int:
        """Count the people asked in the end."""
        return self.drawn + self.called - self.replaced

    @property
    def population(self) -> Fraction:
        """Give the people that the stratum stands for: those of the units not drawn, too."""
        return self.people / self.first_stage

    @property
    def base(self) -> Fraction:
        """Give the design weight, as if everybody asked had answered."""
        return self.population / max(self.asked, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledPerson:
    """Somebody asked: the dataset's stratum, their transactions in the frame, if they answered."""

    stratum: Code
    transactions: int
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The weight of each person asked, in their order, and what it was made from."""

    weights: tuple[str, ...]
    strata: tuple[SampledStratum, ...]


def weigh(
    strata: Sequence[DrawnStratum],
    people: Sequence[SampledPerson],
    *,
    target: Literal["people", "transactions"],
    k: int,
) -> Weighted:
    """Weight everybody asked: population over people asked, times the class's non-response.

    The weight is one for all of a stratum. With the target "transactions" it is multiplied by
    the mean number of transactions of a band of people, never fewer than `k` of them (all of the
    stratum where it has fewer). A stratum in which nobody was asked is represented by the class
    of the one beside it. A stratum of a unit in which nobody answered has the weight 0: its people
    are not represented. Raises KeyError for a person of a stratum not given.
    """
    answered = Counter(person.stratum for person in people if person.answered)
    bands = _bands(people, k) if target == "transactions" else {}
    classes = _classes(strata, answered)
    known = {stratum.code: stratum for stratum in strata}
    # Rounded first, so that whoever has the design gets each ballot's weight to the last digit.
    weight = {
        code: written(known[code].base * _factor([known[one] for one in joined], answered))
        if known[code].asked
        else "0"
        for code, joined in classes.items()
    }
    return Weighted(
        weights=tuple(
            _times(weight[person.stratum], bands.get(person.stratum), person.transactions)
            for person in people
        ),
        strata=tuple(
            SampledStratum(
                stratum=one.code,
                transactions=one.transactions,
                people=one.people,
                drawn=one.drawn,
                called=one.called,
                replaced=one.replaced,
                answered=answered[one.code],
                probability=written(one.probability),
                weight=weight[one.code],
                first_stage=None if one.first_stage == 1 else written(one.first_stage),
                classes=tuple(other for other in classes[one.code] if other != one.code),
                bands=bands.get(one.code, ()),
            )
            for one in strata
        ),
    )


def pooled(code: Code, place: Place, members: Sequence[DrawnStratum]) -> DrawnStratum:
    """Put the strata of a frame that a dataset's stratum stands for into one, at a place.

    Chances are averaged: a person's over the people, the unit's so that populations add up.
    """
    people = sum(one.people for one in members)
    population = sum((one.population for one in members), Fraction(0))
    chances = sum((one.people * one.probability for one in members), Fraction(0))
    return DrawnStratum(
        code=code,
        unit=place.unit,
        service=place.service,
        channel=place.channel,
        mode=place.mode,
        transactions=sum(one.transactions for one in members),
        people=people,
        drawn=sum(one.drawn for one in members),
        called=sum(one.called for one in members),
        replaced=sum(one.replaced for one in members),
        # Everybody with a transaction in a stratum may have been given one elsewhere.
        probability=chances / people if people else members[0].probability,
        first_stage=people / population if people else Fraction(1),
    )


def written(value: Fraction) -> str:
    """Write a fraction as a plain decimal with at most so many places, half-up."""
    exact = _PRECISION.divide(Decimal(value.numerator), Decimal(value.denominator))
    rounded = exact.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP, _PRECISION)
    return f"{rounded.normalize(_PRECISION):f}"


def _classes(
    strata: Sequence[DrawnStratum], answered: Mapping[Code, int]
) -> dict[Code, tuple[Code, ...]]:
    """Say with which strata of its unit and mode each is weighted; by itself where it can be."""
    classes = {stratum.code: (stratum.code,) for stratum in strata}
    places: dict[tuple[Mode, Code], list[DrawnStratum]] = defaultdict(list)
    for stratum in strata:
        places[stratum.mode, stratum.unit].append(stratum)
    for together in places.values():
        if not any(answered.get(one.code, 0) for one in together):
            continue
        in_order = sorted(together, key=lambda one: (one.channel, one.service, one.code))
        asked = [one for one in in_order if one.asked]
        codes = [one.code for one in asked for _ in range(one.asked)]
        replies = [place < answered.get(one.code, 0) for one in asked for place in range(one.asked)]
        report = adjust_for_nonresponse(
            *([1.0] * len(codes), replies, codes),
            order=[one.code for one in asked],
            minimum=FEWEST_ANSWERS,
        ).report
        joined = {code: row.classes for row in report for code in row.classes}
        for place, one in enumerate(in_order):
            if not one.asked:
                beside = joined[_nearest(in_order, place)]
                joined |= dict.fromkeys((*beside, one.code), (*beside, one.code))
        classes |= joined
    return classes


def _nearest(in_order: Sequence[DrawnStratum], place: int) -> Code:
    """Find the stratum beside one, first in its channel, in which somebody was asked."""
    own = in_order[place]
    _, _, nearest = min(
        (one.channel != own.channel, abs(other - place), other)
        for other, one in enumerate(in_order)
        if one.asked
    )
    return in_order[nearest].code


def _factor(joined: Sequence[DrawnStratum], answered: Mapping[Code, int]) -> Fraction:
    """Give the class's factor, exactly: the people of all strata over the weights of answers."""
    replied = sum((answered.get(one.code, 0) * one.base for one in joined), Fraction(0))
    return sum((one.population for one in joined), Fraction(0)) / replied if replied else replied


def _bands(people: Sequence[SampledPerson], k: int) -> dict[Code, tuple[TransactionBand, ...]]:
    """Cut each stratum's people by their number of transactions, fewest first."""
    numbers: dict[Code, Counter[int]] = defaultdict(Counter)
    for person in people:
        numbers[person.stratum][person.transactions] += 1
    return {code: tuple(map(_band, _cut(counts, k))) for code, counts in numbers.items()}


def _cut(counts: Mapping[int, int], k: int) -> list[dict[int, int]]:
    parts: list[dict[int, int]] = [{}]
    for number in sorted(counts):
        if sum(parts[-1].values()) >= k:
            parts.append({})
        parts[-1][number] = counts[number]
    if len(parts) > 1 and sum(parts[-1].values()) < k:
        rest = parts.pop()
        parts[-1] |= rest
    return parts


def _band(counts: Mapping[int, int]) -> TransactionBand:
    people = sum(counts.values())
    total = sum(number * count for number, count in counts.items())
    return TransactionBand(
        at_least=min(counts),
        at_most=max(counts),
        people=people,
        mean=written(Fraction(total, people)),
    )


def _times(weight: str, bands: Sequence[TransactionBand] | None, transactions: int) -> str:
    if bands is None:
        return weight
    mean = next(band.mean for band in bands if transactions <= band.at_most)
    return written(Fraction(weight) * Fraction(mean))
