"""A group's archive of all that is stored about it, and its erasure.

Everybody is told of either three working days before (`incidents.second_approval`). The archive is for people and for
programs: texts, tables, and the same as data, with what each field means.
"""

import asyncio
import io
import zipfile
from collections.abc import Iterable
from importlib.metadata import version

from bot.context.confirmation import context_of
from bot.context.context import Actor, Context
from bot.context.message import Key
from bot.context.permissions import About, Rank
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.documents import archive_package, records_plan
from bot.features.documents.archive_files import files_of, is_printed
from bot.features.documents.load_material import material_of
from bot.features.help import town_facts
from bot.features.incidents import approval_page, second_approval
from bot.features.members import activation
from bot.features.network import memberships
from bot.reminders import next_message
from flows.enums import Field
from messages.documents import catalogue
from messages.documents.editions import Edition
from messages.documents.filenames import safe
from messages.documents.material import Material
from messages.structure.blocks import said
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Attachment, Group, Member, Person, is_own_number

STAMP = (1980, 1, 1, 0, 0, 0)  # the files' time in the archive, as their real times would tell who worked when


async def export(ctx: Context, actor: Actor, action: Action) -> None:
    """Hand over the archive, with what the group has seen, and incidents if the person who asked may read them; see
    `incidents.second_approval`.
    """
    if (by := await _allowed(ctx, actor, action, "export", second_approval.ARCHIVE)) is None:
        return
    await _hand_over(ctx, Actor(await ctx.work.people.get(by.person_id), actor.group, by))
    await second_approval.tell(ctx, actor.group, actor.member)
    back = ctx.key("back", "safety", actor.group.id)
    await ctx.reply(actor, "rights.exported", {"to": by.name if by.id != actor.member.id else None}, [[back]])


async def _allowed(ctx: Context, actor: Actor, action: Action, verb: str, what: str) -> Member | None:
    """Ask for it, stop it, or show how that stands; return who has asked for what may be done now."""
    group = actor.group
    if action.arg == "ask":
        group = await second_approval.ask(ctx, actor, what)
    elif action.arg == "no":
        group = await second_approval.stop(ctx, actor, what)
    elif action.arg == "yes" and (asked := await second_approval.allow(ctx, actor, what)):
        return asked.by
    facts = {**await second_approval.facts(ctx, actor, group, what), "town": group.title}
    keys, context = _ways(ctx, group, verb, facts)
    await ctx.reply(actor, f"rights.{verb}", facts, keys, context=context)
    return None


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
    files = await files_of(ctx, actor, material)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, STAMP), content)
    label = ctx.services.voice.label
    dated = {"town": safe(material.town), "on": ctx.today.isoformat()}
    named = await _label(ctx, actor.group, material, files)
    packed = await asyncio.to_thread(archive_package.package, files, named)
    package = Attachment("document", label("rights.package_name", dated), packed)
    printed = {"printed": is_printed(files)}
    about = said(label("rights.package_caption", printed))
    await ctx.send_file(actor.person.id, package, about, about=actor.group.id, shut=True)
    file = Attachment("document", label("rights.archive_name", dated), made.getvalue())
    caption = said(label("rights.archive_caption", printed))
    await ctx.send_file(actor.person.id, file, caption, about=actor.group.id, shut=True)


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


async def erase(ctx: Context, actor: Actor, action: Action) -> None:
    """Erase the group: one coordinator asks, another confirms, or the same one a day later."""
    if by := await _allowed(ctx, actor, action, "erase", second_approval.ERASURE):
        await _erase(ctx, actor, by)


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
