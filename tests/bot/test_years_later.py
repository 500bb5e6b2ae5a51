"""Years later: what the bot has forgotten of its own messages harms nobody."""

from pathlib import Path

from bot.demo.town import GROUP, town
from bot.demo.transcript import begin, gathered


async def test_answer_to_a_question_from_years_ago(tmp_path: Path) -> None:
    """A reply to what was asked years ago is taken for no answer to what is asked now."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Rekrytera till kärngruppen")
        await played.tap("Alva", "Öppna listan")
        await played.tap("Alva", "Lägg till")
        await played.wind(days=800)
        await played.bot.maintenance._prune(played.sandbox.now())
        await played.write("Alva", "Gunnar Påhittad", reply_to="Vem tänker ni på?")
        assert "Jag vet inte vart din text hör" in played.last("Alva")
        await played.write("Alva", "Gunnar Påhittad")
        assert "Vad är det här ett svar på?" in played.last("Alva")
        await played.tap("Alva", "Det är svaret på Rekrytera till kärngruppen: Namn")
        assert "Vilken organisation" in played.last("Alva")


async def test_status_is_still_edited(tmp_path: Path) -> None:
    """A group that wakes up after two years has its one pinned message, brought up to date, and not a second one."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        cards = [text for text in played.texts("Alva", GROUP) if "Steg 0" in text]
        await played.wind(days=800)
        await played.bot.maintenance._prune(played.sandbox.now())
        await begin(played, "Riktning")
        now = [text for text in played.texts("Alva", GROUP) if "Steg 0" in text]
        assert len(now) == len(cards)
        assert now != cards
