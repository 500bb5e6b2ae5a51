"""One list of what is open: its number is its lines, each has a way, and what was told once is found until it is done.

What is open is worked out here from stored rows alone; nothing of the list is asked but what it says.
"""

from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection, Row

import pytest

from bot.assembly import inbox
from bot.context.context import Context
from bot.context.open_thing import Part
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered
from bot.features.registers import tasks
from storage import session
from storage.records.open_items import OpenItem
from storage.store import UnitOfWork

DAYS = 75  # so that a check-in was asked in vain, three reminders were, and something that is kept is soon removed


async def _number(played: Town, name: str) -> int:
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        person = await work.people.by_user(played.people[name])
        assert person is not None
        return len([one async for one in inbox.open_to(ctx, person) if one.part is Part.TODO])


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("• ")]


async def test_as_many_as_there_are_lines(tmp_path: Path) -> None:
    """An exercise that was shown without their own answer stands there twice for whoever coordinates: to be ended, and
    to be answered. Each has its button, and both count.
    """
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Riktning")
        for name in ("Bo", "Cia"):
            for label in ("Börja", *["Ja"] * 5, "Lämna in"):
                await played.tap(name, label)
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        await played.write("Alva", "/svara")
        lines = _lines(played.last("Alva"))
        assert [line for line in lines if "Riktning" in line] == [
            "• Riktning – svaren är visade. Avsluta när ni har pratat",
            "• Riktning – 5 frågor, ungefär 5 min, senast den 18 januari",
        ]
        assert {"Riktning", "Svara: Riktning"} <= set(played.keys("Alva"))
        assert await _number(played, "Alva") == len(lines) == len(played.keys("Alva")) - 1, (
            "and what the group waits for"
        )


async def test_what_is_done_is_shown_and_not_counted(tmp_path: Path) -> None:
    """Who has answered sees that, and can change it; nothing waits for them."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Riktning")
        assert await _number(played, "Bo") == 1
        for label in ("Börja", *["Ja"] * 5, "Lämna in"):
            await played.tap("Bo", label)
        await played.write("Bo", "/svara")
        assert _lines(played.last("Bo")) == ["• Riktning – du har svarat"]
        assert await _number(played, "Bo") == 0


async def test_many_tasks_are_few_lines_and_few_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the first tasks has its button, those after them their list's, with how many follow; storage is asked as
    often as for a few."""
    asked, real = [0], session._run

    def counted(connection: Connection, statements: Iterable[session.Statement]) -> list[Row]:
        there = list(statements)
        asked[0] += len(there)
        return real(connection, there)

    monkeypatch.setattr(session, "_run", counted)
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        few = list[int]()
        for several in (3, 15):
            counts = list[int]()
            for number in range(several):
                await played.write("Alva", f"/atgard Ringa hotell {several * 10 + number}")
                await played.tap("Alva", "Bo")
                await played.tap("Alva", "Om en vecka")
            for name in ("Alva", "Bo"):
                asked[0] = 0
                await _number(played, name)
                counts.append(asked[0])
            few = few or counts
            assert [many <= first for many, first in zip(counts, few, strict=True)] == [True, True]
        await played.write("Bo", "/svara")
        assert sum("Ringa hotell" in line for line in _lines(played.last("Bo"))) == tasks.SHOWN + inbox.MOST
        assert sum("Ringa hotell" in label for label in played.keys("Bo")) == tasks.SHOWN
        assert "… och 1 till" in played.last("Bo")
        assert await _number(played, "Bo") == 18 + 1, "and the list to fill in"


async def _told(work: UnitOfWork, item: OpenItem, played: Town) -> str | None:
    """Return what must be found of an item that was told once, as the rows have it; None if it is over."""
    number = item.ref.partition(":")[2]
    today = played.sandbox.now().date()
    if item.kind == "check_in":
        check_in = await work.check_ins.get(int(number))
        open_to = check_in.until >= today and await work.check_ins.awaits(check_in, item.member_id)
        return "Om du vill: säg hur du har det" if open_to else None
    if item.kind == "away":
        id, _, member = number.partition(":")
        absence = await work.absences.lookup(int(id))
        back = absence is None or absence.last < today
        return None if back else f"{(await work.members.get(int(member))).name} har sagt när"
    if item.kind == "stuck":
        ref, _, member = item.ref.rpartition(":")
        (theirs,) = [one for one in await work.open_items.about(item.group_id, ref) if one.member_id == int(member)]
        record = await work.runs.get(int(ref.partition(":")[2]))
        name, title = (await work.members.get(int(member))).name, played.bot.services.voice.title_of(record.exercise)
        if theirs.state not in ("handed", "declined"):
            return None
        late = theirs.due < today  # then it is one line for the exercise, behind which all who are missing stand
        return title if late else f"{name}: {title}"
    return None


@pytest.mark.slow
async def test_what_was_told_once_is_found(tmp_path: Path) -> None:
    """Week by week, whatever one message has told somebody stands in their list as long as it is so."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David"])
        await begin(played, "Engagemang")
        await played.write("David", "/franvaro 20 mars")
        await played.wind(days=6)
        await played.tap("Bo", "Jag kan inte")
        found = set[str]()
        for days in (1, *[5] * (DAYS // 5)):
            await played.wind(days=days)
            for name in ("Alva", "Bo", "Cia"):
                async with played.bot.store.work() as work:
                    person = await work.people.by_user(played.people[name])
                    assert person is not None
                    seats = await work.members.of_person(person.id)
                    told = [i for s in seats for i in await work.open_items.of_member(s.id) if i.state == "told"]
                    wanted = [line for item in told if (line := await _told(work, item, played)) is not None]
                await played.write(name, "/svara")
                lines = "\n".join(_lines(played.last(name)))
                assert [line for line in wanted if line not in lines] == []
                assert await _number(played, name) == len(_lines(played.last(name)))
                found |= {line.partition(" ")[0] for line in wanted}
        assert found == {"Om", "Bo:", "Engagemang", "David"}
