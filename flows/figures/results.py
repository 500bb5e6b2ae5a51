"""Add up many answers: counts, means, spread, what divides the group most, verdicts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from flows.definitions.model import Area, Exercise, Question, Verdict
from flows.fields import ChoiceField, FieldType, NumberField, ScaleField
from flows.run.state import Run
from flows.values import Value, Values, number, options_of, parts


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it may be shown: `member` and `organisation` are None where it is anonymous."""

    owner: str
    key: str
    value: Value
    comment: str | None = None
    member: int | None = None
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What was answered to one key."""

    key: str
    question: Question
    given: tuple[Given, ...]
    counts: Mapping[str, int] = field(default_factory=dict)  # choices and scales, in the order of the options
    mean: float | None = None
    lowest: int | None = None
    highest: int | None = None
    disagreement: float = 0.0  # 0 all alike … 1 as far apart as can be

    @property
    def doubted(self) -> bool:
        """True if several have answered and nobody gave the answer that was hoped for."""
        field = self.question.field
        return bool(field.hoped) and len(self.given) > 1 and not self.counts[field.hoped]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict reached: the band, the measure, and which parts are weak."""

    band: str
    measure: float
    lowest: float
    highest: float
    weak: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """The two organisations that answered a question the furthest from each other, and what they said on the whole."""

    organisations: tuple[int, int]
    means: tuple[float, float]  # of a scale, or of the places of a choice's options, from 0
    said: tuple[Mapping[int, int], Mapping[int, int]]  # how many of each said which of these


@dataclass(frozen=True, slots=True)
class CollectedPicture:
    """The collected picture of an exercise."""

    people: int
    lines: tuple[Line, ...]
    divided: str | None  # where answers differ the most
    judgement: Judgement | None
    tied: bool = False  # they differ just as much somewhere else
    doubted: tuple[str, ...] = ()  # where nobody gave the answer that was hoped for
    apart: Apart | None = None  # whose answers to `divided` are far apart


def collect(run: Run, given: Iterable[Given]) -> CollectedPicture:
    """Return the picture of these answers. The caller gives only answers that the reader may see."""
    asked = {owner: run.asked(owner) for owner in run.sheets}
    given = [g for g in given if g.key in asked.get(g.owner, run.keys())]
    lines = tuple(_line(key, run.question(key), given) for key in run.keys())
    divided = _most_divided(lines)
    return CollectedPicture(
        len({g.owner for g in given}),
        lines,
        next((line.key for line in divided), None),
        _judge(run.exercise, lines) if given else None,
        len(divided) > 1,
        tuple(line.key for line in lines if line.doubted),
        _furthest([] if run.exercise.deals else divided),  # which card somebody drew sets nobody apart
    )


def _most_divided(lines: Sequence[Line]) -> list[Line]:
    """Return where answers differ the most, all that do so just as much; nothing where one question alone can.

    What each ticks of several, such as what they have lived, differs by nature: it counts where nothing else does.
    """
    if sum(line.question.field.tapped for line in lines) < 2:
        return []
    compared = [line for line in lines if not line.question.many and line.disagreement > 0] or list(lines)
    most = max(line.disagreement for line in compared)
    return [line for line in compared if line.disagreement == most > 0]


FAR = 0.5  # of the whole way from one end to the other: two organisations who answer so differently see it differently
SEVERAL = 2  # answers of each organisation, so that what it said is nobody's own


def _furthest(divided: Sequence[Line]) -> Apart | None:
    """Return the two organisations whose answers to the first of these questions are far from each other, if no single
    person's answer shows by that.

    So each organisation with an answer must have several; those who belong to none count as one, as theirs remain when
    the others' are known.
    """
    if not divided or divided[0].question.many:
        return None
    question, said = divided[0].question, dict[int | None, list[int]]()
    for g in divided[0].given:
        if isinstance(g.value, int):
            said.setdefault(g.organisation, []).append(g.value)
        elif g.value in question.options:
            said.setdefault(g.organisation, []).append(question.options.index(str(g.value)))
    means = {organisation: fmean(places) for organisation, places in said.items() if organisation is not None}
    if len(means) < 2 or min(map(len, said.values())) < SEVERAL:
        return None
    low, high = min(means, key=lambda one: means[one]), max(means, key=lambda one: means[one])
    field = question.field
    way = field.high - field.low if isinstance(field, ScaleField) else len(question.options) - 1
    if means[high] - means[low] < FAR * way:
        return None
    return Apart((low, high), (means[low], means[high]), (Counter(said[low]), Counter(said[high])))


def _line(key: str, question: Question, given: Iterable[Given]) -> Line:
    """Sum up those of the answers that were given to this key."""
    given = [g for g in given if g.key == key]
    match question.field:
        case ChoiceField():
            ticks = [option for g in given for option in parts(g.value)]
            counts = {option: ticks.count(option) for option in question.options}
            return Line(
                key, question, tuple(given), counts, disagreement=_choice_disagreement(question, counts, len(given))
            )
        case ScaleField() | NumberField() as field if given:
            values = [int(number(g.value)) for g in given]
            scale = isinstance(field, ScaleField)
            counts = {str(n): values.count(n) for n in range(field.low, field.high + 1)} if scale else {}
            apart = _scale_disagreement(values, field.low, field.high) if scale else 0.0
            return Line(key, question, tuple(given), counts, fmean(values), min(values), max(values), apart)
        case _:
            return Line(key, question, tuple(given))


def _scale_disagreement(values: Sequence[int], low: int, high: int) -> float:
    """The variance against the largest there can be, which is half the people at each end."""
    middle = fmean(values)
    return fmean((v - middle) ** 2 for v in values) / ((high - low) / 2) ** 2


def _choice_disagreement(question: Question, counts: Mapping[str, int], people: int) -> float:
    """Options stand in an order (yes, doubtful, no) and count as a scale; of ticks, how far from all or none."""
    if people < 2:
        return 0.0
    if question.many:
        return max((4 * (n / people) * (1 - n / people) for n in counts.values()), default=0.0)
    values = [place for place, option in enumerate(question.options) for _ in range(counts[option])]
    if not values:  # answers to options that the definition no longer has
        return 0.0
    return _scale_disagreement(values, 0, len(question.options) - 1) if len(question.options) > 1 else 0.0


def _judge(exercise: Exercise, lines: Sequence[Line]) -> Judgement | None:
    if (verdict := exercise.verdict) is None:
        return None
    kind, judged = MEASURES[verdict.measure]
    return judged(verdict, [line for line in lines if isinstance(line.question.field, kind)])


def _judge_share(verdict: Verdict, choices: Sequence[Line]) -> Judgement:
    """All answers together."""
    votes = [options_of(g.value) for line in choices for g in line.given]
    share = 100 * sum(verdict.option in vote for vote in votes) / len(votes) if votes else 0.0
    return Judgement(_band(verdict, share), share, share, share)


def _judge_sum(verdict: Verdict, scales: Sequence[Line]) -> Judgement | None:
    """The mean over the owners who answered every scale; the owners' own sums give the spread."""
    sums: dict[str, list[int]] = {}
    for line in scales:
        for g in line.given:
            sums.setdefault(g.owner, []).append(int(number(g.value)))
    whole = [sum(values) for values in sums.values() if len(values) == len(scales)]
    if not whole:
        return None
    means = {line.key: line.mean for line in scales if line.mean is not None}
    weak = [key for key, mean in means.items() if verdict.weak is not None and mean <= verdict.weak]
    weakest_first = tuple(sorted(weak, key=lambda key: means[key]))
    return Judgement(_band(verdict, fmean(whole)), fmean(whole), min(whole), max(whole), weakest_first)


def _judge_shared(verdict: Verdict, choices: Sequence[Line]) -> Judgement | None:
    """Question by question: one that few stand behind is not outvoted by the others."""
    shares = {
        line.key: 100 * sum(verdict.option in options_of(g.value) for g in line.given) / len(line.given)
        for line in choices
        if line.given
    }
    if not shares or verdict.weak is None:
        return None
    weak = tuple(sorted((key for key, share in shares.items() if share <= verdict.weak), key=lambda key: shares[key]))
    measure = 100 * (len(shares) - len(weak)) / len(shares)
    return Judgement(_band(verdict, measure), measure, min(shares.values()), max(shares.values()), weak)


# The kind of questions that a verdict looks at, and how it adds up their answers.
MEASURES: Mapping[str, tuple[type[FieldType], Callable[[Verdict, Sequence[Line]], Judgement | None]]] = {
    "sum": (ScaleField, _judge_sum),
    "share": (ChoiceField, _judge_share),
    "shared": (ChoiceField, _judge_shared),
}


def _band(verdict: Verdict, measure: float) -> str:
    return next(band.id for band in verdict.bands if band.up_to is None or measure <= band.up_to)


FEWEST_ACTORS = 3  # outside the group, means of what people outside answered are told from so many on


def area_means(areas: Iterable[Area], rows: Iterable[Values]) -> dict[str, float]:
    """The mean of each area over all its scales in these rows; an area without an answer is left out."""
    rows = list(rows)
    given = {area.id: [number(row[name]) for row in rows for name in area.questions if name in row] for area in areas}
    return {area: fmean(values) for area, values in given.items() if values}
