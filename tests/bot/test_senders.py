"""Senders that are nobody in particular: anonymous administrators, channels, forwarded posts."""

from pathlib import Path

from bot.demo.town import GROUP, town
from bot.demo.transcript import gathered


async def test_someone_unknown_is_asked_to_write_as_themselves(tmp_path: Path) -> None:
    """An anonymous administrator or a channel can do nothing, and is told how to be somebody."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.act("Alva", "make_supergroup", chat=played.chat_id("Alva", GROUP))
        chat = played.chat_id("Alva", GROUP)
        for action in ("send_as_anonymous_admin", "send_as_channel"):
            before = len(played.messages("Alva", GROUP))
            await played.act("Alva", action, chat=chat, text="/steg")
            assert len(played.messages("Alva", GROUP)) == before + 1
            assert "Skriv som dig själv" in played.last("Alva", GROUP)


async def test_a_forwarded_command_is_no_command(tmp_path: Path) -> None:
    """What somebody else once wrote is not done again because it is passed on."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.write("Alva", "/deltagare")
        sent = max(
            m.id
            for m in played.sandbox.chat(played.person("Alva")).messages.values()
            if m.sender == played.person("Alva")
        )
        asked = played.texts("Alva").count(played.last("Alva"))
        roster = played.last("Alva")
        await played.act(
            "Alva", "forward", from_chat=played.person("Alva"), message_id=sent, to_chat=played.person("Alva")
        )
        assert played.texts("Alva").count(roster) == asked


async def test_a_link_alone_lets_nobody_in(tmp_path: Path) -> None:
    """Someone who got hold of the group's link is helped on, and cannot get in without being in the group."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        _, _, _, key = played.button("Alva", "Jag är med", GROUP)
        played.person("Zlatan")
        await played.act("Zlatan", "open_link", url=key["url"])
        assert "du inte är med i" in played.last("Zlatan")
        await played.write("Zlatan", "/hjalp")
        assert "Be någon i gruppen om länken" in played.last("Zlatan")
