"""A core group of four and a network of twelve, from the event to plan and routine: who hears how much, month by month.

`make test ARGS="tests/time/test_network_of_twelve.py -s"` prints the figures.
"""

import asyncio
import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import STOCKHOLM, Town, town
from tests.remembered import assert_remembered_rightly

STORY = Path(__file__).with_name("network-of-twelve.txt")
CORE = ("Alva", "Bo", "Cia", "David")
NETWORK = ("Greta", "Hugo", "Ida", "Jon", "Klara", "Lars", "Maja", "Nils", "Olga", "Per", "Rut", "Sara")
JOINED = date(2027, 10, 1)  # from here on those who said yes at the event are in the network
MOST_A_MONTH = 2.0  # messages to one of the network, unasked
DOERS = re.compile(
    r"(?P<names>\w+(?:, \w+)*) (?:gör|trycker|svarar|följer|skickar|ändrar)\b|(?P<one>\w+)(?: i gruppen)?:"
)


class Listening(Player):
    """Plays the story and notes when the bot says something to somebody who has not just done something."""

    def __init__(self, played: Town) -> None:
        super().__init__(played)
        self.heard: dict[str, list[date]] = {name: [] for name in (*CORE, *NETWORK)}

    async def take(self, raw: str, *, looks: bool = True) -> None:
        """Play one line."""
        there = [name for name in self.heard if name in self.town.people]
        before = {name: {message.id for message in self.town.messages(name)} for name in there}
        await super().take(raw, looks=looks)
        found = DOERS.match(raw.strip())
        doing = (found["names"] or found["one"]).split(", ") if found else []
        for name in [] if doing == ["Alla"] else there:
            if name not in doing:
                new = [message for message in self.town.messages(name) if message.id not in before[name]]
                self.heard[name] += [datetime.fromtimestamp(m.date, UTC).astimezone(STOCKHOLM).date() for m in new]

    def a_month(self, name: str) -> Counter[str]:
        """How many messages somebody got unasked, by month, from when the network has begun."""
        return Counter(f"{day:%Y-%m}" for day in self.heard[name] if day >= JOINED)


@pytest.mark.slow
async def test_from_the_event_to_the_routine(tmp_path: Path) -> None:
    """Every line of the story holds, and nobody of the network hears more than twice a month, taken over the months."""
    text = await asyncio.to_thread(STORY.read_text, encoding="utf-8")
    async with town(tmp_path) as played:
        player = Listening(played)
        await player.play(STORY.name, text)
        await assert_remembered_rightly(played.bot.store, played.bot.services)
        last = played.clock().date()
    months = (last - JOINED).days / 30.4
    assert months > 8
    print(f"\n{'':10}messages  a month  worst month")  # noqa: T201 (the figures that this story is for)
    for role, names in (("core", CORE), ("network", NETWORK)):
        counts = {name: player.a_month(name) for name in names}
        mean = sum(map(Counter.total, counts.values())) / len(names) / months
        worst = max((n, month) for found in counts.values() for month, n in found.items())
        total = max(found.total() for found in counts.values())
        print(f"{role:10}{total:8}{mean:9.2f}  {worst[0]} ({worst[1]})")  # noqa: T201
        if role == "network":
            assert mean <= MOST_A_MONTH
            assert all(found.total() / months <= MOST_A_MONTH + 1 for found in counts.values())
