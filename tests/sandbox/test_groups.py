from typing import Any

import pytest

from bot.sandbox import ActError


def kinds(updates: list[dict[str, Any]]) -> list[str]:
    """Which updates they are, in order."""
    return [next(name for name in update if name != "update_id") for update in updates]


def test_privacy_mode_lets_through_what_concerns_the_bot(town: Any) -> None:
    """In a group the bot hears commands to it, replies to it and service messages, and nothing else."""
    ours = town.say(chat=town.group)
    heard = ["/hej", "/hej@stadforstad_bot nu", "/hej@StadForStad_bot"]
    unheard = ["hej", "hej /hej", "/hej@annan_bot", "@stadforstad_bot hej"]
    for text in heard:
        assert len(town.act(town.bo, "send_text", chat=town.group, text=text)) == 1, text
    for text in unheard:
        assert town.act(town.bo, "send_text", chat=town.group, text=text) == [], text
    (reply,) = town.act(town.bo, "send_text", chat=town.group, text="jo", reply_to=ours)
    assert reply["message"]["reply_to_message"]["message_id"] == ours
    assert town.call("getMe")["can_read_all_group_messages"] is False


def test_administrator_or_open_bot_hears_everything(town: Any) -> None:
    """Privacy mode ends where the bot administers, or when BotFather has switched it off."""
    town.sandbox.privacy = False
    assert town.act(town.bo, "send_text", chat=town.group, text="hej")
    assert town.call("getMe")["can_read_all_group_messages"] is True
    town.sandbox.privacy = True
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    assert town.act(town.bo, "send_text", chat=town.group, text="hej")


def test_other_bots_are_never_heard(town: Any) -> None:
    """Bots do not hear each other, whatever the mode."""
    town.sandbox.privacy = False
    robot = town.sandbox.add_person("Robot", is_bot=True)
    town.act(town.anna, "add", chat=town.group, who=robot)
    assert town.act(robot, "send_text", chat=town.group, text="/hej") == []


def test_coming_and_going_is_told(town: Any) -> None:
    """Joining, being added, leaving and being removed are service messages that tell who did it."""
    cissi = town.sandbox.add_person("Cissi")
    (joined,) = town.act(cissi, "join", chat=town.group)
    assert joined["message"]["new_chat_members"][0]["id"] == joined["message"]["from"]["id"] == cissi
    (left,) = town.act(cissi, "leave", chat=town.group)
    assert left["message"]["left_chat_member"]["id"] == cissi
    (added,) = town.act(town.bo, "add", chat=town.group, who=cissi)
    assert added["message"]["from"]["id"] == town.bo
    (removed,) = town.act(town.anna, "remove", chat=town.group, who=cissi)
    assert removed["message"]["left_chat_member"]["id"] == cissi
    assert town.call("getChatMember", chat_id=town.group, user_id=cissi)["status"] == "left"


def test_chat_member_updates_take_an_administrator_that_asks(town: Any) -> None:
    """Others' standing is told only to an administrator bot that has asked for chat_member."""
    cissi = town.sandbox.add_person("Cissi")
    town.act(town.anna, "promote", chat=town.group, who=town.sandbox.bot.id)
    assert kinds(town.act(cissi, "join", chat=town.group)) == ["message"]
    town.call("getUpdates", allowed_updates=["message", "chat_member", "my_chat_member"])
    assert kinds(town.act(cissi, "leave", chat=town.group)) == ["chat_member", "message"]
    (promoted,) = town.act(town.anna, "promote", chat=town.group, who=town.bo)
    assert promoted["chat_member"]["new_chat_member"]["status"] == "administrator"
    town.act(town.anna, "demote", chat=town.group, who=town.sandbox.bot.id)
    assert town.act(town.anna, "demote", chat=town.group, who=town.bo) == []


def test_the_bots_own_standing_is_always_told(town: Any) -> None:
    """my_chat_member tells of being added, promoted, removed, blocked and unblocked."""
    bot = town.sandbox.bot.id
    (promoted,) = town.act(town.anna, "promote", chat=town.group, who=bot)
    assert promoted["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    removed = town.act(town.anna, "remove_bot", chat=town.group)
    assert kinds(removed) == ["my_chat_member", "message"]
    assert removed[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    error = town.refusal("sendMessage", chat_id=town.group, text="x")
    assert (error.code, error.description) == (403, "Forbidden: bot was kicked from the group chat")
    assert kinds(town.act(town.anna, "add_bot", chat=town.group)) == ["my_chat_member", "message"]
    (blocked,) = town.act(town.anna, "block_bot")
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert kinds(town.act(town.anna, "start", payload="igen")) == ["my_chat_member", "message"]


def test_leaving_closes_the_group_to_the_bot(town: Any) -> None:
    """After leaveChat the group answers 403 and is not heard any more."""
    town.call("leaveChat", chat_id=town.group)
    error = town.refusal("sendMessage", chat_id=town.group, text="x")
    assert error.description == "Forbidden: bot is not a member of the group chat"
    assert town.act(town.bo, "send_text", chat=town.group, text="/hej") == []
    error = town.refusal("leaveChat", chat_id=town.anna)
    assert error.description == "Bad Request: chat member status can't be changed in private chats"


def test_supergroup_gets_a_new_id(town: Any) -> None:
    """The upgrade is told in both chats, and the old id answers with the new one."""
    to_new, from_old = town.act(town.anna, "make_supergroup", chat=town.group)
    new = to_new["message"]["migrate_to_chat_id"]
    assert str(new).startswith("-100")
    assert from_old["message"]["migrate_from_chat_id"] == town.group
    assert from_old["message"]["chat"] == {"id": new, "title": "Småstad", "type": "supergroup"}
    error = town.refusal("sendMessage", chat_id=town.group, text="x")
    assert (error.code, error.parameters) == (400, {"migrate_to_chat_id": new})
    assert error.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert town.say(chat=new)
    assert town.call("getChatMember", chat_id=new, user_id=town.anna)["status"] == "creator"


def test_buttons_from_before_the_upgrade_still_work(town: Any) -> None:
    """A button under a message of the old group gives a query that names the old chat."""
    markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}
    number = town.say(chat=town.group, reply_markup=markup)
    town.supergroup()
    (update,) = town.act(town.bo, "press", chat=town.group, message_id=number, row=0, col=0)
    assert update["callback_query"]["message"]["chat"]["id"] == town.group


def test_replies_in_a_supergroup_carry_a_thread_that_is_no_topic(town: Any) -> None:
    """Outside forums message_thread_id is the first message of the reply chain, without is_topic_message."""
    new = town.supergroup()
    first = town.say(chat=new)
    (reply,) = town.act(town.bo, "send_text", chat=new, text="jo", reply_to=first)
    assert reply["message"]["message_thread_id"] == first
    assert "is_topic_message" not in reply["message"]


def test_topics(town: Any) -> None:
    """A message in a topic names it; General has no id, and closed or deleted topics refuse the bot."""
    town.act(town.anna, "make_forum", chat=town.group)
    forum = town.sandbox.chat(town.group).migrated_to
    (created,) = town.act(town.anna, "create_topic", chat=forum, name="Plan")
    topic = created["message"]["message_id"]
    assert created["message"]["forum_topic_created"]["name"] == "Plan"
    sent = town.call("sendMessage", chat_id=forum, text="x", message_thread_id=topic)
    assert (sent["message_thread_id"], sent["is_topic_message"], sent["chat"]["is_forum"]) == (topic, True, True)
    (command,) = town.act(town.bo, "send_text", chat=forum, text="/hej", thread=topic)
    assert command["message"]["reply_to_message"]["forum_topic_created"]["name"] == "Plan"
    (general,) = town.act(town.bo, "send_text", chat=forum, text="/hej")
    assert "message_thread_id" not in general["message"]
    not_found = "Bad Request: message thread not found"
    assert town.refusal("sendMessage", chat_id=forum, text="x", message_thread_id=1).description == not_found
    town.act(town.anna, "close_topic", chat=forum, thread=topic)
    error = town.refusal("sendMessage", chat_id=forum, text="x", message_thread_id=topic)
    assert error.description == "Bad Request: TOPIC_CLOSED"
    town.act(town.anna, "delete_topic", chat=forum, thread=topic)
    assert town.refusal("sendMessage", chat_id=forum, text="x", message_thread_id=topic).description == not_found


def test_the_bot_opens_topics_with_the_right_to(town: Any) -> None:
    """createForumTopic takes a forum and the right to manage topics."""
    error = town.refusal("createForumTopic", chat_id=town.group, name="Plan")
    assert error.description == "Bad Request: the chat is not a forum"
    town.act(town.anna, "make_forum", chat=town.group)
    forum = town.sandbox.chat(town.group).migrated_to
    error = town.refusal("createForumTopic", chat_id=forum, name="Plan")
    assert error.description == "Bad Request: not enough rights to create a topic"
    town.act(town.anna, "promote", chat=forum, who=town.sandbox.bot.id)
    topic = town.call("createForumTopic", chat_id=forum, name="Plan")["message_thread_id"]
    assert town.say(chat=forum, message_thread_id=topic)


def test_members_can_be_looked_up(town: Any) -> None:
    """getChatMember, getChatAdministrators and getChatMemberCount tell who is there."""
    assert town.call("getChatMember", chat_id=town.group, user_id=town.bo)["status"] == "member"
    stranger = town.sandbox.add_person("Cissi")
    assert town.call("getChatMember", chat_id=town.group, user_id=stranger)["status"] == "left"
    assert town.refusal("getChatMember", chat_id=town.group, user_id=5).description == "Bad Request: user not found"
    admins = town.call("getChatAdministrators", chat_id=town.group)
    assert [(who["user"]["id"], who["status"]) for who in admins] == [(town.anna, "creator")]
    assert town.call("getChatMemberCount", chat_id=town.group) == 3
    error = town.refusal("getChatAdministrators", chat_id=town.anna)
    assert error.description == "Bad Request: there are no administrators in the private chat"


def test_disguised_senders(town: Any) -> None:
    """An anonymous administrator and a channel stand behind Telegram's own accounts."""
    new = town.supergroup()
    (anonymous,) = town.act(town.anna, "send_as_anonymous_admin", chat=new, text="/hej")
    assert (anonymous["message"]["from"]["id"], anonymous["message"]["sender_chat"]["id"]) == (1087968824, new)
    (channel,) = town.act(town.bo, "send_as_channel", chat=new, text="/hej")
    assert (channel["message"]["from"]["id"], channel["message"]["sender_chat"]["type"]) == (136817688, "channel")
    with pytest.raises(ActError, match="administratör"):
        town.act(town.bo, "send_as_anonymous_admin", chat=new, text="hej")


def test_startgroup_link_adds_the_bot_and_says_start(town: Any) -> None:
    """A startgroup link brings the bot into a group and sends /start with the payload there."""
    group = town.sandbox.create_group("Nya", town.bo)
    updates = town.act(town.bo, "open_link", url="https://t.me/stadforstad_bot?startgroup=kod", chat=group)
    assert kinds(updates) == ["my_chat_member", "message", "message"]
    assert updates[-1]["message"]["text"] == "/start@stadforstad_bot kod"
