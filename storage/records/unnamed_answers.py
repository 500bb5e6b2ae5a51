"""Answers without a name: what is said in a run, in lists of which no line leads to anybody."""

import re
from collections.abc import Collection, Iterable

from storage.json_records import Json
from storage.records import sealed_lists
from storage.records.records import REVEALED, Answer, GivenAnswer
from storage.records.repository import Repository
from storage.records.runs import Run, Runs
from storage.vault.vault import VaultKey

Unnamed = list[Json]  # what is said without a name: question, item, value, comment, audience

_LIST_MARK = re.compile(r"^\s*(?:[-–—•*·]+|\(?(?:\d{1,2}|[a-z])[.)])\s+", re.IGNORECASE)


class UnnamedAnswers(Repository):
    """What was handed in without a name, in all runs; reached through `Answers`."""

    async def keep_unnamed(self, run_id: int, given: GivenAnswer) -> None:
        """Keep an answer without a name among what others have said, each line by itself, as `hand_in` does."""
        said: Unnamed = [given.question, given.item, given.value, given.comment, given.audience]
        await self._keep_unnamed(run_id, [*await self._unnamed(run_id, shown=False), said], shown=False)

    async def admit(self, run_id: int) -> None:
        """Count all that was handed in without a name among what is shown once the run is revealed."""
        both = [*await self._unnamed(run_id, shown=True), *await self._unnamed(run_id, shown=False)]
        await self._keep_unnamed(run_id, both, shown=True)
        self._session.write("DELETE FROM unnamed_answers WHERE run_id = ? AND NOT shown", (run_id,))

    async def left_out(self) -> list[int]:
        """Return the runs whose unnamed answers the restored backup lacks."""
        rows = await self._session.rows("SELECT run_id FROM unnamed_answers WHERE sealed = x'' ORDER BY run_id")
        return [row["run_id"] for row in rows]

    async def _shown_unnamed(self, run: Run, audiences: Collection[str]) -> list[Answer]:
        """Return the answers that have been shown without names, if they may be read now."""
        if run.phase not in REVEALED:
            return []
        said = await self._unnamed(run.id, shown=True)
        return [_nobodys(run, one) for one in said if one[-1] in audiences]

    async def _unnamed(self, run_id: int, *, shown: bool) -> list[Unnamed]:
        row = await self._session.row(
            "SELECT sealed FROM unnamed_answers WHERE run_id = ? AND shown = ?", (run_id, shown)
        )
        place = f"unnamed_answers/{run_id}/{int(shown)}"
        # Taken apart here too: an earlier version kept an answer whole.
        return _notes(sealed_lists.open_sealed(await self._run_key(run_id), place, row["sealed"])) if row else []

    async def _keep_unnamed(self, run_id: int, said: list[Unnamed], *, shown: bool) -> None:
        sealed = sealed_lists.seal(await self._run_key(run_id), f"unnamed_answers/{run_id}/{int(shown)}", _notes(said))
        self._session.write("INSERT OR REPLACE INTO unnamed_answers VALUES (?, ?, ?)", (run_id, shown, sealed))
        self._session.wipe_log = True

    async def _run(self, run_id: int) -> Run:
        return await Runs(self._session, self._caches).get(run_id)

    async def _run_key(self, run_id: int) -> VaultKey:
        return await self._key((await self._run(run_id)).group_id)


def _unmarked(line: str) -> str:
    """Return a line without the sign or number of a list, by which one person's would stand together when sorted."""
    return _LIST_MARK.sub("", line).strip()


def _notes(said: Iterable[Unnamed]) -> list[Unnamed]:
    """Return what is said with each line by itself: lines that stay together tell that one person wrote them."""
    return [
        [question, item, note, comment, audience]
        for question, item, value, comment, audience in said
        for note in (filter(None, map(_unmarked, value.splitlines())) if isinstance(value, str) else [value])
    ]


def _nobodys(run: Run, said: Unnamed) -> Answer:
    """Return an unnamed answer as others see it: nothing tells whose it is, or which others are by the same person."""
    question, item, value, comment, audience = said
    return Answer(
        id=0,
        run_id=run.id,
        owner="",
        question=question,
        item=item,
        value=value,
        comment=comment,
        audience=audience,
        anonymous=True,
        handed_in=True,
        version=1,
        member_id=None,
        organisation_id=None,
        at=run.opened_at,
        source_chat=None,
        source_message=None,
    )
