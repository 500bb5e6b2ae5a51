"""The library's network layer (`BaseRequest`), over pyreqwest.

httpx, the library's own choice, takes more time for a call than the bot for handling an answer; this one works in a
thread of its own, outside of Python. And it tells whether a failed call can have arrived: a message that may have been
sent is not simply sent again.
"""

import json
from datetime import timedelta
from typing import IO, Any

from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError, PoolTimeoutError, RequestTimeoutError
from pyreqwest.multipart import FormBuilder, PartBuilder
from pyreqwest.request import RequestBuilder
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.errors import StartError

UNPREPARED_EXIT = 78  # EX_CONFIG
PATIENCE = 20.0  # seconds in all to wait for an answer unless told otherwise
UPLOAD_PATIENCE = 120.0  # seconds, for a call with files: a plan of some megabytes over a slow line
CONNECT_PATIENCE = timedelta(seconds=10)  # to wait for a connection
CONNECTING = "client error (Connect)"  # in the cause, if no connection could be made
KEPT = timedelta(seconds=15)  # for which an idle connection is kept: what lies longer may be dead without anyone's word


class NotSent(NetworkError):
    """The call never left: there was no connection to send it on."""


class BrokenOff(NetworkError):
    """The connection was lost on the way: the call may have been carried out."""


class Network(BaseRequest):
    """Calls over HTTP/1.1 on a pool of kept connections. Raises NotSent, BrokenOff and TimedOut."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._client: Client | None = None

    @property
    def read_timeout(self) -> float | None:
        """The library adds this to a poll's own timeout."""
        return PATIENCE

    async def initialize(self) -> None:
        """Open the pool. Raises StartError when the system knows no certificate authorities."""
        if self._client is not None:
            return
        builder = ClientBuilder().max_connections(self._connections).no_proxy().follow_redirects(False)
        builder = builder.connect_timeout(CONNECT_PATIENCE).pool_timeout(CONNECT_PATIENCE).pool_idle_timeout(KEPT)
        try:
            self._client = builder.build()
        except BuilderError as error:
            raise StartError(
                f"No connection to Telegram can be made ({', '.join(_causes(error))}): is ca-certificates installed?",
                UNPREPARED_EXIT,
            ) from None

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._client is not None:
            await self._client.close()
            self._client = None

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
        """Make one call; return status and body. No exception holds the address, as it contains the token."""
        assert self._client is not None, "initialize() comes first"
        usual = UPLOAD_PATIENCE if request_data is not None and request_data.contains_files else PATIENCE
        patience = read_timeout if isinstance(read_timeout, int | float) else usual
        call = _with_body(self._client.request(method, url), request_data).timeout(timedelta(seconds=patience))
        try:
            response = await call.build().send()
            return response.status, bytes(await response.bytes())
        except DetailedPyreqwestError as error:
            failure = _failure(error)
        raise failure  # out here it does not remember the other error, which names the address


def _failure(error: DetailedPyreqwestError) -> NetworkError:
    """Classify a failed call. The library calls every error before a response one of connecting; its causes tell which
    it was. If their words change, a call is at worst taken for one that may have arrived."""
    if isinstance(error, PoolTimeoutError) or CONNECTING in _causes(error):
        return NotSent(type(error).__name__)
    return TimedOut() if isinstance(error, RequestTimeoutError) else BrokenOff(type(error).__name__)


def _causes(error: DetailedPyreqwestError) -> list[str]:
    return [cause["message"] for cause in error.details["causes"] or ()]


def _with_body(call: RequestBuilder, data: RequestData | None) -> RequestBuilder:
    """Add the body: JSON, or a multipart form with files. Raises ValueError or TypeError for what JSON cannot hold."""
    if data is None:
        return call
    if not data.contains_files:
        return call.header("Content-Type", "application/json").body_bytes(json.dumps(data.parameters).encode())
    form = FormBuilder()
    for name, value in data.json_parameters.items():
        form = form.text(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form = form.part(name, PartBuilder.from_bytes(_bytes(content)).file_name(filename).mime(kind))
    return call.multipart(form)


def _bytes(content: bytes | IO[bytes]) -> bytes:
    return content if isinstance(content, bytes) else content.read()
