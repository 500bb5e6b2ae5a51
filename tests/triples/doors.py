"""The same people at the page's doors: any address and any form, with marks of their own that stand for anything.

All that a request does is undone: the page's transactions are savepoints in the one that stays open.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
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
from bot.features.members import activation, admission, handover, mail_address, not_me, sign_in
from bot.features.outsiders import actor_forms, event_link, guest_list, guests
from bot.features.process import looking_on
from bot.page import device, guest, mail, post, sessions, way_back
from bot.page.web_app import door_of
from storage.records.records import Group, Person, group_chat, private_chat
from storage.store import Store, UnitOfWork
from tests.page.reader import ADDRESS, Page
from tests.triples.judges import DOORS_OF, HIDE, Fact, Seen, Verdicts, doors_of, standing, who_sits_there
from tests.triples.page_town import Asked, Beside, Reached, kept, reporters, with_private_words
from tests.triples.towns import OTHER, OWN, Pool, Somebody, everybody, two_towns
from tests.triples.trial import ROUNDS, Tally, Trial, attempt

GOR: Final = "POST /gor"
LEADS_OFTEN: Final = {
    GOR: 12, "GET /ovning/{run}": 4, "GET /grupp/{group}": 3, "GET /fil/{copy}/{number}": 3,
    "GET /inbjudan/{token}": 2, "POST /inbjudan/{token}": 2,
    "GET /dokument": 0.3,  # takes as long as twenty others
}  # fmt: skip
POSTER: Final = "poster"
FOR: Final = {device.ADDRESS: (work_devices.PURPOSE,), guest.ADDRESS: (guests.PURPOSE, POSTER)}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
STREAM: Final = "text/event-stream"
FAILED: Final = 500
Stance = tuple[str, bool, bool]  # at which route, whether signed in, whether in a browser where a code was given


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
        self._purposes: dict[str, str] = {}  # by link
        self._before: frozenset[Fact] = frozenset()
        self._reporters: tuple[str, ...] = ()
        self._beside = Beside()
        self._whose = {one.person: one for one in people}
        self._stance: Stance | None = None  # the one that all take
        self.verdicts = Verdicts()
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
            url = await sign_in.make(ctx, person, sign_in.GOOD_FOR, of=sign_in.PROVES)
            seal = ctx.services.buttons.seal
            verbs = (mail.OFF, mail_address.CONFIRM, not_me.NOT_ME)
            off = [seal(LINK, Action(verb, person.id)) for verb in verbs]
            self._own_links[person.id] = [url.rsplit("/", 1)[-1], *off]
            self._purposes |= dict.fromkeys(self._own_links[person.id], "sign_in")
        for number in (OWN, OTHER):
            mine = {m.person_id for m in await work.members.of_group(number)}
            await kept(work, [person for person in people if person.id in mine], number)
            group = await work.groups.get(number)
            self._groups.append(group)
            invited = (await work.rows.all(number, guest_list.register(ctx).id))[0]
            refs = {
                **dict.fromkeys((admission.PURPOSE, handover.PURPOSE, work_devices.PURPOSE, actor_forms.PURPOSE), 1),
                **dict.fromkeys((looking_on.DECIDERS.name, looking_on.LEADERS.name), ""),
                guests.PURPOSE: invited.id,
            }
            urls = [(to, (await invitations.make(ctx, group, to, str(ref))).url) for to, ref in refs.items()]
            if (poster := await event_link.address(ctx, group)) is not None:
                urls.append((POSTER, poster))
            for purpose, url in urls:
                self._links.append(url.rsplit("/", 1)[-1])
                self._leads.setdefault(purpose, []).append(self._links[-1])
                self._purposes[self._links[-1]] = purpose
            logged = [m.name for m in await work.members.of_group(number) if m.person_id in await reporters(work)]
            self._reporters += tuple(logged)
        chats = [*(group_chat(group.id) for group in self._groups), *(private_chat(person.id) for person in people)]
        self._copies = [copy.id for chat in chats for copy in await work.chat_copies.newest(chat)]
        self._before = await standing(work)

    async def each_door(self, seed: int) -> Tally:
        """Let whoever may sit there ask at each address, until each cell of the table has been judged."""
        self._luck, self._tally = random.Random(seed), Tally()
        some = [next(one for one in self.people if one.kind == kind) for kind in ("core", "left", "unknown")]
        for _ in range(ROUNDS):
            at = {door for _, door, _ in self.verdicts.missing()}
            for route in (route for route in self.routes if at & set(DOORS_OF[route])):
                for self._stance in ((route, True, True), (route, True, False), (route, False, False)):
                    await self._let([(one, None) for one in some])
        self._stance = None
        return self._tally

    # -- what is asked -----------------------------------------------------------------------------------------------
    def _choose(self, person: Person, verb: str | None) -> Asked:
        luck = self._luck
        route, signed_in, proved = (GOR, True, luck.random() < 0.7) if verb else self._stance or self._any_stance()
        secret = self._secrets[person.id][not proved]
        template = route.split(" ")[1]
        path, purpose = template, ""
        for name, give in self._parts(person, template).items():
            if f"{{{name}}}" in path:
                given = give()
                path, purpose = path.replace(f"{{{name}}}", given), self._purposes.get(given, "")
        if template == "/grupp/{group}" and luck.random() < 0.3:
            path += f"?fore={luck.choice(self._copies)}"
        fields: dict[str, str] = {}
        if route.startswith("POST"):
            csrf = sessions.csrf_of(secret) if luck.random() < 0.97 else ""
            fields = {"csrf": csrf, "number": str(-luck.randrange(1, 1 << 60)), **self._fields(template, person, verb)}
        cookie = f"{sessions.form_cookie(secure=False)}={secret}"  # so that forms by which one signs in are taken, too
        if signed_in:
            cookie += f"; {sessions.cookie_name(secure=False)}={secret}"
        return Asked(route, path, tuple(fields.items()), cookie, person.id, purpose, signed_in, proved)

    def _any_stance(self) -> Stance:
        luck = self._luck
        route = luck.choices(self.routes, [LEADS_OFTEN.get(one, 1) for one in self.routes])[0]
        return route, luck.random() < (0.6 if "{token}" in route else 0.95), luck.random() < 0.7

    def _parts(self, person: Person, template: str) -> dict[str, Callable[[], str]]:
        """What can stand in an address, with marks of this person's own that stand for anything."""
        luck, asking = self._luck, self._page.asking
        runs = self._pool.runs[luck.choice((OWN, OTHER))]
        links = self._own_links[person.id] if luck.random() < 0.3 else self._links
        if template in FOR and luck.random() < 0.7:
            links = self._leads[luck.choice(FOR[template])]
        verb = activation.WAY_BACK if template == way_back.ADDRESS else activation.VERB
        return {
            "group": lambda: asking.mark(person, luck.choice(self._groups)),
            "run": lambda: asking.run_mark(person, luck.choice(runs)),
            "copy": lambda: str(luck.choice(self._copies)),
            "number": lambda: str(luck.choice((0, 0, 0, 1))),
            "token": lambda: luck.choice(links),
            "code": lambda: activation.new_code(self._played.bot.services.buttons, START, verb),
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
        if self._in_group:
            group = self._groups[0]
        if group is not None:
            fields["group"] = self._page.asking.mark(person, group)
        chance = 0.0 if verb else luck.random()
        if chance < 0.8:
            epoch = luck.choice((person.epoch, person.epoch, luck.randint(0, person.epoch)))  # also of an earlier seat
            scope = f"g{group.id}" if group is not None else private_scope(person, epoch)
            return {**fields, "action": seal(scope, attempt(luck, self._pool, verb))}
        if chance < 0.95:
            command = HIDE if luck.random() < 0.2 else luck.choice(sorted(COMMANDS))
            return {**fields, "text": f"/{command} {luck.choice(self._pool.arguments)}"}
        return {**fields, "follow": luck.choice(self._links)}

    # -- what comes of it ----------------------------------------------------------------------------------------------
    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Hear also what is mailed, told above the next page, and noted in the log of who has read incidents."""
        super().listen(patch)
        self._beside.listen(patch, self._said)

    async def _carry_out(self, tried: Asked) -> str:
        assert self._client is not None
        method = tried.route.split(" ")[0]
        luck = self._luck
        whence = {"X-Forwarded-For": f"10.{luck.randrange(250)}.{luck.randrange(250)}.{luck.randrange(250)}"}
        headers = {**whence, **FORM, **({"Cookie": tried.cookie} if tried.cookie else {})}
        data = urlencode(tried.fields) if method == "POST" else None
        self._played.failures.clear()
        self._beside.mails.clear()
        self._beside.noted = False
        # What comes after a redirect is asked for by itself; what it would tell in passing is heard (`listen`).
        async with self._client.request(
            method, tried.path, data=data, headers=headers, allow_redirects=False
        ) as answer:
            self.reached.routes[tried.route][answer.status] += 1
            shown = "" if answer.content_type == STREAM else unescape(await answer.text(errors="replace"))
        if answer.status >= FAILED:
            if method == "GET":
                self._tally.wrong.append(f"{tried} failed: {self._played.failures[-1:]!r}")
            raise RuntimeError(tried.route)
        await self._judge(tried, answer.status, shown)
        return shown

    async def _judge(self, tried: Asked, status: int, shown: str) -> None:
        one, fields = self._whose[tried.person], dict(tried.fields)
        # A text beneath a group's message is said in its chat, where a command is answered in private.
        text = "" if {"group", "message"} <= fields.keys() else fields.get("text", "")
        after = await standing(self._work) if self._wrote else self._before
        there = {who for _, who, *_ in self._before}
        hides = text.startswith(f"/{HIDE} ")
        kept = await self._work.chat_copies.newest(private_chat(one.person)) if hides else ()
        seen = Seen(
            one, tried.route, text, tried.signed_in, tried.proved, status, shown,
            tuple(self._said), tuple(self._beside.mails), self._beside.noted,
            frozenset(fact for fact in after - self._before if fact[1] in there), f"{kept}", self._reporters,
        )  # fmt: skip
        doors = doors_of(tried.route, tried.purpose)
        whose = who_sits_there(one, signed_in=tried.signed_in, proved=tried.proved)
        self._tally.wrong += [f"{wrong}, after {tried}" for wrong in self.verdicts.judge(seen, doors, whose)]


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
