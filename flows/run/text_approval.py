"""Approvals: what organisations have said to a text, version by version, and what the group has decided about that.

The form that each fills in is an exercise, and its round says who is asked; a text has no ballot beside it. An answer
is to the version that it was given to. When the text changes it is laid aside, and it holds again when the text is
that version once more, unless its owner has said something else since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from flows.run.state import Phase

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version of a text: a hash of its words as it was answered first, and since when it reads so."""

    mark: str
    on: date
    right: tuple[str, ...] = ()  # a hash for each time that a number in it was put right

    @property
    def readings(self) -> tuple[str, ...]:
        """The hashes of all that it has read as, the newest last."""
        return (self.mark, *self.right)


@dataclass(frozen=True, slots=True)
class Said:
    """An organisation's answer to a version. `back`: when it was laid aside, as the text had changed."""

    version: int
    decision: str
    on: date
    reason: str | None = None
    signer: str | None = None
    at: datetime | None = None  # none in what older programs have kept
    owner: str = ""  # where it does not stand under its owner
    back: date | None = None

    @property
    def words(self) -> tuple[str, str | None, str | None]:
        """What was answered: decision, reason, signer."""
        return self.decision, self.reason, self.signer


@dataclass(frozen=True, slots=True)
class NotedWord:
    """What a member has noted of somebody, when the text was this version: of whoever is silent no `text`."""

    version: int
    on: date
    by: int
    text: str = ""


Words = Mapping[str, NotedWord]


@dataclass(frozen=True, slots=True)
class Before:
    """How all stood when answers were laid aside: whose, to which version, and the phases of their round till then."""

    version: int = 0
    owners: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    aside: Words = field(default_factory=dict)
    overruled: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextApproval:
    """What is kept of a text, by owner where nothing else is said."""

    versions: tuple[TextVersion, ...] = ()
    given: Mapping[str, Said] = field(default_factory=dict)  # to the text as it stands
    before: tuple[Said, ...] = ()  # what was laid aside
    aside: Words = field(default_factory=dict)  # who is silent, and not waited for
    overruled: Words = field(default_factory=dict)  # whose no the group goes on despite, and why
    outside: Words = field(default_factory=dict)  # by row: what those say who have nobody here to answer
    changing: tuple[str, ...] = ()  # who have taken their answer back to change it
    gone: tuple[str, ...] = ()  # of whom it was told that they have nobody left to answer
    told: int = 0  # the version that was told to be final last
    was: Before = field(default_factory=Before)

    @property
    def answers(self) -> tuple[Said, ...]:
        """All answers, each with its owner, those that hold first."""
        return (*(replace(said, owner=owner, back=None) for owner, said in self.given.items()), *self.before)

    @property
    def laid_aside(self) -> Mapping[str, Said]:
        """The latest answer of those who have none now."""
        return {said.owner: said for said in self.before if said.owner not in self.given}

    def refused(self, yes: str) -> list[str]:
        """Return whose no stands, and the group has not decided to go on despite it."""
        return [owner for owner, said in self.given.items() if said.decision != yes and owner not in self.overruled]

    def reading(self, mark: str, today: date) -> tuple["TextApproval", int]:
        """Return this with a text of these words, and which version that is: the newest of those that have read so.

        One that nobody has answered counts for none, and gives way to the next.
        """
        found = [number for number, version in enumerate(self.versions, 1) if mark in version.readings]
        if found:
            return self, found[-1]
        answered = len(self.versions) in {said.version for said in self.answers}
        versions = (*(self.versions if answered else self.versions[:-1]), TextVersion(mark, today))
        return replace(self, versions=versions), len(versions)

    def answered(self, owner: str, said: Said | None) -> "TextApproval":
        """Return this with an answer, None for one that is taken back: what was decided about the owner is over."""
        given = _without(self.given, owner) if said is None else {**self.given, owner: said}
        back = said is None and (owner in self.given or owner in self.changing)
        changing = (*(one for one in self.changing if one != owner), *[owner] * back)
        aside, overruled = _without(self.aside, owner), _without(self.overruled, owner)
        return replace(self, given=given, changing=changing, aside=aside, overruled=overruled)

    def turned(self, version: int, again: Mapping[str, Said], phases: tuple[Phase, ...], today: date) -> "TextApproval":
        """Return this when the text has become a version: what was said of others is laid aside, `again` holds anew.

        So it is with what was decided about silence and a no. `phases`: of the round until now.
        """
        old = {owner: said for owner, said in self.given.items() if said.version != version}
        laid = [replace(said, owner=owner, back=today) for owner, said in old.items()]
        then = self.was if self.was.version == version else Before()
        was = Before() if then.version else self.was
        if old:
            number = max(said.version for said in laid)
            was = Before(number, tuple(old), phases, self.aside, self.overruled)
        return replace(
            self,
            given={**_without(self.given, *old), **again},
            before=(*(said for said in self.before if said not in again.values()), *laid),
            aside={**then.aside, **_about(self.aside, version)},
            overruled={**then.overruled, **_about(self.overruled, version)},
            gone=tuple(owner for owner in self.gone if owner not in self.aside),
            was=was,
        )


def _about(words: Words, version: int) -> Words:
    return {owner: word for owner, word in words.items() if word.version == version}


def _without(kept: Mapping[str, V], *owners: str) -> dict[str, V]:
    return {owner: one for owner, one in kept.items() if owner not in owners}
