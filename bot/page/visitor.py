"""What the page's handlers share: the visitor, and the group that an address is about."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from secrets import token_urlsafe

from aiohttp import web

from bot.context.context import Context
from bot.context.permissions import Rank, rank_of
from bot.context.sealed_actions import Action
from bot.context.services import Services
from bot.page import sessions
from bot.page.command_answers import CollectingContext
from bot.page.sessions import Visitor
from storage.records.records import Group, Member, Person
from storage.records.repository import Clock
from storage.store import Store, UnitOfWork

LOOKS = "Stad-Looks"  # the header of a page that looks by itself for what is new
_RUN = "runpage"
_GROUP = "grouppage"  # the verb of a group's mark in an address


class NotTaken(Exception):
    """A form cannot be taken any more. Raised with its texts, to be given back, and why.

    Its sender is `signed_out`; they are in `again`, by another window, and the form is none of ours; what it belongs to
    is `over`.
    """


class Older(Exception):
    """What a form was opened on has changed since. Raised with the name of its page, which comes anew, and with what
    was written in its field."""


class Asking:
    """Tells who sends a request, and what it is about."""

    def __init__(self, store: Store, services: Services, clock: Clock, *, mail: bool = False) -> None:
        """`mail`: whether the operator has a mail server."""
        self.mail = mail
        self.store, self.services, self.clock = store, services, clock
        self.secure = services.page_url.startswith("https:")

    def context(self, work: UnitOfWork) -> Context:
        """Return the context of a request: its transaction, and this moment."""
        return Context(self.services, work, self.clock())

    def collecting(self, work: UnitOfWork) -> CollectingContext:
        """Return a context in which what is said is shown on the page alone."""
        return CollectingContext(self.services, work, self.clock())

    async def visitor(self, work: UnitOfWork, request: web.Request) -> Visitor | None:
        """Return the visitor who is signed in, or None."""
        found = await sessions.visitor(work, request.cookies.get(sessions.cookie_name(secure=self.secure), ""))
        return replace(found, looks=True) if found is not None and LOOKS in request.headers else found

    def with_form(self, request: web.Request, render: Callable[[str], web.Response]) -> web.Response:
        """Return a page whose form signs somebody in and only this browser can send: `render` gets its CSRF token.

        Sent by another site, it would let whoever is there act as whom that site wants (login CSRF).
        """
        name = sessions.form_cookie(secure=self.secure)
        secret = request.cookies.get(name) or token_urlsafe(32)
        response = render(sessions.csrf_of(secret))
        response.set_cookie(name, secret, path="/", secure=self.secure, httponly=True, samesite="Lax")
        return response

    def was_opened_here(self, request: web.Request, form: Mapping[str, str]) -> None:
        """Redirect to the page of a form that this browser was not given, where it can be sent. Raises HTTPSeeOther."""
        secret = request.cookies.get(sessions.form_cookie(secure=self.secure), "")
        if not secret or not sessions.is_ours(form, sessions.csrf_of(secret)):
            raise web.HTTPSeeOther(request.path)

    async def stays(self, request: web.Request, response: web.StreamResponse) -> None:
        """Prolong the sign-in of a visitor who has done something, here and in their browser."""
        async with self.store.work() as work:
            found = await self.visitor(work, request)
            longer = found is not None and work.sign_ins.prolong(found.sign_in.id)
        if longer:
            name = sessions.cookie_name(secure=self.secure)
            sessions.set_cookie(response, request.cookies[name], secure=self.secure)

    async def signed_in(self, work: UnitOfWork, request: web.Request) -> Visitor:
        """Return the visitor who is signed in; others are redirected to the front page."""
        found = await self.visitor(work, request)
        if found is None:
            raise web.HTTPSeeOther("/")
        return found

    def mark(self, person: Person, group: Group) -> str:
        """Return the sealed mark of a group in an address, which opens for this person alone."""
        return self.services.buttons.seal(f"page:{person.id}", Action(_GROUP, group.id))

    async def groups(self, work: UnitOfWork, person: Person) -> list[tuple[Group, Member]]:
        """Return the groups whose chat is open to this person."""
        found = []
        for member in await work.members.of_person(person.id):
            group = await work.groups.get(member.group_id)
            if group.state == "active" and rank_of(member, group) >= Rank.MEMBER:
                found.append((group, member))
        return found

    async def group(self, work: UnitOfWork, person: Person, mark: str) -> Group:
        """Return the group of a mark. Raises HTTPNotFound if it is none of theirs."""
        action = self.services.buttons.open(f"page:{person.id}", mark)
        mine = {group.id: group for group, _ in await self.groups(work, person)}
        if action is None or action.verb != _GROUP or action.run not in mine:
            raise web.HTTPNotFound
        return mine[action.run]

    def run_mark(self, person: Person, run_id: int) -> str:
        """Return the sealed mark of a round in an address, which opens for this person alone."""
        return self.services.buttons.seal(f"page:{person.id}", Action(_RUN, run_id))

    def run(self, person: Person, mark: str) -> int:
        """Return the number of a mark's round. Raises HTTPNotFound."""
        action = self.services.buttons.open(f"page:{person.id}", mark)
        if action is None or action.verb != _RUN:
            raise web.HTTPNotFound
        return action.run
