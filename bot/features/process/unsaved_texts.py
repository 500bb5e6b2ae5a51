"""Texts that a feature has asked a person for and that are not saved yet: they wait, and can be gone on with."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.context import confirmation
from bot.context.context import Actor, Context
from bot.context.message import OBJECTION
from bot.context.open_thing import Kind, OpenThing
from bot.exercises import consents, runner
from bot.views.names import cut
from storage.records.message_notes import AboutRow, CommandAsked, MessageContext
from storage.records.prompts import Prompt
from storage.records.records import Outgoing, Person, private_chat
from storage.table import moment

WAITS: Final = timedelta(days=7)  # how long a feature waits for a text that it has asked for
QUESTIONS: Final = 100  # of a private chat, to look among: what nothing refers to is not kept
NAMED: Final = 24  # characters of a decision, in what an objection to it is called, or of a task
# What is asked for in a person's own words. What is looked for or chosen, such as a date, is asked anew by its button.
WORDS: Final = frozenset(
    (OBJECTION, "goon", "overrule", "outword", "put_off", "note", "words", "rwords", "leader_question", "board_name")
)
# What the list of to-dos takes under it, and who does one and when, until something else comes in between.
OFFERED: Final = frozenset(("todo", "decision", "todo_who", "todo_due"))
# What takes a text and did not ask for one, as a word after a score: thanks or a greeting are no such text.
WELCOME: Final = OFFERED | {"feeling"}


async def open_for(ctx: Context, actor: Actor) -> list[OpenThing]:
    """Return what this person was asked for here, or has written and not confirmed."""
    found = list[OpenThing]()
    for prompt in await ctx.work.prompts.of(actor.person.id):
        asked = prompt.context
        if (
            prompt.group_id == actor.group.id
            and is_awaited(ctx, prompt)
            and (asked.held is not None or asked.want in WORDS)
        ):
            what = await called(ctx, asked)
            label = "see_written" if asked.held is not None else "write_wanted"
            key = ctx.key(label, "wanted", actor.group.id, str(prompt.id), what=what)
            found.append(OpenThing(Kind.WANTED, {"what": what, "written": asked.held is not None}, (key,)))
    return found


async def townless(ctx: Context, person: Person) -> list[Outgoing]:
    """Return the questions which group a command is about that this person has not answered, the newest first.

    What waits for a new promise waits as long as that does.
    """
    shown = await ctx.work.outbox.recent(private_chat(person.id), QUESTIONS)
    asked = [(one, command) for one in shown if (command := one.context.of(CommandAsked)) and not command.bare]
    return [one for one, command in asked if command.promised or ctx.now - one.changed_at < WAITS]


async def under(ctx: Context, person: Person, reply_to: int | None) -> MessageContext | None:
    """Return what the message is about under which a text was written: the one it replies to, or the newest.

    What only asks which town a command is about is left out, as what comes under it may be about something else.
    """
    found = await above(ctx, person, reply_to)
    if found and _is_bare(found) and not reply_to:
        recent = await ctx.work.outbox.recent(private_chat(person.id), QUESTIONS)
        found = next((_as_of_now(ctx, one) for one in recent if not _is_bare(one)), None)
    return found.context if found else None


def _is_bare(message: Outgoing) -> bool:
    """True if a message only asks which town a command is about, and nothing would be lost."""
    command = message.context.of(CommandAsked)
    return command is not None and command.bare


async def above(ctx: Context, person: Person, reply_to: int | None) -> Outgoing | None:
    """Return the message under which a text was written: the one it replies to, or the newest."""
    if reply_to:
        return await ctx.work.outbox.by_message(private_chat(person.id), reply_to)
    newest = await ctx.work.outbox.newest(private_chat(person.id))
    return _as_of_now(ctx, newest) if newest else None


def _as_of_now(ctx: Context, message: Outgoing) -> Outgoing:
    """Leave out what it asked to be confirmed, if that was in an earlier visit (`bot.context.confirmation`)."""
    return replace(message, context=confirmation.as_of(ctx.now, message.context))


async def called(ctx: Context, asked: MessageContext) -> str:
    """Return what a text is called that a feature has asked for: an objection with what it is to, a task by name."""
    decision, (kind, _, number) = "", asked.what.partition(":")
    if asked.want == OBJECTION and kind == "run":
        decision = ctx.services.voice.title_of((await ctx.work.runs.get(int(number))).exercise)
    elif asked.want == OBJECTION:
        kept = await consents.of(ctx, await ctx.work.groups.get(asked.group), asked.what)
        decision = cut(kept.text, NAMED) if kept else ""
    about = asked.of(AboutRow)
    row = await _row(ctx, about.row) if about else ""
    return ctx.services.voice.label(f"asked.{asked.want}", {"decision": decision, "row": row})


async def _row(ctx: Context, id: int) -> str:
    """Return what a task is called; with its number if another that is open reads the same on a button."""
    row = await ctx.work.rows.lookup(id)
    if row is None:
        return ""
    group = await ctx.work.groups.get(row.group_id)
    present = await runner.present_of(ctx, group, ctx.services.process.exercises[row.register])
    title = cut(present.task_title(row), NAMED)
    others = [o for o in await ctx.work.rows.all(group.id, row.register, state="open") if o.id != row.id]
    alike = title in [cut(present.task_title(other), NAMED) for other in others]
    return ctx.services.voice.label("asked.row", {"title": title, "number": row.number if alike else None})


def is_awaited(ctx: Context, prompt: Prompt) -> bool:
    """True while the text that a feature has asked for is waited for."""
    asked = prompt.context
    lapsed = asked.want in OFFERED and asked.held is None and prompt.interrupted
    return bool(asked.want) and not lapsed and ctx.now - moment(prompt.asked_at) < WAITS
