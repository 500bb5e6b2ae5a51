"""What a guest writes without being asked: that they can't come after all, or something that a person must answer."""

from bot.context.context import Context
from bot.features.outsiders import guests
from flows.model import Field, Mark
from storage.records import Group, Member, Person, Row


async def heard(ctx: Context, person: Person, text: str) -> bool:
    """Whether this was a guest's word about an event to come. A plain no or yes changes their answer; anything else is
    met with the buttons, and with whom to ask."""
    found = await _invited_to(ctx, person)
    if found is None:
        return False
    group, member, row = found
    event, said = await guests.event_of(ctx, group), ctx.services.voice.rules.answer_in(text)
    if said is not None:
        await guests.comes(ctx, group, member, row, Mark(said))
        return True
    facts = guests.facts_of(ctx, group, row, event)
    keys = guests.answers(ctx, group, Field.COMING)
    await ctx.to_person(person.id, "guest.unclear", facts, keys, about=group.id)
    return True


async def _invited_to(ctx: Context, person: Person) -> tuple[Group, Member, Row] | None:
    """The nearest event to come to which this person is invited as a guest, and where they have no other seat."""
    found = []
    for member in await ctx.work.members.of_person(person.id):
        group = await ctx.work.groups.get(member.group_id)
        if member.role != "guest" or member.state == "left" or group.state != "active" or group.settings.event_off:
            continue
        row, day = await guests.row_of(ctx, group, member), (await guests.event_of(ctx, group)).day
        if row is not None and day is not None and day >= ctx.today:
            found.append((day, group, member, row))
    return min(found, key=lambda one: one[0])[1:] if found else None
