"""Care: a person in need is told where to turn before anything else, and can ask to be contacted, unseen.

In full once a day and, a few times in a row, whenever it is clear; in short each further time, and always something.
Nobody else is told without the tap, and what they wrote is not kept as an answer without one. That somebody was met
with care is kept in memory only, as it would say of them what only they should say. What becomes of the text itself is
decided in `hearing`.
"""

from dataclasses import replace

from bot.context.abuse_limits import CARED, CRIED, TOLD_IN_FULL, WITNESSED
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, May, Rank, may
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.context.seats import seats
from bot.features.help import help_lines, menus, phone_numbers
from bot.features.wellbeing.distress import listen
from bot.features.wellbeing.heard import Heard, Need, Sure
from bot.features.wellbeing.tongues import spoken
from bot.views.shared_buttons import in_town
from bot.views.ways import ways
from messages.concepts import words_of
from messages.voice import TemplateFacts, Voice
from storage.records.records import Person


async def answer(ctx: Context, person: Person, heard: Heard, *, unsaved: bool = False, gone: bool = False) -> None:
    """Tell somebody where to turn, by what was heard of them.

    `unsaved`: what they wrote would have answered something, and does not. `gone`: it is taken out of their chat.
    """
    ctx.cared.add(person.id)
    if heard.sure > Sure.LEANS or heard.tongue or heard.seen:
        ctx.services.limits.count(WITNESSED if heard.seen else CRIED, person.user_id, ctx.now)
        if not heard.seen and _stands_above(ctx, person.user_id, heard):
            await again(ctx, person, heard, unsaved=unsaved and heard.sure is Sure.CLEAR)
            return
    await in_full(ctx, person, heard, unsaved=unsaved, gone=gone)


def _stands_above(ctx: Context, who: int, heard: Heard) -> bool:
    """True if all of it was told to somebody today, or to one whose cry is clear a few times in the last minutes; else
    it is noted that it is told now."""
    limits, within = ctx.services.limits, CARED if heard.sure < Sure.CLEAR else TOLD_IN_FULL
    if limits.over(within, who, ctx.now) is not None:
        return True
    for what in (CARED, TOLD_IN_FULL):
        limits.count(what, who, ctx.now)
    return False


async def in_full(ctx: Context, person: Person, heard: Heard, *, unsaved: bool = False, gone: bool = False) -> None:
    """Tell them in full, however often, and note nothing: as on a page, where it stands once."""
    if _is_gentle(heard):
        await _gently(ctx, person, heard)
    elif heard.seen:
        await _on_what_was_seen(ctx, person, heard, gone=gone)
    else:
        group, keys = await menus.group_of(ctx, person), await ways_to_ask(ctx, person)
        facts = {"turn": await menus.turn_of(ctx, group), **await phone_numbers.at_hand(ctx, group)}
        empties = await menus.ways_to_empty(ctx, person)
        facts |= {"asks": bool(keys), "unsaved": unsaved, **lines_of(ctx, heard)}
        facts["empties"] = "button" if empties else "chat"
        await ctx.to_person(person.id, "care.numbers", facts, [*keys, *empties], about=group.id if group else None)


def _is_gentle(heard: Heard) -> bool:
    return heard.sure is Sure.LEANS and not heard.seen and not heard.tongue


async def again(ctx: Context, person: Person, heard: Heard, *, unsaved: bool = False) -> None:
    """Tell them once more, in short and with the button."""
    keys = await ways_to_ask(ctx, person)
    facts = {**lines_of(ctx, heard), "asks": bool(keys), "unsaved": unsaved}
    await ctx.to_person(person.id, "care.again", facts, keys)


async def first(ctx: Context, person: Person) -> None:
    """Tell somebody who logs what they have seen what comes before that: once, as they go on to tell of it."""
    if ctx.services.limits.allows(ctx.now, (WITNESSED, person.user_id)):
        ctx.cared.add(person.id)
        await ctx.to_person(person.id, "care.first", {"turn": await menus.turn_of(ctx, None)})


def told_lately(ctx: Context, person: Person) -> Heard | None:
    """Return what they were answered to in the last minutes, until they have done something else."""
    return _lately(ctx, person.user_id)


def _lately(ctx: Context, who: int) -> Heard | None:
    for what in (WITNESSED, CRIED):
        if ctx.services.limits.over(what, who, ctx.now) is not None:
            return Heard(Sure.CLEAR, seen=what == WITNESSED)
    return None


def goes_on(ctx: Context, person: Person) -> None:
    """Note that they have done something else: what they write from now on is no part of what they were answered to."""
    for what in (WITNESSED, CRIED):
        ctx.services.limits.forget(what, person.user_id)


async def met(ctx: Context, person: Person, text: str) -> Heard | None:
    """Answer a text that nothing else is asked of, such as what follows a command, if somebody in need is heard in it.

    What only leans to fear is no cry there. Returns what was heard.
    """
    heard = listen(text)
    if heard is None or heard.sure is Sure.LEANS:
        return None
    await answer(ctx, person, heard)
    return heard


def follows_of_stranger(ctx: Context, chat_id: int) -> bool:
    """Answer once more what a stranger writes close upon a cry; False if there was none."""
    if (lately := _lately(ctx, chat_id)) is None:
        return False
    if lately.seen:
        stranger(ctx, chat_id, lately)
    else:
        _again_to_stranger(ctx, chat_id, lately)
    return True


def _again_to_stranger(ctx: Context, chat_id: int, heard: Heard) -> None:
    ctx.to_stranger(chat_id, "care.again", {**lines_of(ctx, heard), "asks": False, "unsaved": False})


def stranger(ctx: Context, chat_id: int, heard: Heard) -> None:
    """Tell somebody whom the bot does not know the same as a member: numbers and whom to talk to, and nothing of us.

    That they cried is kept for the minutes in which what they write belongs to it, in memory alone.
    `chat_id`: 0 for somebody on the page, who has no chat.
    """
    if heard.sure > Sure.LEANS and chat_id:
        ctx.services.limits.count(WITNESSED if heard.seen else CRIED, chat_id, ctx.now)
        if not heard.seen and _stands_above(ctx, chat_id, replace(heard, sure=Sure.CLEAR)):
            _again_to_stranger(ctx, chat_id, heard)
            return
    facts = {"turn": menus.turn_facts(ctx), "routine": [], **lines_of(ctx, heard)}
    if heard.seen:
        facts |= {"logs": False, "gone": False, "child": ctx.services.voice.label("child_anywhere")}
        ctx.to_stranger(chat_id, "care.danger_seen", facts)
    else:
        facts |= {"asks": False, "unsaved": False, "empties": "chat" if chat_id else ""}
        ctx.to_stranger(chat_id, "care.numbers", facts)


def beside(ctx: Context, person: Person, heard: Heard) -> None:
    """Put where to turn as one quiet line under the receipt of what is kept."""
    ctx.beside[person.id] = ctx.services.voice.render("care.beside", {"said": line(ctx.services.voice, heard)})


def line(voice: Voice, heard: Heard) -> str:
    """Return where to turn as one quiet line."""
    child = heard.seen and Need.CHILD in heard.needs
    return voice.label("care.beside", {"seen": heard.seen, "child": child, "line": voice.help_lines})


async def ways_to_ask(ctx: Context, person: Person) -> list[list[Key]]:
    """Return the button with which somebody asks to be contacted; for each town, if they are in several."""
    groups = [group for group, _ in await seats(ctx, person.id, Rank.NETWORK)]
    several = len(groups) > 1
    asks = [(replace(ctx.key("check_in.contact", "contact", one.id), says="yes"), one) for one in groups]
    return [[in_town(ctx, key, group.title if several else None)] for key, group in asks]


async def _gently(ctx: Context, person: Person, heard: Heard) -> None:
    asks = await ways_to_ask(ctx, person)
    keys = [*asks, *await ways(ctx, person, human=False)]
    await ctx.to_person(person.id, "care.gently", {**lines_of(ctx, heard), "asks": bool(asks)}, keys)


async def _on_what_was_seen(ctx: Context, person: Person, heard: Heard, *, gone: bool) -> None:
    """Tell what to do first about somebody else's danger, whom to ring, and where to log it afterwards."""
    group = await menus.group_of(ctx, person)
    member = await ctx.work.members.find(group.id, person.user_id) if group else None
    keys = [[ctx.key("log", "log", group.id)]] if group is not None and may(May.LOG, member, group) else []
    facts = {"turn": await menus.turn_of(ctx, group), **await phone_numbers.at_hand(ctx, group)}
    facts |= {"child": await help_lines.for_child(ctx, group), "logs": bool(keys), "gone": gone, **lines_of(ctx, heard)}
    await ctx.to_person(person.id, "care.danger_seen", facts, keys, about=group.id if group else None)


def lines_of(ctx: Context, heard: Heard) -> TemplateFacts:
    """Return whom to talk to by what was heard, and the same in the language in which it was written."""
    needs, lines = heard.needs, ctx.services.voice.help_lines
    told = help_lines.to_talk_to(
        ctx, violence=Need.VIOLENCE in needs, despair=Need.DESPAIR in needs, child=Need.CHILD in needs
    )
    if heard.tongue and heard.seen:
        return {"lines": told, "abroad": lines.abroad_seen, "line": lines}
    own, english = lines.in_tongue(heard.tongue), lines.in_tongue("en")
    dies = lines.abroad_despair if Need.VIOLENCE not in needs or Need.DESPAIR in needs else ""
    abroad = "\n".join(filter(None, dict.fromkeys((own, english, dies)))) if heard.tongue else ""
    return {"lines": told, "abroad": abroad, "line": lines}


def abroad(ctx: Context, text: str) -> str:
    """Return whom to ring, in the language in which a text is written; empty if that is ours."""
    tongue, _ = spoken(words_of(text, {}))
    return ctx.services.voice.help_lines.in_tongue(tongue) if tongue else ""


async def helps(ctx: Context, actor: Actor, _action: Action) -> None:
    """Tell somebody where to turn who has tapped that they need help."""
    await answer(ctx, actor.person, Heard(Sure.CLEAR))


ROUTES: Routes = buttons(Rank.FORMER, About.GROUP, needshelp=helps)
