"""A group that becomes a supergroup, and a group with topics: what is going on goes on."""

import re
from pathlib import Path

from bot.demo.screen import said
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import also_in, begin, gathered, join
from bot.features.members.activation import new_code

NEW, OTHER = "Den nya chatten", "En tredje chatt"


async def answered(played: Town, name: str) -> None:
    """Someone answers Riktning from what waits on them."""
    await played.write(name, "/svara")
    await played.tap(name, "Riktning")
    for _ in range(5):
        await played.tap(name, "Ja")
    await played.tap(name, "Lämna in")


async def test_a_group_becomes_a_supergroup_midway(tmp_path: Path) -> None:
    """Nobody has to begin again: where the group is shows in the new chat, once, the answers stay, the picture comes
    there, and its buttons work."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await answered(played, "Alva")
        await played.act("Alva", "make_supergroup", chat=played.chat_id("Alva", GROUP))
        assert sum("Pågår: Riktning" in text for text in played.texts("Alva", GROUP)) == 1
        await answered(played, "Bo")
        await played.tap("Alva", "Visa svaren nu", chat=GROUP)
        await played.tap("Alva", "Visa ändå", chat=GROUP)
        assert "2 svar" in said(played.find("Alva", "så här svarade ni", GROUP))
        await played.tap("Alva", "Avsluta övningen", chat=GROUP)
        await played.tap("Alva", "Avsluta ändå", chat=GROUP)
        played.find("Alva", "✓ Klart: Riktning", GROUP)
        await played.write("Bo", "/steg", chat=GROUP)
        assert "✓ 1 övning klar" in played.last("Bo", GROUP)


async def in_topic(played: Town, name: str) -> int:
    """Make the group a forum with a topic of this name; the topic's id."""
    await played.act("Alva", "make_forum", chat=played.chat_id("Alva", GROUP))
    chat = played.chat_id("Alva", GROUP)
    await played.act("Alva", "create_topic", chat=chat, name=name)
    return max(played.sandbox.chat(chat).topics)


async def test_the_bot_keeps_to_the_topic_it_is_spoken_to_in(tmp_path: Path) -> None:
    """A command in a topic is answered there, and what follows comes there; in General it needs no topic."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "send_text", chat=chat, text="/steg", thread=topic)
        assert played.messages("Alva", GROUP)[-1].thread == topic
        await begin(played, "Riktning")
        assert played.find("Alva", "0 av 2 har svarat", GROUP).thread == topic
        await played.write("Alva", "/steg", chat=GROUP)
        assert not played.messages("Alva", GROUP)[-1].in_topic
        assert not [call for call in played.sandbox.calls if call["error"] and "thread" in call["error"]]


async def test_a_deleted_topic_silences_nobody(tmp_path: Path) -> None:
    """When the topic is gone the bot goes on in General."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "send_text", chat=chat, text="/steg", thread=topic)
        await played.act("Alva", "delete_topic", chat=chat, thread=topic)
        await begin(played, "Riktning")
        assert not played.find("Alva", "0 av 2 har svarat", GROUP).in_topic


async def test_a_closed_general_is_told_to_who_coordinates(tmp_path: Path) -> None:
    """Where General is closed and no topic is open to it the bot cannot answer; who coordinates hears how to help."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        topic = await in_topic(played, "Stad för stad")
        chat = played.chat_id("Alva", GROUP)
        await played.act("Alva", "close_general", chat=chat)
        await played.write("Alva", "/steg", chat=GROUP)
        assert "ämnet där jag svarar är stängt" in played.last("Alva")
        count = len(played.texts("Alva"))
        await played.write("Alva", "/steg", chat=GROUP)
        assert len(played.texts("Alva")) == count
        await played.act("Bo", "send_text", chat=chat, text="/steg", thread=topic)
        assert "Steg 0" in played.last("Bo", GROUP)
        assert played.messages("Bo", GROUP)[-1].thread == topic


async def code_for_moving(played: Town) -> str:
    """Alva asks for a code with which the group can move."""
    await played.write("Alva", "/deltagare")
    await played.tap("Alva", "Flytta till ny chatt")
    await played.tap("Alva", "Ge mig koden")
    return str(re.findall(r"/aktivera@\S+ (\S+)", played.last("Alva"))[0])


async def in_a_new_chat(played: Town, *names: str) -> None:
    """A chat with the bot in it that is no group of ours."""
    played.group(NEW, *names)
    await played.act(names[0], "add_bot", chat=played.groups[NEW])


async def member_states(played: Town) -> list[str]:
    """What the members are, in the order they came."""
    async with played.bot.store.work() as work:
        return [member.state for member in await work.members.of_group(1, include_left=True)]


async def test_a_code_for_moving_is_good_for_an_hour_and_for_one(tmp_path: Path) -> None:
    """Neither another member nor the same one after an hour, or a second time, can move the group with it."""
    async with town(tmp_path, needs_activation=True) as played:
        played.group(GROUP, "Alva", "Bo")
        await played.act("Alva", "add_bot", chat=played.groups[GROUP])
        await played.write(
            "Alva", f"/aktivera {new_code(played.bot.services.buttons, played.sandbox.now())}", chat=GROUP
        )
        for name in ("Alva", "Bo"):
            await join(played, name)
        code = await code_for_moving(played)
        await in_a_new_chat(played, "Bo", "Alva")
        await played.write("Bo", f"/aktivera {code}", chat=NEW)
        assert "bara för den som bad om den" in played.last("Bo", NEW)
        await played.wind(hours=1)
        await played.write("Alva", f"/aktivera {code}", chat=NEW)
        assert "gäller inte längre" in played.last("Alva", NEW)
        code = await code_for_moving(played)
        await played.write("Alva", f"/aktivera {code}", chat=NEW)
        assert "Nu fortsätter vi här" in "\n".join(played.texts("Alva", NEW))
        assert "har flyttat till en ny chatt" in played.last("Alva", GROUP)
        await played.write("Alva", "/steg", chat=GROUP)
        assert "har flyttat till en ny chatt" in played.last("Alva", GROUP), "the old chat is told where to go"
        played.group(OTHER, "Alva", "Bo")
        await played.act("Alva", "add_bot", chat=played.groups[OTHER])
        await played.write("Alva", f"/aktivera {code}", chat=OTHER)
        assert "gäller inte längre" in played.last("Alva", OTHER)


async def test_for_a_week_nobody_has_left_by_moving(tmp_path: Path) -> None:
    """Who is not in the new chat keeps the seat for a week, whatever the roll call finds; then it counts."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        code = await code_for_moving(played)
        await in_a_new_chat(played, "Alva", "Bo")
        await played.write("Alva", f"/aktivera {code}", chat=NEW)
        await played.wind(days=6)
        assert await member_states(played) == ["active", "active", "active"]
        await played.wind(days=35)
        assert await member_states(played) == ["active", "active", "left"]


async def test_a_town_of_its_own_is_not_moved_into(tmp_path: Path) -> None:
    """A chat in which another group works takes no other: nothing of it is lost."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await also_in(played, NEW, ["Bo", "Alva"])
        await played.write("Alva", "/deltagare")
        await played.tap("Alva", GROUP)
        await played.tap("Alva", "Flytta till ny chatt")
        await played.tap("Alva", "Ge mig koden")
        code = re.findall(r"/aktivera@\S+ (\S+)", played.last("Alva"))[0]
        await played.write("Alva", f"/aktivera {code}", chat=NEW)
        assert "hör redan till en annan grupp" in played.last("Alva", NEW)
