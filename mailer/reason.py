"""Why something was refused, in words that a person can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One refusal: a code for programs, a sentence in Vietnamese and one in English."""

    code: str
    vi: str
    en: str


class RefusedError(ValueError):
    """What was handed in cannot be used; carries every reason found, not the first."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons
        super().__init__("\n".join(f"{reason.vi} / {reason.en}" for reason in reasons))
