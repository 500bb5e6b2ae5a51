"""Edits: an edited message changes what it once gave, or leads to it; any other changes nothing, and that is said."""

from dataclasses import replace

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank, meets, rank_of
from bot.context.plain_text import fingerprint
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.dispatch import asked_questions
from bot.dispatch.dispatch_texts import asked_of, give
from bot.dispatch.feature_routes import TEXTS
from bot.exercises import given_texts, runner
from bot.exercises.turn_context import MessageSource
from bot.features.identities import identified
from bot.features.journey import exercise_buttons, memberships
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.hearing import Outcome, decide
from bot.views.exercise import is_over
from bot.views.names import answer_key
from flows.events import Edited
from flows.state import Visit
from storage.message_notes import MessageContext
from storage.records import Group, Member, Person, private_chat


async def in_private(ctx: Context, person: Person, said: Written) -> None:
    """Take an edit in a private chat.

    A cry for help changes nothing that others read: it may be meant for the bot alone.
    """
    given = await runner.given_by(ctx, said.chat.id, said.message_id)
    if given is None:
        if await care.met(ctx, person, said.text) or (
            not await _remark(ctx, person, said) and not await _given(ctx, person, said)
        ):
            await _lost(ctx, person, said)
        return
    answer, seen = given
    actor = await exercise_buttons.actor_in(ctx, person, answer.run_id)
    if actor is None or not await may_answer(ctx, actor, answer.run_id):  # has left, or has another role
        group = (await ctx.work.runs.get(answer.run_id)).group_id
        await ctx.to_person(person.id, "edit_closed", keys=[[ctx.key("home.mine", "mine", group)]])
        return
    if await _cries(ctx, person, said, MessageContext(run=answer.run_id, key=answer_key(answer))):
        await ctx.to_person(person.id, "care.not_changed", keys=[[ctx.key("what_waits", "answers")]])
        return
    there = "\n".join(text for text in (answer.value, answer.comment) if isinstance(text, str))
    changed = Edited(
        actor.member.id,
        said.text,
        answer_key(answer),
        ctx.today,
        ctx.dates,
        answer.comment is not None,
        seen,
        str(answer.value),
    )
    await _apply(ctx, actor, answer.run_id, said, changed, there)


async def _cries(ctx: Context, person: Person, said: Written, answered: MessageContext) -> bool:
    """Answer a cry for help in an edit of what was answered; True if the answer is not changed by it."""
    heard = listen(said.text)
    if heard is None:
        return False
    if decide(heard, await asked_questions.where(ctx, person, answered)) is Outcome.KEEP:
        care.beside(ctx, person, heard)
        return False
    await care.answer(ctx, person, heard)
    return True


async def in_group(ctx: Context, group: Group, member: Member, said: Written) -> bool:
    """Take an edit in a group's chat of what a command or a reply gave: a decision, a to-do. False if it is neither."""
    person = await ctx.work.people.get(member.person_id)
    actor = Actor(person, group, member, in_group=True)
    to = await given_texts.find(ctx, actor, said.message_id)
    if to is None or rank_of(member, group) < Rank.MEMBER or not _is_rewritten(to):
        return False
    await give(ctx, actor, _words(said), to)
    return True


async def may_answer(ctx: Context, actor: Actor, run_id: int) -> bool:
    """True if the person's role now lets them answer in that exercise."""
    record = await ctx.work.runs.get(run_id)
    core = rank_of(actor.member, actor.group) >= Rank.MEMBER
    return core or meets(ctx.services.process.exercises[record.exercise], actor.member)


def _is_rewritten(to: MessageContext) -> bool:
    """True if an edit changes at once what a text was given to."""
    return to.want in TEXTS and TEXTS[to.want].takes.rewritten


def _words(said: Written) -> str:
    """Return a text, or what follows its command."""
    return said.arguments if said.command is not None else said.text


async def _apply(ctx: Context, actor: Actor, run_id: int, said: Written, changed: Edited, there: str) -> None:
    source = MessageSource(said.chat.id, said.message_id)
    event = await identified.seen(ctx, actor.group, changed, source, there)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run_id), event, by=actor.member, source=source)


async def _remark(ctx: Context, person: Person, said: Written) -> bool:
    """Edit what was written before an option was chosen, to which it will be the comment; False if it was not that."""
    actor = await exercise_buttons.actor_in(ctx, person, person.focus)
    if actor is None or person.focus is None or not await may_answer(ctx, actor, person.focus):
        return False
    visit = runner.load(ctx, await ctx.work.runs.get(person.focus)).visits.get(actor.member.id, Visit())
    if not visit.remark or visit.remark_from != (said.chat.id, said.message_id):
        return False
    changed = Edited(actor.member.id, said.text, visit.key, ctx.today, ctx.dates, comment=True)
    await _apply(ctx, actor, person.focus, said, changed, visit.remark)
    return True


async def _given(ctx: Context, person: Person, said: Written) -> bool:
    """Change the thing that the text became, or show the way to it; False if it is not known."""
    for group, member in await memberships.of(ctx, person, Rank.LEADER):
        actor = Actor(person, group, member)
        to = await given_texts.find(ctx, actor, said.message_id)
        if to is None:
            continue
        if _is_rewritten(to):
            if allowed := await asked_of(ctx, person, to):
                await give(ctx, allowed, _words(said), to)
        elif to.want:
            keys = [[ctx.key("send_again", "resend", group.id)]]
            context = replace(to, held=_words(said))
            await ctx.to_person(person.id, "edit_again", {}, keys, about=group.id, context=context)
        else:
            await _row(ctx, actor, to, said)
        return True
    return False


async def _row(ctx: Context, actor: Actor, to: MessageContext, said: Written) -> None:
    """Edit the field of a row that is not saved yet, or show the way to the row; what is in neither is lost."""
    record = await ctx.work.runs.get(to.run)
    draft = runner.load(ctx, record).visits.get(actor.member.id, Visit()).draft
    if to.key in draft and await may_answer(ctx, actor, to.run):
        changed = Edited(actor.member.id, said.text, to.key, ctx.today, ctx.dates)
        await given_texts.note(ctx, actor, replace(to, words=fingerprint(said.text)))
        await _apply(ctx, actor, to.run, said, changed, str(draft[to.key]))
        return
    rows = await ctx.work.rows.all(actor.group.id, record.exercise)
    row = next((row for row in reversed(rows) if fingerprint(str(row.values.get(to.key))) == to.words), None)
    if row is None:
        await _lost(ctx, actor.person, said)
        return
    title, keys = ctx.services.voice.title_of(record.exercise), [[ctx.key("open_row", "row", to.run, str(row.id))]]
    await ctx.tell(actor, "edit_row", {"title": title}, keys)


async def _lost(ctx: Context, person: Person, said: Written) -> None:
    """Say that nothing is changed; the edit of a command that says nothing more needs no word."""
    if said.command is None or said.arguments:
        facts = {"unnamed": await _unnamed(ctx, person)}
        await ctx.to_person(person.id, "edit_lost", facts, [[ctx.key("what_waits", "answers")]])


async def _unnamed(ctx: Context, person: Person) -> bool:
    """True if the person has handed in answers without a name, or a word of how they are, in what is still open: they
    may be editing one of these."""
    for member in await ctx.work.members.of_person(person.id):
        if await ctx.work.check_ins.has_said(member.id):
            return True
        for record in await ctx.work.runs.all_of(member.group_id):
            run = runner.load(ctx, record)
            seated = run.exercise.anonymous and not is_over(run) and member.id in run.seats
            if seated and run.sheet(member.id).handed_in:
                return True
    return False


async def resend(ctx: Context, actor: Actor, _action: Action) -> None:
    """Give the corrected text to the same as the first one."""
    shown = await ctx.work.outbox.by_message(private_chat(actor.person.id), actor.message_id)
    if shown is None or shown.context.held is None:
        ctx.toast("old_button")
    elif allowed := await asked_of(ctx, actor.person, shown.context):
        text, to = shown.context.held, replace(shown.context, held=None)
        await ctx.tell(actor, "edit_sent", edit=actor.message_id)
        ctx.tapped = None
        await give(ctx, allowed, text, to)


ROUTES: Routes = buttons(Rank.INVITED, About.GROUP, resend=resend)
