"""What each person is being asked in private, until it is given, put off or cancelled; and texts that wait for it.

Both are sealed with the key of the group that they belong to: what is asked, since when, and what was written.
"""

from collections.abc import Collection
from datetime import date
from typing import TypedDict, Unpack

from storage.message_notes import MessageContext
from storage.records import HeldText, Prompt, TextPart
from storage.repository import REMEMBERED, Records
from storage.table import Table, seconds

FIELDS = ("matter", "context", "asked_at", "last_word_at", "interrupted", "aside")


class PromptChanges(TypedDict, total=False):
    """What of a question can be changed."""

    context: MessageContext
    asked_at: int
    last_word_at: int
    interrupted: bool
    aside: bool


class Prompts(Records[Prompt]):
    """One for each matter that a person is asked a text about."""

    table = Table("prompts", Prompt, sealed=FIELDS)
    cached = REMEMBERED

    async def update(self, id: int, **changes: Unpack[PromptChanges]) -> Prompt:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def of(self, person_id: int) -> list[Prompt]:
        """What a person is being asked, the oldest question first."""
        return sorted(await self._all_of("person_id", person_id), key=lambda prompt: prompt.asked_at)

    async def ask(self, person_id: int, group_id: int, matter: str, context: MessageContext) -> None:
        """The person is asked this from now on. The same matter asked anew takes the place of what was asked of it.

        Of several exercises it is the one last turned to that asks; what a feature has asked for is asked beside it.
        """
        now, before = seconds(self._now()), await self._find(person_id, matter)
        for prompt in await self.of(person_id) if not context.want else ():
            if not prompt.context.want and prompt.matter != matter and not prompt.aside:
                await self.update(prompt.id, aside=True)
        if before is not None:
            await self.update(before.id, context=context, asked_at=now, interrupted=False, aside=False)
            return
        id = self._caches.new_id("prompts")
        self._joined(person_id=person_id)
        await self._add(id, Prompt(id, person_id, group_id, matter, context, now, 0, False, False))

    async def word(self, id: int) -> None:
        """The person has said a word in it, and knows what is asked: the others merely wait from now on."""
        chosen = await self.get(id)
        for prompt in await self.of(chosen.person_id):
            if prompt.id != id:
                await self.update(prompt.id, aside=True)
        await self.update(id, last_word_at=seconds(self._now()), interrupted=False, aside=False)

    async def interrupt(self, person_id: int, but: str | None) -> None:
        """Something of another matter was said to the person."""
        for prompt in await self.of(person_id):
            if prompt.matter != but and not prompt.interrupted:
                await self.update(prompt.id, interrupted=True)

    async def turn_aside(self, person_id: int, matter: str) -> None:
        """The person has turned to something else: it merely waits."""
        if prompt := await self._find(person_id, matter):
            await self.update(prompt.id, aside=True)

    async def end(self, person_id: int, matter: str) -> None:
        """It was given, put off or cancelled."""
        if prompt := await self._find(person_id, matter):
            self._delete(prompt)

    async def end_all(self, person_id: int, group_id: int) -> None:
        """The person has left the group, and is asked nothing more there."""
        for prompt in await self.of(person_id):
            if prompt.group_id == group_id:
                self._delete(prompt)
        self._session.write("DELETE FROM held_texts WHERE person_id = ? AND group_id = ?", (person_id, group_id))

    def _delete(self, prompt: Prompt) -> None:
        self._session.write("DELETE FROM prompts WHERE id = ?", (prompt.id,))
        self._remembered().pop(prompt.id, None)
        self._joined(person_id=prompt.person_id)

    async def _find(self, person_id: int, matter: str) -> Prompt | None:
        return next((prompt for prompt in await self.of(person_id) if prompt.matter == matter), None)


class HeldTextChanges(TypedDict, total=False):
    """What of a text that waits can be changed."""

    parts: tuple[TextPart, ...]
    at: int


class HeldTexts(Records[HeldText]):
    """What people wrote and have not yet said what it answers."""

    table = Table("held_texts", HeldText, sealed=("parts", "at", "candidates"))

    async def update(self, id: int, **changes: Unpack[HeldTextChanges]) -> HeldText:
        """Change the named fields and return the record as it is now. Raises Unknown."""
        return await self._update(id, **changes)

    async def hold(
        self, person_id: int, group_id: int, part: TextPart, at: int, candidates: Collection[str], until: date
    ) -> HeldText:
        """Keep a text until the end of that day. `candidates`: the matters that it could answer."""
        id = self._caches.new_id("held_texts")
        held = HeldText(id, person_id, group_id, until, (part,), at, tuple(candidates))
        return await self._add(id, held)

    async def newest(self, person_id: int) -> HeldText | None:
        """What a person wrote last that waits to be placed."""
        found = await self._select("WHERE person_id = ? ORDER BY id DESC LIMIT 1", (person_id,))
        return found[0] if found else None

    async def drop(self, id: int) -> None:
        """It was placed or thrown away."""
        self._session.write("DELETE FROM held_texts WHERE id = ?", (id,))
        self._session.wipe_log = True

    async def prune(self, today: date) -> None:
        """Forget what nobody has placed in time."""
        self._session.write("DELETE FROM held_texts WHERE until < ?", (today.isoformat(),))
