"""The group's knowledge bank, from wherever one is: all of it for the core group, for the network what is shared.

(Handbook 4.1; P.8 for finding things again.)
"""

from collections.abc import Callable

from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank
from bot.context.refusals import required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.registers import registers
from bot.views.exercise import ExerciseView
from bot.views.names import cut
from bot.views.shared_buttons import paged
from flows.answers import clean, folded
from flows.enums import ExerciseRole
from flows.run.state import Phase, Run
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Row

SHARED_PAGE = 3  # rows to a page, with all that they say


async def asked(ctx: Context, actor: Actor, text: str) -> None:
    """Show the rows that contain a word, or the whole bank."""
    bank = ctx.services.process.with_role(ExerciseRole.KNOWLEDGE)
    record = await ctx.work.runs.latest(actor.group.id, bank.id, besides=Phase.ASIDE)
    if record is None:
        step = ctx.services.process.step_of(bank.id)
        facts = {"title": ctx.services.voice.title_of(bank.id), "step": step.number if step else None}
        await ctx.tell(actor, "register.none", facts)
        return
    run = runner.load(ctx, record)
    if actor.member.role not in bank.who:
        await _show_shared(ctx, actor, run, clean(text))
    elif clean(text):
        await registers.found(
            ctx, actor, text, MessageContext(record.id, want=registers.LOOKED_FOR, group=actor.group.id)
        )
    else:
        await registers.show_list(ctx, actor, run)


async def titles(ctx: Context, actor: Actor, speaks: Callable[[str], bool]) -> list[str]:
    """Return the titles of the rows that speak of something and that this person may read."""
    bank = ctx.services.process.with_role(ExerciseRole.KNOWLEDGE)
    present, register = await runner.present_of(ctx, actor.group, bank), bank.register
    assert register is not None
    every = await ctx.work.rows.all(actor.group.id, bank.id)
    seen = [row for row in every if actor.member.role in bank.who or register.leaves_core(row.values)]
    return [present.row_title(row) for row in seen if speaks(present.row_text(row))]


async def turned(ctx: Context, actor: Actor, action: Action) -> None:
    """Show another page of what is shared with the network."""
    bank = ctx.services.process.with_role(ExerciseRole.KNOWLEDGE)
    record = required(await ctx.work.runs.latest(actor.group.id, bank.id, besides=Phase.ASIDE))
    await _show_shared(ctx, actor, runner.load(ctx, record), "", page=int(action.arg))


async def _show_shared(ctx: Context, actor: Actor, run: Run, word: str, *, page: int = 0) -> None:
    present, register = await runner.present_of(ctx, actor.group, run.exercise), run.exercise.register
    assert register is not None
    every = await ctx.work.rows.all(actor.group.id, run.exercise.id)
    kept = [row for row in every if register.leaves_core(row.values) and folded(word) in present.row_text(row)]
    shown, at = paged(kept, page, SHARED_PAGE)
    facts = {
        "title": present.words["title"],
        "rows": [_whole(present, row) for row in shown],
        "word": word,
        "page": at.number + 1,
        "pages": at.pages,
    }
    keys = [] if word else [at.keys(ctx, "bank", actor.group.id)]
    await ctx.tell(actor, "register.shared", facts, keys, edit=ctx.tapped)


def _whole(present: ExerciseView, row: Row) -> TemplateFacts:
    """Return a row with all of its fields but whom it is for."""
    register = present.exercise.register
    assert register is not None
    for_whom = {present.short(name) for name, _ in register.shared}
    fields = [field for field in present.row_fields(row) if field.value and field.short not in for_whom]
    return {"title": cut(present.row_title(row), 60), "fields": fields}


ROUTES: Routes = buttons(Rank.NETWORK, About.GROUP, bank=turned)
