"""Anybody, at any address of the page, about anything of two finished towns: nobody is shown what is not for them.

As `tests/triples` has it for buttons and commands, so here for what the page shows by itself: groups,
sheets, files, documents, calendars, one's own data, with marks that are sealed for whoever tries and name anything of
either town. `STADSBOT_TEST_TRIPLES` says how many (a third of it), and `STADSBOT_TEST_SEED` others.
"""

import random
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from bot.context.context import Context
from bot.demo.town import START, Town, town
from bot.page import sessions
from storage.records import Attachment, Group, OutboxKind, Person, group_chat, private_chat
from storage.store import UnitOfWork
from tests.page.reader import ADDRESS, Page
from tests.triples.test_triples import MANY, SEED
from tests.triples.towns import OTHER, OWN, Pool, everybody, marks, two_towns

LOOKS = MANY // 3  # a page takes longer than a button
READ = ("/", "/samtal", "/dokument", "/kalender", "/konto", "/tillganglighet")
PRIVATE = "Privatord"  # with whose it is
SHEETS, GROUPS, FILES, OLDER = "/ovning/{}", "/grupp/{}", "/fil/{}/{}", "/grupp/{}?fore={}"


async def kept(work: UnitOfWork, people: list[Person], number: int) -> None:
    """A town's chats as the page keeps them: each message, and the file under it, says whose it is."""
    said = {group_chat(number): marks(number)["core"]}
    said |= {private_chat(person.id): f"{PRIVATE}{person.id}." for person in people}
    for chat, word in said.items():
        await work.chat_copies.keep_chat(chat)
        files = [Attachment("document", f"{word}.txt", word.encode())]
        for _ in range(3):
            id = await work.outbox.put(chat, OutboxKind.DOCUMENT, {"text": word}, about=number, files=files)
            await work.chat_copies.take(await work.outbox.get(id), id, files)


def address(luck: random.Random, page: Page, pool: Pool, person: Person, copies: list[int], groups: list[Group]) -> str:
    """Any address, with a mark of this person's own that stands for anything."""
    town = luck.choice(groups)
    group, run = page.asking.mark(person, town), page.asking.run_mark(person, luck.choice(pool.runs[town.id]))
    kind = luck.choice((*READ, SHEETS, SHEETS, SHEETS, GROUPS, GROUPS, FILES, FILES, OLDER))
    if kind == SHEETS:
        return kind.format(run)
    return kind.format(luck.choice(copies) if kind == FILES else group, luck.choice((0, 0, 1, luck.choice(copies))))


async def signed_in(played: Town, people: list[Person]) -> dict[int, str]:
    """Everybody's secret: each is signed in."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, START)
        return {person.id: await sessions.begin(ctx, person.id, "") for person in people}


@pytest.mark.slow
async def test_nobody_is_shown_what_is_not_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People of every kind, at any address with any mark of their own, see only what is for them, and no error."""
    luck, seen, found = random.Random(SEED), Counter[str](), Counter[int]()
    async with town(tmp_path, page_url=ADDRESS) as played, Page(played.bot, played.clock) as page:
        async with played.bot.store.work() as work:
            pool = await two_towns(played, work)
            somebody = await everybody(played, work)
            people = [await work.people.get(one.person) for one in somebody]
            for number in (OWN, OTHER):
                mine = {m.person_id for m in await work.members.of_group(number)}
                await kept(work, [person for person in people if person.id in mine], number)
            chats = [group_chat(OWN), group_chat(OTHER), *(private_chat(person.id) for person in people)]
            groups = [await work.groups.get(number) for number in (OWN, OTHER)]
            copies = [copy.id for chat in chats for copy in await work.chat_copies.newest(chat)]
        known = [word.split()[0] for number in (OWN, OTHER) for word in marks(number).values()]
        secrets = await signed_in(played, people)
        client = page.browser().client
        for one, person in ((one, people[somebody.index(one)]) for one in luck.choices(somebody, k=LOOKS)):
            there = address(luck, page, pool, person, copies, groups)
            whence = {"X-Forwarded-For": f"10.0.{luck.randrange(250)}.{luck.randrange(250)}"}
            cookie = {"Cookie": f"{sessions.cookie_name(secure=False)}={secrets[person.id]}"}
            async with client.get(there, headers={**whence, **cookie}) as answer:
                shown = unescape(await answer.text())
                found[answer.status] += 1
            assert answer.status in (200, 404), f"{one.kind} at {there}: {answer.status}"
            wrong = [word for word in one.not_theirs if word in shown]
            wrong += [id for id in re.findall(rf"{PRIVATE}(\d+)", shown) if int(id) != person.id]
            assert wrong == [], f"{one.kind} sees {wrong} at {there}"
            seen[one.kind] += any(word in shown for word in known)
    assert seen["core"] > LOOKS // 50, "those whose town it is see it"
    assert found[404] > LOOKS // 20, "what is not theirs is not there"
    with capsys.disabled():
        told = ", ".join(f"{count} of {status}" for status, count in sorted(found.items()))
        print(f"\npage: {LOOKS} looked at by {len(somebody)} people: {told}; {sum(seen.values())} shown what is theirs")  # noqa: T201
