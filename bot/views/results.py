"""Results for a phone: whole if short, else the points to talk about, and the rest question by question."""

from bot.context.fold import READ, unfolded
from flows.run.state import Run
from messages.structure.blocks import Body
from messages.voice import TemplateFacts, Voice

FEW = 8  # questions that are listed unfolded


def talk_slot(run: Run) -> str:
    """Return the slot of a round's answers in the group's chat, one question at a time."""
    return f"talk:{run.number}"


def lines_of(picture: TemplateFacts) -> list[TemplateFacts]:
    """Return the answers, question by question."""
    lines = picture["lines"]
    assert isinstance(lines, list)  # see `PictureWording.picture`
    return lines


def result(voice: Voice, picture: TemplateFacts) -> tuple[Body, int | None]:
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


def of_question(voice: Voice, picture: TemplateFacts, place: int) -> Body:
    """Return one question's answers, by its place among those answered."""
    empty = dict.fromkeys(("divided", "tied", "apart", "verdict", "discuss"), None)
    lines = lines_of(picture)
    facts = {**picture, **empty, "doubted": [], "lines": [lines[place]], "whole": True, "many": False}
    return voice.render("run.picture", {**facts, "of": len(lines), "place": place + 1})
