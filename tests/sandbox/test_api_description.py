"""The sandbox held against what Telegram declares: the table of methods and types in `bot_api.txt`."""

from typing import Any

import pytest

from bot.sandbox import ApiError, Sandbox, files
from bot.sandbox.spec import METHODS, Parameter
from tests.sandbox.bot_api import BotApi, Field

KEYBOARD = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}, {"text": "Nät", "url": "https://example.org"}]]}


@pytest.fixture(scope="module")
def described() -> BotApi:
    """The table, read once."""
    return BotApi()


def test_the_table_finds_mistakes(described: BotApi) -> None:
    """The comparison itself tells missing, unknown and wrong fields and wrong constants."""
    wrong = {"user": {"id": "1", "is_bot": False, "name": "A"}, "status": "creator"}
    faults = described.faults(wrong, "ChatMemberMember", "x")
    assert {fault.split(":")[0] for fault in faults} == {"x.user.id", "x.user.name", "x.user.first_name", "x.status"}


def test_the_table_is_whole(described: BotApi) -> None:
    """Whatever kind a line names is simple or declared in the table itself."""
    declared = [*described.methods.values(), *described.types.values()]
    lists = [one.kinds for one in declared] + [field.kinds for one in declared for field in one.fields.values()]
    named = {kind.rstrip("[]") for kinds in lists for kind in kinds}
    assert named - described.types.keys() == {"Integer", "Float", "String", "Boolean"}
    assert "Message" in named


def _kind_of(declared: Field) -> str:
    """The kind in which the sandbox declares a parameter of these types."""
    if "InputFile" in declared.kinds:
        return "file"
    if declared.name == "chat_id":
        return "chat"
    return {"Integer": "int", "Boolean": "bool", "String": "str"}.get(declared.kinds[0], "json")


@pytest.mark.parametrize("method", sorted(METHODS))
def test_parameters_are_the_declared_ones(described: BotApi, method: str) -> None:
    """Each method takes exactly the parameters that Telegram declares, as required and of the declared kind."""
    declared = described.methods[method].fields
    ours: dict[str, Parameter] = METHODS[method]
    assert ours.keys() == declared.keys()
    for name, field in declared.items():
        assert ours[name].kind == _kind_of(field), name
        assert ours[name].required == field.required, name


class Recorder:
    """Calls the sandbox, holds every result and update against the table and remembers what was seen."""

    def __init__(self, sandbox: Sandbox, described: BotApi) -> None:
        self.sandbox = sandbox
        self.described = described
        self.faults: list[str] = []
        self.methods: set[str] = set()
        self.updates: set[str] = set()

    def call(self, method: str, uploads: dict[str, tuple[str, bytes, str]] | None = None, **params: Any) -> Any:
        """Call a method and check what it gives."""
        result = self.sandbox.call(method, params, token=self.sandbox.token, files=uploads)
        self.methods.add(method)
        self.faults += self.described.any_of(result, self.described.methods[method].kinds, method)
        return result

    def act(self, person: int, action: str, **details: Any) -> list[dict[str, Any]]:
        """Let a person act and check the updates."""
        updates = self.sandbox.act(person, action, **details)
        for update in updates:
            self.updates |= update.keys() - {"update_id"}
            self.faults += self.described.faults(update, "Update", action)
        return updates


def _private_life(bot: Recorder, anna: int) -> None:
    for action, details in (
        ("send_text", {"text": "/hej å 😀 https://example.org @annab #plan a@example.org"}),
        ("send_photo", {"caption": "/bild"}),
        *(
            (f"send_{kind}", {})
            for kind in ["document", "voice", "video", "sticker", "poll", "contact", "location", "album"]
        ),
    ):
        bot.act(anna, action, chat=anna, **details)
    number = bot.call("sendMessage", chat_id=anna, text="<b>Hej</b>", parse_mode="HTML", reply_markup=KEYBOARD)[
        "message_id"
    ]
    query = bot.act(anna, "press", chat=anna, message_id=number, data="1")[0]["callback_query"]["id"]
    bot.call("answerCallbackQuery", callback_query_id=query, text="Tack")
    own = bot.act(anna, "send_text", chat=anna, text="jo", reply_to=number)[0]["message"]["message_id"]
    bot.act(anna, "edit_text", chat=anna, message_id=own, text="nej")
    bot.act(anna, "forward", from_chat=anna, message_id=number, to_chat=anna)
    bot.call(
        "editMessageText", chat_id=anna, message_id=number, text="Nytt", link_preview_options={"is_disabled": True}
    )
    bot.call("editMessageReplyMarkup", chat_id=anna, message_id=number, reply_markup=KEYBOARD)
    bot.call(
        "sendMessage", chat_id=anna, text="?", reply_markup={"force_reply": True}, reply_parameters={"message_id": own}
    )
    bot.call("sendChatAction", chat_id=anna, action="typing")
    bot.call("pinChatMessage", chat_id=anna, message_id=number)
    bot.call("getChat", chat_id=anna)
    bot.call("unpinAllChatMessages", chat_id=anna)
    bot.call("deleteMessages", chat_id=anna, message_ids=[own])
    bot.call("deleteMessage", chat_id=anna, message_id=number)
    bot.act(anna, "block_bot")
    bot.act(anna, "start", payload="x")


def _files(bot: Recorder, anna: int) -> None:
    picture = ("a.png", files.sample_picture(), "image/png")
    photo = bot.call(
        "sendPhoto", {"photo": picture}, chat_id=anna, caption="<i>x</i>", parse_mode="HTML", has_spoiler=True
    )
    bot.call("getFile", file_id=photo["photo"][0]["file_id"])
    bot.call(
        "editMessageCaption", chat_id=anna, message_id=photo["message_id"], caption="y", show_caption_above_media=True
    )
    media = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://a", "caption": "z"}]
    bot.call("sendMediaGroup", {"a": picture}, chat_id=anna, media=media)
    number = bot.call("sendDocument", {"document": ("a.txt", b"x", "")}, chat_id=anna)["message_id"]
    bot.call("editMessageMedia", {"a": picture}, chat_id=anna, message_id=number, media=media[0])


def _group_life(bot: Recorder, anna: int, bo: int, group: int) -> None:
    own = bot.sandbox.bot.id
    bot.act(anna, "add_bot", chat=group)
    number = bot.call("sendMessage", chat_id=group, text="Hej")["message_id"]
    bot.act(bo, "send_text", chat=group, text="/hej", reply_to=number)
    bot.act(anna, "promote", chat=group, who=own)
    bot.act(bo, "react", chat=group, message_id=number)
    bot.act(bo, "leave", chat=group)
    bot.act(bo, "join", chat=group)
    bot.act(anna, "promote", chat=group, who=bo)
    bot.act(anna, "pin", chat=group, message_id=number)
    bot.call("unpinChatMessage", chat_id=group)
    bot.act(anna, "rename_group", chat=group, title="Storstad")
    bot.act(anna, "make_supergroup", chat=group)
    new = bot.sandbox.chat(group).migrated_to
    assert new is not None
    bot.act(anna, "make_forum", chat=new)
    topic = bot.call("createForumTopic", chat_id=new, name="Plan")["message_thread_id"]
    bot.call("sendMessage", chat_id=new, text="x", message_thread_id=topic)
    bot.act(bo, "send_text", chat=new, text="i ämnet", thread=topic)
    bot.act(anna, "close_topic", chat=new, thread=topic)
    bot.act(anna, "send_as_anonymous_admin", chat=new, text="/hej")
    posted = bot.act(bo, "send_as_channel", chat=new, text="/hej")[0]["message"]["message_id"]
    bot.act(anna, "forward", from_chat=new, message_id=posted, to_chat=new)
    bot.act(anna, "remove", chat=new, who=bo)
    for who in (anna, bo, own):
        bot.call("getChatMember", chat_id=new, user_id=who)
    bot.call("getChatAdministrators", chat_id=new, return_bots=True)
    bot.call("getChatMemberCount", chat_id=new)
    bot.call("getChat", chat_id=new)
    bot.act(anna, "demote", chat=new, who=own)
    bot.act(anna, "mute_bot", chat=new)
    bot.call("getChatMember", chat_id=new, user_id=own)
    bot.call("leaveChat", chat_id=new)


def _account(bot: Recorder, anna: int) -> None:
    bot.call("getMe")
    commands = [{"command": "hej", "description": "Hej"}]
    for scope in ({"type": "default"}, {"type": "chat", "chat_id": anna}):
        bot.call("setMyCommands", commands=commands, scope=scope)
        bot.call("getMyCommands", scope=scope)
        bot.call("deleteMyCommands", scope=scope)
    bot.call("setMyName", name="Hej")
    bot.call("setMyDescription", description="Hej")
    bot.call("setMyShortDescription", short_description="Hej")
    for name in ("Name", "Description", "ShortDescription"):
        bot.call(f"getMy{name}")
    bot.call("setChatMenuButton", menu_button={"type": "commands"})
    bot.call("getChatMenuButton")
    bot.call("setWebhook", url="https://example.org/hook")
    bot.call("getWebhookInfo")
    bot.call("deleteWebhook")
    bot.call("getUpdates")
    bot.call("close")
    bot.call("logOut")


def test_every_answer_and_update_has_the_declared_shape(described: BotApi, town: Any) -> None:
    """Whatever the sandbox answers or sends holds all required fields, no unknown ones, and the right types."""
    sandbox: Sandbox = town.sandbox
    bot = Recorder(sandbox, described)
    kinds = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction"]
    bot.call("getUpdates", allowed_updates=kinds)
    _private_life(bot, town.anna)
    _files(bot, town.anna)
    _group_life(bot, town.anna, town.bo, sandbox.create_group("Ny", town.anna, [town.bo]))
    for update in bot.call("getUpdates"):
        bot.faults += described.faults(update, "Update", "waiting")
    _account(bot, town.anna)
    assert bot.faults == []
    assert bot.methods == METHODS.keys()
    assert bot.updates == set(kinds)


def test_refusals_have_the_declared_shape(described: BotApi, town: Any) -> None:
    """The parameters of a refusal are ResponseParameters."""
    town.supergroup()
    with pytest.raises(ApiError) as caught:
        town.call("sendMessage", chat_id=town.group, text="x")
    assert described.faults(caught.value.parameters, "ResponseParameters", "parameters") == []
