"""Results for a phone: whole if short, else the points to talk about, and the rest question by question."""

import re

from bot.context.plain_text import plain
from flows.run.state import Run
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


def result(voice: Voice, picture: TemplateFacts) -> tuple[str, int | None]:
    """Return the picture as a message; and at which question one goes on, if it is only an introduction.

    Where all was written there is nothing to sum up: it opens with what was said to the first question.
    """
    whole = voice.render("run.picture", {**picture, "whole": True, "of": 0, "place": 0, "many": False})
    if unfolded(whole) <= READ:
        return whole, None
    lines = lines_of(picture)
    if all(line["said"] for line in lines) and len(lines) > 1:
        first = {**picture, "lines": lines[:1], "opens": len(lines)}
        return voice.render("run.picture", {**first, "whole": True, "of": 0, "place": 0, "many": False}), 1
    many = len(lines) > FEW
    return voice.render("run.picture", {**picture, "whole": False, "of": 0, "place": 0, "many": many}), 0


def of_question(voice: Voice, picture: TemplateFacts, place: int) -> str:
    """Return one question's answers, by its place among those answered."""
    empty = dict.fromkeys(("divided", "tied", "agreed", "apart", "verdict", "discuss"), None)
    lines = lines_of(picture)
    facts = {**picture, **empty, "doubted": [], "lines": [lines[place]], "whole": True, "many": False}
    return voice.render("run.picture", {**facts, "of": len(lines), "place": place + 1})
