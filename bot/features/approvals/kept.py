"""The stored state of a text that organisations approve."""

from bot.context.context import Context
from bot.exercises import approved_texts
from bot.exercises.approved_texts import APPROVAL, readings
from flows.definitions.model import Exercise
from storage.json_records import JsonObject
from storage.records.records import Group


async def kept_of(ctx: Context, group: Group, exercise: Exercise) -> tuple[JsonObject, int]:
    """Return the stored state of a text, and the number of its present version."""
    state = await ctx.work.activity_states.state(group.id, APPROVAL, exercise.id)
    empty: JsonObject = {name: {} for name in ("given", "aside", "overruled", "outside")}
    kept = {"versions": [], "before": [], "gone": [], "changing": [], **empty, **(state or {})}
    kept |= {name: dict(kept[name]) for name in ("given", "aside", "overruled", "outside")} | {
        "before": list(kept["before"])
    }
    found = await approved_texts.mark(ctx, group, exercise)
    there = [number for number, version in enumerate(kept["versions"], 1) if found in readings(version)]
    if not there:
        spoken_of = {given["version"] for given in (*kept["given"].values(), *kept["before"])}
        made = kept["versions"] if len(kept["versions"]) in spoken_of else kept["versions"][:-1]
        kept["versions"] = [*made, {"mark": found, "on": ctx.today.isoformat()}]
        there = [len(kept["versions"])]
    return kept, there[-1]  # the newest: a number that is put right can be what it was in an earlier version
