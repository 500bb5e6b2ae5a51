"""Where the lines of a text can go: each can become a row of a register."""

from dataclasses import dataclass

from flows.toml_table import TomlTable


@dataclass(frozen=True, slots=True)
class Feed:
    """Each line of an answer can become a row of this register, with these answers from the start."""

    register: str
    given: tuple[tuple[str, str], ...] = ()
    carried: tuple[tuple[str, str], ...] = ()  # … and with what the group has answered there ("exercise.question")
    links: str = ""  # addresses on the web that stand in the line go into this field


def feed_of(table: TomlTable | None) -> Feed | None:
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
    fixed, carried, links = dict[str, str](), dict[str, str](), ""
    for name, way in given.data.items():
        match [*way.items()] if isinstance(way, dict) else way:
            case str(option):
                fixed[name] = option
            case [("from", str(place))]:
                carried[name] = place
            case [("links", True)]:
                links = name
            case _:
                given.wrong(name, 'must be an option, { from = "exercise.question" } or { links = true }')
    return Feed(register, tuple(fixed.items()), tuple(sorted(carried.items())), links)
