"""Edits: an edited message changes what it once gave, or leads to it; any other changes nothing, and that is said."""

from dataclasses import dataclass, replace

from bot.assembly import asked_questions
from bot.assembly.dispatch_texts import asked_of, give
from bot.assembly.feature_routes import TEXTS
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.permissions import About, Rank, meets, rank_of
from bot.context.plain_text import fingerprint
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import given_texts, runner
from bot.exercises.turn_context import MessageSource
from bot.features.home import exercise_buttons
from bot.features.identities import identity_search
from bot.features.network import memberships
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.hearing import Outcome, decide
from bot.views.exercise import is_over
from bot.views.names import answer_key
from flows.run.events import Edited, Wrote
from flows.run.state import Visit
from storage.records.message_notes import MessageContext
from storage.records.records import Answer, Group, Member, Person, private_chat


@dataclass(slots=True)
class EditedText:
    """An edit in a private chat, and the answer that the message once gave, with the version of it that was seen."""

    person: Person
    said: Written
    given: tuple[Answer, int | None] | None
    actor: Actor | None  # in the round of that answer, while they may answer there
    unasked: bool = False


async def edited_text(ctx: Context, person: Person, said: Written) -> EditedText:
    """Look up what an edited message has given."""
    given = await runner.given_by(ctx, said.chat.id, said.message_id)
    actor = await exercise_buttons.actor_in(ctx, person, given[0].run_id) if given else None
    if actor is not None and given is not None and not await may_answer(ctx, actor, given[0].run_id):
        actor = None  # has another role
    return EditedText(person, said, given, actor)


async def closed(ctx: Context, text: EditedText) -> bool:
    """Say that an answer is no longer theirs to change."""
    if text.given is None or text.actor is not None:
        return False
    group = (await ctx.work.runs.get(text.given[0].run_id)).group_id
    await ctx.to_person(text.person.id, "edit_closed", keys=[[ctx.key("home.mine", "mine", group)]])
    return True


async def need(ctx: Context, text: EditedText) -> bool:
    """Answer a cry for help. It changes nothing that others read: it may be meant for the bot alone."""
    if text.given is None:
        return await care.met(ctx, text.person, text.said.text) is not None and await lost(ctx, text)
    answered = MessageContext(run=text.given[0].run_id, key=answer_key(text.given[0]))
    cries = await _cries(ctx, text.person, text.said, answered)
    if cries:
        await ctx.to_person(text.person.id, "care.not_changed", keys=[[ctx.key("what_waits", "answers")]])
    return cries


async def answer(ctx: Context, text: EditedText) -> bool:
    """Change the answer that the message gave."""
    if text.given is None or text.actor is None:
        return False
    (given, seen), member = text.given, text.actor.member.id
    there = "\n".join(part for part in (given.value, given.comment) if isinstance(part, str))
    key, comment = answer_key(given), given.comment is not None
    changed = Edited(member, text.said.text, key, ctx.today, ctx.dates, comment, seen, str(given.value))
    await _apply(ctx, text.actor, given.run_id, text.said, changed, there)
    return True


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


async def _apply(ctx: Context, actor: Actor, run_id: int, said: Written, changed: Edited | Wrote, there: str) -> None:
    source = MessageSource(said.chat.id, said.message_id)
    event = await identity_search.seen(ctx, actor.group, changed, source, there)
    await runner.apply(ctx, actor.group, await ctx.work.runs.get(run_id), event, by=actor.member, source=source)


def _written_anew(ctx: Context, actor: Actor, said: Written, key: str) -> Wrote:
    return Wrote(actor.member.id, said.text, said.at, ctx.today, ctx.dates, key, anew=True)


async def remark(ctx: Context, text: EditedText) -> bool:
    """Edit what was written before an option was chosen, to which it will be the comment; or what waits for a yes to be
    handed in without a name."""
    person, said = text.person, text.said
    actor = await exercise_buttons.actor_in(ctx, person, person.focus)
    if actor is None or person.focus is None or not await may_answer(ctx, actor, person.focus):
        return False
    visit = runner.load(ctx, await ctx.work.runs.get(person.focus)).visits.get(actor.member.id, Visit())
    waits = visit.held if visit.held and len(visit.held.shut) == 1 else None  # of several lines nobody knows which
    if waits and waits.message == (said.chat.id, said.message_id):
        await _apply(ctx, actor, person.focus, said, _written_anew(ctx, actor, said, waits.key), "")
        return True
    if not visit.remark.text or visit.remark.message != (said.chat.id, said.message_id):
        return False
    changed = Edited(actor.member.id, said.text, visit.key, ctx.today, ctx.dates, comment=True)
    await _apply(ctx, actor, person.focus, said, changed, visit.remark.text)
    return True


async def given(ctx: Context, text: EditedText) -> bool:
    """Change the thing that the text became, or show the way to it."""
    person, said = text.person, text.said
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
        elif not await _row(ctx, actor, to, said):
            return await lost(ctx, text)
        return True
    return False


async def _row(ctx: Context, actor: Actor, to: MessageContext, said: Written) -> bool:
    """Edit the field of a row that is not saved yet, or show the way to the row; False for what is in neither."""
    record = await ctx.work.runs.get(to.run)
    draft = runner.load(ctx, record).visits.get(actor.member.id, Visit()).draft
    if to.key in draft and await may_answer(ctx, actor, to.run):
        changed = Edited(actor.member.id, said.text, to.key, ctx.today, ctx.dates)
        await given_texts.note(ctx, actor, replace(to, words=fingerprint(said.text)))
        await _apply(ctx, actor, to.run, said, changed, str(draft[to.key]))
        return True
    rows = await ctx.work.rows.all(actor.group.id, record.exercise)
    row = next((row for row in reversed(rows) if fingerprint(str(row.values.get(to.key))) == to.words), None)
    if row is None:
        return False
    title, keys = ctx.services.voice.title_of(record.exercise), [[ctx.key("open_row", "row", to.run, str(row.id))]]
    await ctx.tell(actor, "edit_row", {"title": title}, keys)
    return True


async def lost(ctx: Context, text: EditedText) -> bool:
    """Say that nothing is changed; the edit of a command that says nothing more needs no word."""
    if text.said.command is None or text.said.arguments:
        facts = {"unnamed": await _unnamed(ctx, text.person), "waits": await _note_waits(ctx, text.person)}
        await ctx.to_person(text.person.id, "edit_lost", facts, [[ctx.key("what_waits", "answers")]])
    return True


async def _note_waits(ctx: Context, person: Person) -> bool:
    """True if lines wait to be handed in without a name: they may be editing one of these, which nobody can read."""
    record = await ctx.work.runs.lookup(person.focus) if person.focus else None
    actor = await exercise_buttons.actor_in(ctx, person, person.focus) if record else None
    held = runner.load(ctx, record).visits.get(actor.member.id, Visit()).held if record and actor else None
    return held is not None and bool(held.lock)


async def _unnamed(ctx: Context, person: Person) -> bool:
    """True if the person has handed in answers without a name, or a word of how they are, in what is still open: they
    may be editing one of these."""
    for member in await ctx.work.members.of_person(person.id):
        if await ctx.work.check_ins.has_said(member.id):
            return True
        for record in await ctx.work.runs.all_of(member.group_id):
            run = runner.load(ctx, record)
            seated = run.exercise.anonymous and not is_over(run) and member.id in run.seats
            if seated and (run.sheet(member.id).handed_in or run.sheet(member.id).answered):
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
