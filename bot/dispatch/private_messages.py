"""Messages in a private chat: commands, links followed, texts, edits, and what is not text."""

from bot.channel.updates import Written
from bot.context import abuse_limits
from bot.context.context import Context
from bot.context.sealed_actions import LINK
from bot.dispatch import deep_links, dispatch_commands, edited_texts, free_texts, held_texts, strangers, unasked
from bot.features.incidents import report
from bot.features.journey import homes, memberships, wanted_texts
from bot.features.members import membership
from bot.features.wellbeing import care
from storage.message_notes import MessageContext
from storage.records import Person, Reach


async def heard(ctx: Context, said: Written) -> None:
    """Handle a message in a private chat."""
    if not said.sender.known:
        return
    ctx.written = said.message_id
    person = await ctx.work.people.by_user(said.sender.user_id)
    if await _too_much(ctx, said, person):
        return
    person = person or await strangers.in_private(ctx, said)
    if person is None:
        return
    person = await membership.reach(ctx, person, Reach.REACHABLE)  # they may have pressed Start before they were known
    if said.command is not None and not said.edited:
        await _command(ctx, said, person)
    elif said.media is not None:
        if not said.edited:  # such as a position that moves on
            await care.met(ctx, person, said.text)
            await unasked.media(ctx, person, said)
    elif said.edited:
        await edited_texts.in_private(ctx, person, said, cries=await care.met(ctx, person, said.text))
    else:
        under = await wanted_texts.under(ctx, person, said.reply_to)  # before numbers are sent, perhaps
        await free_texts.wrote(
            ctx, person, said, under or MessageContext(), cries=await _presses(ctx, person, said.text)
        )


async def _presses(ctx: Context, person: Person, text: str) -> bool:
    """True for a cry for help, words of somebody in danger, or what follows close upon such a text: numbers come first.

    Not while the person logs an incident, which is the place for it.
    """
    if await care.met(ctx, person, text):
        return True
    if await report.overhears(ctx, person.focus):
        return False
    return await care.told_of_danger(ctx, person, text) or await held_texts.follows_one(ctx, person)


async def _too_much(ctx: Context, said: Written, person: Person | None) -> bool:
    """True for more messages than anybody writes by hand, or links tried one after the other. It is told once."""
    bad_link = (
        said.command == "start" and bool(said.arguments) and ctx.services.buttons.open(LINK, said.arguments) is None
    )
    what = abuse_limits.LINKS if bad_link else abuse_limits.MESSAGES
    who = said.sender.user_id
    if ctx.services.limits.over(what, who, ctx.now) is None:
        ctx.services.limits.count(what, who, ctx.now)
        return False
    if person is not None and ctx.services.limits.should_tell(what, who, ctx.now):
        await ctx.to_person(person.id, "slower")
    return True


async def _command(ctx: Context, said: Written, person: Person) -> None:
    assert said.command is not None
    await held_texts.end_pieces(ctx, person)
    begins = said.command == "start" and bool(said.arguments)
    if begins and (action := ctx.services.buttons.open(LINK, said.arguments)):
        await deep_links.follow(ctx, person, said, action)
        return
    if await care.met(ctx, person, said.arguments) and not dispatch_commands.goes_on_after_cry(said.command):
        return
    if begins and not memberships.named(await homes.seats(ctx, person), said.arguments):
        await ctx.to_person(person.id, "start.bad_link")
        return
    await dispatch_commands.in_private(ctx, person, said.command, said.arguments, said.message_id)
