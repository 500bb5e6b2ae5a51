"""Labels of the engine's buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import ascii_letters

from bot.context.message import Key
from bot.context.sealed_actions import Action
from bot.views.exercise import ExerciseView
from bot.views.names import cut
from flows.buttons import Button
from flows.definitions.model import Question
from flows.dialogue.edit_conflict import BOTH, MINE, THEIRS
from flows.fields.moment import HOURS
from flows.run.effects import Say
from flows.run.state import Run, Visit
from messages.voice import TemplateFacts

TITLE, NAME = 60, 40  # characters of a row's title, and of a new one's name within a sentence
LETTERS = "+" + ascii_letters  # before the number that a button stands for


def keyboard(present: ExerciseView, run: Run, say: Say) -> list[list[Key]]:
    """Return the buttons under a message."""
    return [
        [Key(label(present, run, say, button), Action(button.verb, run.number, say.ask, button.arg)) for button in row]
        for row in say.keyboard
    ]


@dataclass(frozen=True, slots=True)
class Under:
    """A button, with the message that it is under."""

    present: ExerciseView
    run: Run
    say: Say
    button: Button

    @property
    def question(self) -> Question:
        """The question that the message asks."""
        return self.run.question(self.say.key)

    @property
    def visit(self) -> Visit:
        """Where whoever is to read it stands."""
        return self.run.visits[self.say.to]

    @property
    def place(self) -> int:
        """The number in what the button stands for, which a sign or a word can precede."""
        return int(self.button.arg.lstrip(LETTERS))


def label(present: ExerciseView, run: Run, say: Say, button: Button) -> str:
    """Return a button's label."""
    under = Under(present, run, say, button)
    if drawn := DRAWN.get(button.label):
        return drawn(under)
    facts = FACTS.get(button.label)
    return present.voice.label(button.label, facts(under) if facts else {})


def _option(under: Under) -> str:
    return under.present.option(under.question, under.question.options[under.place])


def _number(under: Under) -> str:
    return str(under.place + 1) if under.button.verb == "go" else under.button.arg


def _item(under: Under) -> str:
    return under.present.item(under.run.items[under.place])


def _offer(under: Under) -> str:
    """Return a row's name; of one that is to be made, as it was written."""
    arg = under.button.arg
    if arg.startswith("+"):
        return under.visit.ticked[under.place][1:]
    return next(offer.title for offer in under.run.given.offers[under.question.id] if offer.arg == arg)


def _title(named: Callable[[Under], str], mark: str = "") -> Callable[[Under], str]:
    """Return what draws a title, ticked or not."""
    return lambda under: cut(under.present.voice.label(mark, {"option": named(under)}) if mark else named(under), TITLE)


def _theirs(under: Under) -> str:
    """Return whose the other of two answers is, that were given at once."""
    met = under.visit.met
    return under.present.scene.member(met.by) if met and met.by is not None else ""


# Labels that are made from what the button stands for, and so are not in the words …
DRAWN: Mapping[str, Callable[[Under], str]] = {
    "option": _option,
    "number": _number,
    "example": lambda under: under.button.arg,
    "person": lambda under: under.present.scene.told_apart(under.place),
    "organisation": lambda under: under.present.scene.organisation(under.place),
    "item_on": _title(_item, "ticked"),
    "item_off": _title(_item, "unticked"),
    "offer": _title(_offer),
    "offer_on": _title(_offer, "ticked"),
    "offer_off": _title(_offer, "unticked"),
    "moment": lambda under: under.present.voice.rules.moment(under.visit.offered.readings[under.place]),
    "hour": lambda under: under.present.voice.rules.clock(HOURS[under.place]),
}
# … and what the words of the others tell of it.
FACTS: Mapping[str, Callable[[Under], TemplateFacts]] = {
    "ticked": lambda under: {"option": _option(under)},
    "unticked": lambda under: {"option": _option(under)},
    "met_theirs": lambda under: {"name": _theirs(under)},
    "same_as": lambda under: {"short": under.present.short(under.run.exercise.alike(under.question)[under.place])},
    "new_row": lambda under: {"name": cut(under.visit.offered.query, NAME)},
}


def met_labels(present: ExerciseView, run: Run, member: int) -> dict[str, str]:
    """Return what the buttons say with which this person chooses one of two answers; empty if they have no choice."""
    voice, met = present.voice, run.visit(member).met
    if met is None:
        return {}
    theirs = "met_there" if met.by in (None, member) else "met_theirs"
    name = "" if met.by is None else present.scene.member(met.by)
    labels = {MINE: voice.label("met_mine"), THEIRS: voice.label(theirs, {"name": name})}
    return labels if met.both == met.mine else {**labels, BOTH: voice.label("met_both")}
