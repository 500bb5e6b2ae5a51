"""The methods about the bot itself: updates, webhook, commands, descriptions, callback answers, files."""

import re
from datetime import timedelta

from . import files, shapes, utf16
from .call import Call, visible_chat
from .errors import bad_request, conflict
from .wire import Json, Wire
from .world import Webhook

QUERY_LIVES = timedelta(minutes=15)
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(call: Call) -> Wire:
    """The bot itself."""
    return shapes.me(call.world)


def get_updates(call: Call) -> list[Wire]:
    """Return the updates that wait now; waiting for more is the doors' business."""
    if call.world.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    _allow(call)
    limit = min(max(call.get("limit") or 100, 1), 100)
    return call.world.updates.fetch(call.get("offset") or 0, limit, call.world.now())


def _allow(call: Call) -> None:
    kinds = call.get("allowed_updates")
    if kinds is not None:
        call.world.updates.allow(kinds)


def set_webhook(call: Call) -> bool:
    """Remember where updates should go; an empty URL means nowhere."""
    url = call.get("url") or ""
    if url and not url.startswith("https://"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    _allow(call)
    call.world.webhook = Webhook(url, call.get("max_connections") or 40, call.get("secret_token") or "")
    _drop_pending(call)
    return True


def delete_webhook(call: Call) -> bool:
    """Go back to getUpdates."""
    call.world.webhook = Webhook()
    _drop_pending(call)
    return True


def _drop_pending(call: Call) -> None:
    if call.get("drop_pending_updates"):
        call.world.updates.clear()


def get_webhook_info(call: Call) -> Wire:
    """Return whether a webhook is set, and how much waits."""
    hook, updates = call.world.webhook, call.world.updates
    info: Wire = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(updates)}
    if hook.url:
        info["max_connections"] = hook.max_connections
    if updates.allowed:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


def log_out(call: Call) -> bool:
    """The bot leaves this server for ten minutes."""
    call.world.logged_out_until = call.world.now() + timedelta(minutes=10)
    return True


def close(call: Call) -> bool:
    """Do nothing: there is nothing to close here."""
    return True


def answer_callback_query(call: Call) -> bool:
    """The toast or alert at a pressed button; a second answer to the same press is taken and shows nothing."""
    world, text = call.world, call.get("text") or ""
    query = world.queries.get(call.get("callback_query_id"))
    if query is None or world.now() - query.at > QUERY_LIVES:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if utf16.length(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if call.get("url"):
        raise bad_request("URL_INVALID")
    if text and not query.answered:
        world.toast_count += 1
        alert = bool(call.get("show_alert"))
        world.toasts.append({"n": world.toast_count, "person": query.person, "text": text, "alert": alert})
    query.answered = True
    return True


def get_file(call: Call) -> Wire:
    """Return where a file of up to 20 MB can be fetched."""
    stored = call.world.files.get(call.get("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > files.DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    about = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
    return {**about, "file_path": stored.path}


def set_my_commands(call: Call) -> bool:
    """The commands shown in the menu of a scope."""
    commands = call.get("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    call.world.commands[_scope(call)] = [_command(item) for item in commands]
    return True


def _command(item: Wire) -> Wire:
    name, description = str(item.get("command", "")).removeprefix("/"), str(item.get("description", ""))
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16.length(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def get_my_commands(call: Call) -> list[Wire]:
    """The commands of exactly this scope."""
    return call.world.commands.get(_scope(call), [])


def delete_my_commands(call: Call) -> bool:
    """Let wider scopes show through again."""
    call.world.commands.pop(_scope(call), None)
    return True


def _scope(call: Call) -> tuple[str, int, int, str]:
    """Return where a list of commands holds: kind, chat, person, language. Raises ApiError."""
    scope: Json = call.get("scope") or {"type": "default"}
    kind = scope.get("type")
    language = call.get("language_code") or ""
    if kind in _PLAIN_SCOPES:
        return str(kind), 0, 0, language
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    place = visible_chat(call.world, scope.get("chat_id"))
    if kind != "chat" and place.type == "private":
        raise bad_request("can't use specified scope in private chats")
    who = scope.get("user_id", 0) if kind == "chat_member" else 0
    if kind == "chat_member" and who not in call.world.users:
        raise bad_request("user not found")
    return kind, place.id, who, language


def set_text(call: Call) -> bool:
    """setMyName, setMyDescription and setMyShortDescription."""
    name = _text_name(call)
    text = call.get(name) or ""
    if utf16.length(text) > _TEXT_LIMITS[name]:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    call.world.descriptions[name, call.get("language_code") or ""] = text
    return True


def get_text(call: Call) -> Wire:
    """getMyName, getMyDescription and getMyShortDescription."""
    name = _text_name(call)
    default = call.world.bot.first_name if name == "name" else ""
    texts = call.world.descriptions
    return {name: texts.get((name, call.get("language_code") or "")) or texts.get((name, "")) or default}


def _text_name(call: Call) -> str:
    return {"Name": "name", "Description": "description"}.get(call.method[5:], "short_description")


def set_chat_menu_button(call: Call) -> bool:
    """Set what the button beside the writing field does; without a chat, everybody's."""
    button = call.get("menu_button") or {"type": "default"}
    if button.get("type") not in ("commands", "default"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    call.world.menu_buttons[_menu_chat(call)] = {"type": button["type"]}
    return True


def get_chat_menu_button(call: Call) -> Wire:
    """The menu button of a private chat, or the usual one."""
    buttons = call.world.menu_buttons
    return buttons.get(_menu_chat(call)) or buttons.get(0) or {"type": "commands"}


def _menu_chat(call: Call) -> int:
    if call.get("chat_id") is None:
        return 0
    place = call.chat()
    if place.type != "private":
        raise bad_request("chat not found")
    return place.id
