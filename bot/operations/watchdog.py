"""Ends a process that no longer takes updates, so that its supervisor starts it again.

It runs on a thread of its own, as the event loop itself may hang.
"""

import os
import threading
import time
from collections.abc import Callable

from bot.logs import Log

log = Log(__name__)

PATIENCE = 90.0  # seconds without a turn of the poller's loop; a poll lasts at most 40
EXIT_CODE = 70  # EX_SOFTWARE


class Watchdog:
    """`alive` must be called at least every 90 seconds once it is started."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self.tell: Callable[[str], None] = lambda _state: None  # whoever else watches, see `bot.operations.systemd`
        self._last = time.monotonic()
        self._stopped = threading.Event()

    def alive(self) -> None:
        """Note that all is well."""
        self._last = time.monotonic()
        self.tell("WATCHDOG=1")

    def ready(self) -> None:
        """Tell that people can reach the bot, by one door at least."""
        self.tell("READY=1")

    def idle(self) -> float:
        """Return the seconds since `alive` was last called."""
        return time.monotonic() - self._last

    def start(self) -> None:
        """Begin to watch."""
        self.alive()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self.tell("STOPPING=1")

    def _watch(self) -> None:
        while not self._stopped.wait(self._patience / 10):
            if self.idle() > self._patience:
                log.error("watchdog_timeout", seconds=self._patience)
                os._exit(EXIT_CODE)
