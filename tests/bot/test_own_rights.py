"""A bot that is made an administrator, and so is sent all that is said in the group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import gathered
from bot.dispatch import polling
from bot.features.members.activation import new_code


@asynccontextmanager
async def administered(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in whose group the bot is an administrator."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.act("Alva", "promote_bot", chat=played.chat_id("Alva", GROUP))
        yield played


async def test_the_greeting_of_an_administrator_promises_nothing_untrue(tmp_path: Path) -> None:
    """Where the bot is an administrator already when it greets, it does not say that it reads no ordinary talk."""
    async with town(tmp_path, needs_activation=True) as played:
        chat = played.group(GROUP, "Alva", "Bo")
        await played.act("Alva", "add_bot", chat=chat)
        await played.act("Alva", "promote_bot", chat=chat)
        assert not [text for text in played.texts("Alva", GROUP) if "administratör i den här" in text]
        code = new_code(played.bot.services.buttons, played.sandbox.now())
        await played.write("Alva", f"/aktivera@{played.sandbox.bot.username} {code}", chat=GROUP)
        assert "Vanligt prat" not in played.find("Alva", "Hej! Jag är boten", GROUP).content["text"]
        played.find("Alva", "Jag är administratör i den här chatten", GROUP)


async def test_talk_is_dropped_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people say to each other, in whatever form, is not even handed to the part that would look who they are."""
    async with administered(tmp_path) as played:
        taken = []
        monkeypatch.setattr(polling, "read", lambda update, _name: taken.append(update))
        chat = played.chat_id("Bo", GROUP)
        await played.write("Bo", "Jag såg Eva Exempel igår", chat=GROUP)
        await played.edit("Bo", "Eva Exempel", "Jag såg ingen", chat=GROUP)
        for what in ("send_photo", "send_voice", "send_poll", "send_location", "send_document"):
            await played.act("Bo", what, chat=chat)
        await played.reply("Alva", "Bo", "Jag såg", "Var då?", chat=GROUP)
        assert taken == []
        await played.write("Bo", "/steg", chat=GROUP)
        await played.write("Bo", "Ja", chat=GROUP, reply_to="Vanligt prat")
        assert len(taken) == 2
        assert not played.sandbox.pending(played.bot.poller.offset)


async def test_coming_back_as_an_administrator(tmp_path: Path) -> None:
    """Removed and brought back as an administrator, the bot says so at once."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "remove_bot", chat=chat)
        await played.act("Alva", "add_bot", chat=chat)
        await played.act("Alva", "promote_bot", chat=chat)
        texts = played.texts("Alva", GROUP)
        assert [text for text in texts if "Tack, nu är jag tillbaka" in text]
        assert [text for text in texts if "Jag är administratör i den här chatten" in text]
