"""The other people of the demo town, who join and answer by themselves.

They act through the sandbox, as people do: they follow links, tap buttons, write. What they are asked is looked up in
the bot's memory rather than read off the screen, so they need not wait for every edit that Telegram's limits hold back;
but nobody answers a question that has not come yet.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.app import Bot
from bot.context.context import Context
from bot.context.sealed_actions import Action, private_scope
from bot.demo.invented import Invented
from bot.exercises import runner
from bot.exercises.authors import closed_to
from bot.exercises.held_notes import RELEASES
from bot.sandbox.errors import ActError
from bot.sandbox.sandbox import Sandbox
from bot.views.shared_buttons import join_key
from flows.definitions.model import Exercise, Question
from flows.dialogue.edit_conflict import THEIRS
from flows.enums import Audience, ExerciseRole, How
from flows.fields import ChoiceField, DateField, MomentField, NumberField, PersonField, RowField, ScaleField
from flows.fields.day import READING
from flows.run.state import Phase, Place, Run, Visit
from storage.json_records import Json
from storage.records.records import Group, Member, Person, private_chat

GLANCE = 0.02  # seconds between looks at what the bot has done
PATIENCE = 20.0  # seconds in which none of them gets any further; whoever is not done then goes on the next time
UNFINISHED = "Den här datorn hann inte med alla svar. Tryck en gång till, så fortsätter de andra att svara."
MOST_STEPS = 80  # for one person in one go; more means that something goes round in circles
PICKED = 3  # items that a group takes up, where it picks among them
FORTNIGHT = "2"  # the argument of that button under a question for a date …
AFTERNOON = "h2"  # … and of one in the afternoon, where the hour is asked for
# Where they have little to say: no comment; and of two answers written at once whoever was first may have theirs.
GIVES_WAY = {Place.COMMENT: ("skip", ""), Place.MET: ("pick", THEIRS)}

Deed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class NextDeed:
    """A person's next deed; without one they wait for the bot."""

    user: int
    deed: Deed | None = None


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of the others, as the bot knows them in a group."""

    user: int
    name: str
    person: Person
    member: Member


class _Tap(NamedTuple):
    """A tap under a question."""

    verb: str
    arg: str = ""


class Others:
    """Everyone whom the visitor does not play."""

    def __init__(self, sandbox: Sandbox, bot: Bot, invented: Invented) -> None:
        self._sandbox, self._bot, self._invented = sandbox, bot, invented
        self._busy = asyncio.Lock()
        self._followed: set[str] = set()  # links, each once in one go

    async def answer(self, spared: list[int]) -> dict[str, int]:
        """Let all but the spared join and answer what waits for them; return how many did something.

        Raises ActError if there is nothing for anybody to do, or the machine is too slow for any of them to get on.
        """
        async with self._busy:
            self._followed.clear()
            taken: Counter[int] = Counter()
            moved = time.monotonic()
            while time.monotonic() < moved + PATIENCE:
                if not self._sandbox.pending():  # the bot has taken all that was done before
                    steps = await self._steps(spared)
                    if not steps:
                        break
                    for step in steps:
                        if step.deed and taken[step.user] < MOST_STEPS:
                            step.deed()
                            taken[step.user] += 1
                            moved = time.monotonic()
                await asyncio.sleep(GLANCE)
            else:
                raise ActError(UNFINISHED)
        if not taken:
            raise ActError("De andra har inget att svara på just nu.")
        return {"people": len(taken)}

    async def _steps(self, spared: list[int]) -> list[NextDeed]:
        """Yield everyone's next deed, at most one each."""
        steps: dict[int, NextDeed] = {}
        async with self._bot.store.work() as work:
            ctx = Context(self._bot.services, work, self._sandbox.now())
            for group in await work.groups.all_active():
                others: list[Somebody] = []
                for user in self._present(group, spared):
                    person, member = await work.people.by_user(user), await work.members.find(group.id, user)
                    if person and member and member.state != "left":
                        others.append(Somebody(user, self._sandbox.world.users[user].first_name, person, member))
                    else:
                        steps.setdefault(user, self._follow(user, join_key(ctx, group).url or ""))
                for one in others:
                    step = await self._step(ctx, group, one, {other.member.id for other in others})
                    if step:
                        steps.setdefault(one.user, step)
        return list(steps.values())

    def _present(self, group: Group, spared: list[int]) -> Iterator[int]:
        chat, users = self._sandbox.chat(group.chat_id), self._sandbox.world.users
        for user in chat.members:
            if chat.present(user) and user not in spared and not users[user].is_bot and not users[user].blocked:
                yield user

    async def _step(self, ctx: Context, group: Group, one: Somebody, others: set[int]) -> NextDeed | None:
        if one.member.agreed_at is None:
            return self._agree(ctx, group, one)
        run = await self._waiting_run(ctx, group, one, others)
        if run is None:
            return None
        shown = await ctx.work.outbox.latest(private_chat(one.person.id), f"visit:{run.number}", group.id)
        if shown is not None and shown.message_id is None:
            return NextDeed(one.user)
        visit, newest = run.visits.get(one.member.id, Visit()), shown.message_id if shown else None
        if newest is not None and visit.place not in (Place.INTRO, Place.DONE) and not visit.paused:
            if one.person.focus == run.number:
                return self._go_on(one, run, visit, newest)
        elif run.exercise.how is How.ROWS and (button := self._find(one, Action("add", run.number))):
            return NextDeed(one.user, self._tap(one, Action("add", run.number), button))
        elif newest is not None and visit.ask == 0:
            return NextDeed(one.user, self._tap(one, Action("open", run.number), newest))
        elif newest is not None and visit.place is Place.INTRO and not visit.paused:
            return NextDeed(one.user, self._tap(one, Action("start", run.number, visit.ask), newest))
        return self._follow(one.user, ctx.link(Action("open", run.number)))

    async def _waiting_run(self, ctx: Context, group: Group, one: Somebody, others: set[int]) -> Run | None:
        """The first run that waits for this person. What several answer together is written by one of them."""
        for record in await ctx.work.runs.all_of(group.id):
            run, me = runner.load(ctx, record), one.member.id
            if run.phase is not Phase.OPEN or me not in run.seats or not run.seats[me].awaited:
                continue
            if run.exercise.role is not ExerciseRole.JOINING and one.member.state != "active":
                continue
            if run.exercise.how is How.ROWS:
                rows = await ctx.work.rows.all(group.id, run.exercise.id)
                waits = self._invented.has_row(run, me) and all(row.author != me for row in rows)
            else:
                able = [member for member in run.members_of(run.owner(me)) if member in others]
                waits = not run.sheet(me).handed_in and await _pen(ctx, group, run.exercise, able) == me
            if waits:
                return run
        return None

    # -- deeds -----------------------------------------------------------------------------------------------------
    def _agree(self, ctx: Context, group: Group, one: Somebody) -> NextDeed:
        action = Action("agree", group.id)
        button = self._find(one, action)
        if button is None:
            return self._follow(one.user, join_key(ctx, group).url or "")
        return NextDeed(one.user, self._tap(one, action, button))

    def _follow(self, user: int, url: str) -> NextDeed:
        """Follow a link to the private chat, once; then wait for the bot."""
        if f"{user} {url}" in self._followed:
            return NextDeed(user)
        self._followed.add(f"{user} {url}")
        return NextDeed(user, lambda: self._sandbox.act(user, "open_link", url=url))

    def _go_on(self, one: Somebody, run: Run, visit: Visit, newest: int) -> NextDeed:
        """Answer what is asked; `newest` is the message it is asked in."""

        def tap(verb: str, arg: str = "") -> NextDeed:
            return NextDeed(one.user, self._tap(one, Action(verb, run.number, visit.ask, arg), newest))

        def write(text: object) -> NextDeed:
            words = {"text": str(text), "reply_to": newest}  # so that it is an answer, whatever came between
            return NextDeed(one.user, lambda: self._sandbox.act(one.user, "send_text", chat=one.user, **words))

        if visit.held and visit.held.lock:
            return self._hand_in(one, run)
        if visit.held:
            return tap("asis")
        if visit.place in (Place.PICK, Place.SUMMARY):
            return tap(*self._laid_out(one, run, visit))
        if visit.place in GIVES_WAY:
            return tap(*GIVES_WAY[visit.place])
        answer = self._invented.answer(run, visit.key, one.member.id, one.name)
        comment = self._invented.comment(run, visit.key, one.member.id)
        if comment and not visit.remark.text:
            return write(comment)  # before an option is chosen, what is written is a comment to it
        given = self._given(one, run, visit, answer)
        return write(given) if isinstance(given, str) else tap(*given)

    def _given(self, one: Somebody, run: Run, visit: Visit, answer: Json) -> "str | _Tap":
        """Return what answers a question: a text, or a tap."""
        question, readings = run.question(visit.key), visit.offered.readings
        match question.field:
            case ChoiceField() as field:
                return self._option(one, run, visit, answer, field)
            case ScaleField(low=low, high=high):
                return _Tap("pick", str(answer or _luck(one, run, visit).randint(max(low, 2), high)))
            case DateField() if readings:
                return _Tap("pick", f"{READING}{len(readings) - 1}")
            case DateField() | MomentField() if readings or answer is None or self._has_been(question, answer):
                return _Tap("pick", AFTERNOON if readings else FORTNIGHT)
            case PersonField(others=others) if answer is None:
                awaited = [seat.member for seat in run.seats.values() if seat.awaited and seat.member != one.member.id]
                return _Tap("pick", str(awaited[0] if others and awaited else one.member.id))
            case RowField() if visit.offered.query:  # one with a name like it is there, but not this one
                return _Tap("new")
            case RowField(many=True) if visit.ticked:
                return _Tap("ok")
            case NumberField(shown=usual, low=low):
                return str(answer or next(iter(usual), low))
            case _:
                text = _text(question, answer)
                return _Tap("skip") if text is None else str(text)

    def _option(self, one: Somebody, run: Run, visit: Visit, answer: Json, field: ChoiceField) -> _Tap:
        """Choose an option, or of several the next that is not ticked."""
        options = field.options
        if not field.many:
            chosen = answer if answer in options else self._likely(one, run, visit)
            return _Tap("pick", str(options.index(chosen)))
        wanted = ([answer] if isinstance(answer, str) else answer) or options[:1]
        unticked = [option for option in wanted if option in options and option not in visit.ticked]
        return _Tap("on", str(options.index(unticked[0]))) if unticked else _Tap("ok")

    def _has_been(self, question: Question, answer: Json) -> bool:
        """True if an invented day must lie ahead, and no longer does."""
        return (
            isinstance(question.field, DateField)
            and question.field.ahead
            and str(answer) < self._sandbox.now().date().isoformat()
        )

    def _laid_out(self, one: Somebody, run: Run, visit: Visit) -> tuple[str, str]:
        """Return what to tap on a summary: the items to pick among, a row, or the sheet with what it lacks."""
        if visit.place is Place.PICK:
            unticked = [str(n) for n in range(min(PICKED, len(run.items))) if str(n) not in visit.ticked]
            return ("on", unticked[0]) if unticked else ("ok", "")
        if run.exercise.how is How.ROWS:
            return "save", ""
        answered, owner = run.sheet(one.member.id).answered, run.owner(one.member.id)
        lacking = {*run.required(owner)} - answered
        missing = next((place for place, key in enumerate(run.asked(owner)) if key in lacking), None)
        return ("send", "") if missing is None else ("go", str(missing))

    def _likely(self, one: Somebody, run: Run, visit: Visit) -> str:
        """Return a likely answer: most people agree, but not all; a group decides on the first option."""
        question = run.question(visit.key)
        own = question.audience is Audience.SELF  # a yes to oneself, without which something else does not begin
        agrees = run.exercise.how is not How.EACH or own or _luck(one, run, visit).random() < 0.7
        return question.options[0 if agrees else min(1, len(question.options) - 1)]

    def _tap(self, one: Somebody, action: Action, message: int) -> Deed:
        data = self._sealed(one, action)
        return lambda: self._sandbox.act(
            one.user, "press", chat=one.user, message_id=message, data=data, stale=self._find(one, action) != message
        )

    def _hand_in(self, one: Somebody, run: Run) -> NextDeed:
        """Tap the button that holds the key to what waits; without it nobody can read that."""
        chat = self._sandbox.world.chats[one.user]
        for message in reversed(list(chat.messages.values())):
            for data in message.callbacks:
                action, _ = self._bot.services.buttons.open_private(one.person, data)
                if action and (action.verb, action.run) == (RELEASES, run.number):
                    return NextDeed(one.user, self._tap(one, action, message.id))
        return NextDeed(one.user)

    def _find(self, one: Somebody, action: Action) -> int | None:
        """The newest message in the private chat that has this button."""
        chat, data = self._sandbox.world.chats.get(one.user), self._sealed(one, action)
        for message in reversed(list(chat.messages.values()) if chat else []):
            if message.carries(data):
                return message.id
        return None

    def _sealed(self, one: Somebody, action: Action) -> str:
        return self._bot.services.buttons.seal(private_scope(one.person), action)


def _luck(one: Somebody, run: Run, visit: Visit) -> random.Random:
    """One's own chance at a question, so that a town answers alike whoever happens to be first."""
    return random.Random(f"{one.name} {run.exercise.id} {visit.key}")  # noqa: S311 - plausible answers, not secrets


def _text(question: Question, answer: Json) -> Json:
    """Return an answer as text; several rows by their names, as many as it takes."""
    if not isinstance(answer, list):
        return answer
    return "\n".join(answer if question.many else answer[:1]) or None


async def _pen(ctx: Context, group: Group, exercise: Exercise, able: Sequence[int]) -> int:
    """Return who of these writes: somebody for whom all questions are, where there is one (2.5 and 2.6 have some of the
    police's own)."""
    for number in able if any(question.authors for question in exercise.questions) else ():
        if not await closed_to(ctx, group, exercise, await ctx.work.members.get(number)):
            return number
    return able[0]
