"""What each promise of `tests/promises.toml` forbids in any answer of the page, whoever asks at whichever door.

The table says where a promise is made; here stands what would break it. A cell of which it says that it cannot arise is
judged like one that is played: if it arises, the table is wrong. What it does not promise is not judged.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from storage.records.records import Member, private_chat
from storage.store import UnitOfWork
from tests.promises import NOT_PROMISED, TABLE, Cell, cells
from tests.triples.towns import CANARY, OTHER, OWN, WORDS, Somebody, marks

PRIVATE: Final = "Privatord"  # with whose chat it stands in
HIDE: Final = "dolj"
DONE: Final = 303  # the status of a form that was carried out
CELLS: Final[Mapping[tuple[str, str, str], Cell]] = {(one.promise, one.door, one.who): one for one in cells()}
# What the table's doors say of the routes at them; at one door several routes, and of some routes several doors.
DOORS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    way: tuple(door for door, said in TABLE["doors"].items() if way in said["ways"])
    for way in dict.fromkeys(way for said in TABLE["doors"].values() for way in said["ways"])
}
ELSEWHERE: Final = {  # promises that no single answer could be seen to break
    "unnamed": "what is handed in has no owner that could be told (tests/thief, storage/test_unnamed.py)",
}

Fact = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a request, before it is undone."""

    one: Somebody
    route: str
    text: str  # what was written in it, such as a command
    signed_in: bool
    proved: bool  # a code was given lately in this browser
    status: int
    shown: str  # the answer
    said: tuple[tuple[str, str], ...]  # to whom the bot says what: chat and all that it holds
    mails: tuple[str, ...]
    noted: bool  # in the log of who has read incidents
    gained: frozenset[Fact]  # what somebody who was there before has or may now, and did not
    kept: str  # what the page has of their own conversation afterwards
    reporters: tuple[str, ...]  # the names of those who have logged incidents, in any town

    @property
    def heard(self) -> str:
        """All that whoever asks is told: what is shown, and what is said to them."""
        own = private_chat(self.one.person)
        return " ".join([self.shown, *(words for chat, words in self.said if chat == own)])


def _incident(seen: Seen) -> str:
    """Only a reader, who has given a code in this browser, reads an incident; and it is noted."""
    if WORDS["incident"] not in seen.heard:
        return ""
    if not seen.proved:
        return "an incident is read without a code"
    return "" if seen.noted else "an incident is read, and not noted"


def _reporter(seen: Seen) -> str:
    """Where an incident is told, nobody is named who has logged one."""
    told = [words for _, words in seen.said if WORDS["incident"] in words]
    lines = [line for line in seen.shown.splitlines() if WORDS["incident"] in line]
    named = [name for name in seen.reporters if any(_names(name, words) for words in (*told, *lines))]
    return f"beside an incident stands {named}" if named else ""


def _names(name: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", words) is not None


def _private(seen: Seen) -> str:
    """Nobody reads what stands in another's own conversation."""
    others = {part.partition(".")[0] for part in seen.heard.split(PRIVATE)[1:]} - {str(seen.one.person)}
    return f"reads the conversation of {others}" if others else ""


def _account(seen: Seen) -> str:
    """Who has given no code in this browser gains no right for anybody, no seat or browser of another's, no address.

    A link in one's own mail proves what it is for, and by an invitation one comes in as oneself.
    """
    own = str(seen.one.person)
    others = [fact for fact in seen.gained if fact[0] in ("browser", "address", "seat") and fact[1] != own]
    rights = [fact for fact in seen.gained if fact[0] in ("reader", "coordinates")]
    by_form = seen.route in ("POST /gor", "POST /kod", "POST /konto/mail")
    addresses = [fact for fact in seen.gained if fact[0] == "address" and by_form]
    wrong = [] if seen.proved else [*others, *rights, *addresses]
    return f"gained {wrong}" if wrong else ""


def _hidden(seen: Seen) -> str:
    """Once somebody who is signed in has hidden, nothing of before stands in their conversation."""
    hides = seen.signed_in and seen.status == DONE and seen.text.startswith(f"/{HIDE} ")
    return "something stays in the conversation" if hides and PRIVATE in seen.kept else ""


def _quiet(seen: Seen) -> str:
    """What comes to others unasked holds no word of an incident or of somebody's own; a mail no word of anybody's."""
    own = private_chat(seen.one.person)
    secret = (WORDS["incident"], PRIVATE)
    unasked = [words for chat, words in seen.said if chat != own and any(word in words for word in secret)]
    mailed = [mail for mail in seen.mails if any(word in mail for word in (*WORDS.values(), PRIVATE, CANARY))]
    return f"unasked came {[*unasked, *mailed]}" if unasked or mailed else ""


def _left(seen: Seen) -> str:
    """Whoever has left hears nothing of what the group has."""
    words = [word.split()[0] for number in (OWN, OTHER) for word in marks(number).values()]
    heard = [word for word in words if word in seen.heard]
    return f"one who has left hears {heard}" if seen.one.kind == "left" and heard else ""


def _help(seen: Seen) -> str:
    """From each page one finds whom to ring."""
    page = seen.status == 200 and "<html" in seen.shown
    return "whom to ring is not there" if page and not ("112" in seen.shown and '"/ring"' in seen.shown) else ""


JUDGES: Final[Mapping[str, Callable[[Seen], str]]] = {
    "reporter": _reporter,
    "incident": _incident,
    "private": _private,
    "account": _account,
    "hidden": _hidden,
    "quiet": _quiet,
    "left": _left,
    "help": _help,
}


def doors_of(route: str, purpose: str) -> tuple[str, ...]:
    """Return at which of the table's doors a request knocks; `purpose`: of the link in its address, if there is one."""
    by_link = DOORS_OF.get(f"link {purpose}", ())
    at = DOORS_OF[route]
    return tuple(door for door in at if door in by_link) or by_link or at


def who_sits_there(one: Somebody, *, signed_in: bool, proved: bool) -> tuple[str, ...]:
    """Return whom of the table it may be: who has also her telephone does as she does."""
    if one.kind == "unknown" or not signed_in:
        return ("stranger",)
    if one.kind.startswith("left"):
        return ("left",)
    return ("right", "partner") if proved else ("device",)


@dataclass
class Verdicts:
    """How often each cell of the table was judged, by promise, door and whoever sits there."""

    judged: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def judge(self, seen: Seen, doors: Iterable[str], whose: Iterable[str]) -> list[str]:
        """Judge a request in each cell that it belongs to; return what was broken there."""
        mine = [
            (promise, door, who)
            for promise in JUDGES
            for door in doors
            for who in whose
            if not CELLS[promise, door, who].why.startswith(NOT_PROMISED)
        ]
        self.judged.update(mine)
        found = {promise: JUDGES[promise](seen) for promise in dict.fromkeys(cell[0] for cell in mine)}
        return [f"{' × '.join(cell)}: {found[cell[0]]}" for cell in mine if found[cell[0]]]

    def missing(self) -> list[tuple[str, str, str]]:
        """Return the cells at the page's doors that no request was judged in."""
        at = {door for way, doors in DOORS_OF.items() if way.startswith(("GET ", "POST ")) for door in doors}
        return [
            cell
            for cell, said in CELLS.items()
            if cell[0] in JUDGES and cell[1] in at and not said.why.startswith(NOT_PROMISED) and not self.judged[cell]
        ]

    def __str__(self) -> str:
        """A table: for each promise and door the fewest requests that any of those who may sit there was judged by."""
        doors = list(dict.fromkeys(door for _, door, _ in self.judged))
        rows = [" " * 10 + "".join(f"{door:>10}" for door in doors)]
        for promise in JUDGES:
            counts = [[many for cell, many in self.judged.items() if cell[:2] == (promise, door)] for door in doors]
            rows.append(f"{promise:10}" + "".join(f"{min(many) if many else '–':>10}" for many in counts))
        return "\n".join(rows)


async def standing(work: UnitOfWork) -> frozenset[Fact]:
    """Return what people have and may now: seats, rights, addresses that count, browsers."""
    facts: set[Fact] = set()
    for number in (OWN, OTHER):
        members, group = await work.members.of_group(number), await work.groups.get(number)
        readers = group.settings.readers
        facts |= {fact for member in members for fact in _of(member, reads=member.id in readers)}
    for address in await work.mail_addresses._select("WHERE state <> 'asked'"):
        facts.add(("address", str(address.person_id), address.address))
    facts |= {("browser", str(one.person_id), str(one.id)) for one in await work.sign_ins._open()}
    return frozenset(facts)


def _of(member: Member, *, reads: bool) -> Iterable[Fact]:
    who = str(member.person_id)
    if member.state == "active":
        yield ("seat", who, str(member.group_id), member.role)
        if member.coordinator:
            yield ("coordinates", who, str(member.group_id))
    if reads:
        yield ("reader", who, str(member.group_id))
