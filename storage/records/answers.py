"""Answers: every version of what people answered, and who may see it."""

from collections.abc import Iterable
from dataclasses import replace

from storage.errors import Unknown
from storage.json_records import JsonObject
from storage.records.members import Members
from storage.records.records import REVEALED, Answer, GivenAnswer, Member
from storage.records.runs import Runs
from storage.records.unnamed_answers import UnnamedAnswers
from storage.table import RecordTable, listed, pack

Sheet = dict[tuple[str, str], Answer]  # by question and item

ANSWERS = RecordTable("answers", Answer, sealed=("value", "comment"))
SHEETS = 2_000  # cached sheets: of the people who are answering just now

COLUMNS = ", ".join(f"a.{column}" for column in ANSWERS.columns.split(", "))
VERSION = "id, version, audience, anonymous, handed_in, member_id, at, sealed, source_chat, source_message"
REVEALED_SQL = ", ".join(f"'{phase}'" for phase in REVEALED)

# A member's own; what the member's organisation wrote; what was handed in for those that the member belongs to.
# Nobody else's answer to "only me" is ever visible, and a guest sees nothing but their own.
VISIBLE = f"""
    JOIN runs r ON r.id = a.run_id
    JOIN members m ON m.id = :member AND m.group_id = r.group_id AND m.state = 'active'
    WHERE a.run_id = :run AND (
        a.owner = 'm:' || m.id
        OR m.role <> 'guest' AND (
            a.owner = 'g' AND a.audience = 'group'
            OR a.owner = 'o:' || m.organisation_id
            OR a.handed_in AND (
                a.audience = 'org' AND a.organisation_id = m.organisation_id
                OR a.audience = 'group' AND r.phase IN ({REVEALED_SQL})
                OR a.audience = 'coordinator' AND m.coordinator
            )
        )
    )
"""

FOR_GROUP = f"""
    JOIN runs r ON r.id = a.run_id
    WHERE a.run_id = :run AND a.audience = 'group'
    AND (a.owner = 'g' OR a.handed_in AND r.phase IN ({REVEALED_SQL}))
"""


class Answers(UnnamedAnswers):
    """Answers of all runs, given out to those who may read them."""

    async def keep(
        self,
        run_id: int,
        given: GivenAnswer,
        member_id: int | None,
        source: tuple[int, int] | None = None,
        *,
        joined: bool = False,
    ) -> Answer:
        """Keep an answer of a member as the newest version; the one before goes to the history.

        `source` is the message that gave it (default: the one that gave the version before). One that was `joined` from
        several answers was given by no single message.

        Saying the same again makes no new version (but the message that said it last is the one whose editing counts).
        An answer stays handed in when it is changed, and a new one is not handed in, nor is one without a name: handed
        in, it would have left the sheet. Raises Unknown; ValueError or
        TypeError for a value that is no JSON.
        """
        run = await self._run(run_id)
        key = await self._key(run.group_id)
        organisation_id = await self._organisation_of(given.owner, run.group_id)
        sheet = await self._sheet(run_id, given.owner)
        before = sheet.get((given.question, given.item))
        handed_in = before is not None and before.handed_in and not given.anonymous
        chat, message = (None, None) if joined else source or (before.source if before else None) or (None, None)
        after = Answer(
            id=before.id if before else self._caches.new_id("answers"),
            run_id=run_id,
            owner=given.owner,
            question=given.question,
            item=given.item,
            value=given.value,
            comment=given.comment,
            audience=given.audience,
            anonymous=given.anonymous,
            handed_in=handed_in,
            version=before.version + 1 if before else 1,
            member_id=member_id,
            organisation_id=organisation_id,
            at=self._now(),
            source_chat=chat,
            source_message=message,
        )
        if before is None:
            self._session.write(ANSWERS.insert, ANSWERS.values(after, key))
        elif _content(before) == _content(after):
            after = replace(before, source_chat=chat, source_message=message)
            if before.source != after.source:
                self._session.write(
                    "UPDATE answers SET source_chat = ?, source_message = ? WHERE id = ?", (chat, message, before.id)
                )
        else:
            self._session.write(
                f"INSERT INTO answer_versions ({VERSION}) SELECT {VERSION} FROM answers WHERE id = ?", (before.id,)
            )
            self._session.write(*ANSWERS.change(before, after, key))
        sheet[given.question, given.item] = after
        return after

    async def remove(self, answer: Answer) -> None:
        """Forget an answer that has one version only."""
        self._session.write("DELETE FROM answers WHERE id = ? AND version = 1", (answer.id,))
        self._sheets().pop((answer.run_id, answer.owner), None)
        self._session.wipe_log = True

    async def empty(self, answer: Answer) -> None:
        """Forget an answer and all its versions."""
        self._session.write("DELETE FROM answer_versions WHERE id = ?", (answer.id,))
        await self._drop(answer.run_id, {answer.id})

    async def hand_in(self, run_id: int, owner: str) -> None:
        """Let the owner's answers be seen by those they are meant for.

        The anonymous ones leave the sheet, with all that tells whose they are and when they were given, and go among
        what others have said (see `sealed_lists`), each line by itself. They cannot be found again by anybody,
        nor be taken back.
        """
        self._session.write("UPDATE answers SET handed_in = 1 WHERE run_id = ? AND owner = ?", (run_id, owner))
        unnamed = [answer for answer in await self.of_owner(run_id, owner) if answer.anonymous]
        if unnamed:
            await self._drop(run_id, {answer.id for answer in unnamed})
            await self._cast(run_id, unnamed)
        self._sheets().pop((run_id, owner), None)

    async def erase_unnamed(self, run_id: int) -> None:
        """Erase a run's answers without a name, handed in or not, that have not been shown."""
        rows = await self._session.rows("SELECT id FROM answers WHERE run_id = ? AND anonymous", (run_id,))
        await self._drop(run_id, {row["id"] for row in rows})
        self._session.write("DELETE FROM unnamed_answers WHERE run_id = ? AND NOT shown", (run_id,))

    async def gather(self) -> None:
        """Move unnamed answers that an earlier version kept one by one, with their owner, into the sealed lists."""
        rows = await self._session.rows("SELECT DISTINCT run_id FROM answers WHERE anonymous AND handed_in")
        for row in rows:
            run = await self._run(row["run_id"])
            olds = await self._select(run.id, "WHERE a.run_id = :run AND a.anonymous AND a.handed_in", {})
            await self._drop(run.id, {answer.id for answer in olds})
            await self._cast(run.id, olds, shown=run.phase in REVEALED)

    async def _cast(self, run_id: int, answers: Iterable[Answer], *, shown: bool = False) -> None:
        said = [[a.question, a.item, a.value, a.comment, a.audience] for a in answers]
        await self._keep_unnamed(run_id, [*await self._unnamed(run_id, shown=shown), *said], shown=shown)

    async def _drop(self, run_id: int, ids: Iterable[int]) -> None:
        self._session.write("DELETE FROM answers WHERE id IN (SELECT value FROM json_each(?))", (listed(ids),))
        for place in [place for place in self._sheets() if place[0] == run_id]:
            del self._sheets()[place]
        self._session.wipe_log = True

    async def take_back(self, run_id: int, owner: str) -> None:
        """Undo `hand_in`."""
        self._session.write("UPDATE answers SET handed_in = 0 WHERE run_id = ? AND owner = ?", (run_id, owner))
        self._sheets().pop((run_id, owner), None)

    async def of_owner(self, run_id: int, owner: str) -> list[Answer]:
        """Return all that the owner has answered, handed in or not. For the owner's eyes only."""
        return list((await self._sheet(run_id, owner)).values())

    async def written_by(self, run_id: int, member_id: int) -> list[Answer]:
        """Return what a member has answered alone, and what they wrote last of what is shared. For their eyes only."""
        rest = "WHERE a.run_id = :run AND (a.owner = 'm:' || :member OR a.member_id = :member)"
        return await self._select(run_id, rest, {"member": member_id})

    async def by_several(self, answers: Iterable[Answer]) -> set[int]:
        """Return which of these answers somebody else wrote before whoever wrote them last."""
        changed = [answer.id for answer in answers if answer.version > 1]
        if not changed:
            return set()
        rows = await self._session.rows(
            "SELECT a.id FROM answers a JOIN answer_versions v ON v.id = a.id AND v.member_id <> a.member_id "
            "WHERE a.id IN (SELECT value FROM json_each(?))",
            (listed(changed),),
        )
        return {row["id"] for row in rows}

    async def visible(self, run_id: int, reader: Member) -> list[Answer]:
        """Return what the reader may see now, by audience, phase and the reader's role; nothing once they have left."""
        reader = await Members(self._session, self._caches).get(reader.id)
        answers, run = await self._select(run_id, VISIBLE, {"member": reader.id}), await self._run(run_id)
        if run.group_id == reader.group_id and reader.state == "active" and reader.role != "guest":
            audiences = {"group", "coordinator"} if reader.coordinator else {"group"}
            answers += await self._shown_unnamed(run, audiences)
        return _in_order(answers)

    async def for_group(self, run_id: int) -> list[Answer]:
        """Return what may be shown in the group's chat now."""
        run = await self._run(run_id)
        return _in_order([*await self._select(run_id, FOR_GROUP, {}), *await self._shown_unnamed(run, {"group"})])

    async def by_source(self, chat_id: int, message_id: int) -> Answer | None:
        """Return the answer that the message gave, unless a later message has given another."""
        row = await self._session.row(
            f"{ANSWERS.select} WHERE source_chat = ? AND source_message = ?", (chat_id, message_id)
        )
        return ANSWERS.record(row, await self._run_key(row["run_id"])) if row else None

    async def shared_history(self, answer_id: int, reader: Member) -> list[Answer]:
        """Every version of an answer that the reader writes together with others, as far as they may be seen."""
        reader = await Members(self._session, self._caches).get(reader.id)
        versions = await self.history(answer_id)
        run = await self._run(versions[-1].run_id) if versions else None
        if run is None or run.group_id != reader.group_id or reader.state != "active" or reader.role == "guest":
            return []
        own = f"o:{reader.organisation_id}"
        return [v for v in versions if v.owner == own or (v.owner == "g" and v.audience == "group")]

    async def superseded(self, chat_id: int, message_id: int) -> Answer | None:
        """Return the version that the message gave, if a later one has replaced it. For the owner's eyes only."""
        row = await self._session.row(
            "SELECT id, max(version) AS version FROM answer_versions WHERE source_chat = ? AND source_message = ?",
            (chat_id, message_id),
        )
        if row is None or row["id"] is None:
            return None
        return next(a for a in await self.history(row["id"]) if a.version == row["version"])

    async def history(self, answer_id: int) -> list[Answer]:
        """Every version of an answer, the first one first. For the owner's eyes only: earlier ones may be private."""
        row = await self._session.row(f"{ANSWERS.select} WHERE id = ?", (answer_id,))
        if row is None:
            return []
        key = await self._run_key(row["run_id"])
        newest = ANSWERS.record(row, key)
        olds = await self._session.rows("SELECT * FROM answer_versions WHERE id = ? ORDER BY version", (answer_id,))
        return [*(ANSWERS.record((dict(row) | dict(old)).values(), key) for old in olds), newest]

    async def prefetch(self, owners: Iterable[tuple[int, str]]) -> None:
        """Read the sheets of several owners, each in a run, in one statement: those that are not remembered yet."""
        sheets = self._sheets()
        unknown = [place for place in set(owners) if place not in sheets]
        if not unknown:
            return
        await Runs(self._session, self._caches).prefetch_ids(run_id for run_id, _ in unknown)
        rows = await self._session.rows(
            f"SELECT {COLUMNS} FROM json_each(?) place CROSS JOIN answers a ON a.run_id = json_extract(value, '$[0]') "
            "AND a.owner = json_extract(value, '$[1]') ORDER BY a.id",
            (listed(unknown),),
        )
        sheets.update({place: {} for place in unknown})
        for row in rows:
            answer = ANSWERS.record(row, await self._run_key(row["run_id"]))
            sheets[answer.run_id, answer.owner][answer.question, answer.item] = answer

    def _sheets(self) -> dict[tuple[int, str], Sheet]:
        return self._caches.cache("sheets", SHEETS)

    async def _sheet(self, run_id: int, owner: str) -> Sheet:
        """Return all that an owner has answered, in the order of ids. Cached, as a dialogue needs it at each turn."""
        sheets = self._sheets()
        sheet = sheets.get((run_id, owner))
        if sheet is None:
            found = await self._select(run_id, "WHERE a.run_id = :run AND a.owner = :owner", {"owner": owner})
            sheet = sheets[run_id, owner] = {(answer.question, answer.item): answer for answer in found}
        return sheet

    async def _select(self, run_id: int, rest: str, values: JsonObject) -> list[Answer]:
        key = await self._run_key(run_id)
        rows = await self._session.rows(
            f"SELECT {COLUMNS} FROM answers a {rest} ORDER BY a.id", {"run": run_id, **values}
        )
        return [ANSWERS.record(row, key) for row in rows]

    async def _organisation_of(self, owner: str, group_id: int) -> int | None:
        """The organisation that an owner belongs to or is. Raises Unknown for an owner of another group."""
        if owner == "g":
            return None
        members, id = Members(self._session, self._caches), int(owner[2:])
        found = await (members.get(id) if owner.startswith("m:") else members.organisation(id))
        if found.group_id != group_id:
            raise Unknown("owners in this group", id)
        return found.organisation_id if isinstance(found, Member) else found.id


def _content(answer: Answer) -> tuple[bytes, str, bool]:
    """Return the part of an answer that makes a new version when it changes; as JSON, in which True is not 1."""
    return pack([answer.value, answer.comment]), answer.audience, answer.anonymous


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    """By question and item; then by owner, and anonymous ones by what they say, so that their order tells nothing."""
    return sorted(
        answers, key=lambda answer: (answer.question, answer.item, answer.owner, str(answer.value).casefold())
    )
