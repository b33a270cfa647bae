"""How far the couriers of several relays have come together."""

from collections.abc import Callable, Mapping
from dataclasses import fields

from mailer.sending.progress import Progress
from survey_service.mailing.sending.history import without_addresses


class JointProgress:
    """Shows the sum of what the relays' couriers report, each time one of them does."""

    def __init__(self, show: Callable[[Progress], None]) -> None:
        self._show = show
        self._relays: dict[str, Progress] = {}

    def of(self, relay: str) -> Callable[[Progress], None]:
        """Give what a relay's courier is to report to."""

        def report(progress: Progress) -> None:
            self._relays[relay] = progress
            self._show(add_up(self._relays))

        return report


def add_up(relays: Mapping[str, Progress]) -> Progress:
    """Add up what relays report; troubles carry their relay's name where there are several.

    Of a server's words addresses and links are left out, since troubles are shown and logged.
    """
    sums = {
        field.name: sum(getattr(progress, field.name) for progress in relays.values())
        for field in fields(Progress)
        if field.type is int
    }
    troubles = [
        (f"{name}: " if len(relays) > 1 else "") + without_addresses(progress.trouble)
        for name, progress in relays.items()
        if progress.trouble
    ]
    return Progress(**sums, trouble="; ".join(troubles))
