"""Members: people in groups, and the organisations they come from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from storage.json_records import JsonObject
from storage.records.people import People
from storage.records.records import Member, SeatState
from storage.records.repository import REMEMBERED, Records
from storage.table import RecordTable


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that members of a group come from."""

    id: int
    group_id: int
    name: str
    kind: str | None


# Columns that decide rights are proved by the seal: changed in the file, without the key, the row is Damaged.
SEAT = ("group_id", "person_id", "user_id", "organisation_id", "coordinator", "role", "state", "epoch")


class Organisations(Records[Organisation]):
    """The organisations of a group; reached through `Members`."""

    table = RecordTable("organisations", Organisation, sealed=("name", "kind"))
    cached = REMEMBERED

    async def of_group(self, group_id: int) -> list[Organisation]:
        """The organisations of a group, in the order they were named."""
        return await self._all_of("group_id", group_id)

    async def add(self, group_id: int, name: str, kind: str | None) -> Organisation:
        """Add an organisation, or return the one of this name."""
        name = name.strip()
        for organisation in await self.of_group(group_id):
            if organisation.name.casefold() == name.casefold():
                return organisation
        return await self._new(lambda id: Organisation(id, group_id, name, kind), group_id=group_id)


class MemberChanges(TypedDict, total=False):
    """The fields of a member that can be changed."""

    group_id: int
    name: str
    organisation_id: int | None
    profile: JsonObject
    coordinator: bool
    role: str
    state: SeatState
    agreed_version: str | None
    agreed_at: datetime | None
    left_at: datetime | None
    user_id: int
    person_id: int
    joined_at: datetime
    epoch: int


class Members(Records[Member]):
    """People in groups."""

    table = RecordTable("members", Member, sealed=("name", "profile"), bound=SEAT)
    cached = REMEMBERED

    async def of_group(
        self, group_id: int, include_left: bool = False, *, roles: Collection[str] | None = ("core",)
    ) -> list[Member]:
        """Return the members who have one of these roles (None: any), in the order they came."""
        members = await self._all_of("group_id", group_id)
        wanted = [member for member in members if include_left or member.state != "left"]
        return [member for member in wanted if roles is None or member.role in roles]

    async def active(self, group_id: int, *, roles: Collection[str] | None = ("core",)) -> list[Member]:
        """Return the members with one of these roles who have joined and not left."""
        return [member for member in await self.of_group(group_id, roles=roles) if member.state == "active"]

    async def of_person(self, person_id: int) -> list[Member]:
        """Return all memberships of a person, also those that ended, but no seat that was erased."""
        return [member for member in await self._all_of("person_id", person_id) if member.user_id > 0]

    async def find(self, group_id: int, user_id: int) -> Member | None:
        """The membership of a Telegram user in a group, also one that ended."""
        return next((m for m in await self._all_of("group_id", group_id) if m.user_id == user_id), None)

    async def add(self, group_id: int, person_id: int, role: str) -> Member:
        """Invite a person into a group. Somebody who is or was there stays as they are, so it may be called twice."""
        person = await People(self._session, self._caches).get(person_id)
        member = await self.find(group_id, person.user_id)
        if member is None:
            id = self._caches.new_id("members")
            self._joined(id, group_id=group_id, person_id=person_id)
            member = Member(
                id=id,
                group_id=group_id,
                person_id=person_id,
                user_id=person.user_id,
                name="",
                organisation_id=None,
                profile={},
                coordinator=False,
                role=role,
                state=SeatState.INVITED,
                agreed_version=None,
                agreed_at=None,
                joined_at=self._now(),
                left_at=None,
                epoch=person.epoch,
            )
            await self._add(id, member)
        return member

    async def update(self, id: int, **changes: Unpack[MemberChanges]) -> Member:
        """Change the named fields. Leaving, coming back or a new role raises the epoch, by which old buttons die."""
        before = await self.get(id)
        ended = changes.get("state", before.state) == "left"
        if ended != (before.state == "left") or changes.get("role", before.role) != before.role:
            people = People(self._session, self._caches)
            epoch = (await people.get(before.person_id)).epoch + 1
            await people.update(before.person_id, epoch=epoch)
            changes["epoch"] = epoch
        return await self._update(id, **changes)

    async def organisations(self, group_id: int) -> list[Organisation]:
        """The organisations of a group, in the order they were named."""
        return await self._organisations.of_group(group_id)

    async def organisation(self, id: int) -> Organisation:
        """Return an organisation by its id. Raises Unknown."""
        return await self._organisations.get(id)

    async def add_organisation(self, group_id: int, name: str, kind: str | None = None) -> Organisation:
        """Return the organisation of this name (capitals and outer spaces aside), added if there is none."""
        return await self._organisations.add(group_id, name, kind)

    @property
    def _organisations(self) -> Organisations:
        return Organisations(self._session, self._caches)
