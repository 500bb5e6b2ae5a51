"""The files of the archive: what the group has written, as documents, tables and data."""

import asyncio
import json
from collections.abc import Collection, Iterable
from html import escape

from bot.context.context import Actor, Context
from bot.exercises import runner
from bot.features.documents import adopted, records_plan
from bot.features.documents.worker import Died, Worker
from bot.features.incidents import statistics
from bot.logs import Log
from bot.telegram.written import html
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, answer_key
from flows.definitions.model import Exercise, Question
from flows.enums import DAYS, ExerciseRole, Field
from flows.values import Value
from messages.documents import catalogue, chat
from messages.documents.compose import compose
from messages.documents.material import Material
from messages.documents.render_request import pdfs
from messages.voice import TemplateFacts
from storage.json_records import Json, JsonObject, dump
from storage.records.records import Group, Incident

log = Log(__name__)

ALL = 100_000  # rows of a list; none has so many
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<body style="white-space: pre-wrap">{text}</body>
"""


async def files_of(ctx: Context, actor: Actor, material: Material) -> dict[str, bytes]:
    """Return the files of the archive. Their names come from the process, never from what people wrote."""
    group, process = actor.group, ctx.services.process
    scene = await runner.scene_of(ctx, group)
    files = await _documents(material)
    readme = ctx.services.voice.label("rights.readme", {"printed": is_printed(files)})
    files["readme.txt"] = f"{readme}\n\n{records_plan.told(ctx.services.voice)}\n".encode()
    organisations = {str(o.id): o.name for o in scene.organisations.values()}
    about = {"title": group.title, "settings": dump(group.settings), "organisations": organisations}
    people = _people(scene)
    files["group.json"] = _json({**about, "people": people})
    fields = {e.id: _fields(ExerciseView(ctx.services.voice, scene, e)) for e in process.exercises.values()}
    described = {
        **_described(ctx, "group", ("title", "organisations")),
        "people": _described(ctx, "people", people[0]),
        "settings": _described(ctx, "settings", about["settings"]),
    }
    files["fields.json"] = _json(fields | {"group.json": described})
    for document, versions in material.versions.items():
        for kept in (v for v in versions if v.adopted):
            name = f"adopted/{document}-{kept.number}-{kept.adopted}.pdf"
            files[name] = await adopted.content(ctx, group, document, kept)
    files["statistics.csv"] = statistics.as_csv(await statistics.lines(ctx, actor, "year"))
    files |= await _rounds(ctx, scene)
    for exercise in process.exercises.values():
        files |= await _list(ctx, group, ExerciseView(ctx.services.voice, scene, exercise), exercise)
    if await ctx.work.incidents.may_read(actor.member):
        found, _ = await ctx.work.incidents.overview(actor.member, limit=ALL)
        files["incidents.json"] = _json([_incident(incident) for incident in found])
    return files


def _incident(incident: Incident) -> JsonObject:
    """Return an incident without who logged it, which those who want to be contacted have told its readers alone."""
    said = {name: value for name, value in incident.values.items() if name != Field.CONTACT}
    return {"receipt": incident.receipt, "logged_on": incident.logged_on.isoformat(), **said}


def _described(ctx: Context, of: str, names: Iterable[str]) -> dict[str, str]:
    """Return what these fields of the group mean."""
    return {name: ctx.services.voice.label(f"rights.{of}.{name}") for name in names}


def _fields(present: ExerciseView) -> JsonObject:
    """Return what an exercise is called, and each question of it: its name, its kind, and what its options mean."""
    words = present.words
    return {
        "title": words["title"],
        "questions": {
            q.id: {
                "name": present.short(q.id),
                "text": words[f"question.{q.id}.text"],
                "kind": q.kind,
                "options": {option: words.option(q.id, option) for option in q.options},
            }
            for q in present.exercise.questions
        },
    }


def _people(scene: Scene) -> list[TemplateFacts]:
    return [
        {
            "id": m.id,
            "name": m.name,
            "organisation": scene.organisation(m.organisation_id) if m.organisation_id else None,
            "coordinator": m.coordinator,
            "role": m.role,
            "state": m.state,
            "joined": m.joined_at.isoformat(),
        }
        for m in scene.members.values()
    ]


async def _rounds(ctx: Context, scene: Scene) -> dict[str, bytes]:
    """Return the answers of each round that the group may see, as data."""
    files = dict[str, bytes]()
    for record in await ctx.work.runs.all_of(scene.group.id):
        exercise = ctx.services.process.exercises[record.exercise]
        answers = [
            {
                "question": answer_key(a),
                "who": scene.owner(a.owner) if a.owner else None,
                "answer": a.value,
                "comment": a.comment,
            }
            for a in (() if exercise.private else await ctx.work.answers.for_group(record.id))
        ]
        if answers:
            title = ExerciseView(ctx.services.voice, scene, exercise).words["title"]
            content = {"title": title, "phase": record.phase, "answers": answers}
            files[f"answers/{record.exercise}-{record.round}.json"] = _json(content)
    return files


async def _list(ctx: Context, group: Group, present: ExerciseView, exercise: Exercise) -> dict[str, bytes]:
    """Return a register as a table and as data; nothing if it has no rows. How to reach guests is weeded first."""
    rows = await ctx.work.rows.all(group.id, exercise.id)
    if exercise.register is None or not rows:
        return {}
    guests = exercise.role == ExerciseRole.GUESTS
    kept = [question for question in exercise.questions if not (guests and question.role == Field.CONTACT)]
    header = ["nr", *(present.short(q.id) for q in kept)]
    table = [[str(r.number), *(_cell(present, q, r.values.get(q.id)) for q in kept)] for r in rows]
    values = [{q.id: r.values[q.id] for q in kept if q.id in r.values} if guests else r.values for r in rows]
    data = [{"id": r.id, "number": r.number, "state": r.state, **v} for r, v in zip(rows, values, strict=True)]
    return {
        f"lists/{exercise.id}.csv": statistics.as_csv([header, *table]),
        f"lists/{exercise.id}.json": _json(data),
    }


def _cell(present: ExerciseView, question: Question, value: Value) -> str:
    """Return an answer as it stands in a table for other programs: a day as ISO writes it."""
    if not value:
        return ""
    return str(value) if question.kind in DAYS else present.value(question, value)


async def _documents(material: Material) -> dict[str, bytes]:
    """Return each document that has been begun: its text, and as PDF/A, which is what an archive keeps.

    The PDFs are made in a process of their own, as the libraries for it would stay in the bot's memory.
    """
    begun = [id for id in catalogue.DOCUMENTS if _is_begun(id, material)]
    pages = await asyncio.to_thread(lambda: {f"documents/{id}.html": _page(id, material).encode() for id in begun})
    worker = Worker()
    try:
        printed = await worker.do(pdfs, tuple(begun), material)
    except Died:  # their texts are there
        log.warning("worker_died", kind="archive")
        printed = {}
    finally:
        worker.close()
    return pages | {f"documents/{id}.pdf": content for id, content in printed.items()}


def is_printed(files: Collection[str]) -> bool:
    """Return whether each document in the archive is there as PDF, too."""
    texts = (name.removesuffix(".html") for name in files if name.endswith(".html"))
    return all(f"{text}.pdf" in files for text in texts)


def _is_begun(document: str, material: Material) -> bool:
    """Return whether a document has something. Minutes wait for no exercise and are always there, empty forms never."""
    return catalogue.DOCUMENTS[document].step is not None and catalogue.completeness(document, material).share > 0


def _page(document: str, material: Material) -> str:
    title = escape(catalogue.title(document, material))
    return PAGE.format(title=title, text=html(chat.write(compose(document, material))))


def _json(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()
