"""The bot is thrown out of a group and comes back: all is there, and what was to be reminded of is."""

from pathlib import Path

from tests.town import GROUP, town
from tests.transcript import begin, gathered


async def test_nothing_is_lost_while_the_bot_is_out(tmp_path: Path) -> None:
    """Answers stay; the date that passed meanwhile is asked about once the bot is back, and what is to come comes."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "Nej")
        await played.act("Alva", "remove_bot", chat=played.groups[GROUP])
        await played.wind(days=10)
        assert "tiden går ut" not in "\n".join(played.texts("Alva"))
        await played.write("Bo", "/svara")
        assert "Inget väntar på dig" in played.last("Bo")
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.wind(minutes=1)
        assert "nu är jag tillbaka" in "\n".join(played.texts("Alva", GROUP))
        assert "0 av 2 har svarat, tiden gick ut 18 januari" in played.last("Alva")
        await played.write("Bo", "/svara")
        assert "Riktning – 1 av 5 klara" in played.last("Bo")


async def test_who_answers_is_told_where_to_write(tmp_path: Path) -> None:
    """A command that belongs to the private chat is sent there from the group."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/svara", chat=GROUP)
        assert "skriv /svara där" in played.last("Alva", GROUP)
        await played.tap("Alva", "Öppna vår chatt", chat=GROUP)
        assert played.last("Alva").startswith("Hej Alva!")
