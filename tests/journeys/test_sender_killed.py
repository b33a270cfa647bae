"""`kill -9` of the sender in mid-wave: none is lost, none is doubled, every doubt is shown."""

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_waves import PLAN, MadePerson, MadeWave, make_wave
from msgspec.structs import replace
from processes import command, environment, process, wait_until
from recording_sink import CUTS, Sink, recording_sink
from sqlalchemy import func, select

from survey_service.config import read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import open_key_ring
from survey_service.mailing.writing.letters import Letters
from survey_service.store.database import Database
from survey_service.store.letters import Letter

SOAK = bool(os.environ.get("SOAK"))
PEOPLE = 1611
"""As many as were invited in the round of 2022."""
ROUNDS = 50 if SOAK else 5
CONNECTIONS = 8
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
pytestmark = pytest.mark.soak


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A wave's letters, the sink that takes them, and the workers that bring them."""

    database: Database
    database_url: str
    folder: Path
    sink: Sink
    ids: dict[int, str]
    """The Message-ID of each letter."""

    def variables(self, *more: str, **settings: object) -> dict[str, str]:
        """Give a worker's environment; `more` are lines of the mail file."""
        file = self.sink.mail_file(*more, connections=CONNECTIONS)
        return environment(
            self.folder / "data", self.database_url, mail_file=file, lease_seconds=1, **settings
        )

    def resolving(self) -> dict[str, str]:
        """Give the environment of a worker that may read the relay's log."""
        return self.variables(f'postfix_log = "{self.sink.log}"', uncertain="hold")

    def send_all(self, variables: dict[str, str], *, seconds: float = 180) -> None:
        """Run a worker until nothing is left to send."""
        with process(WORKER, variables, self.folder / "worker.log") as worker:
            assert worker.wait(timeout=seconds) == 0, (self.folder / "worker.log").read_text()

    def states(self) -> Counter[str]:
        """Count the letters by state."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Letter.state, func.count().label("letters")).group_by(Letter.state)
            )
            return Counter({row.state: row.letters for row in rows})

    def of_state(self, state: str) -> set[str]:
        """Give the Message-IDs of the letters in a state."""
        with self.database.reading() as session:
            letters = session.scalars(select(Letter.id).where(Letter.state == state))
            return {self.ids[letter] for letter in letters}


WORKER = command("worker", "--until-empty")


@pytest.fixture
def wave(database: Database) -> MadeWave:
    return make_wave(
        database,
        [MadePerson(name=f"Người {number}") for number in range(PEOPLE)],
        plan=replace(PLAN, closes=PLAN.closes.replace(year=2099)),
    )


@pytest.fixture
def post(
    database: Database,
    database_url: str,
    tmp_path: Path,
    wave: MadeWave,
    request: pytest.FixtureRequest,
) -> Generator[Post]:
    keys = open_key_ring(tmp_path / "data" / "keys.json", SystemEntropy())
    letters = Letters(read_settings({}), keys)
    cut_every: int = getattr(request, "param", 0)
    with recording_sink(tmp_path / "sink", cut_every=cut_every) as sink:
        yield Post(
            database=database,
            database_url=database_url,
            folder=tmp_path,
            sink=sink,
            ids={letter: letters.message_id(letter) for letter in wave.letters},
        )


def kill_at_random(post: Post, variables: dict[str, str], chance: random.Random) -> None:
    """Start a worker and kill it when it has brought a random number of letters."""
    brought = post.sink.accepted().total()
    left = PEOPLE - brought
    goal = brought + chance.randrange(1, max(2, 2 * left // ROUNDS))
    with process(WORKER, variables, post.folder / "worker.log") as worker:
        wait_until(
            lambda: worker.poll() is not None or post.sink.accepted().total() >= goal, seconds=120
        )
        worker.kill()
        worker.wait()


@SQLITE
def test_with_the_relays_log_none_is_lost_and_none_doubled(post: Post) -> None:
    variables, chance = post.resolving(), random.Random(4)
    for _ in range(ROUNDS):
        kill_at_random(post, variables, chance)
    post.send_all(variables)
    assert post.states() == {"sent": PEOPLE}
    assert post.sink.accepted() == Counter(post.ids.values())


@SQLITE
def test_without_it_none_is_lost_and_doubts_are_few_and_reported(post: Post) -> None:
    variables, chance = post.variables(uncertain="hold"), random.Random(5)
    in_doubt = 0
    for _ in range(ROUNDS):
        kill_at_random(post, variables, chance)
        # What was under way is found uncertain once its lease has run out.
        before, states = in_doubt, post.states()
        in_doubt = states["intent"] + states["uncertain"]
        assert in_doubt - before <= CONNECTIONS
    post.send_all(variables)
    accepted, held = post.sink.accepted(), post.of_state("uncertain")
    assert max(accepted.values()) == 1
    assert set(accepted) | held == set(post.ids.values())
    assert post.of_state("sent") == set(accepted) - held
    status = json.loads(
        subprocess.run(
            command("wave", "status", PLAN.code, "--json"),
            env=variables,
            capture_output=True,
            check=True,
        ).stdout
    )
    (step,) = status["letters"]
    assert step["states"].get("uncertain", 0) == len(held)
    assert sum(step["states"].values()) == PEOPLE


@SQLITE
@pytest.mark.parametrize("post", [170], indirect=True)
def test_with_the_network_cut_none_is_lost_and_none_doubled(post: Post) -> None:
    variables = post.variables(
        f'postfix_log = "{post.sink.log}"', "dot_seconds = 1", uncertain="hold"
    )
    post.send_all(variables)
    assert set(post.sink.cuts()) == set(CUTS)
    assert post.states() == {"sent": PEOPLE}
    assert post.sink.accepted() == Counter(post.ids.values())


@SQLITE
@pytest.mark.parametrize("post", [300], indirect=True)
def test_with_the_network_cut_and_no_log_every_doubt_is_held(post: Post) -> None:
    post.send_all(post.variables("dot_seconds = 1", uncertain="hold"))
    accepted, held = post.sink.accepted(), post.of_state("uncertain")
    assert len(held) == post.sink.cuts().total() == 5
    assert max(accepted.values()) == 1
    assert set(accepted) | held == set(post.ids.values())


@POSTGRES
def test_two_workers_at_once_send_each_letter_once_even_if_one_is_killed(post: Post) -> None:
    variables = post.resolving()
    log = post.folder / "worker.log"
    with process(WORKER, variables, log) as first, process(WORKER, variables, log) as second:
        wait_until(lambda: post.sink.accepted().total() >= PEOPLE // 3, seconds=120)
        assert first.poll() is None
        assert second.poll() is None
        first.kill()
        assert second.wait(timeout=120) == 0
    post.send_all(variables)
    assert post.states() == {"sent": PEOPLE}
    assert post.sink.accepted() == Counter(post.ids.values())
