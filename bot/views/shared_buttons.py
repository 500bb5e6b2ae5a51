"""Buttons that several features show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.context.context import Context
from bot.context.message import Key
from bot.context.permissions import holds
from bot.context.sealed_actions import Action
from bot.views.names import cut
from flows.definitions.model import Exercise
from flows.dialogue.keyboards import about_label, conclusion_keyboard
from flows.enums import Afterwards, ExerciseRole, Field, How, Mark, Picture
from flows.fields import Feed
from flows.run.state import Run
from flows.timing import yearly
from storage.records.records import Group, Member, Row, is_own_number

Item = TypeVar("Item")

# How a button names a picture or a register as a table; documents go by their own names.
PICTURE, TABLE = "p.", "t."
AT_ONCE = 10  # letters to pass on at a time
NAME = 30  # characters of a name, or of what tells it from another, on a button
FORMS = ("xlsx", "csv")  # of a table, in the catalogue's order


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its number, from 0, and how many pages there are (at least one)."""

    number: int
    pages: int

    def keys(self, ctx: Context, verb: str, run: int, arg: str = "{}", ask: int = 0) -> list[Key]:
        """Return the buttons to the page before and after, if there are any; `{}` in `arg` is the page's number."""
        before, after = self.number - 1, self.number + 1
        turns = [("earlier", before)] * (before >= 0) + [("later", after)] * (after < self.pages)
        return [ctx.key(label, verb, run, arg.format(to), ask) for label, to in turns]


def page_of(count: int, number: int, size: int) -> Page:
    """Return the page of this number in a list of so many, or the last one if the list has become shorter."""
    pages = -(-count // size) or 1
    return Page(min(number, pages - 1), pages)


def paged(items: Sequence[Item], number: int, size: int) -> tuple[Sequence[Item], Page]:
    """Return the items of a page of a list, and the page."""
    page = page_of(len(items), number, size)
    return items[page.number * size :][:size], page


async def told_apart(ctx: Context, members: Sequence[Member]) -> dict[int, str]:
    """Return names for buttons, by member: namesakes with their organisation, or else the day of joining."""
    called = {m.id: cut(m.name, NAME) for m in members}
    groups = {m.group_id for m in members}
    there = {one.id: one.name for group in groups for one in await ctx.work.members.organisations(group)}
    label, zone = ctx.services.voice.label, ctx.services.zone
    organisations = {m.id: there.get(m.organisation_id or 0, "") for m in members}
    days = {m.id: label("since_day", {"day": m.joined_at.astimezone(zone).date()}) for m in members}
    for more in (organisations, days):
        times = Counter(name.casefold() for name in called.values())
        again = [id for id, name in called.items() if times[name.casefold()] > 1 and more[id]]
        called |= {id: f"{called[id]}, {cut(more[id], NAME)}" for id in again}
    return called


def in_town(ctx: Context, key: Key, town: str | None) -> Key:
    """Return the button with its town on it, for somebody who is in several; with None as it was."""
    return replace(key, label=ctx.services.voice.label("open_in", {"title": key.label, "town": town}))


def join_key(ctx: Context, group: Group) -> Key:
    """The button to the private chat for those who want to be part of this group."""
    return Key(ctx.services.voice.label("join"), url=ctx.link(Action("join", group.id, group.settings.link)))


def join_keys(ctx: Context, group: Group) -> list[list[Key]]:
    """Return the same as a keyboard; an empty one for a group without a chat, whose page only its members see."""
    return [] if is_own_number(group.chat_id) else [[join_key(ctx, group)]]


def our_chat_key(ctx: Context, group: Group) -> Key:
    """Return the button to the private chat, for members."""
    return Key(ctx.services.voice.label("our_chat"), url=join_key(ctx, group).url)


def copy_key(ctx: Context, url: str) -> Key:
    """Return the button that copies a link to pass on."""
    return Key(ctx.services.voice.label("copy_link"), copy=url)


def open_key(ctx: Context, exercise: Exercise, run: int, *, in_group: bool) -> Key:
    """Return the button to answer: in the group a link to the private chat."""
    label, action = ctx.services.voice.label(f"card.{exercise.how}"), Action("open", run)
    return Key(label, url=ctx.link(action)) if in_group else Key(label, action)


def about_key(ctx: Context, run: Run, *, in_group: bool = True) -> Key:
    """Return the button to an exercise's guide: in the group a link to the private chat."""
    label, action = ctx.services.voice.label(about_label(run)), Action("about", run.number)
    return Key(label, url=ctx.link(action)) if in_group else Key(label, action)


def picture_key(ctx: Context, kind: str, group_id: int = 0) -> Key:
    """Return the button to draw a picture. In the group's own chat the group need not be named."""
    return ctx.key("as_picture", "mk", group_id, f"{PICTURE}{kind}")


def picture_of(ctx: Context, exercise: Exercise) -> Picture | None:
    """Return an exercise's picture as defined now, also for a round of an earlier version."""
    now = ctx.services.process.exercises.get(exercise.id)
    return now.picture if now else None


def file_keys(ctx: Context, exercise: Exercise, group_id: int) -> list[list[Key]]:
    """Return the buttons for a register as a table, and as a picture if there is one."""
    forms = [ctx.key(f"form.{form}", "mk", group_id, f"{TABLE}{exercise.id}", n) for n, form in enumerate(FORMS)]
    drawn = picture_of(ctx, exercise)
    picture = [picture_key(ctx, drawn, group_id)] if drawn else []
    return [[*forms, *picture]]


def _answers(exercise: Exercise) -> str:
    """Return the picture of the answers, if several people answer what can be counted; else empty."""
    several = exercise.how in (How.EACH, How.ORG) and not exercise.for_each and not exercise.approves
    return (
        f"answers.{exercise.id}" if several and any(question.field.counted for question in exercise.questions) else ""
    )


def together_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the buttons for what the group can do with answers that have been shown."""
    drawn = picture_of(ctx, run.exercise) or _answers(run.exercise)
    picture = [picture_key(ctx, drawn)] if drawn else []
    board = [ctx.key("board", "board", run.number)] if run.exercise.board else []
    present = [ctx.key("present", "present", run.number)] if run.exercise.afterwards is Afterwards.TURNS else []
    return [*(row for row in (board, present, picture) if row), *_feed_links(ctx, run), *keep_keys(ctx, run)]


def result_keys(ctx: Context, run: Run, leads_to: int | None) -> list[list[Key]]:
    """Return the button to the answers question by question, from this one on; None if all are there already."""
    if leads_to is None:
        return []
    return [[ctx.key("question_after" if leads_to else "by_question", "result", run.number, str(leads_to))]]


def pen_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the buttons of the group's conclusion: take the pen, or close the exercise."""
    return [
        [Key(ctx.services.voice.label(button.label), Action(button.verb, run.number, 0, button.arg)) for button in row]
        for row in conclusion_keyboard(run)
    ]


def beside_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the button to answers of several rounds side by side."""
    looks_back = run.exercise.role is ExerciseRole.LOOKING_BACK
    return [[ctx.key("beside", "beside", run.number)]] if looks_back else []


def approval_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the buttons to the text to be approved, and to the answers about it."""
    if not run.exercise.approves:
        return []
    read, said = ctx.key("read_text", "read", run.number), ctx.key("approvals", "approvals", run.number)
    return [[read, said]]


def feed_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the buttons that make rows of an answer's lines, once the group has answered."""
    voice, fed = ctx.services.voice, _fed(run) if run.exercise.how is How.GROUP else []
    return [[ctx.key("feed", "feed", run.number, str(n), title=voice.title_of(feed.register))] for n, feed in fed]


def _feed_links(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the same as links from the group to the private chat: under a picture, and on a card at the end."""
    voice = ctx.services.voice
    return [
        [
            Key(
                voice.label("feed", {"title": voice.title_of(feed.register)}),
                url=ctx.link(Action("feed", run.number, 0, str(n))),
            )
        ]
        for n, feed in _fed(run)
    ]


def _fed(run: Run) -> list[tuple[int, Feed]]:
    """Return the questions, by their places, whose answers can become rows: of a shared sheet those with an answer."""
    together = run.exercise.how is How.GROUP
    answered = run.sheets["g"].answered if "g" in run.sheets else ()
    asked = enumerate(run.exercise.questions)
    return [(n, q.feeds) for n, q in asked if q.feeds and (q.id in answered or not together)]


def keep_keys(ctx: Context, run: Run) -> list[list[Key]]:
    """Return the button to bookmark answers."""
    return [[ctx.key("keep_said", "keepsaid", run.number)]] if run.exercise.afterwards is Afterwards.BOOKMARKS else []


def row_keys(ctx: Context, run: Run, row: Row, reader: Member, *, writes: bool = True) -> list[list[Key]]:
    """Return the buttons of an opened row. `writes`: the reader is one of the register's authors."""
    number, arg, own = run.number, str(row.id), holds(row, reader)
    back = ctx.key("rows", "rows", number)

    def key(label: str, verb: str, *, shown: bool) -> list[Key]:
        return [ctx.key(label, verb, number, arg)] if shown else []

    if row.state == "removed":
        return [[replace(one, says="undo") for one in key("undrop", "undrop", shown=own)], [back]]
    tasked = own and row.assignee is not None
    further = [*key("task.postpone", "postpone", shown=tasked), *key("task.note", "note", shown=tasked)]
    coming, candidate = list[Key](), list[Key]()
    match run.exercise.register.link if run.exercise.register else None:
        case "invitation":
            coming = _coming(ctx, run, row)
            further += key(f"guest.{'remind' if waits(ctx, row) else 'invite'}", "invite", shown=True)
        case "seat":
            candidate = _candidate(ctx, run, row)
    history = key("history", "hist", shown=row.version > 1)
    task = _task(ctx, run, row) if own else []
    if not writes:
        return [[], [], [], task, further, [], [*history, back]]
    change = [*key("edit", "edit", shown=True), *key("drop", "drop", shown=own)]
    fill = key("fill", "fill", shown=bool(unfilled(run, row)))
    add = ctx.key("add", "add", number)
    return [coming, fill, change, task, [*further, *candidate], _like(ctx, run, row), [*history, add, back]]


def _task(ctx: Context, run: Run, row: Row) -> list[Key]:
    """Return the buttons of a row that somebody is to do: give it to somebody, and done or not."""
    number, arg, register = run.number, str(row.id), run.exercise.register
    if register is None or not register.assign:
        return []
    if row.state == "done":
        return [ctx.key("undone", "undone", number, arg)]
    keys = [ctx.key("give", "give", number, arg)] if row.state == "open" else []
    keys.append(ctx.key("done", "done", number, arg))
    if row.state == "open" and (past := yearly.done(run.exercise, row.values)):
        year = ctx.services.voice.exercise(run.exercise.id).option(register.yearly, past[-1])
        keys.append(ctx.key("task.not_that_year", "undone", number, arg, year=year))
    return keys


def _candidate(ctx: Context, run: Run, row: Row) -> list[Key]:
    """Return a candidate's buttons: the letter to ask them with; once they have said yes, the way in."""
    said = run.exercise.field(Field.COMING)
    if said.says(row.values.get(said.id), Mark.YES):
        return [ctx.key("candidate.way_in", "candlink", run.number, str(row.id))]
    if said.says(row.values.get(said.id), Mark.NO):
        return []
    return [ctx.key("candidate.letter", "candletter", run.number, str(row.id))]


def _coming(ctx: Context, run: Run, row: Row) -> list[Key]:
    """Return the buttons to note a guest's answer given by word of mouth."""
    said = (Mark.YES, Mark.MAYBE, Mark.NO)
    return [ctx.key(f"guest.says_{answer}", "guestsaid", run.number, f"{row.id}:{answer}") for answer in said]


def waits(ctx: Context, row: Row) -> bool:
    """True for a guest who has been invited and has not answered."""
    guests, told = ctx.services.process.with_role(ExerciseRole.GUESTS), row.values
    if guests.told(told, Field.INVITED) is None or guests.says(told, Field.INVITED, Mark.NOT_YET):
        return False
    return guests.says(told, Field.COMING, Mark.NO_ANSWER)


def uninvited(ctx: Context, row: Row) -> bool:
    """True for a guest whom nobody has invited yet."""
    guests, said = ctx.services.process.with_role(ExerciseRole.GUESTS), row.values
    invited = guests.told(said, Field.INVITED) is not None and not guests.says(said, Field.INVITED, Mark.NOT_YET)
    answered = guests.told(said, Field.COMING) is not None and not guests.says(said, Field.COMING, Mark.NO_ANSWER)
    return not invited and not answered


def _like(ctx: Context, run: Run, row: Row) -> list[Key]:
    """Return the button for another row with some of the same answers."""
    names = [name for name in run.exercise.repeated if name in row.values]
    words = ctx.services.voice.exercise(run.exercise.id, run.exercise.version)
    shorts = [words[f"question.{name}.short"].lower() for name in names]
    return [ctx.key("add_like", "add", run.number, str(row.id), same=shorts)] if names else []


def unfilled(run: Run, row: Row) -> tuple[str, ...]:
    """Return the fields that a row still lacks, if the bot added it, for a weak part or as one of a list.

    With them comes the day that a task is due, though it may be left out.
    """
    asked = (q for q in run.exercise.questions if not q.later and q.applies(row.values))
    missing, due = [q for q in asked if q.id not in row.values], run.exercise.register and run.exercise.register.due
    return tuple(q.id for q in missing if q.required or q.id == due) if any(q.required for q in missing) else ()
