"""The rows of a town: its groups with their people, what they have answered, and what they wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.exercises.run_json import to_json
from bot.reminders.holidays import is_holiday
from bot.reminders.kinds import ANSWER
from bot.reminders.next_message import DAY
from flows.definitions.model import Exercise, Question
from flows.enums import Kind
from flows.fields import ScaleField
from flows.run.state import Phase, Run, Seat, Sheet, Visit
from flows.run.state import Place as Where
from flows.timing import pacing
from storage.records import records
from storage.records.answers import ANSWERS
from storage.records.group_settings import GroupSettings
from storage.records.groups import GROUPS
from storage.records.members import Members, Organisation, Organisations
from storage.records.message_notes import MessageContext
from storage.records.open_items import OpenItem, OpenItems
from storage.records.outbox import Outbox, hidden_slot
from storage.records.people import People
from storage.records.records import GroupState, Reach, SeatState, group_chat, private_chat
from storage.records.runs import Run as Record
from storage.records.runs import Runs
from storage.records.schedule import Due, Schedule
from storage.table import RecordTable
from storage.vault.vault import VaultKey

FIRST_USER = 1_000_000
OPEN = "premortem"  # the exercise in which people are waited for
COMMENT = "Så ser vi på det i vår förvaltning, och det talar vi om när vi ses nästa gång."
TEXT = "Vi känner varandra bättre än i våras, och vet vem vi ringer. Svårast är tiden, som aldrig räcker till allt."
ORGANISATIONS = ("Socialtjänsten", "Polisen", "Regionen", "Föreningen")


@dataclass(frozen=True)
class Place:
    """What all groups of a town have in common."""

    today: date
    zone: ZoneInfo
    members: int
    waiting: int
    played: tuple[Exercise, ...]
    open: Exercise

    def at(self, day: date) -> datetime:
        """Noon of that day."""
        return datetime.combine(day, time(12), tzinfo=self.zone).astimezone(UTC)


class Rows:
    """Collects the rows of group after group. Ids are given out from 1, as the store does."""

    def __init__(self, place: Place, house: VaultKey) -> None:
        self._place, self._services = place, house
        self._last: defaultdict[str, int] = defaultdict(int)
        self._rows: defaultdict[str, list[list[Any]]] = defaultdict(list)

    def taken(self) -> Iterator[tuple[str, list[list[Any]]]]:
        """What has been collected: statements with their rows, in an order in which they can be inserted."""
        yield from self._rows.items()
        self._rows.clear()

    def add_group(self, key_id: str, key: VaultKey, due: date) -> None:
        """A group that has answered everything, and is waited for until that day in one exercise more."""
        place, then = self._place, self._place.at(self._place.today - timedelta(60))
        group = self._id("groups")
        settings = GroupSettings(steps=(0, 1))
        title = f"Kärngruppen i Exempelstad {group}"
        self._put(GROUPS, records.Group(group, -group, title, None, GroupState.ACTIVE, settings, then, key_id), key)
        homes = [
            self._put(Organisations.table, Organisation(self._id("organisations"), group, name, None), key).id
            for name in ORGANISATIONS
        ]
        members = [self._member(group, homes[n % len(homes)], then, key) for n in range(place.members)]
        for number, exercise in enumerate(place.played):
            self._finished(exercise, members, key, place.today - timedelta(50 - 7 * number))
        if place.waiting:
            self._open(members[: place.waiting], key, due)

    def _id(self, table: str) -> int:
        self._last[table] += 1
        return self._last[table]

    def _put(self, table: RecordTable[Any], record: Any, key: VaultKey) -> Any:
        self._rows[table.insert].append(table.values(record, key))
        return record

    def _member(self, group: int, organisation: int, then: datetime, key: VaultKey) -> records.Member:
        person, user = self._id("people"), FIRST_USER + self._last["people"] - 1
        self._put(People.table, records.Person(person, user, Reach.REACHABLE, group, None, False, then), self._services)
        number = self._id("members")
        member = records.Member(
            id=number,
            group_id=group,
            person_id=person,
            user_id=user,
            name=f"Person {number}",
            organisation_id=organisation,
            profile={"role": "Handläggare", "knows": "Kommunens boenden och de som arbetar där."},
            coordinator=number % self._place.members == 1,
            role="core",
            state=SeatState.ACTIVE,
            agreed_version="1",
            agreed_at=then,
            joined_at=then,
            left_at=None,
        )
        self._put(Members.table, member, key)
        return member

    # -- exercises -----------------------------------------------------------------------------------------------------
    def _finished(self, exercise: Exercise, members: list[records.Member], key: VaultKey, day: date) -> None:
        """An exercise that all have handed in and the group has concluded."""
        asked = [question for question in exercise.questions if question.required]
        keys, owners = frozenset(question.id for question in asked), [f"m:{member.id}" for member in members]
        run = Run(
            exercise,
            0,
            phase=Phase.CONCLUDED,
            seats={m.id: Seat(m.id, m.organisation_id) for m in members},
            sheets={owner: Sheet(keys, handed_in=True) for owner in owners},
            visits={m.id: Visit(place=Where.DONE, ask=len(asked) + 2) for m in members},
            trail=(Phase.NEW, Phase.OPEN, Phase.REVEALED),
            answer_by=day + timedelta(7),
        )
        number = self._run(run, members[0].group_id, day, key)
        for owner, member in zip(owners, members, strict=True):
            for question in asked:
                self._answer(number, owner, question, member, day, key)
            self._matter(member, number, day, day + timedelta(7), "closed")
            self._sent(private_chat(member.person_id), f"visit:{number}", day, key, member.group_id)
        self._sent(group_chat(members[0].group_id), f"card:{number}", day, key, members[0].group_id)

    def _open(self, members: list[records.Member], key: VaultKey, due: date) -> None:
        """An exercise in which they are waited for, and will be reminded by the rules."""
        place = self._place
        opened = place.today - timedelta(5)
        seats = {m.id: Seat(m.id, m.organisation_id) for m in members}
        run = Run(place.open, 0, phase=Phase.OPEN, seats=seats, trail=(Phase.NEW,), answer_by=due)
        number = self._run(run, members[0].group_id, opened, key)
        open_item = pacing.DueItem("", opened, due)
        found = pacing.next_message([open_item], pacing.Hours(), is_holiday, place.today + timedelta(1))
        assert found is not None
        moment = pacing.at_wall(found.day, pacing.USUAL, place.zone)
        moment += timedelta(seconds=min((due - found.day).days, 59))  # see agenda.moments
        for member in members:
            self._matter(member, number, opened, due, "open")
            self._sent(private_chat(member.person_id), f"visit:{number}", opened, key, member.group_id)
            ahead = Due(self._id("agenda"), None, None, DAY, f"person:{member.person_id}", 0, moment, "waiting")
            self._put(Schedule.table, ahead, key)
        self._sent(group_chat(members[0].group_id), f"card:{number}", opened, key, members[0].group_id)

    def _run(self, run: Run, group: int, day: date, key: VaultKey) -> int:
        number, at = self._id("runs"), self._place.at(day)
        name, version = run.exercise.id, run.exercise.version
        record = Record(number, group, name, version, 1, str(run.phase), to_json(run), at, at)
        self._put(Runs.table, record, key)
        return number

    def _answer(
        self, run: int, owner: str, question: Question, member: records.Member, day: date, key: VaultKey
    ) -> None:
        number = self._id("answers")
        value: Any = TEXT
        if question.kind is Kind.CHOICE:
            value = question.options[number % len(question.options)]
        elif isinstance(question.field, ScaleField):
            value = question.field.low + number % (question.field.high - question.field.low + 1)
        answer = records.Answer(
            id=number,
            run_id=run,
            owner=owner,
            question=question.id,
            item="",
            value=value,
            comment=COMMENT if question.comment and number % 4 == 0 else None,
            audience=str(question.audience),
            anonymous=False,
            handed_in=True,
            version=1,
            member_id=member.id,
            organisation_id=member.organisation_id,
            at=self._place.at(day),
            source_chat=member.user_id if question.kind is Kind.TEXT else None,
            source_message=number if question.kind is Kind.TEXT else None,
        )
        self._put(ANSWERS, answer, key)

    # -- what goes with them -------------------------------------------------------------------------------------------
    def _matter(self, member: records.Member, run: int, opened: date, due: date, state: str) -> None:
        open_item = OpenItem(
            id=self._id("matters"),
            group_id=member.group_id,
            member_id=member.id,
            person_id=member.person_id,
            kind=ANSWER,
            ref=f"run:{run}",
            opened=opened,
            due=due,
            sent=0,
            last=None,
            snoozed=None,
            state=state,
        )
        self._rows[OpenItems.table.insert].append(OpenItems.table.values(open_item, NO_KEY))

    def _sent(self, chat: str, slot: str, day: date, key: VaultKey, group: int) -> None:
        """A message that is still in a chat, and can be edited."""
        number, at = self._id("outbox"), self._place.at(day)
        message = records.Outgoing(
            id=number,
            chat=chat,
            about=group,
            kind=records.OutboxKind.MESSAGE,
            content={},
            slot=hidden_slot(key, chat, slot) if chat.startswith("p:") else slot,
            state="sent",
            priority=0,
            tries=0,
            not_before=at,
            message_id=number,
            context=MessageContext(),
            reply=None,
            error=None,
            with_files=False,
            changed_at=at,
        )
        self._put(Outbox.table, message, key)


NO_KEY = VaultKey(bytes(32))  # for tables in which nothing is sealed
