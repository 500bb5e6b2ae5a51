"""A visitor plays the town with mouse and keyboard; a scripted bot answers."""

from __future__ import annotations

from functools import partial

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.scripted_bot import GREETING, ORGANISATION, QUESTION
from tests.browser.town_page import PhonePage, TownPage

pytestmark = pytest.mark.browser

GROUP = "Kärngruppen"
BOT = "Stad för stad"
WHILE_TIME_GOES = """
    const done = arguments[0], nothing = document.getElementById("nothing-happened");
    import("/happened.js").then(({ Happened }) => {
        const happened = new Happened({ world: { chats: [], scene: "" } }, () => {});
        const told = ["begin", "render", "end"].map((step) => (happened[step](), !nothing.hidden));
        done(told);
    }, done);
"""


def through_the_door(town: TownPage, name: str = "Amira Lind") -> PhonePage:
    """Follow the button in the group into the private chat and press Start."""
    phone = town.choose(name)
    phone.open_chat(GROUP)
    phone.press("Jag är med")
    phone.press_part("start")
    phone.wait_for(QUESTION)
    return phone


def test_first_look(town: TownPage) -> None:
    """The first phone shows the bot's greeting in the group; the guide goes once read, and comes back with "?"."""
    town.phone("Amira Lind").wait_for(GREETING)
    town.dismiss_welcome()
    town.open()
    assert not town.find("#welcome").is_displayed()
    town.press("#town .help")
    assert "människohandel" in town.find("#welcome").text


def test_writing_reaches_the_others(town: TownPage) -> None:
    """What one writes with Enter stands in the chat of the others, with an unread mark until they look."""
    town.phone("Amira Lind").open_chat(GROUP)
    other = town.choose("Björn Ek")
    town.phone("Amira Lind").write("Ses vi på torsdag?")
    town.until(lambda: "1" in town.find(f"{other.root} .badge").text)
    other.open_chat(GROUP)
    assert "Ses vi på torsdag?" in other.wait_for("torsdag")
    assert "Amira Lind" in other.wait_for("torsdag")


def test_markup_in_what_people_write_is_text(town: TownPage) -> None:
    """Nothing that a person writes becomes part of the page."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.write('<img src=x onerror="document.body.remove()"> & <b>fet</b>')
    assert "<b>fet</b>" in phone.wait_for("fet")


def test_deep_link_waits_for_start(town: TownPage) -> None:
    """A deep link opens the private chat, where nothing is sent until Start is pressed; then its payload is."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.press("Jag är med")
    assert phone.title() == BOT
    assert phone.messages() == []
    phone.press_part("start")
    assert "vaxel" in phone.wait_for(QUESTION)


def test_button_gives_toast_and_edits(town: TownPage) -> None:
    """A pressed button shows the bot's short answer, and the message it stood under changes in place."""
    phone = through_the_door(town)
    phone.press("Bra")
    assert phone.toast() == "Sparat: Bra"
    edited = phone.wait_for("Ditt svar: Bra")
    assert "redigerat" in edited
    assert not any(QUESTION in message for message in phone.messages())


def test_alert_must_be_read(town: TownPage) -> None:
    """An alert covers this phone only, and is gone when it is acknowledged."""
    phone = through_the_door(town)
    phone.press("Vem ser svaret?")
    assert phone.alert() == "Bara du ser svaret."
    phone.close_alert()
    phone.press("Bra")
    phone.wait_for("Ditt svar")


def test_forced_reply_quotes_the_question(town: TownPage) -> None:
    """A question that asks for an answer turns what one writes into a reply to it."""
    phone = through_the_door(town)
    phone.press("Organisation")
    town.until(lambda: phone.find("composer").get_attribute("placeholder") == "Organisationens namn")
    phone.write("Ekstads kommun")
    phone.wait_for("Ekstads kommun är antecknat")
    assert any(ORGANISATION in message and "Ekstads kommun" in message for message in phone.messages())


def test_commands_come_with_a_slash(town: TownPage) -> None:
    """A slash lists the bot's commands; typing narrows them, and Enter sends the chosen one."""
    phone = through_the_door(town)
    phone.find("composer").send_keys("/hj")
    town.until(lambda: phone.find("commands").text.startswith("/hjalp"))
    phone.find("composer").send_keys(Keys.ENTER)
    phone.wait_for("Jag hjälper gärna till")


def test_own_message_can_be_edited(town: TownPage) -> None:
    """The menu of one's own message lets one change it, and the change is marked."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.write("På tisdag")
    phone.wait_for("På tisdag")
    town.press(f'{phone.root} .own [data-part="more"]')
    town.until(lambda: town.focused().text == "Svara")
    town.type(Keys.ARROW_DOWN)
    town.type(Keys.ENTER)
    phone.find("composer").send_keys(" klockan nio", Keys.ENTER)
    assert "redigerat" in phone.wait_for("På tisdag klockan nio")


def test_draft_survives_leaving_the_chat(town: TownPage) -> None:
    """What one had begun to write is still there after a look elsewhere."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.find("composer").send_keys("Inte klart än")
    phone.open_chat(BOT)
    phone.open_chat(GROUP)
    assert phone.find("composer").get_attribute("value") == "Inte klart än"


def test_keyboard_alone(town: TownPage) -> None:
    """From the group's greeting to an answered question without a mouse; the focus never gets lost."""
    town.dismiss_welcome()
    phone = town.phone("Amira Lind")
    town.tab_to(phone.part("key"))
    town.type(Keys.ENTER)
    town.until(lambda: town.focused().get_attribute("data-part") == "start")
    town.type(Keys.ENTER)
    phone.wait_for(QUESTION)
    town.until(lambda: town.focused().get_attribute("data-part") == "composer")
    town.tab_to(f'{phone.root} [data-part="key"][data-row="0"]', back=True)
    town.type(Keys.ENTER)
    phone.wait_for("Ditt svar")
    assert town.focused().get_attribute("data-part") == "key"
    town.type(Keys.ESCAPE)
    town.until(lambda: "Stad för stad" in town.focused().text)


def test_news_is_announced(town: TownPage) -> None:
    """A screen reader hears what arrives in the open chat."""
    phone = through_the_door(town)
    heard = phone.find("live")
    town.until(lambda: QUESTION in str(heard.get_attribute("textContent")))


def test_clock_moves(town: TownPage) -> None:
    """A press on a step of the clock moves the town's time and shows it."""
    before = town.find("#now").text
    town.press('#clock [data-seconds="604800"]')
    town.until(lambda: town.find("#now").text != before)


def test_the_clock_says_nothing_too_soon(town: TownPage) -> None:
    """That nothing was said is told when the time has gone, not while it goes."""
    assert town.driver.execute_async_script(WHILE_TIME_GOES) == [False, False, True]


def test_group_is_cared_for(town: TownPage) -> None:
    """The dialog promotes, makes topics, and removes; a removed person loses the chat."""
    other = town.choose("Björn Ek")
    town.press("#groups [data-care]")
    row = f'#group-dialog [data-who="{other.person}"]'
    town.press(f'{row} [data-act="promote"]')
    town.until(lambda: "administratör" in town.find(f"{row} .role").text)
    town.press('#group-dialog [data-act="make_forum"]')
    town.find('#group-dialog [data-act="create_topic"]')
    town.press(f'{row} [data-act="remove"]')
    town.until(lambda: "inte med" in town.find(f"{row} .role").text)
    town.press('#group-dialog [data-part="close"]')
    assert GROUP not in other.find("chat-list").text


def test_supergroup_keeps_the_chat_open(town: TownPage) -> None:
    """A group that becomes a supergroup stays open where it was open, and one can go on writing."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    town.press("#groups [data-care]")
    town.press('#group-dialog [data-act="make_supergroup"]')
    town.until(lambda: "Supergrupp" in town.find("#group-dialog .hint").text)
    town.press('#group-dialog [data-part="close"]')
    phone.write("Är alla kvar?")
    phone.wait_for("Är alla kvar?")
    assert phone.title() == GROUP


def test_topics_hold_their_own_messages(town: TownPage) -> None:
    """In a group with topics each topic shows what was written in it and nothing else."""
    phone = town.phone("Amira Lind")
    town.press("#groups [data-care]")
    town.press('#group-dialog [data-act="make_forum"]')
    town.press('#group-dialog [data-act="create_topic"]')
    town.type("Möten", Keys.ENTER)
    town.press('#group-dialog [data-part="close"]')
    phone.open_chat(GROUP)
    phone.write("Hör till alla")
    town.press(f"{phone.part('topics')} button:nth-of-type(2)")
    phone.write("Hör till mötet")
    phone.wait_for("Hör till mötet")
    assert not any("Hör till alla" in message for message in phone.messages())


def test_sent_file_can_be_opened(town: TownPage) -> None:
    """A picture shows in the chat, and a document is a link to its content."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.press_part("attach")
    town.type(Keys.ENTER)
    picture = town.find(f'{phone.root} [data-kind="photo"] img')
    town.until(lambda: town.driver.execute_script("return arguments[0].naturalWidth > 0", picture))
    phone.press_part("attach")
    town.type(Keys.ARROW_DOWN * 3, Keys.ENTER)
    document = town.find(f'{phone.root} [data-kind="document"]')
    assert "anteckning.txt" in document.text
    fetched = town.driver.execute_async_script(
        "const [url, done] = arguments; fetch(url).then((one) => one.text()).then(done)",
        document.get_attribute("href"),
    )
    assert "Ett provdokument" in fetched


def test_calls_and_faults_are_there_for_the_curious(town: TownPage) -> None:
    """The log names the bot's calls, newest first, and a fault stays switched on."""
    town.press("#calls summary")
    town.until(lambda: "sendMessage" in town.find("#call-list").text)
    town.press("#faults summary")
    town.press('[data-fault="duplicate"]')
    town.open()
    town.press("#faults summary")
    assert town.find('[data-fault="duplicate"]').is_selected()


def test_new_person_comes_on_show(town: TownPage) -> None:
    """A person who is added gets a phone at once."""
    town.press("#add-person")
    town.type("Greta Ås", Keys.ENTER)
    assert town.phone("Greta Ås").find("chat-list").is_displayed()
    town.until(lambda: town.phone("Greta Ås").person in town.shown())


def test_the_way_back(town: TownPage) -> None:
    """The browser's back button leads from chat to chat as one came, step by step; a reload keeps the place."""
    town.dismiss_welcome()
    phone = town.choose("Amira Lind")
    steps = [town.driver.current_url]
    phone.press_part("back")
    steps.append(town.until(lambda: url if (url := town.driver.current_url) != steps[-1] else ""))
    phone.open_chat("Stad för stad")
    steps.append(town.until(lambda: url if (url := town.driver.current_url) != steps[-1] else ""))
    town.driver.refresh()
    town.find("body[data-ready]")
    assert town.driver.current_url == steps[-1]
    for earlier in reversed(steps[:-1]):
        town.driver.back()
        town.until(partial(arrived, town, earlier))


@pytest.mark.parametrize("town", [(390, 844)], indirect=True)
def test_the_way_back_closes_what_lies_above(town: TownPage) -> None:
    """Where the town's column or a dialog covers the phone, the way back closes that, and the phone stays as it was."""
    town.dismiss_welcome()
    town.phone("Amira Lind").press_part("back")
    town.phone("Amira Lind").open_chat(BOT)
    here = town.until(lambda: url if (url := town.driver.current_url).count("/") > 3 else "")
    town.press("#open-town")
    town.driver.back()
    town.until(lambda: not town.find("#town").is_displayed())
    assert arrived(town, here)
    town.press("#open-town")
    town.until(lambda: town.find("#add-person").is_displayed())
    town.press("#add-person")
    town.driver.back()
    town.until(lambda: not town.driver.find_elements("css selector", "dialog"))
    town.until(lambda: town.find("#town").is_displayed())
    assert arrived(town, here)


def test_searching(town: TownPage) -> None:
    """Words are found in small letters and capitals, and with an «å» that is written as two signs."""
    phone = town.phone("Amira Lind")
    phone.open_chat(GROUP)
    phone.write("Vi ses i Ånge")
    phone.wait_for("Ånge")
    phone.press_part("chat-menu")
    town.until(lambda: town.click_with_text(".menu button", "Sök i chatten"))
    for words, found in (("ÅNGE", "1 av 1"), ("a\u030ange", "1 av 1"), ("Äppelbo", "Inget hittat")):
        town.find(phone.part("search")).clear()
        town.find(phone.part("search")).send_keys(words)
        town.until(lambda found=found: found == town.find(f"{phone.root} .search [role=status]").text)  # type: ignore[misc]


def arrived(town: TownPage, url: str) -> bool:
    """Whether the browser is at this address."""
    return town.driver.current_url == url


@pytest.mark.parametrize("town", [(390, 844), (360, 640)], indirect=True)
def test_phone_width(town: TownPage) -> None:
    """On a narrow screen one phone fills the page, the row above switches person, and nothing is too wide."""
    town.dismiss_welcome()
    assert town.focused().tag_name == "button", "the keyboard is at the phone"
    assert len(town.shown()) == 1
    phone = through_the_door(town, "Björn Ek")
    assert town.shown() == [phone.person]
    phone.press("Sådär")
    phone.wait_for("Ditt svar: Sådär")
    assert town.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    town.press("#open-town")
    town.until(lambda: town.find("#others").is_displayed())
    town.type(Keys.ESCAPE)
    town.until(lambda: not town.find("#others").is_displayed())


def test_the_page_is_well_formed_for_helpers(town: TownPage) -> None:
    """Every control has a name, no id stands twice, and the page's language is Swedish."""
    through_the_door(town)
    nameless = town.driver.execute_script("""
        const named = (e) => e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length
            || e.querySelector("img[alt]:not([alt=''])");
        return [...document.querySelectorAll("button, a[href], input, select, textarea")]
            .filter((e) => e.checkVisibility() && !named(e)).map((e) => e.outerHTML.slice(0, 120));
    """)
    assert nameless == []
    ids = town.driver.execute_script("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert town.find("html").get_attribute("lang") == "sv"


def test_nothing_from_elsewhere(town: TownPage) -> None:
    """Everything the page loads comes from the town's own server."""
    through_the_door(town)
    loaded = town.driver.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert loaded
    assert all(name.startswith(town.url) for name in loaded)
