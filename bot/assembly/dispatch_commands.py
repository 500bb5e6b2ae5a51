"""Which town a command in a private chat is about: it is asked for, taken, and the command carried out there.

What was written after it waits in /svara until they have chosen, and while a new promise has not been answered.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.assembly.chat_commands import COMMANDS
from bot.channel.updates import Written
from bot.context import permissions
from bot.context.context import Actor, Context
from bot.context.events import PromisedAgain
from bot.context.permissions import About, May, Needed, Rank, rank_of
from bot.context.refusals import refusals_told
from bot.context.routes import Command, Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.home import start_page
from bot.features.members import promise
from bot.features.network import memberships
from bot.features.process import unsaved_texts
from bot.reminders.open_items import coordinators
from messages.voice import TemplateFacts
from storage.records.message_notes import CommandAsked, MessageContext
from storage.records.records import Group, Member, Person, private_chat


def goes_on_after_cry(name: str) -> bool:
    """True for a command that keeps what follows it, or logs an incident; after a cry for help all others are still."""
    command = COMMANDS.get(name)
    return command is not None and (command.quotes or _logs(command))


def logs(name: str) -> bool:
    """True for the command that logs an incident."""
    command = COMMANDS.get(name)
    return command is not None and _logs(command)


def _logs(command: Command) -> bool:
    return command.needs is May.LOG


async def which_town(
    ctx: Context,
    person: Person,
    command: Command,
    mine: Sequence[tuple[Group, Member]],
    arguments: str,
    *,
    promise: bool = False,
) -> None:
    """Ask which group a command is about; with what it kept, or an incident to log, it waits in /svara until then.

    `promise`: a new one waits in all of them, and must be answered first.
    """
    kept, bare = "" if _logs(command) else arguments, not arguments and not _logs(command)
    await _ask_no_more(ctx, person, command)
    context = MessageContext(about=CommandAsked(command.name, kept, promise, bare))
    facts = {**_asked_for(ctx, command, None, dropped=arguments != kept), "promise": promise}
    keys = [[ctx.key("town", "town", group.id, command.name, town=group.title)] for group, _ in mine]
    await ctx.to_person(person.id, "which_town", facts, keys, context=context)


async def _ask_no_more(ctx: Context, person: Person, command: Command) -> None:
    """End what earlier asked which town an incident is about: it is asked anew, or is being logged."""
    for one in await unsaved_texts.townless(ctx, person) if _logs(command) else ():
        asked = one.context.the(CommandAsked)
        if asked.command == command.name:
            context = replace(one.context, about=replace(asked, bare=True))
            await ctx.work.outbox.update(one.id, context=context)


async def named_town(ctx: Context, person: Person, said: Written) -> bool:
    """Take the name of a town right under the question which one a command is about, or in reply to it."""
    question = await unsaved_texts.above(ctx, person, said.reply_to)
    under = question.context if question else MessageContext()
    asked = under.of(CommandAsked)
    command = COMMANDS.get(asked.command) if asked else None
    if asked is None or command is None or asked.promised or said.forwarded or (under.passed and not said.reply_to):
        return False
    least = permissions.seat_for(command.needs)
    found = memberships.named(await _seats_for(ctx, person, least, anew=_logs(command) or not asked.bare), said.text)
    if found is None or question is None or question.message_id is None:
        return False
    ctx.tapped = question.message_id
    actor = Actor(person, *found, message_id=question.message_id)
    await choose_town(ctx, actor, Action("town", actor.group.id, 0, command.name))
    return True


async def _seats_for(ctx: Context, person: Person, least: Rank, *, anew: bool) -> list[tuple[Group, Member]]:
    """Return the seats in which a command may be used; with `anew` those too that wait for a new promise."""
    mine = await memberships.of(ctx, person, least)
    return [*mine, *await promise.asked(ctx, person, least)] if anew else mine


async def ask_town_again(ctx: Context, actor: Actor, action: Action) -> None:
    """Ask anew which group a command is about that waits for that."""
    townless = [(one, one.context.the(CommandAsked)) for one in await unsaved_texts.townless(ctx, actor.person)]
    waiting = [(one, asked) for one, asked in townless if asked.command == action.arg]
    command = COMMANDS.get(action.arg)
    if not waiting or command is None:
        await ctx.tell(actor, "wanted_over")
        return
    for one, _ in waiting:
        await ctx.tell(actor, "wanted_below", edit=one.message_id, context=MessageContext())
    least = permissions.seat_for(command.needs)
    mine, every = await memberships.of(ctx, actor.person, least), await _seats_for(ctx, actor.person, least, anew=True)
    for text in dict.fromkeys(asked.arguments for _, asked in reversed(waiting)):
        await which_town(ctx, actor.person, command, every, text, promise=bool(text) and not mine)


async def about_a_group(ctx: Context, actor: Actor, command: Command, arguments: str) -> None:
    """Carry out a command whose group is known; some are about no group in particular."""
    if command.handler is None:
        if command.alone is not None:
            await command.alone(ctx, actor.person)
        return
    if permissions.may(command.needs, actor.member, actor.group):
        ctx.prove_for(command.needs)
        await _ask_no_more(ctx, actor.person, command)
        with refusals_told(ctx):
            await command.handler(ctx, actor, arguments)
    elif command.needs in (Rank.COORDINATOR, May.READ) and rank_of(actor.member, actor.group) >= Rank.NETWORK:
        await _leave_to_others(ctx, actor, command.needs)
    else:
        await start_page.refuse(ctx, actor.person, log=_logs(command))


async def _leave_to_others(ctx: Context, actor: Actor, needed: Needed) -> None:
    """Say who does what this member may not, and what they can do instead."""
    group = actor.group
    if needed is May.READ:
        chooses = permissions.may(Rank.RESPONSIBLE, actor.member, group)
        way = ctx.key("choose_readers", "readers", group.id) if chooses else ctx.key("log", "log", group.id)
        await ctx.to_person(actor.person.id, "readers_only", {"chooses": chooses}, [[way]])
        return
    names = [member.name for member in (await coordinators(ctx, group))[:2]]
    keys = [[ctx.key("home.mine", "mine", group.id), ctx.key("what_waits", "answers")]]
    await ctx.to_person(actor.person.id, "coordinators_only", {"names": names}, keys)


def _asked_for(ctx: Context, command: Command, chosen: str | None, *, dropped: bool = False) -> TemplateFacts:
    """Return what is said beside the towns: which command it is, but not that somebody logs an incident.

    `dropped`: what they wrote after it is not kept.
    """
    log = _logs(command)
    called = None if log else ctx.services.voice.rules.called(command.name)
    return {"chosen": chosen, "log": log and chosen is None, "command": called, "words": dropped, "promise": False}


async def choose_town(ctx: Context, actor: Actor, action: Action) -> None:
    """Carry out a command once a person has chosen the group. The text after the command was kept with the question.

    It stays there while the group's new promise waits for this person.
    """
    command = COMMANDS.get(action.arg)
    if command is None:
        return
    if not memberships.is_served(actor.group, command.needs):
        ctx.toast("out_of_group", alert=True)
        return
    if permissions.asked_anew(actor.member) and not permissions.may(command.needs, actor.member, actor.group):
        await promise.refuse(ctx, actor.group, actor.member)
        return
    if not _logs(command):  # leaves no readable trace
        await ctx.work.people.update(actor.person.id, current_group=actor.group.id)
    question = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    kept = question.context.of(CommandAsked) if question else None
    if question and kept and kept.bare:  # it asks no more
        await ctx.work.outbox.update(question.id, context=MessageContext())
    elif kept:  # removed, so that a second tap does not carry it out twice
        facts = _asked_for(ctx, command, actor.group.title)
        await ctx.reply(actor, "which_town", facts, context=MessageContext())
    await about_a_group(ctx, actor, command, kept.arguments if kept else "")


async def after_promise(ctx: Context, group: Group, happened: PromisedAgain) -> None:
    """Take up again what was written after a command while the promise waited: it is about this group, or asked."""
    member = await ctx.work.members.get(happened.member)
    actor = Actor(await ctx.work.people.get(member.person_id), group, member)
    for waiting in reversed(await unsaved_texts.townless(ctx, actor.person)):  # in the order in which it was written
        asked = waiting.context.the(CommandAsked)
        command = COMMANDS[asked.command]
        if not asked.arguments:
            continue
        mine = await _seats_for(ctx, actor.person, permissions.seat_for(command.needs), anew=True)
        if actor.group.id not in {group.id for group, _ in mine}:
            continue  # it is about another one, and the question stands
        facts = _asked_for(ctx, command, actor.group.title if len(mine) == 1 else None)
        await ctx.tell(actor, "which_town", facts, edit=waiting.message_id, context=MessageContext())
        if len(mine) == 1:
            await about_a_group(ctx, actor, command, asked.arguments)
        else:
            await which_town(ctx, actor.person, command, mine, asked.arguments)


# The role of the command itself is checked when it is carried out.
ROUTES: Routes = (
    *buttons(Rank.FORMER, About.GROUP, town=choose_town),
    *buttons(Rank.NETWORK, About.GROUP, whichtown=ask_town_again),
)
