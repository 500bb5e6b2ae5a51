"""Documents as the organisations approved them: the PDF/A of each version, made when the last yes has come, and kept.

What is drawn from elsewhere goes on, and the text too; what was decided on is there as it was: the version that holds
for the core group and the network, of which some have approved it and all go by it; those that were replaced for the
core group alone, as nobody else is to go by an old number; and all of them in the archive. It is made as any other
document, by `job_runner`, and handed over to nobody.
"""

import base64

from bot.context.context import Actor, Context
from bot.context.events import HandedIn
from bot.context.message import Key, topic
from bot.context.permissions import About, Rank, rank_of
from bot.context.refusals import demand
from bot.context.routes import Routes, buttons
from bot.context.row_events import TextAdopted
from bot.context.sealed_actions import Action
from bot.exercises import approved_texts
from bot.features.approvals import outcomes
from bot.features.documents.kept_versions import keep_version, versions_of
from bot.features.documents.load_material import material_of, town_of
from bot.features.process import navigation
from bot.features.registers import agreed_numbers
from messages.documents import catalogue
from messages.documents.editions import Edition, approved_in, is_called_by
from messages.documents.filenames import safe
from messages.documents.material import Material, Version
from messages.documents.render_request import ADOPTED, ANSWERED, Made
from messages.structure.blocks import stored
from storage.records.document_jobs import DocumentJob
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Attachment, Group, Member, OutboxKind, group_chat, private_chat

KEPT = "adopted"  # the kind of activity state that holds the PDF of an adopted version
MOST = 5  # earlier versions to choose from; all are in the archive


async def text_adopted(ctx: Context, group: Group, happened: TextAdopted) -> None:
    """Order what is to be kept of a text that has just been approved."""
    await order_missing(ctx, group)


async def answered(ctx: Context, group: Group, happened: HandedIn) -> None:
    """Note what a text says that an organisation is the first to answer, so that a later version tells what differs.

    Nobody need have taken it out as a file: it is read in the chat.
    """
    record = await ctx.work.runs.get(happened.run)
    exercise = ctx.services.process.exercises[record.exercise]
    if happened.back or happened.by is None or not exercise.approves:
        return
    kept, version = await approved_texts.now(ctx, group, exercise)
    if sum(given.version == version for given in kept.given.values()) == 1:
        for document in approved_in(exercise.id, ctx.services.voice.language):
            await ctx.work.document_jobs.put(group.id, group_chat(group.id), document, ANSWERED, member_id=happened.by)


async def order_missing(ctx: Context, group: Group) -> None:
    """Order the documents whose text is approved as it stands, and that are not kept yet.

    Also at the start: a text may have been approved before there was anything to keep it.
    """
    approving = [exercise for exercise in ctx.services.process.exercises.values() if exercise.approves]
    known = await versions_of(ctx, group)
    for exercise in approving:
        if not (await approved_texts.of(ctx, group, exercise)).told:
            continue
        found = await outcomes.standing(ctx, group, exercise)
        for document in approved_in(exercise.id, ctx.services.voice.language) if found.final else ():
            if any(version.adopted and version.number == found.version for version in known.get(document, ())):
                continue
            for member in (await ctx.work.members.active(group.id))[:1]:  # any of them, also while nobody coordinates
                await ctx.work.document_jobs.put(group.id, group_chat(group.id), document, ADOPTED, member_id=member.id)


async def keep(ctx: Context, group: Group, making: DocumentJob, made: Made) -> None:
    """Keep a version as it was adopted, or note what one said that was answered. One whose text has been adopted
    before, word for word, is there already.
    """
    assert made.version is not None  # it is made for that
    assert made.content is not None
    if making.form == ANSWERED:
        await keep_version(ctx, group, making.document, made.version)
    elif await ctx.work.activity_states.state(group.id, KEPT, _ref(making.document, made.version)) is None:
        content = {"pdf": base64.b64encode(made.content).decode()}
        await ctx.work.activity_states.keep(group.id, KEPT, _ref(making.document, made.version), content)
        await keep_version(ctx, group, making.document, made.version)


async def content(ctx: Context, group: Group, document: str, version: Version) -> bytes:
    """Return an adopted version's PDF. Raises TypeError for one that is not kept."""
    state = await ctx.work.activity_states.state(group.id, KEPT, _ref(document, version))
    return base64.b64decode(state["pdf"])  # type: ignore[index]


def _ref(document: str, version: Version) -> str:
    return f"{document}/{version.number}"


# -- to have -----------------------------------------------------------------------------------------------------------
def as_pdf(document: str, material: Material) -> Version | None:
    """Return the adopted version that a document's PDF is: the one in force, while no number in it has been put right,
    and it need not tell that one was called right since.
    """
    edition = Edition(document, material)
    held = edition.held
    return None if held is None or held.number in edition.replaced or edition.checked_since else held


def keys(
    ctx: Context, member: Member, group: Group, document: str, material: Material, *, pdf: bool
) -> list[list[Key]]:
    """Return a button for the adopted version that holds, and for the core group one to those that were replaced.

    `pdf`: there is a button for the PDF, which is the adopted version while it reads so.
    """
    gone, there = Edition(document, material).replaced, as_pdf(document, material) if pdf else None
    found = [
        [ctx.key("documents.adopted", "adopted", group.id, document, ask=v.number, number=v.number, on=v.adopted)]
        for v in material.versions.get(document, ())
        if v.adopted and v.number not in gone and (there is None or v.number != there.number)
    ]
    if gone and rank_of(member, group) >= Rank.MEMBER:
        found.append([ctx.key("documents.earlier", "earlier", group.id, document)])
    return found


async def earlier(ctx: Context, actor: Actor, action: Action) -> None:
    """Show the adopted versions of a document that were replaced, the newest first."""
    group, document, material = actor.group, action.arg, await material_of(ctx, actor.group)
    gone = Edition(document, material).replaced
    demand(gone)
    found = [
        [ctx.key("documents.replaced", "adopted", group.id, document, ask=n, number=n, on=gone[n])]
        for n in sorted(gone, reverse=True)[:MOST]
    ]
    back = [ctx.key("back", "doc", group.id, document)]
    facts = {"title": catalogue.title(document, material)}
    await navigation.page(ctx, actor, "documents.earlier", facts, [*found, back])


async def send(ctx: Context, actor: Actor, action: Action) -> None:
    """Send a document as it was adopted, where it was asked for; what was replaced to the core group alone."""
    chat = group_chat(actor.group.id) if actor.in_group else private_chat(actor.person.id)
    if refused := await hand_over(ctx, actor.group, action.arg, action.ask, actor.member, chat):
        ctx.toast(refused, alert=True)


async def hand_over(ctx: Context, group: Group, document: str, number: int, member: Member, chat: str) -> str:
    """Send an adopted version to a chat for a member. Return the notice that says why not; empty if it was sent."""
    material = await material_of(ctx, group)
    version = next((v for v in material.versions.get(document, ()) if v.adopted and v.number == number), None)
    if version is None:
        return "old_button"
    title, on = catalogue.title(document, material), Edition(document, material).replaced.get(number)
    if on and rank_of(member, group) < Rank.MEMBER:
        return "documents.replaced"
    facts = {"title": title, "number": version.number, "on": version.adopted, "replaced": on}
    name = safe(ctx.services.voice.label("documents.adopted_name", {**facts, "town": await town_of(ctx, group)}))
    file = Attachment(str(OutboxKind.DOCUMENT), f"{name}.pdf", await content(ctx, group, document, version))
    caption = {"body": stored(ctx.services.voice.render("documents.as_adopted", facts)), **topic(group, chat)}
    note = AnswerNote(
        Purpose.FILE, group.id, member=member.id, arg=str(number), chat=chat, document=document, form=ADOPTED
    )
    await ctx.work.outbox.put(chat, OutboxKind.DOCUMENT, caption, about=group.id, reply=note, files=[file])
    if is_called_by(document):
        await agreed_numbers.fetched(ctx, group, member)
    return ""


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, adopted=send),
    *buttons(Rank.MEMBER, About.GROUP, earlier=earlier),
)
