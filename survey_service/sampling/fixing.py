"""A frame fixed before the seed is drawn: who is in it, in little memory, and its fingerprint."""

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from survey_service.sampling.frame import FramePerson
from survey_service.sampling.strata import Place, place_of, stratum_at
from survey_service.waves.sample_plan import SamplePlan

DIGEST: Final = 16
"""Bytes of a person's digest."""
_UNIT_DIGITS: Final = 16
_APART: Final = "\x1f"
"""No name holds a control character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFrame:
    """P people with C cases in columns, people in the order of their digests.

    `people` holds P digests end to end, `first` (P + 1) where each person's cases begin.
    `transaction`, `place` and `day` (after the plan's first) have one entry per case; `places`
    says what the numbers in `place` stand for, `cases` how often each does. `fingerprint` is the
    frame's SHA-256 and `unit_fingerprints` the first digits of one per unit, by which a change is
    found.
    """

    people: bytearray
    first: NDArray[np.uint32]
    transaction: NDArray[np.uint32]
    place: NDArray[np.uint32]
    day: NDArray[np.uint16]
    places: tuple[Place, ...]
    cases: tuple[int, ...]
    fingerprint: str
    unit_fingerprints: dict[str, str]

    def __len__(self) -> int:
        return len(self.first) - 1

    def person(self, row: int) -> bytes:
        """Give a person's digest."""
        return bytes(self.people[row * DIGEST : (row + 1) * DIGEST])

    def everybody(self) -> Iterator[bytes]:
        """Walk the digests."""
        view = memoryview(self.people)
        for start in range(0, len(self.people), DIGEST):
            yield view[start : start + DIGEST].tobytes()


def fix_frame(people: Iterable[FramePerson], plan: SamplePlan, since: date) -> FixedFrame:
    """Take a frame in: its people come in the order of their digests.

    The fingerprint is over each person's digest and, in the order of source and number, what
    their cases are called and the strata they stand in.
    """
    first, transaction, place, day = array("I", [0]), array("I"), array("I"), array("H")
    digests = bytearray()
    beginning = since.toordinal()
    numbers: dict[tuple[str, str, str, bool], int] = {}
    places: list[Place] = []
    written: list[bytes] = []
    counts: list[int] = []
    whole = hashlib.sha256()
    by_unit = defaultdict[str, Any](hashlib.sha256)
    for digest, cases in people:
        digests += digest
        for case in cases:
            here = (case.unit, case.service, case.channel, case.email == "")
            number = numbers.get(here)
            if number is None:
                number = numbers[here] = len(numbers)
                places.append(place_of(case))
                written.append(f"{_APART}{stratum_at(plan, places[number])}\n".encode())
                counts.append(0)
            transaction.append(case.transaction)
            place.append(number)
            counts[number] += 1
            day.append(case.returned.toordinal() - beginning)
            line = digest + f"{case.source}{_APART}{case.number}".encode() + written[number]
            whole.update(line)
            by_unit[case.unit].update(line)
        first.append(len(transaction))
    return FixedFrame(
        people=digests,
        first=np.frombuffer(first, dtype=np.uint32),
        transaction=np.frombuffer(transaction, dtype=np.uint32),
        place=np.frombuffer(place, dtype=np.uint32),
        day=np.frombuffer(day, dtype=np.uint16),
        places=tuple(places),
        cases=tuple(counts),
        fingerprint=whole.hexdigest(),
        unit_fingerprints={
            unit: digest.hexdigest()[:_UNIT_DIGITS] for unit, digest in sorted(by_unit.items())
        },
    )
