"""The reports of a published wave in a real browser: on a small phone, accessible, printable."""

import hashlib
import io
import os
import shutil
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from generated import generated
from playwright.sync_api import Browser
from rounds import Person, open_round

from survey_service.analysing.computing import Sources, compute_results
from survey_service.dataset.reading import read_dataset
from survey_service.dataset.writing import write_dataset
from survey_service.findings.document import FINDINGS, findings_json
from survey_service.sheet.documents import SCORES, sheet_json
from survey_service.store.database import Database
from survey_service.store.tables import Publication, PublicationFile
from survey_service.web.app import create_app
from survey_service.web.serving import serving

PHONE, DESK = 320, 1280
NAME = os.environ.get("REPORTS_OF", "two-units")
"""What is generated; `par-index-2022` makes the pages of a whole province."""

pytestmark = pytest.mark.browser


@pytest.fixture
def address(migrated_sqlite: Path, tmp_path: Path) -> Generator[str]:
    """Serve a wave of two units with all that was found out about it."""
    write_dataset(tmp_path / "dataset", generated(NAME, seed=5))
    results = compute_results(Sources(dataset=read_dataset(tmp_path / "dataset")))
    files = {SCORES: sheet_json(results.sheet), FINDINGS: findings_json(results.findings)}
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    wave = open_round(database, tmp_path, Person())
    with database.writing() as session:
        row = Publication(
            wave_id=wave.wave,
            version=1,
            fingerprint=hashlib.sha256(files[SCORES]).hexdigest(),
            published_at=datetime(2025, 5, 6, 3, 0, tzinfo=UTC),
        )
        session.add(row)
        session.flush()
        session.add_all(
            PublicationFile(publication_id=row.id, name=name, content=content)
            for name, content in files.items()
        )
    wave.change_wave(state="published")
    settings = replace(wave.settings, port=0)
    app = create_app(database=database, settings=settings, keys=wave.keys, clock=wave.clock)
    with serving(app, settings) as served:
        yield f"{served}/results/hai-xa-2025"
    database.close()


def test_every_report_is_accessible_fits_a_phone_and_shows_its_charts(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": PHONE, "height": 640})
    page.goto(f"{address}/report")
    unit = page.get_attribute(".unit-links a", "href") or ""
    unit = unit.rpartition("/")[2]
    for name in ("summary", "report", f"units/{unit}"):
        for language, width in (("vi", PHONE), ("en", PHONE), ("vi", DESK)):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{address}/{name}?lang={language}", wait_until="networkidle")
            found = Axe().run(page)  # pyright: ignore[reportUnknownMemberType]
            assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if name == "summary":
                assert page.eval_on_selector_all(
                    ".frame", "all => all.every(one => one.scrollWidth <= one.clientWidth)"
                )
            drawn = page.eval_on_selector_all(
                ".chart img", "all => all.map(one => one.naturalWidth > 0 && one.alt.length > 40)"
            )
            assert drawn
            assert all(drawn)
            if shots := os.environ.get("SHOTS"):
                shot = f"{name.replace('/', '-')}.{language}.{width}.png"
                page.screenshot(path=Path(shots) / shot, full_page=True)
    page.close()


def test_a_report_prints_from_the_browser_without_its_ways_around(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/summary")
    page.emulate_media(media="print")
    assert page.is_visible("h1")
    assert page.is_visible("table")
    assert not page.is_visible(".report-ways")
    printed = page.pdf(format="A4")
    assert io.BytesIO(printed).read(5) == b"%PDF-"
    page.close()
