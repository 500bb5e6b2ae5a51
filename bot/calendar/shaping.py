"""What a group decides in an exercise alters its calendar: the form and days of steps 6 and 7, how the network goes on.

Which answers do is said in the exercise's definition (`[calendar]`). The coordinator sees what follows and says yes or
no; until then the calendar stands as it is. What follows is worked out anew each time it is looked at.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.agenda import matters
from bot.agenda.holidays import is_avoided
from bot.agenda.kinds import SHAPE
from bot.calendar import laying
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, TapHandler
from bot.core.happenings import Concluded
from bot.turn import turns
from flows.calendar import Moved
from flows.dates import read_days
from flows.model import Shaping
from flows.reshaping import reshape_rhythm, reshape_step
from flows.state import Phase
from storage import records
from storage.records import Group

YES, NO = "yes", "no"


async def after_conclusion(desk: Desk, happened: Concluded) -> None:
    """If what was decided would alter the calendar, the coordinator is asked; if it has no say there, nothing is."""
    group, record = await desk.work.groups.get(happened.group), await desk.work.runs.get(happened.run)
    found = await _follows(desk, group, record)
    if found is None or not found.alters:
        return
    keys = [[desk.key("calendar.shape", "shape", group.id, str(record.id))]]
    title = desk.house.voice.exercise(record.exercise)["title"]
    await desk.to_group(group, "calendar.follows", {"title": title}, keys)
    tomorrow = desk.today + timedelta(1)
    wanted = {(SHAPE, member.id): tomorrow for member in await matters.coordinators(desk, group)}
    await matters.settle(desk, group, f"shape:{record.id}", wanted)


async def show(desk: Desk, actor: Actor, action: Action) -> None:
    """What would follow from what the group decided; and with an answer, what does."""
    id, _, said = action.arg.partition(":")
    record = await desk.work.runs.lookup(int(id))
    found = await _follows(desk, actor.group, record) if record else None
    if record is None or found is None or record.group_id != actor.group.id:
        desk.toast("old_button")
        return
    if said == NO or not found.alters:
        await matters.settle(desk, actor.group, f"shape:{record.id}", {})
        name = "calendar.left" if said == NO else "calendar.same"
        await desk.to_person(actor.person.id, name, about=actor.group.id, edit=desk.tapped)
        return
    if said == YES:
        await _apply(desk, actor, record, found)
        return
    if actor.in_group:
        desk.toast("see_private" if actor.person.reach == "reachable" else "open_in_private", alert=True)
    keys = [
        [desk.key("calendar.shape_do", "shape", actor.group.id, f"{id}:{YES}")],
        [desk.key("calendar.shape_not", "shape", actor.group.id, f"{id}:{NO}")],
    ]
    facts = laying.changes(desk, found) | {"unread": await _unread(desk, record)}
    edit = None if actor.in_group else desk.tapped
    await desk.to_person(actor.person.id, "calendar.preview", facts, keys, about=actor.group.id, edit=edit)


async def _apply(desk: Desk, actor: Actor, record: records.Run, found: Moved) -> None:
    run = turns.load(desk, record)
    group, shaping, values = actor.group, run.exercise.calendar, await turns.values_of_group(desk, run)
    assert shaping is not None  # something follows
    settings = dict(group.settings)
    if shaping.step is not None:
        spread = {*settings.get("spread", [])} - {shaping.step}
        settings["spread"] = sorted({*spread, *([shaping.step] if _spread(shaping, values) else [])})
    if shaping.meetings:
        settings["rhythm"] = _counts(shaping, values)
    group = await desk.work.groups.update(group.id, settings=settings)
    await laying.keep(desk, group, [*found.added, *(now for _, now in found.changes)], found.removed)
    await matters.settle(desk, group, f"shape:{record.id}", {})
    facts = laying.changes(desk, found)
    keys = [[desk.key("calendar.file", "ics", group.id)]]
    await desk.to_person(actor.person.id, "calendar.done", facts, keys, about=group.id, edit=desk.tapped)
    await desk.to_group(group, "calendar.moved", {**facts, "by": actor.member.name})


# -- what follows from the answers -------------------------------------------------------------------------------------
async def _follows(desk: Desk, group: Group, record: records.Run) -> Moved | None:
    """How the calendar would be; None for an exercise that has no say in it, or is not concluded."""
    run = turns.load(desk, record)
    shaping = run.exercise.calendar
    if shaping is None or run.phase is not Phase.CONCLUDED or (shaping.step is None and not shaping.meetings):
        return None
    rounds = await desk.work.runs.of_exercise(group.id, record.exercise)
    if record.id != max(r.id for r in rounds if r.phase == Phase.CONCLUDED):
        return None  # decided anew since
    values, laid, today = await turns.values_of_group(desk, run), await laying.planned(desk, group), desk.today
    if shaping.step is not None:
        return reshape_step(
            laid,
            desk.house.process.step(shaping.step),
            is_avoided,
            today=today,
            spread=_spread(shaping, values),
            days=read_days(values.get(shaping.days) or "", today),
            until=_day(values.get(shaping.until)),
        )
    review = _day(values.get(shaping.review))
    return reshape_rhythm(
        laid,
        is_avoided,
        today=today,
        counts=_counts(shaping, values),
        review=review if review and review >= today else None,
        first_time="rhythm" not in group.settings,
    )


def _spread(shaping: Shaping, values: Mapping[str, Any]) -> bool:
    return bool(shaping.spread) and all(values.get(name) in options for name, options in shaping.spread)


def _counts(shaping: Shaping, values: Mapping[str, Any]) -> list[int]:
    return [int(values[name]) for name in shaping.meetings]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


async def _unread(desk: Desk, record: records.Run) -> bool:
    """True if days were written, but none that can be put into a calendar."""
    run = turns.load(desk, record)
    shaping = run.exercise.calendar
    written = (await turns.values_of_group(desk, run)).get(shaping.days) if shaping else None
    return written is not None and not read_days(written, desk.today)


async def waiting(desk: Desk, actor: Actor) -> list[records.Run]:
    """What the group has decided and the coordinator has not yet said yes or no to."""
    found = []
    for matter in await desk.work.matters.of_member(actor.member.id):
        if matter.kind == SHAPE and matter.state != "closed":
            record = await desk.work.runs.get(int(matter.ref.partition(":")[2]))
            follows = await _follows(desk, actor.group, record)
            found += [record] if follows is not None and follows.alters else []
    return found


TAPS: Mapping[str, TapHandler] = {"shape": show}
