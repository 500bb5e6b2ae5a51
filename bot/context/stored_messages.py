"""A message as it is stored: with the buttons that its reader may use, sealed, and how it is to look."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.context.button_styles import STYLES
from bot.context.message import Key, Keys, Message
from bot.context.permissions import About, may
from bot.context.plain_text import fingerprint
from bot.context.sealed_actions import Buttons
from bot.context.services import Services
from messages.structure.blocks import BlankLine, Body, Receipt, stored
from messages.structure.layout import laid_out
from storage.json_records import JsonObject
from storage.records.message_notes import MessageContext
from storage.records.outbox import FOLDED
from storage.records.records import Group, Member, Person
from storage.store import UnitOfWork
from storage.table import seconds

FOLDS_AFTER: Final = timedelta(minutes=10)  # when the page no longer shows what one has logged oneself


def content(buttons: Buttons, now: datetime, scope: str, part: Message, *, only: bool = False) -> JsonObject:
    """Return a part of a message as it is stored, with its buttons sealed.

    `only`: the writing field opens for the person replied to alone.
    """
    rows, new = keyboard(buttons, scope, part.keys), part.edit is None
    return {
        "body": stored(part.body),
        **({"aside": True} if part.aside else {}),
        **({"shut": True} if part.shut else {}),
        **({FOLDED: seconds(now + FOLDS_AFTER)} if part.folds else {}),
        **({"keyboard": rows} if rows else {}),
        **({"write": {"hint": part.write_for, "only": only}} if part.write_for is not None and not rows else {}),
        **({"topic": part.thread} if new and part.thread is not None else {}),
        **({"reply_to": part.reply_to} if new and part.reply_to is not None else {}),
        **({"silent": True} if new and part.silent else {}),
    }


def keyboard(buttons: Buttons, scope: str, keys: Keys) -> list[list[dict[str, str]]]:
    """Return a keyboard as it is stored, with its buttons sealed."""
    return [[_key(buttons, scope, key) for key in row] for row in keys if row]


def _key(buttons: Buttons, scope: str, key: Key) -> dict[str, str]:
    if key.action is not None:
        style = STYLES.get(key.action.verb)
        look = {"style": str(style)} if style else {}
        return {"label": key.label, "action": buttons.seal(scope, key.action), **look}
    if key.copy is not None:
        return {"label": key.label, "copy": key.copy}
    assert key.url is not None
    return {"label": key.label, "url": key.url}


async def for_seat(services: Services, work: UnitOfWork, person: Person, message: Message) -> Message:
    """Return the message without the buttons that would refuse this person."""
    member = await work.members.find(message.about, person.user_id) if message.about else None
    if member is None or message.about is None:
        return message
    group = await work.groups.get(message.about)
    refused = [key for row in message.keys for key in row if not await _may_use(services, work, key, member, group)]
    if not refused:
        return message
    return message.with_keys([[key for key in row if key not in refused] for row in message.keys])


async def _may_use(services: Services, work: UnitOfWork, key: Key, member: Member, group: Group) -> bool:
    right = services.rights.get(key.action.verb) if key.action else None
    if key.action is None or right is None or may(right.needs, member, group):
        return True
    if right.about is About.GROUP:  # about another group, where their role differs
        return (key.action.run or key.action.ask) not in (0, group.id)
    record = await work.runs.lookup(key.action.run)
    return record is None or record.group_id != group.id


def under_receipt(message: Message, line: Body) -> Message:
    """Return a message with a line, if there is one, under its receipt ("✓ Sparat"), or at its end if it has none."""
    body = message.body
    if not line:
        return message
    if body and isinstance(body[0], Receipt):
        return replace(message, body=(body[0], *line, *body[1:]))
    return replace(message, body=(*body, BlankLine(), *line))


def known_by_words(part: Message) -> MessageContext | None:
    """Return the context of a group's message with a fingerprint of its words.

    A message may arrive twice, and people may reply to the copy whose number the bot never learnt: the words tell.
    """
    return replace(part.context, words=fingerprint(laid_out(part.body))) if part.context else None
