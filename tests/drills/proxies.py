"""The page behind a real reverse proxy with a certificate, by the settings that OPERATIONS.md gives."""

import asyncio
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Final

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector

from bot.page.live import OF_ONE
from tests.drills import guide
from tests.drills.certificates import certificate
from tests.drills.drills import see
from tests.drills.operator import LOOK, Failed, Machine, free_port
from tests.durability.process import PATIENCE
from tests.page.reader import Browser

HOST, PAGE = "stad.example.se", "127.0.0.1:8444"  # as the page names them
MANY: Final = 200  # more calls than an address has
LARGE: Final = 300_000  # bytes, more than a form is


def block(kind: str, holds: str) -> str:
    """The block of OPERATIONS.md of this kind in which these words stand."""
    page = guide.PAGE.read_text(encoding="utf-8")
    found = re.findall(rf"^ *```{kind}\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)
    return next(dedent(one) for one in found if holds in one)


def nginx(folder: Path, port: int, page: int, chain: Path) -> list[str]:
    """Write nginx's settings; the command that serves by them. What the page leaves to the reader is put in."""
    tls = f"listen 127.0.0.1:{port} ssl; ssl_certificate {chain}; ssl_certificate_key {chain}; server_name localhost;"
    site = block("nginx", HOST).replace(PAGE, f"127.0.0.1:{page}")
    site, put = re.subn(rf"server_name {HOST};.*", tls, site)
    see(put, "the page names the host")
    temporary = "".join(f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    settings = folder / "nginx.conf"
    settings.write_text(f"daemon off; pid {folder}/pid; events {{}} http {{ {temporary}\n{site}}}\n")
    return ["nginx", "-p", str(folder), "-e", str(folder / "errors.log"), "-c", str(settings)]


def caddy(folder: Path, port: int, page: int, chain: Path) -> list[str]:
    """The same of Caddy; it would fetch a certificate, and is given one."""
    site = block("caddy", HOST).replace(PAGE, f"127.0.0.1:{page}")
    site = site.replace(f"{HOST} {{", f"https://localhost:{port} {{\n    tls {chain} {chain}")
    settings = folder / "Caddyfile"
    settings.write_text(site.replace("{\n", "{\n    admin off\n    auto_https off\n", 1))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(settings)]


async def behind_nginx(machine: Machine) -> None:
    """Behind nginx, by the page's own settings: one signs in, hears of news at once, and nobody passes for another."""
    await _behind(machine, nginx)


async def behind_caddy(machine: Machine) -> None:
    """Behind Caddy likewise."""
    await _behind(machine, caddy)


def hindrance(program: str) -> str:
    """What keeps such a drill from being played here; empty if nothing does."""
    return "" if shutil.which(program) else f"{program} is not installed"


async def _behind(machine: Machine, settings: Callable[[Path, int, int, Path], list[str]]) -> None:
    port, chain = free_port(), certificate(machine.folder, timedelta(days=90))
    address = f"https://localhost:{port}"
    machine.set(TOKEN="", PAGE_URL=address, PAGE_LISTEN=str(machine.page))
    machine.set(MAIL_SERVER="127.0.0.1:9", MAIL_FROM="stad@example.se", MAIL_TLS="none")
    await machine.up()
    logs = machine.folder / "proxy"
    logs.mkdir()
    link = re.findall(rf"{address}\S+", (await machine.sb("invite")).said)[0]
    async with (
        _served(settings(logs, port, machine.page, chain), logs),
        ClientSession(address, connector=_trusting(chain), cookie_jar=CookieJar(quote_cookie=False)) as session,
    ):
        await _there(session)
        browser = Browser(session)  # type: ignore[arg-type]  # what it opens with has the same two calls
        await browser.open(link.removeprefix(address))
        await browser.press("Börja", town="Exempelstad", name="Alva")
        see(browser.status == 200, f"a town is begun: {browser.status}")
        cookies = [cookie for cookie in session.cookie_jar if cookie.key == "__Host-stad"]
        see([cookie["secure"] for cookie in cookies] == [True], "she is signed in by a cookie for TLS alone")
        see("Strict-Transport-Security" in browser.headers, "the page is for TLS alone")
        for _ in range(2 * OF_ONE):  # one page after the other
            await _until(partial(_answers, session, "/handelser"), "an open page gets no stream")
        await _hears_at_once(session, browser)
        async with session.post("/gor", data=b"x" * LARGE) as answer:
            see(answer.status in (413, 502), f"what is too large is refused: {answer.status}")  # Caddy 2.6 says 502
        see(await _refused(session), "an address that says to be many is one")
    secret = link.rpartition("/")[2]
    told = [path.name for path in logs.iterdir() if path.is_file() and secret.encode() in path.read_bytes()]
    see(not told, f"a link that signs in stands in {told}")
    await machine.down()


def _trusting(chain: Path) -> TCPConnector:
    return TCPConnector(ssl=ssl.create_default_context(cafile=str(chain)))


@asynccontextmanager
async def _served(command: list[str], logs: Path) -> AsyncIterator[None]:
    with (logs / "said.log").open("wb") as said:
        process = await asyncio.create_subprocess_exec(*command, cwd=logs, stdout=said, stderr=said)
        try:
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 - what another process begins to do wakes nobody here
                await asyncio.sleep(LOOK)
    except TimeoutError:
        raise Failed(what) from None


async def _there(session: ClientSession) -> None:
    await _until(partial(_answers, session, "/tillganglighet"), "the proxy does not answer")


async def _answers(session: ClientSession, path: str) -> bool:
    try:
        async with session.get(path) as answer:
            _leaves(answer)
            return answer.status == 200
    except OSError:
        return False


def _leaves(answer: ClientResponse) -> None:
    """Go, as a browser does: asyncio would wait for the proxy's goodbye, and nginx for the end of the connection."""
    if answer.connection is not None and answer.connection.transport is not None:
        answer.connection.transport.abort()


async def _hears_at_once(session: ClientSession, browser: Browser) -> None:
    """An open page is told of news while its stream stands open: the proxy keeps nothing back."""
    async with session.get("/handelser") as stream:
        await browser.write("/hjalp")
        async with asyncio.timeout(PATIENCE):
            async for line in stream.content:
                if line == b"event: changed\n":
                    return
    raise Failed("no news came")


async def _refused(session: ClientSession) -> bool:
    for number in range(MANY):
        forged = {"X-Forwarded-For": f"203.0.113.{number}"}
        async with session.post("/mail", data={"address": "alva@example.se"}, headers=forged) as answer:
            if answer.status == 429:
                return True
    return False
