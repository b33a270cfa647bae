"""What simulated people think and do: seeded by person, unit and season, by nothing else."""

import math
import random
from dataclasses import dataclass, field
from typing import Literal

import msgspec

STOPPING = 0.06
"""Of those who would answer at once, how many stop half-way and go on after the reminder."""
ABANDONING = 0.02
"""Of those who never answer, how many begin and give up."""
DRIFT = 0.3
"""How far the quality of a unit moves from one season to another, in steps of the scale."""

REMARKS = (
    "Đề nghị công khai kết quả giải quyết hồ sơ sớm hơn.",
    "Cán bộ hướng dẫn rõ ràng, xin cảm ơn.",
    "Nên bớt giấy tờ đã có trong cơ sở dữ liệu.",
    "Cổng dịch vụ công đôi lúc chậm, mong được nâng cấp.",
    "=Cần trả lời đúng hẹn",
)

_OFFICIALS = {"HDND": 85, "LDS": 85, "LDH": 85, "LDP": 85, "CCVC": 85}
_CITIZENS = {"ND": 30, "DN": 30}

Course = Literal["answer", "stop", "ignore"]
Phase = Literal["invitation", "reminder"]


class Habits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the people of a play have in common.

    `officials` and `citizens` are the percent of each of their groups who answer at all, after one
    reminder; `at_once` percent of these do so on the invitation. Of the people who find a code on
    their receipt, `volunteers` percent use it. An official does not know every unit; a citizen
    knows the one they went to. In another `season` the same people think a little differently of
    the same units.
    """

    officials: dict[str, int] = msgspec.field(default_factory=lambda: dict(_OFFICIALS))
    citizens: dict[str, int] = msgspec.field(default_factory=lambda: dict(_CITIZENS))
    at_once: int = 70
    volunteers: int = 30
    season: str = ""

    def of_volunteers(self) -> "Habits":
        """Give the habits of the people who find a code on their receipt."""
        shares = dict.fromkeys(self.citizens, self.volunteers)
        return msgspec.structs.replace(self, citizens=shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an address, a temper and a habit."""

    address: str
    seed: int
    habits: Habits = field(default_factory=Habits)

    def _chance(self, about: str) -> random.Random:
        return self._seeded(self.address, about)

    def _seeded(self, *about: str) -> random.Random:
        season = [self.habits.season] if self.habits.season else []
        return random.Random(" ".join([str(self.seed), *about, *season]))

    @property
    def group(self) -> str:
        """The group, as the address tells it."""
        return self.address.partition(".")[0].upper()

    def uses_pages(self, percent: int) -> bool:
        """Decide whether the person is one of the percent who are played over HTTP."""
        return self._chance("pages").random() * 100 < percent

    def course(self, phase: Phase) -> Course:
        """Decide what the person does when a letter of this kind arrives."""
        chance = self._chance("habit")
        shares = {**self.habits.citizens, **self.habits.officials}
        answers = chance.random() < shares[self.group] / 100
        at_once = chance.random() < self.habits.at_once / 100
        stops, abandons = chance.random() < STOPPING, chance.random() < ABANDONING
        if not answers:
            return "stop" if phase == "invitation" and abandons else "ignore"
        if phase == "reminder":
            return "answer"
        if not at_once:
            return "ignore"
        return "stop" if stops else "answer"

    def is_familiar(self, unit: str) -> bool:
        """Decide whether the person works with a unit at all."""
        return (
            self.group not in self.habits.officials or self._chance(f"knows {unit}").random() > 0.04
        )

    def choose(self, unit: str, item: str, values: list[str]) -> str | None:
        """Choose an answer: a rating near the unit's quality, "dk" at times, rarely none."""
        chance = self._chance(f"{unit} {item}")
        if chance.random() < 0.01:
            return None
        if not {"5", "1"} <= set(values):
            return chance.choice(values)
        if "dk" in values and chance.random() < 0.06:
            return "dk"
        if "na" in values and chance.random() < 0.02:
            return "na"
        quality = random.Random(f"{self.seed} quality {unit}").uniform(0.1, 1.6)
        if self.habits.season:
            quality += self._seeded("drift", unit).gauss(0, DRIFT)
        leaning = self._chance("leniency").gauss(0, 0.6)
        shift = random.Random(f"{self.seed} {unit} {item}").gauss(0, 0.25)
        latent = quality + leaning + shift + chance.gauss(0, 0.8)
        # Ordered logit cut points, so that the best and the worst stay rare.
        cuts = (-2.2, -1.0, 0.4, 1.7)
        return str(1 + sum(latent > cut for cut in cuts))

    def tick(self, unit: str, item: str, values: list[str]) -> list[str]:
        """Tick one or two boxes."""
        chance = self._chance(f"{unit} {item}")
        return chance.sample(values, k=min(len(values), 1 + math.floor(chance.random() * 2)))

    def number(self, unit: str, item: str) -> str:
        """Write a small number."""
        return str(self._chance(f"{unit} {item}").choice((0, 1, 1, 1, 2, 2, 3)))

    def remark(self, item: str) -> str:
        """Write a remark, seldom."""
        chance = self._chance(f"remark {item}")
        return chance.choice(REMARKS) if chance.random() < 0.08 else ""
