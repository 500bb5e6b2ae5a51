"""Who somebody is on the page: a cookie with a secret, of which the database holds only a keyed hash."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from aiohttp import web

from bot.context.context import Context
from storage.records import Person, SignIn, group_chat, private_chat
from storage.store import UnitOfWork

GOOD_FOR: Final = timedelta(days=30)
MOST: Final = 10  # browsers that one person is signed in at; the oldest is signed out
_BROWSERS: Final = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in."""

    person: Person
    sign_in: SignIn
    csrf: str


def cookie_name(*, secure: bool) -> str:
    """With its prefix a browser takes the cookie from this host over TLS alone."""
    return "__Host-stad" if secure else "stad"


def csrf_of(secret: str) -> str:
    """What forms carry, to show that they are from a page of ours."""
    return hmac.digest(secret.encode(), b"csrf", sha256).hex()[:32]


async def visitor(work: UnitOfWork, secret: str) -> Visitor | None:
    """Who has this secret; None when it is nobody's (any more)."""
    sign_in = await work.sign_ins.find(secret) if secret else None
    if sign_in is None:
        return None
    return Visitor(await work.people.get(sign_in.person_id), sign_in, csrf_of(secret))


async def begin(ctx: Context, person_id: int, agent: str, *, proved: bool = False) -> str:
    """Sign a person in; the secret for their browser. Their chats are kept from then on.

    `proved`: they came by something that nobody else can have, which does for a one-time code.
    """
    secret, now = secrets.token_urlsafe(32), ctx.now
    for old in (await ctx.work.sign_ins.of_person(person_id))[MOST - 1 :]:
        await ctx.work.sign_ins.end(old.id)
    sign_in = await ctx.work.sign_ins.begin(
        secret, person_id, now + GOOD_FOR, begun=ctx.today.isoformat(), device=device_of(agent)
    )
    if proved:
        await ctx.work.sign_ins.prove(sign_in.id)
    await ctx.work.chat_copies.keep_chat(private_chat(person_id))
    for member in await ctx.work.members.of_person(person_id):
        await ctx.work.chat_copies.keep_chat(group_chat(member.group_id))
    return secret


def device_of(agent: str) -> str:
    """What a person knows their browser by; nothing more of it is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for name in _SYSTEMS if re.search(rf"\b{name}\b", agent)), "")
    return ", ".join(part for part in (browser, system.replace("Macintosh", "Mac")) if part) or "?"


def set_cookie(response: web.StreamResponse, secret: str, *, secure: bool) -> None:
    """Give the browser its secret, or take it back (empty)."""
    response.set_cookie(
        cookie_name(secure=secure),
        secret,
        max_age=int(GOOD_FOR.total_seconds()) if secret else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",  # a link in a mail must find whoever is signed in; forms are guarded by their own mark
    )
