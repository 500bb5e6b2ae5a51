"""What stands in an adopted text beside the words that were approved: it stays as it was approved.

It is kept with the version. The lawyer's words and until when a text holds are printed as they were then, until the
organisations approve another version. Whom to reach, and what lacked then, is put right at once: nobody is to call an
old number. The version is the same one then, and says since when it is put right, and what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flows.definitions.loader import the_process
from flows.definitions.model import Exercise
from flows.enums import ExerciseRole, Field
from flows.phone import dialled, services_in, with_number
from messages.documents.facts import Facts
from messages.documents.material import Material, Round, Said, Swap, Version
from messages.documents.own_look import OwnLook

LASTING: Final = frozenset({Field.PLAN_UNTIL, Field.PLAN_REVIEW, Field.ROUTINE_UNTIL, Field.LAW})
ANSWERS, LAW = "answers", "lawyer"  # what is kept: the facts about the town, the words of the operator's lawyer, …
SWAPS, CHAT = "swaps", "chat"  # … how many numbers had been changed by then, and the text as it is read in the chat


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right in an adopted text: what it is called, and on which day."""

    what: str
    on: date


def standing_of(material: Material) -> Mapping[str, Any]:
    """Return what is to be kept with a version that has been approved."""
    said = material.rounds.get(_town().id, Round()).said
    return {ANSWERS: {one.question: one.value for one in said}, LAW: material.law, SWAPS: len(material.names.swaps)}


def as_adopted(material: Material, version: Version | None) -> Material:
    """Return the material with what lasts as it was when this version was adopted; as it is if that was not kept."""
    if version is None or version.standing is None:
        return material
    town, then = _town(), version.standing[ANSWERS]
    lasting = _lasting(town, then)
    known = material.rounds.get(town.id, Round())
    said = tuple(one for one in known.said if one.question not in lasting)
    said += tuple(Said(question, then[question], version.adopted or version.on) for question in sorted(lasting))
    law, own = version.standing[LAW], material.own
    if law != material.law:
        own = replace(own or OwnLook(), law=law)
    return replace(material, rounds={**material.rounds, town.id: replace(known, said=said)}, own=own)


def corrections(facts: Facts, version: Version | None) -> list[Correction]:
    """Return what was put right since this version was adopted, of all that its document tells: `facts` has told it.

    A number that was put right and is again as it was is none. Of a version that was adopted before this was kept, a
    later day than that of the approval tells.
    """
    if version is None or version.adopted is None:
        return []
    town = _town()
    told = {question for exercise, question in facts.told if exercise == town.id}
    found = [one for one in facts.material.rounds.get(town.id, Round()).said if one.question in told]
    swaps = _net(_since(facts.material, version)) if facts.tells_numbers else []
    here = [Correction(facts.words("changes.swapped", old=s.old, new=s.new), s.on) for s in swaps]
    others = (one for one in found if _is_other(town, one, version) and not _is_swapped(one, version, swaps))
    return [*here, *(Correction(facts.short(town.id, one.question), one.on) for one in others)]


def awaiting(material: Material, version: Version | None) -> list[str]:
    """Return what reads otherwise now, by the ids of questions (or `LAW`), and waits for the next version."""
    if version is None or version.standing is None:
        return []
    town, then = _town(), version.standing[ANSWERS]
    now = {one.question: one.value for one in material.rounds.get(town.id, Round()).said}
    other = [name for name in _lasting(town, then) if now.get(name) != then[name]]
    return other + [LAW] * (material.law != version.standing[LAW])


def _lasting(town: Exercise, then: Mapping[str, Any]) -> list[str]:
    """Return the questions whose answers, kept as they were, last until another version is approved."""
    return [question.id for question in town.questions if question.role in LASTING and then.get(question.id)]


def _is_other(town: Exercise, now: Said, version: Version) -> bool:
    question = town.question(now.question)
    if version.standing is None:
        return bool(question.reaches) and version.adopted is not None and now.on > version.adopted
    then = version.standing[ANSWERS].get(question.id)
    return now.value != then and not (question.role in LASTING and then)


def _since(material: Material, version: Version) -> Sequence[Swap]:
    if version.standing is not None:
        return material.names.swaps[version.standing[SWAPS] :]
    return [swap for swap in material.names.swaps if version.adopted and swap.on > version.adopted]


def _net(swaps: Sequence[Swap]) -> list[Swap]:
    """Return what the swaps have come to: one that was swapped twice stands once, and one that is back not at all."""
    found: list[Swap] = []
    for swap in swaps:
        before = next((one for one in found if dialled(one.new) == dialled(swap.old)), None)
        found = [one for one in found if one is not before]
        first = before.old if before else swap.old
        if dialled(first) != dialled(swap.new):
            found.append(Swap(first, swap.new, swap.on))
    return found


def _is_swapped(now: Said, version: Version, swaps: Sequence[Swap]) -> bool:
    """True if a swap explains all that is other in this answer."""
    then = str(version.standing[ANSWERS].get(now.question) or "") if version.standing is not None else ""
    for swap in swaps:
        then = with_number(then, dialled(swap.old), swap.new)
    return then == str(now.value)


def numbers(material: Material) -> set[str]:
    """Return the numbers in the chain of those who act, as they are dialled."""
    routine = the_process().with_role(ExerciseRole.ROUTINE)
    said = (
        row.values.get(hour) for row in material.registers[routine.id] for hour in routine.field(Field.HOURS).options
    )
    return {number for text in said if text for number in services_in(str(text))}


def checked(material: Material) -> dict[str, date]:
    """Return those of them that were called right, with the day on which each last was."""
    return {number: on for number, on in material.names.checked.items() if number in numbers(material)}


def latest(found: Iterable[Correction]) -> date | None:
    """Return the day of the newest of these; None if nothing was put right."""
    return max((one.on for one in found), default=None)


def _town() -> Exercise:
    return the_process().with_role(ExerciseRole.TOWN)
