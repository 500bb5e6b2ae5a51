"""Questions with two buttons, whether something is really to be done: their words can also be written under them.

What cannot be taken back is done by its button alone: a word may be meant for something else.
"""

import json
from dataclasses import dataclass, replace

from bot.context.message import Key
from bot.context.sealed_actions import Action
from storage.records.message_notes import MessageContext


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
    final, *told = json.loads(context.pair)
    yes, no = (Key(label, Action(verb, context.group, 0, arg)) for label, verb, arg in told)
    return Confirmation(yes, no, final)
