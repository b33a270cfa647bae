"""A real browser on a small phone: keyboard, back button, resume, accessibility, no script."""

import re
import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from rounds import CITIZEN, Person, Round, open_round

from survey_service.store.database import Database
from survey_service.store.tables import Ballot, Response
from survey_service.web.app import create_app
from survey_service.web.serving import serving

PHONE = {"width": 320, "height": 640}
TOUCH = 44
NEXT = "main >> role=button[name='Lưu và tiếp tục']"

pytestmark = pytest.mark.browser


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


@pytest.fixture
def phone(browser: Browser) -> Generator[BrowserContext]:
    # axe itself is a script, injected by the test; the pages have none.
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="vi-VN")  # pyright: ignore[reportArgumentType]
    yield context
    context.close()


def look(page: Page) -> None:
    """Check what holds on every page: accessible, no sideways scrolling, big enough targets."""
    found = Axe().run(page)  # pyright: ignore[reportUnknownMemberType]
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    targets = "main button, .button, .language, .choice label, input[type=text], textarea"
    heights = page.eval_on_selector_all(
        targets,
        "all => all.filter(one => one.offsetParent).map(one => [one.outerHTML, one.offsetHeight])",
    )
    small = [html for html, height in heights if height < TOUCH]
    assert small == []


def begin(page: Page, address: str, token: str) -> None:
    page.goto(f"{address}/p/{token}")
    page.check("#consent")
    page.click("text=Bắt đầu trả lời")


def test_every_page_is_accessible_and_fits_a_small_phone(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    token = wave.token(1)
    for path in ("/", "/nowhere", "/p/unknown", f"/p/{token}", f"/p/{token}/decline"):
        for language in ("vi", "en"):
            page.goto(f"{address}{path}?lang={language}")
            look(page)
    page.goto(f"{address}/p/{token}")
    page.click("text=Bắt đầu trả lời")
    look(page)
    page.check("#consent")
    page.click("text=Bắt đầu trả lời")
    look(page)
    page.click(NEXT)
    look(page)
    page.click("role=button[name='English']")
    look(page)
    page.click("main >> text=Save and go on")
    page.click("text=Leave these blank and go on")
    look(page)
    page.goto(f"{address}/p/{token}/1")
    page.check("[name='q-S3'][value='5']")
    page.click("text=Lưu lại, trả lời sau")
    look(page)
    page.goto(f"{address}/p/{token}/review")
    look(page)
    page.click("main >> role=button[name='Gửi phiếu']")
    look(page)
    code = page.inner_text(".receipt-code")
    page.click("role=button[name='English']")
    assert page.inner_text(".receipt-code") == code
    look(page)
    page.goto(f"{address}/p/{token}")
    look(page)
    page.fill("#code", code)
    page.click("text=Xem phiếu của tôi")
    look(page)
    page.click("main >> role=button[name='Sửa phiếu']")
    look(page)
    page.click(".review-edit a")
    look(page)
    page.goto(f"{address}/p/{token}")
    page.fill("#code", code)
    page.click("text=Xem phiếu của tôi")
    page.click("main >> role=button[name='Rút phiếu']")
    look(page)
    page.click("role=button[name='English']")
    look(page)
    page.click("text=Withdraw it and delete my answers")
    look(page)
    for state in ("closed", "cancelled", "draft", "frozen", "published"):
        wave.change_wave(state=state)
        page.goto(f"{address}/p/{wave.token(0)}")
        look(page)


def press_until(page: Page, key: str, selector: str, most: int = 60) -> None:
    """Press a key until the wanted element has the focus."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} cannot be reached with {key}")


def test_the_whole_form_can_be_answered_with_the_keyboard_alone(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    page.goto(f"{address}/p/{wave.token()}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    press_until(page, "Tab", "#consent")
    page.keyboard.press("Space")
    press_until(page, "Tab", "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/1")
    for item in ("S1", "S2"):
        press_until(page, "Tab", f"[name=q-{item}]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    press_until(page, "Tab", "main button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2")
    press_until(page, "Tab", "#unfamiliar")
    page.keyboard.press("Space")
    assert not page.is_visible("[name='q-S1'] >> nth=0")
    press_until(page, "Tab", "main button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/3")
    press_until(page, "Tab", "textarea")
    page.keyboard.type("Mong xã làm nhanh hơn.")
    press_until(page, "Tab", "main button[value=next]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    press_until(page, "Tab", "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".receipt-code")
    (response,) = wave.rows(Response)
    assert response["texts"][0]["text"] == "Mong xã làm nhanh hơn."


def test_enter_in_a_field_saves_the_page_and_keeps_the_language(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    begin(page, address, wave.token(1))
    page.fill("#q-SO-LAN", "3")
    page.press("#q-SO-LAN", "Enter")
    page.wait_for_selector(".error-summary")
    assert page.get_attribute("html", "lang") == "vi"
    assert page.input_value("#q-SO-LAN") == "3"


def test_the_summary_leads_to_the_question(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    begin(page, address, wave.token())
    page.click(NEXT)
    assert page.title().startswith("Cần xem lại:")
    page.click(".error-summary a >> nth=1")
    assert page.evaluate("document.activeElement.name") == "q-S2"


def test_back_reload_and_a_second_device_lose_nothing(
    browser: Browser, phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    token = wave.token()
    begin(page, address, token)
    page.check("[name='q-S1'][value='5']")
    page.check("[name='q-S2'][value='dk']")
    page.click(NEXT)
    page.wait_for_url("**/2")
    page.go_back()
    assert page.is_checked("[name='q-S1'][value='5']")
    page.click(NEXT)
    page.wait_for_url("**/2")
    page.reload()
    other = browser.new_context(java_script_enabled=False)
    computer = other.new_page()
    computer.goto(f"{address}/p/{token}")
    computer.click("text=Trả lời tiếp")
    assert computer.url.endswith("/2")
    computer.goto(f"{address}/p/{token}/1")
    assert computer.is_checked("[name='q-S2'][value='dk']")
    computer.goto(f"{address}/p/{token}/2")
    computer.check("#unfamiliar")
    computer.click(NEXT)
    computer.click(NEXT)
    computer.dblclick("main >> role=button[name='Gửi phiếu']")
    code = computer.inner_text(".receipt-code")
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}", code)
    computer.go_back()
    assert "Đã nhận phiếu" in computer.inner_text("main")
    other.close()
    page.click(NEXT)
    assert "Đã nhận phiếu" in page.inner_text("main")
    assert len(wave.rows(Response)) == 1
    assert len(wave.rows(Ballot)) == 2


def test_a_sent_form_is_corrected_and_withdrawn_without_scripts(
    browser: Browser, wave: Round, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    token = wave.token()
    begin(page, address, token)
    for item in ("S1", "S2"):
        page.check(f"[name='q-{item}'][value='5']")
    page.click(NEXT)
    page.goto(f"{address}/p/{token}/review")
    page.click("main >> role=button[name='Gửi phiếu']")
    code = page.inner_text(".receipt-code")
    wave.change_wave(state="closed")

    def rights() -> None:
        page.goto(f"{address}/p/{token}")
        page.fill("#code", code)
        page.click("text=Xem phiếu của tôi")

    rights()
    page.dblclick("main >> role=button[name='Sửa phiếu']")
    page.click(".review-edit a >> nth=0")
    page.check("[name='q-S1'][value='2']")
    page.click(NEXT)
    page.dblclick("role=button[name='Gửi phiếu đã sửa']")
    assert page.inner_text(".receipt-code") == code
    page.go_back()
    assert "Đã nhận phiếu" in page.inner_text("main")
    rights()
    assert "Không hài lòng" in page.inner_text("main")
    page.click("main >> role=button[name='Rút phiếu']")
    page.click("text=Không, giữ phiếu")
    page.click("main >> role=button[name='Rút phiếu']")
    page.dblclick("text=Rút phiếu và xóa các câu trả lời")
    page.wait_for_selector("h1:has-text('Đã rút phiếu')")
    assert (wave.rows(Response), wave.rows(Ballot)) == ([], [])
    context.close()


def test_the_policy_lets_the_page_show_itself_and_nothing_else(
    phone: BrowserContext, wave: Round, address: str
) -> None:
    page = phone.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    begin(page, address, wave.token())
    assert all(url.startswith(address) for url in asked)
    assert complaints == []
    assert phone.cookies() == []
    masthead = page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
    assert masthead == "rgb(20, 55, 94)"
