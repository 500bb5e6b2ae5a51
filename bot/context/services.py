"""What stays the same from start to stop, for every handler: the process, its words, the seal, the operator's will."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.context.abuse_limits import AbuseLimits
from bot.context.permissions import ButtonAccess
from bot.context.run_cache import RunCache
from bot.context.sealed_actions import Buttons
from bot.context.trace import Tracer, untraced
from bot.settings import Operator
from bot.telegram import links
from flows.definitions.model import Exercise, Process
from messages.voice import Voice
from storage.records.records import Outgoing


@dataclass(slots=True)
class Services:
    """The services that stay the same from start to stop, but for the bot's own account, which the channel tells."""

    process: Process
    voice: Voice
    buttons: Buttons
    zone: ZoneInfo
    username: str  # the bot's; empty where the channel has never told it
    user_id: int  # the bot's; 0 likewise
    free_groups: frozenset[int] | None = frozenset()  # the chats that need no code; None: no chat needs one
    limits: AbuseLimits = field(default_factory=AbuseLimits)
    run_cache: RunCache = field(default_factory=RunCache)
    exercise_versions: Mapping[str, Exercise] = field(default_factory=dict)  # exercises of earlier versions, by version
    agreement: str = ""  # the version of the promise that everybody has to have accepted
    allowed: frozenset[str] = frozenset()  # what the operator allows to be sent over the channel, such as "notes"
    rights: Mapping[str, ButtonAccess] = field(default_factory=dict)  # of every button, by its verb
    page_url: str = ""  # the address of the page in the browser; empty: there is none
    operator: Operator = field(default_factory=Operator)  # who answers for it
    towns: Path | None = None  # the operator's folder with a folder for each town
    trace: Tracer = untraced  # gets the way of each text along its readers
    in_passing: Callable[[Outgoing], None] = lambda _item: None  # the sender's, for what is kept nowhere

    def address(self, token: str, *, outside: bool = False) -> str:
        """Return the address of a link with this token. People `outside` get one to the page, if there is one."""
        if self.page_url and (outside or not self.username):
            return f"{self.page_url}/l/{token}"
        return links.link(self.username, token)
