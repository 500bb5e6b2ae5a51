"""What became of what went out: a channel's outcomes and errors, and its answers to what it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final, Literal

Commands = Sequence[tuple[str, str]]  # each with what it does


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's membership in a group's chat."""

    inside: bool
    admin: bool


NOBODY: Final = Membership(inside=False, admin=False)  # the channel knows nobody like this in the chat

# The channel's answer to an item: the id of a message, its name for a file, the ids of the administrators (also of
# the bot), somebody's membership; True if there is no more to say.
Answer = int | str | list[int] | Membership | Literal[True]


class Fate(Enum):
    """The outcome of a call, which says what to do if it failed."""

    SENT = "sent"
    WAIT = "wait"  # nothing was done: the channel asks to wait, or is down
    UNSURE = "unsure"  # no response, or none that can be read: it may have been done
    BLOCKED = "blocked"  # the person or group has blocked the bot
    MIGRATED = "migrated"  # the group has a new id
    DONE = "done"  # it is already so
    REFUSED = "refused"  # it will never succeed in this form
    CONFLICT = "conflict"  # another program polls with the token
    BAD_TOKEN = "bad_token"  # noqa: S105 - the name of a fate, not a secret


class Refusal(Enum):
    """A refusal that can be met with another form of the message."""

    NO_TOPIC = "no_topic"
    BAD_TEXT = "bad_text"  # the HTML cannot be read
    NOBODY = "nobody"  # nobody like this is in the chat: an answer rather than a refusal


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """The outcome of an item of the outbox."""

    fate: Fate
    message_id: int | None = None  # of a message that was sent
    answer: Answer | None = None
    error: str = ""  # the kind of the error
    refusal: Refusal | None = None
    wait: timedelta | None = None  # asked for
    late: bool = False  # no answer in time: it may well have been done
    moved_to: int | None = None  # the chat's new id


class Away(Exception):
    """The call failed for now: no network, or the channel is not well, or it asks the bot to wait."""

    def __init__(self, error: str, wait: timedelta | None = None) -> None:
        """`error` names the kind of error; `wait` is what the channel asks for."""
        super().__init__(error)
        self.error, self.wait = error, wait


class Declined(Away):
    """The channel refuses the call, and would refuse it again."""


class Unusable(Exception):
    """An operator has to act before anything can go on. `fate` says why: CONFLICT or BAD_TOKEN."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.value)
        self.fate = fate
