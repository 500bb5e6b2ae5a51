"""Whatever stands in a list can be changed by whoever writes there; and what stood there before does so no more."""

from pathlib import Path

import pytest

from bot.demo.town import Town, town
from bot.demo.transcript import gathered, group_id
from flows.enums import ExerciseRole, How, Kind
from flows.run.state import Place
from messages.documents.catalogue import DOCUMENTS
from messages.documents.compose import compose
from storage.json_records import JsonObject
from tests.bot.answering import (
    COLLEAGUE,
    COORDINATOR,
    EXERCISES,
    MOST,
    WRITER,
    Answering,
    Words,
    begun,
    some_slow,
    taking_part,
)
from tests.bot.documents import material
from tests.documents.in_chat import as_chat as in_chat

LISTS = some_slow(exercise for exercise in EXERCISES.values() if exercise.how is How.ROWS and not exercise.private)


@pytest.mark.parametrize("name", LISTS)
async def test_in_a_list(name: str, tmp_path: Path) -> None:
    """Row by row: reworded before it is saved, changed by two, taken back, removed and restored beside another one."""
    async with town(tmp_path) as played:
        await gathered(played, [COORDINATOR, WRITER, COLLEAGUE])
        exercise, words = EXERCISES[name], Words()
        moves = exercise.role is ExerciseRole.MEETINGS  # which the calendar holds: the coordinator's to move
        person = await taking_part(played, exercise, COORDINATOR if moves else WRITER, words)
        row = await added(person)
        colleague = await taking_part(played, exercise, COORDINATOR if moves else COLLEAGUE, words)
        colleague.sheet, colleague.turns = person.sheet, person.turns
        for somebody in (person, colleague):
            await fields_changed(somebody, row)
        await in_list(played, person, row)
        await person.press("drop", row, of_asking=False)
        gone = {word for _, word in words.of(person.sheet)} - words.names
        words.old |= gone
        await in_list(played, person)
        await person.press("undrop", row, of_asking=False)
        words.old -= gone
        await in_list(played, person, row)
        other = Answering(played, person.name, person.number, words)
        await in_list(played, other, await added(other))
        await in_list(played, person, row)


async def added(person: Answering) -> int:
    """Fill in a new row, each text edited once it is given; return its number."""
    there = {row.id for row in await person.rows()}
    person.sheet = f"row {len(there)}"
    await person.press("add", of_asking=False)
    for _ in range(MOST):
        run, visit = await person.run(), await person.visit()
        if visit.place is Place.DONE:
            break
        if visit.place is Place.SUMMARY:
            for place, key in enumerate(visit.draft):
                person.turns[key] += 1
                await person.press("go", place)
                await person.answer((Place.SUMMARY,))
            await person.press("save")
            continue
        await person.one_step(run, visit)
        word, drafted = person.words.now.get(person.place(visit.key)), (await person.visit()).draft
        if word and visit.key in drafted and visit.key not in visit.draft:
            text = person.text(run, visit.key, run.question(visit.key))
            await person.town.edit(person.name, word, text)
            person.nothing_failed()
    (made,) = {row.id for row in await person.rows()} - there
    await row_holds(person, made)
    return made


async def fields_changed(person: Answering, number: int) -> None:
    """Change each field of a row, and again, and take the second change back."""
    run = await person.run()
    for place, question in enumerate(run.exercise.questions):
        if not question.applies((await person.row(number)).values):
            continue
        for _ in range(2):
            before = (await person.row(number)).values.get(question.id)
            for _ in range(2):
                person.turns[question.id] += 1
                await person.press("field", f"{number}:{place}", of_asking=False)
                await person.answer((Place.DONE,))
                after = await person.row(number)
                if after.values[question.id] != before:
                    break
            assert after.values[question.id] != before, question.id
            await row_holds(person, number)
        if question.kind is Kind.TEXT:
            await person.press("rowback", f"{number}:{after.version}", of_asking=False)
            person.words.back(person.place(question.id))
            await row_holds(person, number)


async def row_holds(person: Answering, number: int) -> None:
    """The newest words stand in the row, and none of the older ones."""
    said, values, run = await person.row_shown(number), (await person.row(number)).values, await person.run()
    assert person.words.stale(said) == set()
    asked = {person.place(question.id) for question in run.exercise.questions if question.applies(values)}
    missing = {place for place, word in person.words.of(person.sheet) if word not in said}
    assert missing & asked == set()


async def in_list(played: Town, person: Answering, number: int = 0) -> None:
    """The list in the chat and in the documents have the row's newest words and no older ones; no row, no words."""
    if number:
        await row_holds(person, number)
    await person.press("open", of_asking=False)
    made, run = await material(played), await person.run()
    assert run.exercise.register is not None
    title = person.words.now.get(person.place(run.exercise.register.title))
    if number and title:
        assert title in played.last(person.name)
    assert person.words.stale(played.last(person.name)) == set()
    assert person.words.stale(str(made)) == set()
    for document in DOCUMENTS:
        assert person.words.stale(in_chat(compose(document, made))) == set(), document


async def test_seen_by_few(tmp_path: Path) -> None:
    """What somebody has seen is changed before it is saved, and corrected field by field afterwards."""
    async with town(tmp_path) as played:
        await gathered(played, [COORDINATOR, WRITER, COLLEAGUE])
        group = await group_id(played)
        (exercise,) = (one for one in EXERCISES.values() if one.role is ExerciseRole.INCIDENT)
        await played.write(WRITER, "/start")
        await played.press(WRITER, "log", ask=group)
        person = Answering(played, WRITER, await begun(played, exercise, Words()), Words())
        await person.answer((Place.SUMMARY,))
        for place, key in enumerate((await person.visit()).draft):
            person.turns[key] += 1
            await person.press("go", place)
            await person.answer((Place.SUMMARY,))
        await person.press("save")
        before = await logged(played, group)
        for place, question in enumerate((await person.run()).exercise.questions):
            if question.kept_as in before:
                person.turns[question.id] += 1
                await played.press(WRITER, "fixlog", run=group, arg=f"1:{place}")
                await person.answer((Place.DONE,))
                after = await logged(played, group)
                assert {name for name in after if after[name] != before[name]} == {question.kept_as}
                before = after


async def logged(played: Town, group: int) -> JsonObject:
    """What the one incident says."""
    async with played.bot.store.work() as work:
        (incident,) = await work.incidents.all_of(group)
    return incident.values
