"""The numbers of the group's own routine (7.3): whom to call now, and at other times."""

from dataclasses import dataclass
from typing import Any, Final

from bot.context.context import Context
from bot.exercises.row_links import row_names
from bot.reminders.holidays import is_holiday
from storage.records import Group

CHAIN: Final = "chain"  # the register that holds who does what
TIMES: Final = ("daytime", "evening", "weekend")  # its fields with numbers
FIRST: Final = ("discovery", "first_contact")  # the links that somebody needs who has just seen something


@dataclass(frozen=True, slots=True)
class Number:
    """Who is reached how, for which link of the chain; `otherwise` is what to do when nobody answers."""

    link: str
    name: str
    reach: str
    otherwise: str = ""


def time_of(ctx: Context) -> str:
    """Which of the routine's times it is now: weekends and holidays, working hours, or evening and night."""
    here = ctx.now.astimezone(ctx.services.zone)
    if here.weekday() > 4 or is_holiday(here.date()):
        return "weekend"
    return "daytime" if 8 <= here.hour < 17 else "evening"


async def numbers(ctx: Context, group: Group) -> dict[str, list[Number]]:
    """The numbers by time, link by link."""
    exercise = ctx.services.process.exercises[CHAIN]
    names, links = await row_names(ctx, group, exercise), exercise.question("link").options
    rows = await ctx.work.rows.all(group.id, CHAIN)
    known = sorted(
        (row for row in rows if row.values.get("link") in links), key=lambda r: links.index(r.values["link"])
    )
    found: dict[str, list[Number]] = {time: [] for time in TIMES}
    for row in known:
        actor = names.get((row.values.get("actor") or {}).get("id", 0))
        for time in TIMES:
            if reach := row.values.get(time):
                otherwise = str(row.values.get("otherwise") or "")
                found[time].append(Number(row.values["link"], actor.title if actor else "", str(reach), otherwise))
    return found


async def first_now(ctx: Context, group: Group) -> list[Number]:
    """Whom to call at this hour when something has been seen."""
    return [number for number in (await numbers(ctx, group))[time_of(ctx)] if number.link in FIRST]


async def whole(ctx: Context, group: Group) -> dict[str, Any]:
    """All of it in words: those for this hour first, then what is different at other times."""
    found, now, words = await numbers(ctx, group), time_of(ctx), ctx.services.voice.exercise(CHAIN)

    def told(number: Number) -> dict[str, str]:
        link = words.option("link", number.link)
        return {"link": link, "name": number.name, "reach": number.reach, "otherwise": number.otherwise}

    others = {time: [number for number in found[time] if number not in found[now]] for time in TIMES if time != now}
    return {
        "time": words.option("hours", now),
        "now": [told(number) for number in found[now]],
        "others": [(words.option("hours", time), [told(n) for n in its]) for time, its in others.items() if its],
    }
