from typing import Any

import pytest

from bot.sandbox.errors import ActError

KEYBOARD = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def test_edit_changes_text_and_takes_the_keyboard_away(town: Any) -> None:
    """An edited message has the new text, an edit date, and no keyboard unless one is given again."""
    number = town.say(reply_markup=KEYBOARD)
    edited = town.call("editMessageText", chat_id=town.anna, message_id=number, text="<b>Ny</b>", parse_mode="HTML")
    assert edited["text"] == "Ny"
    assert edited["edit_date"]
    assert "reply_markup" not in edited


def test_same_edit_twice_is_not_modified(town: Any) -> None:
    """An edit that changes nothing is refused with Telegram's long sentence."""
    number = town.say()
    assert town.refusal("editMessageText", chat_id=town.anna, message_id=number, text="Hej").description == NOT_MODIFIED
    error = town.refusal("editMessageReplyMarkup", chat_id=town.anna, message_id=number)
    assert error.description == NOT_MODIFIED


def test_keyboard_alone_can_be_edited_without_the_edited_mark(town: Any) -> None:
    """Changing only the keyboard does not show the message as edited."""
    number = town.say()
    town.call("editMessageReplyMarkup", chat_id=town.anna, message_id=number, reply_markup=KEYBOARD)
    message = town.sandbox.chat(town.anna).messages[number]
    assert (message.edited, message.markup) == (False, KEYBOARD)


def test_only_own_messages_with_an_inline_keyboard_or_none_can_be_edited(town: Any) -> None:
    """People's messages, lost messages and those with a forced reply cannot be edited."""
    theirs = town.act(town.anna, "send_text", chat=town.anna, text="hej")[0]["message"]["message_id"]
    asking = town.say(reply_markup={"force_reply": True})
    for number, words in (
        (theirs, "message can't be edited"),
        (asking, "message can't be edited"),
        (9999, "message to edit not found"),
        (None, "message identifier is not specified"),
    ):
        error = town.refusal("editMessageText", chat_id=town.anna, message_id=number, text="x")
        assert error.description == f"Bad Request: {words}"


def test_text_and_caption_are_edited_by_their_own_methods(town: Any) -> None:
    """A picture has no text to edit and a text no caption."""
    number = town.say()
    error = town.refusal("editMessageCaption", chat_id=town.anna, message_id=number, caption="x")
    assert error.description == "Bad Request: there is no caption in the message to edit"
    error = town.refusal(
        "editMessageText", chat_id=town.anna, message_id=number, text="x", reply_markup={"force_reply": True}
    )
    assert error.description == "Bad Request: inline keyboard expected"


def test_delete_lasts_for_48_hours(town: Any) -> None:
    """A bot can delete in a private chat for two days; a deleted message is not found again."""
    old, theirs = town.say(), town.act(town.anna, "send_text", chat=town.anna, text="hej")[0]["message"]["message_id"]
    town.sandbox.wind(48 * 3600 + 1)
    error = town.refusal("deleteMessage", chat_id=town.anna, message_id=old)
    assert error.description == "Bad Request: message can't be deleted for everyone"
    assert town.refusal("deleteMessage", chat_id=town.anna, message_id=theirs).code == 400
    new = town.say()
    assert town.call("deleteMessage", chat_id=town.anna, message_id=new) is True
    error = town.refusal("deleteMessage", chat_id=town.anna, message_id=new)
    assert error.description == "Bad Request: message to delete not found"
    assert town.call("deleteMessages", chat_id=town.anna, message_ids=[town.say(), 9999]) is True


def test_deleting_others_messages_in_a_group_takes_the_right(town: Any) -> None:
    """Only an administrator deletes what others have written in a group."""
    command = town.act(town.bo, "send_text", chat=town.group, text="/hej")[0]["message"]["message_id"]
    error = town.refusal("deleteMessage", chat_id=town.group, message_id=command)
    assert error.description == "Bad Request: message can't be deleted"
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    assert town.call("deleteMessage", chat_id=town.group, message_id=command) is True


def test_pinning_tells_the_chat_and_takes_the_right(town: Any) -> None:
    """Pinning in a group takes an administrator; it is told in a service message that the bot hears too."""
    number = town.say(chat=town.group)
    error = town.refusal("pinChatMessage", chat_id=town.group, message_id=number)
    assert error.description == "Bad Request: not enough rights to manage pinned messages in the chat"
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    assert town.call("pinChatMessage", chat_id=town.group, message_id=number) is True
    last = town.sandbox.pending()[-1]["message"]
    assert last["pinned_message"]["message_id"] == number
    assert town.call("getChat", chat_id=town.group)["pinned_message"]["message_id"] == number
    assert town.call("unpinChatMessage", chat_id=town.group) is True
    error = town.refusal("unpinChatMessage", chat_id=town.group)
    assert error.description == "Bad Request: message to unpin not found"
    error = town.refusal("pinChatMessage", chat_id=town.group, message_id=9999)
    assert error.description == "Bad Request: message to pin not found"


def test_a_deleted_message_is_refused_in_the_servers_words(town: Any) -> None:
    """What somebody deleted the server remembers and passes on MESSAGE_ID_INVALID; what never was is not found."""
    said = town.say(chat=town.group)
    town.act(town.anna, "delete", chat=town.group, message_id=said)
    for number, words in ((said, "MESSAGE_ID_INVALID"), (said + 100, "message to edit not found")):
        refusal = town.refusal("editMessageText", chat_id=town.group, message_id=number, text="Nytt")
        assert refusal.description == f"Bad Request: {words}"
    with pytest.raises(ActError):
        town.act(town.bo, "delete", chat=town.group, message_id=town.say(chat=town.group))
