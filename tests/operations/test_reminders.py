"""What an operator and whoever coordinates see of reminders that did not arrive: numbers, and nobody's words."""

import logging
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import openly
from bot.demo.town import MASTER_KEY, Town, town
from bot.demo.transcript import begin, gathered
from bot.operations.maintenance import Maintenance
from storage.vault.vault import Keyring


def keeper(played: Town) -> Maintenance:
    """The house's maintenance."""
    bot = played.bot
    may = openly.to_all(bot.services.process)
    return Maintenance(bot.store, bot.poller, Keyring(MASTER_KEY), played.clock, bot.services.zone, None, openly=may)


def counts(caplog: pytest.LogCaptureFixture) -> list[tuple[Any, ...]]:
    """The day, and the three numbers, of each line."""
    lines = [vars(record) for record in caplog.records if record.message == "reminders"]
    return [(line["day"], line["reminders_due"], line["sent"], line["unreachable"]) for line in lines]


async def test_no_reminder_on_tuesday(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Bo has blocked the bot: the log says so when it happens, by group, and the day after how many reminders were due,
    went, and could not go; whoever coordinates reads the same in the week, and nothing of incidents is counted."""
    caplog.set_level(logging.INFO)
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Engagemang")
        await played.act("Bo", "block_bot")
        kept = keeper(played)
        found = list[tuple[Any, ...]]()
        for _ in range(12):
            await played.wind(days=1)
            await kept.look()
            await kept.look()
        found = counts(caplog)
        assert len({day for day, *_ in found}) == len(found), "once a day"
        reminded = [line for line in found if line[2]]
        assert reminded
        assert {unreachable for *_, unreachable in reminded} == {1}
        assert all(due == sent + unreachable for _, due, sent, unreachable in found)
        (blocked,) = [vars(record) for record in caplog.records if record.message == "unreachable"]
        assert (blocked["group_id"], "person_id" in blocked) == (1, False)
        await played.write("Alva", "/vantar")
        await played.tap("Alva", "Veckan i korthet")
        assert "Påminnelser den senaste veckan: 2 av 3 har fått sina. Övriga går inte att nå." in played.last("Alva")
        caplog.clear()
        await played.write("Cia", "/start")
        await played.tap("Cia", "Logga en händelse")
        await played.wind(days=1)
        before = [one for one in found if one[1]][-1]
        await kept.look()
        assert all(line[1] <= before[1] for line in counts(caplog))
