"""Dates that recur, such as when a routine is tried: once one has been, how it went and the next one are asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import required
from bot.context.routes import DAY, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts, runner
from bot.reminders.holidays import working_day_after
from bot.reminders.run_deadlines import schedule_date
from flows.answers import clean
from flows.dates.months import add_months
from flows.definitions.model import Exercise
from flows.run.state import Phase
from flows.values import day_of
from messages.voice import ExerciseWords
from storage.records.message_notes import AboutQuestion, MessageContext
from storage.records.records import Answer, GivenAnswer, Group
from storage.records.runs import Run

WANT: Final = "next_date"
MONTHS: Final = (6, 12)  # from today on, which are offered


@dataclass(frozen=True, slots=True)
class Passed:
    """A date that has been, and after which none is set: the round, and the answer where it stands."""

    record: Run
    exercise: Exercise
    answer: Answer


async def passed(ctx: Context, group: Group) -> list[Passed]:
    """Return the group's recurring dates that have been."""
    found = list[Passed]()
    for exercise in ctx.services.process.exercises.values():
        held = any(question.recurs for question in exercise.questions)
        record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE) if held else None
        if record is None:
            continue
        begun_as = runner.load(ctx, record).exercise
        recurring = {question.id for question in begun_as.questions if question.recurs}
        answers = await ctx.work.answers.of_owner(record.id, "g")
        found += [
            Passed(record, begun_as, a) for a in answers if a.question in recurring and day_of(a.value) < ctx.today
        ]
    return found


async def find(ctx: Context, group: Group, run: int, question: str) -> Passed | None:
    """Return this date, if it has been and no other is set after it."""
    mine = (one for one in await passed(ctx, group) if one.record.id == run and one.answer.question == question)
    return next(mine, None)


def name_of(ctx: Context, one: Passed) -> str:
    """Return what the date is called."""
    return _words(ctx, one)[f"question.{one.answer.question}.short"]


def next_key(ctx: Context, one: Passed) -> Key:
    """Return the button that asks for the next one."""
    return ctx.key("next_date", "nextdate", one.record.id, one.answer.question, name=name_of(ctx, one))


async def ask(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask how it went and for the next date; with a date after a colon, set that one.

    What was found to be wrong is changed in the lists of the same text, to which buttons lead.
    """
    question, _, chosen = action.arg.partition(":")
    found = required(await find(ctx, actor.group, action.run, question), "day.settled")
    if chosen:
        await _set(ctx, actor, found, date.fromisoformat(chosen))
        return
    words = _words(ctx, found)
    facts = {
        "name": name_of(ctx, found),
        "on": day_of(found.answer.value),
        "text": words[f"question.{question}.text"],
        "help": words.get(f"question.{question}.help"),
    }
    days = [working_day_after(add_months(ctx.today, months) - timedelta(1)) for months in MONTHS]
    context = MessageContext(want=WANT, group=actor.group.id, run=action.run, about=AboutQuestion(question))
    keys = [*_days(ctx, context, days), *_lists(ctx, actor.group, found.exercise)]
    await ctx.tell(actor, "next_date.ask", facts, keys, context=context)


async def take(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Take a written date: its readings are shown as buttons, which set it."""
    days = [day for day in ctx.dates.read_date(clean(text), ctx.today) if day > ctx.today]
    await ctx.tell(actor, "nudge.until", {"readings": len(days)}, _days(ctx, context, days), context=context)


async def _set(ctx: Context, actor: Actor, one: Passed, day: date) -> None:
    """Write the next date where the one that has been stands; its history keeps that."""
    question = one.answer.question
    given = GivenAnswer("g", question, "", day.isoformat(), None, one.answer.audience, anonymous=False)
    await ctx.work.answers.keep(one.record.id, given, actor.member.id)
    await schedule_date(ctx, actor.group, one.exercise, f"{one.record.id}:{question}", day)
    await runner.refresh_card(ctx, actor.group, one.record)
    keys = [*_lists(ctx, actor.group, one.exercise), [ctx.key("what_waits", "answers", actor.group.id)]]
    await ctx.reply(actor, "next_date.set", {"name": name_of(ctx, one), "on": day}, keys)


def _days(ctx: Context, context: MessageContext, days: list[date]) -> list[list[Key]]:
    return [
        [
            ctx.key(
                "day.until",
                "nextdate",
                context.run,
                f"{context.the(AboutQuestion).question}:{day.isoformat()}",
                day=day,
            )
        ]
        for day in days
    ]


def _lists(ctx: Context, group: Group, exercise: Exercise) -> list[list[Key]]:
    """Return the way to the lists that are approved with what this exercise writes."""
    process = ctx.services.process
    parts = [part for approval in approved_texts.approvals_of(process, exercise.id) for part in approval.approves]
    lists = [part for part in parts if process.exercises[part].register is not None]
    return [[Key(ctx.services.voice.title_of(part), Action("view", 0, group.id, part))] for part in lists]


def _words(ctx: Context, one: Passed) -> ExerciseWords:
    return ctx.services.voice.exercise(one.exercise.id, one.exercise.version)


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.RUN, nextdate=ask),
    *texts(Rank.COORDINATOR, DAY, next_date=take),
)
