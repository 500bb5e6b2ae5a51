"""What is written in one's own words is answered alike at both doors: the same words, and the same buttons."""

import re
from pathlib import Path
from typing import Final

import pytest

from bot.demo.player import Player
from bot.demo.screen import labels, said
from bot.demo.town import GROUP, town
from bot.demo.transcript import gathered
from bot.page import post
from tests.page.mixed import messages
from tests.page.reader import ADDRESS, Page
from tests.page.test_both import Both, both

__all__ = ["both"]

TEXTS: Final = """
när ses vi?
har någon läst den?
vem samordnar?
vad är betänketid?
vad väntar på mig?
vem väntar vi på?
kan jag ändra mitt svar?
vem ser mitt svar?
är det bluff?
är du en bot?
nå Alva
hälsa Alva att jag blir sen
jag vill prata med en människa
jag kan inte komma på träffen
jag är borta nästa vecka
jag är tillbaka
jag är sjuk
ta bort det jag skrev
ångra
jag har sett något konstigt på hotellet
en tjej är inlåst här just nu
jag är i fara
hjälp mig
I need help
jag vill inte vara med längre
jag slutar på fredag, Kim tar över
kan jag göra det här på datorn?
vilket nummer ska jag ringa?
vad har ni sparat om mig?
skicka planen
/kunskap
/ring
tack
""".strip().splitlines()
# Where the doors must differ: nobody on the page alone can leave the group's chat, or needs a way to the page.
AT_EACH: Final = {
    "Gå ur gruppens chatt, så är du inte med längre.": "Tryck på en knapp.",
    "": "Lämna kärngruppen",
    "På webbsidan finns samma saker, med samma knappar. Du kommer dit med en länk från mig.": "Du är på webbsidan nu.",
    "Till webbsidan": "Det som väntar på mig",  # what leads nowhere leads on
}
SCENES: Final = {
    "nothing is asked": ("I gång: Engagemang", ()),
    "a question is open": ("I gång: Staden", ("Skriv gruppens svar", "Börja")),
    "an incident is being logged": ("", ("/incident", "I går")),
}


def plain(*texts: str) -> str:
    """Words alone: each door has lines, and signs of lists, of its own."""
    words = " ".join(texts)
    for telegram, page in AT_EACH.items():
        words = words.replace(telegram or page, "").replace(page, "")
    return re.sub(r"[\s•]+", " ", words).strip()


async def in_telegram(folder: Path, script: str, taps: tuple[str, ...]) -> dict[str, str]:
    """What Cia is answered who is on Telegram."""
    answered = {}
    async with town(folder, page_url=ADDRESS, mail=True) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await Player(played).play("own words", script)
        for place, label in enumerate(taps):
            if label.startswith("/"):
                await played.write("Cia", label)
            else:
                await played.tap("Cia", label, chat="privat" if place else GROUP)
        for text in TEXTS:
            there = len(played.messages("Cia"))
            await played.write("Cia", text)
            new = played.messages("Cia")[there:]
            answered[text] = plain(*(words for one in new for words in (said(one), *labels(one))))
    return answered


async def on_the_page(folder: Path, script: str, taps: tuple[str, ...]) -> dict[str, str]:
    """What Cia is answered who is on the page alone."""
    answered = {}
    async with town(folder, page_url=ADDRESS, mail=True) as played:
        await gathered(played, ["Alva", "Bo"])
        async with Page(played.bot, played.clock) as page:
            beside = Both(played, page)
            cia = await beside.invited("Cia")
            await Player(played).play("own words", script)
            for place, label in enumerate(taps):
                if label.startswith("/"):
                    await beside.write(cia, label)
                else:
                    await cia.open("/samtal" if place else (await cia.open("/")).links[GROUP])
                    await beside.press(cia, label)
            for text in TEXTS:
                there = (await cia.open("/samtal")).html.count("<article")
                await beside.write(cia, text)
                new = list(messages(cia.html))[: cia.html.count("<article") - there]
                answered[text] = plain(*(one.text for one in reversed(new)))
    return answered


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES)
async def test_both_doors_answer_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scene: str) -> None:
    """Whatever is asked, told, or cried, also in the midst of a question."""
    monkeypatch.setattr(post, "PATIENCE", 0.0)
    telegram = await in_telegram(tmp_path / "telegram", *SCENES[scene])
    assert all(telegram.values()), "each is answered"
    assert await on_the_page(tmp_path / "page", *SCENES[scene]) == telegram


async def test_a_link_of_the_group_s_leads_into_one_s_own_conversation(both: Both) -> None:
    """On the group's page too a button that is a link in Telegram begins there, and says nothing to the group."""
    bo = await both.signed_in("Bo")
    await Player(both.town).play("sheet", "I gång: Staden")
    there = both.town.texts("Bo", GROUP)
    await bo.open((await bo.open("/")).links[GROUP])
    await both.press(bo, "Skriv gruppens svar")
    assert bo.path == "/samtal"
    assert "Börja" in bo.labels
    assert both.town.texts("Bo", GROUP) == there


@pytest.mark.parametrize("command", ["/dolj", "/dölj", "/DOLJ nu", "/franvaro", "/hjalp", "/nonsens"])
async def test_a_command_under_the_group_s_message(both: Both, command: str) -> None:
    """What is one's own is taken in one's own conversation, and the group never learns of it."""
    bo = await both.signed_in("Bo")
    await both.write(bo, "/ring")
    await both.begin()
    there = both.town.texts("Alva", GROUP)
    await bo.open((await bo.open("/")).links[GROUP])
    form = next(one for one in bo.forms if "message" in one.fields and "group" in one.fields)
    asked = {name: form.fields[name] for name in ("csrf", "group", "message")}
    async with bo.client.post("/gor", data={**asked, "number": "-77", "text": command}) as answer:
        await bo.read(answer)
    assert bo.path == "/samtal"
    assert ("Samtalet är tömt" in bo.text) == command.lower().startswith(("/dolj", "/dölj"))
    await both.town.settle()
    assert both.town.texts("Alva", GROUP) == there


GESTURES: Final = ("fingret", "gemet", "svep")  # which only Telegram has
WORDS: Final = Path(__file__).parents[2] / "messages" / "sv" / "interface"
IN_TELEGRAM_ALONE: Final = "Jag kunde inte ta bort ditt meddelande härifrån."  # said of a message there


def test_what_only_telegram_can_is_said_to_be_there() -> None:
    """A message is read at both doors: what it says of fingers and paper clips names Telegram."""
    lines = [line for path in WORDS.glob("*.toml") for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line for line in lines if any(word in line.lower() for word in GESTURES)]
    assert len(told) > 3
    assert [line for line in told if "Telegram" not in line and not line.startswith(IN_TELEGRAM_ALONE)] == []
