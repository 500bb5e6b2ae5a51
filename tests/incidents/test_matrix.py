"""The matrix of rights, every cell of it tried: with one's own buttons, others', forged ones, other groups'."""

# What an attempt did is undone by an error that the savepoint lets through.
# ruff: noqa: PT012

import argparse
import random
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.assembly import callback_queries, dispatch_commands, dispatch_texts, private_commands
from bot.assembly.chat_commands import COMMANDS
from bot.assembly.feature_routes import TEXTS
from bot.assembly.route_update import handle
from bot.assembly.routing import BUTTONS, RIGHTS
from bot.channel.updates import CallbackQuery, Chat, Sender, Written
from bot.commands import access as command
from bot.context import permission_matrix, permissions
from bot.context.context import Context
from bot.context.message import matter_of
from bot.context.permission_matrix import Who
from bot.context.permissions import About
from bot.context.sealed_actions import Action, private_scope
from bot.demo.town import START, Town, town
from bot.exercises.run_json import to_json
from bot.telegram.updates import read
from flows.run.state import Phase, Run
from storage.records.group_settings import GroupSettings, StandIn, Standing
from storage.records.message_notes import MessageContext
from storage.records.records import GroupState, Member, Person, Reach, SeatState
from storage.store import UnitOfWork

STRANGERS = {"coordinate"}  # asked of Telegram, and only in the group's own chat


class Undo(Exception):
    """Undoes an attempt."""


@dataclass(frozen=True)
class Seat:
    """Somebody who tries."""

    person: Person
    member: Member | None


@dataclass
class Scene:
    """Two groups with somebody of every kind in the first, a run in each."""

    work: UnitOfWork
    town: Town
    seats: Mapping[Who, Seat]
    groups: tuple[int, int]
    runs: tuple[int, int]
    closed: int  # a run in the first group that is not open to the network
    reached: list[str]
    attempts: int = 0

    def action(self, verb: str, other: bool = False) -> Action:
        """What a button of this kind carries, about the first group or the other one."""
        about = BUTTONS[verb].about
        number = self.groups[other] if about is About.GROUP else self.runs[other]
        return Action(verb, number, 0, "1")

    async def tries(self, seat: Seat, data: str, chat: Chat | None = None) -> bool:
        """True if a tap on a button with this data reaches the one who handles it."""
        sender = Sender(seat.person.user_id, "Någon")
        here = chat or Chat(seat.person.user_id, "private")
        return await self._hears(CallbackQuery(here, sender, "1", 1, data))

    async def says(self, seat: Seat, text: str, **more: Any) -> bool:
        """True if a command reaches the one who handles it."""
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        user = {"id": seat.person.user_id, "first_name": "Någon"}
        message = {"message_id": 1, "date": 0, "chat": {**user, "type": "private"}, "from": user, "text": text}
        heard = read({"message": {**message, "entities": [entity], **more}}, self.town.bot.services.username)
        assert isinstance(heard, Written)
        return await self._hears(heard)

    async def writes(self, seat: Seat, want: str, other: bool = False) -> bool:
        """True if a text reaches the one who wants it, after a message that asked this person for it."""
        user = {"id": seat.person.user_id, "first_name": "Någon"}
        message = {"message_id": 1, "date": 0, "chat": {**user, "type": "private"}, "from": user, "text": "Ett svar"}
        heard = read({"message": message}, self.town.bot.services.username)
        return await self._hears(heard, asked=MessageContext(want=want, group=self.groups[other]))

    async def _hears(self, heard: Any, asked: MessageContext | None = None) -> bool:
        self.attempts += 1
        self.reached.clear()
        with pytest.raises(Undo):
            async with self.work.savepoint():
                if asked is not None:
                    person = await self.work.people.by_user(heard.sender.user_id)
                    assert person is not None
                    await self.work.prompts.ask(person.id, asked.group, matter_of(asked) or "", asked)
                await handle(Context(self.town.bot.services, self.work, START), heard)
                raise Undo
        return bool(self.reached)


def an_open_run(played: Town, exercise: str) -> dict[str, Any]:
    """The state of a run of this exercise in which nobody has a seat."""
    return to_json(Run(played.bot.services.process.exercises[exercise], 0, phase=Phase.OPEN))


async def set_up(played: Town, work: UnitOfWork, reached: list[str]) -> Scene:
    """Everybody of the matrix in one group, and another group beside it."""
    ids, runs, seats = [], [], {}
    for number in (1, 2):
        group = await work.groups.add(-number, "Påhittad stad")
        group = await work.groups.update(group.id, state=GroupState.ACTIVE)
        ids.append(group.id)
        runs.append((await work.runs.add(group.id, "chain", "", an_open_run(played, "chain"))).id)
    closed = (await work.runs.add(ids[0], "candidates", "", an_open_run(played, "candidates"))).id
    readers: list[int] = []
    stand_ins: dict[int, StandIn] = {}
    for number, who in enumerate(Who, 100):
        person = await work.people.ensure(number)
        person = await work.people.update(person.id, reach=Reach.REACHABLE)
        member = None
        if who in permission_matrix.SEATS:
            role, state, coordinator = permission_matrix.SEATS[who]
            member = await work.members.add(ids[0], person.id, role)
            member = await work.members.update(member.id, name="N", state=state, coordinator=coordinator)
            if who is Who.STAND_IN:
                stand_ins[member.id] = StandIn((), START.date())
            if who is Who.ASKED:
                member = await work.members.update(member.id, agreed_version=permission_matrix.BEFORE)
            if who in (Who.READER, Who.ASKED, Who.LEFT):
                readers.append(member.id)
        seats[who] = Seat(await work.people.get(person.id), member)
    settings = GroupSettings(readers=tuple(readers), standing=Standing(stand_ins))
    await work.groups.update(ids[0], settings=settings)
    return Scene(work, played, seats, (ids[0], ids[1]), (runs[0], runs[1]), closed, reached)


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a watch before every handler: what is reached is written down and not done."""
    reached: list[str] = []

    def spy(name: str) -> Any:
        async def handler(*_: Any) -> None:
            reached.append(name)

        return handler

    def watched(routes: Mapping[str, Any]) -> dict[str, Any]:
        return {n: replace(r, handler=spy(n)) if r.handler is not None else r for n, r in routes.items()}

    monkeypatch.setattr(callback_queries, "BUTTONS", watched(BUTTONS))
    for module in (private_commands, dispatch_commands):
        monkeypatch.setattr(module, "COMMANDS", watched(COMMANDS))
    monkeypatch.setattr(dispatch_texts, "TEXTS", watched(TEXTS))
    return reached


THEIR_OWN = frozenset({"unname"})  # is theirs also once they have left


def forged(button: str, luck: random.Random) -> Iterator[str]:
    """Yield data that somebody made up, or made from a real button."""
    place = luck.randrange(len(button))
    yield button[:place] + luck.choice(string.ascii_letters.replace(button[place], "")) + button[place + 1 :]
    yield button[:-1]
    yield "".join(luck.choice(string.ascii_letters + string.digits) for _ in range(len(button)))
    yield "openinc.1..1"


@pytest.mark.slow
async def test_every_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every role with every button, command and wanted text, in every way round: what is not allowed is refused."""
    reached = watch(monkeypatch)
    luck = random.Random(5)
    async with town(tmp_path) as played, played.bot.store.work() as work:
        scene = await set_up(played, work, reached)
        seal = played.bot.services.buttons.seal
        wrong, refused = [], 0
        for who, seat in scene.seats.items():
            scope, other = (
                private_scope(seat.person),
                scene.seats[Who.COORDINATOR if who is not Who.COORDINATOR else Who.CORE],
            )
            for verb in sorted(set(BUTTONS) - STRANGERS):
                button = seal(scope, scene.action(verb))
                tried = {"own": await scene.tries(seat, button)}
                tried["other group"] = await scene.tries(seat, seal(scope, scene.action(verb, other=True)))
                tried["stolen"] = await scene.tries(seat, seal(private_scope(other.person), scene.action(verb)))
                tried["another chat"] = await scene.tries(seat, button, Chat(-2, "group"))
                if BUTTONS[verb].about is About.RUN:
                    tried["not open to the network"] = await scene.tries(seat, seal(scope, Action(verb, scene.closed)))
                for data in forged(button, luck):
                    tried["forged"] = tried.get("forged", False) or await scene.tries(seat, data)
                may = permission_matrix.may(RIGHTS, who, verb)
                core = seat.member is not None and seat.member.role == "core" and who is not Who.ASKED
                meets = core or who is Who.NETWORK or BUTTONS[verb].about is About.GROUP or verb in THEIR_OWN
                allowed = {"own": may and meets, "not open to the network": may and (core or verb in THEIR_OWN)}
                wrong += [(who, verb, way) for way, did in tried.items() if did != allowed.get(way, False)]
                refused += sum(not did for did in tried.values()) + 3
            for name in sorted(name for name, c in COMMANDS.items() if c.handler is not None):
                tried = {"own": await scene.says(seat, f"/{name}")}
                tried["forwarded"] = await scene.says(seat, f"/{name}", forward_origin={"type": "hidden_user"})
                allowed = {"own": permission_matrix.may(RIGHTS, who, f"/{name}") and seat.member is not None}
                # The start of the chat is for everybody who is in, and says nothing else to others.
                if name not in ("start", "aktivera"):
                    wrong += [(who, name, way) for way, did in tried.items() if did != allowed.get(way, False)]
                refused += sum(not did for did in tried.values())
            for want, role in sorted(RIGHTS["text"].items()):
                tried = {"own": await scene.writes(seat, want)}
                tried["other group"] = await scene.writes(seat, want, other=True)
                held = who is Who.ASKED  # until they have answered
                allowed = {"own": permissions.may(role, *permission_matrix.seat(who)) and not held}
                wrong += [(who, want, way) for way, did in tried.items() if did != allowed.get(way, False)]
                refused += sum(not did for did in tried.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\naccess: {scene.attempts} attempts, {refused} of them to be refused, {len(wrong)} wrongly met\n"
        )
    assert wrong == []


async def test_removed_between_two_taps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is removed between two taps is refused at the second, but for taking out their own name."""
    reached = watch(monkeypatch)
    async with town(tmp_path) as played, played.bot.store.work() as work:
        scene = await set_up(played, work, reached)
        seat = scene.seats[Who.COORDINATOR]
        seal = played.bot.services.buttons.seal
        allowed = [v for v in sorted(set(BUTTONS) - STRANGERS) if permission_matrix.may(RIGHTS, Who.COORDINATOR, v)]
        buttons, kept = (
            [seal(private_scope(seat.person), scene.action(verb)) for verb in allowed if (verb in THEIR_OWN) is theirs]
            for theirs in (False, True)
        )
        assert all([await scene.tries(seat, button) for button in (*buttons, *kept)])
        assert seat.member is not None
        await work.members.update(seat.member.id, state=SeatState.LEFT, coordinator=False)
        assert not any([await scene.tries(seat, button) for button in buttons])
        assert all([await scene.tries(seat, button) for button in kept])
        # The very buttons are dead after coming back, while those of the new seat work.
        await work.members.update(seat.member.id, state=SeatState.ACTIVE, coordinator=True)
        assert not any([await scene.tries(seat, button) for button in buttons])
        seat = Seat(await work.people.get(seat.person.id), seat.member)
        new = [seal(private_scope(seat.person), scene.action(verb)) for verb in allowed]
        assert all([await scene.tries(seat, button) for button in new])


def test_a_coordinator_is_no_reader() -> None:
    """What is most sensitive is open to those who were named and nobody else; the access log to coordinators."""
    rights = {(kind, name): who for kind, name, who in permission_matrix.rows(RIGHTS)}
    reading = [who for who, may in rights["data", "incidents and their notes"].items() if may]
    assert reading == [Who.READER]
    assert [who for who, may in rights["data", "the access log"].items() if may] == [Who.STAND_IN, Who.COORDINATOR]
    for name in ("the whole group as an archive", "erasing", "naming who reads"):
        assert [who for who, may in rights["data", name].items() if may] == [Who.COORDINATOR]
    assert not any(rights["data", name][Who.STRANGER] for name in permission_matrix.DATA if name != "where to turn")


def test_the_command_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot access` shows every command, button, text and kind of data against every role."""
    args: Any = argparse.Namespace(kind=None)
    assert command.main(args) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in (*BUTTONS, *COMMANDS, *TEXTS, *permission_matrix.DATA))
