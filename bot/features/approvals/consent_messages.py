"""What people see of a decision that is put to everybody: in the group, alone, and where a reason is asked for."""

from bot.context.context import Actor, Context
from bot.context.message import OBJECTION, Key
from bot.exercises import consents
from bot.exercises.consents import CONSENT, Consent
from bot.reminders.next_message import hears
from storage.message_notes import MessageContext
from storage.records import Group, Member


async def show(ctx: Context, group: Group, ref: str, consent: Consent, *, anew: bool = False) -> None:
    """Show it in the group, and in private to those of the network who are asked; `anew` at the bottom of the chat."""
    told = await consents.facts(ctx, group, consent)
    keys = keys_of(ctx, group, ref, consent)
    context = consent_context(group, ref, consent)
    await ctx.to_group(group, "consent.question", told, keys, slot=f"consent:{ref}", living=not anew, context=context)
    if anew or consent.over:
        for number in await consents.network_of(ctx, group, consent):
            await show_alone(ctx, group, ref, consent, number, anew=anew)


async def show_alone(
    ctx: Context, group: Group, ref: str, consent: Consent, number: int, *, anew: bool = False
) -> None:
    """Show it in private to somebody who is not in the group's chat, with their own answer."""
    member = await ctx.work.members.get(number)
    if member.state != "active" or not (anew or await hears(ctx, member.person_id)):
        return  # whoever asks to see it gets it, also with all messages muted
    decides, slot = number in group.settings.deciders, f"consent:{ref}"
    told = {**await consents.facts(ctx, group, consent), "town": group.title, "mine": consent.said.get(number)}
    told["decides"], keys = decides, keys_of(ctx, group, ref, consent, decides=decides)
    if member.coordinator and consent.over and objects(consent):
        keys = [[ctx.key("consent.talked", "c_talked", group.id, ref)]]
    context = consent_context(group, ref, consent)
    await ctx.to_person(
        member.person_id, "consent.alone", told, keys, about=group.id, slot=slot, living=not anew, context=context
    )


async def ask_privately(ctx: Context, group: Group, ref: str, consent: Consent, member: Member) -> None:
    """Ask a decision maker in private, as they are not in the group's chat."""
    facts = {"town": group.title, "text": consent.text, "until": consent.until}
    keys = keys_of(ctx, group, ref, consent, decides=True)
    context = consent_context(group, ref, consent)
    await ctx.to_person(member.person_id, "consent.decider", facts, keys, about=group.id, context=context)


async def ask_why(ctx: Context, actor: Actor, ref: str, consent: Consent) -> None:
    """Ask somebody who objects for the reason."""
    context = MessageContext(want=OBJECTION, group=actor.group.id, what=ref)
    await ctx.tell(
        actor,
        "consent.why",
        {"text": consent.text, "decides": is_decider(actor)},
        context=context,
        slot=reason_slot(ref),
    )


def reason_slot(ref: str) -> str:
    """Return the slot of the message that asks somebody for the reason of their objection."""
    return f"objection:{ref}"


def consent_context(group: Group, ref: str, consent: Consent) -> MessageContext:
    """Return the context of a message that asks for consent, so that a text can answer it."""
    return MessageContext(group=group.id, what=f"{CONSENT}:{consent.round}:{ref}")


def asked_in(context: MessageContext) -> tuple[str, int] | None:
    """Return what a message asks for consent to, and in which round; None if it asks for something else."""
    kind, _, rest = context.what.partition(":")
    round_, _, ref = rest.partition(":")
    return (ref, int(round_)) if kind == CONSENT and not context.want else None


def keys_of(ctx: Context, group: Group, ref: str, consent: Consent, *, decides: bool = False) -> list[list[Key]]:
    """Return the buttons to answer with, none when it is over: a decision maker says no, others have an objection."""
    if consent.over:
        return []
    answers = ("consent.yes", "c_yes"), ("consent.against" if decides else "consent.no", "c_no")
    return [[ctx.key(label, verb, group.id, ref, consent.round) for label, verb in answers]]


async def deciders(ctx: Context, group: Group) -> list[Member]:
    """Return the decision makers outside of the group, in step 0 (P.5)."""
    looking_on = await ctx.work.members.active(group.id, roles=("process_leader",))
    return [member for member in looking_on if member.id in group.settings.deciders]


def is_decider(actor: Actor) -> bool:
    """True for a decision maker, who is asked for a yes or a no."""
    return actor.member.id in actor.group.settings.deciders


def objects(consent: Consent) -> bool:
    """True if somebody has said no."""
    return any(not reply.yes for reply in consent.said.values())
