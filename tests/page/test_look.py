"""How the page puts things: links to those one can reach, structure where there is some, and all of a long chat."""

import re

import pytest

from bot.demo.town import GROUP
from bot.page.contact_links import reach
from bot.page.written import PageWriter
from messages.structure.blocks import BlankLine, Fold, Heading, Paragraph, Receipt, Span, listed, said
from tests.bot.test_routine_numbers import chained
from tests.page.test_both import Both, both
from tests.page.test_device import given

__all__ = ["both"]


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("112", ["tel:112"]),
        ("7–21, 8-16, vardagar 10–12, 08-123 45", ["tel:0812345"]),  # hours are no number
        ("08-562 282 00, stad@exempel.se", ["tel:0856228200", "mailto:stad@exempel.se"]),
        ("socialjouren.exempel.se/kontakt", ["https://socialjouren.exempel.se/kontakt"]),
        ("fråga i receptionen, rum 12", []),
    ],
)
def test_reached(said: str, links: list[str]) -> None:
    """A number is rung, an address is written to or opened; nothing else is a link, and the words stay as they are."""
    shown = reach(said)
    assert [part.partition('"')[0] for part in shown.split('href="')[1:]] == links
    assert shown.striptags() == said


def test_a_message_can_be_rung_from() -> None:
    """The numbers of where to turn are links wherever a message names them; all else stays as it is."""
    told = (Span("Ring "), Span("112", strong=True), Span(" nu, polisen 114\N{NO-BREAK SPACE}14. "))
    shown = PageWriter(numbers=["112", "114 14"]).write(
        (Paragraph((*told, Span("112", link="https://a.example"), Span(" den 11 2024, 1120"))),)
    )
    assert [part.partition('"')[0] for part in shown.split('href="')[1:]] == [
        "tel:112",
        "tel:11414",
        "https://a.example",
    ]
    assert shown.striptags() == "Ring 112 nu, polisen 114 14. 112 den 11 2024, 1120"


def test_markup_is_no_link() -> None:
    """What a group has written as its number is a text and nothing else."""
    assert reach('<b onclick="x">112</b>').count("<") == 2  # the link's own two tags


def test_a_message_has_structure() -> None:
    """A page has real headings, lists with their numbers, and words of people that are nothing but words."""
    body = (
        Receipt((Span("Sparat"),)),
        Heading(1, "Så <här> ser det ut"),
        BlankLine(),
        listed(((Span("ett"),), (Span("två"),)), ("3.", "5.")),
        listed(((Span("a"),), (Span("b"),)), ("☐", "☐")),
        Paragraph((Span("då", gone=True), Span("nu", new=True))),
    )
    assert PageWriter().write(body) == (
        '<p class="receipt">✓ Sparat</p>\n<h3>Så &lt;här&gt; ser det ut</h3>\n'
        '<ol>\n<li value="3">ett</li>\n<li value="5">två</li>\n</ol>\n'
        '<ul class="marked">\n<li>☐ a</li>\n<li>☐ b</li>\n</ul>\n<p><del>då</del><ins>nu</ins></p>'
    )


def test_what_is_folded_says_what_it_is() -> None:
    """What is folded is opened by its own heading, so that two are told apart; without one, as all are."""
    page = PageWriter(unfold="Visa mer")
    april = Paragraph((Span("April", emphasis=True),))
    shown = page.write((Fold((Heading(2, "Längre fram"), april)), *said("Slut")))
    assert shown == "<details><summary>Längre fram</summary>\n<p><em>April</em></p>\n</details>\n<p>Slut</p>"
    assert page.write((Fold(said("Utan")),)) == "<details><summary>Visa mer</summary>\n<p>Utan</p>\n</details>"


def test_a_command_is_tapped() -> None:
    """A command that stands in a text is a button that writes it; an address, a word in two and code are none."""
    told = (Span("Fler: /ring, "), Span("/mig", strong=True), Span(". http://a.example/ring och/eller /ringa "))
    shown = PageWriter(commands={"ring": "", "mig": ""}).write((Paragraph((*told, Span("/mig", code=True))),))
    assert re.findall(r'form="kommando" name="text" value="(/\w+)"', shown) == ["/ring", "/mig"]
    assert shown.striptags() == "Fler: /ring, /mig. http://a.example/ring och/eller /ringa /mig"


async def test_what_a_tapped_command_does(both: Both) -> None:
    """It is as if it had been written in the conversation, from the group's page, too."""
    bo = await both.signed_in("Bo")
    await both.town.write("Bo", "/hjalp")
    await bo.open("/samtal")
    assert re.search(r'<button form="kommando" name="text" value="/ring"', bo.html)
    form = next(one for one in bo.forms if one.action == "/gor" and not one.label)
    async with bo.client.post(form.action, data={**form.fields, "text": "/ring"}) as answer:
        await bo.read(answer)
    await both.seen(bo)
    assert "Någon att prata med" in bo.text


async def test_older_messages(both: Both) -> None:
    """What a long chat has had before can be looked at, page by page, to its beginning."""
    bo = await both.signed_in("Bo")
    for _ in range(27):
        await both.town.write("Bo", "/ring")
        await both.town.write("Bo", "/paus")
    await bo.open("/samtal")
    assert "Visa äldre" in bo.links
    seen = bo.html.count("<article")
    while "Visa äldre" in bo.links:
        await bo.open(f"/samtal{bo.links['Visa äldre']}")
        assert bo.status == 200
        seen += bo.html.count("<article")
    assert seen >= 54


async def test_where_the_group_stands(both: Both) -> None:
    """The pinned card stands beside the group's chat, once, also for whoever has come to the page after it was sent."""
    alva = await both.signed_in("Alva")
    await both.town.write("Alva", "/ring", chat=GROUP)
    await alva.open("/")
    await alva.open(alva.links[GROUP])
    assert "112" in alva.text
    assert alva.text.count("Läget nu") == 1
    assert alva.text.count("Med: Alva och Bo") == 1
    assert "Fäst gärna" in "\n".join(both.town.texts("Alva", GROUP))
    assert "Fäst gärna" not in alva.text, "it stands above all here"


async def test_colours(both: Both) -> None:
    """What one is done with, and what cannot be undone, have colours in both channels; an answer never has one."""
    bo = await both.signed_in("Bo")
    await both.begin()
    await both.town.tap("Bo", "Börja")
    for _ in range(6):
        await both.town.tap("Bo", "Ja")
    assert "style" not in both.town.button("Bo", "Nej")[3]
    await both.town.tap("Bo", "Ja")
    assert both.town.button("Bo", "Lämna in")[3]["style"] == "primary"
    await bo.open("/samtal")
    assert '<button class="main">Lämna in</button>' in bo.html
    await both.town.write("Alva", "/skydd")
    assert both.town.button("Alva", "Radera gruppen")[3]["style"] == "danger"


async def test_numbers_to_copy(both: Both) -> None:
    """Numbers that one may have to ring can be copied with a tap, and stand in the text for apps that cannot."""
    bo = await both.signed_in("Bo")
    await both.town.write("Bo", "/ring")
    assert both.town.button("Bo", "Kopiera 114 14")[3]["copy_text"] == {"text": "114 14"}
    assert "114 14" in both.town.last("Bo")
    await bo.open("/samtal")
    assert 'data-copy="90101"' in bo.html


async def test_own_numbers_of_this_hour(both: Both) -> None:
    """Where one turns has, after 112, whom one calls by the routine at this hour; at work too."""
    await chained(both.town)
    bo, desk = await both.signed_in("Bo"), both.page.browser()
    await desk.open(await given(both))
    await bo.open("/")
    for browser, first in ((bo, "Ur ert utkast till rutin"), (desk, "Ring annars Jouren")):
        now, _, advice = browser.text.partition("Råd och stöd")
        places = [now.index(words) for words in ("112", first, "010-3", "114 14", "Självmordslinjen")]
        assert places == sorted(places)
        assert "010-4" not in now, "who evaluates is not called when something has been seen"
        assert "020-390 000" in advice
    await both.town.wind(days=5)  # a Saturday
    await bo.open("/")
    assert "030-2" in bo.text
