"""The plan's measures (6.3): what it wants to reach year by year, and what it came to at each yearly look (8.2)."""

from flows.definitions.roles import YEARS
from flows.enums import ExerciseRole, Field, Picture
from messages.documents.blocks import Figure
from messages.documents.facts import Facts

MOST = 8  # measures in one picture


def figure(facts: Facts) -> Figure | None:
    """For each measure four columns: how it was when the plan was written, and what was wanted of each of the three
    years beside what it came to.
    """
    exercise = facts.process.with_role(ExerciseRole.MEASURES)
    rows = facts.stored(exercise.id)[:MOST]
    if not rows:
        return None
    words = facts.words
    what, now = exercise.field(Field.WHAT).id, exercise.field(Field.NOW).id
    wanted = [exercise.field(year).id for year in YEARS]
    measures = []
    for row in rows:
        came = facts.material.outcomes.get(row.number, ())
        columns = [{"name": words("picture.measures.today"), "goal": None, "outcome": row.values.get(now)}]
        for place, year in enumerate(wanted):
            outcome = came[place] if place < len(came) else None
            columns.append({"name": facts.short(exercise.id, year), "goal": row.values.get(year), "outcome": outcome})
        most = max((value or 0 for column in columns for value in (column["goal"], column["outcome"])), default=0)
        measures.append({"name": str(row.values[what]), "columns": columns, "most": max(1, most)})
    told = words("picture.measures.outcome") if any(facts.material.outcomes.values()) else ""
    if told:  # the picture is no older than its figures
        facts.changed(facts.process.with_role(ExerciseRole.FIGURES).id)
    begins = facts.begins()
    on = facts.dated(begins) if begins else ""
    said, start = {"measures": measures, "on": on}, words("picture.measures.start", on=on)
    return facts.drawn(Picture.MEASURES, said, ["goal"], outcome=told, start=start, measures=measures)
