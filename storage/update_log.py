"""UpdateLog: how far the updates have been taken, whether they still come, and those that could not be taken."""

from collections.abc import Iterable
from datetime import datetime

from storage.json_records import JsonObject
from storage.records import DeadLetter
from storage.repository import Records
from storage.table import Table, listed, moment, seconds


class UpdateLog(Records[DeadLetter]):
    """How far the updates have been taken."""

    table = Table("dead_letters", DeadLetter, sealed=("raw",))
    owner = "about"

    async def next_offset(self) -> int:
        """The id of the first update that has not been taken; 0 at the very beginning."""
        row = await self._session.row("SELECT next_offset FROM intake")
        assert row is not None
        return int(row[0])

    async def set_offset(self, offset: int) -> None:
        """To be set in the transaction that took the updates before it."""
        self._session.write("UPDATE intake SET next_offset = ?", (offset,))

    async def heartbeat(self, now: datetime) -> None:
        """Note that the bot was in touch with Telegram."""
        self._session.write("UPDATE intake SET heartbeat = ?", (seconds(now),))

    async def last_heartbeat(self) -> datetime | None:
        """When the bot was last in touch; None when it never was."""
        row = await self._session.row("SELECT heartbeat FROM intake")
        return moment(row[0]) if row and row[0] is not None else None

    async def dead_letter(
        self,
        update_id: int,
        raw: JsonObject,
        error_type: str,
        *,
        person_id: int | None = None,
        about: int | None = None,
    ) -> None:
        """Put an update aside, sealed with the key of its group or of the house. Told twice, the first stays."""
        letter = DeadLetter(
            self._caches.new_id("dead_letters"), update_id, error_type, self._now(), person_id, about, raw
        )
        insert = f"{self.table.insert} ON CONFLICT (update_id) DO NOTHING"
        self._session.write(insert, self.table.values(letter, await self._key_of(letter)))

    async def dead_letters(self) -> list[DeadLetter]:
        """All that were put aside, the oldest first."""
        return await self._select("ORDER BY id")

    async def letters_of_strangers(self) -> int:
        """How many are nobody's and no group's that we know."""
        row = await self._session.row("SELECT count(*) FROM dead_letters WHERE person_id IS NULL AND about IS NULL")
        assert row is not None
        return int(row[0])

    async def prune_letters(self, before: datetime) -> int:
        """Throw away those put aside before that time; how many they were."""
        rows = await self._session.rows("DELETE FROM dead_letters WHERE at < ? RETURNING id", (seconds(before),))
        self._session.wipe_log = self._session.wipe_log or bool(rows)
        return len(rows)

    async def remove_letter(self, id: int) -> None:
        """It has been taken after all, or is given up for good."""
        self._session.write("DELETE FROM dead_letters WHERE id = ?", (id,))

    async def taken(self) -> set[int]:
        """The updates that webhooks have brought lately."""
        return {row[0] for row in await self._session.rows("SELECT update_id FROM taken")}

    async def note_taken(self, update_ids: Iterable[int]) -> None:
        """To be noted in the transaction that took them."""
        ids = listed(update_ids)
        self._session.write(
            "INSERT INTO taken (update_id, at) SELECT value, ? FROM json_each(?)", (seconds(self._now()), ids)
        )

    async def forget_taken(self, before: datetime) -> None:
        """Forget those taken before that time; Telegram brings none again after a day."""
        self._session.write("DELETE FROM taken WHERE at < ?", (seconds(before),))
