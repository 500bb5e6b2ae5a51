"""Makes links of telephone numbers, mail and web addresses in a text that says how somebody is reached."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from markupsafe import Markup

from flows import phone

_PARTS: Final = re.compile(
    r"(?P<mailto>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<https>(?:[a-z0-9å-ö-]+\.)+[a-z]{2,}(?:/[\w/.-]*\w)?)"
    r"|(?P<tel>\+?\d[\d –-]*\d)",
    re.IGNORECASE,
)


def numbers_in(text: str) -> list[str]:
    """Return the telephone numbers in a text that says how somebody is reached."""
    return [found[0] for found in _PARTS.finditer(text) if found["tel"] and phone.numbers_in(found[0])]


def with_numbers(text: str, numbers: Sequence[str]) -> str:
    """Return the text, escaped, with these telephone numbers as links, whichever spaces they are written with."""
    written = (r"\s".join(map(re.escape, number.split())) for number in sorted(numbers, key=len, reverse=True))
    any_of = re.compile(rf"(?<![\w+-])(?:{'|'.join(written)})(?![\w-])" if numbers else "(?!)")
    out, end = [], 0
    for found in any_of.finditer(text):
        link = f'<a href="tel:{_dialled(found[0])}">{escape(found[0])}</a>'
        out += [escape(text[end : found.start()], quote=False), link]
        end = found.end()
    return "".join([*out, escape(text[end:], quote=False)])


def reach(text: str) -> Markup:
    """Return the text with its addresses and numbers as links."""
    out, end = [], 0
    for found in _PARTS.finditer(text):
        kind, said = found.lastgroup or "", found[0]
        target = _dialled(said) if kind == "tel" else said
        if kind == "tel" and not phone.numbers_in(said):
            continue
        out.append(escape(text[end : found.start()]))
        to = f"{kind}://{target}" if kind == "https" else f"{kind}:{target}"
        out.append(f'<a href="{escape(to)}" rel="noreferrer">{escape(said)}</a>')
        end = found.end()
    out.append(escape(text[end:]))
    return Markup("".join(out))  # noqa: S704 - our own tags, and escaped text


def _dialled(number: str) -> str:
    return re.sub(r"[^\d+]", "", number)
