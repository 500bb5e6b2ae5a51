"""The library's door to the network (`BaseRequest`), over aiohttp.

httpx, which the library brings, takes more time for a call than all that the bot does with an answer. And it matters
to us whether a call that failed can have arrived: a message that may have been sent is not simply sent again.
"""

import asyncio
import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

PATIENCE = 20.0  # seconds to wait for an answer unless told otherwise
CONNECT_PATIENCE = 10.0  # seconds to wait for a connection


def _patience(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=CONNECT_PATIENCE, connect=CONNECT_PATIENCE, sock_read=seconds)


USUAL = _patience(PATIENCE)


class NotSent(NetworkError):
    """The call never left: there was no connection to send it on."""


class BrokenOff(NetworkError):
    """The connection was lost on the way: the call may have been carried out."""


class Network(BaseRequest):
    """Calls over HTTP/1.1 on a pool of kept connections. Raises NotSent, BrokenOff and TimedOut."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The library adds this to a poll's own timeout."""
        return PATIENCE

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: status and body. No exception holds the address, as it holds the token."""
        assert self._session is not None, "initialize() comes first"
        timeout = _patience(read_timeout) if isinstance(read_timeout, int | float) else USUAL
        try:
            async with self._session.request(method, url, timeout=timeout, **_body(request_data)) as response:
                return response.status, await response.read()
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, ConnectionError, asyncio.IncompleteReadError) as error:
            raise BrokenOff(type(error).__name__) from None


def _body(data: RequestData | None) -> dict[str, Any]:
    """JSON, or a form in parts where there are files. Raises ValueError or TypeError for what JSON cannot hold."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": json.dumps(data.parameters).encode(), "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, part in data.multipart_data.items():
        filename, content, kind = part
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
