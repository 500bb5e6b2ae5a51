"""Check-ins: how people are, kept so that no answer leads to the person who gave it; and wishes to be contacted."""

from dataclasses import dataclass
from datetime import date

from storage.records import sealed_lists
from storage.records.repository import Records
from storage.table import RecordTable, unpack


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A round of asking how everyone is."""

    id: int
    group_id: int
    opened: date
    until: date  # the last day to answer


@dataclass(frozen=True, slots=True)
class Wish:
    """Someone wants to be contacted by somebody."""

    id: int
    group_id: int
    member_id: int
    to_member: int
    due: date
    state: str  # open
    text: str = ""  # what they have written; empty if they only want to be contacted


class CheckIns(Records[CheckIn]):
    """The rounds, who has been asked, and what was answered."""

    table = RecordTable("check_ins", CheckIn)
    owner = None

    async def open(self, group_id: int, members: list[int], opened: date, until: date) -> CheckIn:
        """Begin a round in which these members are asked."""
        id = self._caches.new_id("check_ins")
        self._session.write(self.table.insert, (id, group_id, opened.isoformat(), until.isoformat()))
        for member in members:
            self._session.write("INSERT INTO check_in_turns VALUES (?, ?, 0, 0)", (id, member))
        return CheckIn(id, group_id, opened, until)

    async def of_group(self, group_id: int) -> list[CheckIn]:
        """All rounds, the first one first."""
        return await self._select("WHERE group_id = ? ORDER BY id", (group_id,))

    async def answer(self, check_in: CheckIn, member_id: int, score: int) -> bool:
        """Keep a score, apart from who gave it. False if they were not asked or have answered."""
        return await self._once(check_in, member_id, "answered", score)

    async def say(self, check_in: CheckIn, member_id: int, word: str) -> bool:
        """Keep a word, apart from its author and their score. False if they gave no score, or a word already."""
        return await self._once(check_in, member_id, "said", word)

    async def awaits(self, check_in: CheckIn, member_id: int) -> bool:
        """True if a member was asked in a round and has given no score."""
        query = "SELECT 1 FROM check_in_turns WHERE check_in_id = ? AND member_id = ? AND NOT answered"
        return bool(await self._session.row(query, (check_in.id, member_id)))

    async def has_said(self, member_id: int) -> bool:
        """True if a member has given a word in a round that is not over yet."""
        return bool(await self._session.row("SELECT 1 FROM check_in_turns WHERE member_id = ? AND said", (member_id,)))

    async def answers(self, check_in: CheckIn) -> tuple[list[int], list[str]]:
        """Return the scores, and the words; neither in an order that tells anything."""
        found = await self._tally(check_in)
        return sorted(v for v in found if isinstance(v, int)), sorted(v for v in found if isinstance(v, str))

    async def settle(self, today: date, fewest: int) -> None:
        """Of rounds that are over, forget who has given a word, and answers if fewer than `fewest` people gave any."""
        over, day = "check_in_id IN (SELECT id FROM check_ins WHERE until < ?)", today.isoformat()
        self._session.write(f"UPDATE check_in_turns SET said = 0 WHERE said AND {over}", (day,))
        self._session.write(
            f"DELETE FROM check_in_answers WHERE {over} AND ? > (SELECT count(*) FROM check_in_turns t "
            "WHERE t.check_in_id = check_in_answers.check_in_id AND t.answered)",
            (day, fewest),
        )
        self._session.wipe_log = True

    async def left_out(self) -> list[CheckIn]:
        """Return the rounds whose answers the restored backup lacks, and which are to be asked again."""
        return await self._select("WHERE id IN (SELECT id FROM check_in_answers WHERE sealed = x'')")

    async def begin_anew(self, check_in: CheckIn) -> list[int]:
        """Begin again a round that a backup left out; return who is asked in it, by member."""
        self._session.write("DELETE FROM check_in_answers WHERE check_in_id = ?", (check_in.id,))
        rows = await self._session.rows("SELECT member_id FROM check_in_turns WHERE check_in_id = ?", (check_in.id,))
        return [row["member_id"] for row in rows]

    async def gather(self) -> None:
        """Make one tally of the answers that an earlier version kept one by one.

        Its words are dropped: nobody knows whose they were, and one person could have written them all.
        """
        for check_in in await self._select(
            "WHERE id IN (SELECT check_in_id FROM check_in_answers a WHERE a.id <> a.check_in_id)"
        ):
            key, which = await self._key(check_in.group_id), (check_in.id,)
            olds = await self._session.rows("SELECT id, sealed FROM check_in_answers WHERE check_in_id = ?", which)
            found = [unpack(key.open(f"check_in_answers/{old['id']}", old["sealed"])) for old in olds]
            self._session.write("DELETE FROM check_in_answers WHERE check_in_id = ?", which)
            await self._keep(check_in, [value for value in found if isinstance(value, int)])

    async def _once(self, check_in: CheckIn, member_id: int, what: str, value: int | str) -> bool:
        turn = await self._session.row(
            f"UPDATE check_in_turns SET {what} = 1 WHERE check_in_id = ? AND member_id = ? AND NOT {what} "
            f"AND answered = {int(what == 'said')} RETURNING 1",
            (check_in.id, member_id),
        )
        if turn is not None:
            await self._keep(check_in, [*await self._tally(check_in), value])
        return turn is not None

    async def _tally(self, check_in: CheckIn) -> list[int | str]:
        row = await self._session.row("SELECT sealed FROM check_in_answers WHERE id = ?", (check_in.id,))
        key = await self._key(check_in.group_id)
        return sealed_lists.open_sealed(key, f"check_in_answers/{check_in.id}", row["sealed"]) if row else []

    async def _keep(self, check_in: CheckIn, said: list[int | str]) -> None:
        """Rewrite the whole round; earlier contents leave the write-ahead log with the commit."""
        sealed = sealed_lists.seal(await self._key(check_in.group_id), f"check_in_answers/{check_in.id}", said)
        self._session.write(
            "INSERT OR REPLACE INTO check_in_answers VALUES (?, ?, ?, ?)",
            (check_in.id, check_in.group_id, check_in.id, sealed),
        )
        self._session.wipe_log = True


class Wishes(Records[Wish]):
    """Who wants to be contacted, by whom and by when."""

    table = RecordTable("wishes", Wish, sealed=("text",))

    async def of_member(self, member_id: int) -> list[Wish]:
        """Return the wishes that a member has made, or that are made to them."""
        return await self._select("WHERE ? IN (member_id, to_member) ORDER BY id", (member_id,))

    async def add(self, group_id: int, member_id: int, to_member: int, due: date, text: str = "") -> Wish:
        """Add a wish to be contacted, with what was written, if anything was."""
        return await self._new(lambda id: Wish(id, group_id, member_id, to_member, due, "open", text))

    async def prune(self, due: date) -> None:
        """Delete those that say something and were to be met before that day; a mere wish waits until it is met."""
        for wish in await self._select("WHERE sealed IS NOT NULL AND due < ?", (due.isoformat(),)):
            if wish.text:
                await self.remove(wish.id)

    async def remove(self, id: int) -> None:
        """Delete a wish that has been met or withdrawn; what it says is overwritten."""
        self._wipe("WHERE id = ?", (id,))
