"""Notes that the outbox keeps with a message: what a reply to it answers, and what the channel's answer is for."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class AboutRow:
    """A row of a register, or an absence."""

    row: int


@dataclass(frozen=True, slots=True)
class AboutMeeting:
    """A meeting of the calendar."""

    meeting: int


@dataclass(frozen=True, slots=True)
class MeetingMoved(AboutMeeting):
    """A meeting that is moved: alone, or with those after it."""

    how: str


@dataclass(frozen=True, slots=True)
class TimesGiven(AboutMeeting):
    """A meeting for which times are proposed, and those given so far, a line each."""

    so_far: str


@dataclass(frozen=True, slots=True)
class AboutMember:
    """A member who has been given the pen, or has asked something before."""

    to: int


@dataclass(frozen=True, slots=True)
class Asker(AboutMember):
    """A member who waits for an answer, and what they have asked, in their own words."""

    asked: str


@dataclass(frozen=True, slots=True)
class AboutQuestion:
    """A question of a round whose date has been."""

    question: str


@dataclass(frozen=True, slots=True)
class AboutCluster(AboutQuestion):
    """A cluster of notes on a board that is to have a name."""

    cluster: int


@dataclass(frozen=True, slots=True)
class AboutName:
    """A rule of how long things are kept, or an exercise that somebody asks about."""

    name: str


@dataclass(frozen=True, slots=True)
class AboutArea:
    """A part of town, by its mark."""

    area: str


@dataclass(frozen=True, slots=True)
class AboutOwner:
    """Whose word about a text is noted, or whose no the group goes on against."""

    owner: str


@dataclass(frozen=True, slots=True)
class HistoryShown:
    """An answer whose versions are shown."""

    history: int


@dataclass(frozen=True, slots=True)
class CommandAsked:
    """A command that asks for its group, and what followed it."""

    command: str
    arguments: str = ""
    promised: bool = False  # it waits until a new promise is answered
    bare: bool = False  # nothing would be lost: it does not wait


About = (
    AboutRow
    | AboutMeeting
    | MeetingMoved
    | TimesGiven
    | AboutMember
    | Asker
    | AboutQuestion
    | AboutCluster
    | AboutName
    | AboutArea
    | AboutOwner
    | HistoryShown
    | CommandAsked
)
A = TypeVar("A", bound=About)


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What a message is about: a question, or a text that a feature waits for; and how it is sent and shown."""

    run: int = 0  # the round of an exercise; 0 for none
    key: str = ""  # the question in it
    seen: int | None = None  # the version of a shared answer that it shows; 0 for none yet
    asks: bool = False  # it asks for something that a text can answer
    want: str = ""  # the text that a feature waits for: a name of its routes
    group: int = 0  # in which group; 0 for none
    what: str = ""  # what is put to somebody there: "step:6", a decision
    pair: str = ""  # two buttons, a yes and a no, that can be answered in words (`bot.context.confirmation`)
    offer: str = ""  # what it offers beside: buttons that a bare word presses, a text (`bot.context.offer`)
    check_in: int = 0  # the one that is asked, beside whatever else
    about: About | None = None  # what the feature needs to go on
    held: str | None = None  # what was given and points somebody out, until it is to stand
    words: str = ""  # in a group: the fingerprint of what the message says
    # -- how it is sent and shown
    once: bool = False  # never sent again, even if it may not have arrived
    repeated: bool = False  # it has been sent again for that reason
    passed: bool = False  # something else was sent after it, so a bare word is no answer to it without doubt
    page: bool = False  # a page, in whose place the next one comes
    incident: bool = False  # it shows an incident to a reader

    def of(self, kind: type[A]) -> A | None:
        """Return what it is about, if that is of this kind."""
        return self.about if isinstance(self.about, kind) else None

    def the(self, kind: type[A]) -> A:
        """Return what it is about, which is of this kind. Raises TypeError."""
        if isinstance(self.about, kind):
            return self.about
        raise TypeError(kind.__name__)

    @property
    def settled(self) -> "MessageContext":
        """What takes the place of a message is about: what was asked with two buttons, or offered, is so no more."""
        asked = self.pair or self.offer
        left = replace(self, pair="", offer="") if asked else self
        return MessageContext() if asked and left == MessageContext(group=self.group) else left

    @property
    def only_holds(self) -> bool:
        """True for a message that asks for nothing, and keeps a text that may be meant for somebody: what is written
        next is no answer to it."""
        return self.holds and not self.pair

    @property
    def holds(self) -> bool:
        """True for a message that keeps a text which nobody has been sent, whether or not it asks if it is to be."""
        return self.held is not None and not self.want


class Purpose(StrEnum):
    """What the channel's answer is for."""

    ADMINS = "admins"
    COORDINATOR = "coordinator"
    MEMBER = "member"
    PIN = "pin"
    PINNED = "pinned"
    ROLL = "roll"
    READER = "reader"
    RIGHTS = "rights"
    FILE = "file"
    DELETED = "deleted"
    HIDDEN = "hidden"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class AnswerNote:
    """What to do next once the channel has answered."""

    what: Purpose
    group: int
    person: int = 0
    member: int = 0
    by: int = 0  # whose account asked; 0 for nobody who is known
    name: str = ""
    over: int | None = None  # the member whose seat is taken over
    # -- a reader's button that waits
    message: int | None = None
    verb: str = ""
    arg: str = ""
    # -- a file
    fingerprint: str = ""
    again: bool = False  # the channel was named a file that it has
    chat: str = ""
    document: str = ""
    form: str = ""
    # -- messages that leave a chat
    ids: tuple[int, ...] = ()
    older: tuple[int, ...] = ()  # and those after them
