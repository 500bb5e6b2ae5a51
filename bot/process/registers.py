"""Registers as people use them: a list with pages; a row opened, changed, given to someone, done, removed, restored.

Filling in a row is a dialogue of the engine's; what is here only shows rows and changes what stands beside the fields.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.agenda.deadlines import schedule_row
from bot.agenda.moments import hears
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler, TextHandler
from bot.core.happenings import TextChanged
from bot.core.keys import file_keys, row_keys, unfilled
from bot.process import gates
from bot.turn import turns
from bot.turn.present import Presenter
from bot.turn.texts import approvals_of
from flows.answers import DATE_BUTTONS, clean
from flows.dates import read_date
from flows.events import Opened
from flows.model import How
from flows.state import Phase, Run
from storage.records import Row

PAGE = 8  # rows to a page: one button each, and a phone shows them without scrolling
EVERY = 100_000


async def show_list(
    desk: Desk, actor: Actor, run: Run, *, page: int = 0, only: str = "", edit: int | None = None
) -> None:
    """A page of the register, with what it still lacks: all rows, one's own ("m") or what is left ("o")."""
    present = await turns.present_of(desk, actor.group, run.exercise)
    every, _ = await desk.work.rows.list(actor.group.id, run.exercise.id, limit=EVERY)
    kept = [row for row in every if _is_kept(row, only, actor.member.id)]
    page = min(page, max(len(kept) - 1, 0) // PAGE)  # rows may have gone since the button was shown
    rows = kept[page * PAGE :][:PAGE]
    facts = {
        **present.outline(run),
        "rows": [present.row_line(r) for r in rows],
        "total": len(kept),
        "only": only,
        "gaps": [] if only else present.gaps(every),
        "areas": [] if only else present.areas(every),
        "page": page + 1,
        "pages": -(-len(kept) // PAGE) or 1,
    }
    turn = []
    if page:
        turn.append(desk.key("earlier", "rows", run.number, f"{only}{page - 1}"))
    if (page + 1) * PAGE < len(kept):
        turn.append(desk.key("later", "rows", run.number, f"{only}{page + 1}"))
    keys = [_row_key(present, run, row) for row in rows]
    keys += [turn, _narrowing(desk, run, every, only), *_outside(desk, actor, run)]
    keys.append([desk.key("add", "add", run.number), desk.key("about", "about", run.number)])
    keys += file_keys(desk, run.exercise, actor.group.id) if every else []
    await desk.to_person(actor.person.id, "register.list", facts, keys, about=actor.group.id, edit=edit)


def _is_kept(row: Row, only: str, member: int) -> bool:
    return {"m": row.assignee == member, "o": row.state == "open"}.get(only, True)


def _row_key(present: Presenter, run: Run, row: Row) -> list[Key]:
    return [Key(f"{row.number}. {present.row_title(row)}"[:60], Action("row", run.number, 0, str(row.id)))]


def _narrowing(desk: Desk, run: Run, every: Sequence[Row], only: str) -> list[Key]:
    """Ways to see fewer rows, where there are more than a page or some are done."""
    if only:
        return [desk.key("all_rows", "rows", run.number)]
    keys = []
    if len(every) > PAGE:
        keys.append(desk.key("find", "find", run.number))
    if any(row.assignee is not None for row in every) and len(every) > PAGE:
        keys.append(desk.key("only_mine", "rows", run.number, "m0"))
    if len(every) > PAGE and any(row.state == "done" for row in every):
        keys.append(desk.key("only_open", "rows", run.number, "o0"))
    return keys


def _outside(desk: Desk, actor: Actor, run: Run) -> list[list[Key]]:
    """What people outside of the group can be asked for here."""
    link = run.exercise.register.link if run.exercise.register and actor.member.role == "core" else ""
    if link == "form":
        return [[desk.key("outside.open", "forms", run.number)]]
    if link == "invitation" and actor.member.coordinator:
        return [
            [desk.key("guest.ask", "askguests", run.number)],
            [desk.key("guest.open_link", "eventlink", actor.group.id)],
        ]
    return []


async def _find(desk: Desk, actor: Actor, run: Run) -> None:
    context = {"want": "find", "group": actor.group.id, "run": run.number}
    title = desk.house.voice.exercise(run.exercise.id)["title"]
    await desk.to_person(actor.person.id, "register.find", {"title": title}, about=actor.group.id, context=context)


async def found(desk: Desk, actor: Actor, text: str, context: Mapping[str, Any]) -> None:
    """The rows in which this stands, as people read them: also in the names of the rows that they point at."""
    run = turns.load(desk, await desk.work.runs.get(context["run"]))
    if actor.member.role not in run.exercise.who:
        await desk.to_person(actor.person.id, "start.not_yours")
        return
    present, wanted = await turns.present_of(desk, actor.group, run.exercise), clean(text).casefold()
    every, _ = await desk.work.rows.list(actor.group.id, run.exercise.id, limit=EVERY)
    rows = [row for row in every if wanted in present.row_text(row)]
    facts = {"title": present.words["title"], "text": clean(text), "count": len(rows)}
    keys = [_row_key(present, run, row) for row in rows[:PAGE]]
    keys.append([desk.key("find", "find", run.number), desk.key("rows", "rows", run.number)])
    await desk.to_person(actor.person.id, "register.found", facts, keys, about=actor.group.id, context=dict(context))


async def about(desk: Desk, actor: Actor, run: Run) -> None:
    """The guide and tips of a register, in the place of its list."""
    present = await turns.present_of(desk, actor.group, run.exercise)
    facts = {"title": present.words["title"], **present.guide()}
    keys = [[desk.key("back", "rows", run.number)]]
    await desk.to_person(actor.person.id, "about", facts, keys, about=actor.group.id, edit=desk.tapped)


async def answer_or_list(desk: Desk, actor: Actor, run: Run) -> None:
    """Go on with an exercise in the private chat: its questions, or the list of a register."""
    if run.exercise.how is How.ROWS and not run.exercise.private:
        await show_list(desk, actor, run)
        return
    record = await desk.work.runs.get(run.number)
    await turns.take(desk, actor.group, record, Opened(actor.member.id), by=actor.member)


async def tapped(desk: Desk, actor: Actor, action: Action) -> None:
    """A button of a register. Rows of other groups or registers are as if they were not there."""
    run = turns.load(desk, await desk.work.runs.get(action.run))
    if run.exercise.register is None or run.exercise.private or actor.in_group:
        desk.toast("old_button")
        return
    match action.verb:
        case "about":
            await about(desk, actor, run)
        case "rows":
            only, page = action.arg.rstrip("0123456789"), action.arg.lstrip("mo")
            await show_list(desk, actor, run, page=int(page or 0), only=only, edit=desk.tapped)
        case "find":
            await _find(desk, actor, run)
        case "add":
            await _add(desk, actor, run)
        case _:
            await _tapped_row(desk, actor, run, action)


async def _tapped_row(desk: Desk, actor: Actor, run: Run, action: Action) -> None:
    """A button about one row."""
    row_id, _, more = action.arg.partition(":")
    row = await _row(desk, actor, run, row_id)
    if row is None:
        desk.toast("no_row", alert=True)
        return
    if row.state == "removed" and action.verb not in ("undrop", "hist"):
        await _show(desk, actor, run, row)  # somebody was faster; it can be brought back from here
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
            register = run.exercise.register
            given = register and register.due and row.values.get(register.due)
            await _change(desk, actor, run, row, assignee=int(more), **({"due": given} if given else {"show": False}))
            if given:
                await tell(desk, actor, run, await desk.work.rows.get(row.id))
            else:
                await _choose_date(desk, actor, run, row)
        case "when":
            day = read_date(list(DATE_BUTTONS.values())[int(more)], desk.today)[0] if more else None
            await _change(desk, actor, run, row, due=day.isoformat() if day else None)
            await tell(desk, actor, run, await desk.work.rows.get(row.id))
        case "done" | "undone" | "drop" | "undrop":
            await _change(desk, actor, run, row, state=await _state_after(desk, row, action.verb))
        case "hist":
            await _history(desk, actor, run, row)


async def _add(desk: Desk, actor: Actor, run: Run) -> None:
    """A new row, unless what the register needs has been taken back."""
    if needed := await gates.unconfirmed(desk, actor.group, run.exercise):
        names = [desk.house.voice.exercise(name)["title"] for name in needed]
        desk.toast("needs_first", {"names": names}, alert=True)
        return
    record = await desk.work.runs.get(run.number)
    event = Opened(actor.member.id, introduced=True, given=turns.defaults(desk, run.exercise))
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
    await desk.to_person(
        actor.person.id, "row.card", facts, row_keys(desk, run, row), about=actor.group.id, edit=desk.tapped
    )


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


VERBS = (
    "about",
    "rows",
    "find",
    "row",
    "add",
    "edit",
    "fill",
    "field",
    "give",
    "to",
    "when",
    "done",
    "undone",
    "drop",
    "undrop",
)
TAPS: Mapping[str, TapHandler] = dict.fromkeys((*VERBS, "hist"), tapped)
TEXTS: Mapping[str, TextHandler] = {"find": found}
