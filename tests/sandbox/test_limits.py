from typing import Any

import pytest


@pytest.fixture(autouse=True)
def limited(town: Any) -> None:
    """The limits are on."""
    town.sandbox.limits.enabled = True


def test_private_chat_takes_a_short_burst_then_one_a_second(town: Any) -> None:
    """Five messages at once pass in a private chat; the sixth waits, and a second later one more passes."""
    for _ in range(5):
        town.say()
    error = town.refusal("sendMessage", chat_id=town.anna, text="x")
    assert (error.code, error.description) == (429, "Too Many Requests: retry after 1")
    assert error.parameters == {"retry_after": 1}
    town.sandbox.wind(1)
    assert town.say()
    assert town.refusal("sendMessage", chat_id=town.anna, text="x").code == 429


def test_group_takes_twenty_a_minute(town: Any) -> None:
    """The twenty-first message within a minute waits for the minute to pass; edits count too."""
    number = town.say(chat=town.group)
    for index in range(19):
        town.sandbox.wind(1)
        town.call("editMessageText", chat_id=town.group, message_id=number, text=str(index))
    error = town.refusal("sendMessage", chat_id=town.group, text="x")
    assert error.parameters == {"retry_after": 41}
    town.sandbox.wind(41)
    assert town.say(chat=town.group)


def test_thirty_calls_a_second_in_all(town: Any) -> None:
    """The thirty-first call within a second is too many, whoever it goes to; questions are not counted."""
    people = [town.sandbox.add_person(f"P{n}") for n in range(31)]
    for person in people:
        town.act(person, "start")
        town.call("getMe")
    for person in people[:30]:
        town.call("sendMessage", chat_id=person, text="x")
    assert town.refusal("sendMessage", chat_id=people[30], text="x").parameters == {"retry_after": 1}
    town.sandbox.wind(1)
    assert town.call("sendMessage", chat_id=people[30], text="x")
