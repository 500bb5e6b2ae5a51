"""Why an answer could not be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Problem(StrEnum):
    """What is wrong, or what is still wanted; the value is the place of the sentence that says what to do instead."""

    EMPTY = "trouble.empty"
    TOO_LONG = "trouble.too_long"
    CHOOSE = "trouble.choose"
    NO_OPTION = "trouble.no_option"
    WHICH = "trouble.which"
    REMARK_KEPT = "trouble.remark_kept"
    REASON = "trouble.reason"
    CONDITION = "trouble.condition"
    DATE = "trouble.date"
    PAST_DATE = "trouble.past_date"
    DATE_BEEN = "trouble.date_been"
    OUT_OF_ORDER = "trouble.out_of_order"
    SCALE_BETWEEN = "trouble.scale_between"
    DATE_TWO_WAYS = "trouble.date_two_ways"
    MOMENT = "trouble.moment"
    MOMENT_TWO_WAYS = "trouble.moment_two_ways"
    HOUR = "trouble.hour"
    NUMBER = "trouble.number"
    LINK = "trouble.link"
    NAME = "trouble.name"
    UNTOLD = "trouble.untold"
    ALIAS = "trouble.alias"
    DOMAIN = "trouble.domain"
    REACH = "trouble.reach"
    NUMBER_SHORT = "trouble.number_short"
    PICK = "trouble.pick"
    TICK = "trouble.tick"
    TOO_MANY_LINES = "trouble.too_many_lines"
    TICK_OR_WRITE = "trouble.tick_or_write"
    MET = "trouble.met"
    NEEDED = "trouble.needed"
    THEIRS = "trouble.theirs"
    REFUSED = "trouble.refused"
    POINTS_OUT = "trouble.points_out"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an answer could not be taken, with what the sentence needs."""

    name: Problem
    facts: Mapping[str, object] = field(default_factory=dict)
