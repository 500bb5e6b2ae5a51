"""Messages, and what else is said: values, before it is known which channel sends them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from bot.context.cut import cut
from bot.context.fold import folded
from bot.context.sealed_actions import Action
from messages.structure.blocks import Body
from storage.json_records import JsonObject
from storage.records.message_notes import AboutMember, AboutRow, AnswerNote, MessageContext
from storage.records.records import Group, group_chat


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a keyboard: a label with an action, an address, or words to copy.

    What is copied (at most 256 characters: Bot API, CopyTextButton) also stands in the text, for apps that cannot.
    `says`: "yes", "no" or "undo" if its message offers it, so that the bare word presses it too (`bot.context.offer`);
    "either" if the message asks something else as well.
    """

    label: str
    action: Action | None = None
    url: str | None = None
    copy: str | None = None
    says: str = ""


def when(shown: object, *keys: Key) -> list[Key]:
    """Return a row of these keys if they are to be shown, else an empty one, which stands in no keyboard."""
    return list(keys) if shown else []


OBJECTION = "objection"  # wants the reason for an objection to a decision
Keys = Sequence[Sequence[Key]]


def numbered(keys: Keys) -> Keys:
    """Return the keys with different labels: those that would read the same are numbered."""
    labels = [key.label for row in keys for key in row]
    if len(set(labels)) == len(labels):
        return keys
    there: dict[str, list[Key]] = {}
    rows: list[list[Key]] = []
    for row in keys:
        fresh = [key for key in row if key not in there.get(key.label, ())]  # the same button twice is shown once
        rows.append([])
        for key in fresh:
            alike = there.setdefault(key.label, [])
            alike.append(key)
            rows[-1].append(replace(key, label=f"{key.label} ({len(alike)})") if len(alike) > 1 else key)
    return rows


@dataclass(slots=True)
class CallbackAnswer:
    """The answer to a tap, given once the transaction is committed. Every tap gets one."""

    query_id: str
    text: str | None = None
    alert: bool = False


@dataclass(frozen=True, slots=True)
class StrangerMessage:
    """A message to somebody unknown, sent once after the commit and kept nowhere: if it is lost, it is lost."""

    chat_id: int
    body: Body
    thread: int | None = None
    unless_ours: bool = False  # sent a little later, and not if the chat has become one of the bot's groups by then


class Manner(TypedDict, total=False):
    """The manner in which a message is sent, besides its words and keyboard: fields of `Message`."""

    slot: str | None
    living: bool
    context: MessageContext | None
    thread: int | None
    write_for: str | None
    reply_to: int | None
    reply: AnswerNote | None
    patient: bool
    silent: bool
    aside: bool


class EditManner(Manner, total=False):
    """The same for messages that may replace another."""

    edit: int | None


class AnyManner(EditManner, total=False):
    """The same for messages about any group."""

    about: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message, before it is known which channel sends it."""

    body: Body
    keys: Keys = ()
    about: int | None = None  # the group whose words it carries, and whose key seals it
    slot: str | None = None  # the name by which later edits find it
    living: bool = False  # the message that was last sent in its slot is edited instead
    edit: int | None = (
        None  # this message is edited; 0, where a button's words were said and none was tapped: a new one
    )
    context: MessageContext | None = None  # what a reply to it is about
    thread: int | None = None  # the topic of the group's chat
    write_for: str | None = None  # open the writing field, with this hint in it
    reply_to: int | None = None
    reply: AnswerNote | None = None  # what to do once it is sent, if it is new (see `bot.assembly.channel_results`)
    patient: bool = False  # nobody waits for it: other chats go first
    silent: bool = False  # it is there when one looks, and no phone sounds
    aside: bool = False  # only for Telegram, and left out of copies of the chat
    shut: bool = False  # see `bot.context.message_names`
    folds: bool = False  # likewise
    alone: bool = False  # likewise

    def __post_init__(self) -> None:
        if self.edit == 0:
            object.__setattr__(self, "edit", None)

    def with_keys(self, keys: Keys) -> "Message":
        """Return the message with these keys."""
        return self if keys is self.keys else replace(self, keys=keys)

    def parts(self, longest: int) -> Iterator["Message"]:
        """Split the message into parts of at most so many UTF-16 units; the keyboard is under the last one."""
        bodies = cut(folded(self.body), longest)
        if self.living:
            bodies = bodies[:1]  # a card is a single message, and shortened if need be
        if bodies == [self.body] and (self.edit is None or self.reply is None):
            yield self
            return
        for number, body in enumerate(bodies):
            first, last = number == 0, number == len(bodies) - 1
            yield replace(
                self,
                body=body,
                keys=self.keys if last else (),
                slot=self.slot if last or self.slot is None else f"{self.slot}#{number}",
                edit=self.edit if first else None,
                context=self.context if last else None,
                write_for=self.write_for if last else None,
                reply_to=self.reply_to if first else None,
                reply=self.reply if first and self.edit is None else None,
            )

    @property
    def is_bare(self) -> bool:
        """True if nothing stands under it, and another line may join it."""
        return not (any(self.keys) or self.alone or self.aside)


def topic(group: Group, chat: str) -> JsonObject:
    """Return the topic that a message to this chat goes to: in the group's own, the one the bot writes in."""
    return {"topic": group.thread_id} if chat == group_chat(group.id) and group.thread_id else {}


def matter_of(context: MessageContext) -> str | None:
    """Return the matter of a message's context: what a feature asks for in a group, or a run; None for none.

    The reasons for objections to several decisions are each a matter of its own, and what is asked about several rows.
    """
    if context.want == OBJECTION:
        return f"{context.want}:{context.group}:{context.what}"
    if context.want:
        member, row = context.of(AboutMember), context.of(AboutRow)
        about = f":{member.to}" if member else f":row:{row.row}" if row else ""
        return f"{context.want}:{context.group}{about}"
    return f"run:{context.run}" if context.run else None
