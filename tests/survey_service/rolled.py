"""A rolling wave at two desks, fed with daily files, and what became of every transaction."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
from scheduled import day
from sqlalchemy import func, select, update
from staged import ACTOR, CODE, FIRST_DAY, WAVE, Stage

from survey_service.keys import KeyRing, new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.rolling.rolls import Rolled, roll_wave
from survey_service.sampling.summary import Summary
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.letters import Letter
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import Sample, SampledPerson, Transaction
from survey_service.transactions.importing import TransactionsImported, import_transactions
from survey_service.transactions.mapping import read_mapping
from survey_service.waves.opening import Opened, open_wave

MAPPING = """
source = "mot-cua"

[columns]
number = "Số hồ sơ"
service = "Thủ tục"
unit = "Đơn vị"
channel = "Kênh"
returned = "Ngày trả"
email = "Thư điện tử"
telephone = "Điện thoại"
"""
HEADING = "Số hồ sơ;Thủ tục;Đơn vị;Kênh;Ngày trả;Thư điện tử;Điện thoại"
SAMPLE = """
[sample]
group = "ND"
from = 2025-03-01
to = 2025-03-25
strata = ["unit"]
{sample}

[sample.rolling]
days_after = 3
latest_days = 10
rate = "{rate}"
"""


def rolling_file(rate: str = "1", sample: str = "") -> str:
    """Give a wave file that rolls until 20 April; `sample` are more lines of its sample."""
    longer = WAVE.replace("closes = 2025-03-14", "closes = 2025-04-20")
    return longer + SAMPLE.format(rate=rate, sample=sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a daily file."""

    number: str
    returned: date | None
    email: str = ""
    unit: str = "XA1"
    telephone: str = ""

    def line(self) -> str:
        """Write it."""
        returned = f"{self.returned:%d/%m/%Y}" if self.returned else ""
        cells = (self.number, "KS", self.unit, "online", returned, self.email, self.telephone)
        return ";".join(cells)


def person(number: int, returned: date | None, **fields: str) -> Row:
    """Give a line of somebody with an address of their own."""
    told = {"email": f"nd{number}@dan.example", "unit": ("XA1", "XA2")[number % 2]} | fields
    return Row(number=f"HS{number:04d}", returned=returned, **told)


class Desks:
    """A rolling wave whose clock is moved day by day."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.stage = Stage(database, folder)
        self.database, self.clock = database, self.stage.clock
        self.keys: KeyRing = new_key_ring(self.stage.entropy)
        self._files = 0

    def open(self, *, rate: str = "1", sample: str = "") -> Opened:
        """Open the wave on its first day, the 3rd of March."""
        self.stage.create(wave=rolling_file(rate, sample))
        self.clock.move_to(FIRST_DAY)
        return open_wave(
            self.database,
            self.clock,
            self.stage.entropy,
            self.stage.settings,
            code=CODE,
            actor=ACTOR,
            keys=self.keys,
        )

    def deliver(self, *rows: Row) -> TransactionsImported:
        """Import a file with these lines."""
        self._files += 1
        lines = "\n".join((HEADING, *(row.line() for row in rows)))
        path = self.stage.file(f"giao-dich-{self._files}.csv", lines + "\n")
        mapping = read_mapping(self.stage.file("mot-cua.toml", MAPPING))
        return import_transactions(
            *(self.database, self.clock, Pseudonyms(self.keys), path, mapping), actor=ACTOR
        )

    def roll(self, number: int | None = None, hours: float = 9) -> Rolled:
        """Roll, on the so-many-th day after the first."""
        if number is not None:
            self.clock.move_to(day(number, hours))
        return roll_wave(
            *(self.database, self.clock, self.stage.entropy, self.keys), code=CODE, actor=ACTOR
        )

    def withdraw(self, number: str) -> None:
        """Take a result back; no delivery does, since a row without a day is an older one."""
        with self.database.writing() as session:
            session.execute(
                update(Transaction).where(Transaction.number == number).values(returned=None)
            )

    def deliver_mail(self) -> None:
        """Let every letter that waits be sent now."""
        with self.database.writing() as session:
            session.execute(
                update(Letter)
                .where(Letter.state == "queued", Letter.not_before <= self.clock.now())
                .values(state="sent", settled_at=self.clock.now())
            )

    def addresses(self) -> list[str]:
        """Give the address of every contact, sorted."""
        with self.database.reading() as session:
            return sorted(session.scalars(select(Contact.email)))

    def letters(self) -> Counter[tuple[str, str]]:
        """Count letters by address and step."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Contact.email, Letter.step)
                .join(Invitation, Invitation.contact_id == Contact.id)
                .join(Letter, Letter.invitation_id == Invitation.id)
            )
            return Counter((row.email, row.step) for row in rows)

    def summary(self) -> Summary:
        """Give the sample in counts, as the last roll left it."""
        with self.database.reading() as session:
            sample = session.scalars(select(Sample)).one()
            return msgspec.convert(sample.summary, Summary)

    def excluded(self) -> dict[str, int]:
        """Sum what was left out over the units."""
        counts: Counter[str] = Counter()
        for one in self.summary().excluded:
            counts[one.rule] += one.transactions
        return dict(counts)

    def states(self) -> Counter[str]:
        """Count the people considered."""
        with self.database.reading() as session:
            return Counter(session.scalars(select(SampledPerson.state)))

    def require_nobody_lost(self) -> None:
        """Check that each transaction of the frame is behind a person, or left out by a rule."""
        summary = self.summary()
        with self.database.reading() as session:
            listed = session.scalar(
                select(func.count())
                .select_from(Transaction)
                .where(Transaction.returned.between(date(2025, 3, 1), date(2025, 3, 25)))
            )
            people = session.scalars(select(SampledPerson.person)).all()
        behind = sum(one.transactions for one in summary.strata)
        left_out = sum(one.transactions for one in summary.excluded)
        assert behind + left_out == listed
        assert sum(one.people for one in summary.strata) == len(people) == len(set(people))
        assert sum(one.drawn for one in summary.strata) == self.states()["invited"]
        assert all(times == 1 for times in self.letters().values())
        assert len(self.addresses()) == len(set(self.addresses())) == self.states()["invited"]

    def events(self, event: str) -> list[dict[str, object]]:
        """Give the details of a kind of journal entry."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(JournalEntry)
                .where(JournalEntry.event == event)
                .order_by(JournalEntry.sequence)
            )
            return [row.details for row in rows]


def people_of(numbers: Iterable[int], returned: date) -> list[Row]:
    """Give a line for each of so many people, all returned on a day."""
    return [person(number, returned) for number in numbers]
