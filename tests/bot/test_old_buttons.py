"""Buttons that have been lying about for weeks: none does what its owner no longer means."""

from pathlib import Path

import pytest

from bot.assembly.callback_queries import GONE
from bot.assembly.routing import BUTTONS
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered


async def concluded(played: Town) -> None:
    """Riktning has been begun in the group and concluded there, unanswered."""
    await played.write("Alva", "/steg", chat=GROUP)
    for label in ("Om steg 0", "Riktning", "Sätt i gång"):
        await played.tap("Alva", label, chat=GROUP)
    await played.tap("Bo", "Börja")
    for label in ("Ja",) * 5:
        await played.tap("Bo", label)
    await played.tap("Bo", "Lämna in")
    for label in ("Visa svaren nu", "Visa ändå", "Avsluta övningen", "Avsluta ändå"):
        await played.tap("Alva", label, chat=GROUP)


async def test_an_old_begin_button_begins_nothing(tmp_path: Path) -> None:
    """Three weeks later the button that once began the exercise does not begin it anew."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await concluded(played)
        await played.wind(days=21)
        said = len(played.messages("Bo"))
        await played.tap_again("Alva", "Sätt i gång", chat=GROUP)
        assert played.toast() == "Den knappen fungerar inte längre."
        assert len(played.messages("Bo")) == said


async def test_the_same_step_is_not_taken_twice(tmp_path: Path) -> None:
    """A coordinator's double tap reveals once and concludes once."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await concluded(played)
        said = len(played.messages("Alva", GROUP))
        await played.tap_again("Alva", "Visa ändå", chat=GROUP)
        await played.tap_again("Alva", "Avsluta övningen", chat=GROUP)
        await played.tap_again("Alva", "Avsluta ändå", chat=GROUP)
        assert len(played.messages("Alva", GROUP)) == said


@pytest.mark.parametrize("verb", sorted(GONE))
async def test_what_is_gone_leads_to_what_is_there(tmp_path: Path, verb: str) -> None:
    """A button of a feature that is gone is answered with the page on which its matter stands now."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        said = len(played.messages("Bo"))
        assert verb not in BUTTONS
        await played.press("Bo", verb, run=1, arg="1:1")
        assert len(played.messages("Bo")) == said + 1


@pytest.mark.parametrize("giver", ["", "abc:", "99:gave_up"])
async def test_a_no_to_nobody_is_an_old_button(tmp_path: Path, giver: str) -> None:
    """Whoever declines to coordinate, where nobody is known any more who gave it, is told that the button is old."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.press("Alva", "nolead", run=1, arg=giver)
        assert played.toast() == "Den knappen fungerar inte längre."


async def test_a_link_that_was_changed_lets_nobody_in(tmp_path: Path) -> None:
    """Once the coordinator has changed the group's link the old one says so, and the new one works."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        _, _, _, old = played.button("Alva", "Jag är med", GROUP)
        await played.write("Alva", "/deltagare")
        await played.tap("Alva", "Byt länk")
        played.person("Bo")
        await played.act("Alva", "add", chat=played.groups[GROUP], who=played.person("Bo"))
        await played.act("Bo", "open_link", url=old["url"])
        assert "gäller inte längre" in played.last("Bo")
        message = played.find("Alva", "Samordnar:", GROUP)
        assert message.markup is not None
        await played.act("Bo", "open_link", url=message.markup["inline_keyboard"][0][0]["url"])
        assert "Vi lovar varandra" in played.last("Bo")


async def test_pages_are_leafed_in_place(tmp_path: Path) -> None:
    """Going from the map to an exercise and back does not fill the chat, in the group or in private."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        for chat in (GROUP, "privat"):
            await played.write("Alva", "/steg", chat=chat)
            said = len(played.messages("Alva", chat))
            for label in ("Om steg 0", "Staden", "Stegen", "Nästa: Engagemang", "Stegen"):
                await played.tap("Alva", label, chat=chat)
            assert len(played.messages("Alva", chat)) == said


async def test_the_status_message_is_never_leafed_away(tmp_path: Path) -> None:
    """The pinned message stays what it is; its button to the map sends a new message."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.tap("Alva", "Stegen", chat=GROUP)
        assert "Med: Alva" in played.find("Alva", "Samordnar:", GROUP).content["text"]
        await begin(played, "Riktning")
        assert "Pågår: Riktning" in played.find("Alva", "Samordnar:", GROUP).content["text"]
