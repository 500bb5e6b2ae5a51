"""Which addresses Telegram takes as links, and how it writes them."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[^\s/?#@:]+\.[^\s/?#@:.]{2,}|\d{1,3}(\.\d{1,3}){3}")


class BadUrlError(Exception):
    """A refused address; the text is the reason, in Telegram's words."""


def normal(url: str) -> str:
    """A link as Telegram keeps it: with a scheme, and a slash after a bare host. Raises BadUrlError."""
    if not url.strip():
        raise BadUrlError("URL host is empty")
    url = url.strip()
    if url.lower().startswith(("tg:", "ton:", "mailto:", "tel:")):
        return url
    if "://" in url and not url.lower().startswith(("http://", "https://")):
        raise BadUrlError("Unsupported URL protocol")
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadUrlError("Wrong HTTP URL") from None
    if not parts.hostname or not _HOST.fullmatch(parts.hostname):
        raise BadUrlError("Wrong HTTP URL")
    rest = url.split("://", 1)[1]
    return url if any(mark in rest for mark in "/?#") else f"{url}/"
