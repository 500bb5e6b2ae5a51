"""Approval by organisation: each says yes to a certain version of a text, or returns it with a reason.

What is kept, for each text: its versions by date; what each organisation has said to which version; and what they said
before. When the text changes, what was said to another version no longer holds: it is taken back, kept for the record,
and the group is told. Put back word for word, a text is the version that it was, but is asked about anew.
"""

from collections.abc import Mapping
from typing import Any

from bot.core.buttons import Action
from bot.core.desk import Actor, Desk, TapHandler
from bot.core.happenings import HandedIn, TextChanged
from bot.process.status import status
from bot.turn import recalling, texts, turns
from bot.turn.present import Presenter
from flows.events import Withdrawn
from flows.model import Exercise
from flows.state import Phase, Run
from storage import records
from storage.records import Group

APPROVAL, DECISION, SIGNER = "approval", "decision", "signer"


async def see_to(desk: Desk, happened: HandedIn | TextChanged) -> None:
    """An organisation has answered, or the text that they answer about has changed."""
    await (noted(desk, happened) if isinstance(happened, HandedIn) else text_changed(desk, happened))


async def noted(desk: Desk, happened: HandedIn) -> None:
    """An organisation has given its answer, which holds for the text as it stands now, or has taken it back."""
    group, record = await desk.work.groups.get(happened.group), await desk.work.runs.get(happened.run)
    exercise = desk.house.process.exercises[record.exercise]
    kept, version = await _kept(desk, group, exercise)
    if happened.back:
        kept["given"].pop(happened.owner, None)
        await desk.work.gatherings.keep(group.id, APPROVAL, exercise.id, kept)
        return
    answers = {a.question: a for a in await desk.work.answers.of_owner(record.id, happened.owner)}
    signer = answers.get(SIGNER)
    kept["given"][happened.owner] = {
        "version": version,
        "decision": answers[DECISION].value,
        "reason": answers[DECISION].comment,
        "signer": signer.value if signer else None,
        "on": desk.today.isoformat(),
    }
    await desk.work.gatherings.keep(group.id, APPROVAL, exercise.id, kept)


async def text_changed(desk: Desk, happened: TextChanged) -> None:
    """A part of a text has changed: what was said to another version is taken back."""
    group = await desk.work.groups.get(happened.group)
    for exercise in texts.approvals_of(desk.house.process, happened.exercise):
        if await desk.work.gatherings.state(group.id, APPROVAL, exercise.id) is None:
            continue  # nobody has said anything to it yet
        kept, version = await _kept(desk, group, exercise)
        old = {owner: given for owner, given in kept["given"].items() if given["version"] != version}
        if old:
            back = desk.today.isoformat()
            kept["before"] += [{**given, "owner": owner, "back": back} for owner, given in old.items()]
            kept["given"] = {owner: given for owner, given in kept["given"].items() if owner not in old}
        await desk.work.gatherings.keep(group.id, APPROVAL, exercise.id, kept)
        if old:
            await _take_back(desk, group, exercise, list(old))


async def _take_back(desk: Desk, group: Group, exercise: Exercise, owners: list[str]) -> None:
    rounds = await desk.work.runs.of_exercise(group.id, exercise.id)
    await turns.take(desk, group, rounds[-1], Withdrawn())
    await status(desk, group)
    scene, title = await turns.scene_of(desk, group), desk.house.voice.exercise(exercise.id)["title"]
    facts = {"title": title, "names": [scene.owner(owner) for owner in owners]}
    keys = [[desk.key("send_anew", "nudge", rounds[-1].id)], [desk.key("approvals", "approvals", rounds[-1].id)]]
    await desk.to_group(group, "approval.withdrawn", facts, keys)


async def holding(desk: Desk, group: Group, exercise: Exercise) -> dict[str, dict[str, Any]]:
    """What each organisation (or member without one) has said to the text as it stands now, by owner."""
    state = await desk.work.gatherings.state(group.id, APPROVAL, exercise.id)
    return dict(state["given"]) if state else {}


async def _kept(desk: Desk, group: Group, exercise: Exercise) -> tuple[dict[str, Any], int]:
    """What is kept about a text, and the number of the version that it is now."""
    state = await desk.work.gatherings.state(group.id, APPROVAL, exercise.id)
    kept = {"versions": [], "given": {}, "before": []} if state is None else {**state}
    found = await texts.mark(desk, group, exercise)
    marks = [version["mark"] for version in kept["versions"]]
    if found not in marks:
        kept["versions"] = [*kept["versions"], {"mark": found, "on": desk.today.isoformat()}]
        marks.append(found)
    kept["given"], kept["before"] = dict(kept["given"]), list(kept["before"])
    return kept, marks.index(found) + 1


# -- to read -----------------------------------------------------------------------------------------------------------
async def read(desk: Desk, actor: Actor, action: Action) -> None:
    """The text as it stands now, in the private chat."""
    run = await _approval(desk, actor, action)
    if run is None:
        return
    scene, voice = await turns.scene_of(desk, actor.group), desk.house.voice
    parts = []
    for name in run.exercise.approves:
        kept = await recalling.of_exercise(desk, scene, desk.house.process.exercises[name], most=None)
        parts.append({"title": voice.exercise(name)["title"], "lines": kept.lines if kept else ()})
    _, version = await _kept(desk, actor.group, run.exercise)
    facts = {"title": voice.exercise(run.exercise.id)["title"], "version": version, "parts": parts}
    keys = [[desk.key("answer", "open", run.number)]] if run.phase is Phase.OPEN else []
    await desk.to_person(actor.person.id, "approval.text", facts, keys, about=actor.group.id)


async def show(desk: Desk, actor: Actor, action: Action) -> None:
    """Who has said what to which version."""
    run = await _approval(desk, actor, action)
    if run is None:
        return
    kept, now = await _kept(desk, actor.group, run.exercise)
    scene = await turns.scene_of(desk, actor.group)
    present, decision = Presenter(desk.house.voice, scene, run.exercise), run.exercise.question(DECISION)
    said = [{**given, "owner": owner, "back": None} for owner, given in kept["given"].items()] + kept["before"]
    versions = [
        {
            "n": n,
            "on": version["on"],
            "now": n == now,
            "said": [
                {**given, "who": scene.owner(given["owner"]), "decision": present.option(decision, given["decision"])}
                for given in said
                if given["version"] == n
            ],
        }
        for n, version in reversed(list(enumerate(kept["versions"], 1)))
    ]
    facts = {"title": present.words["title"], "versions": versions, "waiting": present.progress(run)["waiting"]}
    keys = [[desk.key("read_text", "read", run.number)]]
    await desk.to_person(actor.person.id, "approval.versions", facts, keys, about=actor.group.id)


async def _approval(desk: Desk, actor: Actor, action: Action) -> Run | None:
    """The run of an approval, to be shown in the private chat; None (and a notice) for anything else."""
    record: records.Run = await desk.work.runs.get(action.run)
    run = turns.load(desk, record)
    if not run.exercise.approves:
        desk.toast("old_button")
        return None
    if actor.in_group:
        desk.toast("see_private" if actor.person.reach == "reachable" else "open_in_private", alert=True)
    return run


TAPS: Mapping[str, TapHandler] = {"read": read, "approvals": show}
