"""The form page against a bare Litestar page with the same template, over real HTTP."""

import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

import msgspec
from litestar import Litestar, Response, get

from questionnaires.catalogue import folder
from questionnaires.fingerprint import canonical_json, fingerprint
from questionnaires.loading import load_definitions
from questionnaires.text import Text
from survey_service.answering.desk import Desk
from survey_service.answering.opening import Form, open_form
from survey_service.clock import SteppedClock
from survey_service.config import Settings, read_settings
from survey_service.entropy import SystemEntropy
from survey_service.keys import KeyRing, new_key_ring
from survey_service.links import Links
from survey_service.store.database import Database
from survey_service.store.migrate import upgrade
from survey_service.store.tables import Contact, Invitation, Wave
from survey_service.waves.plan import OfficialLetter, Privacy, Sender, WavePlan
from survey_service.web.app import create_app
from survey_service.web.questions import blocks
from survey_service.web.serving import serving
from survey_service.web.templating import Templates
from survey_service.web.wording import wave_words
from survey_service.writer import AnswerWriter

REQUESTS, CONNECTIONS, REPEATS = 400, 4, 7
UNITS = [f"SO-{number}" for number in range(1, 13)]
PLAN = WavePlan(
    code="do-toc-do",
    title=Text(vi="Đo tốc độ", en="Speed"),
    definitions="par-index-2022",
    opens=date(2023, 2, 20),
    closes=date(2023, 3, 4),
    letter=OfficialLetter(number="1", date=date(2023, 2, 1), signatory="Giám đốc"),
    sender=Sender(
        organisation=Text(vi="Sở Nội vụ", en="Home Affairs"),
        telephone="0213 3000 000",
        page="https://tinh.example/",
        reply_to="hotro@tinh.example",
    ),
    privacy=Privacy(
        legal_basis=Text(vi="Kế hoạch", en="Plan"),
        kept_until=date(2023, 12, 31),
        contact="hotro@tinh.example",
    ),
    seed=1,
)


def open_wave(database: Database) -> bytes:
    """Write a wave with one leader who rates twelve departments; gives the public id."""
    definitions = load_definitions(folder("par-index-2022"))
    public_id = SystemEntropy().token(8)
    with database.writing() as session:
        wave = Wave(
            code=PLAN.code,
            state="open",
            plan=msgspec.json.encode(PLAN),
            framework=canonical_json(definitions.framework),
            questionnaires=canonical_json(definitions.questionnaires),
            framework_hash=fingerprint(definitions.framework),
            questionnaires_hash=fingerprint(definitions.questionnaires),
            units=[
                {"code": code, "name_vi": f"Sở {code}", "name_en": code, "unit_class": "SBN"}
                for code in UNITS
            ],
            opens_at=PLAN.opens_at(),
            closes_at=PLAN.closes_at(),
        )
        session.add(wave)
        session.flush()
        email = "lanh-dao@so.example"
        contact = Contact(
            wave_id=wave.id, email=email, email_key=email, name="Lãnh đạo", group="LDS"
        )
        session.add(contact)
        session.flush()
        session.add(
            Invitation(wave_id=wave.id, contact_id=contact.id, public_id=public_id, units=UNITS)
        )
    return public_id


def bare(form: Form, settings: Settings) -> Litestar:
    """Make an application that renders the same template with the same questions, and no more."""
    templates = Templates(settings.public_url)
    (page, *_) = form.pages
    words = {
        "wave": wave_words(form.wave, "vi"),
        "about_unit": True,
        "may_be_unfamiliar": True,
        "correcting": False,
        "many_pages": True,
        "parts": (
            (
                "unit",
                blocks(
                    page.items,
                    form.wave.questionnaires,
                    "vi",
                    unit="Sở SO-1",
                    year=2022,
                    service="hành chính",
                ),
            ),
        ),
    }

    @get("/")
    async def index() -> Response[str]:
        html = templates.render("respond/questions.html", "vi", **words)
        return Response(html, media_type="text/html")

    return Litestar([index], openapi_config=None, logging_config=None)


def drive(address: str, path: str) -> float:
    """Ask for a page over and over, on several connections; gives the seconds it took."""

    def ask(requests: int) -> None:
        connection = HTTPConnection(urlsplit(address).netloc)
        for _ in range(requests):
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status != 200 or len(response.read()) < 10_000:
                raise RuntimeError(f"{path}: no form page but {response.status}")
        connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(ask, [REQUESTS // CONNECTIONS] * CONNECTIONS))
    return time.perf_counter() - begun


def start(address: str, token: str) -> None:
    """Consent, and answer the first page, so that it is shown with ticks."""
    connection = HTTPConnection(urlsplit(address).netloc)
    form = {"content-type": "application/x-www-form-urlencoded"}
    for path, fields in (("start", {"consent": "yes"}), ("1", {"q-Q01": "5", "q-Q03": "4"})):
        connection.request("POST", f"/p/{token}/{path}", urlencode(fields), form)
        connection.getresponse().read()
    connection.close()


@contextmanager
def served(data: Path) -> Generator[tuple[str, str, str]]:
    """Serve both applications; gives their addresses and the path of the form's first page."""
    settings = read_settings({"SURVEY_DATA": str(data), "SURVEY_PORT": "0"})
    database = Database(settings.database_url)
    upgrade(database)
    public_id = open_wave(database)
    keys: KeyRing = new_key_ring(SystemEntropy())
    clock = SteppedClock(datetime(2023, 2, 21, tzinfo=UTC))
    token = Links(keys, settings.public_url).token(public_id, 0)
    desk = Desk.build(
        database=database,
        writer=AnswerWriter(database),
        settings=settings,
        keys=keys,
        clock=clock,
    )
    form = open_form(desk, token)
    if form is None:
        raise RuntimeError("the benchmark's own link does not open")
    app = create_app(database=database, settings=settings, keys=keys, clock=clock)
    with serving(app, settings) as ours, serving(bare(form, settings), settings) as theirs:
        start(ours, token)
        yield ours, theirs, f"/p/{token}/1"
    database.close()


def run() -> list[tuple[str, float, str]]:
    """Give both rates in pages per second, and the ratio that must be at least 0.6."""
    with (
        tempfile.TemporaryDirectory() as data,
        served(Path(data)) as (ours, theirs, path),
        ProcessPoolExecutor(1, get_context("spawn")) as client,
    ):
        pairs = [
            (
                client.submit(drive, ours, path).result(),
                client.submit(drive, theirs, "/").result(),
            )
            for _ in range(REPEATS + 1)
        ][1:]
    form = median(REQUESTS / seconds for seconds, _ in pairs)
    page = median(REQUESTS / seconds for _, seconds in pairs)
    ratio = median(theirs / ours for ours, theirs in pairs)
    return [
        ("form page GET", form, "pages/s"),
        ("bare Litestar page, same template", page, "pages/s"),
        ("form page / bare page (at least 0.6)", ratio, "×"),
    ]


if __name__ == "__main__":
    for name, figure, unit in run():
        print(f"{name}: {figure:.2f} {unit}")
