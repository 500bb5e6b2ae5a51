"""Registers: a list with pages, headings and sums on top, which can be searched and narrowed.

`row_actions` has what is done with one row.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand
from bot.context.routes import DAY, NOTHING_KEPT, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import authors, preconditions, runner, shared_answers
from bot.exercises.drafts import GO_ON
from bot.features.registers import due_date, removed_rows, row_actions, several_rows
from bot.reminders import open_items
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import AT_ONCE, file_keys, paged, uninvited
from flows.answers import clean, folded, whole
from flows.definitions.model import Question
from flows.dialogue.several_lines import said_apart
from flows.enums import ExerciseRole, Field, How
from flows.figures.tallies import tally
from flows.run.events import Opened
from flows.run.state import Run
from flows.values import day_of
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Row

LOOKED_FOR = "find"  # a text that is wanted: what to look for in a list
PAGE = 8  # rows to a page: one button each, and a phone shows them without scrolling
FEW = 4  # rows that are taken in at a glance, without narrowing the list


async def show_list(
    ctx: Context, actor: Actor, run: Run, *, page: int | None = None, only: str = "", want: str = ""
) -> None:
    """Show the register, with what it still lacks, or turn to a page of it where it stands. `only`: see `_is_kept`.

    `want`: what a text that is written under it becomes, if one may be.
    """
    present = await runner.present_of(ctx, actor.group, run.exercise)
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id)
    gone = await removed_rows.removed(ctx, actor.group, run.exercise)
    listed = gone if only == removed_rows.ONLY else every
    kept = present.laid_out([row for row in listed if _is_kept(run, row, only, actor.member.id)])
    shown, at = paged(kept, page or 0, PAGE)
    headings, visit = present.headings(shown), run.visit(actor.member.id)
    pasted = visit.waits_apart
    writes = await preconditions.may_write(ctx, actor.group, run.exercise, actor.member)
    told_of = run.exercise.register.authors if run.exercise.register and not writes else ()
    facts = {
        **present.outline(run),
        **await preconditions.audience(ctx, actor.group, present, actor.member),
        "rows": [
            {**present.row_line(row), "heading": headings[row.id], **await removed_rows.removed_line(ctx, row)}
            for row in shown
        ],
        "removed": only == removed_rows.ONLY,
        "total": len(kept),
        "writes": writes,
        "writers": await authors.names(ctx, actor.group, told_of) if told_of else [],
        "only": only,
        "narrowed": present.option(*chosen) if (chosen := _narrowed(run, only)) else None,
        "one_date": actor.group.settings.times.one_date.get(run.exercise.id),
        **_sums(ctx, present, () if only else every),
        "pasted": len(said_apart(pasted)) if pasted else 0,
        "begun": present.begun_title(visit.begun_row),
        "adopted": await preconditions.whom_to_tell(ctx, actor.group, run.exercise, actor.member),
        "page": at.number + 1,
        "pages": at.pages,
    }
    add = when(writes and not pasted, ctx.key("add", "add", run.number))
    keys = [
        when(pasted, ctx.key("pasted", "add", run.number, GO_ON)),
        when(facts["begun"] and not pasted, ctx.key("begun_row", "add", run.number, GO_ON)),
        *(_row_key(present, run, row) for row in shown),
        at.keys(ctx, "rows", run.number, f"{only}{{}}"),
        _narrowing(ctx, run, every, only),
        when(gone and not only, ctx.key("removed_rows", "rows", run.number, f"{removed_rows.ONLY}0", count=len(gone))),
        *await _for_all(ctx, actor, run, every),
        [*add, ctx.key("about_list", "about", run.number)],
    ]
    if every and rank_of(actor.member, actor.group) >= Rank.MEMBER:
        keys += file_keys(ctx, run.exercise, actor.group.id)
    context = MessageContext(want=want, group=actor.group.id) if want else None
    edit = None if page is None else ctx.tapped
    await ctx.tell(actor, "register.list", {**facts, "want": want}, keys, edit=edit, context=context)


def _sums(ctx: Context, present: ExerciseView, rows: Sequence[Row]) -> TemplateFacts:
    """Return what stands above the whole list; nothing without rows."""
    if not rows:
        return {"tallies": [], "gaps": [], "areas": []}
    return {"tallies": present.tallies(rows), "gaps": present.gaps(rows, ctx.today), "areas": present.areas(rows)}


def _is_kept(run: Run, row: Row, only: str, member: int) -> bool:
    """True if `only` keeps the row: all (""), own ("m"), open ("o"), or one answer ("2.5.": question and option)."""
    if chosen := _narrowed(run, only):
        question, option = chosen
        value = row.values.get(question.id)
        return option in (value if question.many and value else [value])
    return {"m": row.assignee == member, "o": row.state == "open"}.get(only, True)


def _narrowed(run: Run, only: str) -> tuple[Question, str] | None:
    """Return the answer that the list is narrowed to, from the places of its question and option."""
    places = [whole(part) for part in only.split(".")[:2]]
    if len(places) != 2 or None in places:
        return None
    question, option = places
    questions = run.exercise.questions
    if question is None or option is None or question >= len(questions) or option >= len(questions[question].options):
        return None
    return questions[question], questions[question].options[option]


def _row_key(present: ExerciseView, run: Run, row: Row) -> list[Key]:
    return [Key(f"{row.number}. {present.row_title(row)}"[:60], Action("row", run.number, 0, str(row.id)))]


def _narrowing(ctx: Context, run: Run, every: Sequence[Row], only: str) -> list[Key]:
    """Return the buttons to narrow the list, if it has more than a page or some rows are done."""
    if only:
        return [ctx.key("all_rows", "rows", run.number)]
    register, long = run.exercise.register, len(every) > PAGE
    assigned, done = any(row.assignee is not None for row in every), any(row.state == "done" for row in every)
    return [
        *when(long, ctx.key("find", "find", run.number)),
        *when(len(every) > FEW and register and register.narrow, ctx.key("narrow", "narrow", run.number)),
        *when(long and assigned, ctx.key("only_mine", "rows", run.number, "m0")),
        *when(long and done, ctx.key("only_open", "rows", run.number, "o0")),
    ]


async def narrow(ctx: Context, actor: Actor, run: Run, _action: Action) -> None:
    """Show the answers that the list can be narrowed to, each with its number of rows."""
    present = await runner.present_of(ctx, actor.group, run.exercise)
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id)
    keys: list[list[Key]] = []
    for place, question in enumerate(run.exercise.questions):
        if run.exercise.register is None or question.id not in run.exercise.register.narrow:
            continue
        for found in tally(question, (row.values for row in every)):
            arg = f"{place}.{question.options.index(found.name)}.0"
            option = present.option(question, found.name)
            keys.append([ctx.key("narrow_to", "rows", run.number, arg, option=option, count=found.count)])
    keys.append([ctx.key("back", "rows", run.number)])
    facts = {"title": present.words["title"]}
    await ctx.reply(actor, "register.narrow", facts, keys)


async def _for_all(ctx: Context, actor: Actor, run: Run, every: Sequence[Row]) -> list[list[Key]]:
    """Return the buttons for all rows at once: a common date, or links for people outside of the group."""
    register = run.exercise.register
    if register is None or actor.member.role != "core":
        return []
    keys = [
        when(register.one_date and every, ctx.key("one_date", "onedate", run.number)),
        when(register.link == "form", ctx.key("outside.open", "forms", run.number)),
    ]
    return [*keys, *await _for_guests(ctx, actor, run, every)] if register.link == "invitation" else keys


async def _for_guests(ctx: Context, actor: Actor, run: Run, every: Sequence[Row]) -> list[list[Key]]:
    off, left = open_items.rests(actor.group, run.exercise), sum(uninvited(ctx, row) for row in every)
    keys = [when(left and not off, ctx.key("guest.all", "inviteall", run.number, count=min(left, AT_ONCE)))]
    if actor.member.coordinator:
        over = await _event_is_over(ctx, actor.group)
        on_off = ("guest.on", "on") if off else ("guest.off", "")
        keys += [
            when(not off, ctx.key("guest.ask", "askguests", run.number)),
            [ctx.key("guest.open_link", "eventlink", actor.group.id)],
            when(not over, ctx.key(on_off[0], "eventoff", actor.group.id, on_off[1])),
        ]
    return keys


async def _event_is_over(ctx: Context, group: Group) -> bool:
    event = ctx.services.process.with_role(ExerciseRole.EVENT)
    place = f"{event.id}.{event.field(Field.DATE).id}"
    day = (await shared_answers.said(ctx, group, [place])).get(place)
    return day is not None and day_of(day) < ctx.today


async def _find(ctx: Context, actor: Actor, run: Run, _action: Action) -> None:
    context = MessageContext(want=LOOKED_FOR, group=actor.group.id, run=run.number)
    title = ctx.services.voice.title_of(run.exercise.id)
    await ctx.tell(actor, "register.find", {"title": title}, context=context)


async def found(ctx: Context, actor: Actor, text: str, context: MessageContext) -> None:
    """Show the rows that contain this text as people read them, also in the names of rows that they point at."""
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    if actor.member.role not in run.exercise.who:
        await ctx.to_person(actor.person.id, "start.not_yours")
        return
    present, wanted = await runner.present_of(ctx, actor.group, run.exercise), folded(text)
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id)
    hits = [row for row in every if wanted in present.row_text(row)]
    facts = {"title": present.words["title"], "text": clean(text), "count": len(hits)}
    keys = [_row_key(present, run, row) for row in hits[:PAGE]]
    keys.append([ctx.key("find", "find", run.number), ctx.key("rows", "rows", run.number)])
    if not hits and await preconditions.may_write(ctx, actor.group, run.exercise, actor.member):
        keys.append([ctx.key("add", "add", run.number)])
    await ctx.tell(actor, "register.found", facts, keys, context=context)


async def answer_or_list(ctx: Context, actor: Actor, run: Run, place: str = "") -> None:
    """Go on with an exercise in the private chat: its questions, or the list of a register.

    `place`: of the question to be asked, among those asked of the group, where a button names one.
    """
    if run.exercise.how is How.ROWS and not run.exercise.private and actor.member.role in run.exercise.who:
        await show_list(ctx, actor, run)
        return
    await at_question(ctx, actor, run, place)


async def at_question(ctx: Context, actor: Actor, run: Run, place: str, *, introduced: bool = False) -> None:
    """Go on with a sheet where the reader was, or at the question of this place among those asked of them."""
    record, key = await ctx.work.runs.get(run.number), ""
    if place.isdecimal() and actor.member.id in run.seats:
        fitted = await runner.fitted(ctx, actor.group, record)
        keys = fitted.asked(fitted.owner(actor.member.id))
        key = keys[int(place)] if int(place) < len(keys) else ""
    event = Opened(actor.member.id, introduced=introduced, key=key)
    await runner.apply(ctx, actor.group, record, event, by=actor.member)


async def tapped(ctx: Context, actor: Actor, action: Action) -> None:
    """A button of a register. Rows of other groups or registers are as if they were not there."""
    run = runner.load(ctx, await ctx.work.runs.get(action.run))
    demand(run.exercise.register is not None and not run.exercise.private and not actor.in_group)
    await TAPS[action.verb](ctx, actor, run, action)


async def _turn(ctx: Context, actor: Actor, run: Run, action: Action) -> None:
    only = action.arg.rstrip("0123456789")
    await show_list(ctx, actor, run, page=int(action.arg[len(only) :] or 0), only=only)


async def _add(ctx: Context, actor: Actor, run: Run, action: Action) -> None:
    await row_actions.add(ctx, actor, run, action.arg)


TAPS: Final[Mapping[str, Callable[[Context, Actor, Run, Action], Awaitable[None]]]] = {
    "rows": _turn,
    "narrow": narrow,
    "find": _find,
    "add": _add,
    "onedate": due_date.tapped,
    **dict.fromkeys(several_rows.VERBS, several_rows.tapped),
    **dict.fromkeys(row_actions.VERBS, row_actions.tapped),
}
ROUTES: Routes = (
    *buttons(Rank.MEMBER, About.RUN, onedate=tapped),
    *buttons(Rank.NETWORK, About.RUN, **dict.fromkeys(TAPS.keys() - {"onedate"}, tapped)),
    *texts(Rank.NETWORK, NOTHING_KEPT, find=found),
    *texts(Rank.MEMBER, DAY, one_date=due_date.said),
)
