"""Whom one can ring: the same numbers at both doors, and each of them a link that a keyboard reaches."""

import re

from bot.demo.player import Player
from tests.page.test_both import Both, both
from tests.page.test_in_need import TOWN

__all__ = ["both"]

NUMBER = re.compile(r"(?<![\w+-])(?:112|114 14|116 111|1177|90101|0\d{1,3}-\d[\d ]+\d)(?![\w-])")
LINK = re.compile(r'<a href="tel:(\+?\d+)"[^>]*>')
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)


def dialled(text: str) -> set[str]:
    """The numbers in a text, as they are dialled."""
    return {re.sub(r"\D", "", number) for number in NUMBER.findall(text.replace("\N{NO-BREAK SPACE}", " "))}


async def test_the_page_has_what_telegram_has(both: Both) -> None:
    """In the chat, in the conversation and on the page of numbers; what is folded can be rung as well."""
    await Player(both.town).play("town", TOWN)
    await both.town.write("Bo", "/ring")
    told = dialled(both.town.last("Bo"))
    assert {"112", "11414", "90101", "0100000077"} <= told
    bo = await both.signed_in("Bo")
    await both.write(bo, "/ring")
    message = bo.html.split("<article")[-1].partition("</article>")[0]
    assert told <= set(LINK.findall(message)) | {"112"}
    folds = FOLD.findall(message)
    assert folds
    for fold in folds:
        assert dialled(re.sub(r"<[^>]*>", "", fold)) <= set(LINK.findall(fold)) | {"112"}, fold
    await bo.open("/ring")
    assert told <= dialled(bo.text), told - dialled(bo.text)
    assert told <= set(LINK.findall(bo.html)), told - set(LINK.findall(bo.html))
