"""A short life of two towns played by chance; `make chance` plays for as long as one likes.

`STADSBOT_TEST_CHANCE=20000` plays more, `STADSBOT_TEST_SEED` another life.
"""

import os
from pathlib import Path

import pytest

from storage.records.message_notes import MessageContext
from storage.records.records import OutboxKind, private_chat
from tests.chance.players import life

ACTS = int(os.environ.get("STADSBOT_TEST_CHANCE", "300"))
SEED = int(os.environ.get("STADSBOT_TEST_SEED", "3"))


@pytest.mark.slow
async def test_nothing_that_was_promised_is_broken(tmp_path: Path) -> None:
    """Whatever people of every kind do, each word goes where they were told, and no button leads nowhere."""
    async with life(tmp_path, SEED) as players:
        await players.live(ACTS)
    assert [str(finding) for finding in players.found] == []
    assert players.promises.outcomes["kept"] > 0
    assert players.promises.checked["told to others"] > 0


async def test_the_player_can_find(tmp_path: Path) -> None:
    """A bot that tells a private word to the group, drops a text, or shows two buttons alike, is found out."""
    async with life(tmp_path, SEED) as players:
        bo, chat = players.town.person("Bo"), players.town.groups["Kärngruppen i Exempelstad"]
        await players._write("Bo", bo)
        (word,) = players.promises.texts
        async with players.town.bot.store.work() as work:
            group = await work.groups.by_chat(chat)
            assert group is not None
            keys = [[{"label": "Öppna", "action": "x"}, {"label": "Öppna", "action": "y"}]]
            content = {"text": f"Bo: {word}, None", "keyboard": keys}
            await work.outbox.put(f"g:{group.id}", OutboxKind.MESSAGE, content, about=None)
            for _ in range(2):
                once = MessageContext(once=True)
                await work.outbox.put(
                    private_chat(1), OutboxKind.MESSAGE, {"text": "Hej"}, about=None, priority=-1, context=once
                )
        await players.town.settle()
        await players._look("Bo", "nothing")
    found = [finding.what.partition(":")[0] for finding in players.found]
    assert sorted(found) == ["alike", "reader", "reminders", "residue"]
