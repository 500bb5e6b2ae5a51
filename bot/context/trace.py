"""What `stadsbot play --why` tells of a text: who took it, and who let it pass. It holds nothing of the text itself."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """The way of one text along the readers, by their names in the list."""

    place: str  # of what kind it was written in, as the list of its readers is called
    passed: tuple[str, ...]
    taken_by: str
    why: str  # that one stands where it stands

    def __str__(self) -> str:
        """It on one line."""
        return f"{self.place} · {self.taken_by}: {self.why} (let pass by {', '.join(self.passed) or 'nobody'})"


Tracer = Callable[[Trace], None]


def untraced(_trace: Trace) -> None:
    """Keep no trace, as in service."""
