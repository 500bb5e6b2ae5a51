"""The statement of accessibility, as the law asks of an authority (lag 2018:1937), and that it is true."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.settings import Operator
from tests.page.conftest import OnThePage, alone
from tests.page.test_alone import join

__all__ = ["alone"]

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
RELEASED = re.compile(r"^## \S+ \N{EN DASH} (\d{4}-\d\d-\d\d)$", re.MULTILINE)
ARTICLE = re.compile(r"<article[^>]*>")


async def stated(alone: OnThePage, operator: Operator) -> tuple[str, str]:
    """The statement of this operator's page: its words, and its HTML."""
    alone.page.asking.services = replace(alone.page.asking.services, operator=operator)
    browser = await alone.page.browser().open("/tillganglighet")
    assert browser.status == 200
    return browser.text, browser.html


async def test_all_that_the_law_asks_for(alone: OnThePage) -> None:
    """Whose page it is, how far it follows the law, what is lacking, when and how that was found, whom to tell, and
    where to complain."""
    text, html = await stated(alone, Operator("Exempelstads kommun", "webb@exempelstad.example, 010-123 45 67"))
    for words in ("Exempelstads kommun", "delvis förenlig", "Vi har granskat den själva", "axe-core"):
        assert words in text
    assert re.search(r"senast den \d+ \w+ \d{4}", text.replace("\N{NO-BREAK SPACE}", " "))
    for link in ("mailto:webb@exempelstad.example", "tel:0101234567", "https://www.digg.se/tdosanmalan"):
        assert f'href="{link}"' in html


@pytest.mark.parametrize("operator", [Operator(), Operator(name="Exempelstads kommun")])
async def test_nobody_is_named(alone: OnThePage, operator: Operator) -> None:
    """Where the operator has not said how they are reached, whoever coordinates passes it on."""
    text, _ = await stated(alone, operator)
    assert "Berätta för den som samordnar" in text


async def test_what_is_known_to_lack(alone: OnThePage) -> None:
    """The shortcomings that a tool does not see are named."""
    text, _ = await stated(alone, Operator())
    assert "Vi känner inte till några" not in text
    for words in ("Rubriker, listor och tabeller", "●●○", "Ingen som använder skärmläsare till vardags"):
        assert words in text


async def test_it_is_looked_over(alone: OnThePage) -> None:
    """No version is released whose statement was assessed more than a year before."""
    day = date.fromisoformat(alone.bot.services.voice.label("page.statement.day"))
    released = max(map(date.fromisoformat, RELEASED.findall(CHANGELOG.read_text(encoding="utf-8"))))
    assert released - day < timedelta(days=365)


async def test_each_message_has_a_name(alone: OnThePage) -> None:
    """Whoever goes from message to message with a screen reader hears what each begins with."""
    alva = await alone.founded()
    await join(alva, "Alva")
    await alva.write("/ring")
    await alva.write("/steg")
    articles = ARTICLE.findall(alva.html)
    assert len(articles) > 3
    names = [re.findall(r'aria-label="([^"]+)"', article) for article in articles]
    assert all(len(name) == 1 and 3 < len(name[0]) < 90 for name in names), names
    assert any("112" in name for (name,) in names)
