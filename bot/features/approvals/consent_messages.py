"""What people see of a decision that is put to everybody: in the group, alone, and where a reason is asked for."""

from bot.ballots import box
from bot.context.context import Actor, Context
from bot.context.message import OBJECTION, Key
from bot.exercises import consents
from bot.reminders.next_message import hears
from flows import ballots
from flows.ballots import Ballot, Phase, Purpose
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member


async def show(ctx: Context, group: Group, ref: str, ballot: Ballot, anew: bool) -> None:
    """Show it in the group, and in private to those of the network who are asked; `anew` at the bottom of the chat,
    and then to decision makers, too."""
    told = await _facts(ctx, group, ref, ballot)
    keys = keys_of(ctx, group, ref, ballot)
    context = consent_context(group, ref, ballot)
    await ctx.to_group(group, "consent.question", told, keys, slot=f"consent:{ref}", living=not anew, context=context)
    if anew or ballot.phase is not Phase.OPEN:
        for number in await consents.network_of(ctx, group, ballot):
            await show_alone(ctx, group, ref, ballot, number, anew=anew)
    for member in await deciders(ctx, group) if anew else ():
        if box.voter(member.id) in ballot.asked:
            await ask_privately(ctx, group, ref, ballot, member)


async def show_alone(ctx: Context, group: Group, ref: str, ballot: Ballot, number: int, *, anew: bool = False) -> None:
    """Show it in private to somebody who is not in the group's chat, with their own answer."""
    member = await ctx.work.members.get(number)
    if member.state != "active" or not (anew or await hears(ctx, member.person_id)):
        return  # whoever asks to see it gets it, also with all messages muted
    decides, slot = number in group.settings.deciders, f"consent:{ref}"
    mine = ballot.voices.get(box.voter(number))
    told = {**await _facts(ctx, group, ref, ballot), "town": group.title, "mine": mine, "decides": decides}
    keys = keys_of(ctx, group, ref, ballot, decides=decides)
    if member.coordinator and ballot.phase is not Phase.OPEN and ballots.objections(ballot):
        keys = [[ctx.key("consent.talked", "c_talked", group.id, ref)]]
    context = consent_context(group, ref, ballot)
    await ctx.to_member(member, "consent.alone", told, keys, slot=slot, living=not anew, context=context)


async def _facts(ctx: Context, group: Group, ref: str, ballot: Ballot) -> TemplateFacts:
    """Return the state in words. `again`: everybody was asked before, about another text of it."""
    again = ballot.round > 0 and ref.startswith("row:")
    return {**await consents.facts(ctx, group, ballot), "again": again}


async def ask_privately(ctx: Context, group: Group, ref: str, ballot: Ballot, member: Member) -> None:
    """Ask a decision maker in private, as they are not in the group's chat."""
    facts = {"town": group.title, "text": ballot.text, "until": ballot.until}
    keys = keys_of(ctx, group, ref, ballot, decides=True)
    context = consent_context(group, ref, ballot)
    await ctx.to_member(member, "consent.decider", facts, keys, context=context)


async def ask_why(ctx: Context, actor: Actor, ref: str, ballot: Ballot) -> None:
    """Ask somebody who objects for the reason."""
    context = MessageContext(want=OBJECTION, group=actor.group.id, what=ref, seen=ballot.round)
    facts = {"text": ballot.text, "decides": is_decider(actor)}
    await ctx.tell(actor, "consent.why", facts, context=context, slot=reason_slot(ref))


def reason_slot(ref: str) -> str:
    """Return the slot of the message that asks somebody for the reason of their objection."""
    return f"objection:{ref}"


def consent_context(group: Group, ref: str, ballot: Ballot) -> MessageContext:
    """Return the context of a message that asks for consent, so that a text can answer it."""
    return MessageContext(group=group.id, what=f"{Purpose.CONSENT}:{ballot.round}:{ref}")


def asked_in(context: MessageContext) -> tuple[str, int] | None:
    """Return what a message asks for consent to, and in which round; None if it asks for something else."""
    kind, _, rest = context.what.partition(":")
    round_, _, ref = rest.partition(":")
    return (ref, int(round_)) if kind == Purpose.CONSENT and not context.want else None


def keys_of(ctx: Context, group: Group, ref: str, ballot: Ballot, *, decides: bool = False) -> list[list[Key]]:
    """Return the buttons to answer with, none when it is over: a decision maker says no, others have an objection."""
    if ballot.phase is not Phase.OPEN:
        return []
    answers = ("consent.yes", "c_yes"), ("consent.against" if decides else "consent.no", "c_no")
    return [[ctx.key(label, verb, group.id, ref, ballot.round) for label, verb in answers]]


async def deciders(ctx: Context, group: Group) -> list[Member]:
    """Return the decision makers outside of the group, in step 0 (P.5)."""
    looking_on = await ctx.work.members.active(group.id, roles=("process_leader",))
    return [member for member in looking_on if member.id in group.settings.deciders]


def is_decider(actor: Actor) -> bool:
    """True for a decision maker, who is asked for a yes or a no."""
    return actor.member.id in actor.group.settings.deciders
