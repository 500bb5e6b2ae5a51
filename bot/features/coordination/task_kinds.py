"""The kinds of tasks that only whoever coordinates can do."""

from dataclasses import dataclass
from enum import StrEnum

from bot.context.context import Context
from bot.context.message import Key

TITLE = 40  # characters of a title on a button


class Task(StrEnum):
    """The kinds of tasks."""

    SHOW = "show"  # all have answered
    FEW = "few"  # … but too few to show what is written without names
    LATE = "late"  # the time is over, and not all have answered
    ANEW = "anew"  # a text has changed after it was approved, and is not sent out again
    REFUSED = "refused"  # an organisation has said no to a text, and nothing has come of it yet
    READY = "ready"  # what is written together is complete, and can be ended
    BOARD = "board"  # what has been shown is put together and voted on
    END = "end"  # what has been shown is talked about
    BEGIN = "begin"  # nothing is open, and there is a next exercise
    RESUME = "resume"  # the group has waited, and the day on which it takes it up again has come
    RECURS = "recurs"  # a date that recurs has been, and the next one is not set
    STEP = "step"  # nothing is open, and the next exercise is in a step that is not opened yet
    OBJECTION = "objection"  # somebody has objected to a decision
    ANSWER = "answer"  # somebody else's request about something sensitive waits
    CONFIRM = "confirm"  # their own has waited long enough to be confirmed
    ADMIT = "admit"  # guests wait to be let in to the network
    KNOCK = "knock"  # somebody on the page wants to come in
    INVITE = "invite"  # guests of the event have not been sent their invitation, and there is little time left
    ASK = "ask"  # guests without the bot have not been asked what they answer to the request of an event that has been
    REQUEST = "request"  # guests with the bot have left the event without having been asked the request
    PLACE = "place"  # the network's next meeting is near, and nobody has said where it is
    NOTE = "note"  # one of the network's meetings has been, and what it came to is not written
    UNREAD = "unread"  # an incident is not read …
    UNFOLLOWED = "unfollowed"  # … or has no follow-up
    CANNOT = "cannot"  # whoever had taken something on has said that they cannot
    LEFT = "left"  # whoever had taken something on has left
    READERLESS = "readerless"  # the last one who read incidents has left
    UNREACHED = "unreached"  # the bot cannot write to somebody
    SILENT = "silent"  # somebody was reminded in vain …
    DECLINED = "declined"  # … or has said that they cannot
    AGAIN = "again"  # it is time to do an exercise once more
    SHAPE = "shape"  # what the group has decided would alter the calendar
    KEEPING = "keeping"  # something that is kept will soon be removed
    AWAY = "away"  # somebody has said when they are away


UNDER_WAY = frozenset(
    {Task.SHOW, Task.FEW, Task.LATE, Task.ANEW, Task.REFUSED, Task.READY, Task.BOARD, Task.END}
)  # what has begun, before what comes next
OF_PEOPLE = frozenset({Task.UNREACHED, Task.SILENT, Task.DECLINED})  # whom the week names elsewhere
NEXT = frozenset({Task.BEGIN, Task.STEP})  # what comes next, if nothing is open
# … and what somebody else waits for, as only whoever coordinates can do it.
WAITED_FOR = UNDER_WAY | {
    *(Task.BEGIN, Task.STEP, Task.RESUME, Task.OBJECTION, Task.ANSWER, Task.ADMIT, Task.KNOCK),
    *(Task.CANNOT, Task.UNREAD, Task.UNFOLLOWED, Task.READERLESS),
}


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A task, the title of its exercise, and its button."""

    task: Task
    title: str | None
    key: Key


def line(ctx: Context, one: OwnTask) -> str:
    """Return the line of a task, as the week and what waits have it."""
    return ctx.services.voice.label("own_hand", {"task": one.task, "title": one.title})
