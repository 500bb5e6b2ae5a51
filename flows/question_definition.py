"""Turn the table of one question into the model: what each key may hold, and what its kind allows."""

from enum import StrEnum
from typing import TypeVar

from flows.identities import Handling
from flows.model import Feed, Likely, Question, When
from flows.toml_table import TomlTable
from flows.vocabulary import DAYS, Audience, Field, Kind, Mark

E = TypeVar("E", bound=StrEnum)
DEFAULTS = {"today": Kind.DATE, "me": Kind.PERSON}  # what a new row has without being asked
LISTS = ("areas",)  # what a group lists, for a choice to offer
LEAVE = ("notes",)  # what an operator can allow


def question_of(table: TomlTable, audience: Audience, identities: Handling) -> Question:
    """Read a question from its table; mistakes are noted on the table."""
    advise = _span(table, "advise")
    comment = table.get("comment", (bool, str, list), False)
    after = table.strings("comment") if isinstance(comment, list) else ()
    if not after and comment not in (True, False, "ask"):
        table.wrong("comment", 'must be true (offered), "ask" (asked for), the options after which it is, or false')
        comment = False
    question = Question(
        id=table.get("id", str, "", needed=True),
        kind=Kind(table.one_of("kind", Kind, needed=True)),
        audience=Audience(table.one_of("audience", Audience, audience)),
        options=table.strings("options"),
        many=table.get("many", bool, False),
        low=table.get("low", int, 1),
        high=table.get("high", int, 5 if table.data.get("kind") == "scale" else 1_000_000),
        comment=bool(comment),
        ask_comment=comment == "ask",
        ask_after=after,
        required=table.get("required", bool, True),
        advise_low=advise[0] if advise else None,
        advise_high=advise[1] if advise else None,
        usual=advise or _span(table, "usual"),
        past=table.get("past", bool, False),
        ahead=table.get("ahead", bool, False),
        not_before=table.get("not_before", str, ""),
        not_after=table.get("not_after", str, ""),
        lasts=tuple(table.get("lasts", list, [])),
        listed=table.one_of("listed", ("", *LISTS), ""),
        needs=table.one_of("needs", ("", *LEAVE), ""),
        register=table.get("register", str, ""),
        organisations=table.get("organisations", bool, False),
        default=table.one_of("default", ("", *DEFAULTS), ""),
        hints=table.strings("hints"),
        reasons=table.strings("reasons"),
        follow_up=table.get("follow_up", bool, False),
        when=when_of(table),
        later=table.get("later", bool, False),
        authors=said_of(table, "authors"),
        others=table.get("others", bool, False),
        tells=table.get("tells", bool, False),
        identities=Handling(table.one_of("identities", Handling, _usual(table, identities))),
        form=table.one_of("form", ("", "alias", "domain", "person", "reach"), ""),
        columns=table.get("columns", int, 1),
        likely=_likely(table.table("likely")),
        same_as=table.get("same_as", str, ""),
        suggests=table.get("suggests", str, ""),
        ticks=table.get("ticks", bool, False),
        feeds=_feed(table.table("feeds")),
        invites=table.get("invites", bool, False),
        milestone=table.get("milestone", bool, False),
        recurs=table.get("recurs", bool, False),
        hoped=table.get("hoped", str, ""),
        alone=table.get("alone", str, ""),
        role=named(Field, table, "role"),
        marks=_marks(table.table("marks")),
    )
    _check_options(question, table)
    _check_kind(question, table)
    if question.low >= question.high:
        table.wrong("low", "must be below high")
    if "@" in question.id or len(question.id) > 40:
        table.wrong("id", "at most 40 characters, without @")
    table.done()
    return question


def _check_options(question: Question, table: TomlTable) -> None:
    """Check what is said of the options of a choice."""
    for name, chosen in (
        ("hints", question.hints),
        ("reasons", question.reasons),
        ("comment", question.ask_after),
        ("hoped", (question.hoped,) if question.hoped else ()),
        ("alone", (question.alone,) if question.alone else ()),
        ("likely", tuple(o for _, options in (question.likely.options if question.likely else ()) for o in options)),
        ("marks", tuple(option for _, options in question.marks for option in options)),
    ):
        if not set(chosen) <= set(question.options):
            table.wrong(name, f"names what is no option; use some of {', '.join(question.options)}")
    if question.reasons and (question.many or not question.comment):
        table.wrong("reasons", "a reason is a comment: give the question comment = true, and let it take one option")
    if (question.kind is Kind.CHOICE) != (bool(question.options) != bool(question.listed)):
        table.wrong("options", "a choice needs options or a list of the group's, and only a choice has them")


def _check_kind(question: Question, table: TomlTable) -> None:
    """Check the keys that only questions of some kinds can have."""
    if question.milestone and question.kind not in DAYS:
        table.wrong("milestone", "only a date or a moment stands in the calendar")
    if question.recurs and not (question.milestone and question.kind is Kind.DATE):
        table.wrong("recurs", "only a date that is a milestone comes again")
    if (question.suggests or question.feeds or question.form or question.same_as) and question.kind is not Kind.TEXT:
        table.wrong("kind", "only a text has suggestions, a form of its own, or lines that become rows")
    if (question.past or question.ahead) and (question.kind is not Kind.DATE or question.past == question.ahead):
        table.wrong("past", "only a date can be one that has been, or one that lies ahead")
    if question.many and question.kind not in (Kind.CHOICE, Kind.ROW):
        table.wrong("many", "only a choice or a row can take several answers")
    if question.alone and not question.many:
        table.wrong("alone", "only of a choice that takes several answers can one stand alone")
    if (question.kind is Kind.ROW) != bool(question.register):
        table.wrong("register", "a row needs the register that it is of, and only a row has one")
    if question.lasts and (question.many or len(question.lasts) != len(question.options) - 1):
        table.wrong("lasts", "the most hours of each option but the last, of a choice that takes one")
    if question.default and question.kind is not DEFAULTS[question.default]:
        table.wrong("default", "only a date can be today's, and only a person can be “me”")
    if question.others and question.kind is not Kind.PERSON:
        table.wrong("others", "only a person can be somebody else")
    if question.tells and question.kind is not Kind.PERSON:
        table.wrong("tells", "only a person can be told that they were named")


def _span(table: TomlTable, key: str) -> tuple[int, ...]:
    """Read the lowest and the highest number of a span; empty if the table has none."""
    span = table.get(key, list, [])
    if span and (len(span) != 2 or not all(isinstance(n, int) for n in span)):
        table.wrong(key, "must be two whole numbers, the lowest and the highest")
        return ()
    return tuple(span)


def named(names: type[E], table: TomlTable, key: str) -> E | None:
    """Return the role that the table names under `key`, one of `names`; None if it names none."""
    return names(name) if (name := table.one_of(key, ("", *names), "")) else None


def _marks(table: TomlTable | None) -> tuple[tuple[Mark, tuple[str, ...]], ...]:
    """Read the marks of single options: `marks = { yes = ["yes"] }`."""
    if table is None:
        return ()
    found = tuple((Mark(name), table.strings(name)) for name in table.data if name in tuple(Mark))
    table.done()
    return found


def when_of(table: TomlTable) -> When | None:
    """A condition: `{ question = ["option"] }`, or `{ "exercise.question" = ["option"] }`."""
    data = table.get("when", dict)
    if data is None:
        return None
    if len(data) != 1:
        table.wrong("when", "must name one question and the answers that it waits for")
        return None
    options = TomlTable(data, f"{table.place} when", table.mistakes)
    (name,) = data
    exercise, _, question = name.rpartition(".")
    found = When(question, options.strings(name), exercise)
    if not found.options:
        table.wrong("when", "must name at least one answer")
    return found


def _likely(table: TomlTable | None) -> Likely | None:
    """Return which options come first after which answer: `likely = { question = { answer = ["option"] } }`."""
    if table is None:
        return None
    if len(table.data) != 1 or not isinstance(answers := next(iter(table.data.values())), dict):
        table.wrong("likely", "must name one earlier choice, and for its answers the options that come first")
        return None
    (question,) = table.data
    inner = TomlTable(answers, f"{table.place} {question}", table.mistakes)
    return Likely(question, tuple((answer, inner.strings(answer)) for answer in answers))


def _feed(table: TomlTable | None) -> Feed | None:
    """Return where an answer's lines go: `feeds = { todos = { kind = "todo" } }`."""
    if table is None:
        return None
    if len(table.data) != 1:
        table.wrong("feeds", "must name one register, with what its rows get from the start")
        return None
    (register,) = table.data
    given = table.table(register)
    if given is None:
        return None
    fixed = {name: option for name, option in given.data.items() if isinstance(option, str)}
    more = {name: given.get(name, dict, {}) for name in given.data.keys() - fixed.keys()}
    for name, way in more.items():
        if way != {"links": True} and not (way.keys() == {"from"} and isinstance(way["from"], str)):
            given.wrong(name, 'must be an option, { from = "exercise.question" } or { links = true }')
    return Feed(
        register,
        tuple((name, given.get(name, str, "")) for name in fixed),
        tuple((name, str(way["from"])) for name, way in sorted(more.items()) if "from" in way),
        next((name for name, way in more.items() if "links" in way), ""),
    )


def _usual(table: TomlTable, identities: Handling) -> Handling:
    """People, organisations and rows are named where they are asked for."""
    named = table.data.get("kind") in (Kind.PERSON, Kind.ORGANISATION, Kind.ROW)
    return Handling.CONTACT if named else identities


def said_of(table: TomlTable, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read what somebody must have said of themselves on joining: `authors = { sector = ["police"] }`."""
    said = TomlTable(table.get(key, dict, {}), f"{table.place} {key}", table.mistakes)
    return tuple((name, said.strings(name)) for name in said.data)
