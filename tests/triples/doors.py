"""The same people at the page's doors: any address and any form, with marks of their own that stand for anything.

All that a request does is undone: the page's transactions are savepoints in the one that stays open.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.assembly.chat_commands import COMMANDS
from bot.context import invitations
from bot.context.context import Context
from bot.context.sealed_actions import LINK, Action, private_scope
from bot.demo.one_thread import on_this_thread
from bot.demo.town import START, Town, town
from bot.features.incidents import work_devices
from bot.features.members import activation, admission, mail_address, not_me, sign_in
from bot.features.outsiders import actor_forms, guest_list, guests
from bot.page import device, guest, mail, post, sessions
from bot.page.web_app import door_of
from storage.records.records import Attachment, Group, OutboxKind, Person, group_chat, private_chat
from storage.store import Store, UnitOfWork
from tests.page.reader import ADDRESS, Page
from tests.triples.towns import OTHER, OWN, Pool, Somebody, everybody, marks, two_towns
from tests.triples.trial import Trial, attempt

PRIVATE: Final = "Privatord"  # with whose chat it stands in
LEADS_OFTEN: Final = {"POST /gor": 12, "GET /ovning/{run}": 4, "GET /grupp/{group}": 3, "GET /fil/{copy}/{number}": 3}
FOR: Final = {device.ADDRESS: work_devices.PURPOSE, guest.ADDRESS: guests.PURPOSE}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
TEXTS: Final = ("Ett ord", "3", "14 mars")
STREAM: Final = "text/event-stream"
FAILED: Final = 500


@dataclass
class Reached:
    """What came of the requests, by route: how often it was asked, and with which status it answered."""

    routes: dict[str, Counter[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        """A table."""
        return "\n".join(
            f"{route:26} {sum(answers.values()):8}  {', '.join(f'{n} of {s}' for s, n in sorted(answers.items()))}"
            for route, answers in sorted(self.routes.items(), key=lambda one: one[0].split(" ")[::-1])
        )


@dataclass(frozen=True)
class Asked:
    """A request."""

    route: str
    path: str
    fields: tuple[tuple[str, str], ...]
    cookie: str


class Doors(Trial):
    """Lets people try what the page has."""

    def __init__(self, played: Town, work: UnitOfWork, pool: Pool, people: list[Somebody], page: Page) -> None:
        super().__init__(played, work, pool, people)
        self._page = page
        self._secrets: dict[int, list[str]] = {}  # of two browsers of each: with a code given lately, and without
        self._groups: list[Group] = []
        self._copies: list[int] = []
        self._links: list[str] = []
        self._leads: dict[str, list[str]] = {}  # the links that an address is for
        self._own_links: dict[int, list[str]] = {}
        self._questions = [
            (question.id, list(question.options))
            for one in played.bot.services.process.exercises.values()
            for question in one.questions
        ]
        door = door_of(played.bot.store, played.bot.services, played.bot.poller, played.clock)
        self.routes = [f"{route.method} {route.path}" for route in door.routes() if "/sida." not in route.path]
        self.reached = Reached({route: Counter() for route in self.routes})
        self._client: aiohttp.ClientSession | None = None

    async def begin(self, client: aiohttp.ClientSession) -> None:
        """Let everybody sign in, and have what the page keeps of their chats, and links of every kind."""
        self._client = client
        work = self._work
        ctx = Context(self._played.bot.services, work, START)
        people = [await work.people.get(one.person) for one in self.people]
        for person in people:
            self._secrets[person.id] = [
                await sessions.begin(ctx, person.id, "", proved=proved) for proved in (True, False)
            ]
            url = await sign_in.make(ctx, person, sign_in.GOOD_FOR, proves=True)
            seal = ctx.services.buttons.seal
            verbs = (mail.OFF, mail_address.CONFIRM, not_me.NOT_ME)
            off = [seal(LINK, Action(verb, person.id)) for verb in verbs]
            self._own_links[person.id] = [url.rsplit("/", 1)[-1], *off]
        for number in (OWN, OTHER):
            mine = {m.person_id for m in await work.members.of_group(number)}
            await kept(work, [person for person in people if person.id in mine], number)
            group = await work.groups.get(number)
            self._groups.append(group)
            invited = (await work.rows.all(number, guest_list.register(ctx).id))[0]
            refs = {admission.PURPOSE: 1, work_devices.PURPOSE: 1, actor_forms.PURPOSE: 1, guests.PURPOSE: invited.id}
            for purpose, ref in refs.items():
                given = await invitations.make(ctx, group, purpose, str(ref))
                self._links.append(given.url.rsplit("/", 1)[-1])
                self._leads.setdefault(purpose, []).append(self._links[-1])
        chats = [*(group_chat(group.id) for group in self._groups), *(private_chat(person.id) for person in people)]
        self._copies = [copy.id for chat in chats for copy in await work.chat_copies.newest(chat)]

    # -- what is asked -----------------------------------------------------------------------------------------------
    def _choose(self, person: Person, verb: str | None) -> Asked:
        luck = self._luck
        route = "POST /gor" if verb else luck.choices(self.routes, [LEADS_OFTEN.get(one, 1) for one in self.routes])[0]
        secret = self._secrets[person.id][luck.random() < 0.3]
        template = route.split(" ")[1]
        path = template
        for name, give in self._parts(person, template).items():
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", give())
        if template == "/grupp/{group}" and luck.random() < 0.3:
            path += f"?fore={luck.choice(self._copies)}"
        fields: dict[str, str] = {}
        if route.startswith("POST"):
            csrf = sessions.csrf_of(secret) if luck.random() < 0.97 else ""
            fields = {"csrf": csrf, "number": str(-luck.randrange(1, 1 << 60)), **self._fields(template, person, verb)}
        cookie = f"{sessions.form_cookie(secure=False)}={secret}"  # so that forms by which one signs in are taken, too
        if verb or luck.random() < 0.95:
            cookie += f"; {sessions.cookie_name(secure=False)}={secret}"
        return Asked(route, path, tuple(fields.items()), cookie)

    def _parts(self, person: Person, template: str) -> dict[str, Callable[[], str]]:
        """What can stand in an address, with marks of this person's own that stand for anything."""
        luck, asking = self._luck, self._page.asking
        runs = self._pool.runs[luck.choice((OWN, OTHER))]
        links = self._own_links[person.id] if luck.random() < 0.3 else self._links
        if (purpose := FOR.get(template)) is not None and luck.random() < 0.7:
            links = self._leads[purpose]
        return {
            "group": lambda: asking.mark(person, luck.choice(self._groups)),
            "run": lambda: asking.run_mark(person, luck.choice(runs)),
            "copy": lambda: str(luck.choice(self._copies)),
            "number": lambda: str(luck.choice((0, 0, 0, 1))),
            "token": lambda: luck.choice(links),
            "code": lambda: activation.new_code(self._played.bot.services.buttons, START),
        }

    def _fields(self, template: str, person: Person, verb: str | None) -> dict[str, str]:
        """What a form sends."""
        luck = self._luck
        match template:
            case "/gor" | "/kod":
                fields = self._deed(person, verb)
                if template == "/kod" and luck.random() < 0.7:
                    fields["code"] = f"{luck.randrange(10**6):06}"
                return fields
            case "/konto/ut":
                return {"sign_in": str(luck.choice((0, *range(1, 2 * len(self._secrets)))))}
            case "/konto/nyckel" | "/konto/nyckel/bort" | "/nyckel":
                return {"new_key": "Min telefon", "removed_key": "1", **({"key": "{}"} if luck.random() < 0.5 else {})}
            case "/konto/mail" | "/mail":
                return {"address": luck.choice(("", "alva@example.se", "inte en adress"))}
            case _:
                answers = luck.sample(self._questions, 6)
                fields = {f"p:{id}": luck.choice(options) for id, options in answers if options}
                fields |= {
                    f"t:{id}": luck.choice(("Ett ord", "3", "14 mars")) for id, options in answers if not options
                }
                fields |= dict.fromkeys(("coming", "join", "shape", "start"), luck.choice(("yes", "no", "maybe")))
                return {**fields, "name": "Någon", "town": "Nystad", **({"done": "1"} if luck.random() < 0.5 else {})}

    def _deed(self, person: Person, verb: str | None) -> dict[str, str]:
        """A button, a text or a link, in one's own chat or a group's, beneath a message or not."""
        luck, seal = self._luck, self._played.bot.services.buttons.seal
        fields = {}
        if verb is None and luck.random() < 0.3:
            fields["message"] = str(luck.choice(self._copies))
        group = luck.choice(self._groups) if verb is None and luck.random() < 0.2 else None
        if group is not None:
            fields["group"] = self._page.asking.mark(person, group)
        chance = 0.0 if verb else luck.random()
        if chance < 0.8:
            epoch = luck.choice((person.epoch, person.epoch, luck.randint(0, person.epoch)))  # also of an earlier seat
            scope = f"g{group.id}" if group is not None else private_scope(person, epoch)
            return {**fields, "action": seal(scope, attempt(luck, self._pool, verb))}
        if chance < 0.95:
            return {**fields, "text": f"/{luck.choice(sorted(COMMANDS))} {luck.choice(self._pool.arguments)}"}
        return {**fields, "follow": luck.choice(self._links)}

    # -- what comes of it ----------------------------------------------------------------------------------------------
    async def _carry_out(self, tried: Asked) -> str:
        assert self._client is not None
        method = tried.route.split(" ")[0]
        luck = self._luck
        whence = {"X-Forwarded-For": f"10.{luck.randrange(250)}.{luck.randrange(250)}.{luck.randrange(250)}"}
        headers = {**whence, **FORM, **({"Cookie": tried.cookie} if tried.cookie else {})}
        self._played.failures.clear()
        async with self._client.request(
            method, tried.path, data=urlencode(tried.fields) if method == "POST" else None, headers=headers
        ) as answer:
            first = answer.history[0].status if answer.history else answer.status
            self.reached.routes[tried.route][first] += 1
            shown = "" if answer.content_type == STREAM else unescape(await answer.text(errors="replace"))
        if answer.status >= FAILED:
            if method == "GET":
                self._tally.wrong.append(f"{tried} failed: {self._played.failures[-1:]!r}")
            raise RuntimeError(tried.route)
        return shown


async def kept(work: UnitOfWork, people: list[Person], number: int) -> None:
    """A town's chats as the page keeps them: each message, and the file under it, says whose it is."""
    said = {group_chat(number): marks(number)["core"]}
    said |= {private_chat(person.id): f"{PRIVATE}{person.id}." for person in people}
    for chat, word in said.items():
        await work.chat_copies.keep_chat(chat)
        files = [Attachment("document", f"{word}.txt", word.encode())]
        for _ in range(3):
            id = await work.outbox.put(chat, OutboxKind.DOCUMENT, {"text": word}, about=number, files=files)
            await work.chat_copies.take(await work.outbox.get(id), id, files)


def with_private_words(people: list[Somebody]) -> list[Somebody]:
    """The same people, for whom what stands in the others' own chats is not, either."""
    private = {one.person: f"{PRIVATE}{one.person}." for one in people}
    return [
        Somebody(one.person, one.kind, one.not_theirs | {private[id] for id in private if id != one.person})
        for one in people
    ]


@asynccontextmanager
async def doors(folder: Path) -> AsyncIterator[Doors]:
    """Two finished towns and their people, at the page's doors."""
    async with AsyncExitStack() as stack:
        stack.enter_context(on_this_thread())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(post, "PATIENCE", 0.0)  # nobody sends what the bot says
        played = await stack.enter_async_context(town(folder, page_url=ADDRESS, mail=True))
        page = await stack.enter_async_context(Page(played.bot, played.clock))
        page.asking.mail = True
        work = await stack.enter_async_context(played.bot.store.work())

        @asynccontextmanager
        async def within(_store: Store) -> AsyncIterator[UnitOfWork]:
            async with work.savepoint():
                yield work

        patch.setattr(Store, "work", within)
        pool = await two_towns(played, work)
        found = Doors(played, work, pool, with_private_words(await everybody(played, work)), page)
        jar = aiohttp.DummyCookieJar()
        client = await stack.enter_async_context(aiohttp.ClientSession(page.address, cookie_jar=jar))
        await found.begin(client)
        found.listen(patch)
        yield found
