"""Refusals: a handler that cannot do what was asked says why by ending there, however deep it has come.

They are for the beginning of a handler, before anything is changed: what was changed stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from bot.context.context import Actor, Context
from messages.voice import TemplateFacts

OLD_BUTTON: Final = "old_button"
Found = TypeVar("Found")


class Unmet(Exception):
    """Why a tap or a text comes to nothing: the name of a notice, its facts, and whether it must be closed by a tap."""

    def __init__(self, name: str = OLD_BUTTON, facts: TemplateFacts | None = None, *, alert: bool = False) -> None:
        super().__init__(name)
        self.name, self.facts, self.alert = name, facts, alert


def demand(holds: object, name: str = OLD_BUTTON, facts: TemplateFacts | None = None, *, alert: bool = False) -> None:
    """Go on only if something holds. Raises Unmet."""
    if not holds:
        raise Unmet(name, facts, alert=alert)


def required(thing: Found | None, name: str = OLD_BUTTON, *, alert: bool = False) -> Found:
    """Return what was looked for. Raises Unmet if it is not there."""
    if thing is None:
        raise Unmet(name, alert=alert)
    return thing


def refuse(why: str | None, *, alert: bool = False) -> None:
    """End there if there is a reason why not. Raises Unmet."""
    if why is not None:
        raise Unmet(why, alert=alert)


def told_in_private(ctx: Context, actor: Actor) -> None:
    """Say to whoever has tapped in the group that what they see comes in their own chat, or how to open that."""
    if actor.in_group:
        ctx.toast("see_private" if actor.person.reach == "reachable" else "open_in_private", alert=True)


@contextmanager
def refusals_told(ctx: Context) -> Iterator[None]:
    """Tell whoever taps or writes why a handler has refused."""
    try:
        yield
    except Unmet as refused:
        ctx.toast(refused.name, refused.facts, alert=refused.alert)
