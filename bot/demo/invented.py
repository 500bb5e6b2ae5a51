"""The answers of the demo's invented people, question by question, from messages/<language>/demo*.toml."""

import re
import tomllib
from importlib.resources import files

from flows.definitions.model import Question
from flows.enums import ExerciseRole, How, Kind
from flows.run.state import Run
from storage.json_records import Json, JsonObject

FILES = ("demo.toml", "demo-1-3.toml", "demo-4-8.toml")


class Invented:
    """The town, its people and their answers.

    Lists are taken from the top: one entry per person, organisation, scenario or row.
    """

    def __init__(self, language: str = "sv") -> None:
        found: JsonObject = {"answers": {}}
        for name in FILES:
            data = tomllib.loads((files("messages") / language / name).read_text(encoding="utf-8"))
            found["answers"] |= data.pop("answers", {})
            found |= data
        self.group: str = found["group"]
        self.people: list[JsonObject] = found["person"]
        self.finished_group: str = found["finished"]["group"]
        self._moved: dict[str, str] = found["finished"]["names"]
        works: dict[str, str] = found["work"]
        self.works = works | {self._moved[name]: work for name, work in works.items() if name in self._moved}
        self._stranger: JsonObject = found["stranger"]
        self._otherwise: str = found["otherwise"]
        self._answers: dict[str, dict[str, list[Json]]] = found["answers"]

    def moved(self, said: Json) -> Json:
        """Return a text of the first town as it is in the finished one: with its own names."""
        match said:
            case str():
                return re.sub("|".join(rf"\b{name}" for name in self._moved), lambda m: self._moved[m[0]], said)
            case dict():
                return {key: self.moved(value) for key, value in said.items()}
            case list() | tuple():
                return [self.moved(value) for value in said]
        return said

    def answer(self, run: Run, key: str, member: int, name: str) -> Json:
        """Return the answer of the person called `name`; None if nothing is invented and any valid answer will do."""
        question = run.question(key)
        if run.exercise.role is ExerciseRole.JOINING:
            return name if question.id == "name" else self._person(name)[question.id]
        pool = self._answers.get(run.exercise.id, {}).get(question.id, [])
        if pool:
            return pool[self._place(run, key, member) % len(pool)]
        return self._fallback(question, name)

    def comment(self, run: Run, key: str, member: int) -> str | None:
        """Return a comment: each person comments on one question, each on another, so that there are not too many."""
        pool, place = self._answers.get(run.exercise.id, {}).get("comments", []), self._place(run, "", member)
        welcome = [k for k in run.keys() if run.question(k).comment and not run.question(k).many]
        if not pool or key not in welcome or welcome.index(key) != place % len(welcome):
            return None
        return str(pool[place % len(pool)])

    def has_row(self, run: Run, member: int) -> bool:
        """True if this person has something to add to a register."""
        lists = self._answers.get(run.exercise.id, {}).values()
        return self._place(run, "", member) < max(map(len, lists), default=0)

    def _person(self, name: str) -> JsonObject:
        return next((person for person in self.people if person["name"] == name), self._stranger)

    def _place(self, run: Run, key: str, member: int) -> int:
        """Return which entry of a list is this one's."""
        item = key.partition("@")[2]
        if item:
            return run.items.index(item)
        if run.exercise.how is How.GROUP:
            return 0
        return run.owners().index(run.owner(member))

    def _fallback(self, question: Question, name: str) -> Json:
        match question.kind:
            case Kind.ORGANISATION:
                return self._person(name)["organisation"]
            case Kind.TEXT | Kind.ROW if question.required:
                return self._otherwise
        return None
