"""Notifications to systemd for a service of `Type=notify`, on the socket that it names."""

import socket

from bot.logs import Log

log = Log(__name__)


def notify(path: str, state: str) -> None:
    """Send `state` (READY=1, WATCHDOG=1, STOPPING=1) to the socket at `path`, if there is one."""
    if not path:
        return
    address = f"\0{path[1:]}" if path.startswith("@") else path  # systemd's way to write an abstract socket
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
            door.setblocking(False)  # a listener that does not listen must not stop the bot
            door.sendto(state.encode(), address)
    except OSError as error:
        log.warning("systemd_notify_failed", error_type=type(error).__name__)
