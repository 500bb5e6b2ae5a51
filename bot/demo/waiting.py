"""The page at the demonstration's address while the finished town is played for the first time.

It shows how far that has come, and the browser goes on to the town by itself once it is there. It has a thread of its
own, as the town is played outside of an event loop.
"""

import errno
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from bot.sandbox.http import NEIGHBOURS
from bot.sandbox.page_door import HEADERS, PAGE

HERE = "127.0.0.1"
PROGRESS = "/progress"  # asked by the page; the town has no such address
FILES = {
    "/": ("waiting.html", "text/html"),
    "/waiting.js": ("waiting.js", "text/javascript"),
    "/page.css": ("page.css", "text/css"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


class WaitingPage:
    """Serves the page while the block runs. `passed(share)` tells how far the town has come, from 0 to 1."""

    def __init__(self, port: int) -> None:
        """A port that is taken gives way to the next free one; 0 takes any. Raises OSError if none can be had."""
        self._share = 0.0
        waiting = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name, kind = FILES.get(self.path, ("", "application/json"))
                found = name or self.path == PROGRESS
                self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
                for header, value in {**HEADERS, "Content-Type": f"{kind}; charset=utf-8"}.items():
                    self.send_header(header, value)
                self.end_headers()
                with suppress(ConnectionError):  # the page was closed or loaded again meanwhile
                    self.wfile.write((PAGE / name).read_bytes() if name else str(waiting._share).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = _listening(port, Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="waiting", daemon=True)

    @property
    def port(self) -> int:
        """The port that it has."""
        return self._server.server_port

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{HERE}:{self.port}"

    def passed(self, share: float) -> None:
        """Show that so much has been played."""
        self._share = share

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _listening(port: int, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    for tried in range(port, port + NEIGHBOURS) if port else ():
        try:
            return ThreadingHTTPServer((HERE, tried), handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return ThreadingHTTPServer((HERE, port + NEIGHBOURS if port else 0), handler)
