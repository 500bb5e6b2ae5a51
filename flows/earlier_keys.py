"""What definitions of earlier versions could say, in the words of today.

A round keeps the text of the definition that it began with, and is read with it for years. What most keys said that
have gone follows from the rest of a definition today, and they are left out; some are written as it is said now.
"""

from flows.values import Json
from flows.vocabulary import Afterwards, ExerciseRole, Field, Picture

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
    ),
    "question": ("recurs", "usual", "same_as", "others"),
    "register": ("one_date", "repeat", "counts", "review"),
}
SESSIONS = {"beforehand": "before", "own_work": "between"}
AFTERWARDS = {"board": Afterwards.BOARD, "keeps": Afterwards.BOOKMARKS, "presents": Afterwards.TURNS}


def as_today(data: Json) -> Json:
    """Return the tables of a definition, as a file of some earlier version has them, in today's words."""
    exercise = _kept(data, "")
    for key, follows in AFTERWARDS.items():
        if exercise.pop(key, False):
            exercise["afterwards"] = follows
    for key, session in SESSIONS.items():
        if exercise.pop(key, False):
            exercise["session"] = session
    if data.get("picture") == Picture.RINGS:
        exercise["role"] = ExerciseRole.PLAN_REFLECTION
    if "beside" in data:
        exercise["role"] = ExerciseRole.LOOKING_BACK
    exercise["question"] = [_kept(question, "question") for question in data.get("question", [])]
    first = next((question.get("id") for question in exercise["question"]), None)
    for question in exercise["question"]:
        if "hints" in question:
            against = question.pop("hints")
            question["advise"] = [option for option in question["options"] if option not in against]
        if question.pop("later", False):
            question["follow_up"] = True
        for day in ("past", "ahead"):
            if question.pop(day, False):
                question["day"] = day
        if question.get("id") == data.get("consent_to"):
            question["role"] = Field.PROPOSED
        if question.get("id") == data.get("timer_before", first) and "timer" in data:
            question["timer"] = data["timer"]
    if "register" in exercise:
        exercise["register"] = _kept(exercise["register"], "register")
    return exercise


def _kept(table: Json, place: str) -> Json:
    return {key: value for key, value in table.items() if key not in GONE[place]}
