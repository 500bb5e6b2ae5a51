"""Anybody of one town, with any button, about anything of another: nothing of that town is told.

The usual run tries some thousands of (who, what, about what), `STADSBOT_TEST_TRIPLES=100000` a hundred thousand.
"""

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.context.context import Context
from bot.context.permissions import About
from bot.context.sealed_actions import Action
from bot.demo import finished
from bot.demo.invented import Invented
from bot.demo.town import START, Town, town
from bot.dispatch.chat_commands import COMMANDS
from bot.dispatch.route_update import handle
from bot.dispatch.routing import BUTTONS
from bot.telegram.updates import CallbackQuery, Chat, Sender, Written
from storage.outbox import Outbox
from storage.records import Kind, Person
from storage.store import UnitOfWork

MANY = int(os.environ.get("STADSBOT_TEST_TRIPLES", "3000"))
CANARY = "Kanariefågel"  # stands in all that the other town has
OWN, OTHER = 1, 2
FIRST = {OWN: 1_000, OTHER: 2_000}  # the first user of each


class Undo(Exception):
    """Undoes an attempt."""


@dataclass(frozen=True)
class Pool:
    """What a button can be about: numbers of runs and groups, and what stands beside them."""

    runs: tuple[int, ...]
    arguments: tuple[str, ...]


async def two_towns(played: Town, work: UnitOfWork) -> Pool:
    """Two towns that have done everything; in the other one each word holds the canary."""
    ctx, invented = Context(played.bot.services, work, START), Invented()
    for number in (OWN, OTHER):
        users = [FIRST[number] + n for n in range(len(invented.people))]
        await finished.settle(ctx, -number, users, invented)
        members = await work.members.of_group(number)
        group = await work.groups.get(number)
        settings = {**group.settings, "readers": [members[-1].id]}
        title = f"{CANARY}-staden" if number == OTHER else group.title
        await work.groups.update(number, settings=settings, title=title)
        for member in members:
            name = f"{CANARY} {member.id}" if number == OTHER else member.name
            await work.members.update(member.id, name=name)
            await work.people.update(member.person_id, reach="reachable")
        for day in range(3):
            values = {"kind": "exploitation", "note": CANARY if number == OTHER else "Något."}
            await work.incidents.add(number, members[day].person_id, values, ctx.today)
    for exercise in played.bot.services.process.exercises:
        rows, _ = await work.rows.list(OTHER, exercise, limit=1_000)
        for row in rows:
            values = {q: f"{value} {CANARY}" if isinstance(value, str) else value for q, value in row.values.items()}
            await work.rows.update(row.id, values=values, version=row.version + 1)
    for run in await work.runs.all_of(OTHER):
        for answer in await work.answers.for_group(run.id):
            if isinstance(answer.value, str) and answer.id:
                await work.answers.keep(
                    run.id, answer.owner, answer.question, answer.item, f"{answer.value} {CANARY}", answer.comment,
                    answer.audience, answer.anonymous, answer.member_id,
                )  # fmt: skip
    runs = tuple([run.id for number in (OWN, OTHER) for run in await work.runs.all_of(number)])
    words = ("", "yes", "ask", "no", "new", "0", "word", "pdf", "plan.pdf", "routine:pdf", "s", "o")
    ids = [str(n) for n in range(1, 400)]
    pairs = [f"{a}:{b}" for a in (1, 2, 30, 200) for b in ("o", "s", "r", "1", "2")]
    return Pool(runs, (*words, *ids, *pairs, *played.bot.services.process.exercises))


def attempt(luck: random.Random, pool: Pool) -> Action:
    """A button that nobody of this town was ever given."""
    verb = luck.choice(sorted(BUTTONS))
    about = BUTTONS[verb].about
    number = luck.choice((OTHER, OTHER, OWN)) if about is About.GROUP else luck.choice((0, *pool.runs))
    return Action(verb, number, luck.choice((0, 0, 1, 2, OTHER, 7)), luck.choice(pool.arguments))


def held_out(luck: random.Random, pool: Pool, played: Town, person: Person) -> CallbackQuery | Written:
    """A tap on any button, which is this person's; now and then a command."""
    sender, chat = Sender(person.user_id, "Någon"), Chat(person.user_id, "private")
    if luck.random() < 0.1:
        command = luck.choice(sorted(COMMANDS))
        arguments = luck.choice(pool.arguments)
        return Written(chat, sender, 1, int(START.timestamp()), f"/{command} {arguments}", command, arguments)
    data = played.bot.services.buttons.seal(f"p{person.id}", attempt(luck, pool))
    return CallbackQuery(chat, sender, "1", 1, data)


class Trial:
    """Lets people try, and listens to what they are told."""

    def __init__(self, played: Town, work: UnitOfWork, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        self.played, self.work, self.pool = played, work, pool
        self.luck, self.answered, self.useless = random.Random(11), 0, 0
        self._said: list[str] = []
        put = Outbox.put

        async def heard(outbox: Outbox, chat: str, kind: Kind, content: dict[str, Any], **more: Any) -> int:
            files = [(file.filename, file.content) for file in more.get("files", ())]
            self._said.append(f"{content} {more.get('context')} {files}")
            return await put(outbox, chat, kind, content, **more)

        monkeypatch.setattr(Outbox, "put", heard)

    async def told(self, person: Person) -> str:
        """What somebody is told when they try something; it is undone."""
        self._said.clear()
        ctx = Context(self.played.bot.services, self.work, START)
        try:
            async with self.work.savepoint():
                await handle(ctx, held_out(self.luck, self.pool, self.played, person))
                raise Undo
        except Undo:
            pass
        except Exception:  # noqa: BLE001 - what was made up may be of no use at all, and is put aside
            self.useless += 1
        self.answered += bool(self._said)
        return f"{self._said} {[notice.text for notice in ctx.notices]}"


@pytest.mark.slow
async def test_another_towns_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Members, coordinators and readers of one town who hold any button about another hear not one word of it."""
    async with town(tmp_path) as played, played.bot.store.work() as work:
        trial = Trial(played, work, await two_towns(played, work), monkeypatch)
        people = {
            number: [await work.people.get(m.person_id) for m in await work.members.of_group(number)]
            for number in (OWN, OTHER)
        }
        for _ in range(MANY):
            assert CANARY not in await trial.told(trial.luck.choice(people[OWN]))
        answered, useless = trial.answered, trial.useless
        their_own = sum([CANARY in await trial.told(trial.luck.choice(people[OTHER])) for _ in range(MANY // 10)])
    assert their_own > MANY // 300, "those whose town it is hear of it"
    with capsys.disabled():
        print(f"\ntriples: {MANY} tried, {answered} answered, {useless} of no use, 0 told of the other town")  # noqa: T201
