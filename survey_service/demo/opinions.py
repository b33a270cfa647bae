"""What simulated people think and do: seeded by person and by unit, by nothing else."""

import math
import random
from dataclasses import dataclass
from typing import Literal

OFFICIALS = frozenset({"hdnd", "lds", "ldh", "ldp", "ccvc"})
ANSWERING = {"official": 0.85, "citizen": 0.30}
"""Shares who answer at all, after one reminder: officials about 85 %, citizens about 30 %."""
AT_ONCE = 0.7
"""Of those who answer, how many do so on the invitation."""
STOPPING = 0.06
"""Of those who would answer at once, how many stop half-way and go on after the reminder."""
ABANDONING = 0.02
"""Of those who never answer, how many begin and give up."""

REMARKS = (
    "Đề nghị công khai kết quả giải quyết hồ sơ sớm hơn.",
    "Cán bộ hướng dẫn rõ ràng, xin cảm ơn.",
    "Nên bớt giấy tờ đã có trong cơ sở dữ liệu.",
    "Cổng dịch vụ công đôi lúc chậm, mong được nâng cấp.",
    "=Cần trả lời đúng hẹn",
)

Course = Literal["answer", "stop", "ignore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an address, a temper and a habit."""

    address: str
    seed: int

    def _chance(self, about: str) -> random.Random:
        return random.Random(f"{self.seed} {self.address} {about}")

    @property
    def group(self) -> str:
        """The group, as the address tells it."""
        return self.address.partition(".")[0]

    def course(self, phase: Literal["invitation", "reminder"]) -> Course:
        """Decide what the person does when a letter of this kind arrives."""
        chance = self._chance("habit")
        share = ANSWERING["official" if self.group in OFFICIALS else "citizen"]
        answers, at_once = chance.random() < share, chance.random() < AT_ONCE
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
        return self.group not in OFFICIALS or self._chance(f"knows {unit}").random() > 0.04

    def choose(self, unit: str, field: str, values: list[str]) -> str | None:
        """Choose an answer: a rating near the unit's quality, "dk" at times, rarely none."""
        chance = self._chance(f"{unit} {field}")
        if chance.random() < 0.01:
            return None
        if not {"5", "1"} <= set(values):
            return chance.choice(values)
        if "dk" in values and chance.random() < 0.06:
            return "dk"
        if "na" in values and chance.random() < 0.02:
            return "na"
        quality = random.Random(f"{self.seed} quality {unit}").uniform(0.1, 1.6)
        leaning = self._chance("leniency").gauss(0, 0.6)
        shift = random.Random(f"{self.seed} {unit} {field}").gauss(0, 0.25)
        latent = quality + leaning + shift + chance.gauss(0, 0.8)
        # Ordered logit cut points, so that the best and the worst stay rare.
        cuts = (-2.2, -1.0, 0.4, 1.7)
        return str(1 + sum(latent > cut for cut in cuts))

    def tick(self, unit: str, field: str, values: list[str]) -> list[str]:
        """Tick one or two boxes."""
        chance = self._chance(f"{unit} {field}")
        return chance.sample(values, k=min(len(values), 1 + math.floor(chance.random() * 2)))

    def number(self, unit: str, field: str) -> str:
        """Write a small number."""
        return str(self._chance(f"{unit} {field}").choice((0, 1, 1, 1, 2, 2, 3)))

    def remark(self, field: str) -> str:
        """Write a remark, seldom."""
        chance = self._chance(f"remark {field}")
        return chance.choice(REMARKS) if chance.random() < 0.08 else ""
