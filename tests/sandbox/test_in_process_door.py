import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.sandbox import SandboxRequest


@pytest.fixture
async def bot(town: Any) -> AsyncIterator[telegram.Bot]:
    """python-telegram-bot's client on the in-process door."""
    door = SandboxRequest(town.sandbox)
    async with telegram.Bot(town.sandbox.token, request=door, get_updates_request=door) as client:
        yield client


async def test_the_library_sends_edits_and_fetches(town: Any, bot: telegram.Bot) -> None:
    """The bot's own library works unchanged: text, keyboard, edit, document, picture, download."""
    markup = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Ja", callback_data="1")]])
    sent = await bot.send_message(town.anna, "<b>Hej</b>", parse_mode="HTML", reply_markup=markup)
    assert sent.text_html == "<b>Hej</b>"
    edited = await bot.edit_message_text("Nytt", chat_id=town.anna, message_id=sent.message_id)
    assert isinstance(edited, telegram.Message)
    document = (await bot.send_document(town.anna, b"innehall", filename="plan.txt")).document
    assert document is not None
    file = await document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"innehall"
    media = [
        telegram.InputMediaDocument(b"ett", filename="1.txt"),
        telegram.InputMediaDocument(b"tva", filename="2.txt"),
    ]
    assert len(await bot.send_media_group(town.anna, media)) == 2


async def test_refusals_become_the_librarys_errors(town: Any, bot: telegram.Bot, monkeypatch: Any) -> None:
    """Each kind of refusal arrives as the error that the library has for it."""
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(town.anna, "")
    with pytest.raises(Forbidden, match="initiate conversation"):
        await bot.send_message(town.bo, "x")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library's coming way, which does not warn
    town.sandbox.faults.add("flood", value=7, times=1)
    with pytest.raises(RetryAfter) as flooded:
        await bot.send_message(town.anna, "x")
    assert flooded.value.retry_after == timedelta(seconds=7)
    town.sandbox.faults.add("migrate", times=1)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(town.group, "x")
    assert moved.value.new_chat_id == town.sandbox.chat(town.group).migrated_to
    stranger = telegram.Bot("7000000002:" + "x" * 35, request=SandboxRequest(town.sandbox))
    with pytest.raises(InvalidToken):
        await stranger.get_me()


async def test_long_poll_ends_with_the_next_update(town: Any, bot: telegram.Bot) -> None:
    """A waiting getUpdates returns as soon as somebody writes, without any sleeping."""
    last = (await bot.get_updates())[-1].update_id
    poll = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=30))
    await asyncio.sleep(0)
    assert not poll.done()
    town.act(town.anna, "send_text", chat=town.anna, text="hej")
    (update,) = await poll
    assert update.effective_message is not None
    assert update.effective_message.text == "hej"


async def test_long_poll_ends_when_the_sandbox_clock_has_passed(town: Any, bot: telegram.Bot) -> None:
    """An empty poll ends when the clock is wound past its timeout, and not before."""
    last = (await bot.get_updates())[-1].update_id
    poll = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=30))
    await asyncio.sleep(0)
    town.sandbox.wind(29)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not poll.done()
    town.sandbox.wind(1)
    assert await poll == ()


async def test_second_poller_ends_the_first(town: Any, bot: telegram.Bot) -> None:
    """Of two waiting polls the older gets 409 and the newer the update."""
    last = (await bot.get_updates())[-1].update_id
    first = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(bot.get_updates(offset=last + 1, timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    town.act(town.anna, "send_text", chat=town.anna, text="hej")
    assert len(await second) == 1


async def test_a_dropped_connection_may_or_may_not_have_done_it(town: Any, bot: telegram.Bot) -> None:
    """The two ways of losing an answer look the same to the bot; only one has sent the message."""
    before = len(town.sandbox.chat(town.anna).messages)
    for kind, sent in (("drop_before", 0), ("drop_after", 1)):
        town.sandbox.faults.add(kind, methods=("sendMessage",), times=1)
        with pytest.raises(NetworkError, match="Disconnected"):
            await bot.send_message(town.anna, "x")
        assert len(town.sandbox.chat(town.anna).messages) == before + sent


async def test_slow_broken_and_rubbish_answers(town: Any, bot: telegram.Bot) -> None:
    """A late answer times out, a broken server is a network error, and rubbish cannot be read."""
    for kind, value, error in (("delay", 30, TimedOut), ("error", 502, NetworkError), ("error", 500, NetworkError)):
        town.sandbox.faults.add(kind, value=value, times=1)
        with pytest.raises(error):
            await bot.send_message(town.anna, "x")
    town.sandbox.faults.add("garbage", times=1)
    with pytest.raises(telegram.error.TelegramError, match="Invalid server response"):
        await bot.send_message(town.anna, "x")


async def test_duplicates_and_disorder(town: Any, bot: telegram.Bot) -> None:
    """Confirmed updates can come once more, and updates can come out of order; no new ones are invented."""
    first = [update.update_id for update in await bot.get_updates()]
    town.sandbox.faults.add("duplicate", times=1)
    town.act(town.anna, "send_text", chat=town.anna, text="hej")
    again = [update.update_id for update in await bot.get_updates(offset=first[-1] + 1)]
    assert again == [*first, first[-1] + 1]
    for _ in range(5):
        town.act(town.anna, "send_text", chat=town.anna, text="hej")
    town.sandbox.faults.add("reorder", times=1)
    shuffled = [update.update_id for update in await bot.get_updates(offset=first[-1] + 1)]
    assert shuffled != sorted(shuffled)
    assert len(set(shuffled)) == 6


def test_chance_repeats(town: Any) -> None:
    """Faults by chance strike the same calls in every run with the same seed."""
    runs = []
    for _ in range(2):
        faults = type(town.sandbox.faults)(seed=7)
        faults.add("error", probability=0.3)
        runs.append([bool(faults.draw("sendMessage")) for _ in range(50)])
    assert runs[0] == runs[1]
    assert 0 < sum(runs[0]) < 50
