"""`/dokument`: the documents that can be made, how complete they are, and buttons to order them.

`job_runner` makes them, and `delivery` hands them over. `load_material` decides what they hold, the same for all.
"""

import asyncio
from collections.abc import Collection, Sequence

from bot.context.context import Actor, Context
from bot.context.message import Key, topic
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand, required
from bot.context.routes import Routes, buttons
from bot.context.sealed_actions import Action
from bot.features.documents import adopted
from bot.features.documents.load_material import material_of
from bot.features.home import start_page
from bot.features.network import access_requests
from bot.features.network.access_requests import GuestNotice
from bot.features.process import navigation
from bot.views.shared_buttons import PICTURE, TABLE, paged
from flows.enums import How
from flows.run.state import Phase
from messages.documents import catalogue
from messages.documents.catalogue import DOCUMENTS, CatalogueEntry, Reader
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.material import Material
from messages.documents.parts import Parts
from messages.documents.pictures import KINDS, TO_SHOW, answers, figure
from messages.documents.render_request import NOT_SENT, READ
from messages.documents.render_request import PICTURE as A_PICTURE
from messages.documents.routine_tables import too_full
from messages.voice import TemplateFacts
from storage.json_records import JsonObject
from storage.records.document_jobs import DocumentJob
from storage.records.records import Group, Member, OutboxKind, group_chat, private_chat

LEAST = {
    Reader.CORE: Rank.MEMBER,
    Reader.NETWORK: Rank.NETWORK,
    Reader.GUEST: Rank.INVITED,
    Reader.ANYONE: Rank.INVITED,
}
NOT_INVITED = (GuestNotice.REMOVED, GuestNotice.ANOTHERS)
OPEN_PICTURES = {"statistics"}  # pictures that the network may have
PAGE = 8
LISTS = ("forms", "tables", "pictures")
AS_ADOPTED = ("pdf", "docx")  # forms in which an adopted text is handed over as it was: the PDF that is kept
LONG_NAMES = {PICTURE: A_PICTURE, TABLE: "table."}  # ids are too long for buttons


# -- what there is -----------------------------------------------------------------------------------------------------
async def show(ctx: Context, actor: Actor, word: str = "") -> None:
    """Show the documents, with how complete each is: guests see theirs, who guides or decides from outside empty forms.
    With a `word` from what one is called, that one, or those that it can mean.

    Whoever is on the way in, or is no guest any more, sees none.
    """
    readers = await _readers(ctx, actor.member, actor.group)
    if rank_of(actor.member, actor.group) < Rank.LEADER and Reader.GUEST not in readers:
        await start_page.refuse(ctx, actor.person)
        return
    meant = catalogue.meant(word, _listed(readers), await material_of(ctx, actor.group)) if word.strip() else []
    if len(meant) == 1:
        name, facts, keys = await _page(ctx, actor, meant[0])
        await navigation.page(ctx, actor, name, facts, keys)
    else:
        await _list(ctx, actor, 0, meant, word)


async def leaf(ctx: Context, actor: Actor, action: Action) -> None:
    """Show another page of the list, or another list."""
    if action.arg in LISTS:
        await _beside(ctx, actor, action.arg)
    else:
        await _list(ctx, actor, int(action.arg or 0))


async def _list(ctx: Context, actor: Actor, page: int, meant: Sequence[CatalogueEntry] = (), word: str = "") -> None:
    """Show a page of the list, or those that a `word` can mean; where it means none, that is said."""
    group, readers = actor.group, await _readers(ctx, actor.member, actor.group)
    if Reader.GUEST not in readers:
        await _beside(ctx, actor, "forms")
        return
    material = await material_of(ctx, group)
    every = meant or _in_order(readers, material)
    shown, at = paged(every, page, PAGE)
    lines: list[TemplateFacts] = []
    for entry in shown:
        percent = round(100 * catalogue.completeness(entry.id, material).share)
        ready = percent == 100 and not await _is_closed(ctx, group, actor.member, entry.id)
        lines.append({"title": catalogue.title(entry.id, material), "percent": percent, "ready": ready})
    keys = [[_open(group, entry.id, str(line["title"]))] for entry, line in zip(shown, lines, strict=True)]
    beside = LISTS if Reader.CORE in readers else LISTS[:1]
    keys += [
        at.keys(ctx, "docs", group.id) if not meant else [],
        [ctx.key(f"documents.{name}", "docs", group.id, name) for name in beside],
    ]
    unknown = "" if meant else word.strip()
    facts = {"town": material.town, "documents": lines, "first": at.number == 0 and not meant, "unknown": unknown}
    await navigation.page(ctx, actor, "documents.list", facts, keys)


async def _beside(ctx: Context, actor: Actor, which: str) -> None:
    """Show the list of empty forms, of registers that have rows, or of pictures that can be drawn."""
    group, material = actor.group, await material_of(ctx, actor.group)
    label, facts, readers = ctx.services.voice.label, Facts(material), await _readers(ctx, actor.member, group)
    demand(which == "forms" or Reader.CORE in readers, "not_yours", alert=True)
    if which == "forms":
        found = [e.id for e in DOCUMENTS.values() if e.step is None and e.reader in readers]
        keys = [[_open(group, id, catalogue.title(id, material))] for id in found]
    elif which == "tables":  # all in one; each alone is had in its list
        keys = [[_open(group, catalogue.TABLES.id, catalogue.title(catalogue.TABLES.id, material))]]
        keys += [[ctx.key("calendar.file", "ics", group.id)]] if material.calendar else []
    else:
        drawn = [kind for kind in TO_SHOW if figure(kind, facts)]
        keys = [[Key(label(f"picture.{k}"), Action("mk", group.id, 0, f"{PICTURE}{k}"))] for k in drawn]
    back = [ctx.key("back", "docs", group.id)] if Reader.GUEST in readers else []
    await navigation.page(ctx, actor, f"documents.{which}", {"any": bool(keys)}, [*keys, back])


def _open(group: Group, document: str, title: str) -> Key:
    return Key(title, Action("doc", group.id, 0, document))


async def open_one(ctx: Context, actor: Actor, action: Action) -> None:
    """Show a document: what it is, how complete, what it lacks, and the forms in which it can be had."""
    entry = required(_entry(_long(action.arg)))
    demand(entry.reader in await _readers(ctx, actor.member, actor.group))
    name, facts, keys = await _page(ctx, actor, entry)
    await navigation.page(ctx, actor, name, facts, keys)


async def _page(
    ctx: Context, actor: Actor, entry: CatalogueEntry, *, making: bool = False
) -> tuple[str, TemplateFacts, list[list[Key]]]:
    """Return a document's page. `making`: it is being made just now."""
    group, member, label = actor.group, actor.member, ctx.services.voice.label
    material = await material_of(ctx, group)
    found, closed = catalogue.completeness(entry.id, material), await _is_closed(ctx, group, member, entry.id)
    missing = {e: ctx.services.voice.title_of(e) for e in found.missing}
    edition = Edition(entry.id, material)
    facts = {
        "title": catalogue.title(entry.id, material),
        "about": catalogue.about(entry.id, material),
        "percent": round(100 * found.share) if entry.id in DOCUMENTS and found.needs else None,
        "missing": list(missing.values()),
        "adopted": edition.adopted,
        "version": {"number": edition.number} if edition.adopted else _last_version(edition),
        "to_approve": edition.to_approve,
        "no_room": too_full(Parts(material)) if entry.layout == "card" else [],
        "unfinished": edition.unfinished and entry.to_guests,
        "next": edition.for_the_next if rank_of(member, group) >= Rank.MEMBER else [],
        "closed": closed,
        "making": making,
    }
    keys: list[list[Key]] = []
    if rank_of(member, group) >= Rank.MEMBER:
        keys = [[Key(label("missing", {"title": t}), Action("view", 0, group.id, e))] for e, t in missing.items()]
    keys += adopted.keys(ctx, member, group, entry.id, material, pdf=not closed)
    held = adopted.as_pdf(entry.id, material) is not None  # as PDF alone: a file that can be changed is another text
    forms = [
        Key(label(f"form.{form}"), Action("mk", group.id, place, _short(entry.id)))
        for place, form in enumerate(_forms(entry))
        if (form != READ or not actor.in_group) and not (form == "docx" and held)
    ]
    if not closed:
        keys.insert(0, forms)
    keys.append([ctx.key("documents.all", "docs", group.id, await list_of(ctx, entry, member, group))])
    return "documents.one", facts, keys


async def list_of(ctx: Context, entry: CatalogueEntry, member: Member, group: Group) -> str:
    """Return the list that has a document, or its page of the first list; the first page for what is theirs no more."""
    if entry.id == catalogue.TABLES.id or entry.id.startswith("table."):
        return "tables"
    if entry.step is None:
        return "forms"
    listed = _in_order(await _readers(ctx, member, group), await material_of(ctx, group))
    return str(listed.index(entry) // PAGE if entry in listed else 0)


def _listed(readers: Collection[Reader]) -> list[CatalogueEntry]:
    return [e for e in DOCUMENTS.values() if e.step is not None and e.reader in readers]


def _in_order(readers: Collection[Reader], material: Material) -> list[CatalogueEntry]:
    """Return the documents: first what has been adopted and what the open step makes, then the others by step."""
    now = material.progress.now.number if material.progress and material.progress.now else None
    first = {e.id for e in DOCUMENTS.values() if e.step == now or Edition(e.id, material).adopted}
    return sorted(_listed(readers), key=lambda entry: entry.id not in first)


def _last_version(edition: Edition) -> JsonObject | None:
    if not edition.kept:
        return None
    last = edition.kept[-1]
    return {"number": last.number, "on": last.on, "draft": last.draft, "adopted": last.adopted}


def _forms(entry: CatalogueEntry) -> tuple[str, ...]:
    """Return the forms of a document, in an order that buttons rely on: new ones come last."""
    return (*entry.forms, READ) if entry.layout in ("report", "card") and entry.id in DOCUMENTS else entry.forms


def _entry(document: str) -> CatalogueEntry | None:
    return {entry.id: entry for entry in catalogue.entries()}.get(document)


def _long(name: str) -> str:
    """Return the id of what a button is for."""
    whole = next((name.replace(s, long, 1) for s, long in LONG_NAMES.items() if name.startswith(s)), name)
    return catalogue.PART_NOW.get(whole, whole)


def _short(document: str) -> str:
    return next((document.replace(long, s, 1) for s, long in LONG_NAMES.items() if document.startswith(long)), document)


# -- who may have it ---------------------------------------------------------------------------------------------------
async def _readers(ctx: Context, member: Member, group: Group) -> set[Reader]:
    """Return whose documents somebody may have. Of those from outside only guests have what invites to the event,
    and only while they are invited: it says where people meet, and lets in whoever has its link."""
    role = rank_of(member, group)
    found = {reader for reader, least in LEAST.items() if role >= least}
    is_guest = start_page.home_of(member, group) is start_page.Home.GUEST
    if role < Rank.NETWORK and (not is_guest or await access_requests.state_of(ctx, group, member) in NOT_INVITED):
        found.discard(Reader.GUEST)
    return found


def _reader(document: str) -> Reader | None:
    """Return who may have a document, table or picture; None for one that does not exist."""
    if document.startswith(A_PICTURE):
        kind = document.removeprefix(A_PICTURE)
        if kind.partition(".")[0] == answers.NAME:
            return Reader.CORE
        return None if kind not in KINDS else Reader.NETWORK if kind in OPEN_PICTURES else Reader.CORE
    entry = _entry(document)
    return entry.reader if entry else None


async def may_still(ctx: Context, making: DocumentJob) -> bool:
    """True if the person who asked may still have it: people leave groups meanwhile. What is kept goes to nobody."""
    group, member = await ctx.work.groups.get(making.group_id), await ctx.work.members.get(making.member_id)
    reader = _reader(making.document)
    if making.form in NOT_SENT:
        return True
    return group.state == "active" and reader in await _readers(ctx, member, group)


# -- asking for it -----------------------------------------------------------------------------------------------------
async def order(ctx: Context, actor: Actor, action: Action) -> None:
    """Order a document, table or picture in a form. It is sent when it is made; an order given twice is sent once."""
    document, group = _long(action.arg), actor.group
    reader, form = required(_reader(document)), required(_form(document, action.ask))
    demand(reader in await _readers(ctx, actor.member, group), "not_yours", alert=True)
    demand(not await _is_closed(ctx, group, actor.member, document), "documents.unfinished", alert=True)
    chat = group_chat(group.id) if actor.in_group else private_chat(actor.person.id)
    if form in AS_ADOPTED and (version := adopted.as_pdf(document, await material_of(ctx, group))):
        await adopted.hand_over(ctx, group, document, version.number, actor.member, chat)
        return
    page = actor.message_id if document in DOCUMENTS else None
    new = await ctx.work.document_jobs.put(group.id, chat, document, form, member_id=actor.member.id, page=page)
    ctx.toast(f"documents.{'drawing' if document.startswith(A_PICTURE) else 'writing'}" if new else "documents.waits")
    if not new:
        return
    if page is not None:
        await turn_page(ctx, actor, document, making=True)
    await _show_activity(ctx, group, chat, document, form)


async def _is_closed(ctx: Context, group: Group, member: Member, document: str) -> bool:
    """True if it would show somebody outside the core group what that still writes, and they take no part in.

    Guests and others from outside also wait until it lacks nothing.
    """
    role = rank_of(member, group)
    if role >= Rank.MEMBER:
        return False
    material = await material_of(ctx, group)
    if role < Rank.NETWORK and Edition(document, material).unfinished:
        return True
    shown = await asyncio.to_thread(catalogue.drawn_on, document, material)
    for record in await ctx.work.runs.all_of(group.id):
        exercise = ctx.services.process.exercises.get(record.exercise)
        if exercise is None or exercise.id not in shown or exercise.how not in (How.GROUP, How.ROWS):
            continue
        if record.phase == Phase.OPEN and not exercise.always and member.role not in exercise.who:
            return True
    return False


def _form(document: str, place: int) -> str | None:
    if document.startswith(A_PICTURE):
        return "png"
    entry = _entry(document)
    forms = _forms(entry) if entry else ()
    return forms[place] if place < len(forms) else None


async def turn_page(ctx: Context, asked: Actor, document: str, *, making: bool = False) -> None:
    """Refresh the page on which somebody asked for it."""
    name, facts, keys = await _page(ctx, asked, DOCUMENTS[document], making=making)
    if asked.in_group:
        await ctx.to_group(asked.group, name, facts, keys, edit=asked.message_id, context=navigation.PAGE)
    else:
        await ctx.tell(asked, name, facts, keys, edit=asked.message_id, context=navigation.PAGE)


async def _show_activity(ctx: Context, group: Group, chat: str, document: str, form: str) -> None:
    what = "drawing" if document.startswith(A_PICTURE) else "writing" if form == READ else "sending"
    await ctx.work.outbox.put(chat, OutboxKind.ACTIVITY, {"what": what, **topic(group, chat)}, about=group.id)


ROUTES: Routes = (*buttons(Rank.INVITED, About.GROUP, docs=leaf, doc=open_one, mk=order),)
