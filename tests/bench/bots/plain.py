"""A plain bot on the same library, as its guide would have it built: ConversationHandler, ten questions with buttons.

    python -m tests.bench.bots.plain URL memory|pickle|commit FOLDER

memory: answers in `user_data` and nothing else. pickle: with the library's own persistence. commit: each answer is
committed through aiosqlite before it is acknowledged. On SIGUSR1 the persistence is written out, as it is each minute,
and the seconds that took are printed.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiosqlite
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    PicklePersistence,
)

from tests.bench.questions import COUNT, DONE, OPTIONS, TEXT

TOKEN = "4200000001:" + "b" * 35
ASKING, HANDING_IN = range(2)
database: aiosqlite.Connection | None = None


def keyboard(*options: str) -> InlineKeyboardMarkup:
    """The buttons under a message."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(option, callback_data=option)] for option in options])


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """The first question."""
    assert update.message is not None
    assert context.user_data is not None
    context.user_data["answers"] = []
    await update.message.reply_text(TEXT.format(n=1), reply_markup=keyboard(*OPTIONS))
    return ASKING


async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    """Keep an answer and ask the next question."""
    query, kept = update.callback_query, context.user_data
    assert query is not None
    assert kept is not None
    kept["answers"].append(query.data)
    number = len(kept["answers"])
    if database is not None:
        await database.execute("INSERT INTO answers VALUES (?, ?, ?)", (query.from_user.id, number, query.data))
        await database.commit()
    await query.answer()
    if number == COUNT:
        await query.edit_message_text("Det var allt.", reply_markup=keyboard("Lämna in"))
        return HANDING_IN
    await query.edit_message_text(TEXT.format(n=number + 1), reply_markup=keyboard(*OPTIONS))
    return ASKING


async def hand_in(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
    """The end."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text(DONE)
    return ConversationHandler.END


async def opened(folder: Path) -> None:
    """The database of "commit", as safe as ours."""
    global database  # noqa: PLW0603 - a plain bot would have it so
    database = await aiosqlite.connect(folder / "plain.db")
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("PRAGMA synchronous = FULL")
    await database.execute("CREATE TABLE IF NOT EXISTS answers (person INTEGER, question INTEGER, answer TEXT)")


async def flush(application: Any) -> None:
    """Write the persistence out and tell how long nobody was answered meanwhile."""
    began = time.perf_counter()
    await application.update_persistence()
    print(time.perf_counter() - began, flush=True)


def main(url: str, how: str, folder: Path) -> None:
    """Run until killed."""
    builder: Any = Application.builder().token(TOKEN).base_url(f"{url}/bot")
    if how == "pickle":
        builder = builder.persistence(PicklePersistence(folder / "plain.pickle"))

    async def after(application: Any) -> None:
        if how == "commit":
            await opened(folder)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, lambda: application.create_task(flush(application)))
        print("up", flush=True)

    application = builder.post_init(after).build()
    conversation = ConversationHandler(
        [CommandHandler("start", start)],
        {ASKING: [CallbackQueryHandler(answer)], HANDING_IN: [CallbackQueryHandler(hand_in)]},
        [],
        name="ten",
        persistent=how == "pickle",
    )
    application.add_handler(conversation)
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
