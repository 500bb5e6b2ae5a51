"""Questions with two buttons, whether something is really to be done: their words can also be written under them.

What cannot be taken back is done by its button alone: a word may be meant for something else.
"""

import json
from dataclasses import dataclass
from typing import Final

from bot.context.message import Key
from bot.context.sealed_actions import Action
from storage.records.message_notes import MessageContext

SURE: Final = "sure"
ANSWERED: Final = MessageContext()  # of what takes the place of a question that a tap has answered: it asks no more


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a message asks. `final`: the yes cannot be taken back."""

    yes: Key
    no: Key
    final: bool


def context_of(yes: Key, no: Key, *, final: bool = False) -> MessageContext:
    """Return the context of a message that asks with these two buttons, both about the same group."""
    assert yes.action is not None
    told = [[key.label, key.action.verb, key.action.arg] for key in (yes, no) if key.action]
    return MessageContext(group=yes.action.run, what=json.dumps([SURE, final, *told], ensure_ascii=False))


def asked_in(context: MessageContext) -> Confirmation | None:
    """Return what a message asks with its two buttons, None if it asks no such thing."""
    if not context.what.startswith(f'["{SURE}"'):
        return None
    _, final, *told = json.loads(context.what)
    yes, no = (Key(label, Action(verb, context.group, 0, arg)) for label, verb, arg in told)
    return Confirmation(yes, no, final)
