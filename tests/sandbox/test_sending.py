from typing import Any

import pytest

CASES: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "Bad Request: message text is empty"),
    ({"text": "  \n "}, "Bad Request: text must be non-empty"),
    ({"chat_id": None}, "Bad Request: chat_id is empty"),
    ({"chat_id": "@nobody_here"}, "Bad Request: chat not found"),
    ({"chat_id": 12345}, "Bad Request: chat not found"),
    ({"text": "x" * 4097}, "Bad Request: message is too long"),
    ({"text": "😀" * 2049}, "Bad Request: message is too long"),
    ({"parse_mode": "Gemtext"}, "Bad Request: unsupported parse_mode"),
    ({"message_thread_id": 99}, "Bad Request: message thread not found"),
    ({"reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
    ({"reply_parameters": {"quote": "x"}}, 'Bad Request: can\'t find field "message_id"'),
    ({"colour": "red"}, 'Bad Request: unsupported parameter "colour" specified'),
    ({"disable_notification": "perhaps"}, 'Bad Request: field "disable_notification" must be of type Boolean'),
    ({"message_thread_id": "one"}, 'Bad Request: field "message_thread_id" must be a valid Number'),
    ({"text": "\ud800"}, "Bad Request: strings must be encoded in UTF-8"),
    ({"reply_markup": "{oops"}, "Bad Request: can't parse reply markup JSON object"),
    ({"message_effect_id": "1"}, "Bad Request: EFFECT_ID_INVALID"),
    (
        {"entities": [{"type": "bold", "offset": 9, "length": 1}]},
        "Bad Request: entity begins after the end of the text at UTF-16 offset 9",
    ),
    (
        {"entities": [{"type": "shout", "offset": 0, "length": 1}]},
        "Bad Request: can't parse MessageEntity: Unsupported type specified",
    ),
]


@pytest.mark.parametrize(("wrong", "words"), CASES)
def test_refuses_wrong_messages_in_telegrams_words(town: Any, wrong: dict[str, Any], words: str) -> None:
    """A message that Telegram would refuse is refused with 400 and the same words."""
    error = town.refusal("sendMessage", **{"chat_id": town.anna, "text": "hej"} | wrong)
    assert (error.code, error.description) == (400, words)


def test_takes_a_text_of_exactly_the_limit(town: Any) -> None:
    """4096 UTF-16 units fit in a message, emoji counting as two, and markup not at all."""
    assert town.say("😀" * 2048)
    assert town.say("<b>" + "x" * 4096 + "</b>", parse_mode="HTML")


def test_reaches_only_people_who_have_pressed_start(town: Any) -> None:
    """Writing to a person takes that she has started the bot and has not blocked it."""
    error = town.refusal("sendMessage", chat_id=town.bo, text="hej")
    assert (error.code, error.description) == (403, "Forbidden: bot can't initiate conversation with a user")
    town.act(town.anna, "block_bot")
    assert (
        town.refusal("sendMessage", chat_id=town.anna, text="hej").description
        == "Forbidden: bot was blocked by the user"
    )
    town.act(town.anna, "unblock_bot")
    assert town.say()


def test_does_not_write_to_other_bots(town: Any) -> None:
    """Bots cannot write to bots."""
    other = town.sandbox.add_person("Robot", is_bot=True)
    town.act(town.anna, "add", chat=town.group, who=other)
    assert (
        town.refusal("sendMessage", chat_id=other, text="hej").description
        == "Forbidden: bot can't send messages to bots"
    )


def test_a_stranger_is_unknown_even_with_the_right_id(town: Any) -> None:
    """Somebody whom the bot has never met is "chat not found", as on Telegram."""
    stranger = town.sandbox.add_person("Cissi")
    assert town.refusal("sendMessage", chat_id=stranger, text="hej").description == "Bad Request: chat not found"


def test_strings_and_native_values_mean_the_same(town: Any) -> None:
    """Parameters come as text from a form and as values from JSON; both are understood."""
    sent = town.call(
        "sendmessage",
        chat_id=str(town.anna),
        text="hej",
        reply_markup='{"inline_keyboard":[[{"text":"Ja","callback_data":"1"}]]}',
        protect_content="true",
    )
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}
    assert sent["has_protected_content"] is True


def test_replies_carry_the_answered_message_one_level_deep(town: Any) -> None:
    """reply_to_message is the answered message without its own reply."""
    first = town.say("ett")
    second = town.say("två", reply_parameters={"message_id": first})
    third = town.call("sendMessage", chat_id=town.anna, text="tre", reply_to_message_id=second)
    assert third["reply_to_message"]["message_id"] == second
    assert "reply_to_message" not in third["reply_to_message"]
    lenient = {"message_id": 999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in town.call("sendMessage", chat_id=town.anna, text="fyra", reply_parameters=lenient)


def test_message_ids_follow_the_account_and_each_supergroup(town: Any) -> None:
    """Private chats and basic groups share one sequence of message ids; a supergroup has its own, from 1."""
    assert town.say(chat=town.group) + 1 == town.say()
    supergroup = town.supergroup()
    assert town.say(chat=supergroup) == 2


def test_chat_action_shows_until_the_message(town: Any) -> None:
    """`typing` shows for five seconds or until the bot writes; an unknown action is refused."""
    town.call("sendChatAction", chat_id=town.anna, action="typing")
    assert town.sandbox.chat(town.anna).typing_until is not None
    town.say()
    assert town.sandbox.chat(town.anna).typing_until is None
    error = town.refusal("sendChatAction", chat_id=town.anna, action="dancing")
    assert error.description == "Bad Request: wrong parameter action in request"


def test_each_kind_of_thing_has_a_permission_of_its_own(town: Any) -> None:
    """Members who may not send files are refused those alone, in Telegram's words; an administrator may send them."""
    town.act(town.anna, "forbid", chat=town.group, right="can_send_documents")
    words = "Bad Request: not enough rights to send documents to the chat"
    assert town.refusal("sendDocument", chat_id=town.group, document="a-file").description == words
    assert town.refusal("sendPhoto", chat_id=town.group, photo="a-file").description != words
    assert town.say(chat=town.group)
    assert not town.call("getChat", chat_id=town.group)["permissions"]["can_send_documents"]
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    assert town.refusal("sendDocument", chat_id=town.group, document="a-file").description != words
    town.act(town.anna, "demote", chat=town.group, who=town.sandbox.bot.id)
    town.act(town.anna, "permit", chat=town.group, right="can_send_documents")
    assert town.refusal("sendDocument", chat_id=town.group, document="a-file").description != words


def test_muted_bot_may_not_write(town: Any) -> None:
    """A restricted bot is told that it has not enough rights."""
    supergroup = town.supergroup()
    town.act(town.anna, "mute_bot", chat=supergroup)
    words = "Bad Request: not enough rights to send text messages to the chat"
    assert town.refusal("sendMessage", chat_id=supergroup, text="hej").description == words
    town.act(town.anna, "unmute_bot", chat=supergroup)
    assert town.say(chat=supergroup)
