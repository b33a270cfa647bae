"""People drawn by lot made contacts of their wave, and kept as its sample."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from questionnaires.index import Code
from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.exclusions import comparable
from survey_service.sampling.frame import email_of
from survey_service.sampling.strata import Place, label_at
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, SampledPerson, Transaction
from survey_service.waves.reading import LoadedWave
from survey_service.waves.sample_plan import SamplePlan

_BATCH: Final = 1_000
PAPER_KEY: Final = "letter:"
"""What stands before the number of a transaction as the key of somebody without an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPerson:
    """Somebody drawn for a wave; the fields are those of `store.transactions.SampledPerson`."""

    person: bytes
    transaction: int
    stratum: str
    place: int
    transactions: int
    state: Literal["invited", "reserve", "called", "passed"]
    reason: str | None = None

    @property
    def is_asked(self) -> bool:
        """Tell whether the person becomes a contact."""
        return self.state in {"invited", "called"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one person of a stratum stands for: of how many people, and with what design weight."""

    population: int | None = None
    weight: str = "1"


def write_people(
    session: Session,
    wave: LoadedWave,
    people: Iterable[DrawnPerson],
    pseudonyms: Pseudonyms,
    *,
    today: date,
    standings: Mapping[str, Standing],
) -> Iterator[int]:
    """Write people into a wave's sample, those who are asked as contacts; counts batch by batch.

    Nothing is written before it is walked.
    """
    walking = iter(people)
    while batch := list(islice(walking, _BATCH)):
        asked = [one for one in batch if one.is_asked]
        contacts = add_contacts(session, wave, asked, pseudonyms, today=today, standings=standings)
        session.connection().execute(
            insert(SampledPerson),
            [
                {
                    "wave_id": wave.id,
                    "person": one.person,
                    "transaction_id": one.transaction,
                    "stratum": one.stratum,
                    "place": one.place,
                    "transactions": one.transactions,
                    "state": one.state,
                    "contact_id": contacts.get(one.person),
                    "reason": one.reason,
                }
                for one in batch
            ],
        )
        yield len(batch)


def add_contacts(
    session: Session,
    wave: LoadedWave,
    people: Iterable[DrawnPerson],
    pseudonyms: Pseudonyms,
    *,
    today: date,
    standings: Mapping[str, Standing],
) -> dict[bytes, int]:
    """Make drawn people contacts who count as asked today; gives their contacts by digest.

    Raises ValueError for a wave without a sample, and ProblemsError where the address of a
    transaction is not the one whose digest was drawn: lot goes by digests, which only the key ring
    makes, so nobody can put another's address in their place.
    """
    plan = wave.plan.sample
    if plan is None:
        raise ValueError(f"wave {wave.code} draws no sample")
    names = {service.code: service.name.vi for service in wave.questionnaires.offered()}
    connection = session.connection()
    added: dict[bytes, int] = {}
    walking = iter(people)
    while batch := list(islice(walking, _BATCH)):
        found = _transactions(session, [one.transaction for one in batch])
        lacking = [one.person for one in batch if not found[one.transaction].email]
        emails = email_of(session, plan, lacking) if lacking else {}
        rows: list[dict[str, Any]] = []
        for one in batch:
            case = found[one.transaction]
            email = case.email or emails.get(one.person, "")
            if email and pseudonyms.person(comparable(email)) != one.person:
                raise ProblemsError(_another_address(case))
            standing = standings.get(one.stratum, Standing())
            rows.append(_contact(wave, plan, names, case, email, standing))
        connection.execute(insert(Contact), rows)
        keys = [row["email_key"] for row in rows]
        identities = {
            row.email_key: row.id
            for row in connection.execute(
                select(Contact.id, Contact.email_key).where(
                    Contact.wave_id == wave.id, Contact.email_key.in_(keys)
                )
            )
        }
        added |= {one.person: identities[key] for one, key in zip(batch, keys, strict=True)}
        connection.execute(
            insert(AskedPerson),
            [{"person": one.person, "wave_id": wave.id, "asked_on": today} for one in batch],
        )
    return added


def _transactions(session: Session, ids: list[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    rows = session.execute(
        select(
            *(
                Transaction.id,
                Transaction.source,
                Transaction.number,
                Transaction.unit,
                Transaction.service,
                Transaction.channel,
            ),
            *(Transaction.returned, Transaction.email, Transaction.name),
        ).where(Transaction.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _contact(
    wave: LoadedWave,
    plan: SamplePlan,
    names: Mapping[Code, str],
    case: Row[*tuple[Any, ...]],
    email: str,
    standing: Standing,
) -> dict[str, Any]:
    place = Place(
        unit=case.unit,
        service=case.service,
        channel=case.channel,
        mode="web" if email else "letter",
    )
    return {
        "wave_id": wave.id,
        "email": email,
        "email_key": comparable(email) if email else f"{PAPER_KEY}{case.id}",
        "name": case.name,
        "respondent_group": plan.group,
        "own_unit": None,
        "language": "vi",
        "transactions": [
            {
                "unit": case.unit,
                "service": names.get(case.service, case.service),
                "month": f"{case.returned:%m/%Y}",
            }
        ],
        "sectors": [],
        "stratum": label_at(plan, place),
        "population": standing.population,
        "weight": standing.weight,
        "mode": place.mode,
        "service": case.service,
        "channel": case.channel,
    }


def _another_address(case: Row[*tuple[Any, ...]]) -> Problem:
    return problem(
        f"{case.source} {case.number}",
        "địa chỉ thư của giao dịch này không phải địa chỉ lúc nhập (hoặc vòng khóa đã bị thay), "
        "nên không rút mẫu từ nó; khôi phục cơ sở dữ liệu và tệp khóa từ bản sao lưu, hoặc nhập "
        "lại danh sách.",
        "the address of this transaction is not the one that was imported (or the key ring was "
        "exchanged), so nobody is drawn from it; restore database and key file from a backup, or "
        "import the list again.",
    )
