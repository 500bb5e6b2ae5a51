"""The coordinator's page on what is sensitive: who reads incidents and has read, parts of town, how long it is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler, TextHandler
from bot.incidents import retention
from bot.incidents.identity import find
from bot.incidents.unread import readers
from flows.answers import clean, unfit
from flows.dates import add_months
from storage.records import Group

PAGE = 10
AREAS = "areas"  # the group's list that the incident's question on where offers
MOST_AREAS, LONGEST_AREA = 20, 40


async def page(desk: Desk, actor: Actor, _action: Action | str = "") -> None:
    """Everything at a glance, and the ways on."""
    group = actor.group
    facts = {
        "town": group.title,
        "readers": [m.name for m in await readers(desk, group)],
        "areas": group.settings.get("lists", {}).get(AREAS, []),
        "notes": "notes" in desk.house.allowed,
        "coming": sum(rule["coming"] for rule in await retention.upcoming(desk, group)),
        "whole": await desk.work.access_log.is_whole(group.id),
    }
    keys = [
        [desk.key("safety.readers", "readers", group.id), desk.key("safety.areas", "areas", group.id)],
        [desk.key("safety.access_log", "accesslog", group.id), desk.key("safety.keeping", "keeping", group.id)],
        [desk.key("safety.export", "export", group.id), desk.key("safety.erase", "erase", group.id)],
    ]
    await _say(desk, actor, "safety.page", facts, keys)


async def _say(desk: Desk, actor: Actor, name: str, facts: Mapping[str, Any], keys: list[list[Key]]) -> None:
    await desk.to_person(actor.person.id, name, facts, keys, about=actor.group.id, edit=desk.tapped)


def _back(desk: Desk, group: Group) -> list[Key]:
    return [desk.key("back", "safety", group.id)]


# -- readers -----------------------------------------------------------------------------------------------------------
async def choose_readers(desk: Desk, actor: Actor, action: Action) -> None:
    """Tick who may read; each change stands in the access log."""
    group = actor.group
    members = [m for m in await desk.work.members.of_group(group.id) if m.state == "active" and m.role == "core"]
    named = list(group.settings.get("readers", []))
    if action.arg and (chosen := next((m for m in members if str(m.id) == action.arg), None)):
        named = [id for id in named if id != chosen.id] if chosen.id in named else [*named, chosen.id]
        group = await desk.work.groups.update(group.id, settings={**group.settings, "readers": named})
        await desk.work.access_log.add(group.id, actor.member.id, "readers")
    labels = {m.id: "ticked" if m.id in named else "unticked" for m in members}
    keys = [[desk.key(labels[m.id], "readers", group.id, str(m.id), option=m.name)] for m in members]
    await _say(desk, actor, "safety.readers", {"count": len(named)}, [*keys, _back(desk, group)])


async def access_log(desk: Desk, actor: Actor, action: Action) -> None:
    """Who has read what and when, newest first; never what it said."""
    number = int(action.arg or 0)
    lines, total = await desk.work.access_log.lines(actor.group.id, offset=number * PAGE, limit=PAGE)
    members = {m.id: m.name for m in await desk.work.members.of_group(actor.group.id, include_left=True)}
    shown = []
    for line in lines:
        incident = await desk.work.incidents.lookup(line.incident_id) if line.incident_id else None
        shown.append(
            {
                "at": line.at.astimezone(desk.house.zone),
                "who": members.get(line.member_id or 0),
                "what": desk.house.voice.label(f"access.{line.what}"),
                "receipt": incident.receipt if incident else None,
            }
        )
    turn = [desk.key("later", "accesslog", actor.group.id, str(number + 1))] if (number + 1) * PAGE < total else []
    if number:
        turn.insert(0, desk.key("earlier", "accesslog", actor.group.id, str(number - 1)))
    facts = {"lines": shown, "whole": await desk.work.access_log.is_whole(actor.group.id)}
    await _say(desk, actor, "safety.access_log", facts, [turn, _back(desk, actor.group)])


# -- parts of town -----------------------------------------------------------------------------------------------------
async def areas(desk: Desk, actor: Actor, action: Action) -> None:
    """The parts of town that can be chosen when an incident is logged; a tap takes one away."""
    named = _areas(actor.group)
    group = actor.group
    if action.arg == "new":
        context = {"want": "area", "group": group.id}
        hint = desk.house.voice.label("area_hint")
        await desk.to_person(
            actor.person.id, "safety.area", {"trouble": None}, about=group.id, context=context, write_for=hint
        )
        return
    if action.arg.isdecimal() and int(action.arg) < len(named):
        del named[int(action.arg)]
        group = await _set_areas(desk, group, named)
    keys = [[desk.key("remove_area", "areas", group.id, str(n), area=area)] for n, area in enumerate(named)]
    keys.append([desk.key("add_area", "areas", group.id, "new")] if len(named) < MOST_AREAS else [])
    await _say(desk, actor, "safety.areas", {"areas": named}, [*keys, _back(desk, group)])


async def add_area(desk: Desk, actor: Actor, text: str, _context: Mapping[str, Any]) -> None:
    """A part of town was written; several with commas between."""
    named = _areas(actor.group)
    written = [" ".join(part.split()) for part in clean(text).replace("\n", ",").split(",")]
    written = [part[:LONGEST_AREA] for part in written if part]
    if find(text) or not written:
        context = {"want": "area", "group": actor.group.id}
        facts = {"trouble": "identity" if written else "empty"}
        await desk.to_person(actor.person.id, "safety.area", facts, about=actor.group.id, context=context)
        return
    named = list(dict.fromkeys([*named, *written]))[:MOST_AREAS]
    group = await _set_areas(desk, actor.group, named)
    keys = [[desk.key("safety.areas", "areas", group.id)], _back(desk, group)]
    await desk.to_person(actor.person.id, "safety.areas", {"areas": named}, keys, about=group.id)


def _areas(group: Group) -> list[str]:
    return list(group.settings.get("lists", {}).get(AREAS, []))


async def _set_areas(desk: Desk, group: Group, named: list[str]) -> Group:
    lists = {**group.settings.get("lists", {}), AREAS: named}
    return await desk.work.groups.update(group.id, settings={**group.settings, "lists": lists})


# -- keeping -----------------------------------------------------------------------------------------------------------
async def keeping(desk: Desk, actor: Actor, action: Action) -> None:
    """How long everything is kept; or one thing, with what can be changed."""
    group = actor.group
    name, _, choice = action.arg.partition(":")
    if name in retention.RULES and choice.isdecimal() and int(choice) in retention.CHOICES:
        times = {**group.settings.get("retention", {}), name: int(choice)}
        group = await desk.work.groups.update(group.id, settings={**group.settings, "retention": times})
        name = ""
    elif name in retention.RULES and choice == "off":
        context = {"want": "put_off", "group": group.id, "name": name}
        hint = desk.house.voice.label("reason_hint")
        facts = {"what": desk.house.voice.label(f"keeping.{name}"), "months": retention.PUT_OFF}
        await desk.to_person(actor.person.id, "safety.put_off", facts, about=group.id, context=context, write_for=hint)
        return
    rules = [
        {**rule, "what": desk.house.voice.label(f"keeping.{rule['name']}")}
        for rule in await retention.upcoming(desk, group)
    ]
    if name in retention.RULES:
        (rule,) = (rule for rule in rules if rule["name"] == name)
        choices = [
            desk.key("months", "keeping", group.id, f"{name}:{months}", months=months) for months in retention.CHOICES
        ]
        keys = [choices[:3], choices[3:], [desk.key("put_off", "keeping", group.id, f"{name}:off")]]
        await _say(desk, actor, "safety.rule", rule, [*keys, [desk.key("back", "keeping", group.id)]])
        return
    keys = [[Key(rule["what"], Action("keeping", group.id, 0, rule["name"]))] for rule in rules]
    await _say(desk, actor, "safety.keeping", {"rules": rules}, [*keys, _back(desk, group)])


async def put_off(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """What would be removed is kept for some months more, for a reason that was written."""
    reason, group = clean(text), actor.group
    if unfit(reason) or context["name"] not in retention.RULES:
        await desk.to_person(actor.person.id, "notice", {"text": desk.house.voice.label("trouble.empty")})
        return
    hold = {
        "until": add_months(desk.today, retention.PUT_OFF).isoformat(),
        "reason": reason[:500],
        "by": actor.member.id,
        "on": date.isoformat(desk.today),
    }
    held = {**group.settings.get("put_off", {}), str(context["name"]): hold}
    group = await desk.work.groups.update(group.id, settings={**group.settings, "put_off": held})
    facts = {"what": desk.house.voice.label(f"keeping.{context['name']}"), "until": hold["until"]}
    await desk.to_person(actor.person.id, "safety.was_put_off", facts, [_back(desk, group)], about=group.id)


TAPS: Mapping[str, TapHandler] = {
    "safety": page,
    "readers": choose_readers,
    "accesslog": access_log,
    "areas": areas,
    "keeping": keeping,
}
COMMANDS: Mapping[str, CommandHandler] = {"skydd": page}
TEXTS: Mapping[str, TextHandler] = {"area": add_area, "put_off": put_off}
