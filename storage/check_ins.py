"""Check-ins: how people are, kept so that no answer leads to the one who gave it; and wishes to be contacted."""

import secrets
from datetime import date

from storage.records import CheckIn, Wish
from storage.repository import Records
from storage.table import Table, pack, unpack

PADDED = 300  # bytes, so that the length of what is sealed does not tell a score from a word
RANDOM_ID = 62  # bits; ids of answers are made by chance, since numbers in order would tell who answered when


class CheckIns(Records[CheckIn]):
    """The rounds, who has been asked, and what was answered."""

    table = Table("check_ins", CheckIn)
    owner = None

    async def open(self, group_id: int, members: list[int], opened: date, until: date) -> CheckIn:
        """Begin a round in which these members are asked."""
        id = self._caches.new_id("check_ins")
        self._session.write(self.table.insert, (id, group_id, opened.isoformat(), until.isoformat()))
        for member in members:
            self._session.write("INSERT INTO check_in_turns VALUES (?, ?, 0)", (id, member))
        return CheckIn(id, group_id, opened.isoformat(), until.isoformat())

    async def of_group(self, group_id: int) -> list[CheckIn]:
        """All rounds, the first one first."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def answer(self, check_in: CheckIn, member_id: int, score: int) -> bool:
        """Keep a score, apart from who gave it. False if they were not asked or have answered."""
        turn = await self._session.row(
            "UPDATE check_in_turns SET answered = 1 "
            "WHERE check_in_id = ? AND member_id = ? AND answered = 0 RETURNING 1",
            (check_in.id, member_id),
        )
        if turn is not None:
            await self._keep(check_in, score)
        return turn is not None

    async def say(self, check_in: CheckIn, word: str) -> None:
        """Keep a word, apart from who said it and from what score they gave."""
        await self._keep(check_in, word)

    async def answers(self, check_in: CheckIn) -> tuple[list[int], list[str]]:
        """The scores, and the words; neither in an order that says anything."""
        rows = await self._session.rows(
            "SELECT id, sealed FROM check_in_answers WHERE check_in_id = ? ORDER BY id", (check_in.id,)
        )
        key = await self._key(check_in.group_id)
        found = [unpack(key.open(f"check_in_answers/{row['id']}", row["sealed"])) for row in rows]
        return sorted(v for v in found if isinstance(v, int)), sorted(v for v in found if isinstance(v, str))

    async def _keep(self, check_in: CheckIn, value: int | str) -> None:
        id = secrets.randbits(RANDOM_ID)
        key = await self._key(check_in.group_id)
        sealed = key.seal(f"check_in_answers/{id}", pack(value).ljust(PADDED))
        self._session.write(
            "INSERT INTO check_in_answers VALUES (?, ?, ?, ?)", (id, check_in.group_id, check_in.id, sealed)
        )


class Wishes(Records[Wish]):
    """Who wants to be contacted, by whom and by when."""

    table = Table("wishes", Wish)
    owner = None

    async def of_member(self, member_id: int) -> list[Wish]:
        """Those that a member has made, or that are made to them."""
        return await self._select("WHERE ? IN (member_id, to_member) ORDER BY id", (member_id,))

    async def add(self, group_id: int, member_id: int, to_member: int, due: date) -> Wish:
        """Someone wants to be contacted."""
        id = self._caches.new_id("wishes")
        return await self._add(id, Wish(id, group_id, member_id, to_member, due.isoformat(), "open"))

    async def remove(self, id: int) -> None:
        """It has been seen to, and is nobody's business any more."""
        self._session.write("DELETE FROM wishes WHERE id = ?", (id,))
