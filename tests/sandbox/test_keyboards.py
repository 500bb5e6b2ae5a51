from typing import Any

import pytest

from bot.sandbox.errors import ActError

PARSING = "Bad Request: can't parse inline keyboard button"


def inline(**button: Any) -> dict[str, Any]:
    """A keyboard of one button."""
    return {"inline_keyboard": [[{"text": "Knapp", **button}]]}


REFUSED: list[tuple[Any, str]] = [
    (inline(), f"{PARSING}: Text buttons are unallowed in the inline keyboard"),
    (inline(callback_data=""), f"{PARSING}: Text buttons are unallowed in the inline keyboard"),
    (inline(callback_data="x" * 65), "Bad Request: BUTTON_DATA_INVALID"),
    (inline(callback_data="å" * 33), "Bad Request: BUTTON_DATA_INVALID"),
    (inline(url="not-a-url"), "Bad Request: inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
    (
        inline(url="ftp://example.com"),
        "Bad Request: inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    (inline(callback_data="1", url="https://example.org"), f"{PARSING}: exactly one action field must be used"),
    (inline(callback_data="1", colour="red"), f'{PARSING}: unsupported field "colour"'),
    ({"inline_keyboard": [[{"callback_data": "1"}]]}, f'{PARSING}: Can\'t find field "text"'),
    ({"inline_keyboard": {}}, 'Bad Request: field "inline_keyboard" must be of type Array'),
    ({"inline_keyboard": [[{"text": "x", "callback_data": "1"}] * 9]}, "Bad Request: reply markup is too long"),
    ([1], "Bad Request: object expected as reply markup"),
    (
        {"force_reply": True, "input_field_placeholder": "x" * 65},
        "Bad Request: input field placeholder must be 1-64 characters long",
    ),
]


@pytest.mark.parametrize(("markup", "words"), REFUSED)
def test_refuses_keyboards_that_telegram_refuses(town: Any, markup: Any, words: str) -> None:
    """A wrong keyboard stops the whole message, with Telegram's words."""
    assert town.refusal("sendMessage", chat_id=town.anna, text="x", reply_markup=markup).description == words


def test_data_of_64_bytes_fits(town: Any) -> None:
    """Callback data may be 64 bytes, of which å takes two."""
    assert town.say(reply_markup=inline(callback_data="å" * 32))


def test_press_and_answer(town: Any) -> None:
    """A pressed button gives a callback query; its answer is the presser's toast or alert, once."""
    number = town.say(reply_markup=inline(callback_data="ja"))
    (update,) = town.act(town.anna, "press", chat=town.anna, message_id=number, row=0, col=0)
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == ("ja", town.anna, number)
    answer = {"callback_query_id": query["id"], "text": "Sparat", "show_alert": True}
    assert town.call("answerCallbackQuery", **answer) is True
    assert town.call("answerCallbackQuery", **answer) is True
    assert town.sandbox.toasts == [{"n": 1, "person": town.anna, "text": "Sparat", "alert": True}]


def test_answers_must_be_in_time_and_short(town: Any) -> None:
    """An unknown or old query is refused, and so is a toast over 200 characters."""
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert town.refusal("answerCallbackQuery", callback_query_id="77").description == old
    number = town.say(reply_markup=inline(callback_data="ja"))
    (update,) = town.act(town.anna, "press", chat=town.anna, message_id=number, data="ja")
    query = update["callback_query"]["id"]
    error = town.refusal("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert error.description == "Bad Request: MESSAGE_TOO_LONG"
    town.sandbox.wind(16 * 60)
    assert town.refusal("answerCallbackQuery", callback_query_id=query).description == old


def test_a_button_that_is_gone_can_still_come_late(town: Any) -> None:
    """A slow phone can press a button that an edit has taken away; a visitor cannot."""
    number = town.say(reply_markup=inline(callback_data="ja"))
    town.call("editMessageReplyMarkup", chat_id=town.anna, message_id=number)
    with pytest.raises(Exception, match="Den knappen finns inte längre"):
        town.act(town.anna, "press", chat=town.anna, message_id=number, data="ja")
    (update,) = town.act(town.anna, "press", chat=town.anna, message_id=number, data="ja", stale=True)
    assert update["callback_query"]["data"] == "ja"


def test_a_link_button_to_the_bot_starts_it(town: Any) -> None:
    """A button with a deep link opens the private chat and sends /start with the payload."""
    number = town.say(chat=town.group, reply_markup=inline(url="https://t.me/stadforstad_bot?start=abc_1"))
    (update,) = town.act(town.bo, "press", chat=town.group, message_id=number, row=0, col=0)
    assert update["message"]["text"] == "/start abc_1"
    assert update["message"]["chat"] == {"id": town.bo, "first_name": "Bo", "type": "private"}


def test_nobody_presses_where_there_never_was_a_button(town: Any) -> None:
    """A late tap is one on a button that has gone; under a message that never had any there is nothing to tap."""
    with pytest.raises(ActError):
        town.act(town.anna, "press", chat=town.anna, message_id=town.say(), data="ja", stale=True)
