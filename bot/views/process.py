"""Facts of the whole process and of its steps, for the guide."""

from flows.definitions.model import TOLD, Process, Step
from messages.voice import TemplateFacts, Voice


def process_outline(voice: Voice, process: Process) -> TemplateFacts:
    """Return the facts of the whole way: its goal, sub-goals and parts, how one learns, what carries it, its book."""
    words, told = voice.book("process"), voice.book("help")
    return {
        "name": words["name"],
        "about": words["about"],
        "goals": [words[f"goal.{goal}.title"] for goal in process.goals],
        "parts": [(words[f"part.{part}.title"], words[f"part.{part}.about"]) for part in process.parts],
        "told": [(told[f"{name}.title"], told[f"{name}.text"]) for name in TOLD],
    }


def step_outline(voice: Voice, step: Step) -> TemplateFacts:
    """Return a step's guide: why, what it takes, tips, and which sub-goals it serves."""
    words, number = voice.book("process"), step.number
    return {
        "number": number,
        "part": (words[f"part.{step.part}.title"], words[f"part.{step.part}.about"]),
        "goals": [words[f"goal.{goal}.short"] for goal in step.goals],
        "tips": words.list(f"step.{number}.tips"),
        "outward": False,  # whether some of its exercises are marked as such
        **{name: words[f"step.{number}.{name}"] for name in ("title", "guide", "work", "who", "result")},
    }
