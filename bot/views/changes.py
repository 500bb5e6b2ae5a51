"""Marks the changes between two versions of a text in the later one."""

from difflib import SequenceMatcher

from messages.structure.blocks import Inline, Span

ALIKE = 0.4  # less than this of two texts in common, from 0 to 1, and the later one is simply another text


def marked(now: str, before: str) -> Inline:
    """Return the text with what is new in it, and what is gone from it, marked by word."""
    old, new = before.split(" "), now.split(" ")
    compared = SequenceMatcher(None, old, new, autojunk=False)
    if compared.ratio() < ALIKE:
        return (Span(now),)
    found: list[Span] = []
    for what, from_old, to_old, from_new, to_new in compared.get_opcodes():
        gone, come = " ".join(old[from_old:to_old]), " ".join(new[from_new:to_new])
        if what == "equal":
            found.append(Span(come))
            continue
        found += _both(come, gone)
    return _spaced(found)


def replaced(now: str | None, before: str | None) -> Inline:
    """Return both of two short answers, the old one as gone and the new one as new; by word if they are similar."""
    if now and before and (text := marked(now, before)) != (Span(now),):
        return text
    return _spaced(_both(now or "", before or ""))


def _both(come: str, gone: str) -> list[Span]:
    return [span for span in (Span(gone, gone=True), Span(come, new=True)) if span.text.strip()]


def _spaced(spans: list[Span]) -> Inline:
    return tuple(piece for span in spans for piece in (Span(" "), span))[1:]
