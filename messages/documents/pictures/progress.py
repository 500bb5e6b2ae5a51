"""The way so far: every step with its exercises, and the five sub-goals."""

from messages.documents.blocks import Figure
from messages.documents.facts import Facts


def figure(facts: Facts) -> Figure | None:
    """Steps as a path, sub-goals as bars."""
    where = facts.material.progress
    if where is None:
        return None
    process, words = facts.voice.book("process"), facts.words
    steps = [
        {
            "number": step.number,
            "name": process[f"step.{step.number}.title"],
            "state": step.state,
            "label": words(f"picture.progress.{step.state}"),
            "done": sum(stop.state == "done" for stop in step.stops),
            "of": len(step.stops),
        }
        for step in where.steps
    ]
    goals = [{"name": process[f"goal.{goal}.short"], "share": share} for goal, share in where.goals.items()]
    said, title = {"steps": steps, "goals": goals}, words("picture.progress.goals")
    return facts.drawn("progress", said, goals_title=title, steps=steps, goals=goals)
