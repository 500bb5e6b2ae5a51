"""The finished town's seventeen months: how much each one hears unasked.

`make test ARGS="tests/time/test_economy.py -s"` prints the figures, by role and by kind of message.
"""

from datetime import date
from pathlib import Path

import pytest

from bot.demo import snapshot
from bot.demo.town import town
from bot.demo.transcript import begins
from tests.time.economy import IN_GROUP, Economy

BEGINNING = date(2025, 9, 1)
NETWORK_SINCE = date(2026, 6, 1)  # the event has been, and those who said yes are in
ROLES = {
    "coordinator": ("Gunnel",),
    "core": ("Hamid", "Johan", "Leo"),
    "readers": ("Ingrid", "Karin"),  # of the core group, and of incidents
    "group": (IN_GROUP,),
}
NETWORK = ("Malte", "Nadja", "Rut")
# Messages a month at which a phone sounds, on average: 0.7 of the core group's are invitations to exercises, and 0.7 of
# the readers' are incidents. Beside them come those without a sound, about one a month: what may wait, and what a
# colleague has answered for one's organisation or handed in for one's small group. Once each: whoever invited a guest
# without the bot gets the text for them, and whoever is named in a list hears of it. Of the coordinator's, 0.3 are
# about what she has taken on herself, two messages of the communication plan among it, and 0.15 ask for the place of a
# meeting of the network five working days before.
# What was wished for, sounding and silent together: a member 2.5, readers 3, the coordinator 4, the network 1.5, the
# group 1. The last three are met; a member's and the readers' silent ones, 0.7 and 0.9, are over.
MOST = {"coordinator": 3.1, "core": 2.1, "readers": 2.8, "group": 0.3}
SILENT = 0.9


@pytest.mark.slow
async def test_the_finished_town(tmp_path: Path) -> None:
    """From the first question to the celebration nobody hears more than so much unasked, on average."""
    text = snapshot.transcript("sv")
    async with town(tmp_path, start=begins(text)) as played:
        player = Economy(played)
        await player.play("finished-town.txt", text)
    print(f"\n{player.table(ROLES, BEGINNING)}\n{player.table({'network': NETWORK}, NETWORK_SINCE)}")  # noqa: T201
    for role, most in MOST.items():
        assert player.mean(ROLES[role], BEGINNING) <= most, role
        assert player.mean(ROLES[role], BEGINNING, silent=True) <= SILENT, role
    assert player.mean(NETWORK, NETWORK_SINCE) <= 0.55
