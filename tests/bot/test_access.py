"""Routes: every button, text, command and event leads to somebody, once; what is forgotten is named."""

import argparse
import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.assembly import command_words, dispatch_events, feature_routes, routing
from bot.assembly.chat_commands import COMMANDS, menu
from bot.commands import check
from bot.context import events
from bot.context.permissions import About, May, Rank
from bot.context.routes import NOTHING_KEPT, ButtonRoute, Command, Menu, RouteError, Text, by_name
from flows.dialogue import dialogue
from messages.voice import Voice

HOUSE = Path(__file__).parents[2]
FOLLOWED = {"join"}  # only in links, which `bot.assembly.deep_links` reads
# The least seat for each command. A second look at rights is worth its line: whoever adds a command says it here too.
SEATS = {
    Rank.STRANGER: "start aktivera hjalp ring",
    Rank.FORMER: "mina_uppgifter dolj",
    Rank.INVITED: "avbryt dokument sidan",
    Rank.LEADER: "steg kalender",
    Rank.NETWORK: "svara mig statistik deltagare kunskap uppgifter franvaro paminnelser maende",
    May.LOG: "incident",
    Rank.MEMBER: "vantar atgard beslut staden",
    Rank.COORDINATOR: "skydd",
    May.READ: "handelser",
}


# Wanted texts of which no word is kept: days, times, figures, what is looked for; parts of town refuse by themselves.
NOT_KEPT = {
    "until",
    "next_date",
    "due",
    "one_date",
    "new_number",
    "times",
    "away",
    "find",
    "figures",
    "area",
    "area_point",
    "device_name",
    "todo_who",
    "todo_due",
}
CALLED = "commands.bibliotek"  # what the language calls the new command


async def nothing(*_: Any) -> None:
    """Handle nothing."""


def knowledge(**changes: Any) -> Command:
    """A new command, as somebody who adds one would write it."""
    whole: dict[str, Any] = {"name": "bibliotek", "needs": Rank.MEMBER, "menus": Menu.MENU, "handler": nothing}
    return Command(**{name: value for name, value in {**whole, **changes}.items() if value is not ...})


def mistakes(monkeypatch: pytest.MonkeyPatch, *without: str, command: Command | None = None) -> list[str]:
    """What `stadsbot check` finds with one more command, whose words are there but for those named."""
    words = {f"label.{table}.bibliotek": "Sök" for table in ("command", "help")}
    voice = Voice("sv")
    there = voice.names() | (set(words) - set(without))
    monkeypatch.setattr(voice, "names", lambda: there)
    if CALLED not in without:
        monkeypatch.setitem(voice.rules.commands, "bibliotek", "bibliotek")
    monkeypatch.setattr(command_words, "COMMANDS", {**COMMANDS, "bibliotek": command or knowledge()})
    return command_words.mistakes(voice)


def test_a_command_with_all_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found wrong with a command that has role, menus, handler, label and help lines."""
    assert mistakes(monkeypatch) == []


def test_a_command_that_the_language_does_not_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command without a name in a language is told, with the file."""
    assert mistakes(monkeypatch, CALLED) == [f"sv/language.toml: “{CALLED}” is missing; say what /bibliotek is called"]


@pytest.mark.parametrize("forgotten", ["needs", "menus", "handler"])
def test_a_forgotten_part(forgotten: str) -> None:
    """A command without role, menus or handler cannot be made; the error names what is missing."""
    with pytest.raises(TypeError, match=f"missing 1 required positional argument: '{forgotten}'"):
        knowledge(**{forgotten: ...})


def test_a_command_that_leads_nowhere() -> None:
    """A command whose handler is nobody's is refused at import."""
    with pytest.raises(RouteError, match="“bibliotek” has no handler"):
        by_name([knowledge(handler=None)])


@pytest.mark.parametrize(("table", "what"), [("command", "menu"), ("help", "help")])
def test_a_forgotten_word(monkeypatch: pytest.MonkeyPatch, table: str, what: str) -> None:
    """A command without its words in the menu or the help is found by `stadsbot check`."""
    missing = f"label.{table}.bibliotek"
    sentence = f"sv/interface/help.toml: “{missing}” is missing; say there what /bibliotek does"
    assert mistakes(monkeypatch, missing) == [sentence], what


def test_a_word_for_no_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the words and forgets the menu is told that nothing asks for them."""
    found = mistakes(monkeypatch, command=knowledge(menus=Menu.US))
    assert found == [
        "sv/interface/help.toml: no command asks for “label.help.bibliotek”; take it away, or mend its name"
    ]


def test_five_commands_are_to_be_learnt() -> None:
    """The menu is the same five commands in private and in groups, and each of the help's three groups is at a glance:
    seven buttons at most, which fit a phone and are told apart by their first word.
    """
    voice = Voice("sv")
    assert [name for name, _ in menu(voice, Menu.MENU)] == ["nu", "vagen", "gruppen", "handelse", "ring"]
    for which in (Menu.ME, Menu.US, Menu.TOWN):
        labels = [label for _, label in menu(voice, which)]
        assert 0 < len(labels) <= 7
        assert max(map(len, labels)) <= 30
        assert len({label.split()[0] for label in labels}) == len(labels)


def test_no_command_is_lost() -> None:
    """Whatever was a command is one still, by its old name too, or stands on a button of the help."""
    rules = Voice("sv").rules
    old = "start incident svara steg kalender vantar atgard beslut dokument deltagare kunskap uppgifter maende staden"
    old += " franvaro paminnelser mig avbryt statistik personuppgifter dolj sidan handelser skydd hjalp ring"
    assert [name for name in old.split() if rules.command(name) not in COMMANDS] == []


@pytest.mark.slow
def test_check_looks_at_the_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`stadsbot check` says what a command lacks, and ends with 1."""
    monkeypatch.setattr(command_words, "COMMANDS", {**COMMANDS, "bibliotek": knowledge()})
    args: Any = argparse.Namespace()
    assert check.main(args) == 1
    assert "“label.help.bibliotek” is missing" in capsys.readouterr().out


def test_rights_of_commands() -> None:
    """Each command is for those that the table above names, and none stands in only one of the two."""
    expected = {name: role for role, names in SEATS.items() for name in names.split()}
    assert {name: command.needs for name, command in COMMANDS.items()} == expected


def test_the_same_handler_asks_for_the_same_role() -> None:
    """What a command shows cannot be had for less by the button that leads to the same, nor the other way round."""
    by_handler: dict[Any, Any] = {route.handler: (verb, route.needs) for verb, route in routing.BUTTONS.items()}
    both = [(c.name, c.needs, *by_handler[c.handler]) for c in COMMANDS.values() if c.handler in by_handler]
    assert [entry for entry in both if entry[1] != entry[3]] == []
    assert len(both) > 5


def test_declared_twice() -> None:
    """A verb or wanted text that two features ask for is refused at import, and named."""
    button = ButtonRoute("rows", Rank.MEMBER, About.RUN, nothing)
    with pytest.raises(RouteError, match="“rows” is routed twice"):
        by_name([button, replace(button, needs=Rank.STRANGER)])
    with pytest.raises(RouteError, match="“find” is routed twice"):
        by_name([Text("find", Rank.MEMBER, NOTHING_KEPT, nothing)] * 2)


def test_no_handler() -> None:
    """A button without a handler is refused at import, and named."""
    handler: Any = None
    with pytest.raises(RouteError, match="“rows” has no handler"):
        by_name([ButtonRoute("rows", Rank.MEMBER, About.RUN, handler)])


def test_no_wanted_text_passes_the_finder_of_identities() -> None:
    """Whatever a feature asks people to write is looked through for identities, unless no word of it is kept."""
    assert {want for want, text in feature_routes.TEXTS.items() if text.takes.handling is None} == NOT_KEPT


def test_every_list_is_collected() -> None:
    """No feature's list of routes is forgotten by the dispatcher."""
    listing = {p for p in (HOUSE / "bot").rglob("*.py") if re.search(r"^ROUTES\b", p.read_text("utf-8"), re.MULTILINE)}
    assert {Path(str(feature.__file__)) for feature in routing.LISTED} == listing


def named_verbs() -> Iterator[str]:
    """Yield every verb that the bot's code gives to a button."""
    for path in sorted((HOUSE / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Action"), args=[ast.Constant(value=str(verb)), *_]) if verb:
                    yield verb
                case ast.Call(func=ast.Attribute(attr="key"), args=[_, ast.Constant(value=str(verb)), *_]):
                    yield verb


def test_no_dead_button() -> None:
    """Every button that code makes has a route, and so has every verb of the dialogue."""
    made = set(named_verbs())
    assert len(made) > 60
    assert (made | set(dialogue.VERBS)) - FOLLOWED - set(routing.BUTTONS) == set()


def test_every_event_is_heard() -> None:
    """No event passes unheard, and nobody waits for one that cannot happen."""
    assert set(dispatch_events.SUBSCRIBERS) == set(get_args(events.DomainEvent))
    assert all(dispatch_events.SUBSCRIBERS.values())
