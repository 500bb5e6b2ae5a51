"""What `stadsbot play --why` tells of a text: who took it, and who let it pass. It holds nothing of the text itself."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one text along the readers, by their names in the list."""

    place: str  # of what kind it was written in, as the list of its readers is called
    passed: tuple[str, ...]
    unasked_by: str  # which of these saw that it answers nothing, so that only those for such texts were still asked
    taken_by: str
    why: str  # that one stands where it stands

    def __str__(self) -> str:
        """It on one line."""
        passed = (f"{name}: answers nothing" if name == self.unasked_by else name for name in self.passed)
        return f"{self.place} · {self.taken_by}: {self.why} (let pass by {', '.join(passed) or 'nobody'})"


Tracer = Callable[[Trace], None]


def untraced(_trace: Trace) -> None:
    """Keep no trace, as in service."""
