"""What a message offers beside what it says: "Är du borta de dagarna? Tryck på knappen".

Nobody has to answer it, and so it is no question that is open. But as long as it is the last thing that was said to
somebody, a bare yes or no is about it, and so is what its button would ask for.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.context.message import Keys
from bot.context.sealed_actions import Action
from storage.records.message_notes import MessageContext


@dataclass(frozen=True, slots=True)
class OfferMade:
    """What a bare yes, a bare no, and words that take back what was just done press.

    `takes`: the text that it takes without having asked (a name of routes). `until`: in seconds, of what belongs to the
    visit in which it was asked or done, as with `bot.context.confirmation`; 0 as long as nothing else is said.
    `either`: the message asks something else, too, so that a yes does not say which.
    """

    yes: Action | None = None
    no: Action | None = None
    takes: str = ""
    undo: Action | None = None
    until: int = 0
    either: bool = False

    def beside(self, context: MessageContext) -> MessageContext:
        """Return the context of a message that makes this offer and is about this."""
        told = [[one.verb, one.run, one.ask, one.arg] if one else [] for one in (self.yes, self.no, self.undo)]
        return replace(context, offer=json.dumps([self.takes, *told, self.until, self.either], ensure_ascii=False))


def offered_in(context: MessageContext) -> OfferMade | None:
    """Return what a message offers, None if it offers nothing."""
    if not context.offer:
        return None
    takes, yes, no, undo, until, either = json.loads(context.offer)
    return OfferMade(_action(yes), _action(no), takes, _action(undo), until, either)


def _action(told: Sequence[str | int]) -> Action | None:
    return Action(str(told[0]), int(told[1]), int(told[2]), str(told[3])) if told else None


def offering(context: MessageContext | None, keys: Keys, visit: int) -> MessageContext | None:
    """Return the context of a message with what its buttons offer. Two that a yes could mean are no offer. `visit`: the
    second in which this visit ends, and with it what takes back what was just done.
    """
    meant = [(key.says, key.action) for row in keys for key in row if key.says]
    said = dict(meant)
    if not meant or len(said) < len(meant):
        return context
    undo, offer = said.get("undo"), offered_in(context) if context else None
    takes = offer.takes if offer else ""  # the words that it takes may change what its button takes back
    made = OfferMade(said.get("yes"), said.get("no"), takes, undo, until=visit if undo else 0, either="either" in said)
    return made.beside(context or MessageContext())
