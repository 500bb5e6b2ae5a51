"""How a figure of the statistics reads, the same at every door: its number, or that there is none, and why."""

from collections.abc import Iterable

from flows.figures.figures import Figure, NotTold
from messages.voice import Voice


def in_words(voice: Voice, figure: Figure) -> int | str:
    """Return the number, or the words for one that is not told."""
    return voice.label(f"figure.{figure}") if isinstance(figure, NotTold) else figure


def figures_in_words(voice: Voice, figures: Iterable[Figure]) -> list[str]:
    """Return the figures as they stand beside each other."""
    return [str(in_words(voice, figure)) for figure in figures]


def legend(voice: Voice, figures: Iterable[Figure]) -> list[str]:
    """Return a sentence for each of those words that stands among these figures."""
    shown = set(figures)
    return [voice.label(f"figure_legend.{why}") for why in NotTold if why in shown]
