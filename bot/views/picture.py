"""The picture of what all have answered: counts, means, spread, every comment, and the question to talk about."""

from collections.abc import Mapping, Sequence

from bot.views.gaps import GapWording
from bot.views.names import Scene, answer_key
from flows.answers import lines
from flows.board import said_once
from flows.definitions.model import Exercise, Question
from flows.enums import How
from flows.fields import ChoiceField, ScaleField
from flows.figures.results import CollectedPicture, Given, Judgement, Line, collect
from flows.run.state import Run
from messages.voice import TemplateFacts, Voice
from storage.records.records import Answer

FOLDED = 400  # characters of voices about one question, with who said it, that are not folded
COUNTED = 6  # options that are counted also where nobody chose them; of longer lists those that somebody did
MARKS = {2: "●○", 3: "●◐○"}  # an answer to a choice of so many options, from the one that is hoped for to its opposite


class PictureWording(GapWording):
    """The words for a picture of many answers, and for whose they are."""

    def __init__(self, voice: Voice, scene: Scene, exercise: Exercise) -> None:
        super().__init__(voice, scene, exercise)
        self._teams: Mapping[str, str] = {}  # who writes on each small group's sheet

    def owner(self, run: Run, owner: str, *, awaited: bool = False) -> str:
        """The name of a sheet's owner; of a small group's the names of those in it, or only of those `awaited`."""
        return " + ".join(self.team(run, owner, awaited=awaited)) if run.exercise.teams else self.scene.owner(owner)

    def team(self, run: Run, owner: str, without: int = 0, *, awaited: bool = False) -> list[str]:
        """Return those who write on a small group's sheet."""
        seats = (s for s in run.seats.values() if run.owner(s.member) == owner and s.member != without)
        return [self.scene.member(seat.member) for seat in seats if seat.awaited or not awaited]

    def picture(self, run: Run, answers: Sequence[Answer]) -> TemplateFacts:
        """Return the picture: counts, means, spread, every comment, and the question to talk about."""
        picture = self.collected(run, answers)
        if run.exercise.teams:
            self._teams = {owner: self.owner(run, owner) for owner in {a.owner for a in answers}}
        return {
            "title": self.words["title"],
            "town": None,  # said to whoever is in several, in private
            "opens": 0,  # of so many questions only the first one is shown
            "people": run.admitted if self.exercise.anonymous else picture.people,
            "lines": [self._line(line, n) for n, line in enumerate(picture.lines, 1) if line.given],
            "divided": self.short(picture.divided) if picture.divided else None,
            "tied": picture.tied,
            "doubted": [self.short(key) for key in picture.doubted],
            "hoped": self._hoped(run, picture.doubted),
            "apart": self._apart(run, picture),
            "verdict": self._verdict(picture),
            "discuss": self._discuss(picture),
        }

    def _discuss(self, picture: CollectedPicture) -> str | None:
        """Return the question to talk about, with what is asked only where answers differ, or chose this or that."""
        chosen = dict.fromkeys(option for line in picture.lines for option, count in line.counts.items() if count)
        differ = ["discuss_apart"] if picture.divided else []
        asked = map(self.words.get, ("discuss", *differ, *(f"discuss_if.{option}" for option in chosen)))
        return " ".join(filter(None, asked)) or None

    def _hoped(self, run: Run, doubted: Sequence[str]) -> str:
        """Return the hoped-for answer that nobody gave."""
        hoped = (run.question(key) for key in doubted)
        return next((self.words.option(question.id, question.field.hoped).lower() for question in hoped), "")

    def _apart(self, run: Run, picture: CollectedPicture) -> list[tuple[str, str]]:
        """Return the two organisations whose answers to what divides the most are far apart, each with its answer."""
        if picture.apart is None or picture.divided is None:
            return []
        question, apart = run.question(picture.divided), picture.apart
        if isinstance(question.field, ScaleField):
            said = [self.voice.rules.number(mean) for mean in apart.means]
        else:
            said = [self._options_said(question, counts) for counts in apart.said]
        return list(zip(map(self.scene.organisation, apart.organisations), said, strict=True))

    def _options_said(self, question: Question, counts: Mapping[int, int]) -> str:
        """Return what an organisation's people chose, with numbers if it was not the same."""
        named = [(self.words.option(question.id, question.options[place]), n) for place, n in sorted(counts.items())]
        return " · ".join(f"{name} {n}" if len(named) > 1 else name for name, n in named)

    def judgement(self, run: Run, answers: Sequence[Answer]) -> Judgement | None:
        """The verdict on these answers, None where the exercise has none."""
        return self.collected(run, answers).judgement

    def verdict_text(self, run: Run, answers: Sequence[Answer]) -> str | None:
        """Return the verdict of a shared exercise, once everything is answered."""
        answered = {answer_key(answer) for answer in answers}
        if self.exercise.verdict is None or not set(run.required("g")) <= answered:
            return None
        judgement = self.judgement(run, answers)
        return self.words[f"verdict.{judgement.band}.text"] if judgement else None

    def collected(self, run: Run, answers: Sequence[Answer]) -> CollectedPicture:
        """Return the picture of these answers, without words."""
        given = (
            Given(a.owner or f"x:{place}", answer_key(a), a.value, a.comment, a.member_id, a.organisation_id)
            for place, a in enumerate(answers)
        )
        return collect(run, given)

    def _line(self, line: Line, n: int) -> TemplateFacts:
        question = line.question
        said = [] if question.field.tapped else [(self._who(g), self.value(question, g.value)) for g in line.given]
        if self.exercise.anonymous:
            said = [(None, note) for note in said_once(note for _, text in said for note in lines(text))]
        comments = [(self._who(g), g.comment) for g in line.given if g.comment]
        return {
            "n": n,
            "short": self.short(line.key),
            "bar": _bar(line),
            **self._counted_line(line),
            "lowest": line.lowest,
            "highest": line.highest,
            "said": said,
            "comments": comments,
            "long": sum(len(who or "") + len(text) for who, text in (*said, *comments)) > FOLDED,
        }

    def _counted_line(self, line: Line) -> TemplateFacts:
        """Return how many have answered what: by options, or by the steps of a scale with their mean."""
        counts, bars, mean = list[tuple[str, int]](), list[tuple[str, int]](), None
        match line.question.field:
            case ChoiceField():
                every = len(line.question.options) <= COUNTED
                told = ((option, count) for option, count in line.counts.items() if count or every)
                counts = [(self.words.option(line.question.id, option), count) for option, count in told]
            case ScaleField():
                bars = [*line.counts.items()]
                mean = None if line.mean is None else self.voice.rules.number(line.mean)
        return {"counts": counts, "bars": bars, "mean": mean}

    def _who(self, given: Given) -> str | None:
        if self.exercise.anonymous:
            return None
        if given.owner in self._teams:
            return self._teams[given.owner]
        if given.organisation and self.exercise.how is How.ORG:
            return self.scene.organisation(given.organisation)
        return self.scene.member(given.member) if given.member else None

    def _weak(self, key: str, picture: CollectedPicture) -> str:
        """Return a weak part, with its mean if it has one, by which several are ordered."""
        mean = next((line.mean for line in picture.lines if line.key == key), None)
        facts = {"short": self.short(key), "mean": self.voice.rules.number(mean) if mean is not None else ""}
        return self.short(key) if mean is None else self.voice.label("mean", facts)

    def _verdict(self, picture: CollectedPicture) -> TemplateFacts | None:
        judgement = picture.judgement
        if judgement is None or self.exercise.verdict is None:
            return None
        return {
            "text": self.words[f"verdict.{judgement.band}.text"],
            "measure": self.exercise.verdict.measure,
            "value": self.voice.rules.number(judgement.measure),
            "lowest": self.voice.rules.number(judgement.lowest),
            "highest": self.voice.rules.number(judgement.highest),
            "most": sum(q.field.high for q in self.exercise.questions if isinstance(q.field, ScaleField)),
            "weak": [self._weak(key, picture) for key in judgement.weak],
        }


def _bar(line: Line) -> str:
    """Draw answers in a line of a message: a mark for each, or how far up the mean of a scale is."""
    field, marks = line.question.field, MARKS.get(len(line.question.options), "")
    if isinstance(field, ScaleField) and line.mean is not None and field.high <= 10:
        filled = round(line.mean)
        return "▰" * filled + "▱" * (field.high - filled)
    if field.hoped and marks and field.hoped == field.options[0]:
        return "".join(mark * line.counts[o] for mark, o in zip(marks, field.options, strict=True))
    return ""
