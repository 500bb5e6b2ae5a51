"""A group's archive of all that is stored about it, and its erasure.

Everybody is told of either three working days before (`incidents.second_approval`). The archive is for people and for
programs: texts, tables, and the same as data, with what each field means.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Collection, Iterable
from html import escape
from importlib.metadata import version

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.documents import adopted, archive_package, records_plan
from bot.features.documents.load_material import material_of
from bot.features.documents.worker import Died, Worker
from bot.features.help import town_facts
from bot.features.incidents import approval_page, second_approval, statistics
from bot.features.members import activation
from bot.features.network import memberships
from bot.logs import Log
from bot.reminders import next_message
from bot.telegram.written import html
from bot.views.exercise import ExerciseView
from bot.views.names import Scene, answer_key
from flows.definitions.model import Exercise, Question
from flows.enums import DAYS, ExerciseRole, Field
from flows.values import Value
from messages.documents import catalogue, chat
from messages.documents.compose import compose
from messages.documents.editions import Edition
from messages.documents.filenames import safe
from messages.documents.material import Material
from messages.documents.render_request import pdfs
from messages.structure.blocks import said
from messages.voice import TemplateFacts
from storage.json_records import Json, JsonObject, dump
from storage.records.message_notes import MessageContext
from storage.records.records import Attachment, Group, Incident, Member, Person, is_own_number

log = Log(__name__)

STAMP = (1980, 1, 1, 0, 0, 0)  # the files' time in the archive, as their real times would tell who worked when
ALL = 100_000  # rows of a list; none has so many
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>{title}</title>
<body style="white-space: pre-wrap">{text}</body>
"""


async def export(ctx: Context, actor: Actor, action: Action) -> None:
    """Hand over the archive, with what the group has seen, and incidents if the person who asked may read them; see
    `incidents.second_approval`.
    """
    group = actor.group
    if action.arg == "ask":
        group = await second_approval.ask(ctx, actor, second_approval.ARCHIVE)
    elif action.arg == "no":
        group = await second_approval.stop(ctx, actor, second_approval.ARCHIVE)
    elif action.arg == "yes" and (asked := await second_approval.allow(ctx, actor, second_approval.ARCHIVE)):
        await _hand_over(ctx, Actor(await ctx.work.people.get(asked.by.person_id), group, asked.by))
        await second_approval.tell(ctx, group, actor.member)
        await ctx.reply(
            actor,
            "rights.exported",
            {"to": asked.by.name if asked.by.id != actor.member.id else None},
            [[ctx.key("back", "safety", group.id)]],
        )
        return
    facts = await second_approval.facts(ctx, actor, group, second_approval.ARCHIVE)
    keys, context = _ways(ctx, group, "export", facts)
    await ctx.reply(actor, "rights.export", facts, keys, context=context)


def _ways(ctx: Context, group: Group, verb: str, facts: TemplateFacts) -> tuple[list[list[Key]], MessageContext | None]:
    """Return the buttons to ask for it, or to answer what was asked for; and the context, once it can be done."""
    back = ctx.key("back", "safety", group.id)
    if facts["asked"] is None:
        return [[ctx.key(f"rights.{verb}_ask", verb, group.id, "ask")], [back]], None
    yes, no = ctx.key(f"rights.{verb}_sure", verb, group.id, "yes"), ctx.key(f"rights.{verb}_no", verb, group.id, "no")
    if not facts["ready"]:
        return [[no], [back]], None
    return [[yes], [no], [back]], context_of(yes, no, final=True)


async def _hand_over(ctx: Context, actor: Actor) -> None:
    """Make the archive and send it to this person."""
    await ctx.work.access_log.add(actor.group.id, actor.member.id, "export")
    material = await material_of(ctx, actor.group)
    files = await _files(ctx, actor, material)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, STAMP), content)
    label = ctx.services.voice.label
    dated = {"town": safe(material.town), "on": ctx.today.isoformat()}
    named = await _label(ctx, actor.group, material, files)
    packed = await asyncio.to_thread(archive_package.package, files, named)
    package = Attachment("document", label("rights.package_name", dated), packed)
    printed = {"printed": _is_printed(files)}
    about = said(label("rights.package_caption", printed))
    await ctx.send_shut_file(actor.person.id, package, about, about=actor.group.id)
    file = Attachment("document", label("rights.archive_name", dated), made.getvalue())
    caption = said(label("rights.archive_caption", printed))
    await ctx.send_shut_file(actor.person.id, file, caption, about=actor.group.id)


async def _label(ctx: Context, group: Group, material: Material, files: Iterable[str]) -> archive_package.Label:
    """Return the package's label: the authority's, by the facts about the town; until they are given, the group's."""
    label, facts = ctx.services.voice.label, await town_facts.known(ctx, group)
    ours = label("rights.package_creator", {"town": material.town})
    return archive_package.Label(
        id=f"stad-{group.key_id}-{ctx.today.isoformat()}",
        title=label("rights.package_title", {"town": material.town}),
        creator=facts.get(Field.CONTROLLER) or facts.get(Field.PLAN_OWNER) or ours,
        software="stadsbot",
        version=version("stadsbot"),
        made=ctx.now,
        since=group.created_at.astimezone(ctx.services.zone).date(),
        rights=label("rights.package_secrecy"),
        reference=facts.get(Field.REFERENCE, ""),
        titles={name: _title(ctx, material, name) for name in files},
        uses={name: records_plan.use_of(ctx.services.voice, name) for name in files},
    )


def _title(ctx: Context, material: Material, name: str) -> str:
    """Return what a person would call a file of the archive."""
    folder, _, file = name.rpartition("/")
    thing = file.partition(".")[0]
    match folder:
        case "documents":
            return catalogue.title(thing, material)
        case "adopted":
            document, number, day = thing.split("-", 2)
            gone = Edition(document, material).replaced.get(int(number))
            facts = {"title": catalogue.title(document, material), "number": number, "on": day, "replaced": gone}
            return ctx.services.voice.label("documents.adopted_file", facts)
        case "answers":
            exercise, _, number = thing.rpartition("-")
            return ctx.services.voice.label(
                "rights.round", {"title": ctx.services.voice.title_of(exercise), "number": number}
            )
        case "lists":
            return ctx.services.voice.title_of(thing)
    return ctx.services.voice.label(f"rights.archived.{thing}")


async def _files(ctx: Context, actor: Actor, material: Material) -> dict[str, bytes]:
    """Return the files of the archive. Their names come from the process, never from what people wrote."""
    group, process = actor.group, ctx.services.process
    scene = await runner.scene_of(ctx, group)
    files = await _documents(material)
    readme = ctx.services.voice.label("rights.readme", {"printed": _is_printed(files)})
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


def _is_printed(files: Collection[str]) -> bool:
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


async def erase(ctx: Context, actor: Actor, action: Action) -> None:
    """Erase the group: one coordinator asks, another confirms, or the same one a day later."""
    group = actor.group
    if action.arg == "ask":
        group = await second_approval.ask(ctx, actor, second_approval.ERASURE)
    elif action.arg == "no":
        group = await second_approval.stop(ctx, actor, second_approval.ERASURE)
    elif action.arg == "yes" and (asked := await second_approval.allow(ctx, actor, second_approval.ERASURE)):
        await _erase(ctx, actor, asked.by)
        return
    facts = {**await second_approval.facts(ctx, actor, group, second_approval.ERASURE), "town": group.title}
    keys, context = _ways(ctx, group, "erase", facts)
    await ctx.reply(actor, "rights.erase", facts, keys, context=context)


async def _erase(ctx: Context, actor: Actor, by: Member) -> None:
    """Erase the group, and tell its chat and everybody who had a seat in it. `by`: who asked for it."""
    group, people = actor.group, await ctx.work.members.of_group(actor.group.id, roles=None)
    await ctx.work.groups.erase(group.id)
    await ctx.to_person(actor.person.id, "rights.erased", edit=ctx.tapped)
    confirmed = actor.member.name if actor.member.id != by.id else None
    facts = {"town": group.title, "name": by.name, "confirmed": confirmed, "person": False, "yours": False}
    if not is_own_number(group.chat_id):
        ctx.to_stranger(group.chat_id, "rights.erased_for_all", facts, thread=group.thread_id)
    for member in people:
        if member.id != actor.member.id and await next_message.hears(ctx, member.person_id):
            told = {**facts, "person": True, "yours": member.id == by.id}
            await ctx.to_person(member.person_id, "rights.erased_for_all", told)


async def operator_consents(ctx: Context, person: Person, code: str) -> None:
    """Take the operator's code, by which the person who made a request may go on despite an objection."""
    used = await ctx.work.links.find(code) is not None
    for group, member in await memberships.of(ctx, person, Rank.RESPONSIBLE) if not used else ():
        actor, buttons = Actor(person, group, member), ctx.services.buttons
        verdict = await activation.look(ctx.work, buttons, code, group.id, ctx.now, activation.CONSENT)
        if verdict is activation.CodeVerdict.ACCEPTED and await second_approval.consent(ctx, actor):
            await activation.spend(ctx.work, buttons, code, group.id, ctx.now, activation.CONSENT)
            now = Actor(person, await ctx.work.groups.get(group.id), member)
            await approval_page.show(ctx, now, Action("guard", group.id))
            return
    await ctx.to_person(person.id, "consent_in_vain")


ROUTES: Routes = (*buttons(Rank.RESPONSIBLE, About.GROUP, export=export, erase=erase),)
