"""Readers of replies to the bot's messages in a group's chat, one function for each row of the list."""

from dataclasses import dataclass, replace
from typing import Final

from bot.assembly import ambiguous_texts, button_questions, open_facts, own_answers
from bot.assembly.asked_in_words import Asked
from bot.assembly.dispatch_texts import give
from bot.assembly.feature_routes import TEXTS
from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank, asked_anew, may, rank_of
from bot.context.plain_text import fingerprint
from bot.context.refusals import required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.exercises.turn_context import MessageSource
from bot.features.approvals import consent_messages, written_consent
from bot.features.help import menus
from bot.features.identities import identity_search
from bot.features.wellbeing import care
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Sure
from bot.features.wellbeing.hearing import Outcome, Where, decide
from bot.views.shared_buttons import join_key, our_chat_key
from flows.answers import clean, named_option, unfit
from flows.dialogue.keyboards import CONCLUSION
from flows.run.events import Edited, Wrote
from flows.run.state import Phase
from messages.own_words import Means
from storage.records.message_notes import AboutMember, MessageContext
from storage.records.records import Group, Member, Outgoing, Reach, group_chat

BESIDE: Final = 6  # words, of which more are a conclusion
RECENT: Final = 50  # messages among which a copy is looked for


@dataclass(slots=True)
class GroupText:
    """A reply in a group's chat, with the message that it replies to."""

    group: Group
    member: Member | None
    said: Written
    known: bool  # that message is remembered
    context: MessageContext  # … and what it is about
    unasked: bool = False

    @property
    def wanted(self) -> bool:
        """True if a feature asked for a text there; an edit is not one."""
        return self.context.want in TEXTS and not self.said.edited

    @property
    def has_pen(self) -> bool:
        """True if its writer was given the pen by the message that it replies to."""
        return bool(self.member and not self.context.held and self.context.about == AboutMember(self.member.id))

    @property
    def answers(self) -> bool:
        """True if it is a text, and one was asked for there."""
        in_round = _asks(self.context) and self.context.want not in TEXTS
        return self.said.media is None and (self.wanted or in_round)


async def group_text(ctx: Context, group: Group, said: Written) -> GroupText:
    """Look up what a reply in the group's chat replies to."""
    assert said.reply_to is not None
    replied = await ctx.work.outbox.by_message(group_chat(group.id), said.reply_to)
    context = replied.context if replied else await _copied(ctx, group, said)
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    return GroupText(group, member, said, replied is not None, context)


async def need(ctx: Context, text: GroupText) -> bool:
    """Answer somebody in need."""
    if text.said.media is not None:
        return False
    where = await _where(ctx, text.group, text.context)
    return await met(ctx, text.group, text.member, text.said, text.said.text, where)


async def consent(ctx: Context, text: GroupText) -> bool:
    """Take a yes or a no to a decision that was put to all there."""
    if text.answers or not _is_word(text.said):
        return False
    taken = await written_consent.in_group(ctx, text.group, text.member, text.said, text.context)
    if taken is None or text.member is None:
        return False
    await _hold_in_private(ctx, text.group, text.member, text.said, text.context, taken)
    return True


async def asks(ctx: Context, text: GroupText) -> bool:
    """Answer there what everybody there may know, of this group alone; what asks for a day is asked nothing."""
    rules, said = ctx.services.voice.rules, text.said.text
    heard = rules.own_words.heard(said) if _is_word(text.said) and text.member is not None else None
    if heard is None or text.member is None or (text.answers and not await _wants_only_else(ctx, text)):
        return False
    actor = Actor(await ctx.work.people.get(text.member.person_id), text.group, text.member, in_group=True)
    asked = Asked(actor.person, said, heard, heard.rule.words, [actor], [], text.context, only=text.group.id)
    found = await own_answers.answer(ctx, asked) if heard.rule.openly else None
    if found is None and rules.own_words.asks(said):
        found = await open_facts.standing_above(ctx, asked)
    if found is None:
        return False
    facts, keys = {**found[1], "human": False}, _ways_on(ctx, text.group)
    about = replace(text.context, want="", key="")  # what replies to the answer is of the same
    await ctx.to_group(text.group, f"own.{found[0]}", facts, keys, reply_to=text.said.message_id, context=about)
    return True


async def _wants_only_else(ctx: Context, text: GroupText) -> bool:
    """True if a feature asked there for a day or a name, and the text is none."""
    says = TEXTS[text.context.want].takes.says if text.wanted else None
    return says is not None and not await says(ctx, text.group.id, text.said.text)


async def not_here(ctx: Context, text: GroupText) -> bool:
    """Say that a reply to what asks for no text was not kept, or where the question stands that may be meant."""
    if text.answers:
        return False
    if _is_word(text.said) and (text.known or not await _pointed_out(ctx, text.group, text.said)):
        await _say_not_here(ctx, text)
    return True


async def no_seat(ctx: Context, text: GroupText) -> bool:
    """Tell somebody who has no seat how to join."""
    if text.member is not None and rank_of(text.member, text.group) >= Rank.MEMBER:
        return False
    await join_first(ctx, text.group, text.said)
    return True


async def wanted(ctx: Context, text: GroupText) -> bool:
    """Hand a text to the feature that asked for it, if its writer may give it."""
    if not text.wanted or text.member is None:
        return False
    if may(TEXTS[text.context.want].needs, text.member, text.group):
        person = await ctx.work.people.get(text.member.person_id)
        await give(ctx, Actor(person, text.group, text.member, in_group=True), text.said.text, text.context)
    return True


async def beside_pen(ctx: Context, text: GroupText) -> bool:
    """Ask about a reply that may not be what the group has come to: talk beside it, or from somebody without the pen.

    The edit of a text that was not taken is asked about as well; what points somebody out is not taken so.
    """
    said, context = text.said, text.context
    if context.key != CONCLUSION or await _has_given(ctx, said):
        return False
    run = runner.load(ctx, await ctx.work.runs.get(context.run))
    if run.phase is not Phase.REVEALED or await _lets_be_found(ctx, text):
        await _say_not_here(ctx, text)
    elif answer := _to_offer(ctx, text):
        await _settle(ctx, text.group, said.reply_to or 0, context, takes=answer == "yes")
    elif _is_talk(ctx, said.text):
        await _beside_talk(ctx, text)
    elif text.has_pen:
        return False
    else:
        await _offer(ctx, text)
    return True


async def _offer(ctx: Context, text: GroupText) -> None:
    """Ask whether what somebody without the pen has written is to stand there as well."""
    assert text.member is not None
    held = replace(text.context, held=text.said.text, about=AboutMember(text.member.id))
    facts, keys = {"name": text.member.name, "text": text.said.text}, [[ctx.key("penned", "penned", text.context.run)]]
    await ctx.to_group(text.group, "run.not_penned", facts, keys, context=held, reply_to=text.said.message_id)


async def _beside_talk(ctx: Context, text: GroupText) -> None:
    """Ask anew whoever has the pen; what others say is for those who are there."""
    if text.has_pen:
        hint, above = ctx.services.voice.label("conclusion_hint"), text.said.message_id
        await ctx.to_group(text.group, "run.pen_waits", context=text.context, write_for=hint, reply_to=above)


async def _has_given(ctx: Context, said: Written) -> bool:
    return said.edited and await runner.given_by(ctx, said.chat.id, said.message_id) is not None


async def _lets_be_found(ctx: Context, text: GroupText) -> bool:
    """True if somebody is pointed out by whoever has not the pen, who is asked whether that is meant."""
    return not text.has_pen and bool(await identity_search.identities_in(ctx, text.group, text.said.text))


def _to_offer(ctx: Context, text: GroupText) -> str | None:
    """Return the yes or no, in words, to whether what somebody has written is to be taken in."""
    voice, said = ctx.services.voice, text.said.text
    says = voice.rules.decides(said) or named_option({"yes": voice.label("penned")}, said)
    return says if text.context.held else None


def _is_talk(ctx: Context, said: str) -> bool:
    """True for small talk, thanks, a question, "vänta lite"."""
    rules, heard = ctx.services.voice.rules, ctx.services.voice.rules.own_words.heard(said, asked=True)
    if len(said.split()) > BESIDE:
        return False
    beside = (Means.TALK, Means.QUESTION, Means.TAKES_BACK)
    talks = heard is not None and (heard.rule.shrugged or heard.means in beside)
    return talks or said.rstrip().endswith("?") or rules.thanks(said) or bool(rules.moves(said))


async def penned(ctx: Context, actor: Actor, _action: Action) -> None:
    """Let what somebody without the pen has written stand with what the group has come to, as anybody there says."""
    asked = required(await ctx.work.outbox.by_message(group_chat(actor.group.id), actor.message_id))
    await _settle(ctx, actor.group, actor.message_id, asked.context, takes=True)


async def _settle(ctx: Context, group: Group, asked: int, context: MessageContext, *, takes: bool) -> None:
    """Take in, or not, what a message has asked about. Whatever stands there stays, and this beside it."""
    text, record = required(context.held), await ctx.work.runs.get(context.run)
    writer = await ctx.work.members.lookup(context.the(AboutMember).to)
    takes = takes and writer is not None and record.phase == Phase.REVEALED and unfit(clean(text)) is None
    await ctx.to_group(group, "run.penned", {"taken": takes}, edit=asked, context=MessageContext())
    if writer and takes:
        event = Wrote(writer.id, text, 0, ctx.today, ctx.dates, CONCLUSION, seen=0, joins=True)
        await runner.apply(ctx, group, record, event, by=writer, source=MessageSource(group.chat_id, asked))


async def exercise(ctx: Context, text: GroupText) -> bool:
    """Hand an answer, or the edit of one, to the round that asked for it."""
    assert text.member is not None
    said, context, member = text.said, text.context, text.member.id
    if said.edited:
        given = await runner.given_by(ctx, said.chat.id, said.message_id)
        was, version = (str(given[0].value), given[1]) if given else ("", None)
        event: Wrote | Edited = Edited(member, said.text, context.key, ctx.today, ctx.dates, seen=version, was=was)
    else:
        event = Wrote(member, said.text, said.at, ctx.today, ctx.dates, context.key, said.long, context.seen)
    source, record = MessageSource(said.chat.id, said.message_id), await ctx.work.runs.get(context.run)
    event = await identity_search.seen(ctx, text.group, event, source)
    await runner.apply(ctx, text.group, record, event, by=text.member, source=source)
    return True


def _is_word(said: Written) -> bool:
    """True for a text that is said for the first time."""
    return said.media is None and not said.edited


async def join_first(ctx: Context, group: Group, said: Written) -> None:
    """Tell somebody who has no seat how to join, and where to turn, as they may need help."""
    member = await ctx.work.members.find(group.id, said.sender.user_id)
    if member is not None and asked_anew(member):
        written = said.command is None or bool(said.arguments or said.quoted)
        await _promise_first(ctx, group, member, written=written)
        return
    facts = {"name": said.sender.name, "turn": await menus.turn_of(ctx, group)}
    await ctx.to_group(group, "group.join_first", facts, [[join_key(ctx, group)]])


def _asks(context: MessageContext) -> bool:
    """True if a message with this context asked for a text."""
    return context.want in TEXTS or bool(context.key and context.run)


async def _copied(ctx: Context, group: Group, said: Written) -> MessageContext:
    """Return the context of a bot's message whose number is unknown, as when Telegram took it but no result came.

    The newest one with the same words is meant.
    """
    words = fingerprint(said.quoted)
    copies = (one.context for one in await _asked_in(ctx, group) if one.context.words == words)
    return next(copies, MessageContext())


async def _asked_in(ctx: Context, group: Group) -> list[Outgoing]:
    """Return the latest messages in a group's chat that ask for a text, the newest first."""
    return [one for one in await ctx.work.outbox.recent(group_chat(group.id), RECENT) if _asks(one.context)]


async def _pointed_out(ctx: Context, group: Group, said: Written) -> bool:
    """Point out the open question to whoever has replied to a message that is unknown; False if there is none."""
    for one in await _asked_in(ctx, group):
        if one.message_id is not None and await _is_open(ctx, one.context):
            await ctx.to_group(group, "group.reply_here", thread=said.thread, reply_to=one.message_id)
            return True
    return False


async def _is_open(ctx: Context, context: MessageContext) -> bool:
    """True if the question is still open."""
    record = await ctx.work.runs.lookup(context.run) if context.run else None
    return record is None or record.phase in (Phase.OPEN, Phase.REVEALED)


async def met(
    ctx: Context, group: Group, member: Member | None, said: Written, text: str, where: Where = Where.NOTHING
) -> bool:
    """Answer somebody in need with numbers, in private as well if they can be reached; it becomes no answer.

    What only leans to fear is no cry: its writer is met kindly in private, and nobody there is told. Nothing can be
    shown back here unseen.
    """
    heard = listen(text)
    if heard is None or decide(heard, where) is Outcome.KEEP:
        return False
    person = await ctx.work.people.get(member.person_id) if member is not None else None
    if person is not None and person.reach == Reach.REACHABLE:
        await care.answer(ctx, person, heard)
    if heard.sure is Sure.LEANS:
        return False
    facts = {"seen": heard.seen, **care.lines_of(ctx, heard)}
    keys = [[our_chat_key(ctx, group)]]
    await ctx.to_group(group, "care.in_group", facts, keys, thread=said.thread, reply_to=said.message_id)
    return True


async def _where(ctx: Context, group: Group, context: MessageContext) -> Where:
    """Return what a reply to a message with this context is written for."""
    if not _asks(context):
        return Where.NOTHING
    record = await ctx.work.runs.lookup(context.run) if context.run else None
    confides = record is not None and runner.load(ctx, record).confides(context.key)
    return Where.MEANT if confides else Where.QUESTION


async def _say_not_here(ctx: Context, text: GroupText) -> None:
    """Say that a reply to what asks for none was not kept, as it may be meant as an answer: in full to each once a day,
    then in a line. Small talk is for those who are there."""
    group, said, rules = text.group, text.said, ctx.services.voice.rules
    decision = consent_messages.asked_in(text.context) is not None
    slot = f"not_here:{ctx.today}:{said.sender.user_id}{':decision' * decision}"
    keys = _ways_on(ctx, group)
    if await identity_search.identities_in(ctx, group, said.text):
        await ctx.to_group(group, "group.points_out", keys=keys, reply_to=said.message_id)
    elif await ctx.work.outbox.latest(group_chat(group.id), slot) is None:
        facts = {"decision": decision}
        await ctx.to_group(group, "group.not_here", facts, keys, slot=slot, reply_to=said.message_id)
    elif rules.own_words.means(said.text) is not Means.TALK and not rules.thanks(said.text):
        await ctx.to_group(group, "group.not_here_again", {}, keys, reply_to=said.message_id)


def _ways_on(ctx: Context, group: Group) -> list[list[Key]]:
    return [[our_chat_key(ctx, group)], [ctx.key("direct.in_group", "direct", group.id)]]


async def _hold_in_private(
    ctx: Context, group: Group, member: Member, said: Written, asked: MessageContext, heard: written_consent.Heard
) -> None:
    """Hold what a reply to a decision has left to be placed: a reason, or all of it while a new promise waits."""
    person = await ctx.work.people.get(member.person_id)
    apart = replace(said, message_id=0)  # no message of their own chat
    if heard is written_consent.Heard.WITH_REASON:
        await ambiguous_texts.hold_reason(ctx, person, apart, asked)
    elif heard is written_consent.Heard.PROMISE_FIRST:
        question = await button_questions.asked(ctx, person, asked)
        kept = question is not None and await ambiguous_texts.hold(ctx, person, apart, [question])
        await _promise_first(ctx, group, member, written=True, kept=kept)


async def _promise_first(ctx: Context, group: Group, member: Member, *, written: bool, kept: bool = False) -> None:
    """Tell somebody in the group that a new promise waits for them. `kept`: what they have `written` waits with it."""
    facts = {"name": member.name, "written": written, "kept": kept}
    await ctx.to_group(group, "group.promise_first", facts, [[our_chat_key(ctx, group)]])


ROUTES: Routes = buttons(Rank.MEMBER, About.RUN, penned=penned)
