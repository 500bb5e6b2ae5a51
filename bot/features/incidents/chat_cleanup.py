"""What readers have of an incident in their chats: it leaves them when the incident is taken back, struck from or
corrected, so that nobody acts on what somebody has withdrawn. What it says now is opened anew, and stands in the log.
"""

from bot.context.context import Context
from bot.context.message import AnyManner
from bot.context.permissions import is_reader
from storage.records.message_notes import AboutRow, MessageContext
from storage.records.records import Group, Incident, Member, private_chat

LOOKED_BACK = 500  # messages of a reader's chat


def shows(incident_id: int) -> MessageContext:
    """Return the context of a message that shows an incident."""
    return MessageContext(incident=True, about=AboutRow(incident_id))


async def put_away(ctx: Context, group: Group, incident: Incident) -> None:
    """Let all messages that show it say no more than that it is changed, or taken back."""
    withdrawn = incident.state != "open"
    facts = {"receipt": incident.receipt, "withdrawn": withdrawn}
    for number in await ctx.work.access_log.opened_by(group.id, incident.id):
        member = await ctx.work.members.lookup(number) if number else None
        if member is None:
            continue
        keys = [[ctx.key("open_it", "openinc", group.id, str(incident.id))]] if is_reader(member, group) else []
        for message in await ctx.work.outbox.recent(private_chat(member.person_id), LOOKED_BACK):
            shows_it = message.context.incident and message.context.about == AboutRow(incident.id)
            if shows_it and message.message_id is not None:
                how: AnyManner = {"about": group.id, "edit": message.message_id}
                await ctx.to_person(member.person_id, "incidents.put_away", facts, keys, **how)


async def take_all(ctx: Context, group: Group, member: Member) -> None:
    """Take every incident from the chat of somebody who reads them no more."""
    for message in await ctx.work.outbox.recent(private_chat(member.person_id), LOOKED_BACK):
        if message.context.incident and message.about == group.id and message.message_id is not None:
            how: AnyManner = {"about": group.id, "edit": message.message_id, "context": MessageContext()}
            await ctx.to_person(member.person_id, "incidents.readers_only", **how)
