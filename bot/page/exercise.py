"""An exercise as one page: its questions, one's answers, and what of a form could not be taken."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from bot.assembly import asked_questions
from bot.context.context import Context
from bot.context.permissions import Rank, meets, rank_of
from bot.exercises import approved_texts, runner, text_changes
from bot.features.identities.identity_search import in_answer
from bot.page.care import HeardIn, hear, words_of
from bot.page.form_fields import mark_of
from bot.page.written import PageWriter
from bot.views.exercise import ExerciseView
from bot.views.names import answer_key, title_for
from flows.definitions.model import Question
from flows.dialogue.dialogue_state import DialogueState
from flows.dialogue.prompts import locked, settled
from flows.enums import How
from flows.fields import ScaleField, There
from flows.input_errors import Problem, Trouble
from flows.run.events import Entry, Filled
from flows.run.state import Phase, Run
from flows.values import Value
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, Person
from storage.records.runs import Run as Record


@dataclass(frozen=True, slots=True)
class Option:
    """An option to choose."""

    value: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class FormField:
    """A question of the form."""

    key: str
    text: str
    help: str | None
    audience: str
    item: str | None  # the item that it is about, if there are items
    kind: str
    many: bool
    required: bool
    options: Sequence[Option]
    free: bool  # a text can be written, perhaps beside the options
    written: str  # what stands in the text's field
    comments: bool
    comment: str
    seen: str  # the mark of what stands
    trouble: str | None
    may_stand: bool  # the trouble is that it points somebody out, and one can say that it is to stand
    held: str  # it is not taken, as somebody in need may have written it: what becomes of it
    mine: bool  # … and was, as they have said that it is their answer


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The page of an exercise."""

    title: str
    lead: str
    guide: str
    tips: Sequence[str]
    fields: Sequence[FormField]
    on: str  # the mark of what it is opened on, beside its answers
    settled: bool  # handed in: looked at, and not changed here
    anew: bool  # a text that is approved has changed since their organisation answered …
    changes: Sequence[Markup]  # … and how
    shared: bool
    unnamed: bool  # what is written bears no name, and is no draft
    rows: bool  # a row of the group's own list; from outside it is handed in
    once: bool  # handed in twice it would count twice


@dataclass(frozen=True, slots=True)
class SeatedIn:
    """A person's seat in a round of an exercise."""

    group: Group
    member: Member
    record: Record


async def place_of(ctx: Context, person: Person, run_id: int) -> SeatedIn | None:
    """Return a person's seat in a round, if it takes their answers now; None for any other number."""
    record = await ctx.work.runs.lookup(run_id)
    group = await ctx.work.groups.get(record.group_id) if record else None
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    if record is None or group is None or member is None or group.state != "active":
        return None
    exercise = ctx.services.process.exercises[record.exercise]
    if rank_of(member, group) < Rank.MEMBER and not meets(exercise, member):
        return None
    open_list = exercise.how is How.ROWS and record.phase == Phase.CONCLUDED  # a list goes on after its exercise
    if exercise.private or not (open_list or record.phase in (Phase.OPEN, Phase.REVEALED)):
        return None
    run = runner.load(ctx, record)
    return SeatedIn(group, member, record) if member.id in run.seats and not run.spoken else None


async def open_to(ctx: Context, person: Person) -> list[tuple[SeatedIn, str]]:
    """Return the open rounds in which a person has a seat and has not handed in, with their titles."""
    found = []
    for member in await ctx.work.members.of_person(person.id):
        for record in await ctx.work.runs.all_of(member.group_id):
            if (place := await place_of(ctx, person, record.id)) is None:
                continue
            if record.phase != Phase.OPEN and member.role != "guest":
                continue
            run = runner.load(ctx, record)
            if not run.sheet(member.id).handed_in:
                found.append((place, ctx.services.voice.title_of(run.exercise.id)))
    return found


@dataclass(frozen=True, slots=True)
class SentIn:
    """A form as it was sent. `mine`: fields whose writer has said that they are an answer, and no cry for help."""

    entered: Mapping[str, Entry] = field(default_factory=dict)
    mine: Collection[str] = ()
    on: str = ""  # the mark of what it was opened on …
    opened: Mapping[str, str] = field(default_factory=dict)  # … and those of its answers
    late: str = ""  # why nothing is taken: since it was opened it was `handed_in`, or its `text` changed
    troubles: Mapping[str, Trouble] = field(default_factory=dict)  # what could not be taken, and why
    heard: HeardIn = field(default_factory=HeardIn)


async def sheet(ctx: Context, place: SeatedIn, sent: SentIn) -> SheetPage:
    """Return the page; answers that could not be taken are shown as they were entered."""
    there = await _stands(ctx, place)
    run, t, words = there.run, there.t, there.present.words
    keys = [key for key in run.keys() if key not in t.visit.new.fixed] if t.rows else list(t.keys)
    outside = place.member.role == "guest"

    def shown(key: str) -> Shown:
        stands, trouble = there.entry(key), sent.troubles.get(key)
        held, emptied = str(sent.heard.held.get(key, "")), (None, Problem.NEEDED, Problem.THEIRS)
        taken = not held and (trouble.name if trouble else None) in emptied and not run.exercise.anonymous
        entry = stands if taken else sent.entered.get(key, stands)
        return Shown(entry, trouble, place.member.id, held, mine=key in sent.mine, on=_mark(stands))

    fields = [field_of(run, there.present, key, shown(key)) for key in keys]
    if outside:
        fields = [replace(field, audience=ctx.services.voice.label("audience.guest")) for field in fields]
    anew = bool(run.exercise.approves) and await approved_texts.withdrawn(ctx, place.group, run, place.member.id)
    changes = await text_changes.since_answer(ctx, there.present.scene, run, place.member.id) if anew else []
    return SheetPage(
        title_for(place.member, words),
        words["outside.lead" if outside else "lead"],
        "" if outside else words.get("guide") or "",
        words.list("tips"),
        fields,
        f"{there.over:d}{there.text}",
        there.over and (locked(t) or not (sent.troubles or sent.heard.held)),
        anew,
        [PageWriter().inline(line) for line in changes],
        run.exercise.how is not How.EACH and not outside,
        run.exercise.anonymous,
        t.rows and not outside,
        run.exercise.how is not How.EACH or run.exercise.anonymous,
    )


async def fill(ctx: Context, person: Person, place: SeatedIn, sent: SentIn, *, done: bool) -> SentIn:
    """Save what the person has changed in a form, and return it with what could not be taken.

    Not taken either is what has changed since the form was opened, until they have seen it. What somebody in need may
    have written is heard as in the chat, before anything takes it; then nothing is handed in.
    """
    there, written, changed, met = await _stands(ctx, place), {}, dict[str, Entry](), dict[str, Trouble]()
    late = there.late(sent.on)
    for key in [key for key in there.run.keys() if key in sent.entered]:
        entry, stands = sent.entered[key], there.entry(key)
        opened = sent.opened.get(key, _mark(stands))
        if _mark(entry) in (opened, _mark(stands)):
            continue
        if late or opened != _mark(stands):
            met[key] = Trouble(Problem.MET, {"stands": there.said(key)})
        asked = MessageContext(run=place.record.id, key=key)
        written[key] = words_of(entry), await asked_questions.where(ctx, person, asked)
        found = await in_answer(ctx, place.group, words_of(entry))
        changed[key] = replace(entry, identities=found, seen=stands != Entry())
    heard = hear(written, sent.mine)
    taken = {key: entry for key, entry in changed.items() if key not in {*heard.held, *met}}
    if taken or not (there.over or late):
        event = Filled(place.member.id, taken, ctx.today, ctx.dates, done=done and not heard.held and not met)
        await runner.apply(ctx, place.group, place.record, event, by=place.member)
    return replace(sent, troubles={**ctx.troubles, **met}, heard=heard, late=late if changed or not there.over else "")


@dataclass(frozen=True, slots=True)
class _Stands:
    """A sheet as it stands now, for one of its people. `text`: the mark of the text that it is about."""

    run: Run
    present: ExerciseView
    t: DialogueState
    given: Mapping[str, tuple[Value, str | None]]
    text: str

    @property
    def over(self) -> bool:
        """True if it is handed in."""
        return not self.t.rows and settled(self.t)

    def late(self, on: str) -> str:
        """Return what has changed about the sheet itself since a form was opened `on` it, if anything has."""
        if self.over and (locked(self.t) or on[:1] != "1"):
            return "handed_in"
        return "text" if on[1:] != self.text else ""

    def entry(self, key: str) -> Entry:
        """Return an answer as it is in a form."""
        (value, comment), field = self.given.get(key, (None, None)), self.run.question(key).field
        return Entry(picks=field.picked(value), text=field.entered(value), comment=comment or "")

    def said(self, key: str) -> str:
        """Return an answer as people read it."""
        value, comment = self.given.get(key, (None, None))
        said = self.present.value(self.run.question(key), value) if value is not None else None
        return " – ".join(part for part in (said, comment) if part)


async def _stands(ctx: Context, place: SeatedIn) -> _Stands:
    loaded = await runner.fitted(ctx, place.group, place.record)
    run, scene = await runner.prepared(ctx, place.group, loaded, place.member)
    present, t = ExerciseView(ctx.services.voice, scene, run.exercise), DialogueState(run, place.member.id, ctx.today)
    text = await approved_texts.mark(ctx, place.group, run.exercise) if run.exercise.approves else ""
    answers = await ctx.work.answers.of_owner(run.number, run.owner(place.member.id)) if not t.rows else ()
    given = {key: (value, None) for key, value in t.visit.draft.items()} if t.rows else {}
    return _Stands(run, present, t, {**given, **{answer_key(a): (a.value, a.comment) for a in answers}}, text)


def _mark(entry: Entry) -> str:
    return mark_of(sorted(entry.picks), entry.text, entry.comment)


@dataclass(frozen=True, slots=True)
class Shown:
    """How a field of a form is filled in, what is wrong with that, and by which member (0: by somebody outside)."""

    entry: Entry
    trouble: Trouble | None = None
    member: int = 0
    held: str = ""  # what becomes of it, as somebody in need may have written it
    mine: bool = False  # they have said that it is their answer
    on: str = ""  # the mark of what stands


def field_of(run: Run, present: ExerciseView, key: str, shown: Shown) -> FormField:
    """A question of a form, as it is filled in."""
    entry, trouble = shown.entry, shown.trouble
    question, item = run.question(key), key.partition("@")[2]
    base = f"question.{question.id}"
    facts = dict(trouble.facts) if trouble else {}
    return FormField(
        key=key,
        text=present.words[f"{base}.text"],
        help=present.words.get(f"{base}.help"),
        audience=present.audience(question, shown=present.is_shown(run)),
        item=present.item(item) if item else None,
        kind=str(question.kind),
        many=question.many,
        required=question.required,
        options=_options(run, present, question, shown),
        free=not question.field.tapped,
        written=entry.text,
        comments=question.comment or question.ask_comment or bool(question.ask_after),
        comment=entry.comment,
        seen=shown.on,
        trouble=present.trouble(trouble),
        may_stand=bool(facts.get("kinds")) and trouble is not None and trouble.name.endswith("points_out"),
        held=shown.held,
        mine=shown.mine,
    )


def _options(run: Run, present: ExerciseView, question: Question, shown: Shown) -> list[Option]:
    """What there is to tick or choose."""
    field, picks = question.field, shown.entry.picks
    if isinstance(field, ScaleField):
        low, high = (present.words[f"question.{question.id}.{end}"] for end in ("low", "high"))
        ends = {field.low: f"{field.low} – {low}", field.high: f"{field.high} – {high}"}
        return [Option(arg, ends.get(int(arg), arg), arg in picks) for arg in field.choices(There())]
    if not (field.tapped or field.points):  # it is written
        return []
    choices = field.choices(run.there(question, shown.member))
    return [Option(arg, present.value(question, value), arg in picks) for arg, value in choices.items()]
