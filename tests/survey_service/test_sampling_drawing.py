import hashlib
import math
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from kinds import SQLITE_ALONE
from made_transactions import KEYS, MadeCase, made_cases, person_of, shuffled_cases, write_cases
from sample_stage import SAMPLE, SampleStage
from sqlalchemy import func, select, update
from staged import ACTOR, BEFORE, CODE, WAVE

from questionnaires.problems import ProblemsError
from survey_service.journal import entries
from survey_service.sampling.checking import check_sample
from survey_service.sampling.drawing import draw_sample
from survey_service.sampling.showing import shown_sample
from survey_service.store.database import Database
from survey_service.store.people import Contact
from survey_service.store.transactions import AskedPerson, Sample, SampledPerson, Transaction
from survey_service.waves.lifecycle import cancel_wave


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> SampleStage:
    return SampleStage(database, tmp_path)


@pytest.fixture
def sqlite_stage(migrated_sqlite: Path, tmp_path: Path) -> Callable[[str], SampleStage]:
    def make(name: str) -> SampleStage:
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "survey.sqlite3"
        path.write_bytes(migrated_sqlite.read_bytes())
        return SampleStage(Database(f"sqlite:///{path}"), folder)

    return make


def test_the_same_seed_draws_the_same_people_on_every_database_in_any_order(
    stage: SampleStage, sqlite_stage: Callable[[str], SampleStage]
) -> None:
    stage.staged(shuffled_cases(made_cases(80)))
    other = sqlite_stage("other")
    other.staged(made_cases(80))
    drawn, again = stage.draw(), other.draw()
    assert stage.sampled() == other.sampled()
    assert (drawn.frame_hash, drawn.sample_hash, drawn.seed, drawn.summary) == (
        again.frame_hash,
        again.sample_hash,
        again.seed,
        again.summary,
    )
    other.database.close()


@SQLITE_ALONE
def test_everybody_stands_in_one_stratum_and_is_drawn_once(stage: SampleStage) -> None:
    stage.staged()
    drawn = stage.draw()
    assert sum(one.people for one in drawn.summary.strata) == drawn.people == 80
    assert sum(one.transactions for one in drawn.summary.strata) == 96
    sampled = stage.sampled()
    assert len(sampled) == drawn.invited + drawn.reserve
    places: dict[str, list[int]] = {}
    for _, stratum, place, _, _ in sampled:
        places.setdefault(stratum, []).append(place)
    assert all(sorted(own) == list(range(1, len(own) + 1)) for own in places.values())
    twice = {person_of(f"dan{number}@hop-thu.example") for number in range(0, 80, 5)}
    assert all((transactions == 2) == (person in twice) for person, *_, transactions in sampled)


def test_a_contact_carries_what_it_was_drawn_with(stage: SampleStage) -> None:
    stage.staged()
    drawn = stage.draw()
    strata = {one.stratum: one for one in drawn.summary.strata}
    with stage.database.reading() as session:
        rows = session.execute(
            select(Contact, SampledPerson, Transaction)
            .join(SampledPerson, SampledPerson.contact_id == Contact.id)
            .join(Transaction, Transaction.id == SampledPerson.transaction_id)
        ).all()
        asked = session.scalars(select(AskedPerson.asked_on)).all()
    assert len(rows) == drawn.invited == 24 == len(asked)
    assert {f"{day}" for day in asked} == {f"{BEFORE:%Y-%m-%d}"}
    for contact, sampled, case in rows:
        stratum = strata[sampled.stratum]
        assert sampled.stratum == f"{case.unit}/{case.service}"
        assert (contact.stratum, contact.mode, contact.group) == (case.service, "web", "ND")
        assert contact.transactions == [
            {"unit": case.unit, "service": case.service, "month": f"{case.returned:%m/%Y}"}
        ]
        assert contact.population == stratum.people
        chance = Fraction(stratum.probability)
        assert chance == Fraction(stratum.drawn, stratum.people)
        assert abs(Decimal(contact.weight) - Decimal(chance.denominator) / chance.numerator) < (
            Decimal("1e-11")
        )


@SQLITE_ALONE
def test_the_journal_has_the_seed_and_no_address(stage: SampleStage) -> None:
    stage.staged()
    drawn = stage.draw()
    with stage.database.reading() as session:
        (entry,) = [one for one in entries(session) if one.event == "sample drawn"]
        sample = session.scalars(select(Sample)).one()
    assert entry.details["seed"] == drawn.seed == sample.seed
    assert entry.details["frame_hash"] == drawn.frame_hash == sample.frame_hash
    assert entry.details["sample_hash"] == drawn.sample_hash == sample.sample_hash
    assert entry.details["draw"] == 1
    assert sample.commitment == hashlib.sha256(bytes.fromhex(drawn.seed)).hexdigest()


def test_a_draw_that_breaks_off_leaves_nothing(stage: SampleStage) -> None:
    stage.staged()

    def fall(done: int, total: int) -> None:
        if done == total == 36:  # the last person is written
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_sample(
            *(stage.database, stage.clock, stage.entropy, KEYS),
            code="hai-xa",
            actor="x",
            tell=fall,
        )
    with stage.database.reading() as session:
        for table in (Sample, SampledPerson, AskedPerson, Contact):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    assert "sample drawn" not in stage.events()


@SQLITE_ALONE
def test_an_address_put_in_anothers_place_stops_the_draw(stage: SampleStage) -> None:
    everybody = SAMPLE.replace('rule = "total", total = 12, each = ["unit"]', 'rule = "all"')
    stage.staged(sample=everybody)
    with stage.database.writing() as session:
        session.execute(
            update(Transaction)
            .where(Transaction.number == "A00007")
            .values(email="dong-pham@hop-thu.example")
        )
    with pytest.raises(ProblemsError, match=r"A00007.*not the one that was imported"):
        stage.draw()


@pytest.mark.parametrize("design", ["simple", "systematic"])
def test_designs_without_strata_draw_one_sample_of_all(
    sqlite_stage: Callable[[str], SampleStage], design: str
) -> None:
    stage = sqlite_stage(design)
    stage.staged(
        sample=f"""
[sample]
group = "ND"
from = 2025-01-01
to = 2025-02-28
design = "{design}"
size = {{ rule = "total", total = 20 }}
"""
    )
    strata = stage.draw().summary.strata
    # People are weighted by cells, also where lot goes over all.
    assert {(one.unit, one.service) for one in strata} == {
        (unit, service) for unit in ("XA1", "XA2") for service in ("KS", "KT")
    }
    assert {one.stratum for one in strata} == {
        f"{one.unit}/{one.service}/{one.channel}" for one in strata
    }
    assert {one.probability for one in strata} == {"1/4"}
    assert (sum(one.people for one in strata), sum(one.transactions for one in strata)) == (80, 96)
    assert (sum(one.drawn for one in strata), sum(one.reserve for one in strata)) == (20, 4)
    sampled = stage.sampled()
    counts = Counter((stratum, state) for _, stratum, _, state, _ in sampled)
    for one in strata:
        assert counts[one.stratum, "invited"] == one.drawn
        assert counts[one.stratum, "reserve"] == one.reserve
    assert sorted(place for _, _, place, _, _ in sampled) == list(range(1, 25))
    assert check_sample(stage.database, code="hai-xa").holds
    with stage.database.reading() as session:
        (size,) = shown_sample(session, "hai-xa").sizes
    assert (size.cell, size.people) == ((), 80)
    if design == "systematic":
        with stage.database.reading() as session:
            by_unit = Counter(
                session.scalars(
                    select(Transaction.unit)
                    .join(SampledPerson, SampledPerson.transaction_id == Transaction.id)
                    .where(SampledPerson.state == "invited")
                )
            )
            people = 80 // 2
        assert all(abs(count - people * 20 / 80) <= 2 for count in by_unit.values())
    stage.database.close()


@pytest.mark.parametrize("target", ["people", "transactions"])
def test_the_correction_heeds_how_many_transactions_people_have(
    sqlite_stage: Callable[[str], SampleStage], target: str
) -> None:
    stage = sqlite_stage(target)
    everybody = SAMPLE.replace('rule = "total", total = 12, each = ["unit"]', 'rule = "all"')
    stage.staged(sample=everybody + f'target = "{target}"\n')
    strata = stage.draw().summary.strata
    sampled = stage.sampled()
    for one in strata:
        cases = [count for _, stratum, _, _, count in sampled if stratum == one.stratum]
        assert one.people == len(cases)
        shares, squares = sum(Fraction(1, m) for m in cases), sum(m**2 for m in cases)
        exact = len(cases) ** 2 / shares
        if target == "transactions":
            exact = Fraction(len(cases) * squares, sum(cases))
        assert one.fpc_population == math.ceil(exact)
    assert any(one.fpc_population > one.people for one in strata)
    stage.database.close()


def test_a_two_stage_sample_draws_units_first(
    sqlite_stage: Callable[[str], SampleStage],
) -> None:
    stage = sqlite_stage("stages")
    stage.staged(
        sample="""
[sample]
group = "ND"
from = 2025-01-01
to = 2025-02-28
design = "two-stage"
strata = ["unit"]
size = { rule = "total", total = 20 }
first_stage = { count = 1 }
"""
    )
    strata = stage.draw().summary.strata
    (taken,) = [one for one in strata if one.drawn]
    assert taken.first_stage is not None
    chance = Fraction(taken.first_stage) * Fraction(taken.drawn, taken.people)
    assert Fraction(taken.probability) == chance
    assert sum(Fraction(one.first_stage or 0) for one in strata) == 1
    assert {row[1] for row in stage.sampled()} == {taken.stratum}
    stage.database.close()


def test_floors_take_small_strata_whole_and_both_sizes_are_shown(
    sqlite_stage: Callable[[str], SampleStage],
) -> None:
    stage = sqlite_stage("floors")
    cases = [*made_cases(60), MadeCase(number="C1", email="le@hop-thu.example", service="HT")]
    stage.staged(
        cases,
        SAMPLE.replace('rule = "total", total = 12', 'rule = "slovin", error = "0.2"')
        + "floor = 4\n",
    )
    stage.draw()
    with stage.database.reading() as session:
        shown = shown_sample(session, "hai-xa")
    (small,) = [one for one in shown.strata if one.service == "HT"]
    assert (small.people, small.drawn, small.probability) == (1, 1, "1")
    assert all(one.drawn >= 4 for one in shown.strata if one.service != "HT")
    for size in shown.sizes:
        people = size.people
        assert size.slovin == -(-people // (1 + Fraction(people, 25)))
        assert size.width <= size.slovin
    stage.database.close()


@SQLITE_ALONE
def test_people_without_an_address_are_drawn_for_letters_of_their_own_strata(
    stage: SampleStage,
) -> None:
    paper = [MadeCase(number=f"P{one}", telephone=f"09120000{one:02d}") for one in range(10)]
    stage.staged([*made_cases(40), *paper], SAMPLE + "letters = true\n")
    drawn = stage.draw()
    (letters,) = [one for one in drawn.summary.strata if one.mode == "letter"]
    assert (letters.stratum, letters.people) == ("letter:XA1/KS", 10)
    with stage.database.reading() as session:
        contacts = session.scalars(select(Contact).where(Contact.mode == "letter")).all()
    assert len(contacts) == letters.drawn > 0
    assert all(one.email == "" and "@" not in one.email_key for one in contacts)
    assert len({one.email_key for one in contacts}) == len(contacts)


@SQLITE_ALONE
def test_a_second_draw_needs_the_first_to_be_discarded(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with pytest.raises(ProblemsError, match="sample discard hai-xa --reason"):
        stage.draw()


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("", r"has no table \[sample\]"),
        (SAMPLE.replace("2025-01-01", "2025-02-27"), "nobody is in the frame.*left out: none"),
        (SAMPLE + "rolling = { rate = 1 }\n", "asks day by day"),
        (SAMPLE.replace("total = 12", "total = 70"), "70 people cannot be drawn"),
        (
            SAMPLE.replace('each = ["unit"]', "each = []")
            + 'design = "two-stage"\nfirst_stage = { count = 3 }\n',
            "3 cannot be drawn in the first",
        ),
    ],
)
def test_a_draw_that_cannot_be_is_refused(
    sqlite_stage: Callable[[str], SampleStage], sample: str, words: str
) -> None:
    stage = sqlite_stage("refused")
    stage.staged(sample=sample)
    with pytest.raises(ProblemsError, match=words):
        stage.draw()
    stage.database.close()


def test_drawing_again_from_the_journal_gives_the_same_people(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    write_cases(stage.database, [MadeCase(number="M1", email="moi@hop-thu.example")])
    checked = check_sample(stage.database, code="hai-xa")
    assert checked.holds
    assert checked.frame_unchanged
    assert checked.changed_units == ()


@SQLITE_ALONE
def test_a_changed_transaction_is_found_by_its_unit(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        session.execute(
            update(Transaction).where(Transaction.number == "A00001").values(service="XX")
        )
    checked = check_sample(stage.database, code="hai-xa")
    assert not checked.holds
    assert (checked.frame_unchanged, checked.same_people) == (False, None)
    assert checked.changed_units == ("XA2",)
    assert checked.intact


@SQLITE_ALONE
def test_another_seed_in_the_database_is_found(stage: SampleStage) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        session.execute(update(Sample).values(seed="00" * 32))
    checked = check_sample(stage.database, code="hai-xa")
    assert not checked.seed_journaled
    assert not checked.holds


@SQLITE_ALONE
def test_people_put_in_place_of_those_drawn_are_found_by_drawing_again(
    stage: SampleStage,
) -> None:
    stage.staged()
    stage.draw()
    with stage.database.writing() as session:
        session.execute(update(SampledPerson).where(SampledPerson.place == 1).values(place=99))
    checked = check_sample(stage.database, code="hai-xa")
    assert checked.frame_unchanged
    assert checked.same_people is False


def test_people_drawn_for_a_draft_that_is_given_up_later_were_told_apart_and_the_draw_holds(
    stage: SampleStage,
) -> None:
    stage.staged()
    stage.create(WAVE.replace(CODE, "thu") + SAMPLE.replace("total = 12", "total = 20"))
    draw_sample(*(stage.database, stage.clock, stage.entropy, KEYS), code="thu", actor=ACTOR)
    stage.clock.move_to(stage.clock.now() + timedelta(minutes=5))
    drawn = stage.draw()
    assert {one.rule for one in drawn.summary.excluded} == {"drawn-elsewhere"}
    stage.clock.move_to(stage.clock.now() + timedelta(minutes=5))
    cancel_wave(stage.database, stage.clock, code="thu", reason="bỏ", actor=ACTOR)
    assert check_sample(stage.database, code=CODE).holds
