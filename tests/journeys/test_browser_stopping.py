"""A real browser on the pages around mail: accessible on a small phone, and safe from scripts."""

import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from rounds import CITIZEN, Person, Round, open_round
from sqlalchemy import delete, select

from survey_service.store.database import Database
from survey_service.store.tables import Contact, Draft, Invitation, Suppression
from survey_service.web.app import create_app
from survey_service.web.serving import serving

PHONE = {"width": 320, "height": 640}
TOUCH = 44

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser) -> Generator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="vi-VN")  # pyright: ignore[reportArgumentType]
    yield context
    context.close()


@pytest.fixture
def wave(migrated_sqlite: Path, tmp_path: Path) -> Generator[Round]:
    path = tmp_path / "survey.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield open_round(database, tmp_path, Person(), CITIZEN)
    database.close()


@pytest.fixture
def address(wave: Round) -> Generator[str]:
    settings = replace(wave.settings, port=0)
    app = create_app(database=wave.database, settings=settings, keys=wave.keys, clock=wave.clock)
    with serving(app, settings) as address:
        yield address


def path_of(wave: Round, door: str, number: int = 0) -> str:
    """Give the path of a person's opt-out link (`o`), one-click link (`u`), or of the trial."""
    links = wave.links()
    with wave.database.reading() as session:
        this = Invitation.id == wave.people[number]
        public_id = session.scalars(select(Invitation.public_id).where(this)).one()
    urls = {
        "o": links.opt_out_url(public_id, 0),
        "u": links.one_click_url(public_id, 0),
        "try": links.trial_url("hai-xa-2025", "vi"),
    }
    return urls[door].removeprefix(wave.settings.public_url)


def look(page: Page) -> None:
    """Check what holds on every page: accessible, no sideways scrolling, big enough targets."""
    found = Axe().run(page)  # pyright: ignore[reportUnknownMemberType]
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    heights = page.eval_on_selector_all(
        "main button, .button, .language, .choice label, .question input[type=text]",
        "all => all.filter(one => one.offsetParent).map(one => [one.outerHTML, one.offsetHeight])",
    )
    assert [html for html, height in heights if height < TOUCH] == []


def test_opting_out_and_back_fits_a_small_phone(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    page.goto(address + path_of(wave, "o"))
    look(page)
    page.click("main >> role=button[name='Tiếp tục']")
    look(page)
    page.check("#scope-wave")
    page.click("main >> role=button[name='Tiếp tục']")
    look(page)
    page.click("role=button[name='English']")
    look(page)
    page.click("role=button[name='Tiếng Việt']")
    page.click("main >> role=button[name='Ngừng nhận thư']")
    page.wait_for_selector("h1:has-text('Đã ngừng gửi thư')")
    look(page)
    page.click("text=Ngừng cả thư của các đợt sau")
    page.click("main >> role=button[name='Ngừng nhận thư']")
    assert [row["wave"] for row in wave.rows(Suppression)] == ["hai-xa-2025", None]
    page.click("main >> role=button[name='Nhận thư trở lại']")
    look(page)
    page.check("#sure")
    page.click("main >> role=button[name='Nhận thư trở lại']")
    page.wait_for_selector("text=Đã nhận thư trở lại")
    look(page)
    assert all(row["released_at"] for row in wave.rows(Suppression))
    for door in ("o", "u"):
        for language in ("vi", "en"):
            page.goto(f"{address}{path_of(wave, door)}?lang={language}")
            look(page)
    with wave.database.writing() as session:
        for table in (Invitation, Contact):
            session.execute(delete(table).where(table.wave_id == wave.wave))
    page.reload()
    assert page.inner_text("h1") == "Your address has been deleted"
    look(page)


def test_asking_for_the_link_fits_a_small_phone(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    for language in ("vi", "en"):
        page.goto(f"{address}/link?lang={language}")
        look(page)
        page.fill("#address", "khong-co-a-cong")
        page.press("#address", "Enter")
        page.wait_for_selector(".error-summary")
        look(page)
        assert page.input_value("#address") == "khong-co-a-cong"
        page.click(".error-summary a")
        assert page.evaluate("document.activeElement.id") == "address"
        page.fill("#address", "nguoi-0@xa.example")
        page.click("main >> role=button")
        page.wait_for_selector("h2")
        look(page)


def test_the_hidden_field_is_met_by_nobody(phone: BrowserContext, address: str) -> None:
    page = phone.new_page()
    page.goto(f"{address}/link")
    met: list[str] = []
    for _ in range(12):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.name ?? ''"))
    assert "address" in met
    assert "de-trong" not in met


def test_a_trial_fits_a_small_phone_and_records_nothing(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    before = wave.everything()
    page = phone.new_page()
    page.goto(address + path_of(wave, "try"))
    look(page)
    page.check("#consent")
    page.click("text=Bắt đầu trả lời")
    while not page.url.endswith("/review"):
        look(page)
        assert page.is_visible(".trial")
        for name in {one.get_attribute("name") for one in page.query_selector_all("[type=radio]")}:
            page.check(f"[name='{name}'] >> nth=0")
        page.click("main >> role=button[name='Lưu và tiếp tục']")
        page.wait_for_load_state()
    look(page)
    page.click("main >> role=button[name='Gửi phiếu']")
    look(page)
    assert wave.everything() == before
    assert phone.cookies() == []


def test_a_scanner_that_runs_scripts_and_submits_every_form_stops_no_mail(
    browser: Browser, wave: Round, address: str
) -> None:
    """It opens what stands in the letter, lets scripts run, and sends each form it finds."""
    context = browser.new_context()
    page = context.new_page()
    urls = [f"{address}/p/{wave.token()}", *(address + path_of(wave, d) for d in ("o", "u", "try"))]
    for url in urls:
        for way in ("form.submit()", "form.requestSubmit()"):
            page.goto(url)
            forms = page.evaluate("document.forms.length")
            for number in range(forms):
                page.goto(url)
                with page.expect_navigation():
                    page.evaluate(f"{{ const form = document.forms[{number}]; {way} }}")
    context.close()
    assert wave.rows(Suppression) == []
    assert all(row["answered"] == 0 for row in wave.rows(Draft))


def test_a_scanner_undoes_no_opt_out(browser: Browser, wave: Round, address: str) -> None:
    url = address + path_of(wave, "o")
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.check("#scope-all")
    page.click("main >> role=button[name='Tiếp tục']")
    page.click("main >> role=button[name='Ngừng nhận thư']")
    page.goto(url)
    for number in range(page.evaluate("document.forms.length")):
        page.goto(url)
        with page.expect_navigation():
            page.evaluate(f"document.forms[{number}].requestSubmit()")
    context.close()
    (row,) = wave.rows(Suppression)
    assert (row["wave"], row["released_at"]) == (None, None)
