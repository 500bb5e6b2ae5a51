"""Composes a document from its template, with its version and what differs from the one before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flows.enums import ExerciseRole, Field, Picture
from messages.documents import changes
from messages.documents.adopted import report_year
from messages.documents.blocks import Block, Document, Figure, Missing, PageBreak, Source, by_part
from messages.documents.catalogue import DOCUMENTS
from messages.documents.change_log import change_log
from messages.documents.editions import CALLED_BY, Edition
from messages.documents.facts import Facts
from messages.documents.material import Material
from messages.documents.pictures import foot
from messages.documents.standing import checked, numbers
from messages.documents.template import cleaned, isolated
from messages.structure.blocks import Heading, Paragraph, Span

NAMING = (
    Picture.MAP,
    Picture.INFLUENCE,
)  # pictures with firms by name: those that are sent by themselves are forwarded
PAGE, TEXT = 0, 9  # how deep what begins a page stands, and what stands below all headings


def compose(document: str, material: Material) -> Document:
    """A document as data, from its template. Raises KeyError for an unknown one."""
    entry, edition = DOCUMENTS[document], Edition(document, material)
    facts, words = edition.facts, edition.facts.words
    title = words(f"document.{document}.title", year=report_year(facts))
    name, dated, meanwhile = _name(edition), _dated(edition), _meanwhile(edition)
    line = _adopted_line(edition, dated) if edition.adopted else _line(edition, name, dated)
    shown = tuple(_in_order(edition))
    return Document(
        id=document,
        title=title,
        town=isolated(cleaned(material.town)),
        on=max(filter(None, (edition.newest, edition.corrected))),
        dated=dated,
        edition="" if entry.to_guests else name or dated,
        line=_joined(*line, meanwhile),
        meanwhile=_joined(meanwhile, _checked(edition)),
        language=facts.voice.rules.tag,
        layout=entry.layout,
        draft=words("label.draft_mark") if edition.unfinished else "",
        contents=words("label.contents") if entry.contents else "",
        apart=entry.apart,
        footer=_footer(edition, shown),
        blocks=tuple(_titled_once(title, (*_differing(edition), *_filled(shown)), always=entry.layout == "slides")),
        labels=words.table("label"),
        own=facts.material.own,
        reference=_reference(facts) if entry.record or entry.numbered else "",
    )


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


# -- what it says of itself ----------------------------------------------------------------------------------------
def _name(edition: Edition) -> str:
    """Return the version's number, "draft" while something is missing, and since when it is put right; "" without."""
    if not edition.entry.numbered:
        return ""
    words, number, draft = edition.facts.words, edition.at_hand.number, edition.at_hand.draft
    if edition.final and not draft:
        return words("label.edition", number=number, corrected=_corrected(edition))
    return words("label.draft", number=number, asked=not draft)


def _corrected(edition: Edition) -> str:
    return edition.facts.dated(edition.corrected) if edition.corrected else ""


def _dated(edition: Edition) -> str:
    """Return its day; of a page on a wall, from when it holds, and when it was put right since."""
    facts, put_right = edition.facts, _corrected(edition)
    if not edition.hangs:
        return facts.dated(edition.newest)
    held = f"{facts.words('facts.holds_from')} {facts.dated(edition.adopted or edition.newest)}"
    return _joined(held, facts.words("label.corrected", on=put_right) if put_right else "")


def _checked(edition: Edition) -> str:
    """Return how many of the numbers on a wall were called right, and when one last was; "" for none."""
    facts = edition.facts
    if not edition.hangs or not (done := checked(facts.material)):
        return ""
    missing = len(numbers(facts.material)) - len(done)
    return facts.words("label.checked", on=max(done.values()), count=len(done), missing=missing)


def _adopted_line(edition: Edition, dated: str) -> Iterator[str]:
    """Yield the parts of the line below the title of an approved text: the day of that, and of what was put right
    since; a later day is that of its figures, as it is in a role's paper of what is told beside the text.
    """
    facts, on, put_right = edition.facts, edition.adopted, _corrected(edition)
    assert on is not None
    plain = facts.words("label.edition", number=edition.number, corrected="")
    lacking = "".join(facts.approved_without(asked) for asked in edition.asked)
    yield facts.words("label.approved", edition=plain, on=facts.dated(on), without=lacking)
    if put_right and not edition.entry.page_of:
        yield facts.words("label.corrected", on=put_right)
    if max(facts.dates, default=on) > on:
        yield facts.words("label.as_of", on=dated)


def _line(edition: Edition, name: str, dated: str) -> Iterator[str]:
    """Yield the parts of the line below the title of any other text; what is handed to guests has none."""
    entry, facts = edition.entry, edition.facts
    if entry.to_guests:
        return
    beside = max(facts.beside_dates, default=edition.newest)
    yield facts.words("label.subject") if entry.layout == "slides" else ""
    yield from (dated, name)
    yield facts.words("label.working") if entry.working else ""
    yield facts.words("label.unfinished") if not name and edition.unfinished else ""
    yield facts.words("label.as_of", on=facts.dated(beside)) if entry.numbered and beside > edition.newest else ""


def _meanwhile(edition: Edition) -> str:
    """Say of a text that is changed which version holds until this one is approved; nothing if none does, or if it is
    this one, which somebody no longer approves, or has yet to.
    """
    adopted = [(version.number, version.adopted) for version in edition.kept if version.adopted]
    if not adopted or edition.final or adopted[-1][0] == edition.number:
        return ""
    number, on = adopted[-1]
    return edition.facts.words("label.meanwhile", number=number, on=edition.facts.dated(on))


def _footer(edition: Edition, shown: Sequence[Block]) -> str:
    """Return the line at each page's foot; it tells what the small numbers are where there are any."""
    entry, words = edition.entry, edition.facts.words
    if entry.layout == "form":
        return words("label.form_footer")
    footer = words("label.footer", town=edition.facts.material.town)
    sourced = entry.contents and any(isinstance(block, Source) and block.exercises for block in shown)
    return f"{footer} {words('label.sources')}" if sourced else footer


def _reference(facts: Facts) -> str:
    return str(facts.raw(*facts.place(ExerciseRole.TOWN, Field.REFERENCE)) or "")


def _differing(edition: Edition) -> tuple[Block, ...]:
    """Say what differs from the version before; what hangs on a wall begins with what one does."""
    if not edition.entry.numbered or edition.entry.page_of:
        return ()
    facts, number, draft = edition.facts, edition.at_hand.number, edition.at_hand.draft
    earlier = [version for version in edition.given_out(draft=draft) if version.number < number]
    if not earlier:
        return ()
    parts = changes.differences(facts, earlier[-1].parts, edition.at_hand.parts)
    sentence = facts.words("label.changed", before=earlier[-1].number, asked=not draft, parts=parts)
    return (Paragraph((Span(sentence, emphasis=True),)),)


def below(kind: str, facts: Facts) -> str:
    """Return the line under a picture: whose it is, and of when; where people act by it, of which adopted text, or that
    it is not adopted."""
    if kind != Picture.FLOW:
        return foot(facts, working=kind in NAMING)
    whole = Edition(CALLED_BY, facts.material)
    if whole.adopted is None:
        return foot(facts, draft=True)
    edition = facts.words("label.edition", number=whole.number, corrected="")
    return foot(facts, facts.words("label.approved", edition=edition, on=facts.dated(whole.adopted), without=""))


# -- its blocks ------------------------------------------------------------------------------------------------------
def _in_order(edition: Edition) -> Iterator[Block]:
    """Yield the text, the log of its versions, its annex (what begins with a page of its own), and its sources."""
    entry, blocks = edition.entry, edition.blocks
    if entry.numbered and edition.approval and edition.approval.final:
        # With its gaps, which it does not print for ever: the log and the chat know them.
        blocks = tuple(block for block in blocks if not isinstance(block, Missing))
    annex = next((place for place, block in enumerate(blocks) if isinstance(block, PageBreak)), len(blocks))
    log = change_log(edition) if entry.numbered and entry.layout == "report" else ()
    ordered = (*blocks[:annex], *log, *blocks[annex:])
    if entry.numbered and edition.to_approve:
        ordered = tuple(_with_sources_last(edition.facts, ordered))
    return iter(ordered) if entry.layout == "slides" else _sourced_once(ordered)


def _with_sources_last(facts: Facts, blocks: Sequence[Block]) -> Iterator[Block]:
    """Of a text that organisations approve, tell last where its parts come from, each source once."""
    told: dict[str, tuple[Source, list[str]]] = {}
    for here, block in by_part(blocks, facts.words("label.beginning")):
        if isinstance(block, Source) and block.exercises:
            told.setdefault(block.text, (block, []))[1].append(here)
        else:
            yield block
    if told:
        yield Heading(1, facts.words("label.sources_title"))
    for source, parts in told.values():
        named = {"parts": list(dict.fromkeys(parts)), "source": source.text}
        yield replace(source, text=facts.words("label.sourced", **named))


def _sourced_once(blocks: Sequence[Block]) -> Iterator[Block]:
    """Of sources that say the same with no other between them, keep the last."""
    texts = [block.text for block in blocks if isinstance(block, Source)]
    after = iter([*texts[1:], ""])
    return (block for block in blocks if not isinstance(block, Source) or block.text != next(after))


def _filled(blocks: Sequence[Block]) -> Iterator[Block]:
    """Drop headings that have nothing below them, and pages that nothing stands on."""
    below: list[Block] = []
    for block in reversed(blocks):
        after = _depth(below[-1]) if below else PAGE
        if not after <= _depth(block) < TEXT:
            below.append(block)
    return reversed(below)


def _depth(block: Block) -> int:
    if isinstance(block, Heading):
        return block.level
    return PAGE if isinstance(block, PageBreak) else TEXT


def _titled_once(title: str, blocks: Sequence[Block], *, always: bool = False) -> Iterator[Block]:
    """Drop the title of a picture that a part begins with, or under a heading that begins it, or first in a document
    of that title; on slides (`always`), of every picture.
    """
    for before, block in zip((None, *blocks), blocks, strict=False):
        if isinstance(block, Figure) and (always or _is_titled(before, title, str(block.data.get("title", "")))):
            yield replace(block, data={key: value for key, value in block.data.items() if key != "title"})
        else:
            yield block


def _is_titled(before: Block | None, title: str, shown: str) -> bool:
    """True if what stands before a picture, nothing or a heading, says what its own title does."""
    if before is None:
        return title.startswith(shown)
    if not isinstance(before, Heading):
        return False
    return before.level == 1 or shown.startswith(before.text)  # "Kedjan", and "Kedjan i Exempelstad"
