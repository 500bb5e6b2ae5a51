"""The code on the card that hangs on a wall: anybody who scans it reads whether it holds, and nothing else."""

from pathlib import Path

from bot.demo.player import Player
from bot.demo.town import Town, town
from tests.bot.documents import files, material
from tests.page.test_both import Both, both

__all__ = ["both"]

ADOPTED = """
Alva gör: «/staden» [Hoppa över] «070-174 06 30» [Pausa]
I gång: Rutin: kedjan
Alva gör: «/svara» [Rutin: kedjan] [Lägg till] [Första kontakt] «Tar samtalet» [Socialtjänsten] [☐ Dagtid] [Klar]
    «0123-100 10» [Spara nu]
I gång: Rutin: mål
I gång: Godkänn rutinen
Alva, Bo gör: «/svara» [Godkänn rutinen] [Ja, vi godkänner den] [Hoppa över] [Lämna in]
"""
CHANGED = """
Bo gör: «/staden» [Hoppa över] «070-174 06 77»
Alva trycker i gruppen [Ja, det stämmer]
"""
REWRITTEN = """
Bo gör: «/steg» [Steg 7] [Rutin: kedjan] [1. ] [Ändra] [Att göra] «Tar samtalet och ordnar tolk»
"""


async def code(played: Town) -> str:
    """Return the address in the code of a card that is printed now."""
    return (await material(played)).links["card"]


async def test_whoever_scans_a_card_reads_whether_it_holds(both: Both) -> None:
    """Somebody without an account reads on the page that the card holds, before a number is changed, while a new text
    waits for its yes, and on a card printed anew; and that the old one does not. No name, number or town stands there.
    """
    player, nils = Player(both.town), both.page.browser()
    assert "card" not in (await material(both.town)).links, "no code before there is a card to go by"
    await player.play("adopted", ADOPTED)
    printed = await code(both.town)
    await nils.open(printed)
    assert "Kortet gäller Numren" in " ".join(nils.text.split())
    for told in ("Exempelstad", "070-174", "0123-100", "Alva", "Bo"):
        assert told not in nils.text
    await player.play("changed", CHANGED)
    await nils.open(printed)
    assert "Kortet gäller inte längre" in nils.text
    assert "112" in nils.text
    anew = await code(both.town)
    assert anew != printed
    await nils.open(anew)
    assert "Kortet gäller inte" not in nils.text
    await player.play("rewritten", REWRITTEN)
    await nils.open(anew)
    assert "Kortet gäller inte" not in nils.text, "the text that is in force is the old one"
    assert "card" not in (await material(both.town)).links, "a draft has no code"


async def test_in_telegram_a_stranger_reads_the_same(tmp_path: Path) -> None:
    """Without a page the code opens the bot, which answers whoever scans it and keeps nothing of them."""
    async with town(tmp_path) as played:
        await Player(played).play("adopted", f"Med: Alva, Bo\n{ADOPTED}")
        printed = await code(played)
        await played.act("Nils", "open_link", url=printed)
        assert "✓ Kortet gäller" in played.last("Nils")
        await Player(played).play("changed", CHANGED)
        await played.act("Nils", "open_link", url=printed)
        assert "Kortet gäller inte längre" in played.last("Nils")
        await played.act("Bo", "open_link", url=await code(played))
        assert "✓ Kortet gäller" in played.last("Bo")


GUEST = """
I gång: Anordna ett event: upplägget, Anordna ett event: gästerna
Alva gör: «/svara» [Anordna ett event: gästerna] [Lägg till] «Greta Gäst» «Hotell Exempel» [Hoppa över] [Inte än]
    [Inget svar än] [Spara nu] [Inbjudan som länk]
Greta följer länken från Alva
Greta trycker [Ja]
Det är 2027-01-25 15.00
Greta trycker [Innan jag går] [Ja] [Ja] [Ja] [Jag lovar]
Steg öppet: 7
"""
OUT = """
Greta gör: «/personuppgifter» [Lämna nätverket] [Ja]
"""


async def test_a_card_tells_of_itself_also_to_a_guest_who_is_out(tmp_path: Path) -> None:
    """Whoever fetched the card as a guest, and is with the town no more, still reads from its code that it holds, and
    after a change that it does not; but is told of no number and gets no paper.
    """
    async with town(tmp_path) as played:
        player = Player(played)
        await player.play("adopted", f"Med: Alva, Bo\n{GUEST}{ADOPTED}Greta gör: «/dokument Vem ringer jag» [PDF]\n")
        assert files(played, "Greta")
        printed = await code(played)
        await player.play("out", OUT)
        await played.act("Greta", "open_link", url=printed)
        assert "✓ Kortet gäller" in played.last("Greta")
        await player.play("changed", CHANGED)
        assert "070-174 06 77" not in played.last("Greta"), "whoever is out hears of no number"
        await played.act("Greta", "open_link", url=printed)
        assert "Kortet gäller inte längre" in played.last("Greta")
        there = len(files(played, "Greta"))
        await player.play("asks", "Greta: /dokument Vem ringer jag\n")
        assert "Vem ringer jag" not in played.last("Greta")
        assert len(files(played, "Greta")) == there
