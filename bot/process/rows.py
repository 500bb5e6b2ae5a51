"""One row of a register: opened, changed, given to someone, done, removed, restored, and a new one begun.

Filling in a row is a dialogue of the engine's; what is here shows it and changes what stands beside the fields.
"""

from datetime import date
from typing import Any, Final

from bot.agenda.deadlines import schedule_row
from bot.agenda.moments import hears
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key
from bot.core.happenings import TextChanged
from bot.core.keys import row_keys, unfilled
from bot.process import gates
from bot.turn import turns
from bot.turn.present import Presenter
from bot.turn.texts import approvals_of
from flows.answers import DATE_BUTTONS
from flows.dates import read_date
from flows.events import Opened
from flows.state import Phase, Run
from storage.records import Row

ONE_DATE: Final = "one_date"  # of a group's settings: the date of all rows, by register
WRITING: Final = frozenset({"edit", "fill", "field", "drop", "undrop"})  # what only those do who write the register
VERBS: Final = ("row", "edit", "fill", "field", "give", "to", "when", "done", "undone", "drop", "undrop", "hist")


async def tapped(desk: Desk, actor: Actor, run: Run, action: Action) -> None:
    """A button about one row."""
    row_id, _, more = action.arg.partition(":")
    row = await _row(desk, actor, run, row_id)
    if row is None:
        desk.toast("no_row", alert=True)
        return
    if row.state == "removed" and action.verb not in ("undrop", "hist"):
        await _show(desk, actor, run, row)  # somebody was faster; it can be brought back from here
        return
    writing = action.verb in WRITING
    if writing and not await gates.may_write(desk, actor.group, run.exercise, actor.member):
        desk.toast("authors_only", alert=True)
        return
    match action.verb:
        case "row":
            await _show(desk, actor, run, row)
        case "edit":
            await _choose_field(desk, actor, run, row)
        case "fill" if missing := unfilled(run, row):
            await _ask(desk, actor, run, row, *missing)
        case "field":
            await _ask(desk, actor, run, row, run.exercise.questions[int(more)].id)
        case "give":
            await _choose_person(desk, actor, run, row)
        case "to":
            given = _date_given(actor, run, row)
            await _change(desk, actor, run, row, assignee=int(more), **({"due": given} if given else {"show": False}))
            if given:
                await tell(desk, actor, run, await desk.work.rows.get(row.id))
            else:
                await _choose_date(desk, actor, run, row)
        case "when":
            day = read_date(list(DATE_BUTTONS.values())[int(more)], desk.today)[0] if more else None
            await _change(desk, actor, run, row, due=day.isoformat() if day else None)
            await tell(desk, actor, run, await desk.work.rows.get(row.id))
        case "done" if later := _asked_when_done(run, row):
            await _change(desk, actor, run, row, show=False, state="done")
            await _ask(desk, actor, run, row, *later)
        case "done" | "undone" | "drop" | "undrop":
            await _change(desk, actor, run, row, state=await _state_after(desk, row, action.verb))
        case "hist":
            await _history(desk, actor, run, row)


def _date_given(actor: Actor, run: Run, row: Row) -> str | None:
    """The date that a row has before anybody is asked for one: in a field of its own, or that of the whole register."""
    register = run.exercise.register
    if register is None:
        return None
    if register.one_date:
        return row.due or actor.group.settings.get(ONE_DATE, {}).get(run.exercise.id)
    return row.values.get(register.due) if register.due else None


def _asked_when_done(run: Run, row: Row) -> tuple[str, ...]:
    """What is asked once the row is done."""
    return tuple(q.id for q in run.exercise.questions if q.later and q.id not in row.values and q.applies(row.values))


async def add(desk: Desk, actor: Actor, run: Run, like: str = "") -> None:
    """A new row, unless what the register needs has been taken back. `like`: the row whose answers it repeats."""
    if not await gates.may_write(desk, actor.group, run.exercise, actor.member):
        desk.toast("authors_only", alert=True)
        return
    if needed := await gates.unconfirmed(desk, actor.group, run.exercise):
        names = [desk.house.voice.exercise(name)["title"] for name in needed]
        desk.toast("needs_first", {"names": names}, alert=True)
        return
    record = await desk.work.runs.get(run.number)
    given = turns.defaults(desk, run.exercise)
    before = await _row(desk, actor, run, like)
    if before is not None and run.exercise.register is not None:
        given |= {name: before.values[name] for name in run.exercise.register.repeat if name in before.values}
    event = Opened(actor.member.id, introduced=True, given=given)
    await turns.take(desk, actor.group, record, event, by=actor.member)


async def _state_after(desk: Desk, row: Row, verb: str) -> str:
    """The state that a tap leads to; a row that is brought back is as it was before it was removed."""
    if verb == "undrop":
        return (await desk.work.rows.history(row.id))[-2].state if row.state == "removed" else row.state
    return {"done": "done", "undone": "open", "drop": "removed"}[verb]


async def _ask(desk: Desk, actor: Actor, run: Run, row: Row, key: str, *rest: str) -> None:
    """Ask for a field of a row, and then for the rest of these."""
    record = await desk.work.runs.get(run.number)
    event = Opened(actor.member.id, introduced=True, row=row.id, key=key, rest=rest)
    await turns.take(desk, actor.group, record, event, by=actor.member)


async def tell(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    """Tell the one who has been given a row by somebody else."""
    if row.assignee is None or row.assignee == actor.member.id:
        return
    present = await _present(desk, actor, run)
    given = await desk.work.members.get(row.assignee)
    if not await hears(desk, given.person_id):
        return
    facts = {**present.row_line(row), "register": present.words["title"], "by": actor.member.name}
    keys = [[desk.key("open_row", "row", run.number, str(row.id))]]
    await desk.to_person(given.person_id, "row.given", facts, keys, about=actor.group.id)


async def _row(desk: Desk, actor: Actor, run: Run, row_id: str) -> Row | None:
    if not row_id.isdecimal():
        return None
    row = await desk.work.rows.lookup(int(row_id))
    return row if row and row.group_id == actor.group.id and row.register == run.exercise.id else None


async def _present(desk: Desk, actor: Actor, run: Run) -> Presenter:
    return await turns.present_of(desk, actor.group, run.exercise)


async def _show(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    facts = {**(await _present(desk, actor, run)).row_card(row), "saved": False}
    writes = await gates.may_write(desk, actor.group, run.exercise, actor.member)
    keys = row_keys(desk, run, row, writes=writes)
    await desk.to_person(actor.person.id, "row.card", facts, keys, about=actor.group.id, edit=desk.tapped)


async def change(desk: Desk, actor: Actor, run_id: int, row_id: int, **changes: Any) -> None:
    """Change what stands beside a row's fields, and show it."""
    run = turns.load(desk, await desk.work.runs.get(run_id))
    row = await _row(desk, actor, run, str(row_id))
    if row is not None:
        await _change(desk, actor, run, row, **changes)


async def _change(desk: Desk, actor: Actor, run: Run, row: Row, *, show: bool = True, **changes: Any) -> None:
    if run.phase not in (Phase.OPEN, Phase.CONCLUDED):  # a closed register can still be looked after
        desk.toast("unfit.over")
        return
    row = await desk.work.rows.change(row.id, None, actor.member.id, **changes)
    await schedule_row(desk, actor.group, row)
    if "state" in changes and any(approvals_of(desk.house.process, run.exercise.id)):
        desk.happened.append(TextChanged(actor.group.id, run.exercise.id))
    record = await desk.work.runs.get(run.number)
    await turns.refresh_card(desk, actor.group, record)
    if show:
        await _show(desk, actor, run, row)


async def move_all(desk: Desk, actor: Actor, run: Run, day: date) -> int:
    """Give every open row this date; those who have taken one on are reminded by it. How many there were."""
    every, _ = await desk.work.rows.list(actor.group.id, run.exercise.id, state="open", limit=100_000)
    for row in every:
        changed = await desk.work.rows.change(row.id, None, actor.member.id, due=day.isoformat())
        await schedule_row(desk, actor.group, changed)
    await turns.refresh_card(desk, actor.group, await desk.work.runs.get(run.number))
    return len(every)


async def _choose_field(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    present = await _present(desk, actor, run)
    keys = [
        [Key(present.words[f"question.{q.id}.short"], Action("field", run.number, 0, f"{row.id}:{place}"))]
        for place, q in enumerate(run.exercise.questions)
        if q.applies(row.values)
    ]
    keys.append([desk.key("back", "row", run.number, str(row.id))])
    await desk.to_person(
        actor.person.id, "row.edit", {"title": present.row_title(row)}, keys, about=actor.group.id, edit=desk.tapped
    )


async def _choose_person(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    members = [m for m in await desk.work.members.of_group(actor.group.id) if m.state == "active"]
    keys = [[Key(m.name, Action("to", run.number, 0, f"{row.id}:{m.id}"))] for m in members]
    keys.append([desk.key("back", "row", run.number, str(row.id))])
    facts = {"title": (await _present(desk, actor, run)).row_title(row)}
    await desk.to_person(actor.person.id, "row.give", facts, keys, about=actor.group.id, edit=desk.tapped)


async def _choose_date(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    dates = [
        desk.key(f"date.{name}", "when", run.number, f"{row.id}:{place}") for place, name in enumerate(DATE_BUTTONS)
    ]
    keys = [dates[:2], dates[2:], [desk.key("no_date", "when", run.number, str(row.id))]]
    facts = {"title": (await _present(desk, actor, run)).row_title(row)}
    context = {"want": "due", "group": actor.group.id, "run": run.number, "row": row.id}  # a date can be written too
    await desk.to_person(
        actor.person.id, "row.when", facts, keys, about=actor.group.id, edit=desk.tapped, context=context
    )


async def _history(desk: Desk, actor: Actor, run: Run, row: Row) -> None:
    present = await _present(desk, actor, run)
    versions = [
        {
            "n": version.version,
            "by": present.scene.member(version.author) if version.author else None,
            "on": version.changed_at.astimezone(desk.house.zone).date(),
            "fields": [f for f in present.row_card(version)["fields"] if f["value"]],
            "state": version.state,
        }
        for version in await desk.work.rows.history(row.id)
    ]
    keys = [[desk.key("back", "row", run.number, str(row.id))]]
    await desk.to_person(
        actor.person.id,
        "row.history",
        {"title": present.row_title(row), "versions": versions},
        keys,
        about=actor.group.id,
        edit=desk.tapped,
    )
