"""Answers of several rounds side by side: everybody's question by question, or one person's over time (8.1).

It shows only what the group has been shown, with the names it was shown with; nothing private, and nothing that was
never revealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, told_in_private
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.shared_answers import conclusion_in
from bot.features.process.past_rounds import rounds_over
from bot.views.exercise import ExerciseView
from bot.views.names import answer_key
from flows.run.state import Run
from messages.voice import TemplateFacts
from storage.records.records import Answer

PERSON = "m"  # before a member's number: that one's own, over time

Page = tuple[TemplateFacts, list[list[Key]]]  # what it shows, and its buttons


@dataclass(frozen=True, slots=True)
class SeenRound:
    """A round that the group has seen."""

    run: Run
    present: ExerciseView
    on: date
    answers: Sequence[Answer]

    def lines(self, member: int | None) -> list[TemplateFacts]:
        """Return every question with its answers, by everyone or by one."""
        lines: list[TemplateFacts] = []
        for key in self.run.keys():
            question = self.run.question(key)
            said = [
                {
                    "by": None if member else self.present.scene.member(a.member_id or 0),
                    "value": self.present.value(question, a.value),
                    "comment": a.comment,
                }
                for a in self.answers
                if answer_key(a) == key and member in (None, a.member_id)
            ]
            if said:
                lines.append({"short": self.present.short(key), "said": said})
        return lines

    def conclusion(self) -> str | None:
        """The group's conclusion."""
        return conclusion_in(self.answers)


async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show one round with everyone in it, or one person in every round, with buttons to the others."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    rounds = await _rounds(ctx, actor, run)
    demand(rounds and actor.member.role in run.exercise.who, "nothing_beside", alert=True)
    told_in_private(ctx, actor)
    if action.arg.startswith(PERSON):
        facts, keys = _person(ctx, run, rounds, int(action.arg[1:]))
    else:
        facts, keys = _round(ctx, run, rounds, int(action.arg or 0), actor.member.id)
    await ctx.tell(actor, "beside", facts, keys, edit=ctx.tapped if action.arg else None)


async def _rounds(ctx: Context, actor: Actor, run: Run) -> list[SeenRound]:
    found = []
    for name in run.exercise.recall:
        exercise = ctx.services.process.exercises[name]
        if actor.member.role not in exercise.who:
            continue
        for record in await rounds_over(ctx, actor.group.id, exercise):
            answers = await ctx.work.answers.for_group(record.id)
            if answers:
                present = await runner.present_of(ctx, actor.group, exercise)
                on = record.changed_at.astimezone(ctx.services.zone).date()
                found.append((record.opened_at, SeenRound(runner.load(ctx, record), present, on, answers)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _round(ctx: Context, run: Run, rounds: Sequence[SeenRound], place: int, me: int) -> Page:
    place = min(place, len(rounds) - 1)
    one = rounds[place]
    heading = {"name": one.present.words["title"], "on": one.on}
    facts = {
        "whose": None,
        "parts": [{**heading, "lines": one.lines(None), "conclusion": one.conclusion()}],
        "n": place + 1,
        "of": len(rounds),
    }
    keys = [_leafing(ctx, run, [str(n) for n in range(len(rounds))], place)]
    people = _people(rounds)
    if people:
        first = me if me in people else people[0]
        keys.append([ctx.key("beside_person", "beside", run.number, f"{PERSON}{first}")])
    return facts, keys


def _person(ctx: Context, run: Run, rounds: Sequence[SeenRound], member: int) -> Page:
    people = _people(rounds)
    place = people.index(member) if member in people else 0
    parts = [
        {"name": one.present.words["title"], "on": one.on, "lines": lines, "conclusion": None}
        for one in rounds
        if (lines := one.lines(people[place]))
    ]
    facts = {"whose": rounds[0].present.scene.member(people[place]), "parts": parts, "n": place + 1, "of": len(people)}
    leafing = _leafing(ctx, run, [f"{PERSON}{person}" for person in people], place)
    return facts, [leafing, [ctx.key("beside_rounds", "beside", run.number, "0")]]


def _people(rounds: Sequence[SeenRound]) -> list[int]:
    """Return those who have answered under their name, in the order in which they first did."""
    return list(dict.fromkeys(a.member_id for one in rounds for a in one.answers if a.member_id and a.owner[:1] == "m"))


def _leafing(ctx: Context, run: Run, pages: Sequence[str], place: int) -> list[Key]:
    keys = [ctx.key("page_back", "beside", run.number, pages[place - 1])] if place else []
    return keys + ([ctx.key("page_on", "beside", run.number, pages[place + 1])] if place + 1 < len(pages) else [])


ROUTES: Routes = (*buttons(Rank.MEMBER, About.RUN, beside=show),)
