"""Activation codes: one lets one group in, for a week, and nobody can make one up."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.context.sealed_actions import LINK, Action, Buttons
from bot.features.members.activation import CodeVerdict, new_code, spend
from storage.store import Store
from storage.vault.vault import Keyring

KEY = bytes(range(32))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BUTTONS = Buttons(Keyring(KEY).button_key)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database with two groups, 1 and 2."""
    store = await Store.open(tmp_path / "private" / "town.db", keyring=Keyring(KEY), clock=lambda: NOW)
    async with store.work() as work:
        assert [(await work.groups.add(chat, "Exempelstad")).id for chat in (-100, -200)] == [1, 2]
    yield store
    await store.close()


async def taken(store: Store, code: str, group: int = 1, now: datetime = NOW) -> CodeVerdict:
    """Spend a code in a transaction of its own."""
    async with store.work() as work:
        return await spend(work, BUTTONS, code, group, now)


async def test_good_for_one_group(store: Store) -> None:
    """A code lets the first group in and no other; the same update taken twice is no trouble."""
    code = new_code(BUTTONS, NOW)
    assert await taken(store, code) is CodeVerdict.ACCEPTED
    assert await taken(store, code) is CodeVerdict.ACCEPTED
    assert await taken(store, code, group=2) is CodeVerdict.SPENT


async def test_good_for_a_week(store: Store) -> None:
    """A code is good until its seventh day is over."""
    code = new_code(BUTTONS, NOW)
    assert await taken(store, code, now=NOW + timedelta(days=7)) is CodeVerdict.EXPIRED
    assert await taken(store, code, now=NOW + timedelta(days=7, seconds=-1)) is CodeVerdict.ACCEPTED


@pytest.mark.parametrize(
    "code",
    [
        *("", "hej", "å" * 20, "A" * 64, BUTTONS.seal(LINK, Action("join", arg="1"))),
        pytest.param(new_code(Buttons(bytes(32)), NOW), id="another bot's"),  # it is another in each process
    ],
)
async def test_made_up(store: Store, code: str) -> None:
    """Other texts, other links of the bot, and codes made with another key are no codes."""
    assert await taken(store, code) is CodeVerdict.UNKNOWN


def test_fits_in_a_link() -> None:
    """A code is no two times the same, and fits in a deep link (64 characters of a-z, A-Z, 0-9, _ and -)."""
    codes = {new_code(BUTTONS, NOW) for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) <= 64 and code.replace("-", "").replace("_", "").isalnum() for code in codes)
