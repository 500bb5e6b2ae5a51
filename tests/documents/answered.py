"""Towns with answers of a test's own."""

from dataclasses import replace
from datetime import date
from typing import Any

from messages.documents.blocks import Block, Document
from messages.documents.material import Material, RegisterRow, Round, Said
from messages.structure.blocks import Heading

DAY = date(2027, 2, 5)


def with_rows(material: Material, register: str, rows: list[dict[str, Any]]) -> Material:
    """The same town with these rows in a register."""
    made = tuple(RegisterRow(number, values, DAY) for number, values in enumerate(rows, 1))
    return replace(material, registers={**material.registers, register: made})


def with_answers(material: Material, exercise: str, answers: dict[str, Any]) -> Material:
    """The same town with these shared answers to an exercise."""
    said = tuple(Said(question, value, DAY) for question, value in answers.items())
    return replace(material, rounds={**material.rounds, exercise: Round(said)})


def log_of(made: Document) -> Block | None:
    """Return what stands below the heading of a document's log of changes; None where it has none."""
    title = Heading(1, "Ändringar")
    return made.blocks[made.blocks.index(title) + 1] if title in made.blocks else None
