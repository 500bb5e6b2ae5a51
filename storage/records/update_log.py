"""The update log: how far updates have been taken, what the last start saw, and dead letters."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.json_records import JsonObject
from storage.records.repository import Records
from storage.table import RecordTable, listed, moment, seconds


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An update that could not be taken."""

    id: int
    update_id: int
    error_type: str
    at: datetime
    person_id: int | None  # who sent it; None for a stranger
    about: int | None  # the group whose key seals it and with which it is erased; None where it is not known
    raw: JsonObject = dataclasses.field(repr=False)


class UpdateLog(Records[DeadLetter]):
    """How far updates have been taken, and those that could not be."""

    table = RecordTable("dead_letters", DeadLetter, sealed=("raw",))
    owner = "about"

    async def next_offset(self) -> int:
        """Return the id of the first update that has not been taken; 0 at the very beginning."""
        row = await self._session.row("SELECT next_offset FROM intake")
        assert row is not None
        return int(row[0])

    async def set_offset(self, offset: int) -> None:
        """Set the offset, in the transaction that takes the updates before it."""
        self._session.write("UPDATE intake SET next_offset = ?", (offset,))

    async def heartbeat(self, now: datetime) -> None:
        """Note that the bot was in touch with Telegram."""
        self._session.write("UPDATE intake SET heartbeat = ?", (seconds(now),))

    async def last_heartbeat(self) -> datetime | None:
        """Return when the bot was last in touch with Telegram; None if never."""
        row = await self._session.row("SELECT heartbeat FROM intake")
        return moment(row[0]) if row and row[0] is not None else None

    async def agreement(self) -> str | None:
        """Return the version of the promise that everybody was last asked for; None if nobody ever was."""
        row = await self._session.row("SELECT agreement FROM intake")
        return row[0] if row else None

    async def set_agreement(self, version: str) -> None:
        """Note which version of the promise everybody has been asked for."""
        self._session.write("UPDATE intake SET agreement = ?", (version,))

    async def was_put_back(self) -> bool:
        """True if this has been a backup until now; from now on it is none."""
        return bool(await self._session.rows("DELETE FROM meta WHERE name = 'backup' RETURNING name"))

    async def mailbox(self) -> tuple[str, int]:
        """Return how far the mailbox was read: the validity of its UIDs, and the latest of them; at first neither."""
        row = await self._session.row("SELECT mailbox FROM intake")
        validity, _, uid = (row[0] if row and row[0] else "").rpartition(":")
        return validity, int(uid or 0)

    async def set_mailbox(self, validity: str, uid: int) -> None:
        """Note how far the mailbox was read."""
        self._session.write("UPDATE intake SET mailbox = ?", (f"{validity}:{uid}",))

    async def account(self) -> tuple[int, str]:
        """Return the bot's number and name on the channel, as it told them last; 0 and no name if it never did."""
        row = await self._session.row("SELECT value FROM meta WHERE name = 'account'")
        number, _, name = row[0].decode().partition(" ") if row else ("0", "", "")
        return int(number), name

    async def set_account(self, number: int, name: str) -> None:
        """Note the bot's number and name on the channel."""
        self._session.write("INSERT OR REPLACE INTO meta VALUES ('account', ?)", (f"{number} {name}".encode(),))

    async def dead_letter(
        self,
        update_id: int,
        raw: JsonObject,
        error_type: str,
        *,
        person_id: int | None = None,
        about: int | None = None,
    ) -> None:
        """Keep an update that could not be taken, sealed with its group's key or the house's. The first one stays."""
        letter = DeadLetter(
            self._caches.new_id("dead_letters"), update_id, error_type, self._now(), person_id, about, raw
        )
        insert = f"{self.table.insert} ON CONFLICT (update_id) DO NOTHING"
        self._session.write(insert, self.table.values(letter, await self._key_of(letter)))

    async def dead_letters(self) -> list[DeadLetter]:
        """Return all dead letters, the oldest first."""
        return await self._select("ORDER BY id")

    async def letters_of_strangers(self) -> int:
        """Count dead letters of unknown senders in no known group."""
        row = await self._session.row("SELECT count(*) FROM dead_letters WHERE person_id IS NULL AND about IS NULL")
        assert row is not None
        return int(row[0])

    async def prune_letters(self, before: datetime) -> int:
        """Delete dead letters from before that time; return how many there were."""
        rows = await self._session.rows("DELETE FROM dead_letters WHERE at < ? RETURNING id", (seconds(before),))
        self._session.wipe_log = self._session.wipe_log or bool(rows)
        return len(rows)

    async def remove_letter(self, id: int) -> None:
        """Delete a dead letter that has been taken after all, or is given up."""
        self._session.write("DELETE FROM dead_letters WHERE id = ?", (id,))

    async def taken(self) -> set[int]:
        """Return the ids of updates that the webhook has brought lately."""
        return {row[0] for row in await self._session.rows("SELECT update_id FROM taken")}

    async def note_taken(self, update_ids: Iterable[int]) -> None:
        """Note these ids, in the transaction that takes the updates."""
        ids = listed(update_ids)
        self._session.write(
            "INSERT INTO taken (update_id, at) SELECT value, ? FROM json_each(?)", (seconds(self._now()), ids)
        )

    async def forget_taken(self, before: datetime) -> None:
        """Forget ids noted before that time; Telegram brings no update again after a day."""
        self._session.write("DELETE FROM taken WHERE at < ?", (seconds(before),))
