"""What an exercise can have beside its questions, each kind of it a record of its own: `Exercise.part` finds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flows.toml_table import TomlTable
from flows.values import Values

Rule = Literal[
    "count", "covers", "every_row", "filled", "linked", "late", "taken", "dated", "everyone", "answered", "none_says"
]
OF_ROWS = ("count", "late", "taken", "dated")  # the rules that look at the rows themselves
OTHERS = f"“{'”, “'.join(OF_ROWS)}” look at the rows themselves, the other rules at a question"


@dataclass(frozen=True, slots=True)
class ForEach:
    """The questions are asked once for each item: named items, items the group adds, or the rows of a register."""

    items: tuple[str, ...] = ()
    add: bool = False
    register: str | None = None
    pick: bool = False  # the group ticks which items it takes up; nothing is asked about the others
    items_from: str = ""  # the options of a register's choice ("register.question") are items too, after those named …
    items_except: tuple[str, ...] = ()  # … but for these
    first: str = ""  # the items that some row of a register has chosen ("register.question") come before the others

    def mistakes(self, table: TomlTable) -> None:
        """Items from several places or from none, and what only goes with named ones."""
        given, alone = bool(self.items or self.items_from), self.items_except and not self.items_from
        table.refuse(
            ("items", given == bool(self.register), "give either items (or items_from) or a register"),
            ("items_except", alone, "only what is taken from another list can be left out"),
            ("add", self.add and self.register, "what is added to a register is a row of it; take this away"),
            ("first", self.first and self.register, "only named items can be put in another order"),
        )


@dataclass(frozen=True, slots=True)
class Band:
    """One range of a verdict's measure, up to and including `up_to` (None: no upper end)."""

    id: str
    up_to: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers add up to.

    `sum`: of all scales, the mean over members. `share`: one option's share of all answers, in per cent. `shared`: the
    share of the questions, in per cent, in which that option has more than `weak` per cent of the answers.
    """

    measure: Literal["sum", "share", "shared"]
    bands: tuple[Band, ...]
    option: str | None = None
    weak: float | None = None  # a part whose mean (shared: the option's share in per cent) is at or below this is weak
    plan: str | None = None  # the register in which a plan for each weak part is made

    def mistakes(self, table: TomlTable) -> None:
        """Bands that do not rise, and what only a share has."""
        *ends, last = [band.up_to for band in self.bands] or [0.0]
        rising = last is None and None not in ends and ends == sorted(end for end in ends if end is not None)
        unsaid, shares = self.measure == "shared" and self.weak is None, self.measure != "sum"
        table.refuse(
            ("band", not rising, "bands must rise, and only the last one has no up_to"),
            ("option", shares != (self.option is not None), "a share needs the option it counts, a sum has none"),
            ("weak", unsaid, "is missing; say at which per cent a question is not shared"),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule about a register (or the core group itself) that tells what is still missing. See `gaps`."""

    id: str
    rule: Rule  # see `flows.definitions.register_rules`
    question: str | None = None
    options: tuple[str, ...] = ()
    along: str | None = None  # covers: each option together with every option of this question …
    along_options: tuple[str, ...] = ()  # … or with these of them
    but: tuple[str, ...] = ()  # covers: every option of the question but these
    options_from: str = ""  # covers: only the options ticked in this shared exercise's question ("exercise.question")
    low: int = 0
    high: int = 0
    per: str = ""  # count: in each year from the first of these dates on …
    first: int = 0  # … at least so many in the first year, and `low` in every later one
    members: bool = False  # count, covers: those who are in the group already count too, by what they said on joining

    def mistakes(self, table: TomlTable) -> None:
        """What only some rules look at."""
        covers, counts = self.rule == "covers", self.rule == "count"
        table.refuse(
            ("members", self.members and not (covers or counts), "only “count” and “covers” look beyond the rows"),
            (
                "first",
                self.first and not self.per,
                "there is a first year only where rows are counted per year: name a date as “per”",
            ),
            (
                "but",
                self.but and not (covers and not self.options),
                "leaves out some of all options: “covers” without options has them",
            ),
            ("options_from", self.options_from and not covers, "only “covers” misses options"),
            ("low", counts and not self.per and self.low > self.high, "must not be above high"),
            ("question", (self.rule in OF_ROWS) == (self.question is not None), OTHERS),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What concluding the exercise sets in motion when `question` was answered with `option`."""

    question: str
    option: str
    opens: int  # the step that opens
    start: str | None = None  # the questions whose answers lay the calendar: from when …
    months: str | None = None  # … and for how long
    again: str | None = None  # the question whose answer says when it is taken up again, with another option


@dataclass(frozen=True, slots=True)
class Shaping:
    """What an exercise has to do with the group's calendar: which answers alter it, and what it begins before."""

    step: int | None = None  # the step whose meetings the first three are about:
    spread: tuple[tuple[str, tuple[str, ...]], ...] = ()  # with these answers its whole days are spread out
    days: str = ""  # the question about the days, in plain words
    until: str = ""  # … and about the last one there may be
    meetings: tuple[str, ...] = ()  # how often the network meets: the first year, and every later one
    review: str = ""  # the day of the yearly look
    before: Literal["", "review"] = ""  # "review": a new round begins by itself before each yearly look

    def mistakes(self, table: TomlTable) -> None:
        """Answers about no step, and a rhythm of other than two questions."""
        of_step, asked = self.spread or self.days or self.until, len(self.meetings)
        table.refuse(
            ("step", self.step is None and of_step, "is missing; say which step's meetings are meant"),
            ("meetings", asked not in (0, 2), "must be two questions: about the first year, and about every later one"),
        )


@dataclass(frozen=True, slots=True)
class Area:
    """Scales of a register that belong together: their mean is told for each row, and over all rows."""

    id: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """How the rows of a register are shown and looked after."""

    title: str  # the question whose answer names the row
    columns: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()  # what a row says where a later exercise recalls it; none: what the columns say
    assign: bool = False
    gaps: tuple[Gap, ...] = ()
    done: tuple[tuple[str, tuple[str, ...]], ...] = ()  # with these answers the row is done
    areas: tuple[Area, ...] = ()
    link: Literal["", "form", "invitation", "seat"] = ""
    """People outside answer by it: "form", one for each row pointed at; "invitation", one a row; or come in: "seat"."""
    withheld: tuple[tuple[str, tuple[str, ...]], ...] = ()  # rows with these answers stay within the core group …
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()  # … and in the chat, where this is given, those without these
    figures: bool = False  # of its rows others than the core group are told figures alone
    due: str = ""  # the question that says until when a row is to be done, by whom see `Exercise.taker`
    yearly: str = ""  # a choice of years, each of which is a task of its own, see `flows.timing.yearly`
    seed: str = ""  # a row for each option of this choice (or each member, of a person) stands there from the start
    narrow: tuple[str, ...] = ()  # the list can be narrowed to one answer to these
    authors: tuple[tuple[str, tuple[str, ...]], ...] = ()  # who writes: those who said this of themselves on joining
    lasting: tuple[str, ...] = ()  # what stays of a row when the rest is thinned out by date
    months: int = 0  # after so many, rows nobody has changed are removed, or thinned to what is `lasting`; 0: kept

    def mistakes(self, table: TomlTable) -> None:
        """A time to keep rows that is none."""
        table.refuse(("months", self.months < 0, "must be a number of months, or left out where rows are kept"))

    @property
    def one_date(self) -> bool:
        """True if one date is set for all rows, and moved for all that are open: they can be late, and say no day."""
        return self.assign and not self.due and any(gap.rule == "late" for gap in self.gaps)

    def leaves_core(self, values: Values) -> bool:
        """True if the network may read a row with these answers."""
        return not _says(values, self.withheld) and (not self.shared or _says(values, self.shared))


def _says(values: Values, wanted: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """True if one of these questions was answered, or ticked, with one of its options."""
    said = [(values.get(name), options) for name, options in wanted]
    return any(set(value if isinstance(value, list) else [value]) & set(options) for value, options in said)


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """What the group decides is put to everybody, who can say yes or object."""

    days: int  # working days to answer in
    roles: tuple[str, ...]  # of those who are asked


@dataclass(frozen=True, slots=True)
class Approval:
    """Organisations approve a text."""

    of: tuple[str, ...]  # the exercises that together are the text


@dataclass(frozen=True, slots=True)
class Teams:
    """People write in small groups, one sheet to a group."""

    most: int  # people in one of them; two at least


@dataclass(frozen=True, slots=True)
class InOrder:
    """Days of a sheet of which none is after the next; see `flows.dialogue.days_in_order`."""

    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What is told of the whole way with an exercise's guide."""

    tells: tuple[str, ...]  # see `TOLD`


@dataclass(frozen=True, slots=True)
class Staging:
    """When an exercise is done, and among whom."""

    outward: bool = False  # an activity that turns to others (P.2), not an exercise of the team among itself
    # No part of one: "before" those with the network, of the core group alone; "between" them all.
    session: Literal["", "before", "between"] = ""
    named: bool = False  # its title gives nothing away on a locked screen, so a reminder says it
    with_event: bool = False  # prepares the event (5.4): it rests while that is cancelled, and nobody is reminded of it
    again: int = 0  # months after which the coordinators are reminded to do it once more


Part = ForEach | Verdict | Outcome | Shaping | Register | ConsentAsked | Approval | Teams | InOrder | Guide | Staging
