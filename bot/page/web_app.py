"""The page's routes, and the security headers of every response.

A GET changes nothing, as link previews and crawlers follow links, too. Changes are POSTs of forms, with a CSRF token
(`sessions.csrf_of`), a random number, so that a form sent twice is carried out once, and where something kept is
changed the mark of what they were opened on (`form_fields`).
"""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from bot.context.abuse_limits import PAGE_CALLS, PAGE_GUESTS, PAGE_LINKS
from bot.context.services import Services
from bot.dispatch.polling import Poller
from bot.errors import passes
from bot.logs import Log
from bot.page import guest, way_back
from bot.page.conversation import TURN
from bot.page.device import ADDRESS, CODE, SHEET, Devices
from bot.page.get import Looking, Notices
from bot.page.guest import Guests
from bot.page.live import Live
from bot.page.post import Acting
from bot.page.templates import HEADERS, Looks, looks_of
from bot.page.visitor import Asking, NotTaken, Older
from bot.page.way_back import WaysBack
from storage.errors import StorageError
from storage.records.repository import Clock
from storage.store import Store

log = Log(__name__)

STATIC: Final = Path(__file__).parent / "static"
LARGEST_BODY: Final = 1 << 18  # bytes of a form
OF_LINKS: Final = ("/l/", "/ny/", "/tillbaka/", "/logga/", "/mail", "/nyckel")
OF_GUESTS: Final = "/konto/mail"  # a full hall leaves its addresses
OTHERS: Final = ("cross-site", "same-site")  # what a browser says of a form that another site sends (Sec-Fetch-Site)
TOLD: Final = {"signed_out": HTTPStatus.UNAUTHORIZED, "again": HTTPStatus.FORBIDDEN, "over": HTTPStatus.NOT_FOUND}
NETWORK: Final = 64  # bits of an IPv6 address that are one household's or office's; the rest it chooses itself


class Door:
    """All handlers of the page, with their routes."""

    def __init__(
        self, asking: Asking, looks: Looks, looking: Looking, acting: Acting, outside: tuple[Devices, Guests, WaysBack]
    ) -> None:
        """`outside`: the pages for people who are not signed in."""
        self.asking = asking
        services, clock = asking.services, asking.clock
        self._services, self._clock, self._looks = services, clock, looks
        self._looking, self._acting = looking, acting
        self._devices, self._guests, self._ways_back = outside

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer."""
        secure = self._services.page_url.startswith("https:")
        return {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if secure else {})}

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes. Ids in addresses are opaque, and each is checked against the visitor."""
        see, do = self._looking, self._acting
        gets = {
            "/": see.home,
            "/samtal": see.conversation,
            "/grupp/{group}": see.group,
            "/ovning/{run}": see.exercise,
            "/fil/{copy}/{number}": see.file,
            **dict.fromkeys(("/dokument", "/kalender"), see.command),
            "/konto": see.account,
            "/tillganglighet": see.statement,
            TURN: see.where_to_turn,
            "/handelser": see.changes,
            "/l/{token}": see.link,
            "/ny/{code}": see.founding,
            ADDRESS: self._devices.look,
            SHEET: self._devices.sheet,
            CODE: self._devices.code,
            guest.ADDRESS: self._guests.look,
            way_back.ADDRESS: self._ways_back.look,
            **dict.fromkeys(("/sida.css", "/sida.js", "/sida.svg"), self._static),
        }
        posts = {
            **dict.fromkeys(("/gor", "/konto/mail", "/konto/nyckel", "/konto/nyckel/bort"), do.act),
            "/kod": do.prove,
            "/ovning/{run}": do.fill,
            "/l/{token}": do.follow,
            "/ny/{code}": do.found,
            ADDRESS: self._devices.log,
            guest.ADDRESS: self._guests.answer,
            way_back.ADDRESS: self._ways_back.come,
            "/konto/ut": do.sign_out,
            "/mail": do.mail_sign_in,
            "/nyckel": do.key_sign_in,
        }

        async def nowhere(request: web.Request) -> web.StreamResponse:
            """Lead to the first page from where forms are sent: a browser may open its last address anew."""
            raise web.HTTPSeeOther("/") if request.path in posts else web.HTTPNotFound

        return [
            *(web.get(path, self._safe(handler), allow_head=False) for path, handler in gets.items()),
            *(web.post(path, self._safe(handler)) for path, handler in posts.items()),
            web.get("/{nowhere:.*}", self._safe(nowhere), allow_head=False),
        ]

    async def _static(self, request: web.Request) -> web.Response:
        name = Path(request.path).name
        kind = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[Path(name).suffix]
        return web.Response(text=(STATIC / name).read_text(encoding="utf-8"), content_type=kind)

    def _safe(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
        """Wrap a handler with its limits; errors are shown without details."""

        async def safe(request: web.Request) -> web.StreamResponse:
            if self._too_many(request):
                response: web.StreamResponse = self._looks.page("told", {"told": "slower"}, status=429)
            else:
                response = await self._answered(handler, request)
                if request.method == "POST" and response.status < HTTPStatus.BAD_REQUEST:
                    await self.asking.stays(request, response)
            return response

        return safe

    async def _answered(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], request: web.Request
    ) -> web.StreamResponse:
        try:
            if request.method == "POST":
                if _is_foreign(request, self._services.page_url):
                    raise web.HTTPForbidden
                await _read(request)
            return await handler(request)
        except web.HTTPException as told:
            if told.status < 400:
                raised: web.StreamResponse = told
                return web.Response(status=raised.status, headers={"Location": told.headers.get("Location", "/")})
            return self._looks.page("told", {"told": "gone"}, status=told.status)
        except NotTaken as ended:
            written, why = ended.args
            return self._looks.page("not_taken", {"written": written, "why": why}, status=TOLD[why])
        except Older as older:
            page, written = older.args
            return await (self._looking.account if page == "account" else self._looking.conversation)(request, written)
        except ConnectionResetError:
            raise
        except Exception as error:
            if isinstance(error, StorageError) and not passes(error):
                raise
            log.failure("page_failed", error)
            return self._looks.page("told", {"told": "failed"}, status=500)

    def _too_many(self, request: web.Request) -> bool:
        """True if one address sends more than a person would; limits for links and codes are lower."""
        limits, now, place = self._services.limits, self._clock(), whence(request)
        rules = [PAGE_CALLS]
        if request.method == "POST":
            rules += [PAGE_LINKS] if request.path.startswith(OF_LINKS) else []
            rules += [PAGE_GUESTS] if request.path == OF_GUESTS else []
        return not limits.allows(now, *((rule, place) for rule in rules))


async def _read(request: web.Request) -> None:
    """Read a form, which the request keeps for its handler. Raises HTTPBadRequest if it cannot be read."""
    try:
        await request.post()
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:  # no letters, or broken parts
        raise web.HTTPBadRequest from error


def _is_foreign(request: web.Request, page_url: str) -> bool:
    """True for a form that another site has sent. Browsers that do not say so tell the origin; where there is none, as
    of mail programs, or "null", as our own pages ask for (Referrer-Policy), the forms' CSRF tokens decide."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in OTHERS
    origin = request.headers.get("Origin", "null")
    hosts = (page_url.partition("://")[2], request.host)  # a proxy may give the second its own name
    return origin != "null" and origin.partition("://")[2] not in hosts


def whence(request: web.Request) -> int:
    """Return a number for the caller's address, of IPv6 its network's; behind a proxy, for the one that it forwards.

    A proxy has an address of this machine, or, where the bot is in a container, of a network of its own.
    """
    address = request.remote or ""
    try:
        proxied = ipaddress.ip_address(address).is_private
    except ValueError:
        proxied = True  # a socket
    if proxied:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    with suppress(ValueError):
        if (whole := ipaddress.ip_address(address)).version == 6:
            address = str(whole.ipv4_mapped or ipaddress.ip_network((int(whole), NETWORK), strict=False))
    return int.from_bytes(sha256(address.encode()).digest()[:6], "big")


def door_of(store: Store, services: Services, poller: Poller, clock: Clock, *, mail: bool = False) -> Door:
    """Assemble the page with all of its handlers."""
    asking, looks, live = Asking(store, services, clock, mail=mail), looks_of(services.voice), Live(store)
    looking = Looking(asking, looks, live, Notices({}))
    outside = Devices(asking, poller, looks), Guests(asking, poller, looks), WaysBack(asking, poller, looks)
    return Door(asking, looks, looking, Acting(asking, poller, live, looking, looks), outside)
