"""A message's text as HTML for the page: escaped, its formatting rebuilt from the entities and from nothing else."""

from html import escape

from . import urls, utf16
from .wire import Wire

_TAGS: dict[str, tuple[str, str]] = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="tg-spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}
_LINKS = ("url", "text_link", "email")

Entity = Wire


def build(text: str, entities: list[Entity]) -> str:
    """Safe HTML; entities that cross each other are closed and opened again at the crossing."""
    spans = [(utf16.at(text, e["offset"]), utf16.at(text, e["offset"] + e["length"]), e) for e in entities]
    marks = sorted({0, len(text), *(edge for begin, end, _ in spans for edge in (begin, end))})
    out: list[str] = []
    open_now: list[tuple[int, Entity, str]] = []
    for begin, end in zip(marks, [*marks[1:], len(text)], strict=True):
        _close(out, open_now, begin)
        for start, stop, entity in spans:
            if start == begin < stop:
                opening, closing = _tags(entity, text[start:stop])
                out.append(opening)
                open_now.append((stop, entity, closing))
        out.append(escape(text[begin:end]))
    return "".join(out)


def _close(out: list[str], open_now: list[tuple[int, Entity, str]], at: int) -> None:
    """Close what ends here; what lies inside it and goes on is closed with it and opened again."""
    again: list[tuple[int, Entity, str]] = []
    while any(stop <= at for stop, _, _ in open_now):
        stop, entity, closing = open_now.pop()
        out.append(closing)
        if stop > at:
            again.append((stop, entity, closing))
    for stop, entity, closing in reversed(again):
        out.append(_tags(entity, "")[0])
        open_now.append((stop, entity, closing))


def _tags(entity: Entity, text: str) -> tuple[str, str]:
    if entity["type"] not in _LINKS:
        return _TAGS.get(entity["type"], ("", ""))
    href = f"mailto:{text}" if entity["type"] == "email" else entity.get("url", text)
    try:
        href = urls.normal(href)
    except urls.BadUrlError:
        return "", ""
    return f'<a href="{escape(href)}" rel="noopener noreferrer" target="_blank">', "</a>"
