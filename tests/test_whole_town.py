"""The whole town: six people go from step 0 to the celebration, and every answer on the way is where it should be.

Dag is silent from beginning to end. Farid blocks the bot for a month. Elin changes jobs midway, and a colleague comes
in her place. What they say is what the people of the demonstration say (messages/sv/demo*.toml), tapped and written as
they do.

`STADSBOT_TOWN=<file>` keeps what was said in all chats, to be read through.
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from bot.context.context import Context
from bot.demo.invented import Invented
from bot.demo.others import Others
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import group_id
from bot.exercises import runner
from bot.features.incidents.retention import registers  # what is thinned out when a year has gone
from flows.definitions.model import Exercise, Question
from flows.enums import How, Kind
from flows.run.state import Phase, Run, key_of
from storage.records.records import Group
from storage.store import UnitOfWork
from tests.remembered import assert_remembered_rightly

COORDINATOR, SILENT, BLOCKS, LEAVES, COMES = "Alva", "Dag", "Farid", "Elin", "Gerda"
BLOCKED_IN, LEFT_AFTER, FAREWELL = 3, 4, "Det här tar vi med oss."
ANYWAY = "Gå vidare ändå"
MOST = 300  # rounds of everyone doing one thing each, for one exercise; more means that something goes round
SECONDS = 4  # between two things that a person does
DAYS = {How.EACH: 5, How.ORG: 6, How.GROUP: 4, How.ROWS: 7}  # from the beginning of an exercise to its end


Said = tuple[str, int, str, str, Any]  # exercise, run, owner, key, answer


class Remembering(Invented):
    """Remembers what everybody was told to answer, so that it can be looked for afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Said] = []

    def _person(self, name: str) -> dict[str, Any]:
        """Who comes in somebody's place is a colleague."""
        return super()._person(LEAVES if name == COMES else name)

    def answer(self, run: Run, key: str, member: int, name: str) -> Any:
        """The answer, noted."""
        answer = super().answer(run, key, member, name)
        if answer is not None:
            self.said.append((run.exercise.id, run.number, run.owner(member), key, answer))
        return answer


class Walk:
    """The coordinator's way through the process, with the others answering by themselves."""

    def __init__(self, played: Town) -> None:
        self.town, self.invented = played, Remembering()
        self.others = Others(played.sandbox, played.bot, self.invented)
        self.kept_back = 0  # texts of which it was seen that the group did not have them too early

    async def everyone_answers(self) -> None:
        """Let all but the silent one do what waits for them, until nothing more waits."""
        self.others._followed.clear()
        deeds: list[Any] = []
        for _ in range(MOST):
            steps = await self.others._steps([self.town.person(SILENT)])
            deeds = [step.deed for step in steps if step.deed]
            for deed in deeds:
                deed()
            self.town.sandbox.wind(SECONDS)
            await self.town.settle()
            if not deeds:
                return
        stuck = {
            name: self.town.last(name) for name, user in self.town.people.items() if user in {s.user for s in steps}
        }
        raise AssertionError(f"they never get done: {stuck}")

    async def hand_over(self, leaves: str, comes: str) -> None:
        """A colleague comes into the chat and takes over a seat, with the link that the coordinator was given."""
        await self.town.act(comes, "join", chat=self.town.chat_id(comes, GROUP))
        await self.town.write(COORDINATOR, "/deltagare")
        await self.town.tap(COORDINATOR, "En kollega t")
        await self.town.tap(COORDINATOR, leaves)
        link = re.findall(r"https://t\.me/\S+", self.town.last(COORDINATOR))[-1]
        await self.town.act(comes, "open_link", url=link)
        await self.everyone_answers()
        assert f"{comes} tar över efter {leaves}" in "".join(self.town.texts(COORDINATOR, GROUP))
        await self.town.act(leaves, "leave", chat=self.town.chat_id(leaves, GROUP))

    async def exercise(self, exercise: Exercise) -> None:
        """Begin it, let everyone answer, show what they said, conclude, close."""
        shown = self.in_the_group()
        run = await self.begun(exercise)
        await self.everyone_answers()
        await self.town.wind(days=DAYS[exercise.how])
        await self.everyone_answers()
        phase = await self.phase(run)
        if phase == Phase.OPEN and exercise.how in (How.EACH, How.ORG):
            self.nothing_is_given_away(exercise, shown)
            await self.town.press(COORDINATOR, "reveal", run=run)
            await self.town.press(COORDINATOR, "reveal", run=run, arg="anyway")
        if exercise.board:
            await self.put_together(run)
        if exercise.conclusion:
            await self.town.tap(COORDINATOR, "Skriv vad ni kom fram till", chat=GROUP)
            await self.town.write(COORDINATOR, FAREWELL, chat=GROUP, reply_to="håller i pennan")
        await self.town.press(COORDINATOR, "close", run=run)
        if await self.phase(run) != Phase.CONCLUDED:  # one of them never answers
            await self.town.press(COORDINATOR, "close", run=run, arg="anyway")
        assert await self.phase(run) == Phase.CONCLUDED, f"{exercise.id} cannot be closed"
        await all_is_there(self.town, [said for said in self.invented.said if said[0] == exercise.id])

    def in_the_group(self) -> str:
        """All that the bot says in the group's chat."""
        return "\n".join(self.town.texts(COORDINATOR, GROUP))

    def nothing_is_given_away(self, exercise: Exercise, before: str) -> None:
        """What somebody wrote in private stands nowhere in the group before it is shown. `before`: what stood there."""
        words = {
            answer
            for id, _, _, key, answer in self.invented.said
            if id == exercise.id and exercise.question(key.partition("@")[0]).kind is Kind.TEXT and answer not in before
        }
        now = self.in_the_group()
        assert not [word for word in words if word in now], f"{exercise.id}: told before it is shown"
        self.kept_back += len(words)

    async def put_together(self, run: int) -> None:
        """Lay the notes on the board, two of them together, vote, and look at the result of each question."""
        await self.town.tap(COORDINATOR, "Lägg lapparna i högar", chat=GROUP)
        async with self.town.bot.store.work() as work:
            laid = await work.activity_states.state(await group_id(self.town, work), "board", str(run))
        assert laid is not None
        for _ in laid["order"]:
            for name, label in (("Bashir", "1"), ("Bashir", "2"), (COORDINATOR, "Klart, rösta"), ("Cecilia", "1")):
                await self.town.tap(name, label, chat=GROUP)
            await self.town.tap(COORDINATOR, "Visa resultatet", chat=GROUP)
            await self.town.tap(COORDINATOR, "Visa ändå", chat=GROUP)  # one of them has voted

    async def begun(self, exercise: Exercise) -> int:
        """The number of the run, which the coordinator begins unless it has begun by itself."""
        group = await group_id(self.town)
        async with self.town.bot.store.work() as work:
            rounds = await work.runs.of_exercise(group, exercise.id)
        if not rounds:
            await self.town.press(COORDINATOR, "begin", ask=group, arg=exercise.id)
            if "Det är ett råd." in self.town.last(COORDINATOR):
                await self.against_advice()
                await self.town.press(COORDINATOR, "begin", ask=group, arg=exercise.id)
            if "Sätt i gång ändå" in self.town.keys(COORDINATOR):  # what the text still lacks is shown first
                await self.town.tap(COORDINATOR, "Sätt i gång ändå")
        async with self.town.bot.store.work() as work:
            rounds = await work.runs.of_exercise(group, exercise.id)
        assert rounds, f"{exercise.id} cannot be begun: {self.town.toast()}"
        return rounds[-1].id

    async def step(self, number: int) -> None:
        """Open a step, against advice if need be."""
        group = await group_id(self.town)
        await self.town.press(COORDINATOR, "opens", ask=group, arg=str(number))
        if "Det är ett råd." in self.town.last(COORDINATOR):
            await self.against_advice()
        async with self.town.bot.store.work() as work:
            assert number in (await work.groups.get(group)).settings.steps

    async def against_advice(self) -> None:
        """Go on with a reason."""
        await self.town.tap(COORDINATOR, ANYWAY)
        await self.town.write(COORDINATOR, "Vi tar resten längre fram.")

    async def phase(self, run: int) -> str:
        """How far a run has come."""
        async with self.town.bot.store.work() as work:
            return (await work.runs.get(run)).phase


@pytest.mark.slow
async def test_a_town_goes_all_the_way(tmp_path: Path) -> None:
    """From the first question to the celebration: nothing stops, nobody is lost, no answer is lost, and none that was
    given in private is seen in the group before it is shown."""
    async with town(tmp_path) as played:
        walk = Walk(played)
        names = [person["name"] for person in walk.invented.people]
        played.group(GROUP, *names)
        await played.act(COORDINATOR, "add_bot", chat=played.groups[GROUP])
        await walk.everyone_answers()
        await join_and_fall_silent(walk)
        process = played.bot.services.process
        for step in process.steps:
            await walk.step(step.number)
            if step.number == BLOCKED_IN:
                await played.act(BLOCKS, "block_bot")
            for name in step.exercises:
                await walk.exercise(process.exercises[name])
            if step.number == BLOCKED_IN:
                await played.act(BLOCKS, "unblock_bot")
            if step.number == LEFT_AFTER:
                await walk.hand_over(LEAVES, COMES)
        await played.write(COORDINATOR, "/steg", chat=GROUP)
        assert "●●●●●" in played.last(COORDINATOR, GROUP)
        said = played.texts(COORDINATOR, GROUP)
        assert any("Det här har ni gjort, i siffror:" in text and FAREWELL in text for text in said)
        assert any("ville ni bli påminda om det här" in text for text in said)
        assert any(SILENT in text for text in played.texts(COORDINATOR)), "nobody was told of the silent one"
        assert walk.kept_back > 50
        keep_transcript(played)
        async with played.bot.store.work() as work:
            assert await work.update_log.dead_letters() == []
        await assert_remembered_rightly(played.bot.store, played.bot.services)
        await all_is_there(played, [said for said in walk.invented.said if said[0] not in registers(process)])


async def join_and_fall_silent(walk: Walk) -> None:
    """The silent one joins like everybody else; only then does he fall silent."""
    silent = walk.town.person(SILENT)
    while deeds := [step.deed for step in await walk.others._steps([]) if step.user == silent and step.deed]:
        for deed in deeds:
            deed()
        await walk.town.settle()


# -- looking afterwards ------------------------------------------------------------------------------------------------
async def all_is_there(played: Town, said: list[Said]) -> None:
    """Each answer is kept under the one who gave it, or in a row of the register."""
    async with played.bot.store.work() as work:
        group = await work.groups.get(await group_id(played, work))
        missing = [one for one in said if not await is_there(played, work, group, *one)]
    assert not missing, f"{len(missing)} of {len(said)} answers are lost: {missing}"


async def is_there(
    played: Town, work: UnitOfWork, group: Group, exercise_id: str, run: int, owner: str, key: str, answer: Any
) -> bool:
    """Whether an answer is found where it should be."""
    exercise = played.bot.services.process.exercises[exercise_id]
    question = exercise.question(key.partition("@")[0])
    present = await runner.present_of(Context(played.bot.services, work, played.sandbox.now()), group, exercise)
    if exercise.how is How.ROWS:
        rows = await work.rows.all(group.id, exercise_id)
        kept = [row.values[question.id] for row in rows if question.id in row.values]
    else:
        answers = work.answers
        found = await (answers.for_group(run) if exercise.anonymous else answers.of_owner(run, owner))
        kept = [a.value for a in found if key_of(a.question, a.item) == key]
    parts = str(answer).splitlines() if exercise.anonymous else [answer]  # without a name each line lies by itself
    return all(any(_same(question, value, one, present.value(question, value)) for value in kept) for one in parts)


def _same(question: Question, value: Any, answer: Any, shown: str) -> bool:
    match question.kind:
        case Kind.CHOICE if question.many:
            return set(value) == set([answer] if isinstance(answer, str) else answer)
        case Kind.ROW:
            named = answer if isinstance(answer, list) else re.split("[,;\n]", str(answer))
            return all(part.strip().casefold() in shown.casefold() for part in named)
        case Kind.PERSON | Kind.ORGANISATION:
            return str(answer) in shown
        case Kind.DATE | Kind.MOMENT:
            return isinstance(value, str)
        case _:
            return str(value) == str(answer)


def keep_transcript(played: Town) -> None:
    """Write down what was said in every chat, if somebody wants to read it."""
    wanted = os.environ.get("STADSBOT_TOWN")
    if not wanted:
        return
    lines = []
    for chat in played.sandbox.world.chats.values():
        lines.append(f"\n{'=' * 20} {getattr(chat, 'title', None) or chat.id} {'=' * 20}")
        for message in chat.messages.values():
            who = played.sandbox.world.users[message.sender].first_name
            lines.append(f"\n{who}: {message.content.get('text', '')}")
            keyboard = (message.markup or {}).get("inline_keyboard", [])
            lines += ["    " + " ".join(f"[{key['text']}]" for key in row) for row in keyboard]
    Path(wanted).write_text("\n".join(lines), encoding="utf-8")
