"""The wave file: what staff decide about a wave before it opens."""

from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from questionnaires.text import Text
from survey_service.waves.mail_plan.wording import StepWording
from survey_service.waves.sample_plan import SamplePlan


class OfficialLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The official letter (công văn) that a wave rests on."""

    number: str
    date: date
    signatory: str


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks, and where a person can check that the letter is real.

    `page` is the announcing page on the body's own website, `telephone` a landline.
    """

    organisation: Text
    telephone: str
    page: str
    reply_to: str


class Privacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the notice before the first question has to say (Law 91/2025/QH15)."""

    legal_basis: Text
    kept_until: date
    contact: str


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class SendWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When letters may go: from one wall-clock time to another on some weekdays.

    Times are `HH:MM` in the wave's zone; `to` is exclusive, and `24:00` the end of the day.
    """

    opens: str = msgspec.field(name="from", default="08:00")
    closes: str = msgspec.field(name="to", default="17:30")
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")


class MailPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The letters of a wave beside the invitation and the reminders, and when letters may go.

    `pre_notice` is days before the first day, `closing_notice` days before the last; None for
    none. `days_between` is the fewest days between two letters that ask one person. A step first
    seen more than `late_hours` after it was due asks staff instead of sending. Without a window
    letters go at any time.
    """

    pre_notice: int | None = None
    closing_notice: int | None = None
    thank_you: bool = False
    results: bool = False
    days_between: int = 2
    window: SendWindow | None = None
    late_hours: int = 48


class WavePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a wave is created from; civil dates in a named zone.

    `opens` and `closes` are whole days: the wave closes at the end of `closes`. `definitions`
    names a catalogue entry or a folder. `reminders` are days after the opening. `seed` fixes
    the rank draws, and is published with them; who rates whom is drawn apart from it. `form`
    "short" gives each person of a group with rotations one of its sets of items. Waves of one
    `series` follow each other, every month say, and their results make a trend.
    """

    code: str
    title: Text
    definitions: str
    opens: date
    closes: date
    letter: OfficialLetter
    sender: Sender
    privacy: Privacy
    seed: int
    zone: str = "Asia/Ho_Chi_Minh"
    mode: Literal["confidential", "anonymous", "sealed"] = "confidential"
    reminders: tuple[int, ...] = ()
    mail: MailPlan = MailPlan()
    wording: tuple[StepWording, ...] = ()
    form: Literal["long", "short"] = "long"
    series: str = ""
    sample: SamplePlan | None = None

    def opens_at(self) -> datetime:
        """Give the instant at which the first day begins."""
        return datetime.combine(self.opens, time(), ZoneInfo(self.zone))

    def closes_at(self) -> datetime:
        """Give the instant at which the last day has ended."""
        return datetime.combine(self.closes + timedelta(days=1), time(), ZoneInfo(self.zone))


# Made at the import: msgspec takes a struct's annotations in when it first meets it, and two
# threads that meet it at once crash the process.
_PLANS: Final = msgspec.json.Decoder(WavePlan)


def plan_to_json(plan: WavePlan) -> bytes:
    """Write a plan as the service keeps it."""
    return msgspec.json.encode(plan, order="sorted")


def plan_from_json(document: bytes) -> WavePlan:
    """Read a kept plan back."""
    return _PLANS.decode(document)
