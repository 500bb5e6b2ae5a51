"""Sends the engine's messages: to one member in private, to the group, or as a notice over the chat."""

from collections.abc import Collection
from dataclasses import replace

from bot.context.events import SheetGiven
from bot.context.in_passing import tell_in_passing
from bot.context.message import EditManner, Message
from bot.context.row_events import GuestRow, PrivateRow
from bot.exercises.group_views import of_conclusion, of_missing, of_talk
from bot.exercises.message_views import VIEWS
from bot.exercises.question_views import kept
from bot.exercises.turn_context import TurnContext
from bot.reminders import open_items
from flows.enums import How, Kind
from flows.identities import Identity
from flows.run.effects import (
    AskIdentity,
    AskItems,
    AskOwnItem,
    AskQuestion,
    ConclusionWritten,
    Done,
    Finished,
    Invite,
    Refused,
    RowSaved,
    Say,
    SheetHandedIn,
    ShowMissing,
    Talked,
    Toast,
    Unfit,
)
from flows.run.state import Phase, Place, Run
from flows.values import linked_rows
from storage.records.message_notes import MessageContext
from storage.records.records import Member, Person, private_chat


async def message(turn: TurnContext, say: Say) -> None:
    """Send a message to its member or group."""
    match say:
        case ShowMissing():
            await _to_whoever_ends(turn, await of_missing(turn, say))
        case Talked():
            await turn.ctx.tell_group(turn.group, await of_talk(turn, say))
        case ConclusionWritten():
            await turn.ctx.tell_group(turn.group, await of_conclusion(turn, say))
        case _:
            await _to_member(turn, say)


async def _to_whoever_ends(turn: TurnContext, lacks: Message) -> None:
    """Say what lacks where the exercise was to be ended: in the group, or in the private chat of whoever leads."""
    if turn.in_group or turn.by is None:
        await turn.ctx.tell_group(turn.group, lacks)
    else:
        await turn.ctx.tell_person(turn.by.person_id, replace(lacks, about=turn.group.id, thread=None))


# -- to one member -----------------------------------------------------------------------------------------------------
async def _is_quiet(turn: TurnContext, person: Person) -> bool:
    return person.stopped or person.id in await turn.ctx.work.absences.away_on(turn.ctx.today)


async def _to_member(turn: TurnContext, say: Say) -> None:
    ctx, run, member = turn.ctx, turn.run, turn.scene.members[say.to]
    person = await ctx.work.people.get(member.person_id)
    if person.reach != "reachable" or (isinstance(say, Invite) and await _is_quiet(turn, person)):
        return  # the list of members shows who cannot be reached or is away, and the group's card has a link
    if isinstance(say, Refused):  # sent beside the dialogue, not above a question
        await ctx.to_person(person.id, "notice", {"text": turn.present.trouble(say.trouble)}, about=turn.group.id)
        return
    if isinstance(say, Finished) and await _left_to_others(turn, say, member):
        return
    turn.town = await ctx.town_for(person.id, turn.group)
    said = replace(
        await VIEWS[type(say)](turn, say, member),
        about=turn.group.id,
        slot=f"visit:{run.number}",
        edit=ctx.tapped if say.in_place else None,
        context=_answered_by_reply(turn, say),
        silent=isinstance(say, Invite) and await open_items.comes_silently(ctx, member, run),
    )
    if turn.key or _quotes_note(turn, say):
        await tell_in_passing(ctx, person.id, said)
    else:
        await ctx.tell_person(person.id, said)
    if isinstance(say, SheetHandedIn):
        ctx.events.append(SheetGiven(turn.group.id, member.id))
    focus = None if isinstance(say, Finished) else run.number
    if say.ask and person.focus != focus:
        # The group that somebody last turned to is stored unsealed; so it is not noted when they log an incident.
        town = person.current_group if turn.run.exercise.private else turn.group.id
        await ctx.work.people.update(person.id, focus=focus, current_group=town)


def _quotes_note(turn: TurnContext, say: Say) -> bool:
    """True if a message has words in it that wait to be handed in without a name."""
    return isinstance(say, AskIdentity) and bool(say.said) and turn.run.visits[say.to].held is not None


async def _left_to_others(turn: TurnContext, say: Finished, member: Member) -> bool:
    """True if a feature sends the last message instead, on an event: for a private register, and for a guest."""
    ctx, exercise = turn.ctx, turn.run.exercise
    register = exercise.register
    if exercise.private and register:
        await ctx.work.people.update(member.person_id, focus=None)
        await ctx.work.outbox.drop_sent(private_chat(member.person_id), f"visit:{turn.run.number}", turn.group.id)
        row = turn.before.visits[member.id].row
        ctx.events.append(PrivateRow(turn.group.id, exercise.id, member.id, turn.given, row))
        return True
    if member.role == "guest":
        pointed = linked_rows(turn.before.visits[member.id].draft[register.title]) if register else ()
        actor = pointed[0] if pointed else None
        left, kept = not isinstance(say, RowSaved), turn.row is not None
        ctx.events.append(GuestRow(turn.group.id, turn.run.number, member.id, None if left else actor, kept))
        return True
    return False


def _answered_by_reply(turn: TurnContext, say: Say) -> MessageContext:
    """Return the context of a message: which question a reply answers, and the version of a shared answer shown."""
    run = turn.run
    if not say.key:
        return MessageContext(run.number, asks=isinstance(say, AskItems | AskOwnItem))
    seen = run.visits[say.to].seen if run.shared and isinstance(say, AskQuestion) else None
    return MessageContext(run.number, say.key, seen, asks=True)


def manner_to_colleague(run: Run, member: int, *, anew: bool = False) -> EditManner:
    """Return how to tell what a colleague has answered for this member too: in the place of an invitation not opened.

    Who has opened it has a question or their own answers there, which stay; then it comes by itself, without a sound.
    So does an answer given `anew`, which nobody would look for where the earlier one was read.
    """
    unopened = run.visit(member).place is Place.INTRO
    return {"slot": f"visit:{run.number}", "living": unopened and not anew, "silent": True}


async def tell_team(turn: TurnContext, owner: str) -> None:
    """Tell the others of a small group that one of them has handed in for all."""
    run, ctx = turn.run, turn.ctx
    if not run.exercise.teams or turn.by is None:
        return
    keys = [[ctx.key("resume", "open", run.number)]]
    for number in run.members_of(owner):
        member = turn.scene.members[number]
        person = await ctx.work.people.get(member.person_id)
        if number != turn.by.id and person.reach == "reachable" and not await _is_quiet(turn, person):
            town = await ctx.town_for(person.id, turn.group)
            facts = {"by": turn.by.name, "title": turn.present.words["title"], "town": town}
            manner = manner_to_colleague(run, number)
            await ctx.to_person(person.id, "visit.team_done", facts, keys, about=turn.group.id, **manner)


async def refused(turn: TurnContext, to: int, kinds: Collection[Identity]) -> None:
    """Tell what was found in a text that is not kept, and delete its message from the private chat."""
    ctx, member = turn.ctx, turn.scene.members[to]
    source = turn.source
    if source is not None and source.chat_id == member.user_id:
        await ctx.delete(member.person_id, source.message_id, about=turn.group.id)
    facts = {
        "kinds": turn.present.kinds(kinds),
        "incident": turn.run.exercise.private,
        "words": any(q.kind is Kind.TEXT for q in turn.run.exercise.questions),
        "in_group": source is not None and source.chat_id == turn.group.chat_id,
    }
    await ctx.to_member(member, "visit.refused", facts)


# -- over the chat -----------------------------------------------------------------------------------------------------
async def toast(turn: TurnContext, notice: Toast) -> None:
    """Show a notice over the chat; without a tap, send the same sentence as a message."""
    ctx, run, facts = turn.ctx, turn.run, dict(notice.facts)
    if key := facts.get("key"):
        facts |= {"short": turn.present.short(str(key)), "title": turn.present.words["title"]}
        facts["seen"] = run.exercise.how is How.GROUP
        facts["kept"] = await kept(turn, str(key), turn.by) if turn.by else None
    if ctx.toast(notice.name, facts) or turn.by is None or notice.name is Done.ADDED:
        return
    ctx.untold = ""
    person = await ctx.work.people.get(turn.by.person_id)
    if person.reach == "reachable":
        going_on = run.phase is Phase.OPEN
        keys = [
            [ctx.key("resume", "open", run.number) if going_on else ctx.key("what_waits", "answers", turn.group.id)]
        ]
        text = ctx.services.voice.toast(notice.name, facts)
        lost = isinstance(notice.name, Unfit) and turn.source is not None  # a text that could not be taken
        await ctx.to_person(person.id, "notice_lost" if lost else "notice", {"text": text}, keys, about=turn.group.id)
