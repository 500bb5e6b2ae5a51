"""What a group has before it while it works together: boards, sessions, texts that are approved, what comes back."""

from pathlib import Path

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered, group_id


async def answered(town: Town, name: str, *texts: str, taps: tuple[str, ...] = ("Börja",)) -> None:
    """Let somebody write these answers, one after the other, and hand them in."""
    for label in taps:
        await town.tap(name, label)
    for text in texts:
        await town.write(name, text)
        await town.tap(name, "Lämna in")


async def test_whoever_answers_late_has_their_notes_on_the_board(tmp_path: Path) -> None:
    """A board that has been laid is added to, and what the group has put together stays together."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David", "Elin", "Farid"])
        await begin(played, "Hur skapar vi en modig miljö?")
        for name, said in (("Alva", "Tid\nKaffe"), ("Bo", "Tid"), ("Cia", "Tid"), ("David", "Tid")):
            await answered(played, name, said, "Telefoner")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        await played.tap("Alva", "Lägg lapparna i högar", chat=GROUP)
        await played.tap("Alva", "1", chat=GROUP)
        await played.tap("Alva", "2", chat=GROUP)
        assert "1. Kaffe / Tid" in played.last("Alva", GROUP)
        for name in ("Elin", "Farid"):
            await answered(played, name, "Tystnad", "Stress")
        await played.tap("Alva", "Lägg lapparna i högar", chat=GROUP)
        assert "1. Kaffe / Tid" in played.last("Alva", GROUP)
        assert "2. Tystnad" in played.last("Alva", GROUP)


async def test_many_notes_are_shown_a_page_at_a_time(tmp_path: Path) -> None:
    """A hundred notes do not fit in a message; the board is leafed in."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David", "Elin", "Farid"])
        await begin(played, "Hur skapar vi en modig miljö?")
        notes = "\n".join(f"Tanke {number:03} som är ganska lång och handlar om något" for number in range(60))
        for name in ("Alva", "Bo", "Cia", "David"):
            await answered(played, name, notes if name == "Alva" else notes.partition("\n")[0], "Telefoner")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        await played.tap("Alva", "Lägg lapparna i högar", chat=GROUP)
        assert "Sida 1 av 3" in played.last("Alva", GROUP)
        await played.tap("Bo", "Fler", chat=GROUP)
        await played.tap("Bo", "Fler", chat=GROUP)
        assert "Tanke 059" in played.last("Alva", GROUP)
        assert "Sida 3 av 3" in played.last("Alva", GROUP)


async def test_a_board_is_closed_with_its_answers(tmp_path: Path) -> None:
    """When the reveal is undone, nobody can open the board and read what is hidden."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David", "Elin", "Farid"])
        await begin(played, "Hur skapar vi en modig miljö?")
        for name in ("Alva", "Bo", "Cia", "David"):
            await answered(played, name, "Tid", "Telefoner")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        board = played.button("Alva", "Lägg lapparna i högar", GROUP)
        await played.tap("Alva", "Ångra visningen", chat=GROUP)
        details = {"message_id": board[0].id, "data": board[3]["callback_data"], "stale": True}
        await played.act("Alva", "press", chat=played.chat_id("Alva", GROUP), **details)
        assert "1. Tid" not in "\n".join(played.texts("Alva", GROUP))


async def test_an_exercise_reopened_after_its_text_was_approved(tmp_path: Path) -> None:
    """A new round of the vision is the text from its first word on; what was said to the old one is kept, as past."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        for title in ("Samverkansplan: vision", "Godkänn planen"):
            await begin(played, title)
            if "vision" in title:
                await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
                await played.tap("Alva", "Börja")
                await played.write("Alva", "En trygg stad")
                await played.write("Alva", "Färre utsatta")
                await played.tap("Alva", "Klart")
                await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        for name in ("Alva", "Bo"):
            await played.tap(name, "Börja")
            await played.tap(name, "Ja, vi godkänner")
            await played.tap(name, "Hoppa över")
            await played.tap(name, "Lämna in")
        await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        assert "återtagna" not in "".join(played.texts("Alva", GROUP))
        await played.press("Alva", "view", ask=await group_id(played), arg="vision")
        await played.tap("Alva", "Gör övningen igen")
        assert "återtagna" not in "".join(played.texts("Alva", GROUP))
        await played.tap("Alva", "Skriv gruppens svar")
        if "Börja" in played.keys("Alva"):
            await played.tap("Alva", "Börja")
        await played.tap("Alva", "1")
        await played.write("Alva", "En stad för alla")
        assert "Svaren från Socialtjänsten och Polisen gällde den gamla texten" in played.last("Alva", GROUP)
        await played.tap("Alva", "Vem har godkänt", chat=GROUP)
        said = played.last("Alva")
        assert "Version 2" in said
        assert said.count("gäller inte längre") == 2
        assert "Har inte svarat: Socialtjänsten och Polisen" in said


async def test_a_session_that_nobody_ended_hinders_no_other(tmp_path: Path) -> None:
    """The day after, a new session begins, and the old one's buttons do nothing."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Alva", "/steg")
        await played.tap("Alva", "Starta arbetspass")
        await played.tap("Alva", "Nästa", chat=GROUP)
        await played.wind(days=1)
        await played.press("Alva", "session", run=await group_id(played), arg="0")
        assert "▶ Välkomna" in played.last("Alva", GROUP)
        await played.tap_again("Alva", "Nästa", chat=GROUP)
        assert "▶ Välkomna" in played.last("Alva", GROUP)


async def test_nothing_is_written_down_without_words(tmp_path: Path) -> None:
    """A to-do of nothing but invisible characters is none, and neither is a decision."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Bo", "/atgard \u200b", chat=GROUP)
        assert "Skriv efter kommandot vad som ska göras" in played.last("Bo", GROUP)
        async with played.bot.store.work() as work:
            assert not await work.rows.all(await group_id(played, work), "todos")


async def test_a_reply_to_a_question_from_three_months_ago(tmp_path: Path) -> None:
    """It answers that question if it is still open, wherever the dialogue is now."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Staden")
        await played.tap("Alva", "Skriv gruppens svar", chat=GROUP)
        await played.tap("Alva", "Börja")
        question = played.last("Alva").split("\n")[-3]
        await played.write("Alva", "Vi känner varandra")
        await played.wind(days=91)
        await played.write("Alva", "Alla vill", reply_to=question)
        assert "Alla vill" in "".join(played.texts("Alva", GROUP))
