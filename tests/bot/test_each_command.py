"""Each command as each role: the first line of the answer and the buttons under it stand in a table, to be read."""

import difflib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.assembly.chat_commands import COMMANDS
from bot.demo.screen import labels, said
from bot.demo.town import Town, town
from bot.demo.transcript import gathered, group_id
from flows.enums import ExerciseRole, Field
from storage.json_records import JsonObject
from storage.records.records import Reach, SeatState
from storage.store import UnitOfWork

TABLE = Path(__file__).parent / "each_command.txt"
RENEW = "STADSBOT_RENEW"  # set, it writes the table anew
NOWHERE = "inte med i någon grupp"


@dataclass(frozen=True)
class Seat:
    """Somebody of this role; None for those who have come in by themselves."""

    called: str
    name: str
    role: str | None
    state: SeatState = SeatState.ACTIVE


SEATS = (
    Seat("coordinator", "Alva", None),
    Seat("core group", "Bo", None),
    Seat("network", "Greta", "network"),
    Seat("process leader", "Petra", "process_leader"),
    Seat("decision maker", "Dag", "process_leader"),
    Seat("guest", "Gun", "guest", SeatState.INVITED),
    Seat("invited, has paused", "Ingrid", "core", SeatState.INVITED),
    Seat("has left", "Lars", "network", SeatState.LEFT),
)


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[Town]:
    """A town with somebody in each seat, each of whom has opened the bot."""
    async with town(tmp_path) as made:
        await gathered(made, ["Alva", "Bo"])
        for seat in SEATS[2:]:
            await made.act(seat.name, "start")
            if seat.role is not None:
                async with made.bot.store.work() as work:
                    person = await work.people.ensure(made.people[seat.name])
                    await work.people.update(person.id, reach=Reach.REACHABLE)
                    member = await work.members.add(await group_id(made, work), person.id, seat.role)
                    agreed = made.clock() if seat.state is not SeatState.INVITED else None
                    profile = await invitation(made, work) if seat.role == "guest" else {}
                    await work.members.update(
                        member.id, name=seat.name, state=seat.state, agreed_at=agreed, profile=profile
                    )
                    if seat.called == "decision maker":
                        group = await work.groups.get(member.group_id)
                        settings = replace(group.settings, deciders=(member.id,))
                        await work.groups.update(group.id, settings=settings)
        yield made


async def invitation(made: Town, work: UnitOfWork) -> JsonObject:
    """Write a guest into the event's list; return the profile of whoever has opened the invitation."""
    guests = made.bot.services.process.with_role(ExerciseRole.GUESTS)
    values: JsonObject = {guests.field(Field.NAME).id: "Gun"}
    row = await work.rows.add(await group_id(made, work), guests.id, values, author=None)
    return {"guest": row.id}


async def cells(played: Town, called: str) -> AsyncIterator[tuple[Seat, str]]:
    """Yield what each is answered to this command: the first line, and the buttons."""
    for seat in SEATS:
        seen = len(played.messages(seat.name))
        await played.write(seat.name, f"/{called}")
        new = played.messages(seat.name)[seen:]
        first = " ".join(said(new[0]).strip().partition("\n")[0].split()) if new else "(nothing)"
        keys = [label for message in new for label in labels(message)]
        yield seat, f"{first}  {' '.join(f'[{label}]' for label in keys)}".rstrip()


@pytest.mark.slow
async def test_each_command_as_each_role(played: Town) -> None:
    """The table of commands and roles is as it stands in the file, and nobody with a seat hears that they have none."""
    lines, wrong = [], list[tuple[str, str]]()
    for name in COMMANDS:
        called = played.bot.services.voice.rules.called(name)
        lines.append(f"\n/{called}")
        async for seat, cell in cells(played, called):
            lines.append(f"  {seat.called:<20} {cell}")
            if NOWHERE in cell:
                wrong.append((called, seat.called))
    assert wrong == []
    table = "Each command as each role: the first line of the answer, and the buttons.\n" + "\n".join(lines) + "\n"
    if os.environ.get(RENEW):
        TABLE.write_text(table, encoding="utf-8")
    there = TABLE.read_text(encoding="utf-8")
    changes = "\n".join(difflib.unified_diff(there.splitlines(), table.splitlines(), "kept", "now", lineterm="", n=1))
    assert there == table, f"{changes}\n\nIs that as it should be? Then run this test with {RENEW}=1."
