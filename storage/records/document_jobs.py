"""Document jobs (table `makings`): documents that somebody waits for. Uploads: files that Telegram has already."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from storage.records.repository import Records
from storage.table import RecordTable, seconds


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document or picture that somebody waits for."""

    id: int
    group_id: int
    chat: str  # where it goes, as in the outbox
    document: str  # of the catalogue, or "picture.<kind>"
    form: str
    member_id: int  # who asked
    page: int | None  # the message that says that it is being made
    tries: int  # how often it has been begun
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that Telegram has, which need not be sent up again."""

    id: int
    group_id: int
    fingerprint: str  # of its content
    file_id: str  # Telegram's; whoever has the bot's token can fetch the file with it
    sent_at: datetime


class DocumentJobChanges(TypedDict, total=False):
    """The fields of a document job that can be changed."""

    tries: int


class DocumentJobs(Records[DocumentJob]):
    """The queue of documents to make, oldest first. Unsealed, as it holds no words: which document, and for whom."""

    table = RecordTable("makings", DocumentJob)
    owner = None

    async def update(self, id: int, **changes: Unpack[DocumentJobChanges]) -> DocumentJob:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def put(
        self, group_id: int, chat: str, document: str, form: str, *, member_id: int, page: int | None = None
    ) -> bool:
        """Queue a document for a chat. Returns False if the same one is on its way there already.

        `page` is the message that says that it is being made.
        """
        waiting = await self._select(
            "WHERE chat = ? AND group_id = ? AND document = ? AND form = ?", (chat, group_id, document, form)
        )
        if waiting:
            return False
        self._session.touched.add("makings")
        await self._new(lambda id: DocumentJob(id, group_id, chat, document, form, member_id, page, 0, self._now()))
        return True

    async def due(self) -> list[DocumentJob]:
        """Return the oldest job that waits, and after it all others for the very same document; empty if none waits."""
        first = await self._select("ORDER BY id LIMIT 1")
        if not first:
            return []
        same = (first[0].group_id, first[0].document, first[0].form)
        return await self._select("WHERE group_id = ? AND document = ? AND form = ? ORDER BY id", same)

    async def done(self, id: int) -> None:
        """Delete a job that is done, or given up."""
        self._session.write("DELETE FROM makings WHERE id = ?", (id,))


class Uploads(Records[Upload]):
    """Files that Telegram has, by the id that it gave them, so that they need not be sent up again."""

    table = RecordTable("uploads", Upload, sealed=("fingerprint", "file_id"))

    async def of_group(self, group_id: int) -> dict[str, str]:
        """Return what can be sent again without its content, by fingerprint."""
        found = await self._select("WHERE group_id = ? ORDER BY id", (group_id,))
        return {upload.fingerprint: upload.file_id for upload in found}

    async def keep(self, group_id: int, fingerprint: str, file_id: str) -> None:
        """Note the id by which Telegram has this file, instead of any earlier one."""
        await self.forget(group_id, fingerprint)
        await self._new(lambda id: Upload(id, group_id, fingerprint, file_id, self._now()))

    async def forget(self, group_id: int, fingerprint: str) -> None:
        """Forget the id of a file that Telegram has no more."""
        for upload in await self._select("WHERE group_id = ?", (group_id,)):
            if upload.fingerprint == fingerprint:
                self._session.write("DELETE FROM uploads WHERE id = ?", (upload.id,))

    async def prune(self, before: datetime) -> None:
        """Forget what was sent up before that time: it has most likely changed since."""
        self._session.write("DELETE FROM uploads WHERE sent_at < ?", (seconds(before),))
