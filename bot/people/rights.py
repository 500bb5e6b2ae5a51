"""What people may ask of what is stored about them: to have it, corrected, or erased; and the same for a group."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core.access import is_reader
from bot.core.buttons import Action
from bot.core.desk import Actor, CommandHandler, Desk, Key, TapHandler
from bot.incidents import asking
from bot.incidents.statistics import as_csv
from bot.people import membership
from bot.turn import turns
from bot.turn.present import Presenter, answer_key
from bot.wire.updates import Chat
from storage.records import Attachment, Group, private_chat

FORGET = "forget"  # the kind of the agenda's row
FAREWELL = timedelta(minutes=1)
HIDE_WITHIN = timedelta(hours=47)  # Telegram lets a bot delete its messages for 48
LATEST = 300  # ids before the command; they are counted over all of the bot's chats
AT_ONCE = 100  # messages in one deleteMessages
STAMP = (1980, 1, 1, 0, 0, 0)  # of the files in an archive: their times are nobody's business


# -- one's own ---------------------------------------------------------------------------------------------------------
async def mine(desk: Desk, actor: Actor, _action: Action | str = "") -> None:
    """What is stored, in short, and what one can do about it."""
    group = actor.group
    keys = [
        [desk.key("rights.file", "mydata", group.id)],
        [desk.key("rights.correct", "mydata", group.id, "correct")],
        [desk.key("rights.forget", "forget", group.id)],
    ]
    await desk.to_person(actor.person.id, "rights.mine", {"town": group.title}, keys, about=group.id, edit=desk.tapped)


async def my_data(desk: Desk, actor: Actor, action: Action) -> None:
    """All of it as a file; or how to correct it."""
    if action.arg == "correct":
        await desk.to_person(actor.person.id, "rights.correct", about=actor.group.id)
        return
    content = json.dumps(await stored_about(desk, actor), ensure_ascii=False, indent=2).encode()
    name = desk.house.voice.label("rights.file_name")
    await _send(desk, actor, name, content, "rights.file_caption")


async def _send(desk: Desk, actor: Actor, name: str, content: bytes, caption: str) -> None:
    await desk.work.outbox.put(
        private_chat(actor.person.id),
        "sendDocument",
        {"caption": desk.house.voice.label(caption)},
        about=actor.group.id,
        files=[Attachment("document", name, content)],
    )


async def stored_about(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Everything that is stored about a person in a group. Of incidents only receipts: they are not read back."""
    person, member, group = actor.person, actor.member, actor.group
    answers = [
        {
            "exercise": desk.house.voice.exercise(record.exercise)["title"],
            "question": answer_key(answer),
            "answer": answer.value,
            "comment": answer.comment,
            "for": answer.audience,
            "handed_in": answer.handed_in,
            "at": answer.at.isoformat(),
        }
        for record in await desk.work.runs.all_of(group.id)
        for answer in await desk.work.answers.of_owner(record.id, f"m:{member.id}")
    ]
    habit = await desk.work.habits.of(person.id)
    rows = await desk.work.rows.touched_by(member.id)
    receipts = await desk.work.incidents.receipts_of(group.id, person.id, desk.today - timedelta(days=36_500))
    return {
        "person": {"telegram_id": person.user_id, "since": person.created_at.isoformat(), "stopped": person.stopped},
        "seat": {
            "group": group.title,
            "name": member.name,
            "told": member.profile,
            "coordinator": member.coordinator,
            "role": member.role,
            "agreed": member.agreed_at.isoformat() if member.agreed_at else None,
            "joined": member.joined_at.isoformat(),
        },
        "answers": answers,
        "rows": [{"list": r.register, "number": r.number, "values": r.values, "due": r.due} for r in rows],
        "incidents_logged": [{"receipt": receipt, "on": day} for _, receipt, day in receipts],
        "open_matters": [{"kind": m.kind, "due": m.due} for m in await desk.work.matters.of_person(person.id)],
        "habits": {"at": habit.at, "weekdays": habit.weekdays, "muted": habit.muted},
    }


async def forget(desk: Desk, actor: Actor, action: Action) -> None:
    """Erase me: what it means is said first, and asked once more."""
    group, member = actor.group, actor.member
    if action.arg != "yes":
        facts = {"town": group.title, "coordinator": member.coordinator}
        keys = [[desk.key("rights.forget_sure", "forget", group.id, "yes")], [desk.key("keep_it", "mine", group.id)]]
        await desk.to_person(actor.person.id, "rights.forget", facts, keys, about=group.id, edit=desk.tapped)
        return
    await membership.left(desk, Chat(group.chat_id, "group"), member.user_id)
    await desk.work.forgetting.member(await desk.work.members.get(member.id))
    await desk.to_person(actor.person.id, "rights.forgotten", edit=desk.tapped)
    # Whom the chat belongs to is forgotten once this has been said.
    await desk.work.agenda.put(FORGET, desk.now + FAREWELL, ref=f"forget:{actor.person.id}")


async def hide(desk: Desk, actor: Actor, _arguments: str) -> None:
    """What was said in this chat in the last two days leaves it (T2: a phone that somebody else picks up).

    Not every message's id is kept, so the latest before this command are named too; Telegram skips what is not here.
    """
    latest = actor.message_id
    known = await desk.work.outbox.sent_since(private_chat(actor.person.id), desk.now - HIDE_WITHIN)
    ids = sorted({*known, *range(max(1, latest - LATEST), latest + 1)}, reverse=True)
    for place in range(0, len(ids), AT_ONCE):
        await _hide(desk, actor.person.id, actor.group.id, ids[place : place + AT_ONCE])


async def _hide(desk: Desk, person_id: int, group_id: int, ids: list[int], older: Sequence[int] = ()) -> None:
    """Take these from the chat, and if that goes well the `older` ones too."""
    reply = {"what": "hidden", "group": group_id, "person": person_id, "ids": ids, "older": list(older)}
    params = {"message_ids": ids}
    await desk.work.outbox.put(private_chat(person_id), "deleteMessages", params, about=None, reply=reply)


async def hidden(desk: Desk, note: Mapping[str, Any], *, done: bool) -> None:
    """Telegram refuses all for one that is too old: where those begin is found by halves, the newer one first."""
    ids, older, middle = note["ids"], note["older"], len(note["ids"]) // 2
    if done and older:
        await _hide(desk, note["person"], note["group"], older)
    elif not done and middle:
        await _hide(desk, note["person"], note["group"], ids[:middle], older=ids[middle:])


# -- the group's -------------------------------------------------------------------------------------------------------
async def export(desk: Desk, actor: Actor, action: Action) -> None:
    """Everything of the group as an archive, as far as whoever asked for it may read it; see `incidents.asking`."""
    group = actor.group
    if action.arg == "ask":
        group = await asking.ask(desk, actor, asking.ARCHIVE)
    elif action.arg == "no":
        group = await asking.stop(desk, actor, asking.ARCHIVE)
    elif action.arg == "yes" and (asked := await asking.allow(desk, actor, asking.ARCHIVE)):
        await _hand_over(desk, Actor(await desk.work.people.get(asked.by.person_id), group, asked.by))
        await asking.tell(desk, group, actor.member)
        await desk.to_person(
            actor.person.id,
            "rights.exported",
            {"to": asked.by.name if asked.by.id != actor.member.id else None},
            [[desk.key("back", "safety", group.id)]],
            about=group.id,
            edit=desk.tapped,
        )
        return
    facts = {**await asking.facts(desk, actor, group, asking.ARCHIVE), "reads": is_reader(actor.member, group)}
    keys = _ways(desk, group, "export", facts)
    await desk.to_person(actor.person.id, "rights.export", facts, keys, about=group.id, edit=desk.tapped)


def _ways(desk: Desk, group: Group, verb: str, facts: Mapping[str, Any]) -> list[list[Key]]:
    """Ask for it, or say yes or no to what was asked for."""
    if facts["asked"] is None:
        keys = [[desk.key(f"rights.{verb}_ask", verb, group.id, "ask")]]
    else:
        keys = [[desk.key(f"rights.{verb}_sure", verb, group.id, "yes")] if facts["ready"] else []]
        keys.append([desk.key(f"rights.{verb}_no", verb, group.id, "no")])
    return [*keys, [desk.key("back", "safety", group.id)]]


async def _hand_over(desk: Desk, actor: Actor) -> None:
    """The archive, to this person."""
    await desk.work.access_log.add(actor.group.id, actor.member.id, "export")
    files = await _files(desk, actor)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, STAMP), content)
    await _send(desk, actor, desk.house.voice.label("rights.archive_name"), made.getvalue(), "rights.archive_caption")


async def _files(desk: Desk, actor: Actor) -> dict[str, bytes]:
    """The files of the archive. Their names come from the process, never from what people wrote."""
    group, voice, process = actor.group, desk.house.voice, desk.house.process
    scene = await turns.scene_of(desk, group)
    files: dict[str, bytes] = {"readme.txt": voice.label("rights.readme").encode()}
    people = [
        {
            "name": m.name,
            "organisation": scene.organisation(m.organisation_id) if m.organisation_id else None,
            "coordinator": m.coordinator,
            "role": m.role,
            "state": m.state,
            "joined": m.joined_at.isoformat(),
        }
        for m in scene.members.values()
    ]
    files["group.json"] = _json({"title": group.title, "settings": group.settings, "people": people})
    for record in await desk.work.runs.all_of(group.id):
        exercise = process.exercises[record.exercise]
        if exercise.private:
            continue
        present = Presenter(voice, scene, exercise)
        answers = [
            {
                "question": answer_key(a),
                "who": scene.owner(a.owner) if a.owner else None,
                "answer": a.value,
                "comment": a.comment,
            }
            for a in await desk.work.answers.visible(record.id, actor.member)
        ]
        if answers:
            content = {"title": present.words["title"], "phase": record.phase, "answers": answers}
            files[f"answers/{record.exercise}-{record.round}.json"] = _json(content)
    for exercise in process.exercises.values():
        rows, total = await desk.work.rows.list(group.id, exercise.id, limit=100_000)
        if exercise.register is None or not total:
            continue
        present = Presenter(voice, scene, exercise)
        header = ["nr", *(present.short(q.id) for q in exercise.questions)]
        table = [
            [
                str(r.number),
                *(present.value(q, r.values[q.id]) if r.values.get(q.id) else "" for q in exercise.questions),
            ]
            for r in rows
        ]
        files[f"lists/{exercise.id}.csv"] = as_csv([header, *table])
        files[f"lists/{exercise.id}.json"] = _json([{"number": r.number, "state": r.state, **r.values} for r in rows])
    if await desk.work.incidents.may_read(actor.member):
        found, _ = await desk.work.incidents.overview(actor.member, limit=100_000)
        files["incidents.json"] = _json([{"receipt": i.receipt, "logged_on": i.logged_on, **i.values} for i in found])
    return files


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


async def erase(desk: Desk, actor: Actor, action: Action) -> None:
    """Erase the group: asked for by one coordinator and confirmed by another, or by the same one a day later."""
    group = actor.group
    if action.arg == "ask":
        group = await asking.ask(desk, actor, asking.ERASURE)
    elif action.arg == "no":
        group = await asking.stop(desk, actor, asking.ERASURE)
    elif action.arg == "yes" and await asking.allow(desk, actor, asking.ERASURE):
        await desk.work.groups.erase(group.id)
        await desk.to_person(actor.person.id, "rights.erased", edit=desk.tapped)
        return
    facts = {**await asking.facts(desk, actor, group, asking.ERASURE), "town": group.title}
    keys = _ways(desk, group, "erase", facts)
    await desk.to_person(actor.person.id, "rights.erase", facts, keys, about=group.id, edit=desk.tapped)


TAPS: Mapping[str, TapHandler] = {
    "mine": mine,
    "mydata": my_data,
    "forget": forget,
    "export": export,
    "erase": erase,
}
COMMANDS: Mapping[str, CommandHandler] = {"mina_uppgifter": mine, "dolj": hide}
