"""A group that becomes a supergroup, and a group with topics: what is going on goes on."""

from pathlib import Path

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered


async def answered(played: Town, name: str) -> None:
    """Someone answers Riktning from what waits on them."""
    await played.write(name, "/svara")
    await played.tap(name, "Riktning")
    for _ in range(5):
        await played.tap(name, "Ja")
    await played.tap(name, "Lämna in")


async def test_a_group_becomes_a_supergroup_midway(tmp_path: Path) -> None:
    """Nobody has to begin again: the answers stay, the picture comes to the new chat, and its buttons work."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await answered(played, "Alva")
        await played.act("Alva", "make_supergroup", chat=played.chat_id("Alva", GROUP))
        await answered(played, "Bo")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        assert "2 svar" in played.find("Alva", "så här svarade ni", GROUP).content["text"]
        await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        played.find("Alva", "✓ Klart: Riktning", GROUP)
        await played.write("Bo", "/steg", chat=GROUP)
        assert "✓ Riktning" in played.last("Bo", GROUP)


async def in_topic(played: Town, name: str) -> int:
    """Make the group a forum with a topic of this name; the topic's id."""
    await played.act("Alva", "make_forum", chat=played.chat_id("Alva", GROUP))
    chat = played.chat_id("Alva", GROUP)
    await played.act("Alva", "create_topic", chat=chat, name=name)
    return max(played.sandbox.chat(chat).topics)


async def test_the_bot_keeps_to_the_topic_it_is_spoken_to_in(tmp_path: Path) -> None:
    """A command in a topic is answered there, and what follows comes there; in General it needs no topic."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "send_text", chat=chat, text="/steg", thread=topic)
        assert played.messages("Alva", GROUP)[-1].thread == topic
        await begin(played, "Riktning")
        assert played.find("Alva", "0 av 2 har svarat", GROUP).thread == topic
        await played.write("Alva", "/steg", chat=GROUP)
        assert not played.messages("Alva", GROUP)[-1].in_topic
        assert not [call for call in played.sandbox.calls if call["error"] and "thread" in call["error"]]


async def test_a_deleted_topic_silences_nobody(tmp_path: Path) -> None:
    """When the topic is gone the bot goes on in General."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "send_text", chat=chat, text="/steg", thread=topic)
        await played.act("Alva", "delete_topic", chat=chat, thread=topic)
        await begin(played, "Riktning")
        assert not played.find("Alva", "0 av 2 har svarat", GROUP).in_topic


async def test_a_closed_general_is_told_to_who_coordinates(tmp_path: Path) -> None:
    """Where General is closed and no topic is open to it the bot cannot answer; who coordinates hears how to help."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "close_general", chat=chat)
        await played.write("Alva", "/steg", chat=GROUP)
        assert "ämnet där jag svarar är stängt" in played.last("Alva")
        count = len(played.texts("Alva"))
        await played.write("Alva", "/steg", chat=GROUP)
        assert len(played.texts("Alva")) == count
        await played.act("Bo", "send_text", chat=chat, text="/steg", thread=topic)
        assert "Steg 0" in played.last("Bo", GROUP)
        assert played.messages("Bo", GROUP)[-1].thread == topic
