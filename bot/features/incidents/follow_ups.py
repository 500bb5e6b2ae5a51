"""What readers note of an incident as time goes by (I.2): what it can be, and on which day.

All of it is noted with buttons, also a day of long ago, so that nothing is written that points somebody out.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.sealed_actions import Action
from bot.features.incidents import unread
from bot.features.incidents.unread import CONTACTED
from storage.records.follow_ups import OUTCOME, FollowUp
from storage.records.records import Group

# The follow-ups of an incident; "outcome_…" ends it. Their words are under `label.follow`.
SUPPORT_BEGUN, SUPPORT_ENDED = "support_begun", "support_ended"
STEPS = ("talk", SUPPORT_BEGUN, SUPPORT_ENDED)
HANDED = ("police", "social")
ANSWERS = ("yes", "no", "unknown")
LOGGED_TWICE = f"{OUTCOME}_twice"  # it is another incident's, and so not counted
OUTCOMES = (
    *(f"{OUTCOME}_{name}" for name in ("safe", "supported", "declined", "lost", "unfounded")),
    LOGGED_TWICE,
)
NOTHING_NEW = "nothing_new"  # asked after some weeks whether anything has happened
# What readers let whoever logged it know, in ready words that point out nobody: it stands on the receipt.
REPLY = "reply"
REPLIES = tuple(f"{REPLY}_{name}" for name in ("passed_on", "watched", "helped", "unfounded"))
WAYS = (
    *(*STEPS, *HANDED, OUTCOME, *(f"{name}_{answer}" for name in HANDED for answer in ANSWERS), *OUTCOMES[:-1]),
    *(CONTACTED, NOTHING_NEW),
    LOGGED_TWICE,  # new ones come last, as buttons name these by their place
    *(REPLY, *REPLIES),
)
CHOICES = {**{name: [f"{name}_{answer}" for answer in ANSWERS] for name in HANDED}, OUTCOME: OUTCOMES, REPLY: REPLIES}
DAYS = {"today": 0, "yesterday": 1, "two_days": 2, "week": 7}  # ago
EARLIER = "m"  # in a button, before how many months ago; without a number, which month is asked
BACK = 12  # months to choose among
DAY_ONE = date(2020, 1, 1)  # a chosen day is counted from it, as a button holds little
DAY = "d"
IN_A_ROW, MONTHS_IN_A_ROW = 7, 2


def ended(followed: Sequence[FollowUp]) -> bool:
    """Return whether somebody has noted how the incident ended."""
    return any(one.values["what"] in OUTCOMES for one in followed)


def kinds(followed: Sequence[FollowUp]) -> set[str]:
    """Return what has been noted."""
    return {one.values["what"] for one in followed}


def contacted(followed: Sequence[FollowUp]) -> bool:
    """Return whether a reader has been in touch with whoever logged the incident."""
    return any(one.values["what"] == CONTACTED for one in followed)


def is_there(followed: Sequence[FollowUp], what: str, day: date, known: int | None) -> bool:
    """Return whether this is noted already. `known`: how many were noted when the day was asked for.

    Two talks can be held on one day; a second tap on the button that noted the first one is none.
    """
    alike = any(one.values == {"what": what, "day": day.isoformat()} for one in followed)
    return alike and (what not in STEPS or (known is not None and known != len(followed)))


def way(ctx: Context, group: Group, id: str, name: str) -> Key:
    """Return a button for a follow-up, which it names by its place, as the name may be too long."""
    return Key(ctx.services.voice.label(f"follow.{name}"), Action("follow", group.id, 0, f"{id}:{WAYS.index(name)}"))


def chosen_day(ctx: Context, said: str) -> date | None:
    """Return the day that a button names; None if another one is still to be chosen."""
    if said.startswith(DAY):
        return DAY_ONE + timedelta(days=int(said.removeprefix(DAY)))
    return ctx.today - timedelta(days=int(said)) if said.isdecimal() else None


def days(ctx: Context, group: Group, asked: str, said: str, known: int) -> tuple[str | None, list[list[Key]]]:
    """Return the month of the days to choose among (None: days of late, or months), and the buttons.

    `asked` is the incident and what is noted, as buttons have it.
    """

    def key(name: str, day: str, month: str = "") -> Key:
        return ctx.key(name, "follow", group.id, f"{asked}:{day}:{known}", month=month)

    if not said.startswith(EARLIER):
        return None, [*([key(f"ago.{day}", str(ago))] for day, ago in DAYS.items()), [key("ago.earlier", EARLIER)]]
    first = ctx.today.replace(day=1)
    months = [first]
    while len(months) <= BACK:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    if said == EARLIER:
        keys = [key("ago.month", f"{EARLIER}{ago}", month.isoformat()) for ago, month in enumerate(months)]
        return None, _rows(keys, MONTHS_IN_A_ROW)
    month = months[min(int(said.removeprefix(EARLIER)), BACK)]
    there = [month + timedelta(days=n) for n in range(31)]
    keys = [
        Key(str(day.day), Action("follow", group.id, 0, f"{asked}:{DAY}{(day - DAY_ONE).days}:{known}"))
        for day in there
        if day.month == month.month and day <= ctx.today
    ]
    return month.isoformat(), _rows(keys, IN_A_ROW)


async def take_back(ctx: Context, actor: Actor, id: int) -> None:
    """Delete what was noted by mistake; an incident that has not ended is asked about again.

    Raises NotAllowed, Unknown.
    """
    noted = await ctx.work.incidents.take_back(id, actor.member)
    number, what = noted.incident_id, noted.values["what"]
    if (what == NOTHING_NEW or what in OUTCOMES) and not await ctx.work.incidents.has_outcome(number):
        await unread.watch(ctx, actor.group, await ctx.work.incidents.get(number))


def _rows(keys: list[Key], width: int) -> list[list[Key]]:
    return [keys[n : n + width] for n in range(0, len(keys), width)]
