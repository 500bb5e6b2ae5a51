"""What definitions of earlier versions could say, in the words of today.

A round keeps the text of the definition that it began with, and is read with it for years. What most keys said that
have gone follows from the rest of a definition today, and they are left out; some are written as it is said now.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from flows.enums import Afterwards, ExerciseRole, Field, Mark, Picture
from flows.values import Json

T = TypeVar("T")

# What follows from the rest, by table: of an exercise (""), its questions, its register.
GONE = {
    "": (
        "side_by_side",
        "beside",
        "numbers",
        "shares",
        "consent_to",
        "timer",
        "timer_before",
        "signed",
        "heavy",
        "private",
        "always",
        "picture",
        "outcome",
        "deck",
    ),
    "question": ("recurs", "usual", "same_as", "others", "hints", "alone", "lasts", "not_before", "not_after"),
    "register": ("one_date", "repeat", "counts", "review", "person", "tally", "layout"),
}
# What is said with a value of another key now, where it was true.
FLAGS: dict[str, tuple[str, str | bool]] = {
    "board": ("afterwards", Afterwards.BOARD),
    "keeps": ("afterwards", Afterwards.BOOKMARKS),
    "presents": ("afterwards", Afterwards.TURNS),
    "beforehand": ("session", "before"),
    "own_work": ("session", "between"),
    "past": ("day", "past"),
    "ahead": ("day", "ahead"),
    "later": ("follow_up", True),
}
ROLES = {
    "beside": ExerciseRole.LOOKING_BACK,
    "outcome": ExerciseRole.DECISION,
    "deck": ExerciseRole.ICEBREAKER,
}  # of an exercise with such a key


def as_today(data: Json) -> Json:
    """Return the tables of a definition, as a file of some earlier version has them, in today's words."""
    exercise = _kept(data, "")
    for key, role in ROLES.items():
        if key in data:
            exercise["role"] = role
    if data.get("picture") == Picture.RINGS:
        exercise["role"] = ExerciseRole.PLAN_REFLECTION
    if "register" in data:
        exercise["register"] = _kept(data["register"], "register")
    order: list[str] = []  # the days that went by another one, in order with that one
    for question in data.get("question", []):
        for key, behind in (("not_before", 1), ("not_after", 0)):
            if (other := question.get(key)) is not None:
                order = order if other in order else [*order, other]
                order.insert(order.index(other) + behind, question["id"])
    if order:
        exercise["in_order"] = order
    questions = [_kept(question, "question") for question in data.get("question", [])]
    by_id = {question.get("id"): question for question in questions}
    for name, more in _of_questions(data):
        by_id.get(name, {}).update(more)
    return exercise | {"question": questions}


def _of_questions(data: Json) -> Iterator[tuple[str, Json]]:
    """Yield what was said of a question elsewhere: its id, and the keys that say it now."""
    for question in data.get("question", []):
        if "hints" in question:
            advised = [option for option in question["options"] if option not in question["hints"]]
            yield question["id"], {"advise": advised}
        if "alone" in question:
            yield question["id"], {"marks": {Mark.NONE: [question["alone"]]}}
        if "lasts" in question:
            yield question["id"], {"role": Field.LENGTH}
    if "consent_to" in data:
        yield data["consent_to"], {"role": Field.PROPOSED}
    if "timer" in data:
        yield data.get("timer_before", data["question"][0]["id"]), {"timer": data["timer"]}
    if outcome := data.get("outcome"):
        yield outcome["question"], {"role": Field.DECISION, "marks": {Mark.YES: [outcome["option"]]}}
        yield from (
            (outcome[role], {"role": role}) for role in (Field.START, Field.MONTHS, Field.AGAIN) if role in outcome
        )


def _kept(table: Mapping[str, T], place: str) -> dict[str, T | str | bool]:
    """Return what still says something, by the table's place, with what flags say in today's words."""
    said = dict(FLAGS[key] for key, value in table.items() if key in FLAGS and value)
    return {key: value for key, value in table.items() if key not in GONE[place] and key not in FLAGS} | said
