"""What people are asked, and texts that wait to be placed: through restarts, sealed, and gone when they should be."""

import asyncio
from datetime import timedelta
from pathlib import Path

from storage.records.message_notes import AboutRow, MessageContext
from storage.records.prompts import TextPart
from storage.records.records import Member
from storage.store import UnitOfWork
from tests.storage.conftest import START, Clock, Open

TODAY = START.date()
FEELING, SHEET, OTHER = "feeling:1", "run:1", "run:2"


async def a_member(work: UnitOfWork) -> Member:
    """Someone who is in a group."""
    group = await work.groups.add(-1, "Exempelstad")
    person = await work.people.ensure(7)
    return await work.members.add(group.id, person.id, "core")


async def asked(work: UnitOfWork, member: Member, *matters: str) -> None:
    """Let these be asked, one after the other, each with news of another matter after it."""
    for matter in matters:
        context = MessageContext(1) if matter.startswith("run") else MessageContext(want="feeling")
        await work.prompts.interrupt(member.person_id, but=matter)
        await work.prompts.ask(member.person_id, member.group_id, matter, context)


async def test_what_is_asked_outlives_a_restart(open_store: Open, clock: Clock) -> None:
    """A question is asked until it ends, with what has been said beside it; a word in it lets the others wait."""
    store = await open_store()
    async with store.work() as work:
        member = await a_member(work)
        await asked(work, member, SHEET, FEELING)
    clock.wind(hours=1)
    store = await open_store()
    async with store.work() as work:
        sheet, feeling = await work.prompts.of(member.person_id)
        assert (sheet.matter, sheet.interrupted, sheet.aside) == (SHEET, True, False)
        assert (feeling.matter, feeling.interrupted, feeling.context) == (
            FEELING,
            False,
            MessageContext(want="feeling"),
        )
        await work.prompts.word(sheet.id)
    store = await open_store()
    async with store.work() as work:
        sheet, feeling = await work.prompts.of(member.person_id)
        assert (sheet.interrupted, sheet.last_word_at) == (False, int(clock.now.timestamp()))
        assert feeling.aside
        await work.prompts.end(member.person_id, SHEET)
        assert [prompt.matter for prompt in await work.prompts.of(member.person_id)] == [FEELING]


async def test_the_exercise_last_turned_to_asks(open_store: Open) -> None:
    """Of two exercises the latter asks, and the former waits; what a feature asked for is asked beside both."""
    store = await open_store()
    async with store.work() as work:
        member = await a_member(work)
        await asked(work, member, FEELING, SHEET, OTHER)
        found = {prompt.matter: prompt.aside for prompt in await work.prompts.of(member.person_id)}
        assert found == {FEELING: False, SHEET: True, OTHER: False}


async def test_what_was_asked_about_a_row_before_an_upgrade_is_answered_once(open_store: Open) -> None:
    """Its matter did not name the row: the answer ends it as any other, and to ask again replaces it."""
    store, note = await open_store(), MessageContext(want="note", group=1, about=AboutRow(5))
    async with store.work() as work:
        member = await a_member(work)
        await work.prompts.ask(member.person_id, member.group_id, "note:1", note)
        await work.prompts.ask(member.person_id, member.group_id, "note:1:row:5", note)
        assert [prompt.aside for prompt in await work.prompts.of(member.person_id)] == [False]
        await work.prompts.end(member.person_id, "note:1:row:6")
        assert await work.prompts.of(member.person_id)
        await work.prompts.end(member.person_id, "note:1:row:5")
        assert await work.prompts.of(member.person_id) == []


async def test_a_held_text_is_sealed_and_goes_after_its_days(open_store: Open, path: Path, clock: Clock) -> None:
    """What was written can be read in the file by nobody, and is kept to the end of the last day."""
    store = await open_store()
    until = TODAY + timedelta(7)
    async with store.work() as work:
        member = await a_member(work)
        part = TextPart("jag sover inte", 5, 1, long=False)
        at = int(clock.now.timestamp())
        await work.held_texts.hold(member.person_id, member.group_id, part, at, [SHEET, FEELING], until)
    await open_store.close()
    assert b"sover" not in await asyncio.to_thread(path.read_bytes)
    store = await open_store()
    async with store.work() as work:
        await work.held_texts.prune(until)
        held = await work.held_texts.newest(member.person_id)
        assert held is not None
        assert (held.parts, held.candidates) == ((part,), (SHEET, FEELING))
        await work.held_texts.prune(until + timedelta(1))
        assert await work.held_texts.newest(member.person_id) is None


async def test_a_cry_is_spoken_of_nowhere(open_store: Open) -> None:
    """What may be meant for the bot alone is no text that waits; it goes by night, and when the chat is emptied."""
    store = await open_store()
    async with store.work() as work:
        member = await a_member(work)
        cry, other = (TextPart(text, 5, 1, long=False, cries=text == "ett rop") for text in ("ett rop", "hej"))
        for part in (cry, other, cry):
            await work.held_texts.hold(member.person_id, member.group_id, part, 1, [SHEET], TODAY)
        assert [held.text for held in await work.held_texts.told_of(member.person_id, TODAY)] == ["hej"]
        assert await work.held_texts.of(member.person_id, TODAY + timedelta(1)) == []
        await work.held_texts.drop_cries(member.person_id)
        assert [held.text for held in await work.held_texts.of(member.person_id, TODAY)] == ["hej"]


async def test_whoever_leaves_is_asked_nothing_more(open_store: Open) -> None:
    """What they were asked in the group goes, and what they wrote and had not placed."""
    store = await open_store()
    async with store.work() as work:
        member = await a_member(work)
        await asked(work, member, SHEET)
        part = TextPart("hej", 5, 1, long=False)
        await work.held_texts.hold(member.person_id, member.group_id, part, 1, [SHEET], TODAY)
        await work.prompts.end_all(member.person_id, member.group_id)
        assert await work.prompts.of(member.person_id) == []
        assert await work.held_texts.newest(member.person_id) is None


async def test_an_incident_hides_what_was_put_aside(open_store: Open) -> None:
    """With an incident all that anybody in the group is being asked is sealed anew, whoever has logged it."""
    store = await open_store()
    async with store.work() as work:
        member = await a_member(work)
        other = await work.members.add(member.group_id, (await work.people.ensure(8)).id, "core")
        for one in (member, other):
            await asked(work, one, SHEET)
        before = {row["sealed"] for row in await work._session.rows("SELECT sealed FROM prompts")}
        await work.incidents.add(member.group_id, member.person_id, {}, TODAY)
        after = {row["sealed"] for row in await work._session.rows("SELECT sealed FROM prompts")}
        assert len(after) == len(before) == 2
        assert not before & after
        assert [prompt.matter for prompt in await work.prompts.of(other.person_id)] == [SHEET]
