"""The process drawn as Mermaid text, from the definitions and the tables of the engine and the dialogue."""

from collections import defaultdict

from flows import ballots as voting
from flows.definitions.model import Exercise, Process
from flows.dialogue.dialogue import MOVES
from flows.engine.engine import PHASES
from flows.run.state import Place


def phases() -> str:
    """The phases of a run and what leads from one to another."""
    lines = ["stateDiagram-v2"]
    for event, ways in PHASES.items():
        lines += [f"    {start} --> {end or 'before'}: {event.__name__}" for start, end in ways.items()]
    return "\n".join(lines)


def ballots() -> str:
    """The phases of a ballot, and which event may lead from one to another."""
    lines = ["stateDiagram-v2", f"    [*] --> {voting.Phase.OPEN}: Asked"]
    for event, ways in voting.PHASES.items():
        for start, ends in ways.items():
            lines += [f"    {start} --> {end}: {event.__name__}" for end in voting.Phase if end in ends]
    return "\n".join(lines)


def dialogue() -> str:
    """The places where a person can stand in an exercise, and the verbs and events that lead from one to another."""
    lines = ["stateDiagram-v2", f"    [*] --> {Place.INTRO}"]
    for place, moves in MOVES.items():
        arrows: defaultdict[Place, list[str]] = defaultdict(list)
        for name, ends in moves.items():
            for end in ends:
                arrows[end].append(name)
        lines += [f"    {place} --> {end}: {', '.join(arrows[end])}" for end in Place if end in arrows]
    return "\n".join(lines)


def whole(process: Process) -> str:
    """The steps and their exercises in order."""
    lines = ["flowchart TD"]
    previous = None
    for step in process.steps:
        lines.append(f"    subgraph step{step.number}[Step {step.number} · {step.part}]")
        for name in step.exercises:
            exercise = process.exercises[name]
            lines.append(
                f"        {name}[{' '.join(exercise.serves)} {name} · {exercise.how} · {exercise.minutes} min]"
            )
        lines.append("    end")
        for name in step.exercises:
            if previous:
                lines.append(f"    {previous} --> {name}")
            previous = name
    return "\n".join(lines)


def exercise(exercise: Exercise) -> str:
    """The questions of one exercise in the order they are asked, then what happens to the answers."""
    lines = ["flowchart TD", f"    intro([{exercise.id}, {exercise.how}])"]
    previous = "intro"
    for number, question in enumerate(exercise.questions, 1):
        way = f" -->|{question.when.place} = {' / '.join(question.when.options)}| " if question.when else " --> "
        optional = "" if question.required else ", optional"
        lines.append(f"    {previous}{way}q{number}[{question.id}: {question.kind}{optional}]")
        previous = f"q{number}"
    lines.append(f"    {previous} --> summary([{'row saved' if exercise.register else 'summary, hand in'}])")
    if exercise.verdict:
        bands = " / ".join(band.id for band in exercise.verdict.bands)
        lines.append(f"    summary --> verdict{{{exercise.verdict.measure}: {bands}}}")
    if exercise.outcome:
        lines.append(
            f"    summary -->|{exercise.outcome.question} = {exercise.outcome.option}| step{exercise.outcome.opens}"
        )
    return "\n".join(lines)
