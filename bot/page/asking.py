"""What everybody who answers on the page needs: the visitor, and the group that an address is about."""

from aiohttp import web

from bot.context.context import Services
from bot.context.permissions import Role, role_of
from bot.context.sealed_actions import Action
from bot.page import sessions
from bot.page.sessions import Visitor
from storage.records import Group, Member, Person
from storage.repository import Clock
from storage.store import Store, UnitOfWork

_RUN = "runpage"
_GROUP = "grouppage"  # the verb of what stands for a group in an address


class SignedOut(Exception):
    """A form came from somebody who is signed in no more. `written`: what was written in it, to be given back."""

    def __init__(self, written: list[str]) -> None:
        super().__init__()
        self.written = written


class Asking:
    """Who asks, and what about."""

    def __init__(self, store: Store, services: Services, clock: Clock, *, mail: bool = False) -> None:
        """`mail`: whether the operator has a mail server."""
        self.mail = mail
        self.store, self.services, self.clock = store, services, clock
        self.secure = services.page_url.startswith("https:")

    async def visitor(self, work: UnitOfWork, request: web.Request) -> Visitor | None:
        """Whoever is signed in, or nobody."""
        return await sessions.visitor(work, request.cookies.get(sessions.cookie_name(secure=self.secure), ""))

    async def signed_in(self, work: UnitOfWork, request: web.Request) -> Visitor:
        """Whoever is signed in; others are led to the front page."""
        found = await self.visitor(work, request)
        if found is None:
            raise web.HTTPSeeOther("/")
        return found

    def mark(self, person: Person, group: Group) -> str:
        """What stands for a group in an address: it opens for this person alone."""
        return self.services.buttons.seal(f"page:{person.id}", Action(_GROUP, group.id))

    async def groups(self, work: UnitOfWork, person: Person) -> list[tuple[Group, Member]]:
        """The groups that somebody is in, whose chat is open to them."""
        found = []
        for member in await work.members.of_person(person.id):
            group = await work.groups.get(member.group_id)
            if group.state == "active" and role_of(member, group) >= Role.MEMBER:
                found.append((group, member))
        return found

    async def group(self, work: UnitOfWork, person: Person, mark: str) -> Group:
        """The group that a mark stands for. Raises HTTPNotFound where it is none of theirs."""
        action = self.services.buttons.open(f"page:{person.id}", mark)
        mine = {group.id: group for group, _ in await self.groups(work, person)}
        if action is None or action.verb != _GROUP or action.run not in mine:
            raise web.HTTPNotFound
        return mine[action.run]

    def run_mark(self, person: Person, run_id: int) -> str:
        """What stands for a round of an exercise in an address: it opens for this person alone."""
        return self.services.buttons.seal(f"page:{person.id}", Action(_RUN, run_id))

    def run(self, person: Person, mark: str) -> int:
        """The number of the round that a mark stands for. Raises HTTPNotFound."""
        action = self.services.buttons.open(f"page:{person.id}", mark)
        if action is None or action.verb != _RUN:
            raise web.HTTPNotFound
        return action.run
