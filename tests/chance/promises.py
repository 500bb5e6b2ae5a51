"""What people are promised, as far as it can be held against what was said and kept after each act."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape

from bot.assembly import inbox
from bot.context.context import Context
from bot.context.open_thing import Part
from bot.demo.town import Town
from bot.exercises import runner
from bot.reminders.kinds import MANNER, POLL, SAY, UNMET
from flows.definitions.model import ConsentAsked, Exercise
from flows.enums import Audience, ExerciseRole, How
from flows.run.state import Phase
from flows.timing.pacing import ReminderManner
from messages.documents.catalogue import told_outside
from messages.structure.layout import laid_out
from messages.structure.older import from_html
from storage.records.open_items import OpenItem
from storage.records.records import Member
from storage.store import UnitOfWork
from tests.chance.heard import WORD, Ears, Said
from tests.triples.towns import whose

FEWEST = 4  # people who must have written before anything without names is shown
RESIDUE = re.compile(r"\{\{|\{%|%\}|\}\}|\bNone\b|\bTrue\b|\bFalse\b|Undefined|<[\w.]+ object|\bnan\b|\[\]|\{\}|''")
BARE = re.compile(r"✓ Sparat[.:]?\s*$")
NUMBERED = re.compile(r" \(\d+\)$")
NOT_KEPT = ("inte sparat", "inte sparad")
OWN = ("prompts", "held_texts", "dead_letters")  # what waits for its writer alone
GROUPS_OWN = (
    "members",
    "organisations",
    "groups",
    "meetings",
    "gatherings",
    "ballots",
    "makings",
    "uploads",
    "agenda",
    "links",
)
OUTSIDERS = (
    ExerciseRole.ROUTINE,
    ExerciseRole.EVENT,
    ExerciseRole.GUESTS,
    ExerciseRole.JOINING,
    ExerciseRole.TOWN,
    ExerciseRole.MEETINGS,
)
WHERE_TO_TURN = "Någon att prata med, dygnet runt"
EMPTIED = "är borta härifrån"  # of a chat, in which nothing is to stand that leads anywhere
PASSED_ON = "har skrivit till dig"
WAITED_FOR = "Någon väntar på något som bara du kan göra."  # told to a coordinator who is silent
WEEK = "Veckan i korthet"
Place = tuple[str, int]


def _waits(item: OpenItem, today: date) -> bool:
    """True if an open item waits for its person already, and is not of what will first be told on its day."""
    return item.due <= today or MANNER[item.kind] is ReminderManner.REMIND or item.kind in (SAY, POLL, UNMET)


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote: in which chat (their own, or a group's), with which word in it."""

    word: str
    user: int
    chat: int
    towns: frozenset[int] = frozenset()  # the groups that they sat in then, though they may be erased there since

    @property
    def private(self) -> bool:
        """Whether nobody else saw it written."""
        return self.chat > 0


@dataclass(frozen=True, slots=True)
class Circle:
    """Who may read what is kept in a place."""

    users: frozenset[int]
    group_chat: bool  # whether the group's own chat may
    unnamed: bool = False
    writers: frozenset[int] = frozenset()  # of a round without names
    why: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was broken, and how to play it again."""

    seed: int
    act: int
    who: str
    did: str
    what: str
    before: tuple[str, ...] = ()  # what they, and the town, did last

    def __str__(self) -> str:
        return f"[seed {self.seed}, act {self.act}] {self.who} {self.did}: {self.what}"


class Promises:
    """Looks at what came of an act, and tells each promise that was broken."""

    def __init__(self, town: Town, ears: Ears) -> None:
        self.town, self.ears = town, ears
        self.texts: dict[str, Text] = {}
        self.letters: set[tuple[int, str]] = set()  # to whom a text was passed on, and its word
        self.outcomes = Counter[str]()  # of texts written in private
        self.checked = Counter[str]()
        self._reminded: Counter[tuple[str, str]] = Counter()

    # -- after every act -----------------------------------------------------------------------------------------------
    async def broken(self, said: list[Said]) -> list[str]:
        """What was said in this act that should not have been, or not so."""
        found = [*self._form(said), *self._reminders()]
        spoken = [(one, word) for one in said for word in set(WORD.findall(one.text + " ".join(one.labels)))]
        if others := [(one, word) for one, word in spoken if not self._own(one, word)]:
            async with self.town.bot.store.work() as work:
                for one, word in others:
                    found += await self._reader(work, one, word)
        if self.town.failures:
            found.append(f"crash: {self.town.failures[-1]!r}")
            self.town.failures.clear()
        return found

    def _form(self, said: list[Said]) -> Iterator[str]:
        for one in said:
            self.checked["messages"] += 1
            text = laid_out(from_html(one.text))
            if residue := RESIDUE.search(text):
                yield f"residue: {residue.group()!r} in {one.text!r}"
            twice = [label for label, times in Counter(one.labels).items() if times > 1]
            if twice:
                yield f"alike: {twice} under {one.text[:80]!r}"
            self.checked["buttons told apart by a number"] += sum(
                NUMBERED.sub("", label) in one.labels for label in one.labels if NUMBERED.search(label)
            )
            if WAITED_FOR in text and (not one.labels or one.labels[0].startswith(WEEK)):
                yield f"unnamed task: {one.text!r} with {one.labels}"
            if BARE.fullmatch(text.strip()):
                yield f"bare receipt: {one.text!r}"

    def _reminders(self) -> Iterator[str]:
        for chat, at in self.ears.reminders:
            day = at.astimezone(self.town.bot.services.zone).date().isoformat()
            self._reminded[chat, day] += 1
            if self._reminded[chat, day] > 1:
                yield f"reminders: {self._reminded[chat, day]} on {day} to {chat}"
        self.ears.reminders.clear()

    # -- who may read it -----------------------------------------------------------------------------------------------
    def _own(self, one: Said, word: str) -> bool:
        text = self.texts.get(word)
        return text is None or one.chat in (text.user, text.chat)

    async def _reader(self, work: UnitOfWork, one: Said, word: str) -> list[str]:
        """Whether somebody who is told a word may read it, by the widest place where it is kept."""
        self.checked["told to others"] += 1
        text, circles = self.texts[word], []
        if not text.private:
            circles.append(await self._of_group_chat(work, text.chat))
        for place in self.ears.places(word):
            table, _, id = place.partition("/")
            circle = await self._circle(work, (table, int(id) if id.isdigit() else 0), text)
            if circle is not None:
                circles.append(circle)
        if one.chat > 0 and await self._letter(work, one, text):
            return []
        open_to = [c for c in circles if (c.group_chat if one.chat < 0 else one.chat in c.users)]
        if one.chat < 0:
            group = await work.groups.by_chat(one.chat)
            own = await work.members.find(group.id, text.user) if group else None
            erased = own is None and group is not None and group.id in text.towns
            if own is None and not erased:
                return [f"another town: {word} of {text.user} in {one.chat}: {one.text!r}"]
            if not open_to and erased:  # what they wrote together with others stays
                return []
        if not open_to:
            kept, why = sorted(self.ears.places(word)), [circle.why for circle in circles]
            return [f"reader: {word} of {text.user}, kept in {kept} {why}, told {one.chat}: {one.text!r}"]
        if all(c.unnamed for c in open_to):
            return self._unnamed(one, word, open_to[0])
        return []

    async def _letter(self, work: UnitOfWork, one: Said, text: Text) -> bool:
        """Whether it was written to be passed on, with the writer's name, to somebody of the same town."""
        names = {escape(m.name, quote=False) for m in await self._seats(work, text.user)}
        seats, sits = await self._seats(work, one.chat), {m.group_id for m in await self._seats(work, text.user)}
        theirs = {m.group_id for m in seats}
        ours = {m.group_id for m in await self._seats(work, text.user) if m.coordinator or m.role == "process_leader"}
        ours |= sits & {m.group_id for m in seats if m.coordinator}  # such as why somebody cannot answer just now
        if PASSED_ON in one.text:  # to whom they chose, after they had seen who it is
            ours |= sits
        if theirs & ours and any(one.text.startswith(f"<b>{name}</b>") for name in names):
            self.letters.add((one.chat, text.word))
        return (one.chat, text.word) in self.letters  # what has come to somebody is quoted to them afterwards

    def _unnamed(self, one: Said, word: str, circle: Circle) -> list[str]:
        self.checked["told without a name"] += 1
        found = []
        if len(circle.writers) < FEWEST:
            found.append(f"unnamed of {len(circle.writers)}: {word} told {one.chat}: {one.text!r}")
        lines = [line for line in one.text.splitlines() if word in line]
        if any(re.search(rf"\b{name}\b", line) for line in lines for name in self.town.people):
            found.append(f"named: {word} in {lines}")
        return found

    async def _of_group_chat(self, work: UnitOfWork, chat: int) -> Circle:
        group = await work.groups.by_chat(chat)
        members = await work.members.of_group(group.id, include_left=True, roles=None) if group else []
        return Circle(frozenset(m.user_id for m in members), True, why="said in the group")

    async def _circle(self, work: UnitOfWork, place: Place, text: Text) -> Circle | None:
        table, id = place
        if table in OWN or table == "runs":  # a draft is its writer's, and what it grew into is kept elsewhere
            return None
        if table in ("answers", "answer_versions"):
            return await self._of_answer(work, id, text)
        if table == "rows":
            return await self._of_row(work, id)
        if table == "incidents":
            return await self._of_incident(work, id)
        if table == "unnamed_answers":
            return await self._of_round(work, id)
        if table == "check_in_answers":
            return await self._of_check_in(work, id)
        if table in GROUPS_OWN:
            groups = {*text.towns, *(m.group_id for m in await self._seats(work, text.user))}
            if table == "organisations":
                groups |= {(await work.members.organisation(id)).group_id}
            if table in ("gatherings", "ballots"):  # and what an organisation has said
                row = await work._session.row(f"SELECT group_id FROM {table} WHERE id = ?", (id,))  # noqa: S608
                groups |= {row["group_id"]} if row else set()
            users = [m.user_id for g in groups for m in await work.members.of_group(g, roles=None, include_left=True)]
            return Circle(frozenset(users), True, why=table)
        return None

    async def _seats(self, work: UnitOfWork, user: int) -> list[Member]:
        person = await work.people.by_user(user)
        return await work.members.of_person(person.id) if person else []

    async def _of_answer(self, work: UnitOfWork, id: int, text: Text) -> Circle | None:
        row = await work._session.row("SELECT run_id, owner, audience, anonymous FROM answers WHERE id = ?", (id,))
        if row is None:
            return None
        if row["anonymous"]:
            return await self._of_round(work, row["run_id"])
        record = await work.runs.get(row["run_id"])
        exercise = self.town.bot.services.process.exercises[record.exercise]
        members = await work.members.of_group(record.group_id, roles=None)
        writer = next((m for m in members if m.user_id == text.user), None)
        audience, shared = row["audience"], row["owner"] == "g"
        shown = shared or record.phase in (Phase.REVEALED, Phase.CONCLUDED)
        match audience:
            case Audience.SELF:
                return Circle(frozenset({text.user}), False, why="self")
            case Audience.ORG:
                mates = [m for m in members if writer and m.organisation_id == writer.organisation_id]
                return Circle(frozenset(m.user_id for m in mates), False, why="org")
            case Audience.COORDINATOR:
                leading = [m for m in members if m.coordinator]
                return Circle(frozenset(m.user_id for m in leading), False, why="coordinator")
        ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
        together = set(runner.load(ctx, record).members_of(row["owner"]))  # who write one sheet
        office = writer.organisation_id if writer and row["owner"].startswith("o:") else None
        colleagues = frozenset(
            m.user_id for m in members if m.id in together or (office and m.organisation_id == office)
        )
        who = frozenset(m.user_id for m in members if self._reads(exercise, m, ended=record.phase != Phase.OPEN))
        if exercise.how is How.ROWS or shown:
            return Circle(who | colleagues, True, why=f"{record.exercise} {record.phase}")
        return Circle(colleagues, False, why=f"{record.exercise} {record.phase}, not shown")

    def _reads(self, exercise: Exercise, member: Member, *, ended: bool) -> bool:
        if member.role == "core" or (member.role == "network" and "network" in exercise.who):
            return True
        figures = exercise.register is not None and exercise.register.figures
        told = exercise.id in told_outside("sv") and not figures
        outside = told or ((consent := exercise.part(ConsentAsked)) and "network" in consent.roles)
        if member.role == "network" and ended and outside:
            return True  # in a document, or to say yes to it: the question says so
        return whose(self.town.bot.services.process, exercise) is None or exercise.role in OUTSIDERS

    async def _of_row(self, work: UnitOfWork, id: int) -> Circle | None:
        row = await work.rows.lookup(id)
        if row is None:
            return None
        exercise = self.town.bot.services.process.exercises[row.register]
        members = await work.members.of_group(row.group_id, roles=None)
        record = await work.runs.latest(row.group_id, row.register)
        ended = record is not None and record.phase != Phase.OPEN
        users = frozenset(m.user_id for m in members if self._reads(exercise, m, ended=ended))
        return Circle(users, not exercise.private, why=row.register)

    async def _of_incident(self, work: UnitOfWork, id: int) -> Circle | None:
        incident = await work.incidents.lookup(id)
        if incident is None:
            return None
        group = await work.groups.get(incident.group_id)
        readers = [await work.members.get(one) for one in group.settings.readers]
        return Circle(frozenset(m.user_id for m in readers), False, why="incident")

    async def _of_round(self, work: UnitOfWork, run: int) -> Circle:
        record = await work.runs.get(run)
        members = await work.members.of_group(record.group_id)
        return Circle(
            frozenset(m.user_id for m in members), True, True, self._writers("unnamed", run), f"unnamed {record.phase}"
        )

    async def _of_check_in(self, work: UnitOfWork, id: int) -> Circle:
        row = await work._session.row("SELECT group_id FROM check_ins WHERE id = ?", (id,))
        members = await work.members.of_group(row["group_id"]) if row else []
        return Circle(frozenset(m.user_id for m in members), True, True, self._writers("check_in", id), "check-in")

    def _writers(self, kind: str, id: int) -> frozenset[int]:
        """Who has written in a round without names, as far as it was written with words."""
        tables = {"unnamed": ("unnamed_answers",), "check_in": ("check_in_answers",)}[kind]
        places = {f"{table}/{id}" for table in tables}
        return frozenset(t.user for word, t in self.texts.items() if places & self.ears.places(word))

    # -- what became of a text -----------------------------------------------------------------------------------------
    def of_text(self, text: Text, said: list[Said], before: frozenset[str]) -> Iterator[str]:
        """What a text in private came to: kept with a receipt, held with a choice, or told not to be kept."""
        answers = [one for one in said if one.chat == text.user and not one.gone]
        kept = {place.partition("/")[0] for place in self.ears.places(text.word) - before}
        told_not = any(words in one.text for one in answers for words in NOT_KEPT)
        told_kept = any("✓" in one.text for one in answers)
        if not answers:
            self.outcomes["unanswered"] += 1
            yield f"dropped: {text.word} was answered by nothing, kept in {sorted(kept)}"
        elif "held_texts" in kept and not kept - {"held_texts", "runs"}:
            self.outcomes["held with a choice"] += 1
            if not any("Det var inget svar" in one.labels for one in answers):
                yield f"held without a choice: {answers}"
        elif kept - {"held_texts"}:
            self.outcomes["kept"] += 1
            if told_not and not told_kept and kept != {"runs"} and "dead_letters" not in kept:
                yield f"kept in {sorted(kept)}, and told otherwise: {answers}"
        elif any("✓ Sparat" in one.text and text.word in one.text for one in answers):
            yield f"told to be kept, and is nowhere: {text.word}: {answers}"
        else:
            self.outcomes["told that it is not kept" if told_not else "asked for otherwise"] += 1

    # -- whether somebody can be told how it stands --------------------------------------------------------------------
    async def state_of(self, name: str) -> list[str]:
        """What is wrong with what somebody is told who asks what waits: each thing has its line, and each that is for
        them to do the way to do it."""
        async with self.town.bot.store.work() as work:
            person = await work.people.by_user(self.town.person(name))
            if person is None:
                return []
            ctx = Context(self.town.bot.services, work, self.town.sandbox.now())
            found = [one async for one in inbox.open_to(ctx, person)]
            self.checked["things that wait"] += len(found)
            lines = inbox.lines(found)
            facts = {"things": lines, "today": ctx.today, "map": False, "away_until": None, "meets": []}
            told = ctx.services.voice.render("waits", facts)
            blind = [str(one.kind) for one in found if one.part is Part.TODO and not one.ways]
        residue = RESIDUE.search(laid_out(told))
        wrong = [f"nothing to tap for {kind}" for kind in blind]
        return [*wrong, f"residue: {residue.group()!r} in {told!r}"] if residue else wrong

    # -- where a conversation ends -------------------------------------------------------------------------------------
    async def dead_end(self, name: str, said: list[Said]) -> str:
        """What waits for somebody whose last message leads nowhere, and that message; empty if there is a way on.

        Only if it was said just now: what comes to wait later is told of in a message of its own.
        """
        async with self.town.bot.store.work() as work:
            person = await work.people.by_user(self.town.person(name))
            messages = self.town.messages(name)
            if person is None or person.stopped or not messages or (messages[-1].markup or {}):
                return ""  # who has stopped all messages is told of nothing new
            if messages[-1].content.keys() & {"document", "photo"}:  # was asked for, at a page that stands above it
                return ""
            seats = [m for m in await work.members.of_person(person.id) if m.state == "active"]
            waiting = [item for m in seats for item in await work.open_items.of_member(m.id) if item.state == "open"]
            today = self.town.sandbox.now().astimezone(self.town.bot.services.zone).date()
            waiting = [item for item in waiting if _waits(item, today)]
            asked = [p for p in await work.prompts.of(person.id) if not p.aside]
            text = str(messages[-1].content.get("text", messages[-1].content.get("caption", "")))
            if not waiting or asked or WHERE_TO_TURN in text or EMPTIED in text:  # which stand alone on purpose
                return ""
            self.checked["messages without buttons"] += 1
            if not any(laid_out(from_html(one.text)) == text for one in said if one.chat == person.user_id):
                return ""
            return f"dead end with {sorted({item.kind for item in waiting})}: {text[:200]!r}"
