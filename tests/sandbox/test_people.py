from typing import Any

import pytest

from bot.sandbox import ActError


def test_edits_reach_the_bot_with_the_same_message_id(town: Any) -> None:
    """An edited message is an edited_message update with an edit date; of others' messages nobody edits."""
    number = town.act(town.anna, "send_text", chat=town.anna, text="hej")[0]["message"]["message_id"]
    (update,) = town.act(town.anna, "edit_text", chat=town.anna, message_id=number, text="/hopp")
    edited = update["edited_message"]
    assert (edited["message_id"], edited["text"], edited["entities"][0]["type"]) == (number, "/hopp", "bot_command")
    assert edited["edit_date"]
    with pytest.raises(ActError, match="själv har skrivit"):
        town.act(town.anna, "edit_text", chat=town.anna, message_id=town.say(), text="x")


def test_long_text_arrives_as_several_messages(town: Any) -> None:
    """The apps cut a text over 4096 units, never inside an emoji."""
    text = "x" + "😀" * 3000
    updates = town.act(town.anna, "send_text", chat=town.anna, text=text)
    parts = [update["message"]["text"] for update in updates]
    assert len(parts) == 2
    assert "".join(parts) == text


def test_album_is_several_updates_with_one_group_id(town: Any) -> None:
    """An album comes as one update per picture, with the caption on the first only."""
    messages = [u["message"] for u in town.act(town.anna, "send_album", chat=town.anna, caption="Torget", count=3)]
    assert len({m["media_group_id"] for m in messages}) == 1
    assert [m.get("caption") for m in messages] == ["Torget", None, None]


@pytest.mark.parametrize("kind", ["photo", "voice", "video", "document", "sticker", "poll", "contact", "location"])
def test_every_kind_of_message_arrives(town: Any, kind: str) -> None:
    """Each kind of message that a person can send reaches the bot under its own name."""
    (update,) = town.act(town.anna, f"send_{kind}", chat=town.anna)
    assert kind in update["message"]


def test_forwards_tell_their_origin(town: Any) -> None:
    """A forwarded message names who wrote it and leaves the keyboard behind."""
    markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}
    number = town.say(chat=town.group, reply_markup=markup)
    (update,) = town.act(town.anna, "forward", from_chat=town.group, message_id=number, to_chat=town.anna)
    message = update["message"]
    assert message["forward_origin"]["sender_user"]["id"] == town.sandbox.bot.id
    assert "reply_markup" not in message


def test_nobody_writes_before_start_or_while_blocking(town: Any) -> None:
    """As in the app: the private chat opens with Start, and a blocked bot gets nothing."""
    with pytest.raises(ActError, match="Starta"):
        town.act(town.bo, "send_text", chat=town.bo, text="hej")
    town.act(town.anna, "block_bot")
    with pytest.raises(ActError, match="blockeringen"):
        town.act(town.anna, "send_text", chat=town.anna, text="hej")


def test_cleared_or_deleted_messages_are_gone_for_the_bot(town: Any) -> None:
    """What a person deletes can no longer be edited by the bot, which is not told."""
    number = town.say()
    assert town.act(town.anna, "clear", chat=town.anna) == []
    error = town.refusal("editMessageText", chat_id=town.anna, message_id=number, text="x")
    assert error.description == "Bad Request: message to edit not found"


def test_reactions_take_an_administrator_that_asks(town: Any) -> None:
    """A reaction is told only to an administrator bot that has asked for it."""
    number = town.say(chat=town.group)
    town.call("getUpdates", allowed_updates=["message_reaction", "my_chat_member"])
    assert town.act(town.bo, "react", chat=town.group, message_id=number) == []
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    (update,) = town.act(town.bo, "react", chat=town.group, message_id=number, emoji="❤")
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "❤"}]


def test_outsiders_and_wrong_acts_are_refused_in_swedish(town: Any) -> None:
    """What a person cannot do in Telegram she cannot do here, and is told so in a sentence."""
    stranger = town.sandbox.add_person("Cissi")
    for action, details in (
        ("send_text", {"chat": town.group, "text": "hej"}),
        ("send_text", {"chat": town.anna, "text": "hej"}),
        ("promote", {"chat": town.group, "who": town.bo}),
        ("fly", {}),
        ("send_text", {"chat": town.group}),
        ("start", {"payload": "å"}),
        ("open_link", {"url": "https://example.org"}),
        ("send_photo", {"chat": stranger, "data": b"no picture"}),
    ):
        with pytest.raises(ActError):
            town.act(stranger, action, **details)
