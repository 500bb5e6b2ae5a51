"""A telephone number that was changed in one place is found wherever else it stands, and changed there after a yes.

Numbers are compared by what is dialled. One that people go by already needs somebody else's yes: `agreed_numbers`.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from typing import Final

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.row_events import EventChanged, NumberChanged, RowChanged, TextChanged
from bot.context.sealed_actions import Action
from bot.exercises import preconditions, runner
from bot.exercises.approved_texts import approvals_of
from bot.views.names import cut
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, How
from flows.phone import dialled, numbers_in, with_number
from flows.run.state import Phase
from flows.values import Values
from messages.voice import TemplateFacts
from storage.records.records import Answer, GivenAnswer, Group, Member, Row

ASKED: Final = "number"  # the kind of activity state that holds which number has taken the place of which
MOST: Final = 8  # places that are named in the question
TITLE: Final = 60
KEPT: Final = 20  # questions whose buttons still work


@dataclass(frozen=True, slots=True)
class Place:
    """A row or a shared answer in which a number stands, and the questions there."""

    exercise: Exercise
    questions: tuple[str, ...]
    row: Row | None = None
    answer: Answer | None = None

    @property
    def name(self) -> str:
        """Return by what it is found again."""
        return f"row:{self.row.id}" if self.row else f"answer:{self.answer.id}" if self.answer else ""


async def places_of(ctx: Context, group: Group, number: str, member: Member) -> AsyncIterator[Place]:
    """Yield where a number, as it is dialled, stands in what the group writes together and this member may change."""
    for exercise in ctx.services.process.exercises.values():
        if exercise.private:
            continue
        if exercise.how is How.ROWS:
            rows = await ctx.work.rows.all(group.id, exercise.id)
            found = [Place(exercise, holding, row) for row in rows if (holding := _holding(row.values, number))]
            if found and await preconditions.may_write(ctx, group, exercise, member):
                for place in found:
                    yield place
        elif exercise.how is How.GROUP and member.role in exercise.who:
            record = await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE)
            for answer in await ctx.work.answers.of_owner(record.id, "g") if record else ():
                if _holding({answer.question: answer.value}, number):
                    yield Place(exercise, (answer.question,), answer=answer)


def _holding(values: Values, number: str) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if isinstance(value, str) and number in numbers_in(value))


# -- asked -------------------------------------------------------------------------------------------------------------
async def changed(ctx: Context, happened: NumberChanged) -> None:
    """Ask whoever changed a number whether it is to be changed in the other places too."""
    group, member = await ctx.work.groups.get(happened.group), await ctx.work.members.get(happened.by)
    if rank_of(member, group) < Rank.MEMBER:
        return
    places = [place async for place in places_of(ctx, group, dialled(happened.old), member)]
    if not places:
        return
    known = await ctx.work.activity_states.of_kind(group.id, ASKED)
    ref = str(max(map(int, known), default=0) + 1)
    await ctx.work.activity_states.drop(group.id, ASKED, str(int(ref) - KEPT))
    await ctx.work.activity_states.keep(group.id, ASKED, ref, {"old": happened.old, "new": happened.new})
    facts = {"old": happened.old, "new": happened.new, **await told(ctx, group, places)}
    yes, no = (ctx.key(f"number.{verb}", f"num{verb}", group.id, ref) for verb in ("swap", "leave"))
    asks = context_of(yes, no)
    await ctx.to_member(member, "number.ask", facts, [[yes, no]], context=asks)


async def told(ctx: Context, group: Group, places: Collection[Place]) -> TemplateFacts:
    """Return how many places there are, and the first of them in words."""
    lines = []
    for place in list(places)[:MOST]:
        view = await runner.present_of(ctx, group, place.exercise)
        shorts = [view.words[f"question.{name}.short"] for name in place.questions]
        row = cut(view.row_title(place.row), TITLE) if place.row else ""
        lines.append({"title": view.words["title"], "row": row, "questions": shorts})
    return {
        "count": len(places),
        "places": lines,
        "more": max(0, len(places) - MOST),
    }


# -- done --------------------------------------------------------------------------------------------------------------
async def swap(ctx: Context, actor: Actor, action: Action) -> None:
    """Change the number in all the places in which it stands now."""
    state = required(await ctx.work.activity_states.state(actor.group.id, ASKED, action.arg))
    places = [place async for place in places_of(ctx, actor.group, dialled(state["old"]), actor.member)]
    touched = await exchange(ctx, actor.group, actor.member, state["old"], state["new"], places)
    await ctx.work.activity_states.keep(actor.group.id, ASKED, action.arg, {**state, "at": touched})
    back = replace(ctx.key("number.undo", "numundo", actor.group.id, action.arg), says="undo")
    facts = {"new": state["new"], "count": len(touched)}
    await ctx.reply(actor, "number.swapped", facts, [[back, ctx.key("number.card", "doc", actor.group.id, "card")]])


async def leave(ctx: Context, actor: Actor, action: Action) -> None:
    """Leave the old number where it stands. It can still be changed there from the same message."""
    state = required(await ctx.work.activity_states.state(actor.group.id, ASKED, action.arg))
    again = ctx.key("number.swap_after_all", "numswap", actor.group.id, action.arg)
    await ctx.reply(actor, "number.left", {"old": state["old"], "new": state["new"]}, [[again]])


async def undo(ctx: Context, actor: Actor, action: Action) -> None:
    """Put the old number back where it was changed, unless somebody has changed it there since."""
    state = required(await ctx.work.activity_states.state(actor.group.id, ASKED, action.arg))
    demand("at" in state)
    places = [place async for place in places_of(ctx, actor.group, dialled(state["new"]), actor.member)]
    within = [place for place in places if place.name in state["at"]]
    await exchange(ctx, actor.group, actor.member, state["new"], state["old"], within)
    again = ctx.key("number.swap_after_all", "numswap", actor.group.id, action.arg)
    await ctx.reply(actor, "number.left", {"old": state["old"], "new": state["new"]}, [[again]])


async def exchange(
    ctx: Context, group: Group, member: Member, old: str, new: str, places: Collection[Place]
) -> list[str]:
    """Change a number into another in these places; return by which names they are found again."""
    touched, exercises = list[str](), dict[str, Exercise]()
    for place in places:
        touched.append(place.name)
        exercises[place.exercise.id] = place.exercise
        if place.row is not None:
            said = {name: with_number(str(place.row.values[name]), dialled(old), new) for name in place.questions}
            await ctx.work.rows.change(place.row.id, None, member.id, values={**place.row.values, **said})
            if record := await ctx.work.runs.latest(group.id, place.exercise.id, besides=Phase.ASIDE):
                ctx.events.append(RowChanged(group.id, record.id, place.row.id, member.id, place.row.assignee))
        elif place.answer is not None:
            there = place.answer
            value = with_number(str(there.value), dialled(old), new)
            given = GivenAnswer(there.owner, there.question, there.item, value, there.comment, there.audience, False)
            await ctx.work.answers.keep(there.run_id, given, member.id)
            if place.exercise.role is ExerciseRole.EVENT:
                ctx.events.append(EventChanged(group.id, place.exercise.question(there.question).kept_as))
    for exercise in exercises.values():
        if any(approvals_of(ctx.services.process, exercise.id)):
            ctx.events.append(TextChanged(group.id, exercise.id, member.id))
        if record := await ctx.work.runs.latest(group.id, exercise.id, besides=Phase.ASIDE):
            await runner.refresh_card(ctx, group, record)
    return touched


ROUTES: Routes = (*buttons(Rank.MEMBER, About.GROUP, numswap=swap, numleave=leave, numundo=undo),)
