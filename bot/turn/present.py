"""From what the engine says to what a message needs: questions in words, values as people read them, who is who.

It reads; it decides nothing and stores nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.model import Audience, Exercise, Gap, How, Kind, Question, Step
from flows.results import Given, Judgement, Line, Missing, Picture, area_means, collect, counted, gaps
from flows.state import Phase, Run
from messages.filters import day, joined, number
from messages.voice import ExerciseWords, Voice
from storage.records import Answer, Group, Member, Organisation, Row

SEPARATOR = " · "  # between names of options, which begin with a capital and may hold commas
NAMED = 12  # rows named in one sentence
COUNTED = 6  # options that are counted also where nobody chose them; of longer lists those that somebody did
SHOWN = 280  # characters of a long answer in a list; the whole of it is always one tap away


@dataclass(frozen=True, slots=True)
class RowName:
    """What a row of another register is called. One that has been removed is still named where it is pointed at."""

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
    said: Mapping[str, Any] = field(default_factory=dict)  # by "exercise.question": what the group has answered there

    def member(self, member_id: int) -> str:
        """A member's name as the group knows it."""
        member = self.members.get(member_id)
        return member.name if member else "–"

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


class Presenter:
    """The facts for each message of a run."""

    def __init__(self, voice: Voice, scene: Scene, exercise: Exercise) -> None:
        self.voice, self.scene, self.exercise = voice, scene, exercise
        self._teams: Mapping[str, str] = {}  # who writes on each small group's sheet
        self.words: ExerciseWords = voice.exercise(exercise.id, exercise.version)

    # -- pieces --------------------------------------------------------------------------------------------------
    def value(self, question: Question, value: Any) -> str:
        """An answer as people read it."""
        match question.kind:
            case Kind.CHOICE if question.many:
                ticked = (self.option(question, option) for option in value)
                return SEPARATOR.join(ticked) or self.voice.label("none_ticked")
            case Kind.CHOICE:
                return self.option(question, value)
            case Kind.SCALE:
                return self.voice.label("of", {"n": value, "of": question.high})
            case Kind.DATE:
                return day(value)
            case Kind.PERSON if "id" in value:
                return self.scene.member(value["id"])
            case Kind.ORGANISATION if "id" in value:
                return self.scene.organisation(value["id"])
            case Kind.ROW if question.many:
                return SEPARATOR.join(map(self.row_name, value)) or self.voice.label("none_ticked")
            case Kind.ROW:
                return self.row_name(value)
            case Kind.PERSON | Kind.ORGANISATION:
                return str(value["name"])
            case _:
                return str(value)

    def row_name(self, value: Mapping[str, Any]) -> str:
        """The name of a row that is pointed at, or of one that will be made; with a note when it is gone."""
        if "id" not in value:
            return str(value["name"])
        name = self.scene.rows.get(value["id"])
        if name is None:
            return self.voice.label("gone_row")
        return self.voice.label("removed_row", {"title": name.title}) if name.gone else name.title

    def option(self, question: Question, option: str) -> str:
        """What an option is called. What the group has listed itself is its own name; so is one that is no more."""
        own = question.listed or option not in question.options
        return option if own else self.words.option(question.id, option)

    def advice(self, name: str | None) -> str | None:
        """An advice in words: the bot's own, or the exercise's hint to an option."""
        if name is None or not name.startswith("hint."):
            return self.voice.label(name) if name else None
        _, question, option = name.split(".")
        return self.words[f"question.{question}.hint.{option}"]

    def short(self, key: str) -> str:
        """The short name of a question, with its item where there is one."""
        question, _, item = key.partition("@")
        name = self.words[f"question.{question}.short"]
        return f"{self.item(item)}: {name}" if item else name

    def item(self, item: str) -> str:
        """The name of an item that the questions are asked about: a row's, or its own in the words."""
        if item[:1] == "#":
            return self.row_name({"id": int(item[1:])})
        return self.words.get(f"item.{item}.title") or item

    def audience(self, question: Question | None = None) -> str:
        """The sentence that says who will see the answer."""
        audience = question.audience if question else self._widest()
        if self.exercise.private:
            name = "readers" if self.exercise.register else "profile"
        elif self.exercise.how in (How.GROUP, How.ROWS):
            name = "shared" if audience is Audience.GROUP else str(audience)
        else:
            name = f"{audience}{'_unnamed' if self.exercise.anonymous else ''}"
        return self.voice.label(f"audience.{name}")

    def _widest(self) -> Audience:
        order = (Audience.SELF, Audience.ORG, Audience.COORDINATOR, Audience.GROUP)
        return max((q.audience for q in self.exercise.questions), key=order.index)

    def outline(self, run: Run) -> dict[str, Any]:
        """What one wants to know before one starts: what it is, how much, how long, who sees it, until when."""
        return {
            "title": self.words["title"],
            "lead": self.words["lead"],
            "count": len(run.asked("g") or run.keys()),
            "minutes": self.exercise.minutes,
            "how": str(self.exercise.how),
            "audience": self.audience(),
            "answer_by": run.answer_by.isoformat() if run.answer_by else None,
            "timer": self.exercise.timer,
            "teams": bool(self.exercise.teams),
            "town": self.scene.group.title,
        }

    def guide(self) -> dict[str, Any]:
        """The guide and the tips."""
        return {"guide": self.words["guide"], "tips": self.words.list("tips")}

    # -- the dialogue --------------------------------------------------------------------------------------------
    def ask(
        self, run: Run, key: str, facts: Mapping[str, Any], current: Answer | None, draft: Any = None
    ) -> dict[str, Any]:
        """A question as it is asked."""
        question = run.question(key)
        item = key.partition("@")[2]
        base = f"question.{question.id}"
        shown = None
        if current is not None:
            shown = self.value(question, current.value)
        elif draft is not None:
            shown = self.value(question, draft)
        return {
            "title": self.words["title"],
            "n": facts["n"],
            "of": facts["of"],
            "saved": facts["saved"],
            "advised": self.advice(facts["advised"]),
            "item": self.item(item) if item else None,
            "item_text": self.words.get(f"item.{item}.text") if item else None,
            "text": self.words[f"{base}.text"],
            "help": self.words.get(f"{base}.help"),
            "shared": self.exercise.how is not How.EACH,
            "ends": [question.low, self.words[f"{base}.low"], question.high, self.words[f"{base}.high"]]
            if question.kind is Kind.SCALE
            else None,
            "current": shown,
            "comment": current.comment if current else None,
            "kind": str(question.kind),
            "many": question.many,
            "written": question.kind not in (Kind.CHOICE, Kind.SCALE),
            "choices": question.kind in (Kind.DATE, Kind.PERSON, Kind.ORGANISATION) or question.advise_low is not None,
            "query": facts.get("query"),
            "trouble": self.trouble(facts.get("trouble")),
            "audience": self.audience(question),
        }

    def trouble(self, trouble: Mapping[str, Any] | None) -> str | None:
        """What was wrong with what was written, and what to do instead."""
        if trouble is None:
            return None
        facts = dict(trouble["facts"])
        if "dates" in facts:
            facts["dates"] = [day(d) for d in facts["dates"]]
        return self.voice.label(trouble["name"], facts)

    def lines(
        self, run: Run, answers: Sequence[Answer], *, whole: bool = False, shown: Sequence[str] = (), first: int = 0
    ) -> list[dict[str, Any]]:
        """Every question (or those shown, of which `first` come before) with its answer, for summaries and cards."""
        given = {answer_key(a): a for a in answers}
        lines = []
        every = run.asked("g") if self.exercise.how is How.GROUP else run.keys()
        for n, key in enumerate(shown or every, first + 1):
            answer = given.get(key)
            value = self.value(run.question(key), answer.value) if answer else None
            lines.append(
                {
                    "n": n,
                    "short": self.short(key),
                    "value": value if whole or value is None else cut(value),
                    "comment": answer.comment if answer else None,
                    "by": self.scene.member(answer.member_id) if answer and answer.member_id else None,
                }
            )
        return lines

    def by_item(self, run: Run, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        """How much is answered about each item, for the card of an exercise that asks about many."""
        done = [answer.item for answer in answers]
        asked = [key.partition("@")[2] for key in run.asked("g")]
        return [
            {
                "n": n,
                "short": self.item(item),
                "value": self.voice.label("of", {"n": done.count(item), "of": asked.count(item)})
                if item in done
                else None,
                "comment": None,
                "by": None,
            }
            for n, item in enumerate(run.taken_up or run.items, 1)
        ]

    def draft(self, run: Run, draft: Mapping[str, Any], shown: Sequence[str]) -> list[dict[str, Any]]:
        """The fields shown of a new row as it stands before it is saved."""
        lines = []
        for n, key in enumerate(shown, 1):
            value = self.value(run.question(key), draft[key]) if key in draft else None
            lines.append({"n": n, "short": self.short(key), "value": cut(value) if value else None})
        return lines

    # -- together ------------------------------------------------------------------------------------------------
    def owner(self, run: Run, owner: str) -> str:
        """The name of the owner of a sheet; of a small group's the names of those in it."""
        return " + ".join(self.team(run, owner)) if run.exercise.teams else self.scene.owner(owner)

    def team(self, run: Run, owner: str, without: int = 0) -> list[str]:
        """Those who write on a small group's sheet."""
        members = (s.member for s in run.seats.values() if run.owner(s.member) == owner and s.member != without)
        return [self.scene.member(member) for member in members]

    def progress(self, run: Run) -> dict[str, Any]:
        """Who has handed in and who is awaited."""
        waiting = run.waiting_for()
        owners = run.owners()
        return {
            "done": [self.owner(run, o) for o in owners if o not in waiting],
            "waiting": [self.owner(run, o) for o in waiting],
            "count_done": len(owners) - len(waiting),
            "count_all": len(owners),
        }

    def picture(self, run: Run, answers: Sequence[Answer]) -> dict[str, Any]:
        """The collected picture: counts, means, spread, every comment, and the question to talk about."""
        picture = self.collected(run, answers)
        unsigned = max((len(line.given) for line in picture.lines), default=0)  # nobody's, and yet so many
        if run.exercise.teams:
            self._teams = {owner: self.owner(run, owner) for owner in {a.owner for a in answers}}
        return {
            "title": self.words["title"],
            "people": len({a.owner for a in answers if a.owner}) or unsigned,
            "lines": [self._line(picture, line, n) for n, line in enumerate(picture.lines, 1) if line.given],
            "divided": self.short(picture.divided) if picture.divided else None,
            "verdict": self._verdict(picture.judgement),
            "discuss": self.words.get("discuss"),
        }

    def judgement(self, run: Run, answers: Sequence[Answer]) -> Judgement | None:
        """The verdict on these answers, None where the exercise has none."""
        return self.collected(run, answers).judgement

    def verdict_text(self, run: Run, answers: Sequence[Answer]) -> str | None:
        """What the answers to a shared exercise add up to, once everything is answered."""
        answered = {answer_key(answer) for answer in answers}
        if self.exercise.verdict is None or not set(run.required("g")) <= answered:
            return None
        judgement = self.judgement(run, answers)
        return self.words[f"verdict.{judgement.band}.text"] if judgement else None

    def collected(self, run: Run, answers: Sequence[Answer]) -> Picture:
        """The picture of these answers, without words."""
        given = (
            Given(a.owner or f"x:{place}", answer_key(a), a.value, a.comment, a.member_id, a.organisation_id)
            for place, a in enumerate(answers)
        )
        return collect(run, given)

    def _line(self, picture: Picture, line: Line, n: int) -> dict[str, Any]:
        question = line.question
        counts = (
            [
                (self.words.option(question.id, o), c)
                for o, c in line.counts.items()
                if c or len(question.options) <= COUNTED
            ]
            if question.kind is Kind.CHOICE
            else []
        )
        listed = question.kind not in (Kind.CHOICE, Kind.SCALE)
        return {
            "n": n,
            "short": self.short(line.key),
            "divided": line.key == picture.divided,
            "counts": counts,
            "mean": number(line.mean) if line.mean is not None and question.kind is Kind.SCALE else None,
            "lowest": line.lowest,
            "highest": line.highest,
            "bars": [(n, c) for n, c in line.counts.items()] if question.kind is Kind.SCALE else [],
            "said": [(self._who(g), self.value(question, g.value)) for g in line.given] if listed else [],
            "comments": [(self._who(g), g.comment) for g in line.given if g.comment],
        }

    def _who(self, given: Given) -> str | None:
        if self.exercise.anonymous:
            return None
        if given.owner in self._teams:
            return self._teams[given.owner]
        if given.organisation and (self.exercise.how is How.ORG or self.exercise.side_by_side):
            return self.scene.organisation(given.organisation)
        return self.scene.member(given.member) if given.member else None

    def _verdict(self, judgement: Judgement | None) -> dict[str, Any] | None:
        if judgement is None or self.exercise.verdict is None:
            return None
        return {
            "text": self.words[f"verdict.{judgement.band}.text"],
            "measure": self.exercise.verdict.measure,
            "value": number(judgement.measure),
            "lowest": number(judgement.lowest),
            "highest": number(judgement.highest),
            "most": sum(q.high for q in self.exercise.questions if q.kind is Kind.SCALE),
            "weak": [self.short(key) for key in judgement.weak],
        }

    # -- registers -----------------------------------------------------------------------------------------------
    def row_title(self, row: Row) -> str:
        """What a row is called: the answer to the question that names it."""
        register = self.exercise.register
        assert register is not None  # only registers have rows
        named = self.exercise.question(register.title)
        for question in (named, *self.exercise.questions):  # a row that the bot began has no name yet
            if row.values.get(question.id) is not None:
                return self.value(question, row.values[question.id])
        return str(row.number)

    def row_line(self, row: Row) -> dict[str, Any]:
        """A row as it stands in a list."""
        register = self.exercise.register
        assert register is not None
        title = self.row_title(row)
        columns = [self.exercise.question(c) for c in register.columns]
        values = (cut(self.value(q, row.values[q.id]), 40) for q in columns if row.values.get(q.id) not in (None, []))
        return {
            "number": row.number,
            "title": cut(title, 60),
            "columns": [value for value in values if value != title],
            "assignee": self.scene.member(row.assignee) if row.assignee else None,
            "due": row.due,
            "state": row.state,
        }

    def row_card(self, row: Row) -> dict[str, Any]:
        """A row as it is opened: every field but the one that names it, which stands above."""
        register, title = self.exercise.register, self.row_title(row)
        assert register is not None
        fields = [
            {
                "short": self.words[f"question.{q.id}.short"],
                "value": self.value(q, row.values[q.id]) if q.id in row.values else None,
            }
            for q in self.exercise.questions
            if (q.id != register.title or q.id not in row.values) and q.applies(row.values)
        ]
        return {
            **self.row_line(row),
            "title": title,
            "fields": fields,
            "version": row.version,
            "areas": self.areas([row]),
            "register": self.words["title"],
            "notes": row.values.get("notes", []),
        }

    def row_text(self, row: Row) -> str:
        """All that a row says, ready to be searched."""
        asked = (q for q in self.exercise.questions if q.applies(row.values) and row.values.get(q.id) is not None)
        shown = (self.value(q, row.values[q.id]) for q in asked)
        who = [self.scene.member(row.assignee)] if row.assignee else []
        return "\n".join([*shown, *who]).casefold()

    def gaps(self, rows: Sequence[Row]) -> list[str]:
        """What the register still lacks, a sentence each."""
        register = self.exercise.register
        if register is None or not register.gaps:
            return []
        counting = counted((row.values for row in rows), register.counts)
        titles = [self.row_title(row) for row in rows if row.values in counting]
        options = {q.id: q.options for q in self.exercise.questions}
        linked = {
            q.id: [number for number, name in self.scene.rows.items() if name.register == q.register and not name.gone]
            for q in self.exercise.questions
            if q.register
        }
        rules = [self._fitted(gap, options) for gap in register.gaps]
        missing = gaps(rules, options, counting, linked)
        names = {number: name.title for number, name in self.scene.rows.items()}
        return gap_sentences(self.words, missing, titles, self._gap_questions(), rows=names)

    def _fitted(self, gap: Gap, options: Mapping[str, Sequence[str]]) -> Gap:
        """A rule that misses only what the group has chosen in another exercise, once it has."""
        chosen = self.scene.said.get(gap.options_from) if gap.options_from else None
        if chosen is None:
            return gap
        among = gap.options or options[str(gap.question)]
        return replace(gap, options=tuple(option for option in among if option in chosen))

    def areas(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The mean of each area of the register over these rows."""
        register = self.exercise.register
        means = area_means(register.areas, [row.values for row in rows]) if register else {}
        return [{"title": self.words[f"area.{area}"], "mean": number(mean)} for area, mean in means.items()]

    def _gap_questions(self) -> dict[str, tuple[str, ...]]:
        assert self.exercise.register is not None
        return {g.id: tuple(q for q in (g.question, g.along) if q) for g in self.exercise.register.gaps}


def step_outline(voice: Voice, step: Step) -> dict[str, Any]:
    """A step's guide: why, what it takes, tips, and which sub-goals it serves."""
    words, number = voice.book("process"), step.number
    return {
        "number": number,
        "goals": [words[f"goal.{goal}.short"] for goal in step.goals],
        "tips": words.list(f"step.{number}.tips"),
        **{name: words[f"step.{number}.{name}"] for name in ("title", "guide", "work", "who", "result")},
    }


def gap_sentences(
    words: ExerciseWords,
    missing: Iterable[Missing],
    titles: Sequence[str],
    questions: Mapping[str, tuple[str, ...]],
    of: ExerciseWords | None = None,
    rows: Mapping[int, str] | None = None,
) -> list[str]:
    """What rules found missing, in the words of `words`; the options' names come from `of` (default the same)."""
    sentences = []
    for gap in missing:
        if gap.count is not None:
            filling = str(gap.count)
        elif gap.unlinked:
            named = [(rows or {})[number] for number in gap.unlinked]
            filling = SEPARATOR.join([*named[:NAMED], *(["…"] if len(named) > NAMED else [])])
        elif gap.rows:
            named = [titles[place] for place in gap.rows]
            more = len(named) - NAMED
            filling = joined([*named[:NAMED], *([f"{more} till"] if more > 0 else [])])
        else:
            filling = _options(of or words, questions[gap.gap], gap.options)
        sentences.append(words[f"gap.{gap.gap}.text"].replace("{missing}", filling))
    return sentences


def _options(words: ExerciseWords, questions: Sequence[str], options: Iterable[tuple[str, ...]]) -> str:
    """Options by name; where two questions are held together, what is missing of the second is put within brackets."""
    found: dict[str, list[str]] = {}
    for first, *second in options:
        found.setdefault(words.option(questions[0], first), []).extend(
            words.option(questions[1], option).lower() for option in second
        )
    return SEPARATOR.join(f"{name} ({', '.join(lacking)})" if lacking else name for name, lacking in found.items())


def answer_key(answer: Answer) -> str:
    """The engine's key of a stored answer."""
    return f"{answer.question}@{answer.item}" if answer.item else answer.question


def cut(text: str, most: int = SHOWN) -> str:
    """The beginning of a long text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def is_over(run: Run) -> bool:
    """True when nothing more is asked of anybody."""
    return run.phase in (Phase.CONCLUDED, Phase.ASIDE)
