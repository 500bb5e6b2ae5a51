"""Sessions on the page: a cookie with a secret, of which the database holds only a keyed hash."""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.context.context import Context
from storage.records.records import Person, group_chat, private_chat
from storage.records.sign_ins import STAYS, SignIn
from storage.store import UnitOfWork

PROVED_FOR: Final = timedelta(minutes=15)  # how long a one-time code counts, or a link that nobody else gets
MOST: Final = 10  # browsers that one person is signed in at; the oldest is signed out
_BROWSERS: Final = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in."""

    person: Person
    sign_in: SignIn
    csrf: str
    looks: bool = False  # it is an open page that looks by itself for what is new, and shows no notice


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name; with its prefix a browser takes it only from this host over TLS."""
    return "__Host-stad" if secure else "stad"


def form_cookie(*, secure: bool) -> str:
    """Return the name of the cookie of a browser in which nobody is signed in yet, by which its forms are known."""
    return f"{cookie_name(secure=secure)}-in"


def csrf_of(secret: str) -> str:
    """Return the CSRF token of forms, which shows that they are from this page."""
    return hmac.digest(secret.encode(), b"csrf", "sha256").hex()[:32]


def is_ours(form: Mapping[str, str], csrf: str) -> bool:
    """True if a form has this CSRF token."""
    return hmac.compare_digest(form.get("csrf", "").encode(), csrf.encode())


async def visitor(work: UnitOfWork, secret: str) -> Visitor | None:
    """Return the visitor with this secret; None if there is none (any more)."""
    sign_in = await work.sign_ins.find(secret) if secret else None
    if sign_in is None:
        return None
    return Visitor(await work.people.get(sign_in.person_id), sign_in, csrf_of(secret))


async def begin(ctx: Context, person_id: int, agent: str, *, proved: bool = False) -> str:
    """Sign a person in; return the secret for their browser. Copies of their chats are kept from then on.

    `proved`: they came by something that only they can have, which counts as a one-time code.
    """
    secret = secrets.token_urlsafe(32)
    for old in (await ctx.work.sign_ins.of_person(person_id))[MOST - 1 :]:
        await ctx.work.sign_ins.end(old.id)
    sign_in = await ctx.work.sign_ins.begin(secret, person_id, begun=ctx.today.isoformat(), device=device_of(agent))
    if proved:
        await ctx.work.sign_ins.prove(sign_in.id, ctx.now + PROVED_FOR, vouches=True)
    await ctx.work.chat_copies.keep_chat(private_chat(person_id))
    for member in await ctx.work.members.of_person(person_id):
        await ctx.work.chat_copies.keep_chat(group_chat(member.group_id))
    return secret


def device_of(agent: str) -> str:
    """Return a browser's name for its owner; nothing more of it is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", agent)), "")
    return ", ".join(part for part in (browser, system.replace("Macintosh", "Mac")) if part) or "?"


def set_cookie(response: web.StreamResponse, secret: str, *, secure: bool) -> None:
    """Set the browser's cookie, or delete it (empty)."""
    response.set_cookie(
        cookie_name(secure=secure),
        secret,
        max_age=int(STAYS.total_seconds()) if secret else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",  # a link in a mail must find the visitor signed in; forms have their CSRF token
    )
