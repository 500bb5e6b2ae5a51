"""What the engine says, said: to one member in private, to the group, or as a notice over the chat."""

from collections.abc import Mapping
from typing import Any

from bot.context.callback_data import Action
from bot.context.context import Key
from bot.context.events import Concluded, GuestRow, PrivateRow
from bot.exercises.edited_answers import history_keys
from bot.exercises.message_facts import facts_for
from bot.exercises.turn_context import TurnContext
from bot.views.button_labels import label
from bot.views.exercise import NAMED
from bot.views.shared_buttons import approval_keys, beside_keys, feed_keys, row_keys
from flows.effects import Button, Say
from flows.keyboards import CONCLUSION
from flows.state import Phase
from storage.records import Member, Row, private_chat

FINISHED = frozenset({"visit.handed_in", "row.saved", "row.unchanged", "row.discarded"})  # nothing is asked after these


async def message(turn: TurnContext, say: Say) -> None:
    """Say a message to whom it is for."""
    match say.to:
        case "group":
            await _to_group(turn, say)
        case "coordinators":
            pass  # no exercise speaks to the coordinators alone yet; their own messages come from the daily message
        case member:
            await _to_member(turn, say, member)


# -- to one member -----------------------------------------------------------------------------------------------------
async def _to_member(turn: TurnContext, say: Say, to: int) -> None:
    ctx, run, member = turn.ctx, turn.run, turn.scene.members[to]
    person = await ctx.work.people.get(member.person_id)
    if person.reach != "reachable" or (person.stopped and say.name == "run.invite"):
        return  # the roster shows who cannot be reached, and the card in the group has a link
    if say.name.startswith("trouble."):  # said beside the dialogue, not above a question
        text = ctx.services.voice.label(say.name, say.facts)
        await ctx.to_person(person.id, "notice", {"text": text}, about=turn.group.id)
        return
    if say.name in FINISHED and await _left_to_others(turn, say, member):
        return
    facts, keys = await facts_for(turn, say, to), await _keys_for(turn, say, member)
    if member.role == "guest" and "audience" in facts:
        facts["audience"] = ctx.services.voice.label("audience.guest")
    row = await _row(turn, say)
    if row is not None:
        facts = {**turn.present.row_card(row), **facts}
        keys = row_keys(ctx, run, row)
    await ctx.to_person(
        person.id,
        say.name,
        facts,
        keys,
        about=turn.group.id,
        slot=f"visit:{run.number}",
        edit=ctx.tapped if say.in_place else None,
        context={"run": run.number, **_answered_by_reply(turn, say, to)},
    )
    focus = None if say.name in FINISHED else run.number
    if say.ask and person.focus != focus:
        await ctx.work.people.update(person.id, focus=focus, current_group=turn.group.id)


async def _left_to_others(turn: TurnContext, say: Say, member: Member) -> bool:
    """Whether the last word is another's (see bot.dispatch.dispatch_events): on a private register, and to a guest."""
    ctx, exercise = turn.ctx, turn.run.exercise
    register = exercise.register
    if exercise.private and register:
        await ctx.work.people.update(member.person_id, focus=None)
        await ctx.work.outbox.drop_sent(private_chat(member.person_id), f"visit:{turn.run.number}", turn.group.id)
        row = turn.before.visits[member.id].row
        ctx.events.append(PrivateRow(turn.group.id, exercise.id, member.id, turn.given, row))
        return True
    if member.role == "guest":
        actor = turn.before.visits[member.id].draft[register.title]["id"] if register else None
        left, kept = say.name != "row.saved", turn.row is not None
        ctx.events.append(GuestRow(turn.group.id, turn.run.number, member.id, None if left else actor, kept))
        return True
    return False


async def _row(turn: TurnContext, say: Say) -> Row | None:
    """The row that a message shows: the one that was kept, or left as it was."""
    if not say.name.startswith("row."):
        return None
    if turn.row is None and say.facts.get("row") is not None:
        return await turn.ctx.work.rows.get(say.facts["row"])
    return turn.row


def _answered_by_reply(turn: TurnContext, say: Say, to: int) -> dict[str, Any]:
    """Which question a reply to the message answers, and which version of a shared answer it shows."""
    if not say.key:
        return {}
    seen = {"seen": turn.run.visits[to].seen} if turn.run.shared and say.name == "visit.ask" else {}
    return {"key": say.key, "ask": say.ask, **seen}


# -- to the group ------------------------------------------------------------------------------------------------------
async def _to_group(turn: TurnContext, say: Say) -> None:
    facts: dict[str, Any] = {"title": turn.present.words["title"]}
    match say.name:
        case "run.missing":
            keys = say.facts["keys"]
            facts |= {"missing": [turn.present.short(key) for key in keys[:NAMED]], "more": len(keys[NAMED:])}
        case "run.conclusion":
            answer = await turn.answer("g", CONCLUSION)
            assert answer is not None  # it was kept by the effect before
            facts |= {**say.facts, "text": answer.value, "by": turn.scene.member(answer.member_id or 0)}
        case "run.concluded":
            turn.ctx.events.append(Concluded(turn.group.id, turn.run.number))
            return
    slot = f"{say.name}:{turn.run.number}"
    await turn.ctx.to_group(turn.group, say.name, facts, _keys(turn, say), slot=slot)


# -- over the chat -----------------------------------------------------------------------------------------------------
async def toast(turn: TurnContext, name: str, facts: Mapping[str, Any], *, alert: bool) -> None:
    """A notice over the chat; where there was no tap, the same sentence as a message to the one who wrote."""
    ctx, run = turn.ctx, turn.run
    if ctx.toast(name, facts, alert=alert) or turn.by is None or name == "visit.more_kept":
        return
    person = await ctx.work.people.get(turn.by.person_id)
    if person.reach == "reachable":
        keys = [[ctx.key("resume", "open", run.number)]] if run.phase is Phase.OPEN else []
        text = ctx.services.voice.toast(name, facts)
        await ctx.to_person(person.id, "notice", {"text": text}, keys, about=turn.group.id)


# -- the buttons -------------------------------------------------------------------------------------------------------
async def _keys_for(turn: TurnContext, say: Say, member: Member) -> list[list[Key]]:
    """The engine's buttons, and those to what lies beside the dialogue."""
    ctx, run, keys = turn.ctx, turn.run, _keys(turn, say)
    if say.name in ("run.invite", "visit.intro"):
        keys += approval_keys(ctx, run) + beside_keys(ctx, run)
    if say.name in ("visit.summary", "visit.handed_in"):
        keys += feed_keys(ctx, run)
    if say.name in ("visit.ask", "visit.summary") and run.shared:
        keys += await history_keys(ctx, run, member, say.key)
    return keys


def _keys(turn: TurnContext, say: Say) -> list[list[Key]]:
    return [[_key(turn, say, button) for button in row] for row in say.keyboard]


def _key(turn: TurnContext, say: Say, button: Button) -> Key:
    action = Action(button.verb, turn.run.number, say.ask, button.arg)
    return Key(label(turn.present, turn.run, say, button), action)
