"""What the page's script does in the place of whole pages: a second tap, news, drafts, and the way back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from bot.page.live import Live
from tests.browser.conftest import DESKTOP, resize
from tests.browser.test_accessible import SIZES, Town, at_rest, reads, town, until, visit
from tests.incidents.scene import SIX

__all__ = ["town"]
pytestmark = pytest.mark.browser

PIXEL = 1  # a browser rounds to its own pixels: what one cannot see is no move
WRITE = """
    const form = document.getElementById("skriv"), fields = new URLSearchParams(new FormData(form));
    fields.set("text", arguments[0]);
    fetch("/gor", {method: "POST", body: fields}).then(arguments[1]);
"""
ELSEWHERE = """
    const form = document.querySelector(".sheet"), fields = new URLSearchParams();
    fields.set("csrf", form.elements.csrf.value);
    fields.set(arguments[0], arguments[1]);
    fetch(form.getAttribute("action"), {method: "POST", body: fields}).then(arguments[2]);
"""


def test_a_second_tap_is_the_same(driver: webdriver.Chrome, town: Town) -> None:
    """Whoever taps twice begins the town once, and is in it."""
    driver.get(f"{town.address}/sida.svg")
    driver.delete_all_cookies()
    driver.get(f"{town.address}{town.alone.founding()}")
    driver.find_element(By.ID, "town").send_keys("Dubbelstad")
    driver.find_element(By.ID, "name").send_keys("Doris")
    ActionChains(driver).double_click(driver.find_element(By.CSS_SELECTOR, "main button")).perform()
    until(driver, lambda: "/samtal" in driver.current_url)
    reads(driver, "Jag lovar")


def test_news_leave_what_one_is_at(driver: webdriver.Chrome, town: Town) -> None:
    """A message that comes in shows below; what has the focus keeps it, and what was unfolded stays so."""
    visit(driver, town, "conversation-coordinator")
    button = driver.find_element(By.CSS_SELECTOR, "#flode .act button")
    driver.execute_script("arguments[0].focus(); arguments[0].dataset.unfolded = 'yes'", button)
    before = len(driver.find_elements(By.CSS_SELECTOR, "#flode article"))
    driver.execute_async_script(WRITE, "/ring")
    until(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, "#flode article")) > before)
    assert driver.switch_to.active_element == button
    assert button.get_attribute("data-unfolded") == "yes"
    newest = driver.find_elements(By.ID, "sist")
    assert len(newest) == 1
    assert "112" in newest[0].text


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_news_leave_the_field_one_writes_in(driver: webdriver.Chrome, town: Town, size: str) -> None:
    """A message that comes in while one writes leaves the field in the window, with its text and the focus."""
    resize(driver, *SIZES[size])
    visit(driver, town, "conversation-coordinator")
    field = driver.find_element(By.ID, "text")
    field.send_keys("Jag tänker på det som")
    before, there = top_of(driver, field), len(driver.find_elements(By.CSS_SELECTOR, "#flode article"))
    driver.execute_async_script(WRITE, "/ring")
    until(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, "#flode article")) > there)
    moved = abs(top_of(driver, field) - before)
    inside = driver.execute_script(
        "const r = arguments[0].getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight", field
    )
    field.send_keys(" du sa")
    driver.execute_script("sessionStorage.clear()")
    resize(driver, *DESKTOP)
    assert moved < PIXEL
    assert inside
    assert driver.switch_to.active_element == field
    assert field.get_attribute("value") == "Jag tänker på det som du sa"


def test_news_before_the_line_is_open(driver: webdriver.Chrome, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that comes after the page, but before the line that tells of news, shows once the line is open."""
    opened, waiting = threading.Event(), Live.waiting

    @asynccontextmanager
    async def late(live: Live, chats: Collection[str]) -> AsyncIterator[asyncio.Event]:
        await asyncio.to_thread(opened.wait)
        async with waiting(live, chats) as changed:
            yield changed

    monkeypatch.setattr(Live, "waiting", late)
    visit(driver, town, "conversation-coordinator")
    before = driver.find_elements(By.CSS_SELECTOR, "#flode article")
    driver.execute_async_script(WRITE, "/ring")
    unseen = driver.find_elements(By.CSS_SELECTOR, "#flode article")
    opened.set()
    until(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, "#flode article")) > len(before))
    assert len(unseen) == len(before)


def test_one_goes_on_at_the_answer(driver: webdriver.Chrome, town: Town) -> None:
    """After something was sent in place the keyboard is at the bot's newest message, not at the top of the page."""
    visit(driver, town, "conversation")
    driver.find_element(By.ID, "text").send_keys("/ring")
    driver.find_element(By.CSS_SELECTOR, "#skriv button").click()
    until(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "sist")


def test_what_is_wrong_is_seen(driver: webdriver.Chrome, town: Town) -> None:
    """On a phone the words of a long question are out of sight at its last buttons: what they say anew is brought into
    view, and a tick, which leaves them as they are, moves nothing."""
    resize(driver, *SIZES["phone"])
    visit(driver, town, "conversation")
    driver.execute_async_script(WRITE, "/incident")
    for words, label in (("När hände det?", "Nu"), ("Vad tror du", "Klar"), ("Kryssa i minst ett", "☐"), ("☑", "☐")):
        reads(driver, words)
        at_rest(driver)
        assert newest_top(driver) > -PIXEL
        buttons = driver.find_elements(By.CSS_SELECTOR, "#sist button")
        button = next(one for one in buttons if one.text.startswith(label))
        driver.execute_script("arguments[0].scrollIntoView({block: 'start'})", button)
        before = newest_top(driver)
        button.click()
    until(driver, lambda: driver.find_element(By.ID, "sist").text.count("☑") == 2)
    at_rest(driver)
    after = newest_top(driver)
    resize(driver, *DESKTOP)
    assert before < 0
    assert abs(after - before) < PIXEL


def top_of(driver: webdriver.Chrome, part: WebElement) -> float:
    """Where something begins, in pixels below the top of the window."""
    return float(driver.execute_script("return arguments[0].getBoundingClientRect().top", part))


def newest_top(driver: webdriver.Chrome) -> float:
    """Where the newest message begins."""
    return top_of(driver, driver.find_element(By.ID, "sist"))


def test_back_from_a_form_that_came_back(driver: webdriver.Chrome, town: Town) -> None:
    """What was to be seen over is told in place: one step back leads to where one came from, not to a warning."""
    visit(driver, town, "home")
    driver.get(f"{town.address}{town.places['exercise'].path}")
    driver.find_element(By.NAME, "done").click()
    reads(driver, "behöver ses över")
    until(driver, lambda: driver.execute_script("return scrollY") < PIXEL)
    driver.back()
    reads(driver, "Det som väntar på dig")


def test_no_draft_for_whoever_is_next(driver: webdriver.Chrome, town: Town) -> None:
    """A text that was begun is there again after a reload, and gone with its author, who has logged out."""
    visit(driver, town, "not-yet")
    driver.get(f"{town.address}/samtal")
    driver.find_element(By.ID, "text").send_keys("Till mig själv")
    driver.refresh()
    assert driver.find_element(By.ID, "text").get_attribute("value") == "Till mig själv"
    driver.get(f"{town.address}/konto")
    driver.find_elements(By.CSS_SELECTOR, ".sign-ins button")[0].click()
    reads(driver, "Vill du logga ut?")  # there is no other way back in
    driver.find_element(By.CSS_SELECTOR, "button.danger").click()
    reads(driver, "Kom in")
    assert driver.execute_script("return sessionStorage.length") == 0


def saved(driver: webdriver.Chrome) -> None:
    """Wait until the sheet says that it is saved, and has nothing more to save: slow typing is saved more than once."""
    until(driver, lambda: driver.execute_script("return unsaved === null && changed.size === 0"))
    until(driver, lambda: "✓ Sparat" in driver.find_element(By.ID, "sparat").text)


def test_saved_as_one_goes(driver: webdriver.Chrome, town: Town) -> None:
    """A tick is saved; without a network that is said, and it is saved once there is one."""
    visit(driver, town, "exercise")
    driver.find_elements(By.CSS_SELECTOR, "input[type=radio]")[1].click()
    saved(driver)
    driver.execute_script("window.net = window.fetch; window.fetch = () => Promise.reject(new TypeError())")
    driver.find_elements(By.CSS_SELECTOR, "input[type=radio]")[0].click()
    until(driver, lambda: "Inte sparat än" in driver.find_element(By.ID, "sparat").text)
    driver.execute_script("window.fetch = window.net; dispatchEvent(new Event('online'))")
    saved(driver)
    driver.refresh()
    assert driver.find_elements(By.CSS_SELECTOR, "input[type=radio]")[0].is_selected()


def test_emptied_as_one_goes(driver: webdriver.Chrome, town: Town) -> None:
    """A comment that was saved and is then taken away in the same page is gone when one comes back."""
    visit(driver, town, "exercise")
    answer = driver.find_elements(By.CSS_SELECTOR, "#f3 input[type=radio]")[0]
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", answer)  # out from under what is held below
    answer.click()
    saved(driver)
    for keys in ("Ett ord", Keys.BACKSPACE * 7):
        driver.execute_script("document.getElementById('sparat').textContent = ''")
        driver.find_element(By.CSS_SELECTOR, "#f3 textarea").send_keys(keys)
        saved(driver)
    driver.refresh()
    assert driver.find_elements(By.CSS_SELECTOR, "#f3 input[type=radio]")[0].is_selected()
    assert driver.find_element(By.CSS_SELECTOR, "#f3 textarea").get_attribute("value") == ""


def test_a_cry_as_one_goes(driver: webdriver.Chrome, town: Town) -> None:
    """A cry is answered as soon as it is written, at the top and where one looks; it stands in its field."""
    visit(driver, town, "exercise")
    field = driver.find_element(By.CSS_SELECTOR, "#f4 textarea")
    field.send_keys("hjälp, min man slår mig")
    until(driver, lambda: "Ring 112" in driver.find_element(By.ID, "sparat").text)
    assert "Kvinnofridslinjen" in driver.find_element(By.ID, "omsorg").text
    assert driver.switch_to.active_element == field
    assert field.get_attribute("value") == "hjälp, min man slår mig"
    field.send_keys(Keys.BACKSPACE * 30)
    saved(driver)
    assert "Kvinnofridslinjen" in driver.find_element(By.ID, "omsorg").text, "where to turn stays"


def test_what_another_window_answered_stands(driver: webdriver.Chrome, town: Town) -> None:
    """Only what was changed here is sent: what was answered elsewhere meanwhile is not taken back."""
    visit(driver, town, "exercise")
    first, second = (driver.find_elements(By.CSS_SELECTOR, f"#f{n} input[type=radio]") for n in (1, 2))
    first[1].click()
    saved(driver)
    other = first[0]
    driver.execute_async_script(ELSEWHERE, other.get_attribute("name"), other.get_attribute("value"))
    driver.execute_script("document.getElementById('sparat').textContent = ''")
    second[0].click()
    saved(driver)
    driver.refresh()
    first, second = (driver.find_elements(By.CSS_SELECTOR, f"#f{n} input[type=radio]") for n in (1, 2))
    assert first[0].is_selected()
    assert second[0].is_selected()


def test_what_another_window_changed_too(driver: webdriver.Chrome, town: Town) -> None:
    """It stands, and the person is told; with a tap they see both, and with one more theirs holds."""
    visit(driver, town, "exercise")
    options = driver.find_elements(By.CSS_SELECTOR, "#f5 input[type=radio]")
    theirs, mine = [one for one in options if not one.is_selected()][:2]
    driver.execute_async_script(ELSEWHERE, theirs.get_attribute("name"), theirs.get_attribute("value"))
    mine_now = f"input[name='{mine.get_attribute('name')}'][value='{mine.get_attribute('value')}']"
    driver.execute_script(
        "arguments[0].checked = true; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))", mine
    )
    until(driver, lambda: "behöver ses över" in driver.find_element(By.ID, "sparat").text)
    driver.find_element(By.NAME, "keep").click()
    reads(driver, "har svaret ändrats")
    assert driver.find_element(By.CSS_SELECTOR, mine_now).is_selected()
    driver.find_element(By.NAME, "keep").click()
    saved(driver)
    driver.refresh()
    assert driver.find_element(By.CSS_SELECTOR, mine_now).is_selected()


def test_what_was_handed_in_meanwhile(driver: webdriver.Chrome, town: Town) -> None:
    """A sheet that was handed in from another window says so at the next tick, and not nothing."""
    visit(driver, town, "exercise")
    fields = driver.find_elements(By.CSS_SELECTOR, ".sheet fieldset")
    for field in fields:
        answer = field.find_element(By.CSS_SELECTOR, "input[type=radio]")
        driver.execute_async_script(ELSEWHERE, answer.get_attribute("name"), answer.get_attribute("value"))
    driver.execute_async_script(ELSEWHERE, "done", "1")
    answer = fields[0].find_elements(By.CSS_SELECTOR, "input[type=radio]")[1]
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", answer)
    answer.click()
    until(driver, lambda: "Svaren är inlämnade" in driver.find_element(By.ID, "sparat").text)


def tap(driver: webdriver.Chrome, label: str) -> bool:
    """Tap the button of the newest message that says just this, but for an arrow; False if there is none (yet)."""
    buttons = driver.find_elements(By.CSS_SELECTOR, "#sist button")
    found = [one for one in buttons if one.text.rstrip(" \u203a") == label]
    for button in found[:1]:
        button.click()
    return bool(found)


def test_emptied(driver: webdriver.Chrome, town: Town) -> None:
    """Whoever logs and then writes /dolj sees in numbers that all is gone, also in another window that is open; after
    a reload there is nothing to read, and nothing of the incident to tap."""
    visit(driver, town, "conversation-coordinator")
    driver.execute_async_script(WRITE, "/incident")
    for label in SIX:
        until(driver, lambda label=label: tap(driver, label))  # type: ignore[misc]
        at_rest(driver)
    reads(driver, "✓ Sparat. Kvitto")
    at_rest(driver)
    here = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        driver.get(f"{town.address}/samtal")
        reads(driver, "✓ Sparat. Kvitto")
        other = driver.current_window_handle
        driver.switch_to.window(here)
        driver.find_element(By.ID, "text").send_keys("/dolj")
        driver.find_element(By.CSS_SELECTOR, "#skriv button").click()
        until(driver, lambda: "meddelanden är borta" in driver.find_element(By.CSS_SELECTOR, "[role=status]").text)
        until(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#flode article"))
        driver.switch_to.window(other)
        until(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#flode article"))
    finally:
        driver.switch_to.window(driver.window_handles[-1])
        driver.close()
        driver.switch_to.window(here)
    driver.refresh()
    reads(driver, "Här är det tomt än så länge.")
    assert not driver.find_elements(By.CSS_SELECTOR, "#flode article, #flode button")
