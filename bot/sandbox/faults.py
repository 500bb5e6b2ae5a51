"""Trouble on request: the ways in which Telegram, or the road to it, can fail."""

import random
from dataclasses import dataclass

from .errors import ActError
from .wire import Given, Wire

KINDS: dict[str, str] = {
    "drop": "the connection closes without an answer; by chance before or after the call took effect",
    "drop_before": "the connection closes without an answer and nothing has happened",
    "drop_after": "the connection closes without an answer but the call took effect",
    "error": "the server answers with a status (`value`, 502 unless given) and nothing has happened",
    "garbage": "the call took effect but the answer is not JSON",
    "delay": "the answer comes `value` seconds late",
    "flood": "429 with `value` seconds to wait (3 unless given)",
    "duplicate": "getUpdates gives the updates of its last answer once more",
    "reorder": "getUpdates gives its updates in another order",
    "migrate": "the group becomes a supergroup just before the call",
}
_VALUES: dict[str, float] = {"error": 502, "delay": 2, "flood": 3}
_FOR_UPDATES = ("duplicate", "reorder")


@dataclass(slots=True)
class Fault:
    """One kind of trouble: for which methods (none: all), how often, and how many times more (None: for ever)."""

    kind: str
    value: float
    methods: frozenset[str]
    probability: float
    times: int | None

    def hits(self, method: str) -> bool:
        """True if this fault is about a method."""
        if self.kind in _FOR_UPDATES and method != "getupdates":
            return False
        return self.times != 0 and (not self.methods or method in self.methods)


class Faults:
    """The faults that are switched on. Chance is seeded, so a run repeats."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - chance in a game, not a secret
        self._faults: list[Fault] = []

    def add(
        self,
        kind: str,
        *,
        value: float | None = None,
        methods: tuple[str, ...] = (),
        probability: float = 1.0,
        times: int | None = None,
    ) -> None:
        """Switch a fault on. Raises ActError for an unknown kind."""
        if kind not in KINDS:
            raise ActError(f"Felet {kind} finns inte; välj bland {', '.join(KINDS)}.")
        names = frozenset(method.lower() for method in methods)
        given = _VALUES.get(kind, 0) if value is None else value
        self._faults.append(Fault(kind, given, names, probability, times))

    def clear(self, kind: str | None = None) -> None:
        """Switch off one kind of fault, or all."""
        self._faults = [fault for fault in self._faults if kind is not None and fault.kind != kind]

    def draw(self, method: str) -> dict[str, float]:
        """The faults that strike this call: kind -> value. Counted ones are used up."""
        if not self._faults:
            return {}
        struck: dict[str, float] = {}
        for fault in self._faults:
            if fault.hits(method.lower()) and self._random.random() < fault.probability:
                kind = self._random.choice(("drop_before", "drop_after")) if fault.kind == "drop" else fault.kind
                struck[kind] = fault.value
                fault.times = None if fault.times is None else fault.times - 1
        self._faults = [fault for fault in self._faults if fault.times != 0]
        return struck

    def shuffle(self, updates: list[Wire]) -> None:
        """Put updates in another order."""
        self._random.shuffle(updates)

    def set_from_page(self, wanted: Given) -> None:
        """Switches of the page: kind -> probability, or seconds for delay; 0 is off. Raises ActError."""
        for kind, number in wanted.items():
            if isinstance(number, bool) or not isinstance(number, int | float) or number < 0:
                raise ActError("Ett fel slås på med ett tal och av med noll.")
            self.clear(kind)
            if number and kind == "delay":
                self.add(kind, value=number)
            elif number:
                self.add(kind, probability=number)

    def as_json(self) -> dict[str, float]:
        """Return the faults that are on, in the page's form."""
        return {fault.kind: fault.value if fault.kind == "delay" else fault.probability for fault in self._faults}
