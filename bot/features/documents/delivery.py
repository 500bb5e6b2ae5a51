"""Hands over what was made: a file in the chat where it was asked for, or in private if it is refused there."""

from bot.channel.limits import CAPTION
from bot.context.context import Actor, Context
from bot.context.cut import units
from bot.context.message import topic
from bot.features.documents import adopted
from bot.features.documents.handlers import list_of, turn_page
from bot.features.documents.kept_versions import keep_version
from bot.features.registers import agreed_numbers
from bot.views.shared_buttons import our_chat_key
from messages.documents import catalogue
from messages.documents.catalogue import DOCUMENTS
from messages.documents.editions import is_called_by
from messages.documents.material import Material
from messages.documents.render_request import ADOPTED, NOT_SENT, READ, Made
from messages.documents.render_request import PICTURE as A_PICTURE
from messages.structure.blocks import stored
from messages.voice import TemplateFacts
from storage.records.document_jobs import DocumentJob
from storage.records.message_notes import AnswerNote, Purpose
from storage.records.records import Attachment, Group, OutboxKind, group_chat, private_chat


async def hand_over(ctx: Context, making: DocumentJob, made: Made | None, file_id: str | None) -> None:
    """Send the file, keep it, or say that there is nothing to draw. `file_id`: the channel has the file already."""
    asker = await _asker(ctx, making)
    if making.form in NOT_SENT:
        if made is not None:
            await adopted.keep(ctx, asker.group, making, made)
        return
    if made is None:
        await _say(ctx, asker, making, "documents.nothing", {})
    elif making.form == READ:
        await _say(ctx, asker, making, "documents.read", {"text": made.read})
    else:
        await _send(ctx, asker.group, making, made, file_id)
    if made is not None and made.version is not None:
        await keep_version(ctx, asker.group, making.document, made.version)
    if making.page is not None:
        await turn_page(ctx, asker, making.document)


async def _asker(ctx: Context, making: DocumentJob) -> Actor:
    """Return who asked for it: in that chat, and on that page."""
    group, member = await ctx.work.groups.get(making.group_id), await ctx.work.members.get(making.member_id)
    person = await ctx.work.people.get(member.person_id)
    return Actor(person, group, member, making.chat == group_chat(group.id), making.page or 0)


async def _send(ctx: Context, group: Group, making: DocumentJob, made: Made, file_id: str | None) -> None:
    picture = making.document.startswith(A_PICTURE)
    kind = OutboxKind.PHOTO if picture else OutboxKind.DOCUMENT
    facts = {
        "picture": picture,
        "title": made.title,
        "text": _within(made.text, CAPTION if picture else CAPTION // 2),
        "differs": _within(made.differs, CAPTION // 4),
        "missing": made.missing,
        "version": {"number": made.version.number, "draft": made.version.draft} if made.version else None,
    }
    content = {"body": stored(ctx.services.voice.render("documents.caption", facts)), **topic(group, making.chat)}
    files = []
    if file_id is not None:
        content["file"] = file_id
    else:
        assert made.content is not None  # only a file that the channel has is not made again
        files.append(Attachment(str(kind), made.filename, made.content))
    note = AnswerNote(
        Purpose.FILE,
        group.id,
        member=making.member_id,
        fingerprint=made.fingerprint,
        again=file_id is not None,
        chat=making.chat,
        document=making.document,
        form=making.form,
    )
    await ctx.work.outbox.put(making.chat, kind, content, about=group.id, reply=note, files=files)
    if is_called_by(making.document):
        await agreed_numbers.fetched(ctx, group, await ctx.work.members.get(making.member_id))


def _within(text: str, most: int) -> str:
    """Return the text, cut if it is longer than so many UTF-16 units."""
    if units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * most - 2].decode("utf-16-le", "ignore").rstrip() + "…"


async def sent(ctx: Context, group: Group, note: AnswerNote, file_id: str | None) -> None:
    """Note the id of a file that the channel has taken; if it was refused (None), send it in private.

    In many groups members may not send files, and so neither may the bot: the person who asked gets it in private.
    """
    if file_id is not None:
        if note.fingerprint:  # what is kept as it was adopted has none
            await ctx.work.uploads.keep(group.id, note.fingerprint, file_id)
    elif note.again:  # the channel no longer knows the file: make it again
        await ctx.work.uploads.forget(group.id, note.fingerprint)
        await _order_anew(ctx, group, note, note.chat)
    elif note.chat == group_chat(group.id):
        member = await ctx.work.members.get(note.member)
        facts = {"name": member.name, "picture": note.document.startswith(A_PICTURE)}
        await ctx.to_group(group, "documents.not_here", facts, [[our_chat_key(ctx, group)]])
        await _order_anew(ctx, group, note, private_chat(member.person_id))


async def _order_anew(ctx: Context, group: Group, note: AnswerNote, chat: str) -> None:
    if note.form == ADOPTED:  # which is kept, and not made again
        await adopted.hand_over(ctx, group, note.document, int(note.arg), await ctx.work.members.get(note.member), chat)
        return
    await ctx.work.document_jobs.put(group.id, chat, note.document, note.form, member_id=note.member)


async def give_up(ctx: Context, making: DocumentJob) -> None:
    """Say that it could not be made, where it was ordered; nobody waits for what is only kept, or noted.

    An adopted version is ordered anew at the next start.
    """
    if making.form in NOT_SENT:
        return
    asker = await _asker(ctx, making)
    title = None
    if not making.document.startswith(A_PICTURE):
        title = catalogue.title(making.document, Material(asker.group.title, ctx.today))
    await _say(ctx, asker, making, "documents.failed", {"title": title})
    if making.page is not None:
        await turn_page(ctx, asker, making.document)


async def _say(ctx: Context, asker: Actor, making: DocumentJob, name: str, facts: TemplateFacts) -> None:
    """Say it where the document was asked for; in private with a way on."""
    if asker.in_group:
        await ctx.to_group(asker.group, name, facts)
        return
    back = ctx.key("what_waits", "answers", asker.group.id)
    if making.form == READ:
        place = await list_of(ctx, DOCUMENTS[making.document], asker.member, asker.group)
        back = ctx.key("documents.all", "docs", asker.group.id, place)
    await ctx.tell(asker, name, facts, [[back]])
