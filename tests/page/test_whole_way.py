"""The whole way with people on the page: the finished town's transcript, played by a mixed group and by one without
Telegram."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from selenium import webdriver

from bot.app import Bot, Line, assembled
from bot.demo.town import WORKER, MachineClock, Town, in_sandbox, town
from bot.demo.transcript import begins, gathered, joined
from bot.features.members.activation import new_code
from bot.page import post
from bot.page.mail import Mailer
from bot.sandbox.sandbox import Sandbox
from bot.settings import MailServer
from tests.browser.conftest import driver
from tests.page.mixed import Mixed, MixedPlayer, address_of
from tests.page.reader import ADDRESS, Page
from tests.page.real import Real
from tests.page.test_mail import FROM, Post

__all__ = ["driver"]

WHOLE = (Path(__file__).parents[2] / "messages" / "sv" / "finished-town.txt").read_text(encoding="utf-8")
CORE = ("Gunnel", "Hamid", "Ingrid", "Johan", "Karin", "Leo")
NETWORK = ("Malte", "Nadja", "Rut", "Petra")
FOURTH = """
Gunnel gör: «/steg» [Steg 5] [Anordna ett event: gästerna] [Öppna listan] [4. Petra] [Inbjudan som länk]
Petra följer länken från Gunnel
Petra gör: [Ja] [Ja] [Ja] [Jag lovar]
"""


@asynccontextmanager
async def mixed(people: Town, kind: type[Mixed] = Mixed) -> AsyncIterator[Mixed]:
    """The town with a page, and a real mail server on this machine."""
    post, loop = Post(), asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(post, loop=loop, ident="test"), "127.0.0.1", 0)
    server = MailServer("127.0.0.1", listening.sockets[0].getsockname()[1], FROM, "none")
    try:
        async with Page(people.bot, people.clock) as page:
            page.asking.mail = True
            yield kind(people, page, post, Mailer(people.bot.store, people.bot.services, server, people.clock))
    finally:
        listening.close()


class Alone(Mixed):
    """The same where there is no Telegram."""

    async def settle(self) -> None:
        """Let the bot say everything it wants to say now."""
        while True:
            await self.bot.poller.settle()
            made, wait = await self.bot.job_runner.drain(), await self.bot.sender.drain()
            if not made and (wait is None or wait > 0):
                return


@asynccontextmanager
async def without_telegram(folder: Path) -> AsyncIterator[Town]:
    """A bot that is on the page alone, and time."""
    sandbox = Sandbox(start=begins(WHOLE))
    clock = MachineClock(sandbox)
    usual = in_sandbox(sandbox, folder / "data" / "stadsbot.db", clock)
    line = Line(None, "https://nowhere.invalid")
    setup = replace(usual, line=line, needs_activation=True, worker=WORKER, page_url=ADDRESS, mail=True)
    async with assembled(setup) as bot:
        await bot.poller.begin()

        async def once() -> Bot:
            return bot

        yield Town(sandbox, bot, once, clock)


async def played(player: MixedPlayer, lines: str) -> None:
    """Play these lines; the one that does not hold is told with the error."""
    for _, line in joined(lines):
        try:
            await player.take(line)
        except Exception as error:
            error.add_note(f"in the line: {line}")
            raise
        assert not player.town.failures, line


def parts() -> tuple[str, str, str, str, str, str]:
    """The transcript: before there is anybody, the first exercise, up to step 1, up to the network, the network until
    the last day, and that day."""
    head, _, rest = WHOLE.partition("Med: ")
    first, a, rest = rest.partition("\n")[2].partition("Det är 2025-09-10 9.00")
    early, b, rest = (a + rest).partition("# Steg 1.")
    way, c, rest = (b + rest).partition("# Tre från nätverket")
    network, d, last = (c + rest).partition("Det är 2027-02-05 9.00")
    found = "«/steg» [Steg 5] [Anordna ett event: gästerna] [Öppna listan]"  # the page does not go back for months
    return head, first, early, way, network.replace("«/svara» [Anordna ett event: gästerna]", found), d + last


@pytest.mark.slow
async def test_a_mixed_town_goes_all_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: webdriver.Chrome
) -> None:
    """Six and a network of four, two of them on Telegram and the rest on the page and by mail, from the first hello to
    the celebration; a member, a coordinator, one of the network and a guest do a part of it in a real browser."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)  # the town says what it has to say when it is settled
    head, first, early, way, network, last = parts()
    async with town(tmp_path, page_url=ADDRESS, mail=True, start=begins(WHOLE)) as people, mixed(people) as there:
        player, real = MixedPlayer(there), Real(driver, there.page.address)
        await player.play("head", head)
        await gathered(there, list(CORE[:2]), player._known)
        there.coordinator = CORE[0]
        await there.also_on_the_page(CORE[0])
        for name in CORE[2:]:
            await there.let_in(CORE[0], name, player._known[name])
            await there.gives_address(name)
        there.seen_as = dict.fromkeys(("Gunnel", "Karin"), real)
        await played(player, first)
        there.seen_as = {}
        await played(player, early + way)
        there.seen_as = {"Rut": real}
        invitation, one, rest = network.partition("Gunnel gör: «/nu»")
        await played(player, invitation)
        there.seen_as = {}
        await played(player, FOURTH)
        for name in NETWORK:
            await there.gives_address(name)
        await played(player, one + rest)
        there.seen_as = {"Malte": real}
        await played(player, last)
        assert real.deeds > 20
        assert there.codes > 0
        assert set(there.browsers) == {*CORE, *NETWORK} - {"Hamid"}
        whole = [str(mail["Subject"]) + mail.get_content() for mail in there.post.came]
        assert {str(mail["To"]) for mail in there.post.came} == set(map(address_of, (*CORE[2:], *NETWORK)))
        assert not [text for text in whole if "Färdigstad" in text or "handel" in text], (
            "no mail tells what it is about"
        )


@pytest.mark.slow
async def test_a_town_without_telegram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six and a network of four, all on the page and by mail, from the operator's code to the celebration."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)
    head, first, early, way, network, last = parts()
    async with without_telegram(tmp_path) as people, mixed(people, Alone) as there:
        player = MixedPlayer(there)
        await player.play("head", head)
        code = new_code(there.bot.services.buttons, there.clock())
        await there.founded(f"/ny/{code}", CORE[0])
        there.coordinator = CORE[0]
        await there.joins(CORE[0], player._known[CORE[0]])
        await there.gives_address(CORE[0])
        for name in CORE[1:]:
            await there.let_in(CORE[0], name, player._known[name])
            await there.gives_address(name)
        await played(player, first + early + way)
        invitation, one, rest = network.partition("Gunnel gör: «/nu»")
        await played(player, invitation + FOURTH)
        for name in NETWORK:
            await there.gives_address(name)
        await played(player, one + rest + last)
        assert there.codes > 0
        assert set(there.browsers) == {*CORE, *NETWORK}
        assert {str(mail["To"]) for mail in there.post.came} == set(map(address_of, (*CORE, *NETWORK)))
