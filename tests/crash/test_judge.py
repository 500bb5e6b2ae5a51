"""The judge finds what is broken. Each test begins with evidence in which every promise was kept."""

from dataclasses import replace
from typing import Any

import pytest

from tests.crash.evidence import Call, Evidence, Kill, Message, Reminder
from tests.crash.judge import (
    ANSWERS,
    DOUBLES,
    NOBODY_STUCK,
    POINTS,
    REMINDERS,
    UPDATES,
    WHOLE,
    again_after,
    judge,
    recovery,
)

ALVA, BO = 1, 2  # chats
ANSWER = "Ettstad Alva commitment hard"
KILLED = "sender.answered"


def evidence(**more: Any) -> Evidence:
    """Alva has answered twice and added a row; the bot was killed in its first life, and Bo was reminded."""
    good = Evidence(
        told={ANSWER: [("yes", None), ("yes", "Ja")]},
        stored={ANSWER: [("yes", None), ("yes", "Ja")]},
        rows_told={"Ettstad": [{"who": "Bo"}, {"who": "Cia"}]},
        rows_stored={"Ettstad": [{"who": "Cia"}, {"who": "Bo"}]},
        calls=[
            Call(1.0, 1, 11, ALVA, "sendMessage"),
            Call(2.0, 1, 12, ALVA, "sendMessage"),
            Call(4.0, 2, 12, ALVA, "sendMessage"),
            Call(5.0, 2, 13, BO, "sendMessage"),
        ],
        messages=[
            Message(11, "p:1", "message", "sent"),
            Message(12, "p:1", "message", "sent"),
            Message(13, "p:2", "message", "sent"),
        ],
        kills=[Kill(2.1, 1, KILLED, polled=True, recovered=1.5)],
        reminders=[Reminder("Bo", BO, 4.5, waiting=False)],
        wanted=[KILLED],
        taken=[(update, 1 if update < 6 else 2) for update in range(1, 10)],
        first_update=1,
        last_update=9,
        next_offset=10,
        ended=9.0,
        people=2,
        groups=1,
    )
    return replace(good, **more)


def found(**more: Any) -> dict[str, str]:
    """What the judge finds broken, by promise."""
    return {finding.promise: finding.what for finding in judge(evidence(**more)).findings}


def test_nothing_broken() -> None:
    """Where all was kept, nothing is found, and what there was is counted: also the message that came twice."""
    verdict = judge(evidence())
    assert verdict.held
    assert +verdict.counts == {
        "answers": 2, "rows": 2, "updates": 9, "messages": 3, "reminders": 1, "calls": 4, "doubled": 1,
        "kills_between": 1, "people": 2, "groups": 1,
        again_after(KILLED): 1,
    }  # fmt: skip
    assert verdict.kills == {KILLED: 1}
    assert recovery(verdict) == (1.5, 1.5)


def test_two_bots() -> None:
    """What several bots have gone through is added up, and a promise that one has broken is broken."""
    both = judge(evidence()) + judge(evidence(dead_letters=1))
    assert both.counts["answers"] == 4
    assert both.kills == {KILLED: 2}
    assert both.broken(UPDATES)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ([("yes", None)], "lost"),
        ([("yes", None), ("yes", "Ja"), ("yes", "Ja")], "stored twice"),
        ([("yes", None), ("yes", "Ja"), ("no", None)], "nobody was told"),
        ([("yes", "Ja"), ("yes", None)], "another order"),
    ],
)
def test_an_answer(stored: list[Any], words: str) -> None:
    """An answer that was acknowledged and is lost, stored twice, invented or out of order is found."""
    assert words in found(stored={ANSWER: stored})[ANSWERS]


def test_a_row() -> None:
    """A row of a register that is lost, or stored twice, is found."""
    assert "lost" in found(rows_stored={"Ettstad": [{"who": "Bo"}]})[ANSWERS]
    assert "stored twice" in found(rows_stored={"Ettstad": [{"who": "Bo"}, {"who": "Bo"}, {"who": "Cia"}]})[ANSWERS]


def test_an_answer_of_nobody() -> None:
    """An answer in a place where nobody has answered is found."""
    assert "nobody was told" in found(stored={**evidence().stored, "Ettstad Bo": [("no", None)]})[ANSWERS]


TAKEN = evidence().taken


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"taken": [*TAKEN, (5, 2)]}, id="taken twice"),
        pytest.param({"taken": TAKEN[1:]}, id="not taken"),
        pytest.param({"next_offset": 9}, id="will be taken again"),
        pytest.param({"next_offset": 11}, id="one would be left out"),
        pytest.param({"dead_letters": 1}, id="put aside"),
    ],
)
def test_an_update(more: dict[str, Any]) -> None:
    """An update that was taken twice or not at all, or was put aside, is found, even if its effect does not show."""
    assert set(found(**more)) == {UPDATES}


def test_a_slow_machine_is_no_broken_promise() -> None:
    """Where somebody was given up on because the machine was busy, only what is broken for certain counts; and it is
    not told as kept."""
    halfway = {"stuck": ["Alva waits"], "next_offset": 7, "wanted": ["start.opened"], "ended": 9.0}
    unsent = [*evidence().messages, Message(14, "p:1", "message", "queued")]
    slow = judge(evidence(**halfway, messages=unsent, starved=0.5))
    assert (slow.findings, slow.held) == ([], False)
    assert slow.slow == ["Alva waits (50% of the time was spent in waiting for a processor)"]
    assert (slow + judge(evidence())).slow == slow.slow
    assert [f.promise for f in judge(evidence(**halfway, stored={}, starved=0.5)).findings] == [ANSWERS, ANSWERS]
    assert {f.promise for f in judge(evidence(**halfway, starved=0.01)).findings} == {NOBODY_STUCK, UPDATES, POINTS}


def test_somebody_is_stuck() -> None:
    """Whoever waits in vain is found, with what they wait for."""
    assert found(stuck=["Alva waits for 'Fråga 2'"]) == {NOBODY_STUCK: "Alva waits for 'Fråga 2'"}


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_a_message_left_behind(state: str) -> None:
    """A message that still waits at the end, or was given up though Telegram never refused it, is found."""
    left = [*evidence().messages, Message(14, "p:9", "message", state)]
    assert state in found(messages=left)[NOBODY_STUCK]


def test_a_message_that_telegram_refuses() -> None:
    """What Telegram refuses is no fault of a kill."""
    refused = [*evidence().calls, Call(6.0, 2, 14, -9, "pinChatMessage", "Bad Request: not enough rights")]
    assert found(messages=[*evidence().messages, Message(14, "g:9", "pin", "failed")], calls=refused) == {}


def test_a_reminder_that_is_missing() -> None:
    """A reminder that fell due and was not sent is found; one that falls due later is not missed."""
    cia = Reminder("Cia", 3, 4.5, waiting=True)
    assert "not seen to" in found(reminders=[cia])[REMINDERS]
    assert found(reminders=[replace(cia, at=9.5)]) == {}


def test_a_reminder_that_is_said_anew() -> None:
    """Somebody who is reminded twice, and not by the same message, is found."""
    calls = [*evidence().calls, Call(6.0, 2, 14, BO, "sendMessage")]
    assert "2 times" in found(calls=calls)[REMINDERS]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(Call(5.5, 2, 13, BO, "sendMessage"), id="in the same life"),
        pytest.param(Call(5.5, 2, 11, ALVA, "sendMessage"), id="though something else had gone to that chat since"),
        pytest.param(Call(5.5, 3, 13, BO, "sendMessage"), id="after a life that was not killed"),
    ],
)
def test_a_double_that_no_kill_explains(again: Call) -> None:
    """A message that came twice is found unless the kill came before it can have been marked as sent."""
    assert "no kill explains it" in found(calls=[*evidence().calls, again])[DOUBLES]


def test_two_queues_of_one_chat() -> None:
    """A question about a group stands in the queue of whoever asked: what is sent to the group does not settle it."""
    calls = [
        Call(1.5, 1, 14, ALVA, "getChatMember", queue="p:9"),
        *evidence().calls,
        Call(4.5, 2, 14, ALVA, "getChatMember", queue="p:9"),
    ]
    assert found(calls=calls, messages=[*evidence().messages, Message(14, "p:9", "ask", "sent")]) == {}


def test_a_mark_without_a_message() -> None:
    """A message that is marked as sent and that Telegram never saw is found."""
    assert "has not seen it" in found(messages=[*evidence().messages, Message(14, "p:9", "message", "sent")])[DOUBLES]


def test_a_repeated_edit() -> None:
    """An edit that is made twice is counted by itself: nobody notices it."""
    edits = [replace(call, method="editMessageText") if call.row == 12 else call for call in evidence().calls]
    counts = judge(evidence(calls=edits)).counts
    assert (counts["doubled"], counts["repeated"]) == (0, 1)


def test_a_point_that_is_never_hit() -> None:
    """A point at which there was no kill is found."""
    assert "intake.polled" in found(wanted=[KILLED, "intake.polled"])[POINTS]


def test_other_trouble() -> None:
    """A damaged database, a backup that cannot be put back, or an error in the log is found."""
    assert found(trouble=["the database is damaged"]) == {WHOLE: "the database is damaged"}
