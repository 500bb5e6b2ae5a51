"""How much the bot says unasked: to each one, and in the group, by month and by kind, while a story is played.

What comes without a sound is counted apart.

Unasked is what comes with no tap or word of that person's in the minute before; in the group, of anybody's. So the
clock goes on for more than a minute whenever somebody else does something.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from unittest.mock import patch

from bot.demo.player import Player
from bot.demo.screen import said
from bot.demo.town import STOCKHOLM, Town
from bot.sandbox.world import Message
from messages.structure.blocks import Body
from messages.structure.layout import laid_out
from messages.voice import TemplateFacts, Voice

MINUTE = 60  # seconds
MONTH = 30.4  # days
IN_GROUP = "gruppen"
DOERS = re.compile(
    r"(?P<names>\w+(?:, \w+)*) (?:gör|trycker|svarar|följer|skickar|ändrar)\b|(?P<one>\w+)(?: i gruppen)?:"
)
render = Voice.render


@dataclass(frozen=True, slots=True)
class Unasked:
    """One message: to whom, when, and the name of its words; of the day's message also what it spoke of."""

    to: str
    on: date
    kind: str
    silent: bool = False  # no phone sounded


class Economy(Player):
    """Plays a story and notes what was said unasked."""

    def __init__(self, played: Town) -> None:
        super().__init__(played)
        self.unasked: list[Unasked] = []
        self._doing = ""
        self._done: dict[str, int] = {}  # who did something last at which second
        self._seen: set[tuple[str, int]] = set()
        self._kinds: dict[str, str] = {}

    async def take(self, raw: str, *, looks: bool = True) -> None:
        """Play one line, a minute later if others do something than before."""
        found = DOERS.match(raw.strip())
        doing = (found["names"] or found["one"]) if found else ""
        if not raw.strip().startswith(">") and doing != self._doing:
            with self._kinds_noted():
                await self.town.wind(minutes=1.1)
            self._look()
            self._doing = doing
        self.town.after = self._did
        with self._kinds_noted():
            await super().take(raw, looks=looks)
        self._look()

    async def _did(self, town: Town, person: int, _chat: int) -> None:
        if name := next((name for name, user in town.people.items() if user == person), ""):  # no time that went by
            self._done[name] = self._done[IN_GROUP] = int(town.sandbox.now().timestamp())
        self._look()

    def _look(self) -> None:
        """Note what is new, and whether it was asked for."""
        chats = {name: self.town.messages(name) for name in self.town.people}
        if self.town.title in self.town.groups:
            chats[IN_GROUP] = self.town.messages(next(iter(self.town.people)), self.town.title)
        for to, messages in chats.items():
            for message in messages:
                if (to, message.id) not in self._seen:
                    self._seen.add((to, message.id))
                    if not 0 <= message.date - self._done.get(to, -MINUTE - 1) <= MINUTE:
                        kind = self._kinds.get(_start(said(message)), "file")
                        self.unasked.append(Unasked(to, _day(message), kind, message.silent))

    @contextmanager
    def _kinds_noted(self) -> Iterator[None]:
        def noted(voice: Voice, name: str, facts: TemplateFacts | None = None) -> Body:
            said, lines = render(voice, name, facts), (facts or {}).get("lines")
            if name == "day.message" and isinstance(lines, list):
                kinds = {str(line["kind"]) for line in lines} | (
                    {"check_in"} if (facts or {}).get("question") else set()
                )
                name = f"day: {' + '.join(sorted(kinds))}"
            self._kinds[_start(laid_out(said))] = name
            return said

        with patch.object(Voice, "render", noted):
            yield

    # -- the figures -----------------------------------------------------------------------------------------------
    def of(self, names: Iterable[str], since: date) -> list[Unasked]:
        """What these got from a day on."""
        return [one for one in self.unasked if one.to in set(names) and one.on >= since]

    def mean(self, names: tuple[str, ...], since: date, *, silent: bool = False) -> float:
        """Messages a month to each of them at which a phone sounds, or those that come without a sound."""
        months = (self.town.clock().date() - since).days / MONTH
        return sum(one.silent is silent for one in self.of(names, since)) / len(names) / months

    def worst(self, names: tuple[str, ...], since: date) -> tuple[int, str]:
        """The most that one of them got in one month, and in which."""
        counts = Counter((one.to, f"{one.on:%Y-%m}") for one in self.of(names, since))
        return max(((count, month) for (_, month), count in counts.items()), default=(0, "-"))

    def table(self, roles: dict[str, tuple[str, ...]], since: date) -> str:
        """The figures of each role, and what they are made of."""
        lines = [f"{'':14}a month  and silent  worst month"]
        for role, names in roles.items():
            count, month = self.worst(names, since)
            heard, silent = self.mean(names, since), self.mean(names, since, silent=True)
            lines.append(f"{role:14}{heard:7.2f}  {silent:10.2f}  {count} ({month})")
            kinds = Counter(f"{one.kind}{' (silent)' * one.silent}" for one in self.of(names, since))
            lines += [f"{'':14}{found / len(names):7.1f}  {kind}" for kind, found in kinds.most_common()]
        return "\n".join(lines)


def _day(message: Message) -> date:
    return datetime.fromtimestamp(message.date, UTC).astimezone(STOCKHOLM).date()


def _start(text: str) -> str:
    """Enough of a text to know it again."""
    return " ".join(text.split())[:80]
