"""Help is one tap away whatever is written, also where nothing of it is understood: the floor under what is heard."""

import tomllib
from pathlib import Path
from typing import Final

import pytest

from bot.demo.player import Player
from bot.demo.screen import keyboard_of
from bot.demo.town import Town, town

HERE = Path(__file__).parent / "corpus"
EVERY: Final = 2  # of the texts of a place, which stand in no order
NEED: Final = ("danger_self", "despair", "witness", "foreign", "wants_person")
TEXTS = [one for one in tomllib.loads((HERE / "open.toml").read_text(encoding="utf-8"))["text"] if one["kind"] in NEED]
NUMBERS: Final = ("90101", "020-50 50 50")
SCENES: Final = {
    "nothing_asked": ("Med: Alva, Bo, Cia", "Bo"),
    "invitation_waiting": ("Med: Alva, Bo, Cia\nI gång: Riktning", "Bo"),
    "question_open": ("Med: Alva, Bo, Cia\nI gång: Riktning\nBo gör: «/svara» [Riktning] [Börja]", "Bo"),
    "stranger": ("Med: Alva, Bo\nRut: startar", "Rut"),
}


def is_led(played: Town, name: str) -> bool:
    """True if what was said last has 112, and whom to talk to or the way to it: a button, or a command."""
    last, keys = played.last(name), keyboard_of(played.messages(name)[-1])
    labels = {button["text"] for row in keys for button in row}
    return "112" in last and ("Jag behöver hjälp" in labels or "/ring" in last or any(one in last for one in NUMBERS))


@pytest.mark.slow
@pytest.mark.parametrize("place", SCENES)
async def test_help_is_one_tap_away(place: str, tmp_path: Path) -> None:
    """Under every text of somebody in need, heard or not, stand 112 and the way to help, in each place."""
    scene, name = SCENES[place]
    written = [text["said"] for text in TEXTS if text["place"] == place][::EVERY]
    async with town(tmp_path) as played:
        await Player(played).play("scene", scene)
        led = 0
        for said in written:
            await played.write(name, said)
            led += is_led(played, name)
            await played.wind(minutes=16)
        assert (led, len(written) > 2) == (len(written), True)
