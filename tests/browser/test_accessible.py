"""Everybody can use the page in the browser: axe-core finds nothing, and keyboard, zoom and no script are enough.

With `STADSBOT_SCREENSHOTS=<folder>` a picture of every page at each size is left there.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from bot.context.context import Context
from bot.context.sealed_actions import Action, private_scope
from bot.features.outsiders import event_link
from flows.enums import ExerciseRole
from tests.browser.conftest import on_a_thread, resize
from tests.browser.town_page import PATIENCE, unless_replaced
from tests.page.conftest import OnThePage, without_telegram
from tests.page.reader import ADDRESS, Browser
from tests.page.test_alone import invited, join

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desktop": (1400, 900)}
RUN = "const [tags, done] = arguments; axe.run(document, {runOnly: tags}).then((found) => done(found.violations))"

WIDE = """const wide = (e) => e.getBoundingClientRect().right > innerWidth + 1;
return [...document.querySelectorAll("body *")].filter(wide).map((e) => e.outerHTML.slice(0, 120))"""


@dataclass(frozen=True, slots=True)
class Place:
    """A page in a state: whose browser it is (the secret of its cookie), and where."""

    secret: str
    path: str
    reads: str  # stands there


class Town:
    """A town on the page alone; what is looked at there, by name."""

    def __init__(self, alone: OnThePage) -> None:
        self.alone, self.address = alone, alone.page.address
        self.places: dict[str, Place] = {}

    def note(self, name: str, browser: Browser | None, path: str, reads: str) -> None:
        """Somebody (None: nobody who is known) sees this there."""
        self.places[name] = Place(browser.cookie if browser else "", path, reads)


async def poster(alone: OnThePage, alva: Browser) -> str:
    """The link to an event that the group has begun to prepare."""
    bot, exercise = alone.bot, alone.bot.services.process.with_role(ExerciseRole.EVENT).id
    async with bot.store.work() as work:
        (group,) = await work.groups.all_active()
        alvas = next(m for m in await work.members.of_group(group.id) if m.name == "Alva")
        person = await work.people.get(alvas.person_id)
        steps = tuple(range(6))
        await work.groups.update(group.id, settings=replace(group.settings, steps=steps))
    view = bot.services.buttons.seal(private_scope(person), Action("view", 0, group.id, exercise))
    await alva.open("/samtal")
    form = alva.form("Skicka")
    async with alva.client.post("/gor", data={**form.fields, "action": view}) as answer:
        await alva.read(answer)
    await alva.press("Sätt i gång")
    async with bot.store.work() as work:
        ctx = Context(bot.services, work, alone.clock.now)
        address = await event_link.address(ctx, await work.groups.get(group.id))
    assert address is not None
    return address.removeprefix(ADDRESS)


async def lived_in(alone: OnThePage) -> Town:
    """A town in the midst of things: one exercise shown, one open, somebody waiting to be let in."""
    alone.page.asking.mail = True  # the forms for addresses are there
    town, alva = Town(alone), await alone.founded()
    await join(alva, "Alva")
    bo = await invited(alone, alva, "Bo")
    cia = await invited(alone, alva, "Cia")
    await alva.write("/steg")
    await alva.press("Nästa: Engagemang")
    await alva.press("Sätt i gång")
    for browser in (alva, bo, cia):
        await browser.open("/samtal")
        await browser.press("Börja")
        for _ in range(7):
            await browser.press("Ja")
        await browser.press("Lämna in")
    await alva.write("/steg")
    await alva.press("Nästa: Riktning")
    await alva.press("Sätt i gång")
    await bo.write("/mina_uppgifter")
    await bo.press("Få allt som fil")
    await bo.write("/svara")
    await alva.write("/start")
    await alva.press("Bjud in till webbsidan")
    links = re.findall(r"/l/[\w-]+", alva.text)
    dana = alone.page.browser()
    await dana.open(links[-1])
    await dana.press("Be att få", name="Dana")
    await alva.write("/start")
    await alva.press("Bjud in till webbsidan")
    fresh = re.findall(r"/l/[\w-]+", alva.text)[-1]
    await cia.write("/sidan")
    signing = f"/l/{cia.form('Logga in').fields['follow']}"
    await alva.write("/skydd")
    await alva.press("Länkar för jobbets datorer")
    await alva.press("Gör en ny länk")
    await alva.press("Välj vem som ska läsa")
    await alva.press("☐ Bo")
    await alva.write("/skydd")
    await alva.press("Länkar för jobbets datorer")
    await alva.press("Gör en ny länk")
    device = re.findall(r"/l/[\w-]+", alva.text)[-1]
    await bo.open("/")
    group, exercise = bo.links["Exempelstad"].partition("#")[0], bo.links["Riktning"]
    town.note("welcome", None, "/", "Kom in")
    town.note("founding", None, alone.founding(), "Börja i er stad")
    town.note("way-back", None, alone.way_back(), "Välkommen tillbaka")
    town.note("seat", None, fresh, "Kom in i gruppen")
    town.note("sign-in", None, signing, "Logga in")
    town.note("no-link", None, "/l/nonsense", "fungerar inte")
    town.note("ended", None, links[-1], "gäller inte längre")
    town.note("gone", bo, "/grupp/nonsense", "Sidan finns inte")
    town.note("statement", None, "/tillganglighet", "WCAG")
    town.note("ring", bo, "/ring", "Råd och stöd")
    town.note("not-yet", dana, "/", "inte med än")
    town.note("home", bo, "/", "väntar")
    town.note("home-coordinator", alva, "/", "väntar")
    town.note("conversation", bo, "/samtal", "Skicka")
    town.note("conversation-coordinator", alva, "/samtal", "Skicka")
    town.note("group", bo, group, "så här svarade ni")
    town.note("exercise", bo, exercise, "Lämna in")
    town.note("device", None, device, "Logga en händelse")
    town.note("account", bo, "/konto", "Logga ut")
    town.note("documents", bo, "/dokument", "Kartläggning")
    town.note("calendar", bo, "/kalender", "Kalender")
    town.note("poster", None, await poster(alone, alva), "Kommer du?")
    return town


@pytest.fixture(scope="module")
def town(driver: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, which goes on while the tests look at it."""
    made: list[Town] = []

    async def door(stop: asyncio.Event, opened: Callable[[str], None]) -> None:
        async with without_telegram(tmp_path_factory.mktemp("page")) as alone:
            made.append(await lived_in(alone))
            opened(alone.page.address)
            await stop.wait()

    with on_a_thread(door):
        yield made[0]
        driver.get("about:blank")


def visit(driver: webdriver.Chrome, town: Town, name: str) -> None:
    """Open a page as the one whose it is."""
    place = town.places[name]
    driver.get(f"{town.address}/sida.svg")
    driver.delete_all_cookies()
    if place.secret:
        driver.add_cookie({"name": "stad", "value": place.secret, "path": "/"})
    driver.get(f"{town.address}{place.path}")
    assert place.reads in driver.find_element(By.TAG_NAME, "main").text, name


def until(driver: webdriver.Chrome, look: Callable[[], object]) -> None:
    """Look again until it holds, on a slow machine too; what is looked at may be replaced meanwhile."""
    WebDriverWait(driver, PATIENCE).until(lambda _: unless_replaced(look))


def reads(driver: webdriver.Chrome, text: str) -> None:
    """Wait until this stands on the page."""
    until(driver, lambda: text in driver.find_element(By.TAG_NAME, "main").text)


def at_rest(driver: webdriver.Chrome) -> None:
    """Wait until all that was sent in place is answered."""
    until(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "[aria-busy]"))


def show(driver: webdriver.Chrome, scheme: str) -> None:
    """Dark or light, with nothing that moves."""
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def faults(driver: webdriver.Chrome) -> list[str]:
    """What axe-core finds on the page, each with the element's HTML."""
    driver.execute_script(AXE)
    found = driver.execute_async_script(RUN, RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def keep(driver: webdriver.Chrome, name: str) -> None:
    """Leave a picture of the whole page, if a folder is named for it."""
    if folder := os.environ.get("STADSBOT_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing(driver: webdriver.Chrome, town: Town, size: str, scheme: str) -> None:
    """Each page, in each of its states, at each size, light and dark; and nothing is wider than the window."""
    resize(driver, *SIZES[size])
    show(driver, scheme)
    found = {}
    for name in town.places:
        visit(driver, town, name)
        found[name] = faults(driver)
        if driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the window")
        keep(driver, f"{name}-{size}-{scheme}")
    assert {name: told for name, told in found.items() if told} == {}


def test_a_device_at_work(driver: webdriver.Chrome, town: Town) -> None:
    """With the keyboard alone: a kind, and saved; what lacks is told at its question. Both pages are fit for all."""
    resize(driver, *SIZES["phone"])
    visit(driver, town, "device")
    driver.find_element(By.CSS_SELECTOR, "main form button").send_keys(Keys.ENTER)
    reads(driver, "behöver ses över")
    assert faults(driver) == []
    driver.find_element(By.CSS_SELECTOR, "input[type=checkbox]").send_keys(Keys.SPACE)
    driver.find_element(By.CSS_SELECTOR, "main form button").send_keys(Keys.ENTER)
    reads(driver, "Kvitto")
    assert faults(driver) == []
    keep(driver, "device-saved")


def test_a_device_without_a_network(driver: webdriver.Chrome, town: Town) -> None:
    """Offline it says at once that nothing is sent, and whom to ring; what is ticked goes with the next tap."""
    resize(driver, *SIZES["phone"])
    visit(driver, town, "device")
    driver.find_element(By.CSS_SELECTOR, "input[type=checkbox]").send_keys(Keys.SPACE)
    network = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **network})
    driver.find_element(By.CSS_SELECTOR, "main form button").send_keys(Keys.ENTER)
    reads(driver, "Inget är skickat")
    assert "Ring 112" in driver.find_element(By.ID, "olast").text
    assert driver.find_element(By.CSS_SELECTOR, "input[type=checkbox]").is_selected()
    assert faults(driver) == []
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, **network})
    driver.find_element(By.CSS_SELECTOR, "main form button").send_keys(Keys.ENTER)
    reads(driver, "Kvitto")
    driver.get_log("browser")  # type: ignore[no-untyped-call]  # it tells of no network


def test_the_poster(driver: webdriver.Chrome, town: Town) -> None:
    """With the keyboard alone: a name, an answer by the arrows, and a thank-you; both pages are fit for all."""
    resize(driver, *SIZES["phone"])
    visit(driver, town, "poster")
    driver.find_element(By.NAME, "name").send_keys("Greta Gäst")
    driver.find_element(By.CSS_SELECTOR, "input[type=radio]").send_keys(Keys.SPACE)
    driver.find_element(By.CSS_SELECTOR, "input[type=radio]").send_keys(Keys.ARROW_DOWN)
    driver.find_element(By.NAME, "name").send_keys(Keys.ENTER)
    reads(driver, "Tack!")
    assert faults(driver) == []
    keep(driver, "poster-done")
    driver.find_element(By.LINK_TEXT, "Ändra mitt svar").click()
    until(driver, lambda: driver.find_element(By.CSS_SELECTOR, "input[value=maybe]").is_selected())
    assert faults(driver) == []


def test_signing_out_by_a_slip(driver: webdriver.Chrome, town: Town) -> None:
    """Who has no other way back in is asked first, on a page that is fit for all, and can stay."""
    resize(driver, *SIZES["phone"])
    visit(driver, town, "account")
    driver.find_element(By.CSS_SELECTOR, ".sign-ins button").send_keys(Keys.ENTER)
    reads(driver, "Vill du logga ut?")
    assert faults(driver) == []
    keep(driver, "sign-out")
    driver.find_element(By.LINK_TEXT, "Stanna kvar").click()
    reads(driver, "Logga ut")


def test_axe_would_find_something(driver: webdriver.Chrome, town: Town) -> None:
    """The rules are at work: a button without a name and one that is too small to tap are found."""
    visit(driver, town, "account")
    driver.execute_script("""
        document.querySelector("main").insertAdjacentHTML("beforeend", "<p><button></button><i>a</i><i>b</i></p>");
        for (const i of document.querySelectorAll("i")) {
            const button = document.createElement("button");
            button.textContent = i.textContent;
            button.style = "width: 9px; height: 9px; min-height: 0; padding: 0";
            i.replaceWith(button);
        }
    """)
    told = " ".join(faults(driver))
    assert "button-name" in told
    assert "target-size" in told


def test_four_hundred_percent(driver: webdriver.Chrome, town: Town) -> None:
    """A window of 1280 px at 400 % is one of 320: all is there, and one scrolls in one direction only (WCAG 1.4.10)."""
    resize(driver, 320, 256)
    for name in town.places:
        visit(driver, town, name)
        wide = driver.execute_script(WIDE)
        assert wide == [], name


def test_keyboard_alone(driver: webdriver.Chrome, town: Town) -> None:
    """Past the menu with the first key, from field to field, an answer by the arrows, and saved with Enter."""
    resize(driver, *SIZES["desktop"])
    visit(driver, town, "exercise")
    driver.switch_to.active_element.send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "Hoppa till innehållet"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    seen: list[str] = []
    for _ in range(80):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        here = driver.switch_to.active_element
        assert driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", here) != "none", seen
        seen.append(str(here.get_attribute("name")))
        if here.get_attribute("name") == "keep":
            break
    assert seen[-1] == "keep", seen
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    reads(driver, "✓ Sparat")


def test_script_blocked(driver: webdriver.Chrome, town: Town) -> None:
    """Without script a form comes back with what is missing, told at its question; that page is fit for all, too."""
    resize(driver, *SIZES["phone"])
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visit(driver, town, "exercise")
        driver.find_element(By.CSS_SELECTOR, "input[type=radio]").click()
        driver.find_element(By.NAME, "done").click()
        until(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "[role=alert]"))
        told = driver.find_element(By.CSS_SELECTOR, "[role=alert]").text
        assert "behöver ses över" in told
        assert driver.find_element(By.CSS_SELECTOR, "input[type=radio]").is_selected()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert faults(driver) == []
    keep(driver, "exercise-troubled")


def test_a_code_is_asked_for(driver: webdriver.Chrome, town: Town) -> None:
    """What is sensitive asks for a code in place; the field has the focus, and a wrong one is told at it."""
    resize(driver, *SIZES["phone"])
    town.alone.clock.wind(minutes=16)
    visit(driver, town, "conversation-coordinator")
    driver.find_element(By.ID, "text").send_keys("/skydd")
    driver.find_element(By.CSS_SELECTOR, "#skriv button").click()
    radera = (By.XPATH, "//button[starts-with(normalize-space(), 'Radera gruppen')]")
    until(driver, lambda: driver.find_elements(*radera))
    driver.find_elements(*radera)[-1].click()
    until(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "code")
    assert "/samtal" in driver.current_url, "what is sent for in place has no address of its own"
    log = driver.get_log("browser")  # type: ignore[no-untyped-call]
    assert [one for one in log if one["source"] == "javascript"] == []
    assert faults(driver) == []
    keep(driver, "code")
    driver.switch_to.active_element.send_keys("12", Keys.ENTER)
    until(driver, lambda: driver.find_elements(By.ID, "fel"))
    assert faults(driver) == []
    keep(driver, "code-wrong")
