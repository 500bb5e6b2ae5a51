"""Once a month everybody in a core group is looked for in its chat; who has left in silence has no access any more."""

from pathlib import Path

import pytest

from bot.demo.town import GROUP, Town
from tests.incidents.scene import log, watched


def slips_out(played: Town, name: str) -> None:
    """Somebody leaves, and Telegram does not tell the bot, as it need not tell one that is no administrator."""
    offset = played.bot.intake.offset
    played.sandbox.act(played.person(name), "leave", chat=played.groups[GROUP])
    played.bot.intake.offset = offset + len(played.sandbox.pending(offset))


async def test_who_left_in_silence_is_found(tmp_path: Path) -> None:
    """A reader who slipped out of the chat reads no more after the next roll call, and the others are untouched."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.wind(days=2)
        slips_out(played, "Cia")
        await played.write("Cia", "/handelser")
        assert "1 händelse" in played.last("Cia")
        await played.wind(days=35)
        await played.tap("Cia", "Öppna")
        assert "med i gruppen" in played.toast()
        async with played.bot.store.work() as work:
            states = {m.name: m.state for m in await work.members.of_group(1, include_left=True)}
            assert (await work.groups.get(1)).settings["readers"] == []
        assert states == {"Alva": "active", "Bo": "active", "Cia": "left"}


@pytest.mark.parametrize("hidden", [True, False], ids=["members are hidden", "a gateway answers"])
async def test_no_answer_is_no_departure(tmp_path: Path, hidden: bool) -> None:
    """Where Telegram refuses to say whether somebody is there, or is not reached, everybody stays."""
    async with watched(tmp_path) as played:
        if hidden:
            await played.act("Alva", "make_supergroup", chat=played.chat_id("Alva", GROUP))
            await played.act("Alva", "hide_members", chat=played.chat_id("Alva", GROUP))
        else:
            played.sandbox.faults.add("error", value=400, methods=("getChatMember",), times=50)
        await played.wind(days=40)
        async with played.bot.store.work() as work:
            assert [m.state for m in await work.members.of_group(1)] == ["active"] * 3
