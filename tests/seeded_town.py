"""A town where everything is done, written straight into storage: the answers of the documents' demo town.

For tests that need several such towns, or one in no time; `bot.demo.snapshot` has the one that was played.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.app import Bot
from bot.context.context import Context
from bot.context.events import HandedIn
from bot.demo.invented import Invented
from bot.exercises import rounds
from bot.exercises.run_json import to_json
from bot.features.approvals import approvals
from bot.features.calendar.lifecycle import keep
from bot.features.documents.kept_versions import keep_version
from bot.features.documents.load_material import material_of
from bot.features.process.status import status
from bot.reminders.open_items import of_row
from bot.sandbox.sandbox import Sandbox
from flows.definitions.model import Exercise, Question
from flows.dialogue.keyboards import CONCLUSION
from flows.enums import ExerciseRole, How, Kind
from flows.figures.statistics import Series
from flows.run.state import Phase, Run, Seat, Sheet, conditions_met, key_of
from messages.documents.editions import Edition
from messages.documents.invented_town import material as invented_material
from messages.documents.material import Material, Round, Said
from storage.json_records import Json, JsonObject
from storage.records.group_settings import GroupSettings
from storage.records.records import GivenAnswer, Group, GroupState, Member, SeatState

PROFILE = ("sector", "level", "children")  # what the joining questions are about, besides name and organisation
EARLIER = timedelta(days=200)  # since the first version of the plan, which had fewer activities
FEWER = 4
CHECK_IN = timedelta(days=6)
WEEK = timedelta(weeks=1)
GOES_ON = ("activities",)  # what is taken on here is still to be done, a week apart


async def settle(ctx: Context, chat_id: int, users: Sequence[int], invented: Invented) -> None:
    """Write the finished process into a new group with this chat, whose members these Telegram users are."""
    group = await ctx.work.groups.add(chat_id, invented.finished_group)
    steps = [step.number for step in ctx.services.process.steps]
    settings = GroupSettings(activated=True, steps=tuple(steps))
    group = await ctx.work.groups.update(group.id, state=GroupState.ACTIVE, settings=settings)
    await rounds.begin(ctx, group, ctx.services.process.with_role(ExerciseRole.JOINING), seats={})
    town = _Town(
        ctx,
        group,
        [await _member(ctx, group, u, p) for u, p in zip(users, invented.moved(invented.people), strict=True)],
    )
    await town.write(invented_material(), invented.moved)
    await status(ctx, group)


async def furnish(sandbox: Sandbox, bot: Bot, invented: Invented) -> None:
    """A group with a finished process, in which the bot is already and has been asked for the documents."""
    people = [sandbox.add_person(person["name"]) for person in invented.moved(invented.people)]
    chat = sandbox.create_group(invented.finished_group, people[0], people[1:])
    async with bot.store.work() as work:
        await settle(Context(bot.services, work, sandbox.now()), chat, people, invented)
    sandbox.act(people[0], "add_bot", chat=chat)
    sandbox.act(people[0], "send_text", chat=chat, text="/dokument")


async def _member(ctx: Context, group: Group, user: int, invented: JsonObject) -> Member:
    person = await ctx.work.people.ensure(user)
    member = await ctx.work.members.add(group.id, person.id, "core")
    organisation = await ctx.work.members.add_organisation(group.id, invented["organisation"])
    return await ctx.work.members.update(
        member.id,
        name=invented["name"],
        organisation_id=organisation.id,
        profile={name: invented[name] for name in PROFILE},
        coordinator=not any(m.coordinator for m in await ctx.work.members.of_group(group.id)),
        state=SeatState.ACTIVE,
        agreed_version=ctx.services.voice.book("agreement")["version"],
        agreed_at=ctx.now,
    )


class _Town:
    """The group while it is written."""

    def __init__(self, ctx: Context, group: Group, members: Sequence[Member]) -> None:
        self._desk, self._group, self._members = ctx, group, members
        self._rows: dict[tuple[str, int], int] = {}  # ids by register and number
        self._titles: dict[tuple[str, str], int] = {}  # and by register and name

    async def write(self, given: Material, moved: Callable[[Json], Json]) -> None:
        process = self._desk.services.process
        for step in process.steps:
            for name in step.exercises:
                exercise = process.exercises[name]
                if exercise.how is How.ROWS:
                    await self._register(exercise, given, moved)
                elif given.rounds[name].said:
                    await self._round(exercise, given.rounds[name], moved)
        await keep(self._desk, self._group, given.calendar)
        await self._numbers(given)
        await self._versions()

    # -- registers -------------------------------------------------------------------------------------------------
    async def _register(self, exercise: Exercise, given: Material, moved: Callable[[Json], Json]) -> None:
        assert exercise.register is not None
        rows = self._desk.work.rows
        for row in given.registers[exercise.id]:
            values = {name: self._value(exercise.question(name), moved(v)) for name, v in row.values.items()}
            assignee = self._members[row.assignee - 1].id if row.assignee else None
            ahead = self._desk.today + row.number * WEEK if assignee and exercise.id in GOES_ON else None
            made = await rows.add(self._group.id, exercise.id, values, author=self._members[0].id, assignee=assignee)
            if ahead:
                made = await rows.change(made.id, None, self._members[0].id, due=ahead)
            if row.state == "done" or (assignee and not ahead):
                made = await rows.change(made.id, None, self._members[0].id, state="done")
            await of_row(self._desk, self._group, made)
            self._rows[exercise.id, row.number] = made.id
            title = values.get(exercise.register.title)
            if isinstance(title, str):
                self._titles[exercise.id, title.casefold()] = made.id
        await self._run(exercise, {})

    def _value(self, question: Question, value: Json) -> Json:
        """A value as it is stored: people, organisations and rows by their ids here."""
        match question.kind:
            case Kind.PERSON if "id" in value:
                return {"id": self._members[value["id"] - 1].id}
            case Kind.ORGANISATION if "id" in value:
                return {"id": self._organisation(value["id"])}
            case Kind.ROW if question.many:
                return [self._row(question, name) for name in value]
            case Kind.ROW:
                return self._row(question, value[0])
        return value

    def _row(self, question: Question, name: str) -> JsonObject:
        """The row of that name; a row that is not there is left a name."""
        found = self._titles.get((question.field.register, name.casefold()))
        return {"id": found} if found else {"name": name}

    def _organisation(self, number: int) -> int:
        """The invented town numbers its organisations in the order of its people."""
        return list(dict.fromkeys(m.organisation_id for m in self._members if m.organisation_id))[number - 1]

    # -- rounds ----------------------------------------------------------------------------------------------------
    async def _round(self, exercise: Exercise, given: Round, moved: Callable[[Json], Json]) -> None:
        answers = list(self._owned(exercise, given))
        answered: dict[str, set[str]] = {}
        for owner, _, said in answers:
            answered.setdefault(owner, set()).add(key_of(said.question, self._item(exercise, said.item)))
        if given.conclusion:
            answered.setdefault("g", set()).add(CONCLUSION)
        values = {(owner, key_of(s.question, self._item(exercise, s.item))): s.value for owner, _, s in answers}
        sheets = {owner: Sheet(frozenset(keys), True) for owner, keys in answered.items()}
        run = await self._run(exercise, sheets, values)
        for owner, member, said in answers:
            question = exercise.question(said.question)
            value, comment = self._value(question, moved(said.value)), moved(said.comment)
            where = (owner, question.id, self._item(exercise, said.item))
            answer = GivenAnswer(*where, value, comment, str(question.audience), exercise.anonymous)
            await self._desk.work.answers.keep(run, answer, member)
        if given.conclusion:
            text = moved(given.conclusion)
            answer = GivenAnswer("g", CONCLUSION, "", text, None, "group", anonymous=False)
            await self._desk.work.answers.keep(run, answer, self._members[0].id)
        for owner in answered:
            await self._desk.work.answers.hand_in(run, owner)
            if exercise.anonymous:
                await self._desk.work.answers.admit(run)
            if exercise.approves:
                await approvals.noted(self._desk, self._group, HandedIn(self._group.id, run, owner, None))

    def _owned(self, exercise: Exercise, given: Round) -> Iterator[tuple[str, int, Said]]:
        """The answers with their owners and who wrote them. Where they are anonymous they stand in everyone's order."""
        seen: Counter[tuple[str, str]] = Counter()
        for said in given.said:
            place = seen[said.question, said.item]
            seen[said.question, said.item] += 1
            match exercise.how:
                case How.EACH:
                    member = self._members[said.member - 1 if said.member else place]
                    yield f"m:{member.id}", member.id, said
                case How.ORG:
                    organisation = self._organisation(said.organisation or place + 1)
                    member = next(m for m in self._members if m.organisation_id == organisation)
                    yield f"o:{organisation}", member.id, said
                case _:
                    yield "g", self._members[0].id, said

    def _item(self, exercise: Exercise, item: str) -> str:
        if exercise.for_each and exercise.for_each.register and item:
            return f"#{self._rows[exercise.for_each.register, int(item[1:])]}"
        return item

    async def _run(
        self, exercise: Exercise, sheets: Mapping[str, Sheet], said: Mapping[tuple[str, str], Json] | None = None
    ) -> int:
        """A round that is concluded."""
        items = {key.partition("@")[2] for sheet in sheets.values() for key in sheet.answered if key != CONCLUSION}
        named = exercise.for_each.items if exercise.for_each else ()
        ordered = (*(item for item in named if item in items), *sorted(items - set(named)))
        seats = {m.id: Seat(m.id, m.organisation_id) for m in self._members}
        run = Run(exercise, 0, Phase.CONCLUDED, seats, sheets, items=ordered or ("",), trail=(Phase.NEW,))
        for owner, sheet in sheets.items():
            own = {key: value for (of, key), value in (said or {}).items() if of == owner}
            run = run.with_sheet(owner, replace(sheet, also_asked=conditions_met(run, own)))
        if exercise.anonymous:
            run = replace(run, admitted=len(sheets.keys() - {"g"}))
        runs = self._desk.work.runs
        return (await runs.add(self._group.id, exercise.id, exercise.version, to_json(run), str(run.phase))).id

    # -- the rest --------------------------------------------------------------------------------------------------
    async def _numbers(self, given: Material) -> None:
        """The statistics, as figures entered by hand, and how everyone was."""
        work = self._desk.work
        for year in given.years:
            for series, figure in zip(Series, year.figures(), strict=True):
                if isinstance(figure, int):
                    await work.earlier_years.put(self._group.id, year.year, series, figure)
        for check_in in given.checkins:
            if check_in.band is not None:
                members = [m.id for m in self._members]
                asked = await work.check_ins.open(self._group.id, members, check_in.on, check_in.on + CHECK_IN)
                for member in members:
                    await work.check_ins.answer(asked, member, check_in.band + 1)

    async def _versions(self) -> None:
        """The plan was given out before, with less in it."""
        now = await material_of(self._desk, self._group)
        fewer = {**now.registers, "activities": now.registers["activities"][:FEWER]}
        earlier = replace(now, registers=fewer, today=now.today - EARLIER)
        await keep_version(self._desk, self._group, "plan", Edition("plan", earlier).at_hand)
