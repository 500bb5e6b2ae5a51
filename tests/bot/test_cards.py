"""The card of an exercise in the group's chat, and what people have open: they show how far the group has come."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.demo.screen import said
from bot.demo.town import GROUP, town
from bot.demo.transcript import begin, gathered
from messages.structure.blocks import Body
from messages.voice import Voice

NAMES = ["Alva", "Bo", "Cia", "David"]


@pytest.mark.parametrize("fault", [False, True])
async def test_several_who_hand_in_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: bool) -> None:
    """Three who hand in within the same moment are on the card together; it is not written anew for each – but it is
    when somebody else's message, which came among theirs, cannot be taken."""
    async with town(tmp_path) as played:
        await gathered(played, NAMES)
        await begin(played, "Riktning")
        for name in NAMES[1:]:
            await played.tap(name, "Börja")
            for _ in range(5):
                await played.tap(name, "Ja")
        rendered: list[str] = []
        render = Voice.render

        def counted(voice: Voice, name: str, facts: Mapping[str, Any] | None = None) -> Body:
            rendered.append(name)
            return render(voice, name, facts)

        monkeypatch.setattr(Voice, "render", counted)
        for name in NAMES[1:]:
            message, row, column, _ = played.button(name, "Lämna in")
            place = played.chat_id(name, "privat")
            played.sandbox.act(played.person(name), "press", chat=place, message_id=message.id, row=row, col=column)
        if fault:
            nobody = {"chat": {"id": 5, "type": "private"}, "from": {"id": 5}}  # a message without number, date or text
            played.sandbox.world.updates.push("message", {**nobody, "text": "Hej"}, played.sandbox.now())
        await played.settle()
        assert "3 av 4:" in said(played.find("Alva", "Riktning", GROUP))
        assert rendered.count("run.card") == (3 if fault else 1)


async def test_a_status_that_somebody_deleted_comes_back(tmp_path: Path) -> None:
    """An administrator deletes the bot's status message; with the next change it is there again, and changes on."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        chat = played.chat_id("Alva", GROUP)
        status = played.find("Alva", "Samordnar: Alva", GROUP)
        await played.act("Alva", "delete", chat=chat, message_id=status.id)
        await begin(played, "Riktning")
        await played.wind(minutes=1)
        assert "Pågår: Riktning" in said(played.find("Alva", "Samordnar: Alva", GROUP))
