"""A browser without script: it reads pages, fills in forms, and keeps its cookie."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Bot
from bot.demo.town import MachineClock
from bot.operations.servers import with_headers
from bot.page.web_app import door_of
from messages.line_breaks import NO_BREAK
from storage.records.repository import Clock

ADDRESS = "http://127.0.0.1:8444"
BLOCKS = ("p", "h1", "h2", "h3", "li", "summary", "td", "th")  # what comes after them stands on a line of its own


@dataclass(slots=True)
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the names of fields to fill in …
    written: dict[str, str] = field(default_factory=dict)  # … and what stands in them
    options: list[tuple[str, str]] = field(default_factory=list)  # what can be ticked …
    ticked: list[tuple[str, str]] = field(default_factory=list)  # … and what is
    label: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._in: list[str] = []
        self._link = ""
        self._written = ""  # the field whose words are read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif tag in ("input", "textarea") and self._form is not None:
            if given.get("type") == "hidden":
                self._form.fields[given["name"]] = given.get("value", "")
            elif given.get("type") in ("radio", "checkbox"):
                self._form.options.append((given["name"], given.get("value", "")))
                if "checked" in given:
                    self._form.ticked.append((given["name"], given.get("value", "")))
            else:
                self._form.asked.append(given["name"])
                self._form.written[given["name"]] = given.get("value", "")
                self._written = given["name"] if tag == "textarea" else ""
        elif tag == "a":
            self._link = given.get("href", "")
        if tag not in ("input", "meta", "link", "br", "img"):
            self._in.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._in:
            while self._in.pop() != tag:
                pass
        if tag in BLOCKS:
            self.words.append("\n")
        if tag == "textarea":
            self._written = ""
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "script" in self._in or "title" in self._in:
            return
        if self._written and self._form is not None:
            self._form.written[self._written] += data
        if "button" in self._in and self._form is not None:
            self._form.label += data.strip()
        elif "a" in self._in and data.strip():
            self.links.setdefault(data.strip(), self._link)
        self.words.append(data)


class Browser:
    """One person's browser."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.path, self.status, self.html = "", 0, ""
        self.headers: dict[str, str] = {}

    async def open(self, path: str) -> "Browser":
        """Go to an address of the page."""
        async with self.client.get(path.removeprefix(ADDRESS)) as answer:
            return await self.read(answer)

    async def press(self, label: str, /, **filled: str) -> "Browser":
        """Press the last button whose label begins so, with the fields of its form filled in."""
        form = self.form(label)
        async with self.client.post(form.action, data={**form.fields, **filled}) as answer:
            return await self.read(answer)

    async def write(self, text: str) -> "Browser":
        """Write in the conversation's field."""
        if self.path != "/samtal":
            await self.open("/samtal")
        return await self.press("Skicka", text=text)

    def form(self, label: str) -> Form:
        """The form of a button."""
        found = [form for form in self._parsed().forms if form.label.startswith(label)]
        assert found, f"no button begins with {label!r} here:\n{self.text}\n{[f.label for f in self._parsed().forms]}"
        return found[-1]

    @property
    def cookie(self) -> str:
        """The secret that this browser is known by."""
        return next(one.value for one in self.client.session.cookie_jar if one.key == "stad")

    @property
    def forms(self) -> list[Form]:
        """All forms."""
        return self._parsed().forms

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons."""
        return [form.label for form in self._parsed().forms if form.label]

    @property
    def links(self) -> dict[str, str]:
        """Where links lead, by their words."""
        return self._parsed().links

    @property
    def text(self) -> str:
        """All words of the page."""
        words = "".join(self._parsed().words).replace(NO_BREAK, " ")
        return re.sub(r"\s*\n\s*", "\n", words).strip()

    def _parsed(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.html)
        return reader

    async def read(self, answer: ClientResponse) -> "Browser":
        """Read what came."""
        self.status, self.path = answer.status, answer.url.path
        self.headers = dict(answer.headers)
        self.html = await answer.text()
        return self


class Page:
    """The page of a bot, with browsers to open it in."""

    def __init__(self, bot: Bot, clock: Clock | MachineClock, port: int | None = None) -> None:
        """With a `port` it is at localhost, for whose name a browser makes passkeys, and knows that it is."""
        app = web.Application()
        services = replace(bot.services, page_url=f"http://localhost:{port}") if port else bot.services
        door = door_of(bot.store, services, bot.poller, clock)
        app.add_routes(door.routes())
        self.asking, self._headers = door.asking, door.headers
        self._app = app
        self._server = TestServer(app, port=port, host="localhost" if port else "127.0.0.1")
        self._clients: list[TestClient[Any, Any]] = []

    async def __aenter__(self) -> "Page":
        await self._server.start_server()
        assert self._server.runner is not None
        assert self._server.runner.server is not None
        with_headers(self._server.runner.server, self._headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients:
            await client.close()
        await self._server.close()

    @property
    def address(self) -> str:
        """Where the page is on this machine."""
        return str(self._server.make_url("")).rstrip("/")

    def browser(self) -> Browser:
        """A new browser, in which nobody is signed in."""
        client = TestClient(self._server, cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        return Browser(client)
