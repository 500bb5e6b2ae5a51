"""Notes that the outbox keeps with a message: what a reply to it answers, and what the channel's answer is for."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What a message is about. Each feature fills in what it needs to go on, and leaves the rest."""

    run: int = 0  # the round of an exercise; 0 for none
    key: str = ""  # the question in it
    seen: int | None = None  # the version of a shared answer that it shows; 0 for none yet
    asks: bool = False  # it asks for something that a text can answer
    want: str = ""  # the text that a feature waits for: a name of its routes
    group: int = 0  # in which group; 0 for none
    held: str | None = None  # what was given and points somebody out, until it is to stand
    words: str = ""  # in a group: the fingerprint of what the message says
    # -- how it is sent and shown
    once: bool = False  # never sent again, even if it may not have arrived
    repeated: bool = False  # it has been sent again for that reason
    passed: bool = False  # something else was sent after it, so a bare word is no answer to it without doubt
    page: bool = False  # a page, in whose place the next one comes
    incident: bool = False  # it shows an incident to a reader
    history: int = 0  # the answer whose versions it shows
    command: str = ""  # the command that it asks the group for
    arguments: str = ""  # and what followed it
    promised: bool = False  # … which waits until a new promise is answered
    bare: bool = False  # … with nothing that would be lost: it does not wait
    # -- what a wanted text is about
    row: int = 0
    meeting: int = 0
    check_in: int = 0
    to: int = 0  # the member who is answered, or has been given the pen
    asked: str = ""  # and what they have asked, in their own words
    question: str = ""
    cluster: int = 0
    name: str = ""  # a rule of how long things are kept
    area: str = ""  # the mark of a part of town
    what: str = ""  # "step:6", "gate:6": advice that is overruled
    owner: str = ""  # whose no to a text the group goes on against
    so_far: str = ""  # what was given of it, a line each, and waits for the rest
    how: str = ""  # a meeting is moved: alone, or with those after it

    @property
    def only_holds(self) -> bool:
        """True for a message that asks for nothing, and keeps a text that may be meant for somebody: what is written
        next is no answer to it."""
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
