"""What the group has come to, written on its page by somebody who has not the pen."""

from bot.demo.player import Player
from tests.page.test_both import Both, both

__all__ = ["both"]

SHOWN = """I gång: Engagemang
Alva, Bo gör: [Börja] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Lämna in]
Alva gör i gruppen: [Visa svaren nu] [Visa ändå] [Skriv vad ni kom fram till]"""


async def test_what_is_asked_about_is_shown(both: Both) -> None:
    """Nobody sees there what was replied, so the question says it; one tap takes it in, at either door."""
    bo = await both.signed_in("Bo")
    await Player(both.town).play("shown", SHOWN)
    await bo.open("/")
    await bo.open(next(url for url in bo.links.values() if url.startswith("/grupp")))
    await both.press(bo, "Skicka", text="Vi börjar med hotellen")
    assert "Ska det som Bo skrev stå med i det ni kom fram till?\nVi börjar med hotellen" in bo.text
    await both.press(bo, "Ja, ta med det")
    assert "✓ Det står med." in bo.text
    assert "det ni kom fram till\nVi börjar med hotellen" in bo.text
    assert "Ja, ta med det" not in bo.labels
