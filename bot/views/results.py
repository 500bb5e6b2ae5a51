"""Results for a phone: whole if short, else the points to talk about, and the rest question by question."""

import re

from bot.context.plain_text import plain
from flows.state import Run
from messages.voice import TemplateFacts, Voice

READ = 700  # characters that a message shows at most before anything is unfolded
FEW = 8  # questions that are listed unfolded
_FOLDED = re.compile(r"<blockquote expandable>.*?</blockquote>", re.DOTALL)
_SEEN_FOLDED = 120  # characters, about, that a folded quotation shows


def unfolded(html: str) -> int:
    """Return how many characters of a message are seen before anything in it is unfolded."""
    return len(plain(_FOLDED.sub("", html))) + _SEEN_FOLDED * len(_FOLDED.findall(html))


def talk_slot(run: Run) -> str:
    """Return the slot of a round's answers in the group's chat, one question at a time."""
    return f"talk:{run.number}"


def lines_of(picture: TemplateFacts) -> list[TemplateFacts]:
    """Return the answers, question by question."""
    lines = picture["lines"]
    assert isinstance(lines, list)  # see `PictureWording.picture`
    return lines


def result(voice: Voice, picture: TemplateFacts) -> tuple[str, bool]:
    """Return the picture as a message; and whether it is only an introduction, with the answers shown one by one."""
    whole = voice.render("run.picture", {**picture, "whole": True, "of": 0, "place": 0, "many": False})
    if unfolded(whole) <= READ:
        return whole, False
    many = len(lines_of(picture)) > FEW
    return voice.render("run.picture", {**picture, "whole": False, "of": 0, "place": 0, "many": many}), True


def of_question(voice: Voice, picture: TemplateFacts, place: int) -> str:
    """Return one question's answers, by its place among those answered."""
    empty = dict.fromkeys(("divided", "tied", "agreed", "apart", "verdict", "discuss"), None)
    lines = lines_of(picture)
    facts = {**picture, **empty, "doubted": [], "lines": [lines[place]], "whole": True, "many": False}
    return voice.render("run.picture", {**facts, "of": len(lines), "place": place + 1})
