"""Names of things: values as people read them, questions, options, items, people, rows that are pointed at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

from flows.definitions.model import Exercise, Question
from flows.enums import Kind
from flows.fields import ScaleField
from flows.values import Part, Pointer, Value, Values
from messages.language import SEPARATOR
from messages.structure.blocks import shortened
from messages.voice import ExerciseWords, Voice
from storage.records.members import Organisation
from storage.records.records import Answer, Group, Member

NOBODY: Final = "–"  # instead of a name that has been erased
SHOWN = 280  # characters of a long answer in a list; the whole of it is always one tap away


def title_for(member: Member, words: ExerciseWords) -> str:
    """Return what an exercise is called where this member meets it: a form has a title of its own outside."""
    outside = words.get("outside.title") if member.role == "guest" else None
    return outside or words["title"]


@dataclass(frozen=True, slots=True)
class RowName:
    """The name of a row of another register, also of a removed one that is still pointed at."""

    title: str
    register: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A group and its people, by id, and the rows that an exercise can point at."""

    group: Group
    members: Mapping[int, Member]
    organisations: Mapping[int, Organisation]
    rows: Mapping[int, RowName] = field(default_factory=dict)
    zone: tzinfo = UTC  # the town's
    said: Values = field(default_factory=dict)  # by "exercise.question": what the group has answered there

    def member(self, member_id: int) -> str:
        """Return a member's name in the group; a dash for one who has been erased."""
        member = self.members.get(member_id)
        return member.name if member and member.name else NOBODY

    def takes_part(self, member_id: int, role: str) -> bool:
        """Return whether a member is in this part of the group, and has not left."""
        member = self.members.get(member_id)
        return member is not None and member.role == role and member.state != "left"

    def told_apart(self, member_id: int) -> str:
        """Return the name for a button, with the organisation if another member has the same name."""
        name, member = self.member(member_id), self.members.get(member_id)
        alike = [m for m in self.members.values() if m.state == "active" and m.name.casefold() == name.casefold()]
        if len(alike) < 2 or member is None or member.organisation_id is None:
            return name
        return f"{name}, {self.organisation(member.organisation_id)}"

    def organisation(self, organisation_id: int) -> str:
        """An organisation's name."""
        organisation = self.organisations.get(organisation_id)
        return organisation.name if organisation else "–"

    def owner(self, owner: str) -> str:
        """The name of the owner of a sheet: a member or an organisation."""
        kind, _, number = owner.partition(":")
        return (
            self.member(int(number))
            if kind == "m"
            else self.organisation(int(number))
            if kind == "o"
            else self.group.title
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of the chat for what an answer names."""

    wording: "Wording"
    question: Question

    def option(self, option: str) -> str:
        return self.wording.option(self.question, option)

    def scale(self, number: int, of: int) -> str:
        return self.wording.voice.label("of", {"n": number, "of": of})

    def day(self, iso: str) -> str:
        return self.wording.voice.rules.day(iso)

    def moment(self, iso: str) -> str:
        return self.wording.voice.rules.moment(iso)

    def member(self, number: int) -> str:
        return self.wording.scene.member(number)

    def organisation(self, number: int) -> str:
        return self.wording.scene.organisation(number)

    def row(self, row: Part) -> str:
        return row if isinstance(row, str) else self.wording.row_name(row)

    def text(self, text: str) -> str:
        return text

    def several(self, names: Sequence[str]) -> str:
        return SEPARATOR.join(names) or self.wording.voice.label("none_ticked")


class Wording:
    """The names of an exercise and its answers in this group."""

    def __init__(self, voice: Voice, scene: Scene, exercise: Exercise) -> None:
        self.voice, self.scene, self.exercise = voice, scene, exercise
        self.words: ExerciseWords = voice.exercise(exercise.id, exercise.version)

    def value(self, question: Question, value: Value) -> str:
        """Return an answer as people read it."""
        return question.field.say(value, _Said(self, question))

    def row_name(self, value: Pointer) -> str:
        """Return the name of a row that is pointed at, or will be made; with a note if it was removed."""
        if "id" not in value:
            return str(value["name"])
        name = self.scene.rows.get(int(value["id"]))
        if name is None:
            return self.voice.label("gone_row")
        return self.voice.label("removed_row", {"title": name.title}) if name.gone else name.title

    def option(self, question: Question, option: str) -> str:
        """Return an option's name. One of the group's own list, or one that no longer exists, is its own name."""
        own = question.listed or option not in question.options
        return option if own else self.words.option(question.id, option)

    def ends(self, question: Question) -> dict[int, str]:
        """Return what the ends of a scale are called; empty for any other question."""
        field, base = question.field, f"question.{question.id}"
        if not isinstance(field, ScaleField):
            return {}
        return {field.low: self.words[f"{base}.low"], field.high: self.words[f"{base}.high"]}

    def named_by(self, question: Question) -> dict[str, str]:
        """Return the words that name an answer as its button does: the options, or the ends of a scale."""
        options = question.options if question.kind is Kind.CHOICE else ()
        named = {option: self.option(question, option) for option in options}
        return named or {str(number): end for number, end in self.ends(question).items()}

    def advice(self, name: str | None) -> str | None:
        """An advice in words: the bot's own, or the exercise's hint to an option."""
        if name is None or not name.startswith("hint."):
            return self.voice.label(name) if name else None
        _, question, option = name.split(".")
        return self.words[f"question.{question}.hint.{option}"]

    def short(self, key: str, between: str = ": ") -> str:
        """The short name of a question, after its item where there is one, with this between."""
        question, _, item = key.partition("@")
        name = self.words[f"question.{question}.short"]
        return f"{self.item(item)}{between}{name}" if item else name

    def item(self, item: str) -> str:
        """The name of an item that the questions are asked about: a row's, or its own in the words."""
        if item[:1] == "#":
            return self.row_name({"id": int(item[1:])})
        return self.voice.item(self.exercise, self.words, item) or item


def answer_key(answer: Answer) -> str:
    """The engine's key of a stored answer."""
    return f"{answer.question}@{answer.item}" if answer.item else answer.question


def cut(text: str, most: int = SHOWN) -> str:
    """Return the beginning of a long text, on one line."""
    return shortened(text, most)
