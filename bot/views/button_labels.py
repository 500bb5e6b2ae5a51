"""Labels of the engine's buttons."""

from collections.abc import Mapping

from bot.context.message import Key
from bot.context.sealed_actions import Action
from bot.views.exercise import ExerciseView
from bot.views.names import cut
from flows.buttons import Button
from flows.definitions.model import Question
from flows.dialogue.edit_conflict import BOTH, MINE, THEIRS
from flows.fields.moment import HOURS
from flows.fields.text import SAME
from flows.run.effects import Say
from flows.run.state import Run

OFFERED: Mapping[str, str] = {"offer_on": "ticked", "offer_off": "unticked"}  # rows to choose among, ticked or not
# Labels that are made from what the button stands for, and so are not in the words.
DRAWN = (
    "option",
    "number",
    "example",
    "person",
    "organisation",
    "item_on",
    "item_off",
    "offer",
    "moment",
    "hour",
    *OFFERED,
)
TITLE, NAME = 60, 40  # characters of a row's title, and of a new one's name within a sentence


def keyboard(present: ExerciseView, run: Run, say: Say) -> list[list[Key]]:
    """Return the buttons under a message."""
    return [
        [Key(label(present, run, say, button), Action(button.verb, run.number, say.ask, button.arg)) for button in row]
        for row in say.keyboard
    ]


def label(present: ExerciseView, run: Run, say: Say, button: Button) -> str:
    """Return a button's label."""
    voice, question = present.voice, run.question(say.key) if say.key in run.keys() else None
    match button.label:
        case "option" | "ticked" | "unticked" if question:
            option = present.option(question, question.options[int(button.arg)])
            return option if button.label == "option" else voice.label(button.label, {"option": option})
        case "number":
            return str(int(button.arg) + 1) if button.verb == "go" else button.arg
        case "example":
            return button.arg
        case "moment":
            return voice.rules.moment(run.visits[say.to].offered.readings[int(button.arg[1:])])
        case "hour":
            return voice.rules.clock(HOURS[int(button.arg[1:])])
        case "person":
            return present.scene.told_apart(int(button.arg))
        case "organisation":
            return present.scene.organisation(int(button.arg))
        case "item_on" | "item_off":
            mark = {"item_on": "ticked", "item_off": "unticked"}[button.label]
            return cut(voice.label(mark, {"option": present.item(run.items[int(button.arg)])}), TITLE)
        case "offer" | "offer_on" | "offer_off" if question:
            title = _offered(question, run, say, button.arg)
            ticked = OFFERED.get(button.label)
            return cut(voice.label(ticked, {"option": title}) if ticked else title, TITLE)
        case "met_theirs" if (met := run.visits[say.to].met) and met.by is not None:
            return voice.label("met_theirs", {"name": present.scene.member(met.by)})
        case "same_as" if question:
            before = run.exercise.alike(question)[int(button.arg.removeprefix(SAME))]
            return voice.label("same_as", {"short": present.short(before)})
        case "new_row":
            return voice.label("new_row", {"name": cut(run.visits[say.to].offered.query, NAME)})
        case name:
            return voice.label(name)


def met_labels(present: ExerciseView, run: Run, member: int) -> dict[str, str]:
    """Return what the buttons say with which this person chooses one of two answers; empty if they have no choice."""
    voice, met = present.voice, run.visit(member).met
    if met is None:
        return {}
    theirs = "met_there" if met.by in (None, member) else "met_theirs"
    name = "" if met.by is None else present.scene.member(met.by)
    labels = {MINE: voice.label("met_mine"), THEIRS: voice.label(theirs, {"name": name})}
    return labels if met.both == met.mine else {**labels, BOTH: voice.label("met_both")}


def _offered(question: Question, run: Run, say: Say, arg: str) -> str:
    """Return a row's name on a button; of one that is to be made, as it was written."""
    if arg[:1] == "+":
        return run.visits[say.to].ticked[int(arg[1:])][1:]
    return next(offer.title for offer in run.given.offers[question.id] if offer.arg == arg)
