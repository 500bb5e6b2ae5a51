"""Words under a question whether something is really to be done (`bot.context.confirmation`).

A yes or no, or a button's words, is taken as a tap on that button, whose own rules hold. A yes to what cannot be taken
back is not: its writer is shown the buttons.
"""

from bot.context.confirmation import Confirmation, asked_in, context_of
from bot.context.context import Actor, Context
from bot.context.events import ButtonMeant
from bot.context.message import matter_of
from bot.features.network import memberships
from bot.views.ways import ways
from flows.answers import named_option
from storage.records.message_notes import MessageContext
from storage.records.records import Outgoing, Person


async def asking(ctx: Context, person: Person, under: MessageContext) -> tuple[Actor, Confirmation] | None:
    """Return what a message asks this person to confirm, if they may."""
    asked = asked_in(under)
    right = ctx.services.rights.get(asked.yes.action.verb) if asked and asked.yes.action else None
    actor = await memberships.seat(ctx, person, under.group, right.needs) if right else None
    return (actor, asked) if actor and asked else None


async def heard(ctx: Context, person: Person, text: str, under: MessageContext, above: Outgoing | None) -> bool:
    """Take a yes or a no, or the words of a button; False for any other text. `above`: the message that asks.

    As by a tap, what the message also asks in words is put aside.
    """
    found = await asking(ctx, person, under)
    if found is None:
        return False
    (actor, asked), rules = found, ctx.services.voice.rules
    said = named_option({"yes": asked.yes.label, "no": asked.no.label}, text)
    said = said or rules.decides(text)
    if said == "yes" and asked.final:
        await put_again(ctx, actor, asked)
    elif said and (action := (asked.yes if said == "yes" else asked.no).action):
        await ctx.work.prompts.turn_aside(person.id, matter_of(under) or "")
        ctx.events.append(ButtonMeant(person.id, action, (above.message_id if above else None) or 0))
    return said is not None


async def put_again(ctx: Context, actor: Actor, asked: Confirmation) -> None:
    """Say that nothing is done yet, with the buttons once more."""
    context = context_of(asked.yes, asked.no, final=asked.final)
    facts = {"final": asked.final, "button": asked.yes.label}
    floor = await ways(ctx, actor.person, actor.group.id)
    await ctx.tell(actor, "sure", facts, [[asked.yes], [asked.no], *floor], context=context)
