"""Prompts: what each person is being asked in private; and held texts, of which it is not known what they answer.

Both are sealed with the key of their group: what is asked, since when, and what was written.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypedDict, Unpack

from storage.records.message_notes import AboutRow, MessageContext
from storage.records.repository import REMEMBERED, Records
from storage.table import RecordTable, seconds


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person is being asked to write in private. Times are unix seconds, as they are sealed."""

    id: int
    person_id: int
    group_id: int
    matter: str  # what it belongs to: "run:<run>", or "<want>:<group>" for what a feature asked for
    context: MessageContext  # of the message that asks
    asked_at: int
    last_word_at: int  # 0 while nothing has been said in it
    interrupted: bool  # something of another matter has been said since
    aside: bool  # the person has turned to something else: it merely waits


@dataclass(frozen=True, slots=True)
class TextPart:
    """One message of a text: its number in the chat, when it was written (unix seconds), and if more may follow it.

    `cries`: it may be meant for the bot alone, and is shown to nobody and spoken of nowhere until its author says so.
    """

    text: str
    message: int
    at: int
    long: bool
    cries: bool = False


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text of which its author has not yet said what it answers."""

    id: int
    person_id: int
    group_id: int
    until: date
    parts: tuple[TextPart, ...]
    at: int  # unix seconds of the latest part
    candidates: tuple[str, ...]  # matters of the questions that it could answer

    @property
    def text(self) -> str:
        """All that was written, a line for each message."""
        return "\n".join(part.text for part in self.parts)

    @property
    def cries(self) -> bool:
        """True if it may be meant for the bot alone."""
        return any(part.cries for part in self.parts)


FIELDS = ("matter", "context", "asked_at", "last_word_at", "interrupted", "aside")


class PromptChanges(TypedDict, total=False):
    """The fields of a prompt that can be changed."""

    context: MessageContext
    asked_at: int
    last_word_at: int
    interrupted: bool
    aside: bool


class Prompts(Records[Prompt]):
    """The prompts of everybody: one for each matter that a person is to write about."""

    table = RecordTable("prompts", Prompt, sealed=FIELDS)
    cached = REMEMBERED

    async def update(self, id: int, **changes: Unpack[PromptChanges]) -> Prompt:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def of(self, person_id: int) -> list[Prompt]:
        """Return a person's prompts, the oldest first."""
        return sorted(await self._all_of("person_id", person_id), key=lambda prompt: prompt.asked_at)

    async def ask(self, person_id: int, group_id: int, matter: str, context: MessageContext) -> None:
        """Ask a person for a text. Asking about the same matter again replaces its earlier prompt.

        Of several exercises, and of several rows of which a feature asks the same, the latest one asks and the others
        are put aside; prompts of other features stay beside it.
        """
        now, mine = seconds(self._now()), await self.of(person_id)
        before = await self._find(person_id, matter)
        for prompt in mine if context.of(AboutRow) or not context.want else ():
            if prompt.context.want == context.want and prompt.matter != matter and not prompt.aside:
                await self.update(prompt.id, aside=True)
        if before is not None:
            await self.update(before.id, context=context, asked_at=now, interrupted=False, aside=False)
            return
        id = self._caches.new_id("prompts")
        self._joined(id, person_id=person_id)
        await self._add(id, Prompt(id, person_id, group_id, matter, context, now, 0, False, False))

    async def word(self, id: int) -> None:
        """Note that the person has written in answer to this prompt, and so knows it; the others are put aside."""
        chosen = await self.get(id)
        for prompt in await self.of(chosen.person_id):
            if prompt.id != id:
                await self.update(prompt.id, aside=True)
        await self.update(id, last_word_at=seconds(self._now()), interrupted=False, aside=False)

    async def interrupt(self, person_id: int, but: str | None) -> None:
        """Note that the bot has written about something else: the person may not have these prompts in mind."""
        for prompt in await self.of(person_id):
            if prompt.matter != but and not prompt.interrupted:
                await self.update(prompt.id, interrupted=True)

    async def turn_aside(self, person_id: int, matter: str) -> None:
        """Put a prompt aside, as the person has turned to something else: it waits, and asks no more."""
        if prompt := await self._find(person_id, matter):
            await self.update(prompt.id, aside=True)

    async def turn_all_aside(self, person_id: int) -> None:
        """Put all of a person's prompts aside, as they have turned to what is answered with buttons."""
        for prompt in await self.of(person_id):
            if not prompt.aside:
                await self.update(prompt.id, aside=True)

    async def seal_anew(self, group_id: int) -> None:
        """Seal again what everybody in a group is being asked, so that nobody can see what has just been put aside."""
        seats = "SELECT person_id FROM members WHERE group_id = ?"
        for prompt in await self._select(f"WHERE person_id IN ({seats}) ORDER BY id", (group_id,)):
            await self._save(prompt.id, prompt, prompt)

    async def end(self, person_id: int, matter: str) -> None:
        """End a prompt: its text was given, put off or cancelled."""
        if prompt := await self._find(person_id, matter):
            self._delete(prompt)

    async def end_wanted(self, person_id: int, want: str) -> None:
        """End all prompts of a person by which a feature asked for the same, in any group: they have said it."""
        for prompt in await self.of(person_id):
            if prompt.context.want == want:
                self._delete(prompt)

    async def end_all(self, person_id: int, group_id: int) -> None:
        """End all prompts of a person who has left the group."""
        for prompt in await self.of(person_id):
            if prompt.group_id == group_id:
                self._delete(prompt)
        await HeldTexts(self._session, self._caches).drop_all(person_id, group_id)

    def _delete(self, prompt: Prompt) -> None:
        self._session.write("DELETE FROM prompts WHERE id = ?", (prompt.id,))
        self._left(prompt.id, person_id=prompt.person_id)

    async def _find(self, person_id: int, matter: str) -> Prompt | None:
        """Return the prompt about a matter; one asked about a row by an older release does not name it."""
        return next((one for one in await self.of(person_id) if matter in (one.matter, _with_row(one))), None)


def _with_row(prompt: Prompt) -> str:
    about = prompt.context.of(AboutRow)
    return f"{prompt.matter}:row:{about.row}" if about else prompt.matter


class HeldTextChanges(TypedDict, total=False):
    """The fields of a held text that can be changed."""

    parts: tuple[TextPart, ...]
    at: int
    until: date


class HeldTexts(Records[HeldText]):
    """Texts whose authors have not yet said what they answer. Cached, as every question looks whether there are any."""

    table = RecordTable("held_texts", HeldText, sealed=("parts", "at", "candidates"))
    cached = REMEMBERED

    async def update(self, id: int, **changes: Unpack[HeldTextChanges]) -> HeldText:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def hold(
        self, person_id: int, group_id: int, part: TextPart, at: int, candidates: Collection[str], until: date
    ) -> HeldText:
        """Keep a text until the end of that day. `candidates`: the matters that it could answer."""
        id = self._caches.new_id("held_texts")
        held = HeldText(id, person_id, group_id, until, (part,), at, tuple(candidates))
        self._joined(id, person_id=person_id)
        return await self._add(id, held)

    async def newest(self, person_id: int) -> HeldText | None:
        """Return the latest held text of a person."""
        return next(reversed(await self._all_of("person_id", person_id)), None)

    async def of(self, person_id: int, today: date) -> list[HeldText]:
        """Return the held texts of a person that are kept today, the oldest first."""
        return [held for held in await self._all_of("person_id", person_id) if held.until >= today]

    async def told_of(self, person_id: int, today: date) -> list[HeldText]:
        """Return those of a person that they are reminded of: all but what may be meant for the bot alone."""
        return [held for held in await self.of(person_id, today) if not held.cries]

    async def of_group(self, group_id: int, today: date) -> list[HeldText]:
        """Return the held texts of a group's people that are kept today, the oldest first."""
        return await self._select("WHERE group_id = ? AND until >= ? ORDER BY id", (group_id, today.isoformat()))

    async def drop(self, id: int) -> None:
        """Delete a held text that was placed or thrown away."""
        held = await self.lookup(id)
        if held is None:
            return
        self._wipe("WHERE id = ?", (id,))
        self._left(id, person_id=held.person_id)

    async def drop_all(self, person_id: int, group_id: int) -> None:
        """Delete the held texts of a person who has left the group."""
        for held in await self._all_of("person_id", person_id):
            if held.group_id == group_id:
                await self.drop(held.id)

    async def drop_cries(self, person_id: int) -> None:
        """Delete what a person may have meant for the bot alone, as they empty the chat."""
        for held in await self._all_of("person_id", person_id):
            if held.cries:
                await self.drop(held.id)

    async def prune(self, today: date) -> None:
        """Delete held texts that nobody has placed in time."""
        self._session.write("DELETE FROM held_texts WHERE until < ?", (today.isoformat(),))
        self._remembered.clear()
