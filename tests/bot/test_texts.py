"""What people write, however they write it: long, with signs that mean something to a program, in any direction."""

from pathlib import Path

import pytest

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered


async def asked_of_the_town(played: Town) -> None:
    """Alva stands at the first question of an exercise with texts."""
    await gathered(played, ["Alva", "Bo"])
    await begin(played, "Staden")
    await played.tap("Alva", "Skriv gruppens svar")


@pytest.mark.parametrize(
    "text",
    [
        "5 < 6 & 7 > 2",
        "<b>fet</b> &amp; </i>",
        "Bra 👍🏽 👨‍👩‍👧 🇸🇪",
        "مرحبا بكم",
        "{{ title }} {% if %}",
        "*stjärna* _streck_ [a](b)",
    ],
)
async def test_a_text_comes_out_as_it_went_in(tmp_path: Path, text: str) -> None:
    """What somebody writes stands in the group exactly so, whatever signs it holds."""
    async with town(tmp_path) as played:
        await asked_of_the_town(played)
        await played.write("Alva", text)
        assert f"✓ Möjligheter: {text}" in played.find("Alva", "✓ Möjligheter", GROUP).content["text"]


async def test_signs_that_turn_the_direction_are_taken_away(tmp_path: Path) -> None:
    """A text cannot make the bot's own words read backwards."""
    async with town(tmp_path) as played:
        await asked_of_the_town(played)
        await played.write("Alva", "rått\u202esvar")
        assert "✓ Möjligheter: råttsvar" in played.find("Alva", "✓ Möjligheter", GROUP).content["text"]


async def test_an_essay_that_the_phone_splits_is_one_answer(tmp_path: Path) -> None:
    """A text over Telegram's limit comes in parts; they are one answer, and the next question is left alone."""
    async with town(tmp_path) as played:
        await asked_of_the_town(played)
        essay = "Vi har mycket att bygga på. " * 250
        await played.write("Alva", essay + "SLUT")
        assert "2 av 3" in played.last("Alva")
        await played.write("Alva", "Vi frågar.")
        await played.write("Alva", "Vi orkar inte allt.")
        assert "2. Så tar vi vara på möjligheterna: Vi frågar." in played.last("Alva")
        await played.tap("Alva", "1")
        shown = "".join("".join(played.texts("Alva")[-2:]).split())
        assert "".join(essay.split()) + "SLUT" in shown


async def test_a_picture_too_long_for_one_message_comes_question_by_question_and_leaves_whole(tmp_path: Path) -> None:
    """Long comments are shown whole, one question at a time; undoing the reveal takes all of it back."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Engagemang")
        await played.tap("Alva", "Börja")
        for _ in range(7):
            await played.write("Alva", "Det här är svårt. " * 60)
            await played.tap("Alva", "Ja")
        await played.tap("Alva", "Lämna in")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        assert "Det här är svårt." not in "\n".join(played.texts("Alva", GROUP))
        await played.tap("Alva", "Svaren, en fråga i taget", chat=GROUP)
        for _ in range(6):
            assert "\n".join(played.texts("Alva", GROUP)).count("Det här är svårt.") == 60
            await played.tap("Alva", "Nästa fråga", chat=GROUP)
        await played.tap("Alva", "Ångra visningen", chat=GROUP)
        assert "Det här är svårt." not in "\n".join(played.texts("Alva", GROUP))


async def test_a_name_with_signs_breaks_nothing(tmp_path: Path) -> None:
    """People and groups may be called anything."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo <3 & co"])
        assert "Bo <3 & co" in played.find("Alva", "Med:", GROUP).content["text"]
        await played.act("Alva", "rename_group", chat=played.groups[GROUP], title="<Stad> & {{ land }}")
        await played.write("Alva", "/steg", chat=GROUP)
        assert played.last("Alva", GROUP).startswith("<Stad> & {{ land }}")


async def test_an_album_cut_in_two_by_a_restart(tmp_path: Path) -> None:
    """The pictures of an album come one by one; they are answered once, also when the bot is restarted in between."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        alva = played.person("Alva")
        before = len(played.texts("Alva"))
        played.sandbox.act(alva, "send_album", chat=alva, count=4, caption="Fyra bilder")
        first, *others = played.sandbox.pending(played.bot.poller.offset)
        await played.bot.poller.take([others[-1]])
        await played.restart()
        played.bot.poller.offset = first["update_id"]  # as if the others had come in another order
        await played.settle()
        assert len(others) == 3
        assert len(played.texts("Alva")) == before + 1


async def test_a_reason_is_kept_off_a_locked_screen(tmp_path: Path) -> None:
    """Why somebody cannot is a spoiler, which Telegram covers in notifications until it is tapped."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Alva", "/atgard Ringa hotellet")
        await played.tap("Alva", "Bo")
        await played.tap("Alva", "Om en vecka")
        await played.tap("Bo", "Jag kan inte")
        await played.write("Bo", "Min chef har sagt nej")
        told = played.find("Alva", "Min chef har sagt nej").content
        covered = [e for e in told["entities"] if e["type"] == "spoiler"]
        assert [told["text"][e["offset"] :][: e["length"]] for e in covered] == ["Min chef har sagt nej"]
