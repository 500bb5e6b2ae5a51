"""Every door says the same: what Telegram is sent and what the page shows are the words of the message."""

from collections.abc import Iterator
from html.parser import HTMLParser

from hypothesis import given

from bot.page.written import PageWriter
from bot.sandbox import html_mode
from bot.telegram.written import html
from messages.structure.blocks import Block, Body, Bullets, Fold, Paragraph
from messages.structure.layout import laid_out
from tests.messages.bodies import BODY


class Page(HTMLParser):
    """Reads a page whose tags must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An opening tag."""
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A closing tag: the latest opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words."""
        self.said += data


def unmarked(body: Body) -> Iterator[Block]:
    """The blocks without the dots and numbers of lists, which a browser writes."""
    for block in body:
        match block:
            case Bullets(items) if block.numbered or not block.marks:
                yield from map(Paragraph, items)
            case Fold(blocks):
                yield Fold(tuple(unmarked(blocks)))
            case _:
                yield block


@given(BODY)
def test_all_doors_say_the_same(body: Body) -> None:
    """Telegram takes each message and shows its words; the page is well-formed and has the same ones."""
    told, _entities = html_mode.parse(html(body))
    assert told == laid_out(body)
    page = Page()
    page.feed(str(PageWriter(unfold="").write(body)))
    page.close()
    assert page.open == []
    assert "".join(page.said.split()) == "".join(laid_out(tuple(unmarked(body))).split())
