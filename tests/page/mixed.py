"""A town in which each person is where they want to be, played by the same transcripts as one on Telegram.

Whoever is on the page does there what a line says: the same button, by its label, or the same text, in forms that a
browser without script sends. Codes for what is sensitive are fetched from where they were sent, as people do.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

from yarl import URL

from bot.demo.player import Player
from bot.demo.town import NoSuchButton, Town
from bot.page.mail import Mailer
from bot.page.one_time_code import digits, operators_code, spaced
from messages.line_breaks import NO_BREAK
from tests.page.reader import Browser, Form, Page, _Reader
from tests.page.real import Real
from tests.page.test_mail import Post

CODE = re.compile(r"\b(\d{3}) (\d{3})\b")
ASKS = "Är det du?"
IN_FORM = "skriver du svar utan namn i formuläret"


def address_of(name: str) -> str:
    """Where mail to this person goes."""
    return f"{name.lower()}@example.se"


@dataclass(slots=True)
class Message:
    """A message of a chat as the page shows it."""

    text: str
    forms: list[Form]


def messages(html: str, holds: str = "") -> Iterator[Message]:
    """The messages that a page shows, newest first; of those that hold this text."""
    for part in reversed(html.split("<article")[1:]):
        if holds in unescape(part):
            reader = _Reader()
            reader.feed("<article" + part.partition("</article>")[0])
            words = "".join(reader.words).replace(NO_BREAK, " ")
            yield Message(re.sub(r"\s*\n\s*", "\n", words).strip(), reader.forms)


class Mixed(Town):
    """A town with a page, and some of its people there."""

    def __init__(self, town: Town, page: Page, post: Post, mailer: Mailer) -> None:
        """`post`: where the mails come to that `mailer` brings."""
        super().__init__(town.sandbox, town.bot, town._start, town.clock)
        self.failures, self.page, self.post, self.mailer = town.failures, page, post, mailer
        self.browsers: dict[str, Browser] = {}
        self.shown: dict[tuple[str, str], list[str]] = {}  # what those on the page saw when they last looked
        self.seen_as: dict[str, Real] = {}  # who does their deeds in a real browser now
        self.notes: dict[str, list[str]] = {}  # without a name, which the conversation on the page does not take
        self.codes = 0  # that were asked for and given
        self.signed_in_anew = self.vouched = 0
        self._before: dict[str, str] = {}  # what each has tapped last
        self._groups: dict[Browser, str] = {}
        self.coordinator = ""  # who is asked about the others

    # -- what those on the page do -----------------------------------------------------------------------------------
    async def chat_of(self, browser: Browser, chat: str) -> str:
        """Look at a chat, by its address; whoever has been signed out signs in again."""
        if chat == "privat":
            await browser.open("/samtal")
        else:
            if browser not in self._groups:
                await browser.open("/")
                self._groups[browser] = browser.links.get(chat, "/").partition("#")[0]
            await browser.open(self._groups[browser])
        if browser.path == "/":
            self._groups.pop(browser, None)
            await self.again(browser)
            return await self.chat_of(browser, chat)
        assert browser.status == 200, browser.text
        return browser.html

    async def again(self, browser: Browser) -> None:
        """Sign in with a link that comes by mail, or from the bot in Telegram."""
        self.signed_in_anew += 1
        name = next(name for name, one in self.browsers.items() if one is browser)
        if name in self.people:
            await super().write(name, "/sidan")
            await browser.open(super().button(name, "Logga in")[3]["url"])
        else:
            await browser.open("/")
            await browser.press("Skicka en länk", address=address_of(name))
            await self.mail_comes()
            assert str(self.post.came[-1]["To"]) == address_of(name)
            await browser.open(self.post.links()[0])
        await browser.press("Logga in")

    async def gives_address(self, name: str) -> None:
        """Give an address for mail, and say that it is theirs with the link that comes there."""
        browser = self.browsers[name]
        await browser.open("/konto")
        await browser.press("Spara adressen", address=address_of(name))
        await self.mail_comes()
        await browser.open(self.post.links()[0])
        await browser.press("Det är min adress")

    async def mail_comes(self) -> None:
        """Bring all mails that wait; the mailer takes some at a time."""
        before = -1
        while len(self.post.came) > before:
            before = len(self.post.came)
            await self.mailer.drain()

    async def wind(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Wind the clock, and bring the mails that were written meanwhile."""
        await super().wind(days=days, hours=hours, minutes=minutes)
        await self.mail_comes()

    async def tap(self, name: str, label: str, *, chat: str = "privat", under: str = "") -> None:
        """Tap it where this person is."""
        if (browser := self.browsers.get(name)) is None:
            await super().tap(name, label, chat=chat, under=under)
            return
        if name in self.seen_as:
            await self.chat_of(browser, chat)
            await self.seen_as[name].does(browser, lambda real: real.click(label))
            await self.settle()
            return
        shown = part = await self.chat_of(browser, chat)
        if name in self.notes and label == "Lämna in":
            await self._hand_in(name)
            return
        while part:
            for message in messages(part, label):
                for form in sorted(message.forms, key=lambda one: one.label != label):  # that very label before others
                    if under in message.text and form.label.startswith(label) and not form.asked:
                        self._before[name] = label
                        await self._sent(name, form, {})
                        return
            older = re.search(r'href="(\?fore=\d+)"', part)
            part = (await browser.open(browser.path + older[1])).html if older else ""
        if "som samordnar. När någon av dem har sagt ja" in next(messages(shown)).text:
            await self.vouch()
            before = self._before.pop(name)
            await self.tap(name, before, chat=chat)  # what was refused, once more
            await self.tap(name, label, chat=chat, under=under)
            return
        raise NoSuchButton(
            f"{name} sees no button {label!r} on the page:\n"
            + "\n---\n".join(m.text for m in islice(messages(shown), 3))
        )

    async def write(self, name: str, text: str, *, chat: str = "privat", reply_to: str | None = None) -> None:
        """Write it where this person is: in the field of a message, or in that below all."""
        if (browser := self.browsers.get(name)) is None:
            await super().write(name, text, chat=chat, reply_to=reply_to)
            return
        shown = await self.chat_of(browser, chat)
        if name in self.seen_as:
            await self.seen_as[name].does(browser, lambda real: real.enter(text, reply_to or ""))
            await self.settle()
            return
        if reply_to is None:
            reader = _Reader()
            reader.feed(shown[shown.rindex("<form") :])
            form = reader.forms[0]
        else:
            form = next(one for m in messages(shown, reply_to) for one in m.forms if "text" in one.asked)
        await self._sent(name, form, {"text": text})
        if IN_FORM in next(messages(await self.chat_of(browser, chat))).text:
            self.notes.setdefault(name, []).append(text)

    async def _hand_in(self, name: str) -> None:
        """Fill in the form of an exercise without names, as the page says, once there is a note for each question."""
        browser = self.browsers[name]
        for page in ("/samtal", "/"):
            await browser.open(page)
            if forms := [link for link in browser.links.values() if link.startswith("/ovning/")]:
                await browser.open(forms[-1])
                break
        form = browser.form("Lämna in")
        if len(self.notes[name]) == len(form.asked):
            await self._sent(name, form, {"done": "1"} | dict(zip(form.asked, self.notes.pop(name), strict=True)))

    async def _sent(self, name: str, form: Form, filled: dict[str, str]) -> None:
        browser = self.browsers[name]
        data = {**form.fields, **filled}
        async with browser.client.post(form.action, data=data, allow_redirects=False) as answer:
            await browser.read(answer)
        await self.settle()
        if ASKS in browser.html:
            await self.proves(name, browser)
        assert browser.status in (200, 303), f"{name}: {browser.status} {browser.text}"

    async def proves(self, name: str, browser: Browser) -> None:
        """Fetch the code from where it was sent, and give it."""
        await self.mail_comes()
        if "ett mejl" in browser.html:
            places = [mail.get_content() for mail in self.post.came if str(mail["To"]) == address_of(name)]
        elif "i Telegram" in browser.html:
            places = super().texts(name)
        elif found := re.search(r"numret (\d{3} \d{3})", browser.text):
            places = [spaced(operators_code(self.bot.services.buttons, digits(found[1])))]
        else:
            told = [await self.seen_by(other) for other in {*self.browsers, *self.people} - {name}]
            places = [text for seen in told for text in seen if re.search(rf"{name} i .+ vill göra", text)]
        codes = ["".join(found) for place in places for found in CODE.findall(place)]
        assert codes, f"no code reached {name}: {browser.text}"
        self.codes += 1
        form = next(form for form in browser._parsed().forms if "code" in form.asked)
        await self._sent(name, form, {"code": codes[-1]})

    async def seen_by(self, name: str, chat: str = "privat") -> list[str]:
        """What a chat says to this person, oldest first."""
        if (browser := self.browsers.get(name)) is None:
            return super().texts(name, chat)
        return [message.text for message in messages(await self.chat_of(browser, chat))][::-1]

    def texts(self, name: str, chat: str = "privat") -> list[str]:
        """What a chat said to this person when they last looked."""
        if name in self.browsers:
            return self.shown.get((name, chat), [])
        return super().texts(name, chat)

    # -- how they come -----------------------------------------------------------------------------------------------
    async def let_in(self, coordinator: str, name: str, who: tuple[str, str, Iterable[str], str]) -> None:
        """Somebody comes by a link of the coordinator's, is let in, and joins."""
        await self.write(coordinator, "/start")
        await self.tap(coordinator, "Bjud in till webbsidan")
        link = re.findall(r"/l/[\w-]+", (await self.seen_by(coordinator))[-1])[-1]
        browser = self.browsers[name] = self.page.browser()
        await browser.open(link)
        await browser.press("Be att få", name=name)
        await self.settle()
        assert self.title not in browser.text, "nothing of the town before the yes"
        await self.tap(coordinator, "Släpp in")
        await self.joins(name, who)

    async def joins(self, name: str, who: tuple[str, str, Iterable[str], str]) -> None:
        """Promise, and answer the joining questions."""
        organisation, sector, levels, children = who
        await self.tap(name, "Jag lovar")
        await self.write(name, name)
        if any(
            form.label == organisation
            for m in messages(await self.chat_of(self.browsers[name], "privat"))
            for form in m.forms
        ):
            await self.tap(name, organisation)
        else:
            await self.write(name, organisation)
        for label in (sector, *(f"☐ {level}" for level in levels), "Klar", children, "Lämna in"):
            await self.tap(name, label)

    async def vouch(self) -> None:
        """Whoever coordinates says of each who came by a link that they still are with us, when that is asked."""
        for message in messages(await self.chat_of(self.browsers[self.coordinator], "privat"), ">Ja, "):
            for form in message.forms:
                if re.match(r"Ja, \w+ (är med|ska läsa)$", form.label):
                    await self._sent(self.coordinator, form, {})
                    self.vouched += 1

    async def founded(self, link: str, name: str) -> None:
        """Somebody begins a town that has no chat elsewhere, with the operator's code."""
        browser = self.browsers[name] = self.page.browser()
        await browser.open(link)
        await browser.press("Börja", town=self.title, name=name)
        await self.settle()

    async def invited(self, name: str, by: str, said: dict[str, str]) -> None:
        """Somebody opens the newest link that the bot has given a coordinator to pass on, and answers on its page."""
        texts = "\n".join(await self.seen_by(by))
        token = re.findall(r"(?:/l/|start=)([\w-]{20,})", texts)[-1]
        browser = self.browsers[name] = self.page.browser()
        if (real := self.seen_as.get(name)) is not None:
            secret = await asyncio.to_thread(real.answers, f"/l/{token}", said)
            browser.client.session.cookie_jar.update_cookies({"stad": secret}, URL(self.page.address))
            await self.settle()
            return
        await browser.open(f"/l/{token}")
        form = browser.form("Svara")
        async with browser.client.post(form.action, data={**form.fields, **said}) as answer:
            await browser.read(answer)
        await self.settle()
        assert "Tack!" in browser.text, browser.text

    async def also_on_the_page(self, name: str) -> None:
        """Somebody from Telegram goes on in a browser."""
        await super().write(name, "/sidan")
        url = super().button(name, "Logga in")[3]["url"]
        browser = self.page.browser()
        await browser.open(url)
        await browser.press("Logga in")
        self.browsers[name] = browser


class MixedPlayer(Player):
    """Plays a transcript in such a town."""

    town: Mixed

    async def take(self, raw: str, *, looks: bool = True) -> None:
        """Play a line; before one that says what somebody sees, they look, if they are on the page."""
        if (seen := re.match(r"\s*> (\w+)", raw)) is not None:
            group = seen[1] == "gruppen"
            name, chat = (self.town.coordinator, self.town.title) if group else (seen[1], "privat")
            if name in self.town.browsers:
                self.town.shown[name, chat] = await self.town.seen_by(name, chat)
                raw = raw.replace("• ", "")  # on the page a list is a list, whose signs the browser draws
        if (came := re.fullmatch(r"(\w+) följer länken från (\w+)", raw.strip())) and came[1] not in self.town.people:
            await self.town.invited(came[1], came[2], {"join": "yes", "shape": "yes", "start": "yes"})
            return
        if re.match(rf"{self.town.coordinator} i gruppen: /", raw):
            return  # the group's page shows where it stands unasked, and has no field for commands
        first = raw.partition(" ")[0]
        if first in self.town.browsers:  # whose answers stood on the invitation's page
            raw = re.sub(r"gör: (\[Ja\] )+\[Jag lovar\]", "gör: [Jag lovar]", raw)
        await super().take(raw, looks=False)
        if raw.startswith("Det är") and self.town.coordinator:
            await self.town.vouch()

    def _place(self, whose: str) -> tuple[str, str]:
        """Where something stands; the group is seen with the eyes of whoever coordinates."""
        if whose == "gruppen" and self.town.coordinator:
            return self.town.coordinator, self.town.title
        return super()._place(whose)
