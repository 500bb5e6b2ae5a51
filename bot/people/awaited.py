"""Invitations that nobody has answered: whoever gave one away is told once, while it still is good."""

from collections.abc import Mapping

from bot.agenda.kinds import INVITING
from bot.core import invitations
from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, Key, TapHandler
from bot.people import forms, guests, handover
from bot.process import leaders
from bot.turn import turns


async def show(desk: Desk, actor: Actor, action: Action) -> None:
    """Which invitation nobody has answered, until when it is good, and where it can be given anew."""
    matter = await desk.work.matters.lookup(int(action.arg))
    if matter is None or matter.member_id != actor.member.id or matter.kind != INVITING:
        desk.toast("old_button")
        return
    purpose, _, ref = matter.ref.partition(":")
    link = await invitations.valid(desk, actor.group, purpose, ref if int(ref) else "")
    found = await _named(desk, actor, purpose, int(ref))
    if link is None or found is None:
        desk.toast("day.settled")
        return
    name, keys = found
    facts = {"name": name, "until": link.expires_at}
    await desk.to_person(actor.person.id, "unanswered", facts, [keys], about=actor.group.id)


async def _named(desk: Desk, actor: Actor, purpose: str, number: int) -> tuple[str, list[Key]] | None:
    """Whom it was for, and the button that leads there; None if they have been taken away."""
    group = actor.group
    if purpose == handover.PURPOSE:
        member = await desk.work.members.lookup(number)
        return (member.name, [desk.key("handover", "swap", group.id)]) if member else None
    if purpose == leaders.PURPOSE:
        return desk.house.voice.label("leaders"), [desk.key("leaders", "leaders", group.id)]
    if purpose in (guests.PURPOSE, forms.PURPOSE):
        row = await desk.work.rows.lookup(number)
        if row is None or row.state == "removed":
            return None
        register = desk.house.process.exercises[row.register]
        present = await turns.present_of(desk, group, register)
        rounds = await desk.work.runs.of_exercise(group.id, row.register)
        return present.row_title(row), [desk.key("open_row", "row", rounds[-1].id, str(row.id))]
    return None


TAPS: Mapping[str, TapHandler] = {"inviting": show}
