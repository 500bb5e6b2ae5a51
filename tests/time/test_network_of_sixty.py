"""A network of sixty who came by the poster: everything is still readable on a phone, and one tap takes no longer."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from bot.demo.player import Player
from bot.demo.screen import labels, said
from bot.demo.town import town
from bot.sandbox.world import Message
from tests.remembered import assert_remembered_rightly

NAMES = [
    f"{a}{b}"
    for a in ("An", "Be", "Ce", "Di", "El", "Fi", "Gu", "Ha", "Ir", "Jo")
    for b in ("ra", "la", "ne", "mi", "to", "va")
]
UNFOLDED = 700  # characters that a phone shows without unfolding
BUTTONS = 30  # under one message: more are on a page of their own
LONGEST = 4  # seconds that one tap may take on a busy machine, also one that reaches sixty


def _story() -> Iterator[str]:
    yield "Med: Alva, Bo, Cia, David"
    yield "I gång: Beslut"
    yield "Alva trycker i gruppen [Skriv gruppens svar]"
    yield "Alva gör: [Börja] [Ja, vi vill] [Ja, det har vi] [Vi börjar] [14] «18 januari» [Klart]"
    yield "Alva trycker i gruppen [Avsluta övningen]"
    yield "I gång: Anordna ett event: upplägget, Anordna ett event: gästerna"
    yield "Alva gör: «/svara» [Anordna ett event: upplägget] «Vi vill bli fler» «25 januari kl 13» «Parken» [Pausa]"
    yield "Alva gör: «/svara» [Anordna ett event: gästerna] [Länken på affischen]"
    for name in NAMES:
        yield f"{name} följer länken från Alva"
        yield f"{name} gör: «{name} Gäst» [Ja]"
    yield "Det är 2027-01-25 15.00"
    for name in NAMES:
        yield f"{name} gör: [Innan jag går] [Ja] [Ja] [Ja]"
    yield "> Alva: De här kom genom länken på affischen"  # one message, which has grown
    yield "Alva trycker [Släpp in Anla] [Släpp in alla (59)] [Ja, släpp in alla 59]"
    yield "> Alva: ✓ 59 gäster är inbjudna till nätverket."
    for name in NAMES:
        yield f"{name} trycker [Jag lovar]"
    yield "Alva: /deltagare"
    yield "> Alva: Nätverket, 60 personer"
    yield "Anra: /deltagare"
    yield "> Anra: Nätverket, 60 personer"
    yield "Steg öppet: 6"
    for place, name in enumerate(NAMES[:50]):
        yield f"{name} gör: «/kalender» [{'Jag kommer' if place % 2 else 'Kan inte'}]"
    yield "Alva gör: «/kalender» [Nätverkets nästa träff]"
    yield "> Alva: Kommer (25): Anla Gäst"
    yield "> Alva: Kan inte komma (25): Anra Gäst"
    yield "> Alva: Har inte svarat: 10 personer"
    yield "Det är 2027-11-29 9.00"
    yield "Alva gör: «/kalender» [Nätverkets nästa träff] [Upprop] [Fler] [Fler] [Fler] [☐ Jova]"
    yield "> Alva: Avprickade: 1 av 64."
    yield "I gång: SWOT"
    for name in NAMES[:16]:  # in teams of four
        yield f"{name} gör: «/svara» [SWOT] [Börja] «{name} ser» «{name} saknar» «{name} vill» «Oron» [Lämna in]"
    yield "> gruppen: SWOT – så här svarade ni"
    yield "Alva trycker i gruppen [Lägg lapparna i högar]"
    yield "Anra trycker [Till tavlan] [1] [3]"
    yield "Alva trycker i gruppen [Klart, rösta]"
    yield "Anra trycker [Till tavlan] [1]"
    yield "I gång: Ambitionen"
    yield "> gruppen: 0 av 64 har svarat"
    yield "Alva: /vantar"
    yield "> Alva: Ambitionen – 0 av 64 har svarat"
    yield "Alva: /svara"


def _unfolded(message: Message) -> int:
    folded = (e["length"] for e in message.content.get("entities", ()) if e["type"] == "expandable_blockquote")
    return len(said(message)) - sum(map(int, folded))


@pytest.mark.slow
async def test_sixty_in_the_network(tmp_path: Path) -> None:
    """Every line holds, whatever lists people folds what does not fit, and no tap is slow."""
    slow = list[str]()
    long = list[str]()
    async with town(tmp_path) as played:
        player = Player(played)
        for line in _story():
            since = perf_counter()
            await player.take(line, looks=True)
            if "trycker" in line and perf_counter() - since > LONGEST:
                slow.append(line)
        for who, where in (("Alva", "privat"), ("Anra", "privat"), ("Alva", played.title)):
            there = played.messages(who, where)
            long += [said(m)[:80] for m in there if _unfolded(m) > UNFOLDED or len(labels(m)) > BUTTONS]
        await assert_remembered_rightly(played.bot.store, played.bot.services)
    assert not slow
    assert not long
