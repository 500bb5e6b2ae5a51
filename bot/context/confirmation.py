"""Questions with two buttons, whether something is really to be done: their words can also be written under them.

What cannot be taken back is done by its button alone: a word may be meant for something else. All of it belongs to the
visit in which somebody wanted it done: later the buttons are there, but what is written is about something else. What
others are asked, who may answer the next day, is an offer (`bot.context.offer`) or an open question.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.context.message import Key
from bot.context.sealed_actions import Action
from storage.records.message_notes import MessageContext
from storage.table import seconds

VISIT: Final = timedelta(hours=1)  # how long what is written under such a question may be about it, if it is no reply


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a message asks. `final`: the yes cannot be taken back."""

    yes: Key
    no: Key
    final: bool


def context_of(yes: Key, no: Key, *, final: bool = False) -> MessageContext:
    """Return the context of a message that asks with these two buttons, both about the same group."""
    return beside(MessageContext(), yes, no, final=final)


def beside(context: MessageContext, yes: Key, no: Key, *, final: bool = False) -> MessageContext:
    """Return the context of a message that asks with these two buttons, and is about something else, too."""
    assert yes.action is not None
    told = [[key.label, key.action.verb, key.action.arg] for key in (yes, no) if key.action]
    return replace(context, group=yes.action.run, pair=json.dumps([final, *told], ensure_ascii=False))


def asked_in(context: MessageContext) -> Confirmation | None:
    """Return what a message asks with its two buttons, None if it asks no such thing."""
    if not context.pair:
        return None
    final, told_yes, told_no, *_ = json.loads(context.pair)
    yes, no = (Key(label, Action(verb, context.group, 0, arg)) for label, verb, arg in (told_yes, told_no))
    return Confirmation(yes, no, final)


def ends(now: datetime) -> int:
    """Return the second in which a visit ends that begins now."""
    return seconds(now + VISIT)


def begun(now: datetime, context: MessageContext | None) -> MessageContext | None:
    """Return the context of a message that is sent now: what it asks to be confirmed is asked in this visit."""
    if context is None or not context.pair:
        return context
    pair = [*json.loads(context.pair)[:3], ends(now)]
    return replace(context, pair=json.dumps(pair, ensure_ascii=False))


def as_of(now: datetime, context: MessageContext) -> MessageContext:
    """Return what a message is still about: what it asked to be confirmed in an earlier visit it asks no more."""
    until = [*json.loads(context.pair)[3:], 0][0] if context.pair else 0  # one of an older release has no end
    return context if seconds(now) <= until else replace(context, pair="")
