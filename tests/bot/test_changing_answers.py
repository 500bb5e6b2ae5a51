"""Whatever anybody answers, anywhere, they can change; and what they said before stands nowhere any more.

Every exercise of the process is answered by two of one organisation, with words that nobody else uses, and each of its
answers is changed in each way that there is. So an exercise that somebody adds is tried without a word here.
"""

from pathlib import Path

import pytest

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import gathered
from flows.definitions.model import Exercise
from flows.enums import Audience, How, Kind
from flows.run.state import Place
from messages.documents.catalogue import DOCUMENTS
from messages.documents.compose import compose
from tests.bot.answering import (
    COLLEAGUE,
    COORDINATOR,
    EXERCISES,
    WRITER,
    WRITTEN,
    Answering,
    Words,
    some_slow,
    taking_part,
)
from tests.bot.documents import material
from tests.documents.in_chat import as_chat as in_chat

# -- on a sheet --------------------------------------------------------------------------------------------------------
SHEETS = some_slow(exercise for exercise in EXERCISES.values() if exercise.how is not How.ROWS)


@pytest.mark.parametrize("name", SHEETS)
async def test_on_a_sheet(name: str, tmp_path: Path) -> None:
    """Alone, for an organisation or together: changed before it is handed in, afterwards, and by a colleague."""
    async with town(tmp_path) as played:
        await gathered(played, [COORDINATOR, WRITER, COLLEAGUE])
        exercise, words = EXERCISES[name], Words()
        person = await taking_part(played, exercise, WRITER, words)
        if exercise.anonymous:  # handed in one by one, each by a yes
            await person.answer((Place.DONE,))
            assert (await person.run()).sheet(await person.member()).handed_in
            assert await person.kept() == {}, "none of it lies with its writer"
            return
        if not exercise.private:
            await person.answer((Place.SUMMARY,))
            await holds(person)
            await all_changed(person)
            await person.press("send")
        await person.press("redo")
        await all_changed(person)
        await person.press("send")
        assert (await person.run()).sheet(await person.member()).handed_in
        colleague = await taking_part(played, exercise, COLLEAGUE, words)
        await colleague.press("redo")
        await colleague.answer((Place.SUMMARY,))
        if colleague.sheet == person.sheet:
            colleague.turns = person.turns
        await all_changed(colleague)
        await colleague.press("send")
        if exercise.private:
            return
        await shown(played, person, exercise)
        if exercise.conclusion:
            await concluded(played, words)
        await played.press(COORDINATOR, "close", run=person.number)
        await played.press(COORDINATOR, "close", run=person.number, arg="anyway")
        if not exercise.unseen:
            await no_more(person)
        await in_documents(played, person)


async def all_changed(person: Answering) -> None:
    """Change each answer: by its number, by editing what was written, by taking it back and giving it again."""
    for key in await person.keys():
        for way in (changed, edited, taken_back):
            if key in await person.keys() and key in await person.kept():
                await way(person, key)
                await holds(person)


async def changed(person: Answering, key: str) -> None:
    """Give another answer to a question of the summary; its comment stays, unless it told why it was that one."""
    question, before = (await person.run()).question(key), (await person.kept())[key]
    for _ in range(2):  # what they have said when they joined may be what they would say first
        person.turns[key] += 1
        await person.press("go", (await person.keys()).index(key))
        await person.answer((Place.SUMMARY,))
        after = (await person.kept())[key]
        if after.value != before.value:
            break
    assert after.value != before.value, key
    if before.value in question.reasons and after.value not in question.reasons:
        person.words.gone(person.place(key, of_comment=True))


async def edited(person: Answering, key: str) -> None:
    """Edit the message that gave an answer, or its comment."""
    run, given = await person.run(), (await person.kept())[key]
    if not person.wrote(given):
        return
    if run.question(key).kind in WRITTEN:
        person.turns[key] += 1
        await person.edit(given, person.text(run, key, run.question(key)))
        await person.answer((Place.SUMMARY,))
    elif given.comment:
        await person.edit(given, f"Därför att {person.words.new(person.place(key, of_comment=True))}")


async def taken_back(person: Answering, key: str) -> None:
    """Undo what was just written where others write as well; and empty what need not be there. Then say it again."""
    run, place = await person.run(), (await person.keys()).index(key)
    question, given = run.question(key), (await person.kept())[key]
    if run.shared and question.kind is Kind.TEXT and run.given.written[key].member == await person.member():
        await person.press("unsay", place)
        person.words.back(person.place(key))
    elif not question.required:
        await person.press("go", place)
        await person.press("empty")
        if key in await person.kept():  # somebody else has written there, too
            assert (await person.kept())[key] == given
        else:
            person.words.gone(person.place(key))
            person.words.gone(person.place(key, of_comment=True))
    else:
        return
    await holds(person)
    person.turns[key] += 1
    await person.answer((Place.SUMMARY,))


async def holds(person: Answering) -> None:
    """The newest words stand on the sheet, and none of the older ones."""
    said = str(await person.shown())
    assert person.words.stale(said) == set()
    assert {place for place, word in person.words.of(person.sheet) if word not in said} == set()


# -- where others read it ----------------------------------------------------------------------------------------------
async def shown(played: Town, person: Answering, exercise: Exercise) -> None:
    """Show what everybody said: it is the newest of it, and no edit changes that any more."""
    texts = ""
    if exercise.how is not How.GROUP:
        await played.press(COORDINATOR, "reveal", run=person.number)
        await played.press(COORDINATOR, "reveal", run=person.number, arg="anyway")
        await no_more(person)
        for place in range(len((await person.run()).keys())):
            await played.press(COORDINATOR, "result", run=person.number, arg=str(place))
            texts += played.last(COORDINATOR)
    if texts and not exercise.unseen:
        assert {place for place, word in await to_all(person) if word not in texts} == set()
    assert person.words.stale(texts + person.read()) == set()


async def no_more(person: Answering) -> None:
    """What has been shown stands, whatever is edited: the person is told so."""
    before = await person.shown()
    for given in (await person.kept()).values():
        if person.wrote(given):
            told = len(person.town.messages(person.name))
            await person.edit(given, "Något helt annat")
            assert len(person.town.messages(person.name)) > told
    assert await person.shown() == before


async def to_all(person: Answering) -> list[tuple[str, str]]:
    """The words of what is asked on the sheet and said to the whole group, each with its place."""
    run, asked = await person.run(), await person.keys()
    open_to_all = {key for key in asked if run.question(key).audience is Audience.GROUP}
    return [(place, word) for place, word in person.words.of(person.sheet) if place.split("/")[1] in open_to_all]


async def concluded(played: Town, words: Words) -> None:
    """Write what the group concludes, edit it, and take that back."""
    await played.tap(COORDINATOR, "Skriv vad ni kom fram till", chat=GROUP)
    await played.write(COORDINATOR, f"Vi är ense om {words.new('conclusion')}", chat=GROUP, reply_to="håller i pennan")
    await played.edit(COORDINATOR, words.now["conclusion"], f"Vi är ense om {words.new('conclusion')}", chat=GROUP)
    assert words.now["conclusion"] in played.last(COORDINATOR, GROUP)


async def in_documents(played: Town, person: Answering) -> None:
    """Documents are made of the newest words, and none of them has an older one."""
    made = await material(played)
    reasons = EXERCISES[(await person.run()).exercise.id].approves  # are told in the chat, and stand on no paper
    said = {place for place, word in await to_all(person) if word not in str(made)}
    assert {place for place in said if not (reasons and place.endswith("/why"))} == set()
    assert person.words.now.get("conclusion", "") in str(made)
    for document in DOCUMENTS:
        assert person.words.stale(in_chat(compose(document, made))) == set(), document
