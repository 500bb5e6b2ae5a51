"""Any request at the page's doors: what its forms and addresses hold, mixed up, cut, and with junk in them.

People of a town, a browser with a wrong cookie and a stranger ask for anything and send anything, also each other's
forms. `STADSBOT_TEST_FUZZ=1000000` sends a million; after some thousands the town is a new one.
"""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.context.context import Context
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import gathered
from bot.page import post, sessions
from storage.records.records import OutboxKind, private_chat
from tests.page.reader import ADDRESS, Form, Page, _Reader
from tests.page.test_both import Both
from tests.page.test_doors import LOOKS, state

MANY = int(os.environ.get("STADSBOT_TEST_FUZZ", "1500"))
A_TOWN = 5000  # requests that one town takes
ROUND = 250  # requests after which people sign in anew and the bot says what it has to say
FORGED = 60  # requests that must change nothing, at the beginning of each town
WITH_MARK = (
    *("/grupp/{}", "/ovning/{}", "/fil/{}/0", "/fil/1/{}"),
    *("/l/{}", "/ny/{}", "/tillbaka/{}", "/logga/{}", "/inbjudan/{}"),
)
DOES = ("/gor", "/kod", "/konto/ut", "/konto/mail", "/mail", "/konto/nyckel", "/konto/nyckel/bort", "/nyckel")
FIELDS = (
    "csrf",
    "number",
    "text",
    "action",
    "follow",
    "message",
    "group",
    "code",
    "name",
    "address",
    "sign_in",
    "town",
    "key",
    "new_key",
    "removed_key",
)
PEOPLE = ("Alva", "Bo", "Cia")
PRIVATE = "Privatord"  # with whose chat it stands in
METHODS = ("GET",) * 8 + ("POST",) * 11 + ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
JUNK = (
    *("", " ", "0", "-1", "9" * 400, "1e9", "None", "å" * 300, "%00", "\x00", "../..", "'--", "<b>", "{{ 1 }}"),
    *("\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "\u202etxet", "/start", "/svara", "hej"),
)
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
CARRIED = "Permissions-Policy"  # a header that each answer of the page carries


@dataclass(slots=True)
class Asker:
    """Somebody who asks: their cookie, the number of whose private chat they may see, and what their pages held."""

    cookie: str = ""
    person: int = 0
    csrf: str = ""
    paths: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


class Fuzz:
    """A town under fire."""

    def __init__(self, played: Town, page: Page, luck: random.Random, client: aiohttp.ClientSession) -> None:
        self.played, self.page, self.luck, self.client = played, page, luck, client
        self.askers: list[Asker] = []
        self.wrong: list[str] = []
        self.answers: Counter[int] = Counter()

    async def gather(self) -> None:
        """Sign everybody in anew, as far as they are there still, and read what their pages hold."""
        await self.played.settle()
        bot, ids = self.played.bot, {}
        async with bot.store.work() as work:
            ctx = Context(bot.services, work, self.played.clock())
            for group in await work.groups.all_active():
                for member in await work.members.of_group(group.id):
                    person = await work.people.get(member.person_id)
                    ids[await sessions.begin(ctx, person.id, "")] = person.id
                    await work.outbox.put(
                        private_chat(person.id), OutboxKind.MESSAGE, {"text": f"{PRIVATE}{person.id}."}, about=None
                    )
        await self.played.settle()
        self.askers = [Asker(), Asker(cookie="x" * 43)]
        for secret, person_id in ids.items():
            asker = Asker(secret, person_id)
            for path in LOOKS:
                await self._read(asker, path)
            for path in self.luck.sample(asker.paths, min(4, len(asker.paths))):
                await self._read(asker, path)
            self.askers.append(asker)

    async def _read(self, asker: Asker, path: str) -> None:
        reader = _Reader()
        async with self.client.get(path, headers=self._headers(asker)) as answer:
            reader.feed(await answer.text() if answer.content_type == "text/html" else "")
        asker.paths += [path for path in reader.links.values() if path.startswith("/") and path not in asker.paths]
        asker.forms += [form for form in reader.forms if form.method == "post"]
        asker.csrf = next((form.fields["csrf"] for form in reader.forms if "csrf" in form.fields), asker.csrf)

    def _headers(self, asker: Asker) -> dict[str, str]:
        """Whose browser it is, from anywhere."""
        whence = ".".join(str(self.luck.randrange(256)) for _ in range(4))
        cookie = {"Cookie": f"{sessions.cookie_name(secure=False)}={asker.cookie}"} if asker.cookie else {}
        return {"X-Forwarded-For": whence, **cookie}

    # -- what is asked -------------------------------------------------------------------------------------------------
    def _any(self) -> str:
        """Anything that stood in a form or an address, or junk."""
        luck, other = self.luck, self.luck.choice(self.askers)
        if luck.random() < 0.35 or not other.forms:
            return luck.choice(JUNK)
        if luck.random() < 0.3 and other.paths:
            return luck.choice(other.paths).rsplit("/", 1)[-1].partition("#")[0]
        values = list(luck.choice(other.forms).fields.values())
        return luck.choice(values) if values else other.cookie

    def _path(self, asker: Asker) -> str:
        luck = self.luck
        if asker.paths and luck.random() < 0.5:
            path = luck.choice(asker.paths)
        else:
            path = luck.choice((*LOOKS, *WITH_MARK, *DOES, "/handelser", "/{}", "/{}/{}"))
            path = path.replace("{}", self._any().replace("/", "") or "0")
        return path if luck.random() < 0.9 else f"{path.partition('#')[0]}?fore={self._any()[:50]}"

    def _fields(self, asker: Asker, form: Form, *, forged: bool) -> dict[str, str]:
        """What a form sends, with up to three things in it put wrong."""
        luck = self.luck
        fields = {
            **form.fields,
            **dict.fromkeys(form.asked, "hej"),
            **dict(luck.sample(form.options, min(3, len(form.options)))),
        }
        for _ in range(luck.choice((0, 1, 1, 2, 3))):
            name = luck.choice((*fields, *FIELDS)) if luck.random() < 0.8 else self._any()[:40]
            if luck.random() < 0.25:
                fields.pop(name, None)
            else:
                fields[name] = self._any()
        if forged:
            fields["csrf"] = luck.choice(("", "0" * 32, self._any()))
            fields = fields if fields["csrf"] != asker.csrf else {}
        elif luck.random() < 0.8:
            fields["csrf"] = asker.csrf
        return fields

    def _body(self, fields: dict[str, str]) -> tuple[bytes, str]:
        """The fields as a browser sends them, now and then in parts and with a file, too long, or not fields at all."""
        match self.luck.random():
            case chance if chance < 0.06:
                parts = [
                    f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()
                ]
                parts.append('Content-Disposition: form-data; name="text"; filename="bild.png"\r\n\r\n\x89PNG')
                return "".join(f"--b\r\n{part}\r\n" for part in parts).encode() + b"--b--\r\n", f"{PARTS}; boundary=b"
            case chance if chance < 0.08:
                return self.luck.randbytes(300), self.luck.choice((FORM, PARTS, "application/json", "x"))
            case chance if chance < 0.085:
                fields = {**fields, "text": "a" * 300_000}
        return urlencode(fields).encode(), FORM

    async def ask(self, *, forged: bool = False) -> None:
        """One request; what must not be in its answer is noted."""
        luck, asker = self.luck, self.luck.choice(self.askers)
        forms = luck.choice(self.askers).forms if luck.random() < 0.3 else asker.forms
        method, path = luck.choice(METHODS), self._path(asker)
        sent, kind = b"", FORM
        if method not in ("GET", "HEAD", "OPTIONS"):
            form = luck.choice(forms) if forms else Form(luck.choice(DOES), "post")
            if luck.random() < 0.8:
                method, path = "POST", form.action or path
            sent, kind = self._body(self._fields(asker, form, forged=forged))
        path = path.removeprefix(ADDRESS)
        async with self.client.request(
            method,
            path if path.startswith("/") else f"/{path}",
            data=sent,
            headers={**self._headers(asker), "Content-Type": kind},
            allow_redirects=False,
        ) as answer:
            self.answers[answer.status] += 1
            shown = "" if answer.content_type == "text/event-stream" else await answer.text(errors="replace")
            if answer.status >= 500:
                self.wrong.append(f"{method} {path} {sent!r:.300}: {answer.status}")
            if CARRIED not in answer.headers and answer.status not in (404, 405, 413, 400):
                self.wrong.append(f"{method} {path}: {answer.status} without its headers")
            if not asker.person and GROUP in shown:
                self.wrong.append(f"{method} {path} {sent!r:.300}: a stranger is told of the town")
            if any(word != str(asker.person) for word in _whose(shown)):
                self.wrong.append(f"{method} {path}: {asker.person} reads what is another's")


def _whose(shown: str) -> Iterator[str]:
    """Whose private words stand there."""
    for part in shown.split(PRIVATE)[1:]:
        yield part.partition(".")[0]


@asynccontextmanager
async def under_fire(folder: Path, luck: random.Random) -> AsyncIterator[Fuzz]:
    """Two on Telegram and in browsers, one on the page alone, and an exercise that is open."""
    async with town(folder, page_url=ADDRESS, mail=True) as people:
        await gathered(people, list(PEOPLE[:2]))
        async with Page(people.bot, people.clock) as page:
            both = Both(people, page)
            await both.begin()
            await both.invited(PEOPLE[2])
            async with aiohttp.ClientSession(page.address, cookie_jar=aiohttp.DummyCookieJar()) as client:
                yield Fuzz(people, page, luck, client)


@pytest.mark.slow
async def test_any_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is sent to the page, it answers without an error of its own and shows nobody what is another's; without
    a form's own token nothing is changed; and the bot goes on."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)
    luck, left, answers, towns = random.Random(11), MANY, Counter[int](), 0
    for number in count():
        if left <= 0:
            break
        towns += 1
        async with under_fire(tmp_path / str(number), luck) as fuzz:
            await fuzz.gather()
            before = state(Both(fuzz.played, fuzz.page))
            for _ in range(FORGED):
                await fuzz.ask(forged=True)
            assert state(Both(fuzz.played, fuzz.page)) == before, "nothing is changed without a form's token"
            for n in range(min(left, A_TOWN)):
                if n and n % ROUND == 0:
                    await fuzz.gather()
                    fuzz.played.sandbox.wind(60)
                await fuzz.ask()
                assert fuzz.wrong == []
            left -= A_TOWN
            answers += fuzz.answers
            await fuzz.played.settle()
            said = len(fuzz.played.texts("Bo"))
            await fuzz.played.write("Bo", "/ring")
            assert len(fuzz.played.texts("Bo")) > said
            assert "112" in fuzz.played.last("Bo")
            async with fuzz.played.bot.store.work() as work:
                assert [row[0] for row in await work._session.rows("PRAGMA integrity_check")] == ["ok"]
    assert answers[303] > MANY // 100, "some of it is done"
    with capsys.disabled():
        told = ", ".join(f"{many} of {status}" for status, many in sorted(answers.items()))
        print(f"\npage: {answers.total()} requests to {towns} towns: {told}; none failed")  # noqa: T201
