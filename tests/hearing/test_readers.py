"""A text has one ordered list of readers, and it can be seen which of them took it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.assembly import private_commands, reader_lists
from bot.assembly.reader_lists import LISTS
from bot.context.trace import Trace
from bot.demo.player import Player
from bot.demo.town import town
from bot.demo.transcript import begins
from bot.dispatch.readers import Readers
from tests.test_transcripts import TRANSCRIPTS

DOOR, PRIVATE, EDIT, GROUP, OWN, COMMAND = (readers.place for readers in LISTS)
ALWAYS = {"need"}  # puts a line beside what others take
# Transcripts, and readers of which each takes a text in it.
TAKES: dict[str, dict[str, str]] = {
    "paused-late-word": {PRIVATE: "paused"},
    "pen-waits": {GROUP: "beside the pen"},
    "0.2-direction": {PRIVATE: "pen", GROUP: "exercise"},
    "2.7-outside": {DOOR: "link", PRIVATE: "actor form", OWN: "alone, from outside, no seat, one"},
    "P.5-process-leader-towns": {OWN: "all towns"},
    "5.4-half-asked": {PRIVATE: "guest"},
    "I.1-contact": {PRIVATE: "incident"},
    "P.7-check-ins": {EDIT: "lost", PRIVATE: "buttons, no score, score"},
    "consent-written": {PRIVATE: "buttons again"},
    "I.1-incident": {COMMAND: "in private, incident"},
    "asked-in-the-group": {GROUP: "asks"},
    "asked-in-own-words": {PRIVATE: "asks"},
    "asked-under-a-question": {PRIVATE: "own words"},
    "back-again": {PRIVATE: "returns"},
    "coming-in": {COMMAND: "no seat"},
    "cry-for-help": {EDIT: "need", GROUP: "need", COMMAND: "need"},
    "edited-choices": {EDIT: "answer", PRIVATE: "reply"},
    "edits": {EDIT: "given"},
    "forwarded": {PRIVATE: "forwarded"},
    "guest-elsewhere": {PRIVATE: "guest paused, guest waits"},
    "in-pieces-changed": {PRIVATE: "piece"},
    "incident-afterwards": {PRIVATE: "logged, shrug, thanks"},
    "incident-meanwhile": {PRIVATE: "exercise, logging"},
    "moving": {COMMAND: "arrives"},
    "new-promise-command": {OWN: "promise first"},
    "new-promise-decision": {PRIVATE: "promise", GROUP: "consent, not here"},
    "offered": {PRIVATE: "offered"},
    "out-of-the-group": {OWN: "shut out"},
    "out-and-a-guest": {PRIVATE: "shut out"},
    "ring": {COMMAND: "helps"},
    "slips": {COMMAND: "unknown"},
    "stranger-in-need": {DOOR: "stranger, stranger in need"},
    "stray": {DOOR: "media"},
    "taken-back-in-words": {PRIVATE: "taken back"},
    "todos-said": {GROUP: "wanted", COMMAND: "here"},
    "two-towns-command": {OWN: "several"},
    "two-towns-named": {PRIVATE: "town"},
    "who-hears": {EDIT: "closed, remark", DOOR: "command", PRIVATE: "question, summary", GROUP: "no seat"},
    "written-commands": {PRIVATE: "command"},
    "written-under": {PRIVATE: "held, mind, need"},
}

# Of which no transcript can speak: a thousand messages, and a reply to what was forgotten after a year (`tests/bot`).
ELSEWHERE = {(DOOR, "flood"), (PRIVATE, "forgotten")}


async def play(name: str, folder: Path) -> list[Trace]:
    """Play a transcript with all that it expects; return the ways of its texts."""
    path = next(path for path in TRANSCRIPTS if path.stem == name)
    text, traces = await asyncio.to_thread(path.read_text, encoding="utf-8"), list[Trace]()
    async with town(folder, start=begins(text), trace=traces.append) as played:
        await Player(played).play(name, text)
    return traces


def test_every_reader_has_a_transcript() -> None:
    """Whoever adds a reader shows a text that it takes."""
    shown = {(place, name) for taken in TAKES.values() for place, names in taken.items() for name in names.split(", ")}
    rows = {(readers.place, reader.name) for readers in LISTS for reader in readers.rows}
    assert shown | ELSEWHERE == rows


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKES)
async def test_who_takes_nothing_has_no_part(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the readers is idle, and one that lets all texts pass may as well not be there: the conversation is the
    same without it. At the door, letting pass makes a stranger known, so there all stay."""
    traces = await play(name, tmp_path / "all")
    took = {(trace.place, trace.taken_by) for trace in traces}
    assert took >= {(place, one) for place, names in TAKES[name].items() for one in names.split(", ")}
    needed = {*took, *((trace.place, trace.unasked_by) for trace in traces)}
    lists = [(room, called, one) for room in (reader_lists, private_commands) for called, one in vars(room).items()]
    for room, called, readers in lists:
        if isinstance(readers, Readers):
            rows = [
                row
                for row in readers.rows
                if readers.place == DOOR or row.name in ALWAYS or (readers.place, row.name) in needed
            ]
            monkeypatch.setattr(room, called, replace(readers, rows=tuple(rows)))
    again = await play(name, tmp_path / "few")
    assert [(one.place, one.taken_by) for one in again] == [(one.place, one.taken_by) for one in traces]
