"""Another town: who is in several takes what they log to the one in which it was seen.

What is saved already is first taken back where it is, and handed in anew: two incidents of two groups that came and
went together would name whoever is in both to somebody who has the file.
"""

from dataclasses import replace

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, May, may
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.exercises import drafts, runner
from bot.exercises.run_json import to_json
from bot.features.incidents import report, unread
from flows.enums import Field, Mark
from flows.values import Value, Values
from storage.records.records import Incident


async def move(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask which town it was, and go on there with what was answered, but for the part of the town."""
    number, _, chosen = action.arg.partition(":")
    receipt = await report.own_receipt(ctx, actor, Action("", arg=number)) if number else ""
    if receipt is None:
        return
    towns = await _elsewhere(ctx, actor)
    if chosen not in towns:
        keys = [
            [Key(to.group.title, Action("wrongtown", actor.group.id, 0, f"{number}:{id}"))] for id, to in towns.items()
        ]
        facts = {"saved": bool(number), "receipt": receipt, "here": actor.group.title}
        await ctx.tell(actor, "incident.town", facts, keys)
        return
    record = await report.run_of(ctx, actor.group, actor.member)
    begun = runner.load(ctx, record).visit(actor.member.id).draft
    if number:
        incident = await ctx.work.incidents.get(int(number))
        begun = _answers(ctx, incident)
        await unread.withdrawn(ctx, actor.group, await ctx.work.incidents.withdraw(incident.id, actor.person.id))
    else:
        await drafts.forget(ctx, actor.member, record)
    await _take_up(ctx, towns[chosen], begun)


async def _elsewhere(ctx: Context, actor: Actor) -> dict[str, Actor]:
    """Return this person as an actor in the other groups in which they may log."""
    found = dict[str, Actor]()
    for group, member in await seats(ctx, actor.person.id):
        if group.id != actor.group.id and may(May.LOG, member, group):
            found[str(group.id)] = Actor(actor.person, group, member)
    return found


def _answers(ctx: Context, incident: Incident) -> Values:
    """Return the answers of an incident by question, as they were given."""
    exercise, values = report.asking(ctx), incident.values
    contact = exercise.field(Field.CONTACT)
    found: dict[str, Value] = {q.id: values[q.kept_as] for q in exercise.questions if values.get(q.kept_as)}
    if contact.id in found:
        found[contact.id] = next(option for option in contact.options if contact.says(option, Mark.YES))
    return found


async def _take_up(ctx: Context, there: Actor, begun: Values) -> None:
    """Ask on in this town, from where the answers end."""
    record = await report.run_of(ctx, there.group, there.member)
    run = runner.load(ctx, record)
    area = report.asking(ctx).field(Field.AREA).id
    draft = {key: value for key, value in begun.items() if key in run.keys() and key != area}
    visit = run.visit(there.member.id)
    run = run.with_visit(there.member.id, replace(visit, new=replace(visit.new, values=draft), ask=visit.ask + 1))
    await ctx.work.runs.update(record.id, state=to_json(run))
    await report.begin(ctx, there, Action("log", there.group.id, 0, drafts.GO_ON))


ROUTES: Routes = (*buttons(May.LOG, About.GROUP, wrongtown=move),)
