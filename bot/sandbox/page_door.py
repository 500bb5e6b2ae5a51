"""The page's door: the world as JSON, and what a visitor lets the people do. For the demo, on loopback."""

import base64
import inspect
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from . import view
from .errors import ActError
from .stage import Projector, Stage
from .wire import Json, Wire

PAGE = Path(__file__).with_name("page")
BUILT = Path(__file__).parents[1] / "README.md"
LONGEST_WAIT = 25.0
"""Seconds that /world waits for a change."""
_TYPING_REFRESH = 5.5
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SHOWN_INLINE = ("image/png", "image/jpeg", "application/pdf", "text/plain")


class PageDoor:
    """The routes of the page. Every answer to a POST is {ok: true, …} or {ok: false, error: one Swedish sentence}."""

    def __init__(
        self, stage: Stage, projector: Projector | None = None, works: Mapping[str, str] | None = None
    ) -> None:
        """`works`: what people do, by their names."""
        self._town = self._stage = stage
        self._projector, self._works = projector, dict(works or {})

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of this door, with their handlers."""
        return [
            web.get("/", self.index),
            web.get("/world", self.world),
            web.get("/files/{id}", self.file),
            web.get("/transcript.txt", self.transcript),
            web.get("/built.txt", self.built),
            web.post("/act", self.act),
            web.post("/people", self.add_person),
            web.patch("/people/{id}", self.rename_person),
            web.post("/groups", self.add_group),
            web.post("/clock", self.clock),
            web.post("/faults", self.faults),
            web.post("/others", self.others),
            web.post("/film", self.film),
            web.post("/opening", self.opening),
            web.post("/window", self.window),
            web.get("/{name}", self.static),
        ]

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn refusals into answers, and let nothing be shown elsewhere."""
        if request.path.startswith(("/bot", "/file/")):
            return await handler(request)
        try:
            response = await handler(request)
        except ActError as refused:
            response = web.json_response({"ok": False, "error": str(refused)})
        response.headers.update(HEADERS)
        return response

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """The page."""
        return web.FileResponse(PAGE / "index.html")

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Serve one of the page's own files."""
        name = request.match_info["name"]
        if name not in {file.name for file in PAGE.iterdir() if file.is_file()}:
            raise web.HTTPNotFound
        return web.FileResponse(PAGE / name)

    async def world(self, request: web.Request) -> web.StreamResponse:
        """The world, as soon as it is newer than `since`; after a while also when it is not."""
        try:
            since = int(request.query.get("since", 0))
        except ValueError:
            raise web.HTTPBadRequest from None
        if self._stage.sandbox.version <= since and request.query.get("scene") in (None, self._stage.name):
            await self._stage.exchange.changed(_TYPING_REFRESH if self._typing_shows() else LONGEST_WAIT)
        stage = self._stage
        film = stage.film().as_json() if stage.film else None
        about = {"scene": stage.name, "film": film, "has_film": self._projector is not None, "works": self._works}
        return web.json_response(view.world(stage.sandbox, _depth(request.query.get("depth", ""))) | about)

    def _typing_shows(self) -> bool:
        """True if a chat shows that the bot is writing, which ends without a change of the world."""
        now = self._stage.sandbox.now()
        return any(
            place.typing_until and place.typing_until > now for place in self._stage.sandbox.world.chats.values()
        )

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A sent file; what a browser might run is only offered for saving."""
        stored = self._stage.sandbox.file(request.match_info["id"])
        if stored is None:
            raise web.HTTPNotFound
        if stored.mime in _SHOWN_INLINE:
            return web.Response(body=stored.data, content_type=stored.mime, charset=_charset(stored.mime))
        headers = {"Content-Disposition": "attachment"}
        return web.Response(body=stored.data, content_type="application/octet-stream", headers=headers)

    async def transcript(self, _request: web.Request) -> web.StreamResponse:
        """Serve what has been played, as a transcript to save."""
        if self._stage.transcript is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": 'attachment; filename="spelat.txt"'}
        return web.Response(text=self._stage.transcript(), headers=headers)

    async def built(self, _request: web.Request) -> web.StreamResponse:
        """Serve how the program is built, as its own documentation tells it."""
        return web.Response(text=BUILT.read_text(encoding="utf-8"), charset="utf-8")

    async def act(self, request: web.Request) -> web.StreamResponse:
        """A person does something: {person, action, …}."""
        body = await _body(request)
        person, action = _number(body.pop("person", None)), str(body.pop("action", ""))
        if "data_base64" in body:
            body["data"] = base64.b64decode(str(body.pop("data_base64")))
        self._stage.acted()
        details = {name: value for name, value in body.items() if value is not None}
        try:
            return _ok(self._stage.sandbox.act(person, action, **details))
        except (TypeError, AttributeError, ValueError, KeyError):
            raise ActError("Handlingen fick fel uppgifter.") from None

    async def add_person(self, request: web.Request) -> web.StreamResponse:
        """{name}"""
        first, last = _names(await _body(request))
        return _ok({"id": self._stage.sandbox.add_person(first, last)})

    async def rename_person(self, request: web.Request) -> web.StreamResponse:
        """{name}"""
        person = _number(request.match_info["id"])
        self._stage.sandbox.rename_person(person, *_names(await _body(request)))
        return _ok({"id": person})

    async def add_group(self, request: web.Request) -> web.StreamResponse:
        """{title, owner, members}"""
        body = await _body(request)
        title, members = str(body.get("title", "")).strip(), body.get("members", [])
        if not title or not isinstance(members, list):
            raise ActError("Gruppen behöver ett namn och medlemmar.")
        group = self._stage.sandbox.create_group(title, _number(body.get("owner")), [_number(one) for one in members])
        return _ok({"id": group})

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """{seconds} or {to: "next_reminder"}"""
        body = await _body(request)
        if body.get("to") == "next_reminder":
            seconds = await self._until_reminder()
        else:
            seconds = float(body.get("seconds") or 0)
        if self._stage.pass_by is None or seconds < 0:
            self._stage.sandbox.wind(seconds)
        else:
            await self._stage.pass_by(seconds)
        return web.json_response({"ok": True, "now": self._stage.sandbox.now().isoformat()})

    async def _until_reminder(self) -> float:
        at: datetime | None = await _awaited(self._stage.next_reminder()) if self._stage.next_reminder else None
        if at is None:
            raise ActError("Ingen påminnelse väntar.")
        return max(0.0, (at - self._stage.sandbox.now()).total_seconds() + 1)

    async def faults(self, request: web.Request) -> web.StreamResponse:
        """{kind: probability, or seconds for delay; 0 is off}"""
        self._stage.sandbox.faults.set_from_page(await _body(request))
        self._stage.sandbox.touch()
        return _ok(self._stage.sandbox.faults.as_json())

    async def others(self, request: web.Request) -> web.StreamResponse:
        """{except: [person ids]}: let all others answer once."""
        if self._stage.others is None:
            raise ActError("De andra kan inte svara själva här.")
        spared = (await _body(request)).get("except", [])
        return _ok(await _awaited(self._stage.others([_number(one) for one in spared])))

    async def opening(self, request: web.Request) -> web.StreamResponse:
        """{}: get the town under way."""
        await _body(request)
        if self._stage.opening is None:
            raise ActError("Den här staden är redan i gång.")
        return _ok(await self._stage.opening())

    async def window(self, request: web.Request) -> web.StreamResponse:
        """{person}: where they are in a browser, beside the phones; 0 is where the mail lies."""
        person = _number((await _body(request)).get("person"))
        if self._stage.window is None:
            raise ActError("Här finns ingen webbsida att öppna.")
        return _ok(await self._stage.window(person))

    async def film(self, request: web.Request) -> web.StreamResponse:
        """{begin: true}, {speed: number} or {end: true}: a film in place of the town, at a pace, and back."""
        body = await _body(request)
        if self._projector is None:
            raise ActError("Här finns ingen stad att spela upp.")
        if body.get("begin"):
            self._show(await self._projector.begin())
        elif body.get("end"):
            self._show(self._town)
            await self._projector.end()
        else:
            self._projector.pace(_fraction(body.get("speed")))
        return _ok(True)

    def _show(self, stage: Stage) -> None:
        """another stage from now on, also for those who wait for news of the one before."""
        before, self._stage = self._stage, stage
        before.sandbox.touch()


async def _body(request: web.Request) -> Wire:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


async def _awaited(value: Json) -> Json:
    return await value if inspect.isawaitable(value) else value


def _ok(result: Json) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _number(value: Json) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ActError("Personen eller chatten finns inte.") from None


def _depth(asked: str) -> dict[int, int]:
    """Read how many messages of which chats are shown, as in `-4100000001:300,700000001:200`."""
    found: dict[int, int] = {}
    for part in filter(None, asked.split(",")):
        chat, _, most = part.partition(":")
        found[_number(chat)] = _number(most)
    return found


def _fraction(value: Json) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ActError("Den farten finns inte.") from None


def _names(body: Wire) -> tuple[str, str | None]:
    first, _, last = str(body.get("name", "")).strip()[:64].partition(" ")
    return first, last.strip() or None


def _charset(mime: str) -> str | None:
    return "utf-8" if mime.startswith("text/") else None
