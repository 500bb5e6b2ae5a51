"""The state of one round of an exercise: its phase, who takes part, what is answered, where people stand.

The values of the answers are not here; they live in storage. The run only knows which keys have an answer, as the
engine needs no more to decide what may happen next. A key is a question's id, or `question@item` where it is asked for
items.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from flows.definitions.model import Exercise, Question, When
from flows.enums import How
from flows.fields import Offer, Offered, There
from flows.identities import Identity
from flows.values import Value, Values, parts

TOGETHER = 2  # people whose unnamed answers are added at a time, once others' have been shown


class Phase(StrEnum):
    """The life of a run: open → revealed → concluded; set aside when it was begun by mistake."""

    NEW = "new"
    OPEN = "open"
    REVEALED = "revealed"
    CONCLUDED = "concluded"
    ASIDE = "aside"


class Place(StrEnum):
    """Where a person stands in the dialogue of an exercise."""

    INTRO = "intro"
    PICK = "pick"  # which items are taken up
    ASK = "ask"
    COMMENT = "comment"
    SUMMARY = "summary"
    OWN = "own"  # names an item of the group's own
    MET = "met"  # chooses between two answers that were written at once
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Seat:
    """One who takes part. Someone gone keeps the seat's answers; someone away is not awaited, but can answer."""

    member: int
    organisation: int | None = None
    awaited: bool = True
    team: int | None = None  # the member in whose name the sheet of the small group stands
    away: bool = False  # for a while, and so not awaited

    @property
    def takes_part(self) -> bool:
        """True if whoever sits here can answer, awaited or not."""
        return self.awaited or self.away


@dataclass(frozen=True, slots=True)
class Example:
    """A text that can be taken over as the answer to a question, and then changed.

    `number` is its place among the examples of its question; `source` says whose it is; `gives` is what else it says of
    a row, by question.
    """

    number: int
    text: str
    source: str = ""
    gives: Values = field(default_factory=dict)

    def fits(self, values: Values) -> bool:
        """True if the example contradicts no answer that the row has already."""
        return all(values.get(question, value) == value for question, value in self.gives.items())


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one owner (a member, an organisation, the group) has answered."""

    answered: frozenset[str] = frozenset()
    handed_in: bool = False
    also_asked: frozenset[str] = frozenset()  # the keys whose condition holds, by what is answered here


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An answer where several write, on a sheet or in a row: the version that first said it, its author, its value."""

    version: int
    member: int | None
    value: Value
    joined: bool = False  # it puts together what several people wrote
    several: bool = False  # somebody else has written there, too, now or before


@dataclass(frozen=True, slots=True)
class Met:
    """Two answers that were written at once: this person's, what somebody else wrote before it, and both as one."""

    mine: Value
    theirs: Value
    both: Value
    by: int | None  # who wrote theirs; None for who is not known, or several
    back: tuple[Place, str] | None = None  # where the person stood meanwhile, if it was no answer to what was asked


@dataclass(frozen=True, slots=True)
class Held:
    """A text kept as it was written until somebody has said whether it is to stand."""

    text: str
    key: str
    seen: int | None
    message: tuple[int, int] | None  # its chat and number
    kinds: tuple[Identity, ...]
    edited: bool  # it came as the edit of an earlier message
    at: int = 0  # unix seconds
    long: bool = False
    comment: bool = False
    apart: bool = False  # it is held as it may be several rows; see flows.dialogue.several_lines
    ask: int = 0  # … and the number of the asking that is about them
    rows: tuple[str, ...] = ()  # … and what they would be called
    lock: str = ""  # its words are shut away behind this lock, whose key only the button under it holds …
    shut: tuple[str, ...] = ()  # … and this is what lies there


SPLIT_WITHIN = 5  # seconds between two parts of a text that the phone split
JOINED_WITHIN = 30  # seconds between two short messages that are one answer, if the second begins with "and" or "but"


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest answer in words: to which key and when (unix seconds), for messages that the phone splits."""

    key: str = ""
    at: int = 0
    long: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What was written before an option was chosen, which becomes the comment; and in which message, if it was one."""

    text: str | None = None
    message: tuple[int, int] | None = None  # its chat and number
    left: Mapping[str, str] = field(default_factory=dict)  # … and at questions that they went back from, by their keys


@dataclass(frozen=True, slots=True)
class NewRow:
    """The row of a register that somebody fills in: its values so far."""

    values: Values = field(default_factory=dict)
    fixed: tuple[str, ...] = ()  # fields that are given and not asked
    told: tuple[str, ...] = ()  # fields that became known meanwhile, and can be changed
    reminded: bool = False  # that they have left it half done


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's way through the exercise. `ask` grows with each thing asked, so old buttons are known as old."""

    place: Place = Place.INTRO
    key: str = ""
    ask: int = 0
    ticked: tuple[str, ...] = ()
    seen: int = 0  # the version of the answer to `key` that was shown when it was asked; 0 for none
    met: Met | None = None  # two answers to `key` to choose between; see flows.dialogue.edit_conflict
    held: Held | None = None  # a text that is asked about first; see flows.dialogue.identity_check
    reworded: int = 0  # the number of the asking whether a text is to stand that another was written instead of
    pasted: Held | None = None  # lines that wait to become rows while something else is asked
    remark: Remark = field(default_factory=Remark)
    to_summary: bool = False  # answering returns to the summary
    row: int | None = None  # registers: the row being changed, None for a new one
    rest: tuple[str, ...] = ()  # what to ask for next: fields of that row, or what a changed answer has opened
    new: NewRow = field(default_factory=NewRow)
    last: Latest = Latest()
    paused: bool = False
    offered: Offered = Offered()  # noqa: RUF009 - it never changes
    revising: bool = False  # they change what they had handed in, which holds until the first change

    @property
    def draft(self) -> Values:
        """The new row so far."""
        return self.new.values

    @property
    def takes_text(self) -> bool:
        """True if the person is asked something that a text can answer."""
        return not self.paused and self.place in (Place.PICK, Place.ASK, Place.COMMENT, Place.OWN, Place.MET)

    @property
    def begun_row(self) -> Values:
        """Return the answers of a new row that was begun and not saved, without those it was given from the start."""
        begun = {key: value for key, value in self.draft.items() if key not in self.new.fixed}
        return {} if self.waits_apart else begun

    @property
    def waits_apart(self) -> Held | None:
        """Return the pasted lines that wait for a yes, asked about now or before (`flows.dialogue.several_lines`)."""
        return self.held if self.held and self.held.apart else self.pasted

    def goes_on(self, at: int, *, joins: bool = False) -> bool:
        """True if a text at this time (unix seconds) is the next part of the latest one.

        The phone has split a long one (within `SPLIT_WITHIN` seconds), or the person has sent it in pieces (within
        `JOINED_WITHIN`; `joins`: it begins with a word that continues one, such as "and").
        """
        after = at - self.last.at
        return (self.last.long and 0 <= after <= SPLIT_WITHIN) or self.joined(at, joins=joins)

    def joined(self, at: int, *, joins: bool) -> bool:
        """True if a short text at this time belongs to the answer just given rather than to what is asked since."""
        asked = self.place in (Place.ASK, Place.SUMMARY)
        return joins and bool(self.last.key) and asked and 0 <= at - self.last.at <= JOINED_WITHIN


_BLANK, _EMPTY = Sheet(), Visit()


@dataclass(frozen=True, slots=True)
class Supplied:
    """What a run is given at each load, and is not stored with it: much of it is of the one who acts."""

    organisations: tuple[int, ...] = ()
    offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)  # by question: the rows to choose among
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)  # by question: what can be taken over
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by key: what they have ticked before
    closed: frozenset[str] = frozenset()  # the questions that they may not answer, or not in this row
    # By key: what stands on the sheet that they share with others, or in the row that they change.
    written: Mapping[str, SharedAnswer] = field(default_factory=dict)
    doubted: bool = False  # whether somebody in the group does not know all whom answers without names count
    row_gone: bool = False  # whether somebody has removed the row that they change


@dataclass(frozen=True, slots=True)
class Run:
    """One round of one exercise in one group."""

    exercise: Exercise
    number: int
    phase: Phase = Phase.NEW
    seats: Mapping[int, Seat] = field(default_factory=dict)
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    visits: Mapping[int, Visit] = field(default_factory=dict)
    items: tuple[str, ...] = ("",)
    picked: tuple[str, ...] = ()  # where the group picks among the items
    trail: tuple[Phase, ...] = ()
    answer_by: date | None = None
    admitted: int = 0  # how many people's unnamed answers are among those shown
    carried: bool = False  # it began with what the group wrote in the round before, which is to be looked over
    spoken: bool = False  # the group talks about it instead, and what was written has been erased
    hidden: frozenset[str] = frozenset()  # the owners whose answers were shown until the coordinator took it back
    given: Supplied = field(default_factory=Supplied)

    def stored(self, exercise: Exercise) -> "Run":
        """The run of this exercise as it comes back from storage, without what is given at each load."""
        return replace(self, exercise=exercise, given=Supplied())

    # -- keys ------------------------------------------------------------------------------------------------------
    def keys(self) -> tuple[str, ...]:
        """Every key that can be asked, in order: item by item, question by question."""
        if self.items == ("",):
            return self.exercise.question_ids
        return _keys(self.exercise.question_ids, self.items)

    def asked(self, owner: str) -> tuple[str, ...]:
        """The keys that are asked on this owner's sheet: those whose condition holds by what is answered there."""
        conditional, ids = self.exercise.conditional_ids, self.exercise.question_ids
        if not conditional and self.taken_up is self.items:
            return self.keys()
        keys, also_asked = _keys(ids, self.taken_up), self.sheets.get(owner, _BLANK).also_asked
        left_out = set(_keys(conditional, self.taken_up)) - also_asked
        return tuple([key for key in keys if key not in left_out]) if left_out else keys

    @property
    def taken_up(self) -> tuple[str, ...]:
        """The items that are asked about: all, or those that the group has picked or already said something about."""
        if self.exercise.for_each is None or not self.exercise.for_each.pick:
            return self.items
        spoken_of = self.spoken_of
        return tuple(item for item in self.items if item in self.picked or item in spoken_of)

    @property
    def spoken_of(self) -> frozenset[str]:
        """The items about which somebody has answered something."""
        return frozenset(key.partition("@")[2] for sheet in self.sheets.values() for key in sheet.answered)

    def question(self, key: str) -> Question:
        """The question behind a key. Raises KeyError for a key that is not of this exercise."""
        question_id, _, item = key.partition("@")
        if item not in self.items:
            raise KeyError(key)
        return self.exercise.question(question_id)

    def there(self, question: Question, member: int) -> There:
        """Return what this person can choose among, to answer a question."""
        members = tuple(seat.member for seat in self.seats.values() if seat.takes_part)
        given, alike = self.given, self.exercise.alike(question)
        return There(member, members, given.organisations, given.offers.get(question.id, ()), given.ticks, alike)

    def confides(self, key: str) -> bool:
        """True if fear, or a case, is what is asked for under this key."""
        question_id = key.partition("@")[0]
        return any(question.id == question_id and question.confides for question in self.exercise.questions)

    def required(self, owner: str) -> tuple[str, ...]:
        """The keys that must have an answer before this owner's sheet can be handed in."""
        return tuple(key for key in self.asked(owner) if self.question(key).required)

    def depending(self, key: str) -> dict[str, When]:
        """The keys whose condition looks at the answer to this one, with these conditions."""
        if not self.exercise.conditional_ids:
            return {}
        name, _, item = key.partition("@")
        whens = ((q.id, q.when) for q in self.exercise.questions)
        return {key_of(id, item): when for id, when in whens if when and (when.exercise, when.question) == ("", name)}

    # -- who -------------------------------------------------------------------------------------------------------
    @property
    def shared(self) -> bool:
        """True if several people write on one sheet."""
        return self.exercise.how in (How.GROUP, How.ORG) or bool(self.exercise.teams)

    def owner(self, member: int) -> str:
        """Return whose sheet this member writes on: `m:<member>`, `o:<organisation>` or `g`."""
        if self.exercise.how is How.GROUP:
            return "g"
        if self.exercise.teams:
            return f"m:{self.seats[member].team or member}"
        if self.exercise.how is How.ORG:
            organisation = self.seats[member].organisation
            return f"o:{organisation}" if organisation is not None else f"m:{member}"
        return f"m:{member}"

    def sheet(self, member: int) -> Sheet:
        """The sheet this member writes on, empty if nothing is answered yet."""
        return self.sheets.get(self.owner(member), _BLANK)

    def locked(self, member: int) -> bool:
        """True if this member's sheet can no longer be changed: it is in, and the group has seen it or it has no name.

        What people answer for themselves alone nobody else sees, so it is never locked.
        """
        shown = self.phase is not Phase.OPEN and not self.exercise.unseen
        return (self.exercise.anonymous or shown) and self.sheet(member).handed_in

    def visit(self, member: int) -> Visit:
        """Return where this person stands, at the very beginning if they have not been here."""
        return self.visits.get(member, _EMPTY)

    def owners(self) -> tuple[str, ...]:
        """The owners who are awaited, or are away and have handed in all the same, each once, in seat order."""
        handed_in, seats = self.handed_in(), self.seats.values()
        owners = ((seat, self.owner(seat.member)) for seat in seats if seat.takes_part)
        return tuple(dict.fromkeys(owner for seat, owner in owners if seat.awaited or owner in handed_in))

    def handed_in(self) -> frozenset[str]:
        """The owners who have handed in."""
        return frozenset(owner for owner, sheet in self.sheets.items() if sheet.handed_in)

    def waiting_for(self) -> tuple[str, ...]:
        """The owners who have not handed in."""
        handed_in = self.handed_in()
        return tuple(owner for owner in self.owners() if owner not in handed_in)

    def begun(self) -> tuple[str, ...]:
        """The owners awaited who have answered something and not handed in."""
        return tuple(owner for owner in self.waiting_for() if self.sheets.get(owner, _BLANK).answered)

    def unsent(self) -> tuple[str, ...]:
        """The owners awaited who have answered all that they must and not handed in.

        Empty where a text is approved: an answer there was to an earlier wording, and is asked for anew.
        """
        if self.exercise.approves:
            return ()
        return tuple(owner for owner in self.begun() if self.sheets[owner].answered.issuperset(self.required(owner)))

    @property
    def awaits_answers(self) -> bool:
        """True if each answers alone, and somebody awaited has not handed in; not if the group talks instead."""
        return self.exercise.how in (How.EACH, How.ORG) and bool(self.waiting_for()) and not self.spoken

    def members_of(self, *owners: str) -> Iterator[int]:
        """The awaited members who may write on the sheets of these owners."""
        wanted = frozenset(owners)
        return (seat.member for seat in self.seats.values() if seat.awaited and self.owner(seat.member) in wanted)

    @property
    def answered_alone(self) -> bool:
        """True if people, or organisations, answer each for themselves, and it is seen by others."""
        return self.exercise.how in (How.EACH, How.ORG) and not self.exercise.private

    @property
    def filled_in(self) -> bool:
        """True if all is in, so that whoever leads can end it.

        If it is written together: all is answered, or what is required is and somebody has said that it is done (which
        somebody must, where it began with what stood there before). If each answers alone: it has been shown, and the
        group has written its conclusion, if there is one to write; if nobody sees the answers, all are in. A register
        that is always there has no end.
        """
        if self.exercise.always:
            return False
        sheet = self.sheets.get("g", _BLANK)
        if self.phase is Phase.OPEN and self.exercise.how is How.EACH and self.exercise.unseen:
            return not self.exercise.private and bool(self.owners()) and not self.waiting_for()
        if self.phase is Phase.REVEALED:
            return not self.exercise.conclusion or sheet.handed_in
        if self.phase is not Phase.OPEN or self.exercise.how is not How.GROUP or not sheet.answered:
            return False
        asked = self.asked("g")
        if self.carried and not sheet.handed_in:
            return False
        return all(key in sheet.answered for key in (self.required("g") if sheet.handed_in else asked))

    @property
    def shown(self) -> bool:
        """True if what each answered alone has been shown: a round that was played in the room can end without it."""
        return self.phase is Phase.REVEALED or (self.phase is Phase.CONCLUDED and Phase.REVEALED in self.trail)

    @property
    def late(self) -> int:
        """The number of unnamed sheets that are handed in and not counted among those shown."""
        return max(0, len(self.handed_in() - {"g"}) - self.admitted) if self.exercise.anonymous else 0

    @property
    def late_alone(self) -> bool:
        """True if a single unnamed sheet has come in since the others' were shown, also if that was taken back."""
        return bool(self.admitted) and 0 < self.late < TOGETHER

    # -- change ----------------------------------------------------------------------------------------------------
    def with_visit(self, member: int, visit: Visit) -> "Run":
        """Return the run with this person's visit changed."""
        return replace(self, visits={**self.visits, member: visit})

    def with_sheet(self, owner: str, sheet: Sheet) -> "Run":
        """Return the run with this owner's sheet changed."""
        return replace(self, sheets={**self.sheets, owner: sheet})

    def into(self, phase: Phase) -> "Run":
        """Return the run in its next phase; the one it leaves goes onto the trail, so that the step can be undone."""
        return replace(self, phase=phase, trail=(*self.trail, self.phase))


def key_of(question_id: str, item: str) -> str:
    """The key of a question asked about an item (or about none)."""
    return f"{question_id}@{item}" if item else question_id


def _keys(question_ids: Iterable[str], items: Iterable[str]) -> tuple[str, ...]:
    """The keys of questions asked about items; `key_of` written out, as a long exercise has hundreds at each step."""
    return tuple([f"{id}@{item}" if item else id for item in items for id in question_ids])


def ticks_of(value: Value) -> tuple[str, ...]:
    """The ticks that an answer of several stands for: options, rows by id, and "+" with the name of one to be made."""
    return tuple(t if isinstance(t, str) else str(t["id"]) if "id" in t else f"+{t['name']}" for t in parts(value))


def conditions_met(run: Run, answers: Values) -> frozenset[str]:
    """The keys whose condition holds by these answers of one sheet."""
    whens = ((key, when) for given in answers for key, when in run.depending(given).items())
    return frozenset(key for key, when in whens if when.holds(answers[key_of(when.question, key.partition("@")[2])]))
