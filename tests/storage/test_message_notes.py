"""What the outbox notes of a message: an older database's notes are read, and written as they were."""

from typing import Any

import pytest

from storage.json_records import codec, dump
from storage.records import message_notes as notes
from storage.records.message_notes import MessageContext


@pytest.mark.parametrize(
    ("kept", "about"),
    [
        ({}, None),
        ({"run": 3, "key": "q1", "seen": 0, "asks": True}, None),
        ({"want": "due", "group": 1, "run": 3, "row": 5}, notes.AboutRow(5)),
        ({"incident": True, "row": 5}, notes.AboutRow(5)),
        ({"want": "was_there", "group": 1, "meeting": 4}, notes.AboutMeeting(4)),
        ({"page": True, "want": "calendar", "group": 1, "meeting": 4, "how": "o"}, notes.MeetingMoved(4, "o")),
        ({"page": True, "want": "times", "group": 1, "meeting": 4, "so_far": "2027-01-21 13:00"},
         notes.TimesGiven(4, "2027-01-21 13:00")),
        ({"group": 1, "check_in": 2, "once": True, "meeting": 4}, notes.AboutMeeting(4)),
        ({"run": 3, "key": "conclusion", "seen": 0, "to": 7}, notes.AboutMember(7)),
        ({"want": "leader_answer", "group": 1, "to": 7, "asked": "Hur går det?"}, notes.Asker(7, "Hur går det?")),
        ({"want": "next_date", "group": 1, "run": 3, "question": "on"}, notes.AboutQuestion("on")),
        ({"want": "board_name", "group": 1, "run": 3, "question": "notes", "cluster": 2},
         notes.AboutCluster("notes", 2)),
        ({"want": "put_off", "group": 1, "name": "answers"}, notes.AboutName("answers")),
        ({"want": "area_point", "group": 1, "area": "ab12"}, notes.AboutArea("ab12")),
        ({"want": "goon", "group": 1, "run": 3, "owner": "o:2"}, notes.AboutOwner("o:2")),
        ({"history": 9}, notes.HistoryShown(9)),
        ({"command": "todo", "arguments": "Ring Bo", "promised": True}, notes.CommandAsked("todo", "Ring Bo", True)),
        ({"command": "logga", "bare": True}, notes.CommandAsked("logga", bare=True)),
    ],
)  # fmt: skip
def test_notes_of_before(kept: dict[str, Any], about: notes.About | None) -> None:
    """What 0.11.0 noted of each kind of message tells what that is about, and is written in the same way."""
    read = codec(MessageContext)
    assert read is not None
    context = read.load(kept)
    assert context.about == about
    assert dump(context) == kept


def test_times_asked_for_before_any_was_given() -> None:
    """0.11.0 left out an empty line of times: the meeting is known, and the first time can be written."""
    read = codec(MessageContext)
    assert read is not None
    assert read.load({"want": "times", "group": 1, "meeting": 4}).the(notes.AboutMeeting).meeting == 4
