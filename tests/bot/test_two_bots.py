"""Another bot in the group's chat: a command without a name goes to the bot that wrote last."""

from pathlib import Path

from bot.demo.town import GROUP, town
from bot.demo.transcript import gathered


async def test_the_help_says_how_to_call_the_bot_beside_another(tmp_path: Path) -> None:
    """A bare command does not arrive after another bot has written; the one with the name does, as the help says."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        name = f"/vagen@{played.sandbox.bot.username}"
        await played.write("Bo", "/hjalp", chat=GROUP)
        assert f"Finns det fler botar i gruppen? Skriv då {name}" in played.last("Bo", GROUP)
        other, chat = played.sandbox.add_person("Musikboten", is_bot=True), played.chat_id("Alva", GROUP)
        await played.act("Alva", "add", chat=chat, who=other)
        played.sandbox.act(other, "send_text", chat=chat, text="Nu spelas en visa.")
        before = played.texts("Bo", GROUP)
        await played.write("Bo", "/steg", chat=GROUP)
        assert played.texts("Bo", GROUP) == before
        await played.write("Bo", name, chat=GROUP)
        assert "Steg 0" in played.last("Bo", GROUP)
        await played.write("Bo", "/kalender", chat=GROUP)
        assert "Steg 0" not in played.last("Bo", GROUP)
