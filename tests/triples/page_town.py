"""What two finished towns have on the page, such as copies of chats that say whose they are; and what was asked."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.page.get import Notices
from storage.records.access_log import AccessLog
from storage.records.mail import Mails
from storage.records.records import Attachment, OutboxKind, Person, group_chat, private_chat
from storage.store import UnitOfWork
from tests.triples.judges import PRIVATE
from tests.triples.towns import OTHER, OWN, Somebody, marks


@dataclass
class Reached:
    """What came of the requests, by route: how often it was asked, and with which status it answered."""

    routes: dict[str, Counter[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        """A table."""
        return "\n".join(
            f"{route:26} {sum(answers.values()):8}  {', '.join(f'{n} of {s}' for s, n in sorted(answers.items()))}"
            for route, answers in sorted(self.routes.items(), key=lambda one: one[0].split(" ")[::-1])
        )


@dataclass(frozen=True)
class Asked:
    """A request."""

    route: str
    path: str
    fields: tuple[tuple[str, str], ...]
    cookie: str
    person: int
    purpose: str  # of the link in its address
    signed_in: bool
    proved: bool


@dataclass
class Beside:
    """What happens beside what is said in the chats: mails, and lines in the log of who has read incidents."""

    mails: list[str] = field(default_factory=list)
    noted: bool = False

    def listen(self, patch: pytest.MonkeyPatch, said: list[tuple[str, str]]) -> None:
        """Note these, and in `said` what is told above somebody's next page."""
        mail_put, note, told = Mails.put, AccessLog.add, Notices.put

        async def mailed(mails: Mails, person_id: int, kind: str, address: str, *links: str) -> None:
            self.mails.append(f"{kind} {address} {links}")
            await mail_put(mails, person_id, kind, address, *links)

        async def noted(log: AccessLog, *what: Any) -> None:
            self.noted = True
            await note(log, *what)

        def shown(notices: Notices, person_id: int, text: str) -> None:
            said.append((private_chat(person_id), text))
            told(notices, person_id, text)

        patch.setattr(Mails, "put", mailed)
        patch.setattr(AccessLog, "add", noted)
        patch.setattr(Notices, "put", shown)


async def reporters(work: UnitOfWork) -> set[int]:
    """Return who has logged an incident in either town."""
    return {seat.person_id for number in (OWN, OTHER) for seat in (await work.members.of_group(number))[:3]}


async def kept(work: UnitOfWork, people: list[Person], number: int) -> None:
    """A town's chats as the page keeps them: each message, and the file under it, says whose it is."""
    said = {group_chat(number): marks(number)["core"]}
    said |= {private_chat(person.id): f"{PRIVATE}{person.id}." for person in people}
    for chat, word in said.items():
        await work.chat_copies.keep_chat(chat)
        files = [Attachment("document", f"{word}.txt", word.encode())]
        for _ in range(3):
            id = await work.outbox.put(chat, OutboxKind.DOCUMENT, {"text": word}, about=number, files=files)
            await work.chat_copies.take(await work.outbox.get(id), id, files)


def with_private_words(people: list[Somebody]) -> list[Somebody]:
    """The same people, for whom what stands in the others' own chats is not, either."""
    private = {one.person: f"{PRIVATE}{one.person}." for one in people}
    return [
        Somebody(one.person, one.kind, one.not_theirs | {private[id] for id in private if id != one.person})
        for one in people
    ]
