"""Reads forms: the fields of a sheet, numbers, and the form's own number."""

from collections.abc import Iterable, Mapping
from typing import Final

from aiohttp import web

from bot.channel.limits import LONGEST, legible
from bot.page.templates import form_number
from flows.run.events import Entry

PICK, TEXT, COMMENT, SEEN, AS_IS, MINE = "p", "t", "k", "s", "ok", "m"  # begin the names of a sheet's fields
DIGITS: Final = 20  # as many as are read of a number
LARGEST: Final = (1 << 63) - 1  # that the database keeps


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; files are not taken."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


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
            text=legible(one(TEXT, key).strip()[:LONGEST]),
            comment=legible(one(COMMENT, key).strip()[:LONGEST]),
            seen=whole(one(SEEN, key)) if one(SEEN, key) else None,
            as_is=bool(one(AS_IS, key)),
        )
        for key in keys
    }


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


def number_of(given: object) -> int:
    """Return the form's own number; an invalid one (those of Telegram's updates are above zero) is replaced."""
    number = whole(given) if isinstance(given, str) else 0
    return number if number < 0 else form_number()
