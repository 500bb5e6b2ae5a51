"""What became of an incident, on the receipt of whoever logged it, without a way from the file to them.

Once a day each receipt that says too little is edited in its chat. Nothing of it passes through the outbox or notes a
person: what was told lies with the incident, and that somebody was told it lies nowhere (`bot.context.in_passing`). A
chat that was emptied has no receipt to edit. Only what presses, or a wish that nobody meets, comes as a message, in
words that say nothing on a locked phone.
"""

from collections.abc import Iterable

from bot.context.context import Context
from bot.context.events import ReporterWaits
from bot.context.in_passing import tell_in_passing
from bot.context.message import Key, Message
from bot.features.help import menus, phone_numbers
from bot.features.incidents import follow_ups, unread
from bot.features.incidents.follow_ups import REPLIES
from bot.features.incidents.unread import CONTACTED
from bot.reminders.next_message import hears
from flows.enums import Field
from messages.voice import TemplateFacts
from storage.records.records import Group, Incident, Person

READ, UNREACHED, MET, IN_VAIN = "read", "unreached", "met", "in_vain"
UNTIL_IN_VAIN = unread.CONTACT_WITHIN + unread.DAY_AFTER


async def standing(ctx: Context, group: Group, incident: Incident) -> list[str]:
    """Return what there is to tell of it: whether it is read, what readers reply, how it is with the wished call."""
    noted = follow_ups.kinds(await ctx.work.incidents.noted(incident.id))
    read = await unread.is_read(ctx, group, incident.id)
    found = [READ] if read else [UNREACHED] if UNREACHED in incident.told.split() else []
    found += [reply for reply in REPLIES if reply in noted]
    if incident.values.get(Field.CONTACT):
        late = ctx.today > incident.logged_on + UNTIL_IN_VAIN
        found += [MET] if CONTACTED in noted else [IN_VAIN] if late else []
    return found


def facts(ctx: Context, stands: Iterable[str]) -> TemplateFacts:
    """Return what stands on the receipt."""
    known, label = set(stands), ctx.services.voice.label
    return {
        "read": READ in known,
        "replies": [label(f"replied.{reply}") for reply in REPLIES if reply in known],
        "call": next((one for one in (MET, IN_VAIN) if one in known), ""),
    }


def in_vain(stands: Iterable[Iterable[str]]) -> bool:
    """True if somebody waits in vain to be contacted."""
    return any(IN_VAIN in one for one in stands)


async def to_ring(ctx: Context, group: Group) -> TemplateFacts:
    """Return whom to ring while nobody reads: the routine's first number of this hour, and the town's at night."""
    whole, turn = await phone_numbers.whole(ctx, group), await menus.turn_of(ctx, group)
    return {"first": whole.first, "emergency": turn["emergency"]}


async def bring_up_to_date(ctx: Context, group: Group) -> None:
    """Edit each receipt that says less than is known, and tell whoever waits in vain to be contacted."""
    for number in await ctx.work.incidents.open_numbers(group.id):
        incident = await ctx.work.incidents.get(number)
        stands = await standing(ctx, group, incident)
        if incident.reporter is not None and stands != incident.told.split():
            new = IN_VAIN in stands and IN_VAIN not in incident.told.split()
            await _tell(ctx, group, incident, stands, "something_waits" if new else "")


async def unreached(ctx: Context, group: Group, happened: ReporterWaits) -> None:
    """Tell whoever logged something urgent, once, that nobody has been reached, and whom to ring."""
    incident = await ctx.work.incidents.get(happened.incident)
    if incident.reporter is not None and UNREACHED not in incident.told.split():
        await _tell(ctx, group, incident, [*incident.told.split(), UNREACHED], "something_presses")


async def _tell(ctx: Context, group: Group, incident: Incident, stands: list[str], message: str) -> None:
    await ctx.work.incidents.update(incident.id, told=" ".join(stands))
    people = [member.person_id for member in await ctx.work.members.active(group.id, roles=None)]
    logged_by = await ctx.work.incidents.logged_by(incident, people)
    if logged_by is None or not await hears(ctx, logged_by):
        return
    person = await ctx.work.people.get(logged_by)
    await _edit(ctx, group, person, incident, stands)
    if message:
        keys = [[ctx.key("open_it", "mylogs", group.id)]]
        told = {"town": await ctx.town_for(person.id, group), "stands_in": False}
        await tell_in_passing(ctx, person.id, Message(ctx.services.voice.render(message, told), keys, about=group.id))
    await ctx.work.incidents.hide(group.id)


async def _edit(ctx: Context, group: Group, person: Person, incident: Incident, stands: list[str]) -> None:
    """Edit the receipt, which the channel refuses where the chat was emptied."""
    if not incident.shown_in:
        return
    id, keys = str(incident.id), list[list[Key]]()
    if IN_VAIN in stands:
        keys.append([ctx.key("check_in.contact", "contact", group.id)])
    elif MET in stands:
        keys.append([ctx.key("wish.not_heard", "contact", group.id)])
    keys.append([ctx.key("correct", "mylog", group.id, id), ctx.key("withdraw", "unlog", group.id, id)])
    keys.append([ctx.key("log", "log", group.id)])
    told = {
        "town": await ctx.town_for(person.id, group),
        "receipt": incident.receipt,
        **facts(ctx, stands),
        **await to_ring(ctx, group),
    }
    await tell_in_passing(
        ctx,
        person.id,
        Message(ctx.services.voice.render("incident.standing", told), keys, about=group.id, edit=incident.shown_in),
    )
