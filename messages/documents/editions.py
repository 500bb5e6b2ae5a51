"""Which version of its text a document is, and what became of it: approved, in force, put right, replaced."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import pairwise

from flows.definitions.loader import the_process
from flows.enums import ExerciseRole
from messages.documents import changes
from messages.documents.blocks import Block
from messages.documents.catalogue import DOCUMENTS, TABLES, CatalogueEntry, Reader, completeness, needs
from messages.documents.facts import Facts
from messages.documents.helpers import helpers
from messages.documents.material import Approval, Material, Version
from messages.documents.parts import Parts
from messages.documents.standing import (
    CHAT,
    LAW,
    Correction,
    as_adopted,
    awaiting,
    checked,
    corrections,
    latest,
    standing_of,
)
from messages.documents.template import render
from messages.structure.blocks import Body, restored

CALLED_BY = "routine"  # the document that people call by


class Edition:
    """A document made of what a group has answered, and what is known of its text. Each thing is worked out once, when
    it is asked for. A table has no versions, and nobody approves it.
    """

    def __init__(self, document: str, material: Material) -> None:
        self._document, self._now = document, material
        self.entry: CatalogueEntry = DOCUMENTS.get(document, TABLES)

    # -- approved by the organisations -------------------------------------------------------------------------------
    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The exercises that it waits for, and those of the document that it is a page of."""
        return tuple(_asked(self._document, self._now.language))

    @cached_property
    def approval(self) -> Approval | None:
        """The approval of its text; None before the organisations are asked."""
        return next((self._now.approvals[one] for one in self.asked if one in self._now.approvals), None)

    @property
    def number(self) -> int | None:
        """The version of the text that organisations approve, which is the document's too; else None."""
        return self.approval.version if self.approval else None

    @property
    def adopted(self) -> date | None:
        """The day of the last organisation's answer to its text as it stands; None before all have."""
        return self.approval.on() if self.entry.numbered and self.approval else None

    @cached_property
    def final(self) -> bool:
        """True if the organisations have approved it, with the gaps that they saw; without approval, if it has none."""
        return self.approval.final if self.approval else completeness(self._document, self._now).share == 1

    @property
    def unfinished(self) -> bool:
        """True if others than the core group read it, or it is decided on, and it still lacks something."""
        entry = self.entry
        marked = entry.numbered or entry.sent_out or entry.reader is not Reader.CORE
        return entry.step is not None and marked and not self.final

    @property
    def draft(self) -> bool:
        """True for a text that has no version yet: one that organisations are to approve, and have not been asked
        about; or one that nobody approves, and that lacks something.
        """
        return self.entry.numbered and self.approval is None and (self.to_approve or not self.final)

    @property
    def to_approve(self) -> bool:
        """True if organisations are to approve what it tells."""
        return any(the_process().exercises[exercise].approves for exercise in self.asked)

    @property
    def hangs(self) -> bool:
        """True for an adopted page that hangs on a wall: it says from when it holds."""
        return bool(self.entry.page_of) and self.adopted is not None

    # -- in force, as it was adopted ---------------------------------------------------------------------------------
    @property
    def kept(self) -> tuple[Version, ...]:
        """The versions and drafts that were given out or adopted, the oldest first."""
        return self._now.versions.get(self._document, ())

    @cached_property
    def held(self) -> Version | None:
        """The version that is in force and kept as it was adopted; None where none is, or not of this text."""
        if self.adopted is None:
            return None
        return next((version for version in self.kept if version.adopted and version.number == self.number), None)

    @cached_property
    def _made(self) -> tuple[Parts, tuple[Block, ...], date]:
        facts = Parts(as_adopted(self._now, self.held))
        blocks = render(facts.material.language, self._document, helpers(facts), facts.kept)
        return facts, blocks, max(facts.dates, default=facts.material.today)

    @property
    def facts(self) -> Parts:
        """What its template has asked for, of the material as it was when it was adopted."""
        return self._made[0]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What its template has made."""
        return self._made[1]

    @property
    def newest(self) -> date:
        """The day of its newest part, by which it is dated, so that it is the same file until something changes."""
        return self._made[2]

    @cached_property
    def corrections(self) -> list[Correction]:
        """What was put right in the version that is in force."""
        return corrections(self.facts, self.held)

    @property
    def corrected(self) -> date | None:
        """The day on which something was last put right in the version that is in force; None if nothing was."""
        return latest(self.corrections) if self.held else None

    @property
    def checked_since(self) -> bool:
        """True for a paper that tells when its numbers were called right, and more of that than when it was adopted."""
        held, days = self.held, checked(self._now).values
        return bool(self.entry.page_of and held and any(held.adopted is None or on > held.adopted for on in days()))

    @property
    def as_read(self) -> Body:
        """An adopted text as it was read in the chat when it was adopted, while nothing in it was put right; empty
        where that was not kept.
        """
        if self.held is None or self.held.standing is None or self.corrected or self.checked_since:
            return ()
        kept = self.held.standing.get(CHAT)
        return restored(kept) if isinstance(kept, list) else ()

    @property
    def for_the_next(self) -> list[str]:
        """What reads otherwise by now, in words, and is printed once the organisations approve another version."""
        facts, town = Facts(self._now), the_process().with_role(ExerciseRole.TOWN).id
        found = awaiting(self._now, self.held)
        return [facts.words("routine.law") if name == LAW else facts.short(town, name) for name in found]

    @property
    def replaced(self) -> dict[int, date]:
        """The adopted versions that do not hold any more, with the day on which another one took their place.

        Another one is also the same version once something in it was put right.
        """
        days = [(version.number, version.adopted) for version in self.kept if version.adopted]
        if not days:
            return {}
        if self.adopted and self.number != days[-1][0]:  # it is not kept yet, or the text reads again as it did before
            days.append((self.number or 0, self.adopted))
        gone, holds = {number: after for (number, _), (_, after) in pairwise(days)}, days[-1][0]
        gone.pop(holds, None)
        return gone | ({holds: self.corrected} if self.corrected else {})

    # -- at hand -----------------------------------------------------------------------------------------------------
    def given_out(self, *, draft: bool) -> tuple[Version, ...]:
        """Return the versions that were given out, or else the drafts from before there was a version."""
        return tuple(version for version in self.kept if version.draft == draft)

    @cached_property
    def at_hand(self) -> Version:
        """The version to keep when it is given out, so that the next one can tell what differs: the one that the
        organisations approve, the last one if nothing has changed since, or the next.
        """
        facts, today = self.facts, self._now.today
        now = changes.digests(self.blocks, facts.words("label.beginning"), facts.apart)
        if self.number:
            return Version(self.number, today, now, standing=standing_of(facts.material) if self.adopted else None)
        kept = self.given_out(draft=self.draft)
        if kept and changes.alike(kept[-1].parts, now):
            return kept[-1]
        return Version(kept[-1].number + 1 if kept else 1, today, now, draft=self.draft)

    @property
    def differences(self) -> str:
        """What differs from the last version that was given out, in words; empty if there is none."""
        if not self.kept:
            return ""
        named, words = changes.differences(self.facts, self.kept[-1].parts, self.at_hand.parts), self.facts.words
        if self.entry.layout == "card":  # which has whom to call before its first heading
            calls = {words("label.beginning"): words("label.calls")}
            named = [calls.get(part, part) for part in named]
        return self.facts.voice.rules.joined(named)


def _asked(document: str, language: str) -> Iterator[str]:
    """Return the exercises of a document, and of the one that it is a page of."""
    yield from needs(document, language)
    if document in DOCUMENTS and (whole := DOCUMENTS[document].page_of):
        yield from needs(whole, language)


def approved_in(exercise: str, language: str) -> tuple[str, ...]:
    """Return the documents whose text is approved in this exercise."""
    return tuple(d for d, entry in DOCUMENTS.items() if entry.numbered and exercise in _asked(d, language))


def is_called_by(document: str) -> bool:
    """True for the routine and the page of it that hangs on a wall: what people call by."""
    return CALLED_BY in (document, DOCUMENTS.get(document, TABLES).page_of)
