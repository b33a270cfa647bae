"""The steps of a wave's mail: what each is for, and when it is needless."""

from dataclasses import dataclass
from typing import Final

MOST_REMINDERS = 9
"""More reminders than that are harassment, and the step's name has one digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: its name in the outbox, and the template of its letters.

    `asks` tells whether it asks for an answer, so that it is dropped once there is one, counts
    in the days between letters, and carries the personal link. `after` is the state in which a
    wave sends it: `open`, or `published` for what follows the results. One that goes
    `until_cut_off` is sent by a closed wave too, to whoever answered in its last hours.
    """

    name: str
    template: str
    asks: bool = False
    after: str = "open"
    until_cut_off: bool = False

    def goes_in(self, state: str) -> bool:
        """Tell whether a wave in such a state sends it."""
        return state == self.after or (self.until_cut_off and state == "closed")


PRE_NOTICE: Final = Step(name="pre-notice", template="pre-notice")
INVITATION: Final = Step(name="invitation", template="invitation", asks=True)
CLOSING_NOTICE: Final = Step(name="closing-notice", template="closing-notice", asks=True)
THANK_YOU: Final = Step(name="thank-you", template="thank-you", until_cut_off=True)
RESULTS: Final = Step(name="results", template="results", after="published")
REMINDERS: Final = tuple(
    Step(name=f"reminder-{number}", template="reminder", asks=True)
    for number in range(1, MOST_REMINDERS + 1)
)
MOST_LINKS = 3
"""How often a person may have their link sent again in one wave."""
LINKS: Final = tuple(
    Step(name=f"link-{number}", template="link") for number in range(1, MOST_LINKS + 1)
)
"""The link sent again, to whoever asked for it on the page."""
STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (PRE_NOTICE, INVITATION, *REMINDERS, CLOSING_NOTICE, *LINKS, THANK_YOU, RESULTS)
}
"""Every step by its name, in the order in which a wave sends them."""
