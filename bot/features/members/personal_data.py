"""People's rights to what is stored about them: to get, correct or erase it. For a group: `documents.archive`."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.ballots.box import voter
from bot.channel.limits import AT_ONCE
from bot.channel.updates import Chat
from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.events import SeatChanged
from bot.context.message import Key, when
from bot.context.permissions import About, May, Proof, Rank, may, rank_of
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import pick
from bot.exercises import drafts
from bot.exercises.mentions import called, is_by
from bot.features.incidents import approval_page, incident_settings, report, second_approval, unread
from bot.features.members import joining, membership, passing, sign_in
from bot.features.members.data_export import stored_about
from bot.features.network import access_requests
from bot.features.registers import candidates
from bot.features.wellbeing import direct_messages
from bot.reminders import open_items
from bot.views.names import NOBODY
from bot.views.rows import NOTES
from bot.views.shared_buttons import told_apart
from flows.ballots import Went
from flows.enums import Field, Kind
from messages.structure.blocks import said
from storage.json_records import JsonObject
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Attachment, ChatCopy, Group, Member, OutboxKind, Person, is_own_number, private_chat
from storage.table import midnight

FORGET = "forget"  # the kind of the row in the schedule
FAREWELL = timedelta(minutes=1)
HIDE_WITHIN = timedelta(hours=47)  # hours; Telegram lets a bot delete its messages for 48
LATEST = 300  # ids before the command; they are counted over all of the bot's chats


async def mine(ctx: Context, actor: Actor, _action: Action | str = "") -> None:
    """Show in short what is stored, with buttons for what one can do about it."""
    group = actor.group
    correct = [ctx.key("rights.correct", "mydata", group.id, "correct")]
    corrects = rank_of(actor.member, group) >= Rank.NETWORK  # other roles have no page about themselves
    keys = [
        [ctx.key("rights.file", "mydata", group.id)],
        correct if corrects else [],
        when(membership.leaves_by_button(actor), ctx.key("rights.leave", "leavenet", group.id, role=actor.member.role)),
        [ctx.key("rights.forget", "forget", group.id)],
    ]
    await ctx.reply(actor, "rights.mine", {"town": group.title, "corrects": corrects}, keys)


async def my_data(ctx: Context, actor: Actor, action: Action) -> None:
    """Send all of it as a file, or show how to correct it."""
    if action.arg == "correct":
        await ctx.tell(actor, "rights.correct", {}, [[ctx.key("what_waits", "answers", actor.group.id)]])
        return
    await _prove(ctx, actor.person)  # it holds the receipts of what one has logged
    content = json.dumps(await stored_about(ctx, actor), ensure_ascii=False, indent=2, default=str).encode()
    name = ctx.services.voice.label("rights.file_name")
    caption = said(ctx.services.voice.label("rights.file_caption"))
    await ctx.send_file(actor.person.id, Attachment("document", name, content), caption, about=actor.group.id)


async def forget(ctx: Context, actor: Actor, action: Action) -> None:
    """Erase the person who asks, after saying what it means and asking once more."""
    group, member = actor.group, actor.member
    if action.arg != "yes":
        facts = {"town": group.title, "coordinator": member.coordinator}
        yes, no = ctx.key("rights.forget_sure", "forget", group.id, "yes"), ctx.key("keep_it", "mine", group.id)
        await ctx.reply(actor, "rights.forget", facts, [[yes], [no]], context=context_of(yes, no, final=True))
        return
    await _prove(ctx, actor.person)
    await membership.left(ctx, Chat(group.chat_id, "group"), member.user_id)
    await _ends_on_page(ctx, actor)
    await _erase(ctx, member, edit=ctx.tapped)


async def _prove(ctx: Context, person: Person) -> None:
    """Do as `Context.prove`, but for somebody who came by a link and has promised nothing yet: that link is the proof.
    Nobody knows them to tell them a code, and all that there is to lose is their answer."""
    seats = await ctx.work.members.of_person(person.id)
    if any(one.agreed_version or joining.OVER in one.profile or one.role not in ("guest", "network") for one in seats):
        ctx.prove()


async def leave(ctx: Context, actor: Actor, action: Action) -> None:
    """Let somebody leave who has no chat to leave; whoever coordinates is told."""
    group, member = actor.group, actor.member
    facts = {"town": group.title, "role": member.role, "coordinator": member.coordinator}
    if not membership.leaves_by_button(actor):
        ctx.toast("old_button")
    elif action.arg != "yes":
        yes, no = ctx.key("rights.leave_sure", "leavenet", group.id, "yes"), ctx.key("back", "mine", group.id)
        logged = await report.ways_to_own(ctx, group, actor.person) if may(May.LOG, member, group) else []
        asked = {**facts, "logged": bool(logged)}
        await ctx.reply(actor, "rights.leave", asked, [[yes], *logged, [no]], context=context_of(yes, no, final=True))
    else:
        await membership.leave(ctx, group, member)
        facts["kept"] = await sign_in.to_keep(ctx, actor.person) if await _ends_on_page(ctx, actor) else None
        await ctx.reply(actor, "rights.left", facts, [[ctx.key("home.mine", "mine", group.id)]])
        for coordinator in await open_items.coordinators(ctx, group) if member.role in membership.BESIDE else ():
            await ctx.to_member(coordinator, "leader.went", {**facts, "name": member.name})


async def _ends_on_page(ctx: Context, actor: Actor) -> bool:
    """Let nothing of the group's stay in the conversation on the page, where somebody with no seat left is signed in
    still; True if they have no chat in which to see their own later."""
    person, seats = actor.person, await ctx.work.members.of_person(actor.person.id)
    if not ctx.browser or joining.FROM_NETWORK in actor.member.profile or any(one.state != "left" for one in seats):
        return False
    await ctx.work.chat_copies.empty(private_chat(person.id))
    return is_own_number(person.user_id)


async def _erase(ctx: Context, member: Member, *, edit: int | None = None) -> None:
    """Erase somebody who has left, and tell them."""
    group = await ctx.work.groups.get(member.group_id)
    await _forget_guest(ctx, member)
    await candidates.forget(ctx, group, member)
    await _unname(ctx, group, member)
    await unread.gone(ctx, group, member)
    await drafts.forget_all(ctx, member)
    await sign_in.revoke(ctx, member.person_id)
    await ctx.work.erasure.member(await ctx.work.members.get(member.id))
    ctx.events.append(SeatChanged(group.id, Went(voter(member.id))))
    await ctx.to_person(member.person_id, "rights.forgotten", edit=edit)
    # The chat's owner is erased once this has been sent.
    await ctx.work.schedule.put(FORGET, ctx.now + FAREWELL, ref=f"forget:{member.person_id}")


async def _unname(ctx: Context, group: Group, member: Member) -> None:
    """Take a name out of what keeps whose it is in words: comments on rows, and how the group went on its way."""
    names = await called(ctx, member)

    def unnamed(values: JsonObject) -> JsonObject:
        notes = [{**note, "by": NOBODY} if is_by(note, member, names) else note for note in values.get(NOTES, [])]
        return {**values, NOTES: notes} if notes else values

    group = await ctx.work.groups.get(group.id)
    lists = [exercise.id for exercise in ctx.services.process.exercises.values() if exercise.register]
    for row in await ctx.work.rows.of_registers(group.id, lists):
        if row.version > 1:  # what was said about it may have been taken back since
            await ctx.work.rows.rewrite(row.id, unnamed)
    way = group.settings
    closed = {step: replace(one, by=NOBODY) if one.by in names else one for step, one in way.closed.items()}
    overruled = {what: replace(one, by=NOBODY) if one.by in names else one for what, one in way.overruled.items()}
    await ctx.work.groups.update(group.id, settings=replace(way, closed=closed, overruled=overruled))


async def _forget_guest(ctx: Context, member: Member) -> None:
    """Of the row about somebody who was invited keep what was ticked about the event, and neither name nor contact, now
    or before. Nobody is in the network by it, and nobody follows their link.
    """
    row = await ctx.work.rows.lookup(member.profile.get("guest", 0))
    if row is None or row.group_id != member.group_id:
        return
    exercise = ctx.services.process.exercises[row.register]
    ticked = [q for q in exercise.questions if q.kind is Kind.CHOICE and q.role not in access_requests.REQUEST]
    await ctx.work.rows.thin(row.id, [question.id for question in ticked])
    if exercise.register is not None and exercise.register.link:
        await ctx.work.links.revoke(member.group_id, exercise.register.link, str(row.id))
    row = await ctx.work.rows.get(row.id)
    name = {exercise.field(Field.NAME).id: ctx.services.voice.label("guest.erased")}
    await ctx.work.rows.change(row.id, None, None, values={**row.values, **name})


async def forget_former(ctx: Context, actor: Actor, action: Action) -> None:
    """Erase a former member at a coordinator's request, after another's yes or a day."""
    group, (yes, _, id) = actor.group, action.arg.rpartition(":")
    chosen = pick(await incident_settings.former(ctx, group), id)
    if chosen is not None:
        what = f"{second_approval.FORGET}:{chosen.id}"
        if not yes:
            if await second_approval.request(ctx, group, what) is None:
                group = await second_approval.ask(ctx, actor, what)
            await approval_page.show(ctx, replace(actor, group=group), Action("guard", group.id))
            return
        if await second_approval.allow(ctx, actor, what):
            await _erase(ctx, chosen)
            await ctx.work.access_log.add(group.id, actor.member.id, "forgotten")
            await second_approval.tell(ctx, await ctx.work.groups.get(group.id), actor.member)
    there = await incident_settings.former(ctx, group)
    labels = await told_apart(ctx, there)
    keys = [[Key(labels[m.id], Action("former", group.id, 0, str(m.id)))] for m in there]
    await ctx.reply(actor, "safety.former", {"any": bool(there)}, [*keys, [ctx.key("back", "safety", group.id)]])


async def hide(ctx: Context, actor: Actor, _arguments: str) -> None:
    """Empty a person's chat at both doors (threat T2: a phone or a browser that somebody else picks up).

    On the page all of it goes at once; in Telegram what it lets a bot delete, the last two days. What went is said in
    passing, and that a wish to be contacted lives on: to all alike, so that it tells of none. An incident that is being
    logged is put aside, so that no text brings its question back. Nobody can see in the file who did it.
    """
    person, on_page = actor.person, ctx.proof is not Proof.NOT_ASKED
    await _put_incident_aside(ctx, person)
    await ctx.work.held_texts.drop_cries(person.id)
    await direct_messages.forget_held(ctx, person)
    await ctx.work.outbox.take_back(private_chat(person.id))
    await ctx.work.mails.take_back(person.id, "waits")  # what was asked for, as a code, still goes
    gone = await ctx.work.chat_copies.empty(private_chat(person.id))
    for seat in await ctx.work.members.of_person(person.id):
        await ctx.work.incidents.hide(seat.group_id)
    facts = {"count": len(gone), "logs": may(May.LOG, actor.member, actor.group)}
    in_telegram = not is_own_number(person.user_id)
    emptied = in_telegram and await _empty_telegram(ctx, actor, gone, here=not on_page)
    if on_page:
        ctx.notify("emptied", {**facts, "telegram": in_telegram})
        return
    older = ctx.now - person.created_at > HIDE_WITHIN
    await passing.say(ctx, actor, "rights.hidden", {**facts, "emptied": emptied, "older": older})


async def empty(ctx: Context, actor: Actor, _action: Action) -> None:
    """Do the same by the button under where to turn; a notice says so, which is gone by itself."""
    await hide(ctx, actor, "")
    if ctx.proof is Proof.NOT_ASKED:  # the page says so itself
        ctx.toast("chat_emptied")


async def _empty_telegram(ctx: Context, actor: Actor, copied: Sequence[ChatCopy], *, here: bool) -> bool:
    """Delete the messages of the last two days from Telegram; False if it is known there are none.

    Not every message's id is kept, so the latest ids before this command are tried too; Telegram skips unknown ones.
    Whoever is on the page (not `here`) has given no message there: the latest that is known stands for it. What was on
    its way, and of which no answer comes any more, has one of the latest ids of all chats or of the next, which are
    tried before anything else is said here.
    """
    chat, since = private_chat(actor.person.id), ctx.now - HIDE_WITHIN
    known = set(await ctx.work.outbox.sent_since(chat, since))
    said = actor.message_id if here else 0
    newest = max(said, await ctx.work.outbox.newest_number())
    await ctx.work.outbox.put(chat, OutboxKind.DELETE, {"messages": [*range(newest + 1, newest + AT_ONCE)]}, about=None)
    if ctx.tapped and here and not known:  # the button itself is older than that
        return False
    known |= {one.message_id for one in copied if one.at >= midnight(since)}
    tops = (newest, max({*known, said}))  # below a button there may be more
    ids = sorted({*known, *(id for top in tops for id in range(max(1, top - LATEST), top + 1))}, reverse=True)
    for place in range(0, len(ids), AT_ONCE):
        await _hide(ctx, actor.person.id, actor.group.id, ids[place : place + AT_ONCE])
    return True


async def _put_incident_aside(ctx: Context, person: Person) -> None:
    """Ask no more about an incident; it waits in /svara, and goes on with /incident."""
    for prompt in await ctx.work.prompts.of(person.id):
        if await report.overhears(ctx, prompt.context.run):
            await ctx.work.prompts.end(person.id, prompt.matter)
    if await report.overhears(ctx, person.focus):
        await ctx.work.people.update(person.id, focus=None)


async def _hide(ctx: Context, person_id: int, group_id: int, ids: Sequence[int], older: Sequence[int] = ()) -> None:
    """Delete these from the chat, and if that succeeds the `older` ones too."""
    reply = AnswerNote(Purpose.HIDDEN, group=group_id, person=person_id, ids=tuple(ids), older=tuple(older))
    await ctx.work.outbox.put(
        private_chat(person_id), OutboxKind.DELETE, {"messages": list(ids)}, about=None, reply=reply
    )


async def hidden(ctx: Context, note: AnswerNote, *, done: bool) -> None:
    """Go on after Telegram's answer. It refuses all if one is too old: those are found by halving, newer half first."""
    ids, older, middle = note.ids, note.older, len(note.ids) // 2
    if done and older:
        await _hide(ctx, note.person, note.group, older)
    elif not done and middle:
        await _hide(ctx, note.person, note.group, ids[:middle], older=ids[middle:])


ROUTES: Routes = (
    *buttons(Rank.FORMER, About.GROUP, mine=mine, mydata=my_data, forget=forget, hidechat=empty),
    *buttons(Rank.LEADER, About.GROUP, leavenet=leave),
    *buttons(Rank.RESPONSIBLE, About.GROUP, former=forget_former),
)
