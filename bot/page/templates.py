"""Rendering of the page: its templates, with all words from the language's files."""

import secrets
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.page.contact_links import reach
from messages.voice import TemplateFacts, Voice

HERE = Path(__file__).parent
HEADERS: Final = {  # of every answer
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NUMBERS = 52  # bits of the number of a form: as many as a script keeps exactly


def form_number() -> int:
    """Return a random number for a form, below zero, as those of updates are above it."""
    return -1 - secrets.randbits(NUMBERS)


class Looks:
    """Renders pages."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update({**voice.rules.filters, "reach": reach})
        self._environment.globals["word"] = self._word
        self._environment.globals["form_number"] = form_number
        self._environment.globals["language"] = voice.rules.tag

    def _word(self, name: str, /, **facts: object) -> str:
        return self._voice.label(f"page.{name}", facts)

    def page(self, template: str, facts: TemplateFacts, *, status: int = 200) -> web.Response:
        """Return a rendered page as a response."""
        text = self._environment.get_template(f"{template}.html").render(facts)
        return web.Response(text=text, content_type="text/html", status=status)

    def ended(self, frame: TemplateFacts | None = None, *, anew: str = "given") -> web.Response:
        """Return the page of a link that is no longer valid. `anew`: how one gets another."""
        return self.page("link", {**(frame or {}), "kind": "ended", "anew": anew}, status=404)


@cache
def looks_of(voice: Voice) -> Looks:
    """Return what renders pages with these words; templates are compiled once."""
    return Looks(voice)
