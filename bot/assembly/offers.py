"""Words under what a message offers (`bot.context.offer`): a bare yes or no, and what its button would ask for."""

from bot.assembly import asked_questions
from bot.assembly.asked_questions import OpenQuestion
from bot.assembly.dispatch_texts import asked_of, give
from bot.assembly.feature_routes import TEXTS
from bot.assembly.private_text import PrivateText
from bot.context.context import Context
from bot.context.events import ButtonMeant
from bot.context.offer import OfferMade, offered_in
from storage.records.message_notes import MessageContext
from storage.records.records import Outgoing, private_chat
from storage.table import seconds


async def offered(ctx: Context, text: PrivateText) -> bool:
    """Take what is said to the offer of the message that it replies to, or of the last one.

    Where a question is fresh only a bare word is that, or days where words could be but a comment.
    """
    last = await above(ctx, text)
    offer = offered_in(last.context) if last and not text.said.forwarded else None
    if last is None or offer is None or (0 < offer.until < seconds(ctx.now) and not text.replied):
        return False
    fresh = _asked_beside(ctx, text)
    if await _are_remarks(ctx, text, fresh) and await _completes(ctx, text, last.context, offer):
        return True
    if offer.undo and ctx.services.voice.rules.slips(text.said.text):
        return await _press(ctx, text, offer, "undo")
    said = ctx.services.voice.rules.takes_up(text.said.text, bare=bool(fresh) or text.follows_cry(ctx))
    return said is not None and await _press(ctx, text, offer, said)


def _asked_beside(ctx: Context, text: PrivateText) -> list[OpenQuestion]:
    asked = [] if text.replied else asked_questions.asked_now(ctx, text.written)
    return [one for one in asked if not one.prompt.interrupted]


async def _are_remarks(ctx: Context, text: PrivateText, fresh: list[OpenQuestion]) -> bool:
    """True if the words could only be a comment to what is asked, if anything is."""
    asked = [one.prompt.context for one in fresh]
    return all([await asked_questions.only_remarks(ctx, text.person, one, text.said.text) for one in asked])


async def above(ctx: Context, text: PrivateText) -> Outgoing | None:
    """Return the message that a text is written under: the one that it replies to, or the last one if it is alone."""
    if text.said.reply_to:
        return text.replied
    last, _ = await ctx.work.outbox.latest_two(private_chat(text.person.id))
    return None if last is None or last.context.passed else last


async def _completes(ctx: Context, text: PrivateText, context: MessageContext, offer: OfferMade) -> bool:
    """Take what the offer takes, or what its button would ask for: "resten av veckan"."""
    want = offer.takes or (offer.yes.verb if offer.yes else "")
    group = context.group or (offer.yes.run if offer.yes else 0)
    says = TEXTS[want].takes.says if want in TEXTS else None
    if says is None or not await says(ctx, group, text.said.text):
        return False
    wanted = MessageContext(want=want, group=group, about=context.about)
    if actor := await asked_of(ctx, text.person, wanted):
        await give(ctx, actor, text.said.text, wanted)
    return True


async def _press(ctx: Context, text: PrivateText, offer: OfferMade, said: str) -> bool:
    """Press the button that is meant; a no to what has no button for it is heard."""
    action = {"yes": offer.yes, "no": offer.no, "undo": offer.undo}[said]
    if action is not None:
        ctx.events.append(ButtonMeant(text.person.id, action, 0))
        return True
    heard = said == "no" and bool(offer.yes or offer.takes or offer.either)
    if heard or (said == "yes" and offer.either):
        await ctx.to_person(text.person.id, "not_taken_up" if heard else "either")
        return True
    return False
