"""A browser, and a small town on a server of its own for every test."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from bot.demo import snapshot
from bot.demo.serve import play
from bot.sandbox.http import serve
from bot.sandbox.sandbox import Sandbox
from tests.browser.scripted_bot import ScriptedBot
from tests.browser.town_page import PLENTY, TownPage

DESKTOP = (1400, 900)
SPEED = 10  # seconds of the demo's clock to one of ours
MONDAY = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
PEOPLE = (("Amira", "Lind"), ("Björn", "Ek"), ("Cecilia", "Stål"), ("Dragan", "Petrović"))
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Debian's Chromium with a fresh profile. Every test has its own server, thus its own origin and storage."""
    browser, chauffeur = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not chauffeur:
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service(chauffeur))
    yield chromium
    chromium.quit()


@contextmanager
def on_a_thread(
    door: Callable[[asyncio.Event, Callable[[str], None]], Coroutine[Any, Any, None]], patience: float = PLENTY
) -> Iterator[str]:
    """Run a server on a thread of its own: `door(stop, opened)` tells its address and goes on until `stop` is set.

    `patience`: seconds that it may take to open, and to close.
    """
    ready = threading.Event()
    stop = asyncio.Event()
    address: list[str] = []
    loops: list[asyncio.AbstractEventLoop] = []

    def opened(url: str) -> None:
        address.append(url)
        ready.set()

    def run() -> None:
        with asyncio.Runner() as runner:  # which ends the connections that the browser has left open
            loops.append(runner.get_loop())
            runner.run(door(stop, opened))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(timeout=patience), "the door did not open"
    yield address[0]
    loops[0].call_soon_threadsafe(stop.set)
    thread.join(timeout=patience)
    assert not thread.is_alive(), "the door did not close"


@contextmanager
def served(sandbox: Sandbox) -> Iterator[str]:
    """The sandbox behind its HTTP door; gives the address."""

    async def door(stop: asyncio.Event, opened: Callable[[str], None]) -> None:
        async with serve(sandbox) as url:
            opened(url)
            await stop.wait()

    with on_a_thread(door) as url:
        yield url


@pytest.fixture(scope="module")
def demo(driver: webdriver.Chrome) -> Iterator[str]:
    """The address of the real demo, with the real bot, on a clock that is fast enough for Telegram's limits.

    The page is left before its server ends, or it would complain in the next test.
    """

    def quick() -> float:
        return time.monotonic() * SPEED

    finished = snapshot.played()
    with on_a_thread(lambda stop, opened: play(0, finished, stop=stop, opened=opened, monotonic=quick)) as url:
        yield url
        driver.get("about:blank")


def small_town() -> tuple[Sandbox, int]:
    """Four people, one group, and the bot in it; gives the sandbox and the group's id."""
    sandbox = Sandbox(start=MONDAY)
    people = [sandbox.add_person(first, last) for first, last in PEOPLE]
    return sandbox, sandbox.create_group("Kärngruppen", people[0], [*people[1:], sandbox.bot.id])


def resize(driver: webdriver.Chrome, width: int, height: int) -> None:
    """Give the window a size; a narrow one is a phone's."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 760}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.fixture
def town(driver: webdriver.Chrome, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TownPage]:
    """The page of a small town with a scripted bot; the window's size may be given as (width, height).

    The console must stay without errors; a picture of a failed test lies in pytest's temporary folder.
    """
    resize(driver, *getattr(request, "param", DESKTOP))
    sandbox, group = small_town()
    with served(sandbox) as url:
        bot = ScriptedBot(url, sandbox.token)
        bot.start(group)
        page = TownPage(driver, url).open()
        yield page
        driver.save_screenshot(str(tmp_path / "page.png"))
        complaints = page.complaints()
        driver.get("about:blank")
        bot.stop()
    assert complaints == []
