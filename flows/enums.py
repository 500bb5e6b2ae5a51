"""The closed vocabulary of the definition files: ways, kinds, audiences, roles, marks, pictures."""

from enum import StrEnum


class How(StrEnum):
    """How people take part in an exercise (the four ways of the process description)."""

    EACH = "each"  # every member alone, in the private chat
    ORG = "org"  # one answer per organisation, written by any of its members
    GROUP = "group"  # one shared answer, written by whoever holds the pen
    ROWS = "rows"  # a register, filled row by row


class Kind(StrEnum):
    """What sort of answer a question takes."""

    TEXT = "text"
    CHOICE = "choice"
    SCALE = "scale"
    DATE = "date"
    MOMENT = "moment"  # a day and the hour on it
    NUMBER = "number"
    PERSON = "person"
    ORGANISATION = "organisation"
    LINK = "link"  # an address on the web
    ROW = "row"  # a row of another register, which is entered once


DAYS = (Kind.DATE, Kind.MOMENT)  # whose answers are a day, with or without its hour


class Audience(StrEnum):
    """Who may read an answer, once it is handed in and (for the group) revealed."""

    SELF = "self"
    ORG = "org"
    GROUP = "group"
    COORDINATOR = "coordinator"


class ExerciseRole(StrEnum):
    """What an exercise is to the program, which knows none by its id. What each must bring: `definitions.roles`."""

    JOINING = "joining"  # people say who they are
    INCIDENT = "incident"  # what somebody has seen
    TODOS = "todos"  # decisions and to-dos, written down as they come
    TOWN = "town"  # what is true of the town
    EVENT = "event"  # what guests are invited to …
    GUESTS = "guests"  # … and who they are
    ROUTINE = "routine"  # who does what, and how they are reached
    DECISION = "decision"  # whether the group begins, and when
    READINESS = "readiness"  # from here on: what pictures are drawn from
    VULNERABLE_GROUPS = "vulnerable_groups"
    PLACES = "places"
    ACTORS = "actors"
    INDICATORS = "indicators"
    ACTOR_MATRIX = "actor_matrix"
    KNOWLEDGE = "knowledge"  # what the group has found out, to be found again from anywhere
    LEVELS = "levels"  # what people have lived and want …
    FIRST_LEVELS = "first_levels"  # … and where each actor begins
    SWOT = "swot"  # everyone's notes …
    SWOT_TOGETHER = "swot_together"  # … and what the group makes of them
    PLAN_FRAME = "plan_frame"  # from when the plan holds
    MEASURES = "measures"  # what the plan counts, …
    FIGURES = "figures"  # … and what it came to, year by year
    YEARLY = "yearly"  # the year looked back upon
    SUGGESTIONS = "suggestions"  # what is to be taken up when the network meets next
    MEETINGS = "meetings"  # what the network's meetings in the calendar are about
    VISION = "vision"  # the core of the plan, …
    NETWORK_ROLE = "network_role"  # … how those work who carry it out, …
    ACTIVITIES = "activities"  # … and what is seen of it
    PLAN_REFLECTION = "plan_reflection"  # how everyone sees the plan once it is made
    ICEBREAKER = "icebreaker"  # people meet two and two …
    CARDS = "cards"  # … over these
    LOOKING_BACK = "looking_back"  # what was achieved, in numbers, and what everyone has said on the way
    AMBITION = "ambition"  # what everyone says …
    AMBITION_TOGETHER = "ambition_together"  # … and what the group agrees on


class Field(StrEnum):
    """What a question is to the program, within an exercise that has a role or approves a text."""

    NAME = "name"
    ORGANISATION = "organisation"
    WHEN = "when"
    KIND = "kind"
    DANGER = "danger"
    AREA = "area"
    KNOWN = "known"
    EXPOSED = "exposed"
    MINORS = "minors"
    DONE = "done"
    CONTACT = "contact"
    NOTE = "note"
    WHAT = "what"
    DATE = "date"
    STATUS = "status"
    BEGINS = "begins"  # the first day of the plan's first year
    NEXT_DATE = "next_date"
    PLACE = "place"
    LENGTH = "length"
    WELCOME = "welcome"  # why, in words to whoever is invited
    ANSWER_BY = "answer_by"  # the last day to answer an invitation
    REQUEST = "request"
    INVITED = "invited"
    COMING = "coming"
    JOIN = "join"
    SHAPE = "shape"
    START = "start"
    MONTHS = "months"
    AGAIN = "again"  # when what was put off is taken up again
    LINK = "link"
    ACTOR = "actor"
    HOURS = "hours"
    OTHERWISE = "otherwise"
    EMERGENCY = "emergency"  # the social emergency service
    CHILDREN = "children"  # whom one rings by day about a child
    CONTROLLER = "controller"
    OFFICER = "officer"
    REFERENCE = "reference"
    PLAN_OWNER = "plan_owner"
    PLAN_UNTIL = "plan_until"
    PLAN_REVIEW = "plan_review"  # when it is looked over the first time
    ROUTINE_OWNER = "routine_owner"
    ROUTINE_UNTIL = "routine_until"
    LAW = "law"  # what the town's lawyer adds
    PROPOSED = "proposed"  # what everybody is asked about, where that is one answer alone
    DECISION = "decision"
    SIGNER = "signer"
    GROUPS = "groups"
    PLACES = "places"
    INFLUENCE = "influence"
    SUPPORT = "support"
    LIVED = "lived"
    DESIRED = "desired"
    FIRST = "first"
    NOW = "now"
    WANTED = "wanted"
    FIRST_YEAR = "first_year"
    SECOND_YEAR = "second_year"
    THIRD_YEAR = "third_year"
    FIGURE = "figure"
    TASKS = "tasks"
    STRENGTHS = "strengths"
    WEAKNESSES = "weaknesses"
    OPPORTUNITIES = "opportunities"
    THREATS = "threats"


class Mark(StrEnum):
    """What an option is to the program."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    NO_ANSWER = "no_answer"
    NOT_YET = "not_yet"
    INVITED = "invited"
    REMINDED = "reminded"
    TODO = "todo"
    DECISION = "decision"
    CALLED = "called"  # links of the routine whose actors one calls when something has been seen …
    FOLLOW_UP = "follow_up"  # … and what can wait
    RUNG = "rung"  # 112 has been rung
    DAYTIME = "daytime"
    EVENING = "evening"
    NIGHT = "night"
    WEEKEND = "weekend"
    HELD = "held"
    NONE = "none"  # none of the others, so that none is ticked beside it


class Afterwards(StrEnum):
    """What a group does with answers that have been shown."""

    BOARD = "board"  # they become notes, which it puts together, names and votes on
    BOOKMARKS = "bookmarks"  # it marks single ones that are worth remembering
    TURNS = "turns"  # turns are dealt to present them


class Picture(StrEnum):
    """What an exercise can be drawn as."""

    READINESS = "readiness"
    MAP = "map"
    INDICATORS = "indicators"
    INFLUENCE = "influence"
    LEVELS = "levels"
    SWOT = "swot"
    STAIRS = "stairs"
    FLOW = "flow"
    MEASURES = "measures"
    RINGS = "rings"


# Those that are the person's own and stand in no list; those that are in no step and there whenever they are needed;
# and what can be drawn.
PRIVATE = (ExerciseRole.JOINING, ExerciseRole.INCIDENT)
ALWAYS = (ExerciseRole.TODOS, ExerciseRole.TOWN, ExerciseRole.SUGGESTIONS)
DRAWN = {
    ExerciseRole.READINESS: Picture.READINESS,
    ExerciseRole.PLACES: Picture.MAP,
    ExerciseRole.VULNERABLE_GROUPS: Picture.MAP,
    ExerciseRole.ACTORS: Picture.MAP,
    ExerciseRole.INDICATORS: Picture.INDICATORS,
    ExerciseRole.FIRST_LEVELS: Picture.LEVELS,
    ExerciseRole.LEVELS: Picture.LEVELS,
    ExerciseRole.ACTOR_MATRIX: Picture.INFLUENCE,
    ExerciseRole.SWOT: Picture.SWOT,
    ExerciseRole.SWOT_TOGETHER: Picture.SWOT,
    ExerciseRole.MEASURES: Picture.MEASURES,
    ExerciseRole.FIGURES: Picture.MEASURES,
    ExerciseRole.PLAN_REFLECTION: Picture.RINGS,
    ExerciseRole.AMBITION: Picture.STAIRS,
    ExerciseRole.ROUTINE: Picture.FLOW,
}
