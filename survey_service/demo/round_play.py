"""One round as steps with their instants: prepared, opened, asked, closed, frozen, published."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from survey_service.demo.contact_lists import contact_list
from survey_service.demo.handing_over import Software, software_of
from survey_service.demo.input_files import PlayedRound
from survey_service.demo.paper import answer_letters, answer_receipts
from survey_service.demo.people import Doors
from survey_service.demo.respondents import Players
from survey_service.demo.stage import ACTOR, Stage
from survey_service.demo.timetable import timetable
from survey_service.frame.register import units_in_force
from survey_service.frame.units import import_units
from survey_service.freezing.cut_off import freeze_wave
from survey_service.publishing.verifying import Verification, verify
from survey_service.publishing.wave import Published, publish_wave
from survey_service.rolling.rolls import roll_wave
from survey_service.sampling.drawing import draw_sample
from survey_service.sheet.documents import SCORES, read_sheet
from survey_service.sheet.score_sheet import ScoreSheet
from survey_service.waves.drafting import create_wave
from survey_service.waves.lifecycle import close_wave
from survey_service.waves.mail_plan.reminding import remind_wave
from survey_service.waves.opening import open_wave
from survey_service.waves.people import import_contacts
from survey_service.waves.plan import WavePlan
from survey_service.waves.preflighting.preflight import preflight
from survey_service.waves.reading import load_wave
from survey_service.waves.status import WaveStatus, wave_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a round came to; `folder` holds its `dataset` and its `publication`.

    `verified` is None where nothing was recomputed.
    """

    plan: WavePlan
    status: WaveStatus
    published: Published
    sheet: ScoreSheet
    verified: Verification | None
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that is done at an instant."""

    at: datetime
    do: Callable[[], None]


@dataclass(slots=True, kw_only=True)
class RoundPlay:
    """A round being played; `former` is the folder of the dataset that it is compared with.

    With `checks` what it published is recomputed.
    """

    doors: Doors
    one: PlayedRound
    players: Players
    folder: Path
    former: Path | None
    checks: bool
    status: WaveStatus | None = field(default=None, init=False)
    played: Played | None = field(default=None, init=False)
    software: Software | None = field(default=None, init=False)

    @property
    def stage(self) -> Stage:
        """The stage that it is played on."""
        return self.doors.stage

    @property
    def code(self) -> str:
        """The code of its wave."""
        return self.one.plan.code

    @property
    def _is_rolling(self) -> bool:
        sample = self.one.plan.sample
        return sample is not None and sample.rolling is not None

    def steps(self) -> Iterator[Step]:
        """Give what is done and when; a rolling wave wakes whenever its feed does."""
        days = timetable(self.one.plan, self.one.round.feed_days)
        yield Step(at=days.prepared, do=self._prepare)
        yield Step(at=days.opened, do=self._open)
        for day in days.fed:
            yield Step(at=day, do=self._roll)
        for day in days.reminded:
            yield Step(at=day, do=self._remind)
        yield Step(at=days.closed, do=self._close)
        yield Step(at=days.frozen, do=self._freeze)
        yield Step(at=days.published, do=self._publish)

    def _prepare(self) -> None:
        stage, one = self.stage, self.one
        units = import_units(
            stage.database, stage.clock, one.file.with_name(one.round.units), actor=ACTOR
        )
        stage.tell(
            f"Danh mục đơn vị / Register of units: {units.added} mới / new, "
            f"{units.updated} cập nhật / updated"
        )
        create_wave(stage.database, stage.clock, one.file, actor=ACTOR)
        if one.round.people:
            self._name_people()
        self.software = software_of(one, stage.seed)
        if self.software and not self._is_rolling:
            path = one.file.with_name(f"mot-cua-{self.code}.csv")
            stage.tell(self.software.hand_over_all(stage, path))
            self._draw()
        self._preflight()

    def _name_people(self) -> None:
        stage = self.stage
        with stage.database.reading() as session:
            units = units_in_force(session, self.one.plan.opens)
            year = load_wave(session, self.code).framework.year
        content = contact_list(self.one.round.people, units, year=year, seed=stage.seed)
        path = self.one.file.with_name(f"contacts-{self.code}.csv")
        path.write_bytes(content)
        imported = import_contacts(stage.database, stage.clock, path, code=self.code, actor=ACTOR)
        stage.tell(f"Danh sách / List of people: {imported.added} người / people")

    def _draw(self) -> None:
        stage = self.stage
        drawn = draw_sample(
            stage.database, stage.clock, stage.entropy, stage.keys, code=self.code, actor=ACTOR
        )
        stage.tell(
            f"Rút mẫu / Sample drawn: {drawn.invited} trong/of {drawn.people} người / people, "
            f"dự phòng / reserve {drawn.reserve}"
        )

    def _preflight(self) -> None:
        stage = self.stage
        found = preflight(stage.database, stage.clock, stage.settings, code=self.code)
        stage.tell(f"Kiểm tra trước khi mở / Preflight: {len(found.problems)} lưu ý / remarks")
        for remark in found.problems:
            stage.tell(f"  - {remark.where}: {remark.message.vi}")
            stage.tell(f"    {remark.where}: {remark.message.en}")

    def _open(self) -> None:
        stage = self.stage
        opened = open_wave(
            *(stage.database, stage.clock, stage.entropy, stage.settings),
            code=self.code,
            actor=ACTOR,
            keys=stage.keys,
        )
        stage.tell(f"Mở đợt / Opened {self.code}: {opened.invitations} phiếu phát ra / invitations")
        if opened.invitations:
            self._ask("Thư mời / Invitations", opened.invitations)
        sample = self.one.plan.sample
        if sample is not None and sample.letters:
            answer_letters(self.doors, self.players, self.code)
        if sample is not None and self.one.round.receipts:
            receipts = self.one.round.receipts
            answer_receipts(self.doors, self.players, self.code, sample.group, receipts)

    def _ask(self, title: str, letters: int) -> None:
        self.doors.write_and_answer(self.players, "invitation", title, letters)

    def _roll(self) -> None:
        stage = self.stage
        if self.software is not None:
            self.software.feed(stage, self.one.round.feed_days)
        rolled = roll_wave(
            stage.database, stage.clock, stage.entropy, stage.keys, code=self.code, actor=ACTOR
        )
        if rolled.invited:
            self._ask(f"{stage.clock.now():%d/%m}", rolled.invited)

    def _remind(self) -> None:
        stage = self.stage
        reminded = remind_wave(stage.database, stage.clock, code=self.code, actor=ACTOR)
        self.doors.write_and_answer(
            self.players, "reminder", "Thư nhắc / Reminders", reminded.queued
        )

    def _close(self) -> None:
        stage = self.stage
        close_wave(stage.database, stage.clock, code=self.code, actor=ACTOR)
        with stage.database.reading() as session:
            self.status = wave_status(session, self.code)

    def _freeze(self) -> None:
        stage = self.stage
        dataset = freeze_wave(
            *(stage.database, stage.clock, stage.entropy),
            code=self.code,
            folder=self.folder / "dataset",
            actor=ACTOR,
            keys=stage.keys,
        )
        stage.tell(f"Chốt số liệu / Frozen dataset: {dataset}")

    def _publish(self) -> None:
        stage = self.stage
        published = publish_wave(
            stage.database,
            stage.clock,
            code=self.code,
            wave_folder=self.folder,
            former=self.former,
            actor=ACTOR,
        )
        sheet = read_sheet((published.folder / SCORES).read_bytes())
        if sheet is None or self.status is None:
            raise ValueError(f"{published.folder} holds no score sheet of this release")
        self.played = Played(
            plan=self.one.plan,
            status=self.status,
            published=published,
            sheet=sheet,
            verified=self._verify(published),
            folder=self.folder,
        )

    def _verify(self, published: Published) -> Verification | None:
        if not self.checks:
            return None
        return verify(published.folder, expect=published.fingerprint, former=self.former)
