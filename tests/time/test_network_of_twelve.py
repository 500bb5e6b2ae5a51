"""A core group of four and a network of twelve, from the event to plan and routine: who hears how much, month by month.

`make test ARGS="tests/time/test_network_of_twelve.py -s"` prints the figures.
"""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from bot.demo.town import town
from tests.remembered import assert_remembered_rightly
from tests.time.economy import IN_GROUP, Economy

STORY = Path(__file__).with_name("network-of-twelve.txt")
NETWORK = ("Greta", "Hugo", "Ida", "Jon", "Klara", "Lars", "Maja", "Nils", "Olga", "Per", "Rut", "Sara")
ROLES = {"coordinator": ("Alva",), "core": ("Bo", "Cia", "David"), "network": NETWORK, "group": (IN_GROUP,)}
JOINED = date(2027, 10, 1)  # from here on those who said yes at the event are in the network
# Messages a month, unasked, on average. Of the coordinator's 0.9 are that the group will soon be asked for a stand-in.
MOST = {"coordinator": 4.0, "core": 2.5, "network": 2.0, "group": 1.0}
ONE_OF_THEM = 2.5  # and to whoever of the network got most


@pytest.mark.slow
async def test_from_the_event_to_the_routine(tmp_path: Path) -> None:
    """Every line of the story holds, and nobody hears more in a month than their role's share, on average."""
    text = await asyncio.to_thread(STORY.read_text, encoding="utf-8")
    async with town(tmp_path) as played:
        player = Economy(played)
        await player.play(STORY.name, text)
        await assert_remembered_rightly(played.bot.store, played.bot.services)
    print(f"\n{player.table(ROLES, JOINED)}")  # noqa: T201 (the figures that this story is for)
    for role, most in MOST.items():
        assert player.mean(ROLES[role], JOINED) <= most, role
    assert max(player.mean((name,), JOINED) for name in NETWORK) <= ONE_OF_THEM
