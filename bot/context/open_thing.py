"""What is open to a seat, as each feature says it: one thing, the facts of its line, and the way to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.context.message import Key
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext


class Kind(StrEnum):
    """The kinds of things that can be open to somebody: each has its words, and a feature that says when it is."""

    COMING_IN = "coming_in"  # joining, with no answer to the promise yet …
    ASKED_ANEW = "asked_anew"  # … or to its new version
    HELD = "held"  # a text of theirs, of which they have not said what it answers
    WANTED = "wanted"  # a text that a feature has asked them for
    TOWNLESS = "townless"  # a command of theirs, of which they have not said which town it is about
    READING = "reading"  # incidents, for a reader
    WISH = "wish"  # somebody wants to be contacted by them
    UNMET = "unmet"  # they want to be contacted, and have not been
    OWN = "own"  # what only who coordinates can do
    TOLD = "told"  # what concerns everybody, and can be delayed
    VOTE = "vote"  # a decision that was put to everybody
    NUMBER = "number"  # a number that somebody wants to change, and nobody else has called right
    NUMBERS = "numbers"  # numbers in the routine of which they can say that they are right still
    POLL = "poll"  # a poll about when to meet
    ASKED = "asked"  # a coordinator's question to a process leader
    CHECK_IN = "check_in"  # how they are, which they were asked
    INVITED = "invited"  # a guest's invitation, or the request after the event
    AT_DOOR = "at_door"  # a guest who waits to be let in
    MEETING = "meeting"  # a meeting that the network is called to
    BOARD = "board"  # notes that lie on a board in a chat where they are not
    CHANGED = "changed"  # what they have taken on was changed by somebody else
    TASK = "task"  # what they have taken on
    ENTRY = "entry"  # an exercise
    INVITING = "inviting"  # an invitation that they have passed on, and nobody has answered
    VACANT = "vacant"  # nobody coordinates


class Part(StrEnum):
    """Whose turn it is."""

    TODO = "todo"  # this person's
    LATER = "later"  # this person's, but not before its day is near
    WAITING = "waiting"  # somebody else's
    DONE = "done"  # nobody's: they have done their part, and can still alter it


@dataclass(frozen=True, slots=True)
class Particulars:
    """What can be asked of something that is open, in the same fields for each kind; only what its asker may know.

    `words`: by which it may be spoken of, besides its name. `above`: whether a message is about it. `progress`: how
    many have answered and who has not, as `ExerciseView.progress` has it; of a decision also how many said yes (`yes`)
    and no (`no`). `settles`: the buttons where it counts what they say of it.
    """

    name: str
    words: str
    above: Callable[[MessageContext], bool]
    until: date | None = None
    progress: TemplateFacts | None = None
    sees: str = ""
    amount: TemplateFacts | None = None  # how many questions, and how many of them are answered
    reads: tuple[Key, ...] = ()  # where its text is
    settles: tuple[tuple[Key, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One thing that is open to a seat. The list adds the town to facts and ways, for somebody who is in several.

    `told`: looks up what can be asked of it, for a kind of which anything can.
    """

    kind: Kind
    facts: TemplateFacts
    ways: tuple[Key, ...] = ()
    part: Part = Part.TODO
    told: Callable[[], Awaitable[Particulars]] | None = None
