"""What is played on the page can be saved as a transcript, which then holds."""

from pathlib import Path

from bot.demo.player import Player
from bot.demo.recorder import Recorder
from bot.demo.town import GROUP, town

PLAYED = """
Grupp: Alva, Bo
Alva: lägger till boten
Alva trycker i gruppen [Jag är med]
Alva trycker [Jag lovar]
Alva: Alva
Alva: /ring
Bo i gruppen: /steg
Alva skickar bild
Klockan går 2 dagar
"""


async def test_saved_and_played_again(tmp_path: Path) -> None:
    """Deeds, buttons, replies, time: what people did and were shown on the page is a transcript that holds."""
    async with town(tmp_path / "a") as played:
        player = Player(played)
        lines = PLAYED.strip().splitlines()
        await player.take(lines[0])
        people = {id: name for name, id in played.people.items()}
        recorder = Recorder(played.sandbox, played.groups[GROUP], people)
        for line in lines[1:]:
            if line.startswith("Klockan"):
                recorder.wound(2 * 86_400)
            await player.take(line)
        saved = recorder.transcript()
    for line in lines:
        assert line in saved
    assert "> gruppen: " in saved
    assert "> knappar Alva: " in saved
    async with town(tmp_path / "b") as again:
        await Player(again).play("spelat.txt", saved)
