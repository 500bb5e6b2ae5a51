"""Makes links of telephone numbers, mail and web addresses in a text that says how somebody is reached."""

import re
from html import escape
from typing import Final

from markupsafe import Markup

_PARTS: Final = re.compile(
    r"(?P<mailto>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<https>(?:[a-z0-9å-ö-]+\.)+[a-z]{2,}(?:/[\w/.-]*\w)?)"
    r"|(?P<tel>\+?\d[\d –-]*\d)",
    re.IGNORECASE,
)
FEWEST: Final = 3  # digits of a number that can be rung: 112


def reach(text: str) -> Markup:
    """Return the text with its addresses and numbers as links."""
    out, end = [], 0
    for found in _PARTS.finditer(text):
        kind, said = found.lastgroup or "", found[0]
        target = re.sub(r"[^\d+]", "", said) if kind == "tel" else said
        if kind == "tel" and len(target) < FEWEST:
            continue
        out.append(escape(text[end : found.start()]))
        to = f"{kind}://{target}" if kind == "https" else f"{kind}:{target}"
        out.append(f'<a href="{escape(to)}" rel="noreferrer">{escape(said)}</a>')
        end = found.end()
    out.append(escape(text[end:]))
    return Markup("".join(out))  # noqa: S704 - our own tags, and escaped text
