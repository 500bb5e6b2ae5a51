"""Parts that run beside the bot, and that it can do without for a while: one that fails is begun again."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

from bot.logs import Log

log = Log(__name__)

PAUSES: Final = (5.0, 60.0, 600.0, 3600.0)  # seconds until a part that has failed is begun again
STEADY: Final = 3600.0  # seconds after which it counts as well again


class Beside:
    """Keeps such parts going; one for each process."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()  # since the start, by part, for the metrics
        self.resting: set[str] = set()  # the parts that have failed and are not begun again yet

    async def keep(self, part: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part for ever. An error is logged at once, by its type and place, and the next pause is longer.

        One that ends without an error, as none should, is begun again after the first pause.
        """
        loop, tries = asyncio.get_running_loop(), 0
        self.failures[part] = 0
        while True:
            began = loop.time()
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody else would hear of it
                tries = tries + 1 if loop.time() < began + STEADY else 1
                self.failures[part] += 1
                log.failure("part_failed", error, kind=part, tries=tries)
            self.resting.add(part)
            await asyncio.sleep(PAUSES[min(max(tries, 1), len(PAUSES)) - 1])
            self.resting.discard(part)
