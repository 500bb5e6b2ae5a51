"""A rehearsal: eighteen months of a group's life in simulated time, with an outage and both changes of the clock.

`make test ARGS="tests/time/test_rehearsal.py -s"` prints the figures.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.context import events, invitations
from bot.context.context import Context
from bot.demo.town import GROUP, STOCKHOLM, Town, town
from bot.demo.transcript import gathered
from bot.exercises import rounds, runner
from bot.features.calendar import lifecycle
from bot.features.coordination import coordinator
from bot.features.incidents import unread
from bot.features.outsiders import guest_list, guests
from bot.features.wellbeing import check_ins
from bot.reminders import kinds, open_items, run_deadlines
from bot.reminders.holidays import is_holiday
from flows.enums import How
from flows.run.events import Concluded, Revealed, Wrote
from flows.run.state import Phase
from flows.timing.pacing import ReminderManner
from storage.records.open_items import OpenItem
from storage.records.records import Group, Member
from tests.flows.sample import fitting

NAMES = ["Alva", "Bo", "Cia", "David", "Elin", "Farid"]
FIRST, LAST = date(2027, 1, 11), date(2028, 7, 11)
OUTAGE = (date(2027, 9, 14), date(2027, 9, 18))  # first and last day
AWAY = (date(2027, 6, 28), date(2027, 8, 8))  # David's holiday
EVERY = timedelta(days=16)  # a new exercise
REGISTERS = ("candidates", "training", "event_checklist", "todos")  # in which people take on rows
INCIDENTS = (date(2027, 3, 6), date(2027, 10, 30))  # a Saturday, and the eve of the clock's change
# After how many days of an exercise's seven each one answers; None: never.
ANSWERS: dict[str, int | None] = {"Alva": 1, "Bo": 0, "Cia": 5, "David": 6, "Elin": 20, "Farid": None}
LATECOMER = "Gun"  # follows the group's link and never comes in
EVERYBODY = [*NAMES, LATECOMER]


@dataclass
class Seen:
    """What the bot has said by itself: to whom, when (in the town's time), and what."""

    messages: list[tuple[str, datetime, str]] = field(default_factory=list)
    of_what_is_done: list[str] = field(default_factory=list)  # reminders that should not have come
    without_a_nudge: list[str] = field(default_factory=list)  # ends that came without a word before
    nudged: int = 0
    honest: int = 0  # texts written in answer to what was asked
    asked_back: int = 0  # of those, how many the bot wanted to know of what they answer

    def of(self, name: str) -> list[tuple[datetime, str]]:
        """What one person got."""
        return [(at, text) for who, at, text in self.messages if who == name]


class Rehearsal:
    """Lives through the days: the bot rings when it wants to, people do what they do at noon."""

    def __init__(self, played: Town) -> None:
        self.town, self.seen, self.group = played, Seen(), 1
        self.answering: list[tuple[date, str, int]] = []  # on which day who answers which run
        self.rows: list[tuple[date, str, int]] = []  # tasks done in the same way

    @property
    def today(self) -> date:
        """The date in the town."""
        return self.town.sandbox.now().astimezone(STOCKHOLM).date()

    @asynccontextmanager
    async def ctx(self) -> AsyncIterator[tuple[Context, Group, dict[str, Member]]]:
        """A transaction, with the group and its members by name."""
        bot = self.town.bot
        async with bot.store.work() as work:
            group = await work.groups.get(self.group)
            members = {m.name: m for m in await work.members.of_group(group.id)}
            yield Context(bot.services, work, self.town.sandbox.now()), group, members
        await self.town.settle()

    async def until(self, day: date, at: time) -> None:
        """Wind to that moment. What falls due on the way comes at its time, and is noted down."""
        end = datetime.combine(day, at, tzinfo=STOCKHOLM).timestamp()
        while (due := await self.town.bot.scheduler.earliest()) is not None and due.timestamp() <= end:
            self.town.sandbox.wind(max(0.0, due.timestamp() - self.town.sandbox.now().timestamp()))
            before = {name: {m.id for m in self.town.messages(name)} for name in EVERYBODY}
            await self.town.bot.scheduler.ring()
            await self.town.settle()
            for name in EVERYBODY:
                new = [m for m in self.town.messages(name) if m.id not in before[name]]
                at_wall = self.town.sandbox.now().astimezone(STOCKHOLM)
                self.seen.messages += [(name, at_wall, str(m.content.get("text", ""))) for m in new]
                if new:
                    await self._look_at(name)
        self.town.sandbox.wind(end - self.town.sandbox.now().timestamp())

    async def _look_at(self, name: str) -> None:
        """Someone has just got a message: was all that it reminded of still open to them?"""
        async with self.ctx() as (ctx, _, members):
            for open_item in await ctx.work.open_items.of_member(members[name].id):
                if open_item.last == self.today and not await self._still_open(ctx, open_item):
                    self.seen.of_what_is_done.append(f"{name}, {self.today}: {open_item.kind} {open_item.ref}")

    @staticmethod
    async def _still_open(ctx: Context, open_item: OpenItem) -> bool:
        if open_item.kind not in (kinds.ANSWER, kinds.TASK):
            return True
        number = int(open_item.ref.partition(":")[2])
        match open_item.kind:
            case kinds.ANSWER:
                run = runner.load(ctx, await ctx.work.runs.get(number))
                waiting = {member for owner in run.waiting_for() for member in run.members_of(owner)}
                return run.phase is Phase.OPEN and open_item.member_id in waiting
            case kinds.TASK:
                row = await ctx.work.rows.get(number)
                return row.state == "open" and row.assignee == open_item.member_id
        raise AssertionError(open_item.kind)

    async def _ends(self, ctx: Context, members: dict[str, Member]) -> None:
        """Of everything whose end comes today, and that is still open, the person has been reminded."""
        for name, member in members.items():
            for open_item in await ctx.work.open_items.of_member(member.id):
                remind = kinds.MANNER[open_item.kind] is ReminderManner.REMIND
                if not remind or open_item.state != "open" or open_item.due != self.today:
                    continue
                days = ((open_item.opened + timedelta(n)) for n in range(1, 400))
                own = [d for d in days if d <= open_item.due and d.weekday() < 5 and not is_holiday(d)]
                own = [d for d in own if not (name == "David" and AWAY[0] <= d <= AWAY[1])]
                if open_item.sent:
                    self.seen.nudged += 1
                elif [d for d in own if not OUTAGE[0] <= d <= OUTAGE[1]]:
                    self.seen.without_a_nudge.append(f"{name}: {open_item.kind} {open_item.ref} {open_item.due}")

    async def live(self) -> None:
        """All eighteen months."""
        await self._lay_out()
        day, number = FIRST, 0
        while day < LAST:
            if OUTAGE[0] <= day <= OUTAGE[1]:
                day += timedelta(1)
                continue
            await self.until(day, time(12))
            if day >= FIRST + number * EVERY:
                await self._begin(number, day)
                number += 1
            await self._act(day)
            day += timedelta(1)

    async def _lay_out(self) -> None:
        async with self.ctx() as (ctx, group, members):
            named = replace(group.settings, readers=(members["Cia"].id,))
            await ctx.work.groups.update(group.id, settings=named)
            for register in REGISTERS:
                await rounds.begin(ctx, group, ctx.services.process.exercises[register])
            await lifecycle.create_calendar(ctx, await ctx.work.groups.get(group.id), FIRST + timedelta(7), 14, 1)
            await check_ins.plan(ctx, group, FIRST)
            absence = await ctx.work.absences.add(members["David"].person_id, *AWAY)
            ref = f"absence:{absence.id}"
            for kind, on in (("away", AWAY[0]), ("back", AWAY[1] + timedelta(1))):
                at = datetime.combine(on, time(0, 5), tzinfo=STOCKHOLM)
                await ctx.work.schedule.put(kind, at, ref=ref)
            for place, (register, name) in enumerate(product(REGISTERS, NAMES)):
                due = FIRST + timedelta(30 + 17 * place)
                row = await ctx.work.rows.add(group.id, register, {}, author=None, assignee=members[name].id)
                row = await ctx.work.rows.change(row.id, None, None, due=due)
                await open_items.of_row(ctx, group, row)
                if (after := ANSWERS[name]) is not None:
                    self.rows.append((due - timedelta(7) + timedelta(after), name, row.id))
            guest = await ctx.work.rows.add(group.id, guest_list.register(ctx).id, {"name": "Greta Gäst"}, author=None)
            await invitations.make(ctx, group, guests.PURPOSE, str(guest.id))
            await open_items.given_away(ctx, group, members["Bo"], guests.PURPOSE, str(guest.id))

            await self._decided(ctx, group)

    async def _decided(self, ctx: Context, group: Group) -> None:
        """What the group writes together has set a date, and is to be looked at again in half a year."""
        for name in ("mapping_timeline", "network_role"):
            run = await rounds.begin(ctx, group, ctx.services.process.exercises[name])
            record = await ctx.work.runs.get(run.number)
            run = await runner.apply(ctx, group, record, Concluded(anyway=True))
            await coordinator.again_later(ctx, group, events.ExerciseConcluded(group.id, run.number))
            if run.exercise.id == "mapping_timeline":
                day = FIRST + timedelta(64)
                await run_deadlines.schedule_date(ctx, group, run.exercise, f"{run.number}:ready", day)

    async def _begin(self, number: int, day: date) -> None:
        async with self.ctx() as (ctx, group, _):
            exercises = [
                exercise
                for step in ctx.services.process.steps
                for exercise in map(ctx.services.process.exercises.__getitem__, step.exercises)
                if exercise.how in (How.EACH, How.ORG)
            ]
            run = await rounds.begin(ctx, group, exercises[number % len(exercises)])
        for name, after in ANSWERS.items():
            if after is not None:
                self.answering.append((day + timedelta(after), name, run.number))

    async def _act(self, day: date) -> None:
        """Those whose day it is answer, and finish tasks; the coordinator shows what is long overdue."""
        todays = [a for a in self.answering if a[0] <= day]
        done = [r for r in self.rows if r[0] <= day]
        for answer in todays:
            self.answering.remove(answer)
            await self._answer(answer[1], answer[2])
        async with self.ctx() as (ctx, group, members):
            for task in done:
                self.rows.remove(task)
                row = await ctx.work.rows.change(task[2], None, members[task[1]].id, state="done")
                await run_deadlines.schedule_row(ctx, group, row)
            await self._ends(ctx, members)
            for check_in in await ctx.work.check_ins.of_group(group.id):
                for name in NAMES[:5] if check_in.opened < day <= check_in.until else ():
                    await ctx.work.check_ins.answer(check_in, members[name].id, 4)
            if day in INCIDENTS:
                bo = members["Bo"]
                incident = await ctx.work.incidents.add(group.id, bo.person_id, {"danger": "no"}, day)
                await unread.tell_readers(ctx, group, incident)
            for record in await ctx.work.runs.all_of(group.id):
                run = runner.load(ctx, record)
                if record.phase == Phase.OPEN and run.answer_by and day >= run.answer_by + timedelta(30):
                    await runner.apply(ctx, group, record, Revealed(anyway=True))

    async def _answer(self, name: str, number: int) -> None:
        for _ in range(100):
            async with self.ctx() as (ctx, group, members):
                member = members[name]
                record = await ctx.work.runs.get(number)
                run = runner.load(ctx, record)
                seat = run.seats[member.id]
                event = fitting(run, member.id) if seat.awaited and run.phase is not Phase.CONCLUDED else None
                if event is None:
                    return
                if not isinstance(event, Wrote):
                    await runner.apply(ctx, group, record, event, by=member)
                    continue
            await self._write(name, event.text)

    async def _write(self, name: str, text: str) -> None:
        """Answer in the private chat, as people do; and say what it was an answer to, if the bot asks."""
        self.town.sandbox.wind(20)
        await self.town.write(name, text)
        self.seen.honest += 1
        if "Vad är det här ett svar på?" in self.town.last(name):
            self.seen.asked_back += 1
            await self.town.tap(name, "Det hör till:")
        if "Ska jag lämna in" in self.town.last(name):  # without a name, each by a yes
            await self.town.tap(name, "Lämna in")


@pytest.mark.slow
async def test_eighteen_months(tmp_path: Path) -> None:
    """At most one message a day, on work days within hours, never to who is done or away; every deadline is nudged."""
    async with town(tmp_path) as played:
        await gathered(played, NAMES)
        await played.act(LATECOMER, "join", chat=played.groups[GROUP])
        await played.tap(LATECOMER, "Jag är med", chat=GROUP)
        rehearsal = Rehearsal(played)
        await rehearsal.live()
        seen = rehearsal.seen

        # That a meeting begins now is said at its hour, beside the one message of the day.
        a_day = Counter((name, at.date()) for name, at, text in seen.messages if "Nu ses ni" not in text)
        assert max(a_day.values()) == 1
        for _, at, _ in seen.messages:
            assert at.weekday() < 5
            assert not is_holiday(at.date())
            assert time(8) <= at.time() < time(17)
        assert not [at for at, _ in seen.of("David") if AWAY[0] <= at.date() <= AWAY[1]]
        assert not [text for _, text in seen.of("Bo") if "svar, " in text or "på ditt svar" in text]  # answers at once
        assert seen.of_what_is_done == []
        assert seen.without_a_nudge == []
        assert seen.nudged >= 50
        assert seen.honest >= 200
        assert seen.asked_back <= 0.02 * seen.honest
        assert len(seen.of(LATECOMER)) == 2

        async with rehearsal.ctx() as (ctx, _, members):
            every = [m for member in members.values() for m in await ctx.work.open_items.of_member(member.id)]
            decided = [m for m in every if m.kind == "decide"]
            assert len(decided) >= 30
            assert not [m for m in decided if m.state == "open" and m.due < rehearsal.today]
            assert max(m.sent for m in every) == 3
            handed = [m for m in every if m.state == "handed" and m.member_id == members["Farid"].id]
            assert handed  # Farid never answers, and the coordinator has been told

            told = Counter((m.kind, m.state) for m in every if m.state in ("told", "handed"))
            spoken_of = {kind for kind, _ in told} | {m.kind for m in every if m.sent}
            unheard = {
                kinds.WISH,
                kinds.LEARNT,
                kinds.NUMBERS,
                kinds.UNMET,
                kinds.AWAY,
                kinds.KEEPING,
                kinds.SHAPE,
                kinds.STILL,
                kinds.VACANT,
                kinds.SILENCE,
                kinds.UNREACHED,
                kinds.RENEW,
                kinds.CONTACT,
                kinds.SAY,
                kinds.SINCE,
                kinds.ASKED,
                kinds.HELD,
                kinds.ADMIT,
                kinds.OBJECTED,
                kinds.POLL,
                kinds.CHANGED,
            }  # nothing of these happens here
            assert spoken_of >= set(kinds.MANNER) - unheard - {kinds.WEEKLY}
            weekly = sum("Ny vecka" in text for _, text in seen.of("Alva"))
            assert 12 <= weekly <= 40  # when there is something new, and every sixth week while something waits
        weeks = (LAST - FIRST).days / 7
        print(f"\n{'':8}messages  a week  most a day")  # noqa: T201 (the figures that this rehearsal is for)
        for name in EVERYBODY:
            count = len(seen.of(name))
            most = max(n for (who, _), n in a_day.items() if who == name)
            print(f"{name:8}{count:8}{count / weeks:8.2f}{most:12}")  # noqa: T201
        print(f"{seen.asked_back} of {seen.honest} honest answers asked back")  # noqa: T201
        print(f"{seen.nudged} ends of what was open, each with a word before")  # noqa: T201


async def test_five_days_down_is_one_message_each(tmp_path: Path) -> None:
    """Whoever had three things to be reminded of while the bot was down gets one message, not three."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        rehearsal = Rehearsal(played)
        async with rehearsal.ctx() as (ctx, group, members):
            for n in range(3):
                row = await ctx.work.rows.add(group.id, "candidates", {}, author=None, assignee=members["Bo"].id)
                row = await ctx.work.rows.change(row.id, None, None, due=date(2027, 1, 13 + n))
                await open_items.of_row(ctx, group, row)
            await rounds.begin(ctx, group, ctx.services.process.exercises["candidates"])
        before = len(played.messages("Bo"))
        played.sandbox.wind(5 * 86400 + 4 * 3600)  # Saturday: it stays quiet
        await played.bot.scheduler.ring()
        await played.settle()
        assert len(played.messages("Bo")) == before
        await played.wind(days=2)
        told = played.texts("Bo")[before:]
        assert len(told) == 1
        assert told[0].count("•") == 4  # three tasks, and the list that goes on in the group
