import shutil
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from kinds import SQLITE_ALONE
from made_samples import KEYS, MadeSample, answer, close, make_sample
from made_waves import NOW, PLAN
from rolled import Desks, people_of, person
from sqlalchemy import delete, func, select, update
from staged import CODE

from questionnaires.problems import ProblemsError
from survey_service.clock import SteppedClock
from survey_service.dataset.content import DatasetContent
from survey_service.dataset.design import Sampling
from survey_service.dataset.reading import read_dataset
from survey_service.doors.receipts import ReceiptOrder, issue_receipts
from survey_service.entropy import SeededEntropy
from survey_service.freezing.cut_off import freeze_wave
from survey_service.keys import KeyRing, new_key_ring
from survey_service.pseudonyms import Pseudonyms
from survey_service.sampling.replacing import replace_person
from survey_service.store.database import Database
from survey_service.store.journal import JournalEntry
from survey_service.store.people import Contact, Invitation
from survey_service.store.transactions import Sample, SampledPerson, Transaction


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW + timedelta(days=20))


@pytest.fixture
def made(database: Database) -> MadeSample:
    """Draw a sample of which everybody but every fourth answers."""
    made = make_sample(database)
    answer(database, [one for place, one in enumerate(made.invited) if place % 4])
    return made


def _frozen(
    database: Database, clock: SteppedClock, folder: Path
) -> tuple[DatasetContent, Sampling]:
    close(database)
    freeze_wave(database, clock, SeededEntropy(1), code=PLAN.code, folder=folder, actor="test")
    content = read_dataset(folder).content
    assert content.design.sampling is not None
    return content, content.design.sampling


def test_the_design_says_how_people_were_drawn(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    assert (sampling.group, sampling.design, sampling.target) == ("ND", "stratified", "people")
    assert (sampling.intact, sampling.draws, sampling.strangers) == (True, 1, 0)
    with database.reading() as session:
        sample = session.get_one(Sample, made.wave)
        frozen = session.scalars(select(JournalEntry)).all()[-1]
    assert sampling.seed == sample.seed == frozen.details["sample_seed"]
    assert (sampling.frame, sampling.sample) == (sample.frame_hash, sample.sample_hash)
    assert sum(row.people for row in sampling.strata) == 120
    assert sum(row.drawn for row in sampling.strata) == len(made.invited)
    strata = {one.code: one for one in content.design.strata if one.group == "ND"}
    assert {one.mode for one in strata.values()} == {"web", "letter"}
    assert {one.list_kind for one in strata.values()} == {"drawn"}
    assert all(
        row.people <= (strata[row.stratum].population or 0)
        for row in sampling.strata
        if row.stratum in strata
    )
    # The lot over the transactions of whoever has two leaves more than the people.
    assert any(
        strata[row.stratum].population != row.people
        for row in sampling.strata
        if row.stratum in strata
    )


@SQLITE_ALONE
def test_weights_add_up_to_the_frame_and_can_be_computed_again(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    rows = {row.stratum: row for row in sampling.strata}
    people = {row.respondent: (row.stratum, row.weight) for row in content.ballots}
    answered = Counter(stratum for stratum, _ in people.values())
    assert all(rows[stratum].answered == count for stratum, count in answered.items())
    assert all(weight == rows[stratum].weight for stratum, weight in people.values())
    for row in rows.values():
        together = [rows[code] for code in (row.stratum, *row.classes)]
        bases = {one.stratum: Fraction(one.people, one.drawn or 1) for one in together}
        heard = sum(one.answered * bases[one.stratum] for one in together)
        whole = sum(one.people for one in together)
        expected = bases[row.stratum] * whole / heard if row.drawn else 0
        assert abs(Fraction(row.weight) - expected) < Fraction(1, 10**11)
    assert len(people) == sum(place % 4 > 0 for place in range(len(made.invited)))


def test_a_reserve_who_was_called_stands_for_whoever_was_replaced(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    silent = [
        email for place, email in enumerate(made.invited.values()) if place % 4 == 0 and email
    ]
    entropy = SeededEntropy(8)
    for contact in silent[:2]:
        replace_person(
            database, SteppedClock(NOW), entropy, KEYS, code=PLAN.code, contact=contact,
            reason="wrong-person", actor="test",
        )  # fmt: skip
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    counts = Counter[str]()
    for row in sampling.strata:
        counts["called"] += row.called
        counts["replaced"] += row.replaced
        asked = row.drawn + row.called - row.replaced
        invited = [one.invited for one in content.design.strata if one.code == row.stratum]
        assert invited == ([asked] if asked else [])
    assert counts == {"called": 2, "replaced": 2}
    assert sum(change.count for change in sampling.changes if change.change == "replaced") == 2
    assert sum(one.not_eligible for one in content.design.dispositions) == 2
    assert sampling.intact


@SQLITE_ALONE
def test_somebody_replaced_who_is_let_in_again_is_left_out(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    invitation, contact = next((n, email) for n, email in made.invited.items() if email)
    replace_person(
        database, SteppedClock(NOW), SeededEntropy(8), KEYS, code=PLAN.code, contact=contact,
        reason="wrong-person", actor="test",
    )  # fmt: skip
    with database.writing() as session:
        session.execute(update(Invitation).values(revoked=False))
    answer(database, [invitation])
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    assert (sampling.intact, sampling.strangers) == (False, 1)
    assert len(content.ballots) == sum(place % 4 > 0 for place in range(len(made.invited)))


@SQLITE_ALONE
def test_receipts_that_nobody_answered_by_are_nobody(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    issue_receipts(
        database, clock, SeededEntropy(8), Pseudonyms(KEYS), code=PLAN.code, actor="test",
        order=ReceiptOrder(group="ND", unit="XA1", service="KS", count=9),
    )  # fmt: skip
    with database.reading() as session:
        codes = session.scalars(
            select(Invitation.id)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.mode == "receipt")
            .order_by(Invitation.id)
        ).all()
    answer(database, codes[:4])
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    (volunteers,) = [one for one in content.design.strata if one.mode == "receipt"]
    assert (volunteers.code, volunteers.invited) == ("ND~receipt/XA1/KS", 4)
    assert (volunteers.list_kind, volunteers.population) == ("volunteers", None)
    assert volunteers.code not in {row.stratum for row in sampling.strata}
    issued = sum(one.ballots for one in content.design.issued if one.group == "ND")
    web = [one.invited for one in content.design.strata if (one.group, one.mode) == ("ND", "web")]
    assert issued == sum(web)
    assert sampling.intact
    assert made.invited


@SQLITE_ALONE
def test_somebody_added_to_the_list_is_left_out_and_told_of(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    with database.writing() as session:
        one = session.scalars(select(Contact).where(Contact.group == "ND")).first()
        assert one is not None
        friend = Contact(
            wave_id=made.wave, email="ban@hop-thu.example", email_key="ban@hop-thu.example",
            name="Bạn", group="ND", transactions=one.transactions, mode=one.mode,
            service=one.service, channel=one.channel, population=one.population,
        )  # fmt: skip
        session.add(friend)
        session.flush()
        invitation = Invitation(
            wave_id=made.wave, contact_id=friend.id, public_id=b"8" * 8, units=["XA1"]
        )
        session.add(invitation)
        session.flush()
        added = invitation.id
    answer(database, [added])
    content, sampling = _frozen(database, clock, tmp_path / "dataset")
    assert (sampling.intact, sampling.strangers) == (False, 1)
    assert len(content.ballots) == sum(place % 4 > 0 for place in range(len(made.invited)))


@SQLITE_ALONE
def test_somebody_taken_out_is_told_of(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    with database.writing() as session:
        gone = session.scalar(
            select(SampledPerson.contact_id).where(SampledPerson.state == "invited").limit(1)
        )
        session.execute(delete(SampledPerson).where(SampledPerson.contact_id == gone))
        session.execute(delete(Invitation).where(Invitation.contact_id == gone,
                                                 ~Invitation.answered))  # fmt: skip
    _, sampling = _frozen(database, clock, tmp_path / "dataset")
    assert not sampling.intact
    assert made.invited


@SQLITE_ALONE
def test_a_wave_whose_sample_was_deleted_is_not_frozen(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(delete(SampledPerson))
        session.execute(delete(Sample))
    with pytest.raises(ProblemsError, match=r"its sample is gone.*Restore a backup"):
        _frozen(database, clock, tmp_path / "dataset")
    assert made.invited
    assert not (tmp_path / "dataset").exists()


@SQLITE_ALONE
def test_counts_of_the_frame_that_were_altered_are_told_of(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    with database.writing() as session:
        sample = session.get_one(Sample, made.wave)
        first, *others = sample.summary["strata"]
        sample.summary = {**sample.summary, "strata": [{**first, "fpc_population": 999}, *others]}
    _, sampling = _frozen(database, clock, tmp_path / "dataset")
    assert not sampling.intact


def test_after_the_cut_off_nothing_joins_a_drawn_person_to_a_ballot(
    database: Database, clock: SteppedClock, made: MadeSample, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.execute(
            update(Invitation)
            .where(Invitation.id == min(made.invited))
            .values(rotation=1, short_code=b"c" * 16)
        )
    content, _ = _frozen(database, clock, tmp_path / "dataset")
    with database.reading() as session:
        left = session.execute(
            select(Invitation.rotation, Invitation.short_code, Invitation.answered).distinct()
        ).all()
        assert [tuple(row) for row in left] == [(None, None, False)]
        assert session.scalar(select(func.count()).select_from(Transaction)) == 160
    everything = b"".join(path.read_bytes() for path in (tmp_path / "dataset").iterdir())
    assert all(word not in everything for word in (b"@", b"00092-0", "Người 9".encode()))
    assert content.ballots


@pytest.fixture
def desks(database: Database, tmp_path: Path) -> Desks:
    """Ask, day by day, about half of sixty people; everybody asked answers."""
    desks = Desks(database, tmp_path)
    desks.open(rate="0.5")
    desks.deliver(*(person(number, date(2025, 3, 1)) for number in range(60)))
    desks.roll(1)
    with database.reading() as session:
        invited = session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
    answer(database, invited, code=CODE)
    close(database)
    return desks


def _freeze_rolled(desks: Desks, folder: Path, keys: KeyRing | None) -> Sampling:
    freeze_wave(
        desks.database, SteppedClock(NOW + timedelta(days=60)), SeededEntropy(1), code=CODE,
        folder=folder, actor="test", keys=keys,
    )  # fmt: skip
    sampling = read_dataset(folder).content.design.sampling
    assert sampling is not None
    return sampling


def test_a_rolling_wave_reveals_its_seed_and_counts_whom_lot_passed_over(
    desks: Desks, tmp_path: Path
) -> None:
    sampling = _freeze_rolled(desks, tmp_path / "dataset", desks.keys)
    assert (sampling.design, sampling.intact) == ("rolling", True)
    states = desks.states()
    assert states["passed"] > 10
    assert sum(row.people for row in sampling.strata) == states.total() == 60
    assert sum(row.drawn for row in sampling.strata) == states["invited"]
    for row in sampling.strata:
        assert row.probability == "0.5"
        assert abs(Fraction(row.weight) - Fraction(row.people, row.answered)) < 1e-11
    with desks.database.reading() as session:
        sample = session.scalars(select(Sample)).one()
        told = session.scalars(select(JournalEntry)).all()[-1].details
    assert sample.nonce is not None
    assert Pseudonyms(desks.keys).sampling_seed(sample.nonce).hex() == sampling.seed == sample.seed
    assert told["sample_seed"] == sampling.seed
    assert sampling.commitment == sample.commitment


def _put_in(desks: Desks, number: str) -> None:
    """Put the person of a transaction into the sample, with all that the service gives people."""
    with desks.database.writing() as session:
        case = session.scalars(select(Transaction).where(Transaction.number == number)).one()
        assert case.person is not None
        wave = session.scalars(select(Sample.wave_id)).one()
        done = [{"unit": case.unit, "service": case.service, "month": "2025-03"}]
        friend = Contact(
            wave_id=wave, email=case.email or "", email_key=case.email or "", name="", group="ND",
            transactions=done, service=case.service, channel=case.channel,
        )  # fmt: skip
        session.add(friend)
        session.flush()
        session.add_all(
            [
                SampledPerson(
                    wave_id=wave, person=case.person, transaction_id=case.id, stratum=case.unit,
                    place=0, transactions=1, state="invited", contact_id=friend.id,
                ),
                Invitation(
                    wave_id=wave, contact_id=friend.id, public_id=b"8" * 8, units=[case.unit]
                ),
            ]
        )  # fmt: skip


@pytest.mark.parametrize("then", ["others join", "somebody is counted anew"])
def test_somebody_put_in_between_two_rolls_is_told_of_though_rolls_go_on(
    migrated_sqlite: Path, tmp_path: Path, then: str
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "survey.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'survey.sqlite3'}")
    desks = Desks(database, tmp_path)
    desks.open()
    desks.deliver(*people_of(range(10), date(2025, 3, 1)), person(99, date(2025, 3, 3)))
    desks.roll(1)
    _put_in(desks, "HS0099")
    if then == "others join":
        desks.deliver(*people_of(range(30, 34), date(2025, 3, 3)))
    else:
        desks.deliver(person(50, date(2025, 3, 3), email="nd1@dan.example"))
    desks.roll(3)
    assert len(desks.events("rolling sample recounted")) == 2
    assert len(desks.events("sample found altered")) == 1
    with database.reading() as session:
        invited = session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
    answer(database, invited, code=CODE)
    close(database)
    sampling = _freeze_rolled(desks, tmp_path / "dataset", desks.keys)
    assert not sampling.intact
    database.close()


@SQLITE_ALONE
@pytest.mark.parametrize(
    ("keys", "why"),
    [(None, "key ring of the service is needed"),
     (new_key_ring(SeededEntropy(78)), "does not match the commitment")],
)  # fmt: skip
def test_a_rolling_wave_is_not_frozen_without_its_key_ring(
    desks: Desks, tmp_path: Path, keys: KeyRing | None, why: str
) -> None:
    with pytest.raises(ProblemsError, match=why):
        _freeze_rolled(desks, tmp_path / "dataset", keys)
    assert not (tmp_path / "dataset").exists()
