"""A visitor carries the demonstration town through step 0, with the real bot behind the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver

from tests.browser.conftest import DESKTOP, resize
from tests.browser.town_page import PLENTY, PhonePage, TownPage

pytestmark = pytest.mark.browser

PHONE = (390, 844)
GROUP = "Exempelstads kärngrupp"
BOT = "Stad för stad"


@pytest.fixture(scope="module")
def joined(driver: webdriver.Chrome, demo: str) -> str:
    """The demo's address, once Alva has joined with clicks and words and the others have followed by themselves."""
    resize(driver, *DESKTOP)
    town = TownPage(driver, demo).open()
    town.dismiss_welcome()
    alva = town.phone("Alva")
    alva.press("Jag är med")
    alva.press_part("start")
    alva.wait_for("Vi lovar varandra")
    alva.press("Jag lovar")
    alva.wait_for_last("1 av 5")
    alva.write("Alva")
    alva.wait_for_last("2 av 5")
    alva.write("Socialtjänsten i Exempelstad")
    for number, label in (("3", "Socialtjänst"), ("4", "☐ Strategiskt"), ("4", "Klar"), ("5", "Nej")):
        alva.wait_for_last(f"{number} av 5")
        alva.press(label)
    alva.press("Lämna in")
    alva.wait_for_last("Nu är du med")
    town.let_others_answer()
    alva.open_chat(GROUP)
    # They join beside each other, and on a slow machine in another order.
    alva.wait_for_words("Med: Alva, ", "Bashir", "Cecilia", "Dag", "Elin", "Farid")
    return demo


@pytest.fixture
def town(driver: webdriver.Chrome, joined: str, request: pytest.FixtureRequest) -> Iterator[TownPage]:
    """The demo's page, everyone joined; the console must stay without errors."""
    resize(driver, *getattr(request, "param", DESKTOP))
    page = TownPage(driver, joined).open()
    yield page
    assert page.complaints() == []


def begin(alva: PhonePage, title: str) -> None:
    """As the coordinator, find an exercise in the step's list and begin it."""
    alva.open_chat(BOT)
    alva.write("/steg")
    alva.wait_for_last("Delmålen")
    alva.press("Om steg 0")
    alva.wait_for_last("Det här får ni")
    alva.press(title)
    alva.wait_for_last(f"{title}\n\n")  # the exercise's own page, not the list of them
    alva.press("Sätt i gång")
    alva.wait_for(f"I gång: {title}")


def follow_card(alva: PhonePage, label: str) -> None:
    """From the exercise's card in the group to the private chat."""
    alva.open_chat(GROUP)
    alva.press(label)
    alva.press_part("start")


def test_commitment(town: TownPage) -> None:
    """0.1: everyone answers seven statements, the picture comes by itself, and the group's conclusion is written."""
    alva = town.phone("Alva")
    begin(alva, "Engagemang")
    town.let_others_answer()
    alva.press("Börja")
    for number in range(1, 8):
        alva.wait_for_last(f"{number} av 7")
        alva.press("Tveksam" if number == 4 else "Ja")
        if number == 4:
            alva.wait_for_last("Vill du säga varför?")
            alva.press("Ingen kommentar")
    alva.wait_for_last("4. Vi prövar och tänker om: Tveksam")
    alva.press("Lämna in")
    alva.wait_for_last("6 av 6 har svarat")
    alva.open_chat(GROUP)
    picture = alva.wait_for_last("Engagemang – så här svarade ni")
    assert "6 svar" in picture
    alva.press("Svaren, en fråga i taget")
    shown = [alva.wait_for_last("1 av 7")]
    for number in range(2, 8):
        alva.press("Nästa fråga")
        shown.append(alva.wait_for_last(f"{number} av 7"))
    assert any("Cecilia: " in question for question in shown)  # the others say why
    alva.press("Skriv vad ni kom fram till")
    alva.wait_for_last("Alva håller i pennan")
    alva.write("Vi vill det här, och vi vill göra det tillsammans.")
    assert "Vi vill det här, och vi vill göra det tillsammans." in alva.wait_for_last("– Alva")
    alva.press("Avsluta övningen")
    alva.wait_for_last("Klart: Engagemang")


def test_candidates(town: TownPage) -> None:
    """0.3: the others fill a row each, Alva one more by hand, and the list says what is still missing."""
    alva = town.phone("Alva")
    begin(alva, "Rekrytera till kärngruppen")
    town.let_others_answer()
    follow_card(alva, "Öppna listan")
    alva.wait_for_last("Lokalpolisen i Exempelstad · Inte tillfrågad")
    alva.press("Lägg till")
    alva.wait_for_last("1 av 9")
    alva.write("Maja Påhittad")
    alva.wait_for_last("2 av 9")
    alva.press("Kvinnojouren i Exempelstad")
    steps = (("3", "Civilsamhälle"), ("4", "☐ Operativt"), ("4", "Klar"), ("5", "Ja"), ("6", "Hoppa över"))
    for number, label in (*steps, ("7", "Hoppa över"), ("8", "Hoppa över"), ("9", "Tillfrågad")):
        alva.wait_for_last(f"{number} av 9")
        alva.press(label)
    assert "Maja Påhittad" in alva.wait_for_last("✓ Sparat")
    alva.press("Hela listan")
    alva.wait_for_last("6. ")
    alva.unfold()
    listed = alva.wait_for_last("6. Maja Påhittad – Kvinnojouren i Exempelstad · Tillfrågad")
    assert "Kvar att ordna" in listed


def test_readiness(town: TownPage) -> None:
    """0.5: eight judgements each become a picture with means, spread, the question to talk about, and a verdict."""
    alva = town.phone("Alva")
    begin(alva, "Är ni redo?")
    town.let_others_answer()
    alva.press("Börja")
    for number in range(1, 10):
        alva.wait_for_last(f"{number} av 9")
        if number == 7:
            alva.press("Hoppa över")
            continue
        alva.press("5" if number == 1 else "4")
        if number == 1:  # why is asked after the ends of the scale alone
            alva.wait_for_last("Vill du säga varför?")
            alva.write("Vi har sett det på våra egna jobb.")
    alva.wait_for_last("9. Hållbarhet: 4 av 5")
    alva.press("Lämna in")
    alva.open_chat(GROUP)
    picture = alva.wait_for("Är ni redo? – så här svarade ni")
    assert "där det skiljer mest" in picture
    assert "Summa: " in picture
    assert "Ni kan gå vidare." in picture


def test_decision(town: TownPage) -> None:
    """0.6: the decision is written together, and a yes opens step 1."""
    alva = town.phone("Alva")
    begin(alva, "Beslut")
    follow_card(alva, "Skriv gruppens svar")
    alva.press("Börja")
    for number, label in ((1, "Ja, vi vill"), (2, "Ja, det har vi"), (3, "Vi börjar"), (4, "15"), (5, "Om en månad")):
        alva.wait_for_last(f"{number} av ")
        alva.press(label)
    alva.wait_for_last("Månader: 15")
    alva.press("Klart")
    alva.open_chat(GROUP)
    alva.wait_for("✓ Startdag: ")
    alva.press("Avsluta övningen")
    assert "Nu öppnas steg 1" in alva.wait_for("Klart: Beslut")


@pytest.mark.parametrize("town", [PHONE], indirect=True)
def test_phone_width(town: TownPage) -> None:
    """0.4 on a phone: the shared answers are written by thumb, no button is cut, and nothing is too wide."""
    alva = town.choose("Alva")
    begin(alva, "Staden")
    follow_card(alva, "Skriv gruppens svar")
    alva.press("Börja")
    for number, words in enumerate(("Vi känner varandra.", "Vi ses varje vecka.", "Vi är få."), 1):
        alva.wait_for_last(f"{number} av 3")
        alva.write(words)
    alva.wait_for_last("3. Utmaningar: Vi är få.")
    alva.press("Klart")
    alva.open_chat(GROUP)
    alva.wait_for("✓ Möjligheter: Vi känner varandra.")
    cut = town.driver.execute_script(
        "return [...document.querySelectorAll('.key, .bubble')].filter((e) => e.scrollWidth > e.clientWidth).length"
    )
    assert cut == 0
    assert town.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_reminder(town: TownPage) -> None:
    """Wound to what falls due next, the clock soon brings a reminder to whoever has not answered."""
    alva = town.phone("Alva")
    begin(alva, "Riktning")
    town.let_others_answer()
    alva.wait_for_last("5 frågor")
    for _ in range(5):  # other things may fall due before
        town.wind("Till nästa påminnelse")
        if alva.gets("på ditt svar", within=3):
            return
    pytest.fail("no reminder came")


def test_a_week_and_three_months(town: TownPage) -> None:
    """A longer time goes by as it would: what the bot says of itself arrives bit by bit, each at its own time."""
    alva = town.phone("Alva")
    alva.open_chat(BOT)

    def weeks() -> int:
        return sum("Ny vecka" in text for text in alva.messages())

    def stills() -> int:
        return sum("Det har varit stilla i flera veckor" in text for text in alva.messages())

    town.wind("+ 1 vecka")
    before = weeks()
    assert stills() == 0
    town.wind("+ 3 månader")  # the week comes every sixth week while nothing is new; standstill is said now and then
    town.until(lambda: weeks() > before and stills() > 0, PLENTY)
