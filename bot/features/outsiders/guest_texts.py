"""Texts of guests, written instead of tapping: an answer, that they can't come after all, or something for a person.

A word is only ever taken as the answer to the latest question in the chat.
"""

from typing import Final

from bot.context.context import Context
from bot.context.permissions import Rank
from bot.context.seats import seats
from bot.features.network import access_requests
from bot.features.outsiders import event_facts, event_link, guest_list, guests
from bot.features.wellbeing import care, direct_messages
from bot.views.ways import ways
from flows.answers import clean, named_option, unfit
from flows.enums import Field, Mark
from messages.own_words import Means
from storage.records.records import Group, Member, Person, Row

SHORT: Final = 3  # words: a longer text may be about something else than what is asked


async def heard(ctx: Context, person: Person, text: str) -> bool:
    """Handle a text of a guest; False if the person is none. A plain no or yes is an answer; for anything else they get
    the buttons, and whom to ask."""
    found = await invited_to(ctx, person)
    if found is None:
        return await _taken_back(ctx, person)
    group, member, row = found
    event, asked = await event_facts.event_of(ctx, group), member.profile.get(access_requests.ASKED, Field.COMING)
    labels = {str(said): ctx.services.voice.label(f"guest.{said}") for said in guest_list.ANSWERS}
    said = ctx.services.voice.rules.answer_in(text) or named_option(labels, text)
    short, ahead = len(text.split()) <= SHORT, _ahead(ctx, event)
    if said is not None and any(event.day not in days for days in ctx.dates.read_in(text, ctx.today, event.day)):
        said = None  # it is about another day
    request = next((question for question in guest_list.unasked(ctx, row) if question == asked), None)
    if said is not None and request and (short or not ahead):
        await guests.says(ctx, group, member, row, (request, Mark(said)))
    elif said is not None and ahead and not request and (asked == Field.COMING or not short):
        await guests.comes(ctx, group, member, row, Mark(said))
    else:
        await _unclear(ctx, member, row, event, request, text)
    return True


async def _as_guest(ctx: Context, person: Person) -> list[tuple[Group, Member]]:
    return [(group, m) for group, m in await seats(ctx, person.id, Rank.INVITED) if m.role == "guest"]


async def _taken_back(ctx: Context, person: Person) -> bool:
    """Say that the invitation is taken back to a guest who is on the list no more; False if they are none."""
    for group, member in await _as_guest(ctx, person):
        row, event = await access_requests.row_of(ctx, group, member), await event_facts.event_of(ctx, group)
        if row is not None and row.state == "removed" and _ahead(ctx, event):
            facts = event_facts.for_guest(ctx, group, row, event)
            await ctx.to_person(person.id, "guest.withdrawn", facts, about=group.id)
            return True
    return False


async def _unclear(
    ctx: Context, member: Member, row: Row, event: event_facts.Event, request: Field | None, text: str
) -> None:
    """Show both things that the text can be about: what is asked, and whether they come; and the way to a person."""
    group = await ctx.work.groups.get(row.group_id)
    facts = {
        **event_facts.for_guest(ctx, group, row, event),
        "ahead": _ahead(ctx, event),
        "asked": request,
        "leaving": False,
        "abroad": care.abroad(ctx, text),
        "asks": _asked(ctx, text),
        "said": (said := guest_list.said_before(ctx, row)),
    }
    comes = guests.cannot(ctx, group) if said is Mark.YES else guests.answers(ctx, group, Field.COMING)
    keys = comes if facts["ahead"] else []
    leaving = [[ctx.key("guest.leaving", "leaving", group.id)]]
    if request:
        keys = [*keys, *leaving] if keys else guests.answers(ctx, group, request)
    elif not keys and guest_list.unasked(ctx, row):
        keys, facts["leaving"] = leaving, True
    if facts["asks"] in ("stop", "what_becomes"):
        keys = [*keys, [ctx.key("home.mine", "mine", group.id)]]
    keys += guests.not_me(ctx, group, member)
    person = await ctx.work.people.get(member.person_id)
    human = [] if unfit(clean(text)) else await direct_messages.way_for(ctx, person, group, member, text=True)
    held = direct_messages.holding(text) if human else None
    facts["human"] = bool(human)
    keys += await ways(ctx, person, group.id, human=not human)
    await ctx.to_member(member, "guest.unclear", facts, [human, *keys], context=held)


def _asked(ctx: Context, text: str) -> str:
    """Return what a guest asks; empty if it is no question."""
    rules = ctx.services.voice.rules
    heard = rules.own_words.heard(text)
    kept = "what_becomes" if heard is not None and heard.rule.id == "data" else ""
    asks = "?" in text or (heard is not None and heard.means is Means.QUESTION)
    return rules.visitor_asks(text) or kept or ("anything" if asks else "")


def _ahead(ctx: Context, event: event_facts.Event) -> bool:
    return event.is_ahead(ctx.now.astimezone(ctx.services.zone))


async def invited_to(ctx: Context, person: Person) -> tuple[Group, Member, Row] | None:
    """Return the nearest event to which this person is invited as a guest, without another seat: a coming one, or one
    that has begun and about which they have not answered everything."""
    found = []
    for group, member in await _as_guest(ctx, person):
        row, event = await guest_list.row_of(ctx, group, member), await event_facts.event_of(ctx, group)
        if row is None or event.day is None or group.settings.event.off:
            continue
        unasked, lately = guest_list.unasked(ctx, row), ctx.today <= event.day + event_link.AFTERWARDS
        if (
            _ahead(ctx, event)
            or (lately and unasked)
            or member.profile.get(access_requests.ASKED) in (*unasked, access_requests.LISTED)
        ):
            found.append((event.day, group, member, row))
    return min(found, key=lambda one: one[0])[1:] if found else None
