"""The page seen as a visitor sees it: people, phones, chats, buttons. Tests speak this and no CSS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

T = TypeVar("T")

PATIENCE = 20.0  # seconds that the page may take before a test gives up
PLENTY = 60.0  # seconds that the others may take to answer


ON_ITS_WAY = ElementClickInterceptedException, ElementNotInteractableException
REPLACED = "does not belong to the document"  # as Chromium says of an element that has just been replaced


def unless_replaced(look: Callable[[], T]) -> T | None:
    """Return what is seen; None if the element was not there, was replaced while one looked, or covered."""
    try:
        return look()
    except (*ON_ITS_WAY, NoSuchElementException, StaleElementReferenceException):
        return None
    except WebDriverException as error:
        if REPLACED not in str(error.msg):
            raise
        return None


class TownPage:
    """The whole page in one browser window."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self) -> TownPage:
        """Load the page and wait until the town is drawn."""
        self.complaints()  # of a page before it
        self.driver.get(self.url)
        self.find("body[data-ready]")
        return self

    def find(self, css: str) -> WebElement:
        """The first element that matches, as soon as it is there."""
        return self.until(lambda: self.driver.find_element(By.CSS_SELECTOR, css))

    def until(self, look: Callable[[], T], patience: float = PATIENCE) -> T:
        """Look again until there is an answer; elements may be replaced meanwhile, or on their way to their place."""
        wait = WebDriverWait(self.driver, patience, poll_frequency=0.05)
        return wait.until(lambda _: unless_replaced(look))  # type: ignore[return-value]

    def press(self, css: str) -> None:
        """Click the first element that matches."""
        self.until(lambda: self._click(css))

    def _click(self, css: str) -> bool:
        self.driver.find_element(By.CSS_SELECTOR, css).click()
        return True

    def dismiss_welcome(self) -> None:
        """Close the first hint."""
        self.press("#welcome-close")

    def people(self) -> dict[str, int]:
        """Names and ids of the people of the town."""
        rows = self.driver.find_elements(By.CSS_SELECTOR, "#people .person")
        names = {row.find_element(By.CSS_SELECTOR, ".name").get_attribute("textContent"): row for row in rows}
        return {str(name): int(str(row.get_attribute("data-person"))) for name, row in names.items()}

    def phone(self, name: str) -> PhonePage:
        """The phone of a person, who must be on show."""
        person = self.until(lambda: self.people().get(name))
        assert person is not None
        return PhonePage(self, person)

    def shown(self) -> list[int]:
        """Ids of the people whose phones are on show, left to right."""
        phones = self.driver.find_elements(By.CSS_SELECTOR, "#phone-row .phone")
        return [int(str(phone.get_attribute("data-person"))) for phone in phones]

    def choose(self, name: str) -> PhonePage:
        """Bring a person's phone forward, by the list beside the phones or the row above them."""
        person = self.until(lambda: self.people().get(name))
        if person not in self.shown():
            narrow = self.driver.find_element(By.ID, "switcher").is_displayed()
            self.press(f'#{"switcher" if narrow else "people"} [data-person="{person}"]')
        return self.phone(name)

    def let_others_answer(self) -> None:
        """Let everyone whom the visitor does not play join and answer, and wait until they have."""
        self.press("#others")
        self.until(lambda: self.find("#others").is_enabled(), PLENTY)

    def wind(self, to: str) -> None:
        """Wind the clock forward with one of its buttons."""
        self.until(lambda: self.click_with_text("#clock button", to))

    def click_with_text(self, css: str, text: str) -> bool:
        """Scroll to the last element that matches and shows just this text, or else has it in its text, and click it;
        False when there is none."""
        there = [element for element in self.driver.find_elements(By.CSS_SELECTOR, css) if text in element.text]
        match = [
            element
            for element in there
            if element.text.rstrip(" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}") == text
        ] or there
        if match:
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", match[-1])
            match[-1].click()
        return bool(match)

    def focused(self) -> WebElement:
        """The element that has the keyboard."""
        return self.driver.switch_to.active_element

    def type(self, *keys: str) -> None:
        """Type on whatever has the keyboard."""
        self.focused().send_keys(*keys)

    def tab_to(self, css: str, *, back: bool = False, most: int = 60) -> None:
        """Walk with the Tab key until an element that matches has the keyboard."""
        for _ in range(most):
            self.focused().send_keys(Keys.SHIFT + Keys.TAB + Keys.NULL if back else Keys.TAB)
            if self.driver.execute_script("return document.activeElement.matches(arguments[0])", css):
                return
        raise AssertionError(f"the Tab key never reached {css}")

    def complaints(self) -> list[str]:
        """What the browser's console has reported as an error."""
        log = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in log if entry["level"] == "SEVERE"]


class PhonePage:
    """One person's phone."""

    def __init__(self, town: TownPage, person: int) -> None:
        self.town = town
        self.person = person
        self.root = f'.phone[data-person="{person}"]'

    def part(self, name: str) -> str:
        """The selector of a part of this phone."""
        return f'{self.root} [data-part="{name}"]'

    def find(self, name: str) -> WebElement:
        """A part of this phone, as soon as it is there."""
        return self.town.find(self.part(name))

    def press_part(self, name: str) -> None:
        """Click a part of this phone."""
        self.town.press(self.part(name))

    def open_chat(self, title: str) -> None:
        """Go to the chat list and open a chat by its title."""
        if self.town.driver.find_elements(By.CSS_SELECTOR, self.part("back")):
            self.press_part("back")
        rows = f"{self.part('chat-list')} [data-chat] strong"
        self.town.until(lambda: self.town.click_with_text(rows, title))

    def write(self, text: str) -> None:
        """Type a message and send it with Enter."""
        self.find("composer").send_keys(text, Keys.ENTER)

    def press(self, label: str) -> None:
        """Press the latest button with this label under a message."""
        self._until(f"a button {label!r}", lambda: self.town.click_with_text(self.part("key"), label))

    def unfold(self) -> None:
        """Unfold the latest long quotation; what it hides is no text to read before."""
        self._until("a fold", lambda: self.town.click_with_text(f"{self.root} .unfold", "Visa allt"))

    def wait_for(self, text: str) -> str:
        """Wait until some message contains `text`; answers that message."""
        return self._until(repr(text), lambda: next((one for one in reversed(self.messages()) if text in one), ""))

    def wait_for_words(self, *words: str) -> str:
        """Wait until a line of some message has all of these, in any order; answers that line."""
        return self._until(
            repr(words),
            lambda: next(
                (line for one in self.messages() for line in one.splitlines() if all(map(line.__contains__, words))), ""
            ),
        )

    def gets(self, text: str, within: float) -> bool:
        """Whether the latest message comes to contain `text` within so many seconds."""
        try:
            return self.town.until(lambda: text in self.messages()[-1], within)
        except TimeoutException:
            return False

    def wait_for_last(self, text: str) -> str:
        """Wait until the latest message contains `text`, so that its buttons are the ones to press; answers it."""
        return self._until(repr(text), lambda: next((one for one in self.messages()[-1:] if text in one), ""))

    def _until(self, what: str, look: Callable[[], T]) -> T:
        try:
            return self.town.until(look)
        except TimeoutException:
            seen = "\n---\n".join(self.messages()[-3:])
            raise AssertionError(f"person {self.person} waits for {what} in vain, and sees:\n{seen}") from None

    def messages(self) -> list[str]:
        """The texts of all messages of the open chat."""
        found = self.town.driver.find_elements(By.CSS_SELECTOR, f"{self.root} [data-message]")
        return [message.text for message in found]

    def title(self) -> str:
        """The title of the open chat."""
        return self.find("title").text

    def toast(self) -> str:
        """The toast that shows, as soon as there is one."""
        return self.town.until(lambda: self.find("toast").text)

    def alert(self) -> str:
        """The text of the alert that covers the phone."""
        return self.town.find(f"{self.part('alert')} p").text

    def close_alert(self) -> None:
        """Acknowledge the alert."""
        self.town.press(f"{self.part('alert')} button")
