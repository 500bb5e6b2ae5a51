"""The sandbox held against the machine-readable description of the Bot API, where that file is present."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import ApiError, Sandbox, files
from bot.sandbox.spec import METHODS, Parameter

DESCRIPTION = Path(__file__).parents[3] / "shared" / "telegram_bot_api.json"
pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason="the description of the Bot API is not at hand")

_CONSTANT = re.compile(r"(?:always|must be) [“\"]?(\w+)")
_SIMPLE: dict[str, Any] = {"Integer": int, "Float": (int, float), "String": str, "Boolean": bool}
KEYBOARD = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}, {"text": "Nät", "url": "https://example.org"}]]}


class Description:
    """Methods and types as Telegram declares them."""

    def __init__(self) -> None:
        data = json.loads(DESCRIPTION.read_text())
        self.methods: dict[str, Any] = data["methods"]
        self.types: dict[str, Any] = data["types"]

    def faults(self, value: Any, kind: str, where: str) -> list[str]:
        """What is wrong with a value that should be of a type."""
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no list"]
            return [fault for n, one in enumerate(value) for fault in self.faults(one, kind[9:], f"{where}[{n}]")]
        if kind in _SIMPLE:
            right = isinstance(value, _SIMPLE[kind]) and isinstance(value, bool) == (kind == "Boolean")
            return [] if right else [f"{where}: {value!r} is no {kind}"]
        declared = self.types[kind]
        if "subtypes" in declared:
            return self.any_of(value, declared["subtypes"], where)
        return self.object_faults(value, declared, where)

    def any_of(self, value: Any, kinds: list[str], where: str) -> list[str]:
        """What is wrong with a value that should be of one of several types; the best fit tells."""
        return min((self.faults(value, kind, where) for kind in kinds), key=len)

    def object_faults(self, value: Any, declared: dict[str, Any], where: str) -> list[str]:
        """Missing, unknown and wrong fields of an object."""
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {declared['name']}"]
        fields = {field["name"]: field for field in declared.get("fields", ())}
        found = [f"{where}.{name}: unknown in {declared['name']}" for name in value.keys() - fields.keys()]
        found += [f"{where}.{name}: missing" for name, f in fields.items() if f["required"] and name not in value]
        for name in value.keys() & fields.keys():
            found += self.any_of(value[name], fields[name]["types"], f"{where}.{name}")
            constant = _CONSTANT.search(fields[name]["description"])
            if constant and name in ("status", "type", "source") and value[name] != constant[1]:
                found.append(f"{where}.{name}: {value[name]!r} is not {constant[1]!r}")
        return found


@pytest.fixture(scope="module")
def described() -> Description:
    """The description, read once."""
    return Description()


def test_the_description_finds_mistakes(described: Description) -> None:
    """The comparison itself tells missing, unknown and wrong fields and wrong constants."""
    wrong = {"user": {"id": "1", "is_bot": False, "name": "A"}, "status": "creator"}
    faults = described.faults(wrong, "ChatMemberMember", "x")
    assert {fault.split(":")[0] for fault in faults} == {"x.user.id", "x.user.name", "x.user.first_name", "x.status"}


def _kind_of(declared: dict[str, Any]) -> set[str]:
    """The kinds in which the sandbox may declare a parameter of these types."""
    types = declared["types"]
    if "InputFile" in types:
        return {"file"}
    if declared["name"] == "chat_id":
        return {"chat"}
    return {{"Integer": "int", "Boolean": "bool", "String": "str"}.get(types[0], "json")}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_parameters_are_the_declared_ones(described: Description, method: str) -> None:
    """Each method takes exactly the parameters that Telegram declares, as required and of the declared kind."""
    declared = {field["name"]: field for field in described.methods[method].get("fields", ())}
    ours: dict[str, Parameter] = METHODS[method]
    assert ours.keys() == declared.keys()
    for name, field in declared.items():
        assert ours[name].kind in _kind_of(field), name
        assert ours[name].required == field["required"], name


class Recorder:
    """Calls the sandbox, holds every result and update against the description and remembers what was seen."""

    def __init__(self, sandbox: Sandbox, described: Description) -> None:
        self.sandbox = sandbox
        self.described = described
        self.faults: list[str] = []
        self.methods: set[str] = set()
        self.updates: set[str] = set()

    def call(self, method: str, uploads: dict[str, tuple[str, bytes, str]] | None = None, **params: Any) -> Any:
        """Call a method and check what it gives."""
        result = self.sandbox.call(method, params, token=self.sandbox.token, files=uploads)
        self.methods.add(method)
        self.faults += self.described.any_of(result, self.described.methods[method]["returns"], method)
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


def test_every_answer_and_update_has_the_declared_shape(described: Description, town: Any) -> None:
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


def test_refusals_have_the_declared_shape(described: Description, town: Any) -> None:
    """The parameters of a refusal are ResponseParameters."""
    town.supergroup()
    with pytest.raises(ApiError) as caught:
        town.call("sendMessage", chat_id=town.group, text="x")
    assert described.faults(caught.value.parameters, "ResponseParameters", "parameters") == []
