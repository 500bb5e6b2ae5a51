"""The HTML parse mode (core.telegram.org/bots/api#html-style): markup becomes a text and its entities.

The refusals, with their byte offsets, are worded as the Bot API server words them.
"""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from . import urls, utf16
from .errors import bad_request
from .wire import Wire

_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code",
    "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAGS = {*_SIMPLE, "a", "pre", "blockquote"}
_CHARACTER = re.compile(r"&(lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(r"([^\s=>/]+)(\s*=\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9.\-]+))?")


@dataclass
class _Open:
    """A tag that waits for its end."""

    tag: str
    offset: int
    index: int
    attributes: dict[str, str] = field(default_factory=dict)


def _refuse(text: str) -> NoReturn:
    raise bad_request(f"can't parse entities: {text}")


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Wire] = []

    def parse(self) -> tuple[str, list[Wire]]:
        source = self.source
        while self.at < len(source):
            if source[self.at] == "<":
                self._end_tag() if source.startswith("</", self.at) else self._start_tag()
            else:
                stop = source.find("<", self.at)
                stop = len(source) if stop < 0 else stop
                self._write(unescape(source[self.at : stop]))
                self.at = stop
        if self.open:
            _refuse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.out), self.entities

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += utf16.length(text)

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())

    def _start_tag(self) -> None:
        begin = self.at
        name = re.split(r"[\s>]", self.source[begin + 1 :], maxsplit=1)[0]
        tag, self.at = name.lower(), begin + 1 + len(name)
        if self.at >= len(self.source):
            _refuse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _TAGS:
            _refuse(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(tag, self.length, len(self.out), attributes))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self.at += len(self.source[self.at :]) - len(self.source[self.at :].lstrip())
            if self.at >= len(self.source):
                _refuse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
            if self.source[self.at] == ">":
                self.at += 1
                return found
            match = _ATTRIBUTE.match(self.source, self.at)
            if match is None:
                _refuse(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
            if match[2] is None and self.source[match.end() :].lstrip().startswith("="):
                _refuse(f"Unclosed start tag at byte offset {self._byte(begin)}")
            found[match[1].lower()] = unescape((match[3] or "").strip("\"'"))
            self.at = match.end()

    def _end_tag(self) -> None:
        begin = self.at
        stop = self.source.find(">", begin)
        if not self.open:
            _refuse(f"Unexpected end tag at byte offset {self._byte(begin)}")
        if stop < 0:
            _refuse(f"Unclosed end tag at byte offset {self._byte(begin)}")
        tag = self.source[begin + 2 : stop].strip().lower()
        opened = self.open.pop()
        if tag and tag != opened.tag:
            where = self._byte(begin)
            _refuse(f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{tag}>"')
        self.at = stop + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Wire = {"type": "", "offset": opened.offset, "length": self.length - opened.offset}
        if not entity["length"]:
            return
        if opened.tag == "a":
            target = _target(opened.attributes.get("href") or "".join(self.out[opened.index :]))
            if target is None:
                return
            entity |= target
        elif opened.tag == "blockquote":
            entity["type"] = "expandable_blockquote" if "expandable" in opened.attributes else "blockquote"
        elif opened.tag == "pre":
            self._close_pre(entity)
        else:
            entity["type"] = _SIMPLE[opened.tag]
            if language := _language(opened):
                entity["language"] = language
        self.entities.append(entity)

    def _close_pre(self, entity: Wire) -> None:
        """`<pre><code class="language-x">` is one entity."""
        entity["type"] = "pre"
        inner = self.entities[-1] if self.entities else None
        if inner and inner["type"] == "code" and all(inner[key] == entity[key] for key in ("offset", "length")):
            self.entities.pop()
            if "language" in inner:
                entity["language"] = inner["language"]


def _language(opened: _Open) -> str | None:
    name = opened.attributes.get("class", "")
    return name.removeprefix("language-") if opened.tag == "code" and name.startswith("language-") else None


def _target(href: str) -> Wire | None:
    """Return where a link leads; one that Telegram does not take loses its link and keeps its text."""
    if match := re.fullmatch(r"tg://user\?id=(\d+)", href):
        return {"type": "text_mention", "user": {"id": int(match[1])}}
    try:
        return {"type": "text_link", "url": urls.normal(href)}
    except urls.BadUrlError:
        return None


def unescape(text: str) -> str:
    """Resolve the four named and all numeric character references; any other ampersand stands for itself."""
    return _CHARACTER.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name in _NAMED:
        return _NAMED[name]
    code = int(f"0{name[1:]}", base=0) if name[1] == "x" else int(name[1:])
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]


def parse(source: str) -> tuple[str, list[Wire]]:
    """A text in the HTML parse mode as plain text and entities (without those found automatically).

    Raises ApiError "can't parse entities: …". A `code` that holds a language outside `pre` keeps none.
    """
    text, entities = _Parser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
