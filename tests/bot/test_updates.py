"""What Telegram tells us, in all the shapes it comes in."""

from typing import Any

import pytest

from bot.channel.updates import (
    CallbackQuery,
    Chat,
    ChatMemberChanged,
    MemberLeft,
    MembersJoined,
    Migrated,
    Pinned,
    Renamed,
    Sender,
    Update,
    Written,
)
from bot.telegram.updates import LONG, is_inside, read

PERSON = {"id": 7, "is_bot": False, "first_name": "Kim", "last_name": "Lund"}
KIM = Sender(7, "Kim Lund")
US = {"id": 1, "is_bot": True, "first_name": "Stadsboten", "username": "StadsBot"}
GROUP = {"id": -100, "type": "supergroup", "title": "Småstad"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Kim"}


def message(**fields: Any) -> dict[str, Any]:
    """A message from Kim in the group."""
    return {"message_id": 5, "date": 1000, "chat": GROUP, "from": PERSON, "text": "Hej"} | fields


def said(**fields: Any) -> Written:
    """What is read of such a message."""
    heard = read({"update_id": 1, "message": message(**fields)}, "stadsbot")
    assert isinstance(heard, Written)
    return heard


def heard(**fields: Any) -> Update | None:
    """What is read of a message without a text."""
    data = message(**fields)
    del data["text"]
    return read({"update_id": 1, "message": data}, "stadsbot")


def command(text: str, **fields: Any) -> Written:
    """A message that begins with a command, as Telegram marks it."""
    name = text.split(maxsplit=1)[0]
    return said(text=text, entities=[{"type": "bot_command", "offset": 0, "length": len(name)}], **fields)


def test_a_message() -> None:
    """Who said what, where and when."""
    assert said() == Written(Chat(-100, "supergroup", "Småstad"), KIM, 5, 1000, "Hej")
    assert not said().chat.private
    assert said(chat=PRIVATE).chat.private


@pytest.mark.parametrize(
    "fields",
    [
        {
            "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
            "sender_chat": GROUP,
        },  # anonymous administrator
        {"from": {"id": 1087968824, "is_bot": False, "first_name": "Group"}},
        {
            "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
            "sender_chat": {"id": -5, "type": "channel"},
        },
        {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "is_automatic_forward": True},
        {"from": {"id": 8, "is_bot": True, "first_name": "En annan bot"}},
        {"from": PERSON, "sender_chat": {"id": -5, "type": "channel"}},
        {"from": None},
    ],
)
def test_nobody_in_particular(fields: dict[str, Any]) -> None:
    """Anonymous administrators, channels, bots and Telegram itself are known as nobody, who may do nothing."""
    assert not said(**fields).sender.known


def test_no_sender_at_all() -> None:
    """A channel's post has no sender, and is nobody's."""
    data = message()
    del data["from"]
    found = read({"message": data}, "stadsbot")
    assert isinstance(found, Written)
    assert found.sender == Sender(0, "", known=False)


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/steg", "steg", ""),
        ("/Steg@StadsBot", "steg", ""),
        ("/start abc_-9", "start", "abc_-9"),
        ("/start@stadsbot  abc ", "start", "abc"),
        ("/steg\nrad två", "steg", "rad två"),
        ("/steg@AnnanBot", None, ""),
    ],
)
def test_commands(text: str, name: str | None, arguments: str) -> None:
    """A command is ours without a name or with our own, in any case; another bot's is none of ours."""
    found = command(text)
    assert (found.command, found.arguments) == (name, arguments)


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/dölj", "dolj", ""),
        ("/Händelser nu", "handelser", "nu"),
        ("/åäö/x", None, ""),
        ("dölj", None, ""),
        ("/ dölj", None, ""),
    ],
)
def test_commands_as_they_are_spelt(text: str, name: str | None, arguments: str) -> None:
    """Telegram takes no Swedish letters for a command; whoever writes /dölj in a hurry is understood all the same."""
    found = said(text=text)
    assert (found.command, found.arguments) == (name, arguments)


def test_what_is_no_command() -> None:
    """A command in the midst of a text, in a forwarded message or under a picture is only text."""
    inside = said(text="Skriv /steg", entities=[{"type": "bot_command", "offset": 6, "length": 5}])
    assert inside.command is None
    assert said(text="/steg").command is None
    forwarded = command("/lämna", forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1})
    assert forwarded.command is None
    captioned = heard(caption="/steg", photo=[], caption_entities=[{"type": "bot_command", "offset": 0, "length": 5}])
    assert isinstance(captioned, Written)
    assert captioned.command is None


def test_topics() -> None:
    """Only a real topic has a thread; a reply in the general one carries an id that must not be used."""
    assert said(message_thread_id=33, is_topic_message=True).thread == 33
    assert said(message_thread_id=33, reply_to_message=message(message_id=33)).thread is None
    assert said().thread is None


def test_replies() -> None:
    """A reply counts only when it is to a message of ours."""
    assert said(reply_to_message={"message_id": 4, "from": US}).reply_to == 4
    assert said(reply_to_message={"message_id": 4, "from": US, "date": 900}).replied_at == 900
    assert said(reply_to_message={"message_id": 4, "from": PERSON}).reply_to is None
    assert said(reply_to_message={"message_id": 4, "from": US | {"username": "AnnanBot"}}).reply_to is None
    assert said(reply_to_message={"message_id": 4}).reply_to is None
    assert said(external_reply={"origin": {}}).reply_to is None


@pytest.mark.parametrize(
    "kind", ["photo", "video", "voice", "document", "sticker", "location", "contact", "poll", "video_note"]
)
def test_media(kind: str) -> None:
    """A picture, a voice or a file is known by its kind, with its caption as text."""
    found = heard(**{kind: {}}, caption="Se här", media_group_id="a1")
    assert isinstance(found, Written)
    assert (found.media, found.text, found.album) == (kind, "Se här", "a1")
    without = heard(**{kind: {}})
    assert isinstance(without, Written)
    assert (without.media, without.text) == (kind, "")


def test_edited() -> None:
    """An edited message is known as such, with the time of the edit."""
    found = read({"edited_message": message(edit_date=2000)}, "stadsbot")
    assert isinstance(found, Written)
    assert (found.edited, found.at) == (True, 2000)
    assert not said().edited


@pytest.mark.parametrize(("text", "long"), [("x" * (LONG - 1), False), ("x" * LONG, True), ("😀" * (LONG // 2), True)])
def test_long_texts(text: str, long: bool) -> None:
    """A text that the phone may have split is marked, counted as Telegram counts."""
    assert said(text=text).long is long


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"migrate_to_chat_id": -200}, Migrated(-100, -200)),
        ({"migrate_from_chat_id": -50}, Migrated(-50, -100)),
        (
            {"new_chat_members": [PERSON, US]},
            MembersJoined(Chat(-100, "supergroup", "Småstad"), (KIM, Sender(1, "Stadsboten", known=False))),
        ),
        ({"left_chat_member": PERSON}, MemberLeft(Chat(-100, "supergroup", "Småstad"), 7)),
        ({"new_chat_title": "Storstad"}, Renamed(Chat(-100, "supergroup", "Småstad"), "Storstad")),
        ({"pinned_message": message()}, Pinned(Chat(-100, "supergroup", "Småstad"), 5)),
        ({"group_chat_created": True}, None),
        ({"new_chat_photo": []}, None),
        ({"forum_topic_created": {"name": "x"}}, None),
    ],
)
def test_service_messages(fields: dict[str, Any], wanted: Update | None) -> None:
    """What Telegram itself says in a group is read where it concerns us, and passed over where it does not."""
    assert heard(**fields) == wanted


def test_tapped() -> None:
    """A tap says who, where, under which message and what; one in an inline message is not ours."""
    query: dict[str, Any] = {
        "id": "q",
        "from": PERSON,
        "data": "abc",
        "message": {"message_id": 9, "date": 0, "chat": GROUP},
    }
    assert read({"callback_query": query}, "stadsbot") == CallbackQuery(
        Chat(-100, "supergroup", "Småstad"), KIM, "q", 9, "abc"
    )
    del query["data"]
    assert isinstance(found := read({"callback_query": query}, "stadsbot"), CallbackQuery)
    assert found.data == ""
    assert read({"callback_query": {"id": "q", "from": PERSON, "inline_message_id": "i"}}, "stadsbot") is None


@pytest.mark.parametrize("kind", ["my_chat_member", "chat_member"])
@pytest.mark.parametrize(
    ("old", "new", "was_inside", "inside", "admin"),
    [
        ("left", "member", False, True, False),
        ("member", "administrator", True, True, True),
        ("administrator", "member", True, True, False),
        ("member", "kicked", True, False, False),
        ("member", "left", True, False, False),
        ("creator", "left", True, False, False),
    ],
)
def test_standing(kind: str, old: str, new: str, was_inside: bool, inside: bool, admin: bool) -> None:
    """A change of anyone's standing tells who is inside, who was, and who decides."""
    change = {
        "chat": GROUP,
        "from": PERSON,
        "old_chat_member": {"status": old, "user": US},
        "new_chat_member": {"status": new, "user": US},
    }
    found = read({kind: change}, "stadsbot")
    chat = Chat(-100, "supergroup", "Småstad")
    assert found == ChatMemberChanged(chat, KIM, 1, kind == "my_chat_member", inside, was_inside, admin)


def test_the_restricted_may_be_outside() -> None:
    """Someone restricted is inside only if Telegram says so."""
    assert is_inside({"status": "restricted", "is_member": True})
    assert not is_inside({"status": "restricted", "is_member": False})
    assert not is_inside({"status": "restricted"})


@pytest.mark.parametrize(
    "kind", ["channel_post", "edited_channel_post", "inline_query", "poll", "message_reaction", "new_in_2030"]
)
def test_what_we_have_no_use_for(kind: str) -> None:
    """Kinds of updates that we did not ask for are passed over, as are those not invented yet."""
    assert read({"update_id": 1, kind: {}}, "stadsbot") is None
