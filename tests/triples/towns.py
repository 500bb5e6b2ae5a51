"""Two finished towns whose texts say whose they are, and people of every kind with the words that are not for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.context.context import Context
from bot.demo.invented import Invented
from bot.demo.town import START, Town
from flows.definitions.model import Exercise, Process
from flows.enums import ExerciseRole, Kind
from flows.fields import TextField
from storage.records.group_settings import Presence
from storage.records.records import GivenAnswer, Reach, SeatState
from storage.store import UnitOfWork
from tests import seeded_town

CANARY = "Kanariefågel"  # stands in all that the other town has
OWN, OTHER = 1, 2
FIRST = {OWN: 1_000, OTHER: 2_000}  # the first user of each
WORDS = {"core": "Kärnord", "network": "Nätverksord", "incident": "Händelseord"}


@dataclass(frozen=True)
class Somebody:
    """Who tries, and the words that are not for them."""

    person: int
    kind: str
    not_theirs: frozenset[str]


@dataclass(frozen=True)
class Pool:
    """What a button can be about: numbers of runs and groups, and what stands beside them."""

    runs: Mapping[int, tuple[int, ...]]  # by town
    arguments: tuple[str, ...]


def marks(town_number: int) -> dict[str, str]:
    """The words of a town, by whose a text is."""
    other = CANARY if town_number == OTHER else ""
    return {kind: f"{word}{town_number} {other}".strip() for kind, word in WORDS.items()}


def whose(process: Process, exercise: Exercise) -> str | None:
    """Whose the texts of an exercise are; None where they are also told elsewhere, by the exercise's own words."""
    every = process.exercises.values()
    theirs = [one for one in every if "network" in one.who]
    told = {name for one in theirs for name in one.approves}
    told |= {name for one in theirs for name in one.recall if process.exercises[name].register}
    pointed = {q.field.register for one in every if "network" in one.who for q in one.questions}
    roles = (ExerciseRole.ROUTINE, ExerciseRole.EVENT, ExerciseRole.GUESTS, ExerciseRole.JOINING)  # for all who are met
    if exercise.role in roles or exercise.id in {*told, *pointed}:
        return None
    return "network" if "network" in exercise.who else "core"


async def two_towns(played: Town, work: UnitOfWork) -> Pool:
    """Two towns that have done everything; each text says whose it is, and the other town's that it is of there."""
    ctx, invented = Context(played.bot.services, work, START), Invented()
    for number in (OWN, OTHER):
        users = [FIRST[number] + n for n in range(len(invented.people))]
        await seeded_town.settle(ctx, -number, users, invented)
        members = await work.members.of_group(number)
        group = await work.groups.get(number)
        settings = replace(group.settings, readers=(members[-1].id,), presence=Presence({members[-1].id: START}))
        title = f"{CANARY}-staden" if number == OTHER else group.title
        await work.groups.update(number, settings=settings, title=title)
        for member in members:
            name = f"{CANARY} {member.id}" if number == OTHER else member.name
            await work.members.update(member.id, name=name, coordinator=member is members[0])
            await work.people.update(member.person_id, reach=Reach.REACHABLE)
        for day in range(3):
            values = {"kind": ["labour"], "note": marks(number)["incident"]}
            await work.incidents.add(number, members[day].person_id, values, ctx.today)
        await mark_texts(played, work, number)
    runs = {number: tuple(run.id for run in await work.runs.all_of(number)) for number in (OWN, OTHER)}
    words = ("", "yes", "ask", "no", "new", "0", "word", "pdf", "plan.pdf", "routine:pdf", "s", "o", "m0", "o0", "year")
    ids = [str(n) for n in range(1, 400)]
    pairs = [f"{a}:{b}" for a in (1, 2, 30, 200) for b in ("o", "s", "r", "1", "2", "all")]
    return Pool(runs, (*words, *ids, *pairs, *played.bot.services.process.exercises))


async def mark_texts(played: Town, work: UnitOfWork, number: int) -> None:
    """Put into each text the word that says whose it is; not into what also those who are called to a meeting read."""
    process, words = played.bot.services.process, marks(number)
    mine = {
        name: words.get(whose(process, one) or "", CANARY * (number == OTHER))
        for name, one in process.exercises.items()
    }
    for exercise, word in mine.items():
        questions = {q.id for q in process.exercises[exercise].questions if q.kind is Kind.TEXT}
        rows = await work.rows.all(number, exercise)
        for row in rows:
            values = {q: f"{value} {word}" if q in questions else value for q, value in row.values.items()}
            await work.rows._update(row.id, values=values, version=row.version + 1)
    for run in await work.runs.all_of(number):
        for answer in await work.answers.for_group(run.id):
            if isinstance(answer.value, str) and answer.id and answer.question:
                question = next((q for q in process.exercises[run.exercise].questions if q.id == answer.question), None)
                if question is None or (isinstance(question.field, TextField) and not question.field.invites):
                    given = GivenAnswer(
                        answer.owner, answer.question, answer.item, f"{answer.value} {mine[run.exercise]}",
                        answer.comment, answer.audience, answer.anonymous,
                    )  # fmt: skip
                    await work.answers.keep(run.id, given, answer.member_id)


async def everybody(played: Town, work: UnitOfWork) -> list[Somebody]:
    """People of every kind, each with the words that are not for them."""
    found = []
    every = frozenset(word for number in (OWN, OTHER) for word in marks(number).values())
    # (role, state, coordinates, has been a member before), and what they may hear of
    kinds: dict[str, tuple[str, SeatState, tuple[str, ...]]] = {
        "network": ("network", SeatState.ACTIVE, ("network",)),
        "process leader": ("process_leader", SeatState.ACTIVE, ()),
        "guest": ("guest", SeatState.INVITED, ()),
        "on the way in": ("core", SeatState.INVITED, ()),
        "left": ("core", SeatState.LEFT, ()),
        "left and back as guest": ("guest", SeatState.INVITED, ()),
        "left and back": ("core", SeatState.ACTIVE, ("core", "network")),
    }
    for number in (OWN, OTHER):
        words, members = marks(number), await work.members.of_group(number)
        reader = members[-1].id
        for place, (kind, (role, state, hears)) in enumerate(kinds.items()):
            person = await work.people.ensure(FIRST[number] + 100 + place)
            await work.people.update(person.id, reach=Reach.REACHABLE)
            member = await work.members.add(number, person.id, "core")
            await work.members.update(member.id, name=kind, state=SeatState.ACTIVE)
            if "back" in kind:
                await work.members.update(member.id, state=SeatState.LEFT)
            await work.members.update(member.id, role=role, state=state)
            found.append(Somebody(person.id, kind, frozenset(every - {words[name] for name in hears})))
        for member in members:
            heard = ["core", "network", *(["incident"] if member.id == reader else [])]
            found.append(Somebody(member.person_id, "core", frozenset(every - {words[name] for name in heard})))
    both = await work.people.get([one.person for one in found if one.kind == "core"][1])
    member = await work.members.add(OTHER, both.id, "network")
    await work.members.update(member.id, name="I två städer", state=SeatState.ACTIVE)
    theirs = {marks(OWN)["core"], marks(OWN)["network"], marks(OTHER)["network"]}
    found = [one for one in found if one.person != both.id]
    found.append(Somebody(both.id, "in two towns", frozenset(every - theirs)))
    stranger = await work.people.ensure(9_999)
    await work.people.update(stranger.id, reach=Reach.REACHABLE)
    found.append(Somebody(stranger.id, "unknown", frozenset(every)))
    return found
