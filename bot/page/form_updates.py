"""Turns a form of the page into the update that the same would be in a chat."""

import re
from dataclasses import dataclass

from bot.assembly.chat_commands import COMMANDS
from bot.assembly.route_update import handle
from bot.channel.limits import LONGEST, legible
from bot.channel.updates import CallbackQuery, Chat, Sender, Update, Written
from bot.context.context import Context
from bot.context.permissions import Proof
from bot.features.wellbeing.distress import listen
from bot.page.form_fields import mark_of
from storage.records.records import Group, Person

_COMMAND = re.compile(r"/(\w{1,32})(?=\s|$)")
_FOLDED = str.maketrans("åäö", "aao")


@dataclass(frozen=True, slots=True)
class Act:
    """One form: `text` written, `action` of a button under `message_id`, or `follow`, the token of a link.

    `group`: in that group's chat, else in the person's own.
    """

    text: str = ""
    action: str = ""
    follow: str = ""
    message_id: int = 0
    group: Group | None = None
    proof: Proof = Proof.LACKING
    browser: int = 0  # the sign-in of the browser that sent it
    name: str = ""  # the name that a new person gives


async def carry_out(ctx: Context, person: Person, act: Act) -> None:
    """Carry it out, as the person who is signed in. Raises NotProved."""
    ctx.proof, ctx.browser = act.proof, act.browser
    await handle(ctx, _update(ctx, person, act))


async def asked(ctx: Context, person: Person) -> str:
    """Return the mark of what somebody is asked in their own conversation now."""
    return mark_of([(one.matter, one.context) for one in await ctx.work.prompts.of(person.id) if not one.aside])


async def is_older(ctx: Context, person: Person, text: str, on: str) -> bool:
    """True if a text was written when something else was asked; a command or a cry for help is no answer anyway."""
    return not text.strip().startswith("/") and listen(text) is None and on != await asked(ctx, person)


def is_own(text: str) -> bool:
    """True for a command that is none of the group's: on the page it is answered in one's own conversation.

    In the group's chat it would tell everybody who wrote it, also who hides and when.
    """
    command, _ = _command_of(legible(text.strip()[:LONGEST]))
    return command is not None and not (command in COMMANDS and COMMANDS[command].in_group)


def _command_of(text: str) -> tuple[str | None, str]:
    """Return the command that a text begins with, as ours are spelled, and what comes after it."""
    found = _COMMAND.match(text)
    return (found[1].lower().translate(_FOLDED), text[found.end() :].strip()) if found else (None, "")


def _update(ctx: Context, person: Person, act: Act) -> Update:
    chat = (
        Chat(person.user_id, "private") if act.group is None else Chat(act.group.chat_id, "supergroup", act.group.title)
    )
    sender, number, at = Sender(person.user_id, act.name), ctx.work.outbox.reserve(), int(ctx.now.timestamp())
    if act.action:
        return CallbackQuery(chat, sender, "", act.message_id, act.action)
    if act.follow:
        return Written(chat, sender, number, at, "", command="start", arguments=act.follow)
    text = legible(act.text.strip()[:LONGEST])
    beneath = act.message_id
    return Written(
        chat, sender, number, at, text, *_command_of(text), reply_to=beneath or None, replied_at=at if beneath else 0
    )
