"""Years later: what the bot has forgotten of its own messages harms nobody."""

from pathlib import Path

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered


async def test_a_group_wakes_up_after_two_years(tmp_path: Path) -> None:
    """A reply to what was asked years ago is taken for no answer to what is asked now, and the one pinned message is
    brought up to date: there is no second one."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Rekrytera till kärngruppen")
        await played.tap("Alva", "Öppna listan")
        await played.tap("Alva", "Lägg till")
        cards = status(played)
        await played.wind(days=800)
        await played.bot.maintenance._prune(played.sandbox.now())
        await played.write("Alva", "Gunnar Påhittad", reply_to="Vem tänker ni på?")
        assert "Jag vet inte var din text hör hemma" in played.last("Alva")
        await played.write("Alva", "Gunnar Påhittad")
        assert "Vad är det här ett svar på?" in played.last("Alva")
        await played.tap("Alva", "Det hör till: Rekrytera till kärngruppen: Namn")
        assert "Vilken organisation" in played.last("Alva")
        await begin(played, "Riktning")
        assert len(status(played)) == len(cards)
        assert status(played) != cards


def status(played: Town) -> list[str]:
    """The messages that tell the group where it is."""
    return [text for text in played.texts("Alva", GROUP) if "Steg 0" in text]
