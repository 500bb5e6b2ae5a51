"""Reads forms: the fields of a sheet, numbers, the form's own number, and the mark of what it was opened on.

A form counts only on what it was opened on: where what is kept has changed since, it comes back as it was filled in,
with what stands now, and is sent again by a tap. So nothing is overwritten unseen, and nothing that is sent is lost.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final

from aiohttp import web

from bot.channel.limits import LONGEST, legible
from bot.page.templates import form_number
from flows.run.events import Entry

PICK, TEXT, COMMENT, SEEN, AS_IS, MINE = "p", "t", "k", "s", "ok", "m"  # begin the names of a sheet's fields
ON: Final = "on"  # the field of the mark
DIGITS: Final = 20  # as many as are read of a number
LARGEST: Final = (1 << 63) - 1  # that the database keeps


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; files are not taken."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


async def every_of(request: web.Request) -> dict[str, list[str]]:
    """Return all that a form has for each of its fields."""
    fields = await request.post()
    return {name: [value for value in fields.getall(name) if isinstance(value, str)] for name in fields}


def entries(fields: Mapping[str, list[str]]) -> dict[str, Entry]:
    """Return the entries, by question."""
    keys = dict.fromkeys(
        name.partition(":")[2]
        for name in fields
        if name.startswith((f"{PICK}:", f"{TEXT}:", f"{COMMENT}:", f"{SEEN}:"))
    )

    def one(kind: str, key: str) -> str:
        return (fields.get(f"{kind}:{key}") or [""])[0]

    return {
        key: Entry(
            picks=tuple(fields.get(f"{PICK}:{key}", ())),
            text=_lines(one(TEXT, key)),
            comment=_lines(one(COMMENT, key)),
            as_is=bool(one(AS_IS, key)),
        )
        for key in keys
    }


def marks(fields: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the marks of what stood when the form was opened, by question."""
    return {name.partition(":")[2]: found[0] for name, found in fields.items() if name.startswith(f"{SEEN}:")}


def _lines(text: str) -> str:
    """Return a text as it was written: a browser without script ends lines as mail does."""
    return legible(text.replace("\r\n", "\n").strip()[:LONGEST])


def mark_of(*stands: object) -> str:
    """Return the mark of what stands, for a form that is opened on it."""
    return blake2b(repr(stands).encode(), digest_size=6).hexdigest()


def own_words(fields: Iterable[str]) -> frozenset[str]:
    """Return the questions whose writer has said that what they wrote is their answer."""
    return frozenset(name.partition(":")[2] for name in fields if name.startswith(f"{MINE}:"))


def whole(text: str) -> int:
    """Return a number from a form; 0 for none, or for one that nothing has."""
    try:
        number = int(text[:DIGITS])
    except ValueError:
        return 0
    return number if abs(number) <= LARGEST else 0


def number_of(form: Mapping[str, str | list[str]]) -> int:
    """Return the number of a form as it was filled in: only the same words, sent twice, are the same.

    A form without a number of its own (those of Telegram's updates are above zero) is never the same.
    """
    if whole("".join(form.get("number", ""))) >= 0:
        return form_number()
    return -1 - int(mark_of(*form.items()), 16)
