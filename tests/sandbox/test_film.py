"""The film: a whole town played on the page, which the visitor may stop, and where they then go on by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.demo.film import Film, weight
from bot.demo.invented import Invented
from bot.demo.screen import said
from bot.demo.transcript import joined
from bot.sandbox.errors import ActError
from bot.sandbox.stage import Played, Stage

TOWN = """# En stad
Det är 2026-03-02 9.00
Med: Ada, Bo
# En vecka senare
Klockan går 7 dagar
Ada: /steg
Bo: /steg
"""


@pytest.fixture
async def film() -> AsyncIterator[Film]:
    """A short one, as quick as it may be; taken away at the end."""
    film = Film(Invented(), 1, TOWN, length=1)
    film.pace(3.0)
    yield film
    await film.end()


def played(stage: Stage) -> Played:
    """How far it has come."""
    assert stage.film is not None
    return stage.film()


async def until(stage: Stage, title: str, share: float) -> None:
    """Wait until the film has come so far."""
    while played(stage).title != title or played(stage).share < share:
        await stage.exchange.changed(None)


async def test_a_town_plays_to_its_end(film: Film) -> None:
    """All that the transcript says is done, in its order, and the visitor sees how far it has come."""
    stage = await film.begin()
    while not played(stage).ended:
        await stage.exchange.changed(None)
    assert (played(stage).share, played(stage).stopped, played(stage).title) == (1.0, False, "En vecka senare")
    ada, bo = (user for user in stage.sandbox.world.users.values() if not user.is_bot)
    assert "/steg" in {said(one) for one in stage.sandbox.chat(ada.id).messages.values()}
    assert "/steg" in {said(one) for one in stage.sandbox.chat(bo.id).messages.values()}


async def test_whoever_acts_stops_it_and_is_answered(film: Film) -> None:
    """A deed of the visitor's is a pause: the bot answers it, and nothing else happens until they let it go on."""
    stage = await film.begin()
    await until(stage, "En vecka senare", 0.0)
    stage.acted()
    while played(stage).speed:
        await stage.exchange.changed(None)
    stood = played(stage).share
    ada = next(user.id for user in stage.sandbox.world.users.values() if user.first_name == "Ada")
    before = len(stage.sandbox.chat(ada).messages)
    stage.sandbox.act(ada, "send_text", chat=ada, text="/hjalp")
    while len(stage.sandbox.chat(ada).messages) < before + 2:
        await stage.exchange.changed(None)
    assert played(stage).share == stood
    film.pace(3.0)
    while not played(stage).ended:
        await stage.exchange.changed(None)


async def test_the_clock_is_the_visitors_when_it_stands(film: Film) -> None:
    """While the film stands, its town's clock can be wound; a speed that there is not is refused."""
    stage = await film.begin()
    await until(stage, "En stad", 0.01)
    before = stage.sandbox.now()
    assert stage.pass_by is not None
    await asyncio.wait_for(stage.pass_by(3600), 30)
    assert (stage.sandbox.now() - before).total_seconds() >= 3600
    with pytest.raises(ActError, match="fart"):
        film.pace(7.0)


def test_each_line_weighs_what_happens_in_it() -> None:
    """A line of many deeds is as long as they are; time that goes by is worth several."""
    lines = [line for _, line in joined("Ada gör: «/steg» [Nästa]\n    [Börja]\nKlockan går 2 dagar\n")]
    assert [weight(line) for line in lines] == [3, 10]
