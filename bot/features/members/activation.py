"""Activation codes: how an operator lets a group in.

A code is sealed with a key of the operator's and carries its own end, so making one needs no database and disturbs no
running bot. Nothing is stored until it is spent; then a keyed hash of it is, which makes it good for one group only.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_hex

from bot.context.sealed_actions import LINK, Action, Buttons
from storage.store import UnitOfWork

VERB = "activate"
CONSENT = "consent"  # of an operator's consent despite an objection, see `second_approval`
WAY_BACK = "wayback"  # for those who coordinate and are signed out, see `handover`
GOOD_FOR = timedelta(days=7)


class CodeVerdict(StrEnum):
    """The verdict on a code that somebody gave."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    SPENT = "spent"


def new_code(buttons: Buttons, now: datetime, verb: str = VERB) -> str:
    """Return a code that is valid once, for seven days from `now` (UTC); it fits in a deep link."""
    end = int((now + GOOD_FOR).timestamp())
    return buttons.seal(LINK, Action(verb, arg=f"{end:x}-{token_hex(5)}"))


async def look(
    work: UnitOfWork, buttons: Buttons, code: str, group_id: int | None, now: datetime, verb: str = VERB
) -> CodeVerdict:
    """Return the verdict on a code without spending it; `group_id` is None for a group that is not yet served.

    A code that the same group spent before is accepted again, as updates may come twice.
    """
    action = buttons.open(LINK, code)
    if action is None or action.verb != verb:
        return CodeVerdict.UNKNOWN
    spent = await work.links.find(code)
    if spent is not None:
        return CodeVerdict.ACCEPTED if spent.group_id == group_id else CodeVerdict.SPENT
    return CodeVerdict.EXPIRED if _end(action) <= now else CodeVerdict.ACCEPTED


async def spend(
    work: UnitOfWork, buttons: Buttons, code: str, group_id: int, now: datetime, verb: str = VERB
) -> CodeVerdict:
    """Spend a code for a group."""
    verdict = await look(work, buttons, code, group_id, now, verb)
    action = buttons.open(LINK, code)
    if verdict is CodeVerdict.ACCEPTED and action is not None and await work.links.find(code) is None:
        await work.links.add(code, verb, group_id=group_id, expires_at=_end(action))
    return verdict


def _end(action: Action) -> datetime:
    return datetime.fromtimestamp(int(action.arg.partition("-")[0], 16), UTC)
