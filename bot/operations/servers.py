"""Doors on this machine that others knock at: Telegram with a webhook, and whoever watches over the bot."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config import Address
from bot.errors import StartError

CANNOT_LISTEN_EXIT = 78  # EX_CONFIG
PARTING = 2.0  # seconds that requests under way are waited for at the end


@asynccontextmanager
async def listening(
    routes: Iterable[web.RouteDef], address: Address, largest_body: int = 1024
) -> AsyncIterator[tuple[str, int]]:
    """Answer at the address while the block runs; gives host and port (0 takes a free one). Raises StartError."""
    app = web.Application(client_max_size=largest_body)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=PARTING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            where = f"{address.host}:{address.port}"
            raise StartError(
                f"The bot cannot listen at {where} ({error.strerror}): set another, or free it.", CANNOT_LISTEN_EXIT
            ) from None
        host, port = runner.addresses[0][:2]
        yield host, port
    finally:
        await runner.cleanup()
