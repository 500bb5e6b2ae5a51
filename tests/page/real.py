"""A real browser that people on the page take turns in, for what only one can show."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.page.reader import Browser

T = TypeVar("T")


class Real:
    """A real browser, in which one person after the other does what they do."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address, self.deeds = driver, address, 0

    async def does(self, browser: Browser, deed: Callable[["Real"], None]) -> None:
        """Do something as whoever is signed in there, where they are."""
        self.deeds += 1
        await asyncio.to_thread(self._do, browser.cookie, browser.path, deed)

    def _do(self, secret: str, path: str, deed: Callable[["Real"], None]) -> None:
        self.driver.get(f"{self.address}/sida.svg")
        self.driver.delete_all_cookies()
        self.driver.add_cookie({"name": "stad", "value": secret, "path": "/"})
        self.driver.get(f"{self.address}{path}")
        deed(self)
        WebDriverWait(self.driver, 20).until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "[aria-busy]"))

    def click(self, label: str) -> None:
        """The newest button whose label begins so."""

        def pressed() -> bool:
            found = self.driver.find_elements(By.CSS_SELECTOR, "article button")
            named = [one for one in found if one.text.startswith(label)]
            self._press(([one for one in named if one.text == label] or named)[-1])
            return True

        self._until(pressed)

    def enter(self, text: str, words: str = "") -> None:
        """Write in the field of the message with these words, or in that below all."""

        def there() -> WebElement:
            forms = self.driver.find_elements(By.CSS_SELECTOR, "article" if words else "#skriv")
            return [one for one in forms if words in one.text and one.find_elements(By.TAG_NAME, "textarea")][-1]

        form = self._until(there)
        form.find_element(By.TAG_NAME, "textarea").send_keys(text)
        self._press(form.find_element(By.CSS_SELECTOR, "button.main"))

    def answers(self, path: str, said: dict[str, str]) -> str:
        """Answer an invitation as somebody who is signed in nowhere; the secret of who they are from then on."""
        self.deeds += 1
        self.driver.get(f"{self.address}/sida.svg")
        self.driver.delete_all_cookies()
        self.driver.get(f"{self.address}{path}")
        for question, answer in said.items():
            self.driver.find_element(By.CSS_SELECTOR, f"input[name={question}][value={answer}]").click()
        self._press(self.driver.find_element(By.CSS_SELECTOR, "main form button.main"))
        self._until(lambda: "Tack!" in self.driver.find_element(By.TAG_NAME, "h1").text)
        cookie = self.driver.get_cookie("stad")
        assert cookie is not None
        return str(cookie["value"])

    def _until(self, look: Callable[[], T]) -> T:
        """Look until there is something; what a page that changes meanwhile took away is looked for again."""
        wait = WebDriverWait(self.driver, 20, ignored_exceptions=[StaleElementReferenceException])
        return wait.until(lambda _: look())

    def _press(self, button: WebElement) -> None:
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
