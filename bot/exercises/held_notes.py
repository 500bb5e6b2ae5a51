"""Words that are to bear no name and wait for a yes: shut away as they come, opened by the button under them alone.

The engine holds a text in the visit of whoever wrote it (`flows.dialogue.identity_check`). What is stored of it is
behind a lock whose key goes to the chat, in a message that is kept nowhere. On the page nothing waits: what is said in
its conversation is kept there with its buttons, and a sheet hands in at once.
"""

from dataclasses import replace
from typing import Final

from bot.context.context import Context
from bot.context.permissions import Proof
from flows.run.events import Event, Picked
from flows.run.state import Held, Run
from storage.records.records import Member
from storage.vault.one_time_lock import new_lock, opened, shut

RELEASES: Final = "asis"  # the verb of the button that holds the key


def unlocked(run: Run, by: Member | None, event: Event) -> Run:
    """Return the run with the words that this tap has the key to, and without those that it has not."""
    held = run.visit(by.id).held if by else None
    if not by or not held or not held.lock or not isinstance(event, Picked) or event.verb != RELEASES:
        return run
    parts = [opened(event.arg, part) for part in held.shut]
    if None in parts:
        return run
    return _with(run, by, replace(held, text="\n".join(filter(None, parts)), lock="", shut=()))


def locked(ctx: Context, run: Run, by: Member | None) -> tuple[Run, str]:
    """Return the run with what waits shut away, and the key, if the lock is new; on the page without it."""
    held = run.visit(by.id).held if by and run.exercise.anonymous else None
    if not by or not held or held.apart or not held.text:
        return run, ""
    if ctx.proof is not Proof.NOT_ASKED:
        return _with(run, by, None), ""
    lock, key = (held.lock, "") if held.lock else new_lock()
    said = held.text.removeprefix("\n")  # the next part of a long one
    return _with(run, by, replace(held, text="", lock=lock, shut=(*held.shut, shut(lock, said)))), key


def _with(run: Run, by: Member, held: Held | None) -> Run:
    return run.with_visit(by.id, replace(run.visit(by.id), held=held))
