"""A message that came twice, as no answer of Telegram's came to the first: people reply to either."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered

ASKS = "håller i pennan"


@asynccontextmanager
async def asked_twice(tmp_path: Path) -> AsyncIterator[tuple[Town, int]]:
    """A town that is asked for its conclusion, and the number of the copy of which the bot does not know."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        for name in ("Alva", "Bo"):
            await played.tap(name, "Börja")
            for _ in range(5):
                await played.tap(name, "Ja")
            await played.tap(name, "Lämna in")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        played.sandbox.faults.add("drop_after", methods=("sendMessage",), times=1)
        await played.tap("Bo", "Skriv vad ni kom fram till", chat=GROUP)
        copies = [message.id for message in played.messages("Bo", GROUP) if ASKS in message.content["text"]]
        assert len(copies) == 1
        yield played, copies[0]


async def concluded(played: Town, copy: int) -> None:
    """Bo replies to that copy, and it is the conclusion."""
    await played.act("Bo", "send_text", chat=played.chat_id("Bo", GROUP), text="Vi är överens.", reply_to=copy)
    await played.wind(minutes=2)
    assert "Vi är överens." in "\n".join(played.texts("Bo", GROUP))
    await played.tap("Alva", "Avsluta övningen", chat=GROUP)
    played.find("Alva", "✓ Klart: Riktning", GROUP)


async def test_a_reply_to_the_first_copy_while_the_second_is_on_its_way(tmp_path: Path) -> None:
    """Nobody but Telegram knows that the question came; the conclusion in reply to it is kept."""
    async with asked_twice(tmp_path) as (played, copy):
        await concluded(played, copy)


async def test_a_reply_to_the_first_copy_when_the_second_has_come(tmp_path: Path) -> None:
    """Two questions with the same words stand in the chat; a reply to the one of which the bot does not know counts."""
    async with asked_twice(tmp_path) as (played, copy):
        await played.wind(minutes=2)
        await concluded(played, copy)


async def test_a_reply_that_no_question_is_known_for(tmp_path: Path) -> None:
    """A reply to something else of the bot's is no conclusion: what is open is pointed out, else that it is lost."""
    async with asked_twice(tmp_path) as (played, _):
        await played.wind(minutes=2)
        await played.write("Bo", "/deltagare", chat=GROUP)
        await played.write("Bo", "Vi är överens.", chat=GROUP, reply_to="Vi som är med")
        said = played.messages("Bo", GROUP)[-1]
        assert "svara på det här meddelandet i stället" in said.content["text"]
        assert said.reply_to is not None
        assert ASKS in played.sandbox.chat(said.chat_id).messages[said.reply_to].content["text"]
        await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        await played.tap("Alva", "Avsluta ändå", chat=GROUP)
        await played.write("Bo", "Och så var det pengarna.", chat=GROUP, reply_to="Vi som är med")
        told = played.texts("Bo", GROUP)
        assert "Det du skrev är inte sparat." in told[-1]
        await played.write("Bo", "Tack!", chat=GROUP, reply_to="Vi som är med")
        assert played.texts("Bo", GROUP) == told
