"""A bot on the page alone, up and running."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Bot, Line, Setup, assembled
from bot.context.sealed_actions import Buttons
from bot.demo.town import MASTER_KEY, START, STOCKHOLM, WORKER
from bot.features.members.activation import WAY_BACK, new_code
from bot.page.one_time_code import digits, operators_code
from storage.vault.vault import Keyring
from tests.page.reader import ADDRESS, Browser, Page


class HandClock:
    """A clock that moves only when it is wound."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> object:
        """What it shows."""
        return self.now

    def wind(self, **by: float) -> None:
        """Forward."""
        self.now += timedelta(**by)


@dataclass(slots=True)
class OnThePage:
    """A bot that is on the page alone."""

    bot: Bot
    page: Page
    clock: HandClock

    def founding(self) -> str:
        """Where a town is begun, with a code of the operator's."""
        return f"/ny/{new_code(Buttons(Keyring(MASTER_KEY).button_key), self.clock.now)}"

    def way_back(self) -> str:
        """Where somebody comes back to a group in which nobody is in, with a code of the operator's."""
        return f"/tillbaka/{new_code(Buttons(Keyring(MASTER_KEY).button_key), self.clock.now, WAY_BACK)}"

    def told_by_operator(self, browser: Browser) -> str:
        """The code that the operator tells somebody who has read out the number on their page (`stadsbot vouch`)."""
        number = re.findall(r"numret (\d{3} \d{3})", browser.text)[-1]
        return operators_code(Buttons(Keyring(MASTER_KEY).button_key), digits(number))

    async def founded(self, town: str = "Exempelstad", name: str = "Alva") -> Browser:
        """Somebody has begun a town, and coordinates it."""
        browser = self.page.browser()
        await browser.open(self.founding())
        return await browser.press("Börja", town=town, name=name)


@asynccontextmanager
async def without_telegram(folder: Path) -> AsyncIterator[OnThePage]:
    """A bot without Telegram, whose data lies in this folder."""
    clock = HandClock()
    async with assembled(
        Setup(
            line=Line(None, "https://nowhere.invalid"),
            master_key=MASTER_KEY,
            database=folder / "data" / "stadsbot.db",
            zone=STOCKHOLM,
            language="sv",
            clock=clock,  # type: ignore[arg-type]
            needs_activation=True,
            worker=WORKER,
            page_url=ADDRESS,
        )
    ) as bot:
        await bot.poller.begin()
        tasks = [asyncio.create_task(bot.sender.run()), asyncio.create_task(bot.job_runner.run())]
        try:
            async with Page(bot, clock) as page:  # type: ignore[arg-type]
                yield OnThePage(bot, page, clock)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[OnThePage]:
    """The same, for one test."""
    async with without_telegram(tmp_path) as bot:
        yield bot
