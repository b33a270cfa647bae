"""A draft wave whose group ND is drawn from transactions, staged by the staff's own steps."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from made_transactions import KEYS, MadeCase, made_cases, write_cases
from sqlalchemy import select
from staged import ACTOR, BEFORE, CODE, FIRST_DAY, HEADING, WAVE, Stage

from survey_service.journal import entries
from survey_service.sampling.drawing import SampleDrawn, draw_sample
from survey_service.sampling.replacing import Reason, Replaced, replace_person
from survey_service.sampling.tracing import is_intact
from survey_service.store.database import Database
from survey_service.store.people import Contact
from survey_service.store.transactions import SampledPerson
from survey_service.waves.reading import LoadedWave, load_wave

SAMPLE = """
[sample]
group = "ND"
from = 2025-01-01
to = 2025-02-28
strata = ["unit", "service"]
size = { rule = "total", total = 12, each = ["unit"] }
reserve = "0.5"
"""


def listed(unit: str = "XA1", group: str = "CX", number: int = 0) -> str:
    """Write a line of a contact list."""
    return f"Lãnh đạo {number};{group.lower()}.{number}@xa.example;{group};{unit};;;\n"


def officials() -> str:
    """Write a list of the two groups that are no citizens."""
    lines = [
        listed(unit, group, 10 * place + number)
        for place, (unit, group) in enumerate(
            (unit, group) for unit in ("XA1", "XA2") for group in ("CX", "CB")
        )
        for number in range(6)
    ]
    return HEADING + "".join(lines)


class SampleStage(Stage):
    """A stage with transactions, and the steps that staff take with a sample."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.clock.move_to(BEFORE)

    def staged(self, cases: Iterable[MadeCase] | None = None, sample: str = SAMPLE) -> None:
        """Create the wave and hand in the transactions."""
        self.create(WAVE + sample)
        write_cases(self.database, made_cases(80) if cases is None else cases)

    def draw(self) -> SampleDrawn:
        """Draw the sample."""
        return draw_sample(self.database, self.clock, self.entropy, KEYS, code=CODE, actor=ACTOR)

    def replace(self, contact: str, reason: Reason = "wrong-person") -> Replaced:
        """Replace somebody drawn."""
        return replace_person(
            *(self.database, self.clock, self.entropy, KEYS),
            code=CODE,
            contact=contact,
            reason=reason,
            actor=ACTOR,
        )

    def opened_sample(self) -> None:
        """Draw the sample and open the wave on its first day."""
        self.staged()
        self.invite(officials())
        self.draw()
        self.clock.move_to(FIRST_DAY + timedelta(minutes=1))
        self.open()

    def wave(self) -> LoadedWave:
        """Load the wave."""
        with self.database.reading() as session:
            return load_wave(session, CODE)

    def intact(self) -> bool:
        """Tell whether the sample is intact."""
        with self.database.reading() as session:
            return is_intact(session, load_wave(session, CODE).id)

    def addresses(self, *states: str) -> list[str]:
        """Give the addresses of sampled contacts in some states, by stratum and place."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Contact.email_key)
                .join(SampledPerson, SampledPerson.contact_id == Contact.id)
                .where(SampledPerson.state.in_(states or ("invited", "called")))
                .order_by(SampledPerson.stratum, SampledPerson.place)
            )
            return [row.email_key for row in rows]

    def sampled(self) -> list[tuple[bytes, str, int, str, int]]:
        """Give the sample: person, stratum, place, state, transactions."""
        with self.database.reading() as session:
            rows = session.scalars(select(SampledPerson).order_by(SampledPerson.person)).all()
            return [
                (row.person, row.stratum, row.place, row.state, row.transactions) for row in rows
            ]

    def events(self) -> list[str]:
        """Give the journal's events about the wave."""
        with self.database.reading() as session:
            return [entry.event for entry in entries(session, wave=CODE)]
