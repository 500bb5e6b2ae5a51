"""Compares heads of the access log that were kept elsewhere with the log (threat T14)."""

from collections.abc import Iterable
from datetime import date

from bot.features.incidents import retention
from flows.dates.months import add_months
from storage.records.access_log import Head, HeadVerdict
from storage.store import UnitOfWork

BROKEN = (HeadVerdict.CUT, HeadVerdict.CHANGED)


async def verdicts(work: UnitOfWork, heads: Iterable[Head], today: date) -> dict[Head, HeadVerdict | None]:
    """Return a verdict on each head; None if its group is not here, or was erased."""
    of_group: dict[int, list[Head]] = {}
    for head in heads:
        of_group.setdefault(head.group_id, []).append(head)
    found: dict[Head, HeadVerdict | None] = {}
    for group_id, its in of_group.items():
        group = await work.groups.lookup(group_id)
        if group is None or group.state == "erased":
            found |= dict.fromkeys(its)
        else:
            kept_from = add_months(today, -retention.months(group, "access_log", retention.ALWAYS["access_log"]))
            found |= await work.access_log.check(group_id, its, kept_from)
    return found
