"""A group that nobody has let in: what it is told, and how a code opens it."""

from pathlib import Path

from bot.demo.town import GROUP, Town, town
from bot.features.members.activation import new_code
from bot.telegram.links import link

OTHER = "Kärngruppen i Grannstad"


async def with_the_bot(played: Town, title: str = GROUP) -> None:
    """A group that Alva has brought the bot into."""
    played.group(title, "Alva", "Bo")
    await played.act("Alva", "add_bot", chat=played.groups[title])


def code_of(played: Town) -> str:
    """A code as an operator makes one."""
    return new_code(played.bot.services.buttons, played.sandbox.now())


async def test_a_group_without_a_code_learns_how_to_get_one(tmp_path: Path) -> None:
    """A stranger's group is told what it needs, and gets nothing else until it has it."""
    async with town(tmp_path, needs_activation=True) as played:
        await with_the_bot(played)
        assert "behövs en kod" in played.last("Alva", GROUP)
        await played.write("Alva", "/steg", chat=GROUP)
        assert "behövs en kod" in played.last("Alva", GROUP)
        await played.write("Bo", "/ring", chat=GROUP)
        assert "112" in played.last("Bo", GROUP)


async def test_a_code_opens_the_group_once(tmp_path: Path) -> None:
    """The code lets one group in; another group that tries it is told to ask for one of its own."""
    async with town(tmp_path, needs_activation=True) as played:
        await with_the_bot(played)
        code = code_of(played)
        await played.write("Alva", f"/aktivera {code}", chat=GROUP)
        assert "Alva samordnar." in "\n".join(played.texts("Alva", GROUP))
        await played.write("Alva", f"/aktivera {code}", chat=GROUP)
        assert "redan i gång" in played.last("Alva", GROUP)
        await with_the_bot(played, OTHER)
        await played.write("Alva", f"/aktivera {code}", chat=OTHER)
        assert "En annan grupp har redan använt" in played.last("Alva", OTHER)


async def test_a_wrong_or_old_code_is_answered_with_what_to_do(tmp_path: Path) -> None:
    """A code with a letter lost, and one that is older than a week, each get a sentence with a cure."""
    async with town(tmp_path, needs_activation=True) as played:
        await with_the_bot(played)
        code = code_of(played)
        await played.write("Alva", f"/aktivera {code[:-1]}", chat=GROUP)
        assert "Kontrollera att hela koden kom med" in played.last("Alva", GROUP)
        await played.wind(days=8)
        await played.write("Alva", f"/aktivera {code}", chat=GROUP)
        assert "har gått ut" in played.last("Alva", GROUP)


async def test_a_code_in_the_private_chat_is_sent_on_to_the_group(tmp_path: Path) -> None:
    """Whoever follows a code's link in private is told where the code belongs."""
    async with town(tmp_path, needs_activation=True) as played:
        played.person("Alva")
        await played.act("Alva", "start", payload=code_of(played))
        assert "Den koden är till för en grupp" in played.last("Alva")


async def test_a_link_with_its_code_asks_for_none(tmp_path: Path) -> None:
    """Whoever follows a good link is greeted at once, and nobody is asked for the code that lies in it."""
    async with town(tmp_path, needs_activation=True) as played:
        chat = played.group(GROUP, "Alva", "Bo")
        url = link(played.sandbox.bot.username or "", code_of(played), to_group=True)
        await played.act("Alva", "open_link", url=url, chat=chat)
        texts = played.texts("Alva", GROUP)
        assert "Hej! Jag är boten" in texts[0]
        assert not [text for text in texts if "behövs en kod" in text]
