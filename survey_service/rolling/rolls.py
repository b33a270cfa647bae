"""A roll: everybody whose turn has come is considered once, and who is due is reminded."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.problems import Problem, ProblemsError, problem
from survey_service.clock import Clock
from survey_service.entropy import Entropy
from survey_service.keys import KeyRing
from survey_service.pseudonyms import Pseudonyms
from survey_service.rolling.considering import Lots, hold
from survey_service.rolling.counting import keep_counts, recount
from survey_service.rolling.due import RollingFrame, rolling_frame, walk_due
from survey_service.rolling.reminding import is_anybody_due, remind_joined
from survey_service.rolling.seeds import rolling_seed
from survey_service.sampling.exclusions import Exclusions, comparable
from survey_service.sampling.frame import FramePerson
from survey_service.store.database import Database
from survey_service.store.transactions import Sample
from survey_service.store.waves import Wave
from survey_service.waves.mail_plan.step_keeping import PLAN
from survey_service.waves.mail_plan.timetable import is_rolling
from survey_service.waves.plan import plan_from_json
from survey_service.waves.reading import load_wave
from survey_service.waves.transitions import WaveStateError

_BATCH: Final = 2_000
"""People considered in one transaction: answers are never kept waiting for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What rolls did: people invited, people passed over by lot, reminders queued."""

    invited: int = 0
    passed: int = 0
    reminded: int = 0

    def __add__(self, other: "Rolled") -> "Rolled":
        return Rolled(
            invited=self.invited + other.invited,
            passed=self.passed + other.passed,
            reminded=self.reminded + other.reminded,
        )


def roll_all(database: Database, clock: Clock, entropy: Entropy, keys: KeyRing) -> Rolled:
    """Roll every open rolling wave; one that is refused stops no other.

    Raises ProblemsError with the problems of all that were refused, once the others are done.
    """
    with database.reading() as session:
        rows = session.execute(select(Wave.code, Wave.plan).where(Wave.state == "open"))
        codes = [row.code for row in rows if is_rolling(plan_from_json(row.plan))]
    done, problems = Rolled(), list[Problem]()
    for code in codes:
        try:
            done += roll_wave(database, clock, entropy, keys, code=code, actor=PLAN)
        except WaveStateError:  # closed since
            continue
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(*problems)
    return done


def roll_wave(
    database: Database, clock: Clock, entropy: Entropy, keys: KeyRing, *, code: str, actor: str
) -> Rolled:
    """Consider everybody whose turn has come in an open rolling wave, and remind who is due.

    Each batch is one transaction that holds the wave: a roll that is killed goes on where it was,
    and two at once consider nobody twice. Raises WaveUnknownError, WaveStateError, and
    ProblemsError for a wave that does not roll, a key ring that is not its own, and, once all
    others are considered, people whose address is not the one that their digest was made of.
    """
    pseudonyms, strange = Pseudonyms(keys), list[FramePerson]()
    excluded, done = Exclusions(), Rolled()
    with database.reading() as session:
        frame = _frame(session, clock, code)
        seed = rolling_seed(pseudonyms, session.get(Sample, frame.wave.id), code=code)
        lots = Lots(
            database=database,
            clock=clock,
            entropy=entropy,
            pseudonyms=pseudonyms,
            seed=seed,
            actor=actor,
        )
        walking = walk_due(session, frame, excluded)
        while batch := list(islice(walking, _BATCH)):
            own = [one for one in batch if _is_own(pseudonyms, one)]
            strange += [one for one in batch if not _is_own(pseudonyms, one)]
            considered = lots.consider(code, own)
            done += Rolled(invited=considered.invited, passed=considered.passed)
    with database.reading() as session:
        counted = recount(session, _frame(session, clock, code), excluded)
        due = is_anybody_due(session, clock, load_wave(session, code))
    if counted is not None or due:
        with database.writing() as session:
            wave = hold(session, clock, code)
            if wave is not None and counted is not None:
                keep_counts(session, clock, wave, counted, actor=actor)
            if wave is not None:
                reminded = remind_joined(database, session, clock, wave, actor=actor)
                done += Rolled(reminded=reminded)
    if strange:
        raise ProblemsError(*(_altered(code, one) for one in strange))
    return done


def _frame(session: Session, clock: Clock, code: str) -> RollingFrame:
    wave = load_wave(session, code)
    frame = rolling_frame(wave, clock)
    if frame is None:
        raise ProblemsError(
            problem(
                f"đợt/wave {code}",
                "đợt này không mời hằng ngày; tệp đợt điều tra cần mục [sample.rolling] trước khi "
                "mở.",
                "this wave does not roll; its file needs [sample.rolling] before it opens.",
            )
        )
    if wave.state != "open":
        raise WaveStateError(wave.state, "roll", code=code)
    return frame


def _is_own(pseudonyms: Pseudonyms, one: FramePerson) -> bool:
    email = one.cases[0].email
    return not email or pseudonyms.person(comparable(email)) == one.person


def _altered(code: str, one: FramePerson) -> Problem:
    case = one.cases[0]
    return problem(
        f"đợt/wave {code}: {case.source} {case.number}",
        "địa chỉ thư của hồ sơ này không phải địa chỉ đã nhập: cơ sở dữ liệu đã bị sửa ngoài phần "
        "mềm; người này chưa được mời. Nhập lại danh sách của nguồn.",
        "the address of this transaction is not the one that was imported: the database was "
        "altered outside the service, and this person is not asked. Import the source's list "
        "again.",
    )
