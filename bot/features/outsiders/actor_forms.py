"""Forms for people outside of the group (2.7): a link for each actor, valid for one answer.

Whoever follows it has a guest's seat for that one register, until its questions are answered. The group sees which
actor has answered, and never which person.
"""

from typing import Final

from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.refusals import demand, required
from bot.context.routes import Invitation, Routes, buttons
from bot.context.row_events import GuestRow
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.exercises import initial_rows, row_links, runner
from bot.features.home import start_page
from bot.features.home.start_page import ASKED_FOR
from bot.reminders import open_items
from bot.views.exercise import ExerciseView
from bot.views.names import cut
from bot.views.shared_buttons import AT_ONCE, paged
from bot.views.ways import ways
from flows.definitions.model import Exercise, Question
from flows.enums import Kind
from flows.run.events import Joined, Left, Opened
from flows.run.state import Phase, Run, Seat
from storage.json_records import JsonObject
from storage.records.links import Link
from storage.records.records import Group, Member, Person, SeatState
from storage.records.runs import Run as Record

PURPOSE: Final = "form"
PAGE: Final = 8


def pointed(exercise: Exercise) -> Question:
    """Return the question that says which actor the answers are from."""
    assert exercise.register is not None
    question = exercise.question(exercise.register.title)
    assert question.kind is Kind.ROW  # the loader demands it of a register with such links
    return question


# -- the group's side --------------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, action: Action) -> None:
    """Show which actors can be asked, have a link, and have answered."""
    run, present = await _opened(ctx, actor, action)
    offers = (await row_links.offers(ctx, present.scene, run.exercise))[pointed(run.exercise).id]
    answered = await row_links.cited(ctx, actor.group, run.exercise, pointed(run.exercise))
    links = await ctx.work.links.of_group(actor.group.id, PURPOSE)
    waiting = {link.ref for link in links if link.state == "valid"}
    shown, page = paged(offers, int(action.arg or 0), PAGE)
    facts = {
        "title": present.words["title"],
        "actors": [{"title": o.title, "state": _state(int(o.arg) in answered, waits=o.arg in waiting)} for o in shown],
        "count": len(answered),
    }
    keys = [[Key(cut(offer.title, 60), Action("form", run.number, 0, offer.arg))] for offer in shown]
    if left := sum(int(offer.arg) not in answered for offer in offers):
        keys.append([ctx.key("outside.all", "formall", run.number, count=min(left, AT_ONCE))])
    keys += [page.keys(ctx, "forms", run.number), [ctx.key("rows", "rows", run.number)]]
    await ctx.reply(actor, "outside.list", facts, keys)


def _state(answered: bool, *, waits: bool) -> str:
    return "answered" if answered else "waits" if waits else "none"


async def one(ctx: Context, actor: Actor, action: Action) -> None:
    """Show one actor, with buttons to make a link, or revoke it."""
    run, present = await _opened(ctx, actor, action)
    name = required(present.scene.rows.get(int(action.arg)), "no_row", alert=True)
    demand(not name.gone, "no_row", alert=True)
    link = await invitations.given(ctx, actor.group, PURPOSE, action.arg)
    answered = await row_links.cited(ctx, actor.group, run.exercise, pointed(run.exercise))
    facts = {
        "actor": name.title,
        "until": link.until if link else None,
        "answered": int(action.arg) in answered,
    }
    keys = [[ctx.key("outside.new" if link else "outside.make", "formlink", run.number, action.arg)]]
    if link:
        keys.insert(0, [ctx.key("outside.again", "formlink", run.number, f"{action.arg}:again")])
        keys.append([ctx.key("outside.stop", "formstop", run.number, action.arg)])
    keys.append([ctx.key("back", "forms", run.number)])
    await ctx.reply(actor, "outside.actor", facts, keys)


async def give(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the link to pass on, in words and as a picture; a new one if there is none."""
    _, present = await _opened(ctx, actor, action)
    ref, _, again = action.arg.partition(":")
    name = required(present.scene.rows.get(int(ref)), "no_row", alert=True)
    demand(not name.gone, "no_row", alert=True)
    wanted = invitations.given_or_made if again else invitations.make
    link = await wanted(ctx, actor.group, PURPOSE, ref)
    await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, ref)
    await ctx.tell(actor, "outside.link", {"actor": name.title, "until": link.until})
    await _letter(ctx, actor, present, name.title, link)
    caption = ctx.services.voice.label("outside.caption", {"actor": name.title})
    await invitations.show_code(ctx, actor.person, actor.group, link.url, caption)


async def give_all(ctx: Context, actor: Actor, action: Action) -> None:
    """Send letters to pass on to those who have not answered: those without a link first, so many at a time."""
    run, present = await _opened(ctx, actor, action)
    offers = (await row_links.offers(ctx, present.scene, run.exercise))[pointed(run.exercise).id]
    answered = await row_links.cited(ctx, actor.group, run.exercise, pointed(run.exercise))
    waiting = {link.ref for link in await ctx.work.links.of_group(actor.group.id, PURPOSE) if link.state == "valid"}
    asked = sorted((o for o in offers if int(o.arg) not in answered), key=lambda o: o.arg in waiting)
    facts = {"count": len(asked[:AT_ONCE]), "more": len(asked[AT_ONCE:])}
    await ctx.tell(actor, "outside.letters", facts)
    for offer in asked[:AT_ONCE]:
        link = await invitations.given_or_made(ctx, actor.group, PURPOSE, offer.arg)
        await open_items.given_away(ctx, actor.group, actor.member, PURPOSE, offer.arg)
        await _letter(ctx, actor, present, offer.title, link)


async def _letter(ctx: Context, actor: Actor, present: ExerciseView, name: str, link: invitations.GivenLink) -> None:
    """Send a message to be passed on as it is, so it addresses the person who is asked, not the member."""
    words = present.words
    facts = {
        "actor": name,
        "town": actor.group.title,
        "lead": words["outside.lead"],
        "privacy": words["outside.privacy"],
        "url": link.url,
        "until": link.until,
    }
    await ctx.tell(actor, "outside.letter", facts)


async def stop(ctx: Context, actor: Actor, action: Action) -> None:
    """Revoke the link."""
    await ctx.work.links.revoke(actor.group.id, PURPOSE, action.arg)
    await _end_for_others(ctx, actor.group, await ctx.work.runs.get(action.run), action.arg, "link.withdrawn")
    await one(ctx, actor, action)
    ctx.toast("link_stopped")


async def _opened(ctx: Context, actor: Actor, action: Action) -> tuple[Run, ExerciseView]:
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    return run, await runner.present_of(ctx, actor.group, run.exercise)


# -- the guest's side --------------------------------------------------------------------------------------------------
async def follow(ctx: Context, person: Person, link: Link, sender: Sender) -> None:
    """Show somebody who follows the link what it is, for which actor, and a button to begin."""
    assert link.group_id is not None
    assert link.ref is not None
    group = await ctx.work.groups.get(link.group_id)
    record = await _running(ctx, group)
    if record is None or group.state != "active":
        await ctx.to_person(person.id, "link.expired")
        return
    run = runner.load(ctx, record)
    present = await runner.present_of(ctx, group, run.exercise)
    name = present.scene.rows.get(int(link.ref))
    if name is None or name.gone:
        await ctx.to_person(person.id, "link.expired")
        return
    member = await ctx.work.members.find(group.id, sender.user_id)
    if member is not None and member.role != "guest" and member.state != "left":
        facts = {"actor": name.title, "title": present.words["title"]}
        await ctx.to_person(person.id, "outside.yours", facts, about=group.id)
        return
    await _sit_down(ctx, group, person, member, link.ref)
    await _greet(ctx, group, person, run, present, link.ref)


async def _greet(ctx: Context, group: Group, person: Person, run: Run, present: ExerciseView, ref: str) -> None:
    """Show what the form is, for which actor, and a button to begin."""
    words, name = present.words, present.scene.rows[int(ref)]
    facts = {
        "actor": name.title,
        "town": group.title,
        "lead": words["outside.lead"],
        "privacy": words["outside.privacy"],
    }
    keys = [[ctx.key("start", "formfill", run.number, ref)]]
    await ctx.to_person(person.id, "outside.hello", facts, keys, about=group.id)


async def greeted_again(ctx: Context, person: Person) -> bool:
    """Show the letter once more to somebody who has followed a link and not begun. Returns False for all others."""
    for group, member in await seats(ctx, person.id, Rank.INVITED):
        ref = str(member.profile.get(ASKED_FOR, ""))
        record = await _running(ctx, group) if ref and member.role == "guest" else None
        if record is None or await invitations.valid(ctx, group, PURPOSE, ref) is None:
            continue
        run = runner.load(ctx, record)
        present = await runner.present_of(ctx, group, run.exercise)
        seat = run.seats.get(member.id)
        if (seat is None or not seat.awaited) and int(ref) in present.scene.rows:
            await _greet(ctx, group, person, run, present, ref)
            return True
    return False


async def answered(ctx: Context, person: Person) -> bool:
    """Say that it cannot be changed to somebody who has answered a form and writes more. False for all others."""
    if (found := await start_page.seat(ctx, person)) is None:
        return False
    group, member = found
    if ASKED_FOR not in member.profile or start_page.home_of(member, group) is not start_page.Home.ANSWERED:
        return False
    keys = await ways(ctx, person, group.id)
    await ctx.to_person(person.id, "outside.saved", {"town": group.title}, keys, about=group.id)
    return True


async def _running(ctx: Context, group: Group) -> Record | None:
    """Return the round of the register that takes answers from outside."""
    for record in await ctx.work.runs.all_of(group.id):
        register = ctx.services.process.exercises[record.exercise].register
        if register is not None and register.link == PURPOSE and record.phase in (Phase.OPEN, Phase.CONCLUDED):
            return record
    return None


async def _sit_down(ctx: Context, group: Group, person: Person, member: Member | None, ref: str) -> None:
    member = member or await ctx.work.members.add(group.id, person.id, "guest")
    profile = {**member.profile, ASKED_FOR: ref}
    await ctx.work.members.update(member.id, role="guest", state=SeatState.INVITED, left_at=None, profile=profile)


async def fill(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask the guest the first question."""
    if actor.member.role != "guest" or await invitations.valid(ctx, actor.group, PURPOSE, action.arg) is None:
        await ctx.to_person(actor.person.id, "link.expired", edit=ctx.tapped)
        return
    member, record = actor.member, await ctx.work.runs.get(action.run)
    exercise = runner.load(ctx, record).exercise
    await runner.apply(ctx, actor.group, record, Joined(Seat(member.id)), by=member)
    given: JsonObject = {pointed(exercise).id: {"id": int(action.arg)}, **initial_rows.defaults(ctx, exercise)}
    event = Opened(member.id, introduced=True, given=given)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(record.id), event, by=member)


async def done(ctx: Context, group: Group, given: GuestRow) -> None:
    """End a form that was handed in, or left: the link is used up, and the guest's seat ends."""
    member = await ctx.work.members.get(given.member)
    record = await ctx.work.runs.get(given.run)
    words = ctx.services.voice.exercise(record.exercise, record.definition)
    if given.actor is None:
        name, facts = "outside.left", {}
    elif given.kept:
        name, facts = "outside.thanks", {"thanks": words["outside.thanks"]}
        link = await invitations.valid(ctx, group, PURPOSE, str(given.actor))
        if link is not None:
            await ctx.work.links.use(link.id)
    else:
        name, facts = "link.withdrawn", {}
    await ctx.to_member(member, name, facts)
    await _stand_up(ctx, group, record, member, kept=given.kept)
    if given.kept:
        await _end_for_others(ctx, group, record, str(given.actor), "outside.too_late")


async def _end_for_others(ctx: Context, group: Group, record: Record, ref: str, name: str) -> None:
    """Tell those who have begun to answer for this actor that their link is over, before they answer all in vain."""
    seats = runner.load(ctx, await ctx.work.runs.get(record.id)).seats
    for member in await ctx.work.members.of_group(group.id, roles=("guest",)):
        begun = member.id in seats and seats[member.id].awaited
        if begun and member.profile.get(ASKED_FOR) == ref:
            await ctx.to_member(member, name, {"town": group.title})
            await _stand_up(ctx, group, record, member, kept=False)


async def _stand_up(ctx: Context, group: Group, record: Record, member: Member, *, kept: bool) -> None:
    if (await ctx.work.people.get(member.person_id)).focus == record.id:  # and not what they answer in another town
        await ctx.work.people.update(member.person_id, focus=None)
    await runner.apply(ctx, group, await ctx.work.runs.get(record.id), Left(member.id))
    profile = {name: value for name, value in member.profile.items() if kept or name != ASKED_FOR}
    await ctx.work.members.update(member.id, state=SeatState.LEFT, left_at=ctx.now, profile=profile)


ROUTES: Routes = (
    Invitation(PURPOSE, follow),
    *buttons(Rank.MEMBER, About.RUN, forms=show, form=one, formlink=give, formall=give_all, formstop=stop),
    *buttons(Rank.INVITED, About.RUN, formfill=fill),
)
