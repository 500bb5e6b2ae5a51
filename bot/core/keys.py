"""Keys that are shown from several places."""

from bot.core.buttons import Action
from bot.core.desk import Desk, Key
from flows.keyboards import conclusion_keyboard
from flows.model import Exercise
from flows.state import Run
from storage.records import Group, Row

# How a button names a picture or a register as a table; documents go by their own names.
PICTURE, TABLE = "p.", "t."
FORMS = ("xlsx", "csv")  # of a table, in the catalogue's order
# The picture that an exercise is shown as.
PICTURES = {
    "readiness": "readiness",
    "vulnerable_groups": "map",
    "places": "map",
    "actors": "map",
    "indicators": "indicators",
    "actor_matrix": "influence",
    "actor_levels": "levels",
    "collaboration_levels": "levels",
    "swot": "swot",
    "swot_insights": "swot",
    "ambition": "stairs",
    "chain": "flow",
}


def join_key(desk: Desk, group: Group) -> Key:
    """The button to the private chat for those who want to be part of this group."""
    return Key(desk.house.voice.label("join"), url=desk.link(Action("join", group.id, group.settings.get("link", 1))))


def open_key(desk: Desk, exercise: Exercise, run: int, *, in_group: bool) -> Key:
    """The way to answer: from the group it is a link to the private chat."""
    label, action = desk.house.voice.label(f"card.{exercise.how}"), Action("open", run)
    return Key(label, url=desk.link(action)) if in_group else Key(label, action)


def picture_key(desk: Desk, kind: str, group_id: int = 0) -> Key:
    """To have it drawn. In the group's own chat the group need not be named."""
    return desk.key("as_picture", "mk", group_id, f"{PICTURE}{kind}")


def file_keys(desk: Desk, exercise: Exercise, group_id: int) -> list[list[Key]]:
    """A register as a table, and as a picture where there is one."""
    forms = [desk.key(f"form.{form}", "mk", group_id, f"{TABLE}{exercise.id}", n) for n, form in enumerate(FORMS)]
    picture = [picture_key(desk, PICTURES[exercise.id], group_id)] if exercise.id in PICTURES else []
    return [[*forms, *picture]]


def together_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """What the group can do together with what has been shown."""
    picture = [picture_key(desk, PICTURES[run.exercise.id])] if run.exercise.id in PICTURES else []
    board = [desk.key("board", "board", run.number)] if run.exercise.board else []
    present = [desk.key("present", "present", run.number)] if run.exercise.presents else []
    return [*(row for row in (board, present, picture) if row), *keep_keys(desk, run)]


def pen_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """What goes with what the group has come to: take the pen, or close the exercise."""
    return [
        [Key(desk.house.voice.label(button.label), Action(button.verb, run.number, 0, button.arg)) for button in row]
        for row in conclusion_keyboard(run)
    ]


def beside_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """What each has answered along the way, side by side."""
    return [[desk.key("beside", "beside", run.number)]] if run.exercise.beside else []


def approval_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """The text that is to be approved, and who has said what to it."""
    if not run.exercise.approves:
        return []
    read, said = desk.key("read_text", "read", run.number), desk.key("approvals", "approvals", run.number)
    return [[read, said]]


def feed_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """Ways to let the lines of an answer become rows elsewhere, once there is an answer."""
    answered = run.sheets["g"].answered if "g" in run.sheets else ()
    fed = [(n, q.feeds) for n, q in enumerate(run.exercise.questions) if q.feeds and q.id in answered]
    voice = desk.house.voice
    return [
        [desk.key("feed", "feed", run.number, str(n), title=voice.exercise(feed.register)["title"])] for n, feed in fed
    ]


def keep_keys(desk: Desk, run: Run) -> list[list[Key]]:
    """To mark single answers that are worth remembering."""
    return [[desk.key("keep_said", "keepsaid", run.number)]] if run.exercise.keeps else []


def row_keys(desk: Desk, run: Run, row: Row, *, writes: bool = True) -> list[list[Key]]:
    """What can be done with an opened row. `writes`: the reader is one of those who write this register."""
    number, arg = run.number, str(row.id)
    back = desk.key("rows", "rows", number)
    if row.state == "removed":
        return [[desk.key("undrop", "undrop", number, arg)], [back]]
    register = run.exercise.register
    done = desk.key("undone", "undone", number, arg) if row.state == "done" else desk.key("done", "done", number, arg)
    fill = [desk.key("fill", "fill", number, arg)] if writes and unfilled(run, row) else []
    first = [desk.key("edit", "edit", number, arg), desk.key("drop", "drop", number, arg)] if writes else []
    second = [desk.key("give", "give", number, arg), done] if register and register.assign else []
    third = []
    if row.assignee is not None:
        third = [desk.key("task.postpone", "postpone", number, arg), desk.key("task.note", "note", number, arg)]
    invitation = register is not None and register.link == "invitation"
    third += [desk.key(f"guest.{'remind' if waits(row) else 'invite'}", "invite", number, arg)] if invitation else []
    history = [desk.key("history", "hist", number, arg)] if row.version > 1 else []
    add = [desk.key("add", "add", number)] if writes else []
    return [fill, first, second, third, _like(desk, run, row) if writes else [], [*history, *add, back]]


def waits(row: Row) -> bool:
    """A guest who has been invited and has not said anything."""
    return row.values.get("invited", "not_yet") != "not_yet" and row.values.get("coming") == "no_answer"


def _like(desk: Desk, run: Run, row: Row) -> list[Key]:
    """Another row with some of the same answers."""
    names = [name for name in run.exercise.register.repeat if name in row.values] if run.exercise.register else []
    words = desk.house.voice.exercise(run.exercise.id, run.exercise.version)
    shorts = [words[f"question.{name}.short"].lower() for name in names]
    return [desk.key("add_like", "add", run.number, str(row.id), same=shorts)] if names else []


def unfilled(run: Run, row: Row) -> tuple[str, ...]:
    """The fields that a row should have and has not: it was begun by the bot, for a weak part or as one of a list."""
    wanted = (q for q in run.exercise.questions if q.required and not q.later and q.applies(row.values))
    return tuple(q.id for q in wanted if q.id not in row.values)
