"""Who has left in silence: readers are looked up when they open incidents, everybody in the core group once a month."""

from pathlib import Path
from typing import NoReturn

import pytest

from bot.demo.town import GROUP, Town
from bot.sandbox.call import Call
from bot.sandbox.errors import bad_request
from bot.sandbox.methods import PLAYED
from tests.incidents.scene import log, watched


def slips_out(played: Town, name: str) -> None:
    """Somebody leaves, and Telegram does not tell the bot, as it need not tell one that is no administrator."""
    offset = played.bot.poller.offset
    played.sandbox.act(played.person(name), "leave", chat=played.groups[GROUP])
    played.bot.poller.offset = offset + len(played.sandbox.pending(offset))


def refuse(monkeypatch: pytest.MonkeyPatch, reason: str) -> list[Call]:
    """Let Telegram refuse from now on to say who is in the chat, in these words; the questions it was asked."""
    asked: list[Call] = []

    def say_no(call: Call) -> NoReturn:
        asked.append(call)
        raise bad_request(reason)

    monkeypatch.setitem(PLAYED, "getChatMember", say_no)
    return asked


async def test_who_left_in_silence_is_found(tmp_path: Path) -> None:
    """A member who slipped out of the chat has no access after the next roll call, and the others are untouched."""
    async with watched(tmp_path) as played:
        slips_out(played, "Bo")
        await played.wind(days=35)
        async with played.bot.store.work() as work:
            states = {m.name: m.state for m in await work.members.of_group(1, include_left=True)}
        assert states == {"Alva": "active", "Bo": "left", "Cia": "active"}


async def test_a_reader_who_slipped_out_reads_no_more_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader is looked up when opening incidents; an answer of the last day counts, an older one does not."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.write("Cia", "/handelser")
        assert "1 händelse" in played.last("Cia")
        asked = refuse(monkeypatch, "CHAT_ADMIN_REQUIRED")
        await played.write("Cia", "/handelser")
        assert asked == []
        monkeypatch.undo()
        await played.wind(days=2)
        slips_out(played, "Cia")
        await played.write("Cia", "/handelser")
        assert "hör till en grupp som du inte är med i" in played.last("Cia")
        await played.tap("Cia", "Öppna")
        assert "inte med i gruppen just nu" in played.toast()
        async with played.bot.store.work() as work:
            assert (await work.groups.get(1)).settings.readers == ()


async def test_where_telegram_will_not_say_the_last_yes_does_for_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, the last clear yes counts a week; then another coordinator says yes, and nobody of themselves."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.write("Cia", "/handelser")
        refuse(monkeypatch, "CHAT_ADMIN_REQUIRED")
        await played.wind(days=6)
        await played.write("Cia", "/handelser")
        assert "1 händelse" in played.last("Cia")
        await played.wind(days=2)
        await played.write("Cia", "/handelser")
        assert "väntar med att visa händelserna" in played.last("Cia")
        await played.tap("Alva", "Ja, Cia ska läsa")
        await played.tap("Cia", "Öppna")
        assert "1 händelse" in played.last("Cia")
        await played.press("Cia", "stillhere", run=1, arg="3")
        assert "samordnar" in played.toast()


async def test_whom_telegram_does_not_find_is_gone_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """“Member not found” is an answer where others are none; it is believed when it has come twice."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        await played.write("Cia", "/handelser")
        await played.wind(days=2)  # and the roll was called
        refuse(monkeypatch, "member not found")
        for state in ("active", "left"):
            await played.write("Cia", "/handelser")
            async with played.bot.store.work() as work:
                cia = await work.members.find(1, played.person("Cia"))
            assert cia is not None
            assert cia.state == state


async def test_a_reader_outside_the_chat_is_confirmed_each_quarter(tmp_path: Path) -> None:
    """Whom nobody can be asked about reads on a coordinator's yes, for a quarter."""
    async with watched(tmp_path) as played:
        await log(played, "Bo")
        async with played.bot.store.work() as work:
            cia = await work.members.find(1, played.person("Cia"))
            assert cia is not None
            await work.members.update(cia.id, role="network")
        await played.write("Cia", "/handelser")
        await played.tap("Alva", "Ja, Cia ska läsa")
        for days, heard in ((80, "1 händelse"), (20, "väntar med att visa")):
            await played.wind(days=days)
            await played.write("Cia", "/handelser")
            assert heard in played.last("Cia")


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
