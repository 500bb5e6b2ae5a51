"""A cache of runs as the engine has them, kept as long as their stored state is the same.

Reading a run from its JSON takes about as long as the engine's turn, and grows with all who take part.
"""

from flows.run.state import Run
from storage.json_records import JsonObject
from storage.records.runs import Run as Record

MOST = 500  # runs; the oldest are dropped first


class RunCache:
    """The engine's runs, by storage's record of each.

    A run belongs to the very state that it was read from, not to an equal one: each change, rollback and reading from
    the database makes a new one.
    """

    def __init__(self) -> None:
        self._runs: dict[int, tuple[JsonObject, Run]] = {}

    def get(self, record: Record) -> Run | None:
        """Return the run that was kept for this record, None if its state is another."""
        kept = self._runs.get(record.id)
        return kept[1] if kept is not None and kept[0] is record.state else None

    def keep(self, record: Record, run: Run) -> None:
        """Keep this run as that of the record."""
        self._runs.pop(record.id, None)
        self._runs[record.id] = record.state, run
        if len(self._runs) > MOST:
            del self._runs[next(iter(self._runs))]
