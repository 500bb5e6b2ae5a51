"""Parts of town, in which an incident can be placed: named by the coordinator, each with a point on the map if wanted.

A position shared while logging is compared with these points in memory, and only the part of town is kept. Without any
points the parts are offered as buttons.
"""

from dataclasses import replace
from hashlib import sha256
from math import asin, cos, radians, sin, sqrt

from bot.channel.updates import Position, Written
from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.routes import NOTHING_KEPT, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.identities.finder import find
from flows.answers import clean
from storage.records.message_notes import AboutArea, MessageContext
from storage.records.records import Group

AREAS = "areas"  # the group's list that the incident's question on where offers
WANT = "area_point"
MOST_AREAS, LONGEST_AREA = 20, 40
ROUNDED = 3  # decimals of a degree: a hundred metres, which says where a part of town is and no house
NEAR = 5.0  # kilometres; a position farther from every point is in no part
EARTH = 6371.0  # kilometres, its mean radius


def named(group: Group) -> list[str]:
    """Return the parts of town, in the order in which they were named."""
    return list(group.settings.lists.get(AREAS, ()))


def nearest(group: Group, position: Position) -> str | None:
    """Return the part of town with the nearest point, None if none is near."""
    points = group.settings.places.area_points
    far = {area: kilometres(position, Position(*points[area])) for area in named(group) if area in points}
    area = min(far, key=far.__getitem__, default=None)
    return area if area is not None and far[area] <= NEAR else None


def kilometres(a: Position, b: Position) -> float:
    """Return the distance between two places as the crow flies (haversine formula)."""
    north, south = radians(a.latitude), radians(b.latitude)
    up, along = sin((north - south) / 2), sin(radians(a.longitude - b.longitude) / 2)
    return 2 * EARTH * asin(min(1.0, sqrt(up * up + cos(north) * cos(south) * along * along)))


def mark(area: str) -> str:
    """Return a part of town's mark in a button, as its place in the list may change before the tap."""
    return sha256(area.encode()).hexdigest()[:10]


def marked(group: Group, wanted: str) -> str | None:
    """Return the part of town with this mark, None if it is gone."""
    return next((area for area in named(group) if mark(area) == wanted), None)


# -- the coordinator's pages -------------------------------------------------------------------------------------------
async def page(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the parts of town or one of them, or carry out a change of one."""
    what, _, wanted = action.arg.partition(":")
    area = marked(actor.group, wanted)
    if what == "new":
        await _ask_name(ctx, actor, trouble=None)
    elif area is None:
        await _list(ctx, actor, actor.group)
    elif what == "point":
        await _ask_point(ctx, actor, area, trouble=False)
    elif what == "blank":
        await _one(ctx, actor, await _set_point(ctx, actor.group, area, None), area)
    elif what == "drop":
        group = await _set_point(ctx, actor.group, area, None)
        await _list(ctx, actor, await _set(ctx, group, [one for one in named(group) if one != area]))
    else:
        await _one(ctx, actor, actor.group, area)


async def _list(ctx: Context, actor: Actor, group: Group, *, new: bool = False) -> None:
    areas, points = named(group), group.settings.places.area_points
    keys = [[ctx.key("pointed" if a in points else "area", "areas", group.id, f"one:{mark(a)}", area=a)] for a in areas]
    keys.append(when(len(areas) < MOST_AREAS, ctx.key("add_area", "areas", group.id, "new")))
    keys.append([ctx.key("back", "safety", group.id)])
    edit = None if new else ctx.tapped
    await ctx.to_person(actor.person.id, "safety.areas", {"areas": areas}, keys, about=group.id, edit=edit)


async def _one(ctx: Context, actor: Actor, group: Group, area: str, *, new: bool = False) -> None:
    pointed = area in group.settings.places.area_points
    keys = [[ctx.key("move_point" if pointed else "set_point", "areas", group.id, f"point:{mark(area)}")]]
    keys.append([ctx.key("no_point", "areas", group.id, f"blank:{mark(area)}")] if pointed else [])
    keys.append([ctx.key("remove_area", "areas", group.id, f"drop:{mark(area)}")])
    keys.append([ctx.key("back", "areas", group.id)])
    facts, edit = {"area": area, "pointed": pointed}, None if new else ctx.tapped
    await ctx.to_person(actor.person.id, "safety.one_area", facts, keys, about=group.id, edit=edit)


async def _ask_name(ctx: Context, actor: Actor, *, trouble: str | None) -> None:
    context, hint = MessageContext(want="area", group=actor.group.id), ctx.services.voice.label("area_hint")
    facts = {"trouble": trouble}
    about = actor.group.id
    await ctx.to_person(actor.person.id, "safety.area", facts, about=about, context=context, write_for=hint)


async def add_area(ctx: Context, actor: Actor, text: str, _context: MessageContext) -> None:
    """Add a part of town, or several with commas between."""
    written = [" ".join(part.split()) for part in clean(text).replace("\n", ",").split(",")]
    written = [part[:LONGEST_AREA] for part in written if part]
    if find(text) or not written:
        await _ask_name(ctx, actor, trouble="identity" if written else "empty")
        return
    group = await _set(ctx, actor.group, list(dict.fromkeys([*named(actor.group), *written]))[:MOST_AREAS])
    await _list(ctx, actor, group, new=True)


async def _ask_point(ctx: Context, actor: Actor, area: str, *, trouble: bool) -> None:
    group = actor.group
    context = MessageContext(want=WANT, group=group.id, about=AboutArea(mark(area)))
    keys = [[ctx.key("back", "areas", group.id, f"one:{mark(area)}")]]
    facts = {"area": area, "trouble": trouble}
    await ctx.tell(actor, "safety.area_point", facts, keys, context=context)


async def no_position(ctx: Context, actor: Actor, _text: str, context: MessageContext) -> None:
    """Say that a position is wanted, not words."""
    if area := marked(actor.group, context.the(AboutArea).area):
        await _ask_point(ctx, actor, area, trouble=True)


async def point_shown(ctx: Context, actor: Actor, said: Written, context: MessageContext) -> None:
    """Take a position for a part of town; whatever was sent is deleted from the chat.

    It is a coordinator's choice of a point for a whole part of town, and is rounded all the same.
    """
    area = marked(actor.group, context.the(AboutArea).area)
    await ctx.delete(actor.person.id, said.message_id, about=actor.group.id)
    if area is None:
        await _list(ctx, actor, actor.group, new=True)
    elif said.position is None:
        await _ask_point(ctx, actor, area, trouble=True)
    else:
        await _one(ctx, actor, await _set_point(ctx, actor.group, area, said.position), area, new=True)


async def _set(ctx: Context, group: Group, areas: list[str]) -> Group:
    lists = {**group.settings.lists, AREAS: tuple(areas)}
    return await ctx.work.groups.update(group.id, settings=replace(group.settings, lists=lists))


async def _set_point(ctx: Context, group: Group, area: str, position: Position | None) -> Group:
    points = {name: point for name, point in group.settings.places.area_points.items() if name != area}
    if position is not None:
        points[area] = round(position.latitude, ROUNDED), round(position.longitude, ROUNDED)
    return await ctx.work.groups.settle(group, replace(group.settings.places, area_points=points))


# -- while somebody logs -----------------------------------------------------------------------------------------------
def choices(ctx: Context, group: Group, *, but: str | None) -> list[list[Key]]:
    """Return a button for each part of town, two in a row."""
    keys = [ctx.key("area", "here", group.id, mark(area), area=area) for area in named(group) if area != but]
    return [keys[place : place + 2] for place in range(0, len(keys), 2)]


ROUTES: Routes = (
    *buttons(Rank.COORDINATOR, About.GROUP, areas=page),
    *texts(Rank.COORDINATOR, NOTHING_KEPT, area=add_area, area_point=no_position),
)
