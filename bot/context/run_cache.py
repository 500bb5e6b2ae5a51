"""The runs as the engine knows them, kept as long as their state is what it was.

Reading a run from its JSON takes about as long as the engine's turn, and grows with all who take part.
"""

from flows.state import Run
from storage import records
from storage.json_records import JsonObject

MOST = 500  # runs; those that have been kept the longest go first


class RunCache:
    """What storage's record of a run stands for.

    A run is good for one state alone: not for an equal one but for the very object, of which there is a new one after
    each change, each rollback and each reading from the database.
    """

    def __init__(self) -> None:
        self._runs: dict[int, tuple[JsonObject, Run]] = {}

    def get(self, record: records.Run) -> Run | None:
        """The run that was kept for this state."""
        kept = self._runs.get(record.id)
        return kept[1] if kept is not None and kept[0] is record.state else None

    def keep(self, record: records.Run, run: Run) -> None:
        """This run is what the record stands for."""
        self._runs.pop(record.id, None)
        self._runs[record.id] = record.state, run
        if len(self._runs) > MOST:
            del self._runs[next(iter(self._runs))]
