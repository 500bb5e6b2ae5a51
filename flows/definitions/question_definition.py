"""Turn the table of one question into the model: what each key may hold, and what its kind allows."""

from flows.definitions.model import Question, When
from flows.enums import Audience, Kind
from flows.fields import There, field_of, owners
from flows.identities import Handling
from flows.toml_table import TomlTable

DEFAULTS = {"today": Kind.DATE, "me": Kind.PERSON}  # what a new row has without being asked


def question_of(table: TomlTable, audience: Audience, identities: Handling) -> Question:
    """Read a question from its table; mistakes are noted on the table. What only its kind has is read by its kind."""
    kind = Kind(table.one_of("kind", Kind, needed=True))
    field = field_of(kind, table)
    comment = table.get("comment", (bool, str, list), False)
    after = table.strings("comment") if isinstance(comment, list) else ()
    if not after and comment not in (True, False, "ask"):
        table.wrong("comment", 'must be true (offered), "ask" (asked for), the options after which it is, or false')
        comment = False
    question = table.record(
        Question,
        field=field,
        audience=audience,
        comment=bool(comment),
        ask_comment=comment == "ask",
        ask_after=after,
        when=when_of(table),
        identities=Handling(table.one_of("identities", Handling, Handling.CONTACT if field.points else identities)),
    )
    field.mistakes(table)
    _check(question, table)
    for key in table.unread:
        if kinds := owners(key):
            table.wrong(key, f"only a {' or a '.join(kinds)} has it")
    table.done()
    return question


def _check(question: Question, table: TomlTable) -> None:
    """Check what is said of a question whatever its kind."""
    for name, chosen in (("reasons", question.reasons), ("comment", question.ask_after)):
        if not set(chosen) <= set(question.options or question.field.choices(There())):
            table.wrong(name, f"names what is no option; use some of {', '.join(question.options)}")
    unlike = question.default and question.kind is not DEFAULTS[question.default]
    unsaid = question.reasons and (question.many or not question.comment)
    table.refuse(
        ("reasons", unsaid, "a reason is a comment: give the question comment = true, and let it take one option"),
        ("default", unlike, "only a date can be today's, and only a person can be “me”"),
        ("id", "@" in question.id or len(question.id) > 40, "at most 40 characters, without @"),
    )


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
