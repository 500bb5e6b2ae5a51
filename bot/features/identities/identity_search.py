"""Finds what points somebody out in a group's text; its own people, organisations and places may be named."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.context.context import Context
from bot.exercises import runner
from bot.exercises.turn_context import MessageSource
from bot.features.help import phone_numbers
from bot.identities.finder import counted_in, kinds_in, pieces, tells_of_few
from flows.figures.figures import NotTold
from flows.figures.statistics import Series, as_published, told_years
from flows.identities import Identity
from flows.run.events import Edited, Wrote
from storage.records.records import Group

LONG = 2_000  # characters, which are searched in some hundredths of a second
AREAS = "areas"  # the group's list of parts of town


async def identities_in(ctx: Context, group: Group, text: str, *, there: str = "") -> tuple[Identity, ...]:
    """Return the kinds found in a text. `there`: the text that it replaces, whose finds have been confirmed."""
    if not await _searched(text):
        return ()
    scene = await runner.scene_of(ctx, group)
    called = [number.reach for at in (await phone_numbers.numbers(ctx, group)).values() for number in at]
    known = [
        *(member.name for member in scene.members.values()),
        *(organisation.name for organisation in scene.organisations.values()),
        *(row.title for row in scene.rows.values()),
        *group.settings.lists.get(AREAS, ()),
        *called,
        *pieces(there),
    ]
    return await _searched(text, [one for one in known if one])


async def _searched(text: str, known: Sequence[str] = ()) -> tuple[Identity, ...]:
    """Search a text; a long one on a thread, between whose many short steps all else goes on."""
    return kinds_in(text, known) if len(text) <= LONG else await asyncio.to_thread(kinds_in, text, known)


async def in_answer(ctx: Context, group: Group, text: str, *, there: str = "") -> tuple[Identity, ...]:
    """Return the same for an answer, with small numbers of people, who could be recognised by them, and own members."""
    found = await identities_in(ctx, group, text, there=there)
    members = (member.name for member in await ctx.work.members.active(group.id))
    if any(re.search(rf"\b{re.escape(name)}s?\b", text) for name in members if name):
        found = (*found, Identity.MEMBER)
    if tells_of_few(text) and not tells_of_few(there):
        found = (*found, Identity.FEW)
    counted = counted_in(text) - counted_in(there)
    return (*found, Identity.WITHHELD) if counted and counted & await _withheld(ctx, group) else found


async def _withheld(ctx: Context, group: Group) -> set[Series]:
    """Return the series whose number the statistics of this year or the last one withhold."""
    published = {one.quarter: as_published(one.figures) for one in await ctx.work.published.of_group(group.id)}
    lately = [year for year in told_years(published, {}).columns if int(year.name) >= ctx.today.year - 1]
    return {series for year in lately for series in Series if year.cells[series] is NotTold.WITHHELD}


async def seen(
    ctx: Context, group: Group, event: Wrote | Edited, source: MessageSource, there: str = ""
) -> Wrote | Edited:
    """Return the event with what was found in its text, and the message that it came in."""
    found = await in_answer(ctx, group, event.text, there=there)
    return replace(event, identities=found, message=(source.chat_id, source.message_id))
