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
# Messages a month, on average, as it stands: 1.2 of the core group's are invitations to exercises, and 1.3 of the
# readers' are incidents, each of which two are told of.
MOST = {"coordinator": 4.0, "core": 3.3, "readers": 4.5, "group": 1.0}


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
    assert player.mean(NETWORK, NETWORK_SINCE) <= 2.0
