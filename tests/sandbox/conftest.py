from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox import ApiError, Sandbox

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Town:
    """A sandbox with two people and a group that has the bot in it."""

    sandbox: Sandbox
    anna: int
    bo: int
    group: int

    def call(self, method: str, **params: Any) -> Any:
        """A call by the bot."""
        return self.sandbox.call(method, params, token=self.sandbox.token)

    def refusal(self, method: str, **params: Any) -> ApiError:
        """The refusal of a call that must be refused."""
        with pytest.raises(ApiError) as caught:
            self.call(method, **params)
        return caught.value

    def act(self, person: int, action: str, **details: Any) -> list[dict[str, Any]]:
        """A person does something; the updates that the bot gets."""
        return self.sandbox.act(person, action, **details)

    def say(self, text: str = "Hej", chat: int | None = None, **params: Any) -> int:
        """The bot writes to Anna (or elsewhere); the id of its message."""
        return int(self.call("sendMessage", chat_id=chat or self.anna, text=text, **params)["message_id"])

    def supergroup(self) -> int:
        """Make the group a supergroup; its new id."""
        self.act(self.anna, "make_supergroup", chat=self.group)
        new = self.sandbox.chat(self.group).migrated_to
        assert new is not None
        return new


@pytest.fixture
def town() -> Town:
    """Anna has pressed Start, Bo has not; both are in the group with the bot, which Anna owns."""
    sandbox = Sandbox(start=START)
    anna, bo = sandbox.add_person("Anna", "Berg", "annab"), sandbox.add_person("Bo")
    group = sandbox.create_group("Småstad", anna, [bo])
    sandbox.act(anna, "add_bot", chat=group)
    sandbox.act(anna, "start")
    sandbox.limits.enabled = False
    return Town(sandbox, anna, bo, group)


@pytest.fixture
def make_sandbox() -> Callable[..., Sandbox]:
    """A fresh sandbox with chosen settings."""
    return lambda **settings: Sandbox(start=START, **settings)
