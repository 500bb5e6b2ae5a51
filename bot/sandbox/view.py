"""The world as the page shows it: plain JSON, made anew for every answer."""

from collections.abc import Mapping
from types import MappingProxyType

from . import page_html
from .sandbox import Sandbox
from .shapes import sender
from .wire import Json, Wire
from .world import Chat, Message, World

_MOST_MESSAGES = 60  # of each chat, the newest, unless the page asks for more
_QUOTE = 120
_MEDIA = ("photo", "document", "voice", "video", "sticker", "poll", "contact", "location")


def world(sandbox: Sandbox, depth: Mapping[int, int] = MappingProxyType({})) -> Wire:
    """Return all that the page draws; `depth` is how many messages of a chat, where it is to be more than usual."""
    it = sandbox.world
    bot = {"id": it.bot.id, "name": it.bot.first_name, "username": it.bot.username, "commands": _commands(it)}
    people = [user for user in it.users.values() if user.id != it.bot.id]
    return {
        "version": sandbox.version,
        "now": it.now().isoformat(),
        "bot": bot,
        "people": [{"id": one.id, "name": one.name, "blocked_bot": one.blocked, "bot": one.is_bot} for one in people],
        "chats": [_chat(it, place, max(_MOST_MESSAGES, depth.get(id, 0))) for id, place in it.chats.items()],
        "toasts": list(it.toasts),
        "faults": sandbox.faults.as_json(),
        "calls": list(sandbox.calls),
    }


def _commands(it: World) -> dict[str, list[Wire]]:
    """Commands by scope: "default", "chat:<chat>", "chat_member:<chat>:<person>"… (without a language)."""
    named: dict[str, list[Wire]] = {}
    for (kind, chat, person, language), commands in it.commands.items():
        if not language:
            named[":".join([kind, *(str(number) for number in (chat, person) if number)])] = commands
    return named


def _chat(it: World, place: Chat, most: int) -> Wire:
    shown = list(place.messages.values())[-most:]
    pinned = place.messages.get(place.pinned[-1]) if place.pinned else None
    title = it.users[place.id].name if place.type == "private" else place.title
    return {
        "id": place.id,
        "type": place.type,
        "title": title,
        "person": place.id if place.type == "private" else None,
        "members": [{"id": who.user_id, "status": who.status} for who in place.members.values()],
        "bot_status": "member" if place.type == "private" else place.status(it.bot.id),
        "forum": place.forum,
        "topics": [{"id": topic.id, "name": topic.name, "closed": topic.closed} for topic in place.topics.values()],
        "pinned": pinned.id if pinned else None,
        "pinned_text": (pinned.content.get("text") or pinned.content.get("caption") or "…")[:_QUOTE]
        if pinned
        else None,
        "older": len(place.messages) - len(shown),
        "typing": bool(place.typing_until and it.now() < place.typing_until),
        "migrated_to": place.migrated_to,
        "messages": [_message(it, place, one) for one in shown],
    }


def _message(it: World, place: Chat, one: Message) -> Wire:
    text = one.content.get("text") or one.content.get("caption") or ""
    if text.startswith("/start ") and one.sender == place.id:
        text = "/start"  # the apps do not show what a link carries
    entities = one.content.get("entities") or one.content.get("caption_entities") or []
    return {
        "id": one.id,
        "from": _sender(it, one),
        "date": one.date,
        "edited": one.edited,
        "text": text,
        "entities": entities,
        "html": page_html.build(text, entities),
        "thread": one.thread if one.in_topic else None,
        "reply_to": _quote(it, place, one),
        "forward": _origin(one),
        "keyboard": [[_button(button) for button in row] for row in (one.markup or {}).get("inline_keyboard", [])],
        "force_reply": _force_reply(place, one),
        "media": _media(it, one),
        "service": service_text(it, one) if one.service else None,
    }


def _sender(it: World, one: Message) -> Wire:
    if one.sender_chat:
        return {"id": one.sender, "name": one.sender_chat["title"], "bot": False}
    who = it.users[one.sender]
    return {"id": who.id, "name": who.name, "bot": who.is_bot}


def _quote(it: World, place: Chat, one: Message) -> Wire | None:
    replied = None if one.service else place.messages.get(one.reply_to or 0)
    if replied is None:
        return None
    text = replied.content.get("text") or replied.content.get("caption") or "…"
    return {"id": replied.id, "name": _sender(it, replied)["name"], "text": text[:_QUOTE]}


def _origin(one: Message) -> str | None:
    origin: Wire = one.content.get("forward_origin", {})
    if "sender_user" in origin:
        return " ".join(filter(None, (origin["sender_user"]["first_name"], origin["sender_user"].get("last_name"))))
    place = origin.get("sender_chat") or origin.get("chat")
    return place["title"] if place else None


def _button(button: Wire) -> Wire:
    if "callback_data" in button:
        look = {"style": button["style"]} if "style" in button else {}
        return {"text": button["text"], "kind": "callback", "data": button["callback_data"], **look}
    if "url" in button:
        return {"text": button["text"], "kind": "url", "url": button["url"]}
    if "copy_text" in button:
        return {"text": button["text"], "kind": "copy", "copy": button["copy_text"]["text"]}
    return {"text": button["text"], "kind": "switch"}


def _force_reply(place: Chat, one: Message) -> Wire | None:
    """Return whom the writing field opens for: everybody or, if selective, those mentioned and the one answered."""
    markup = one.markup or {}
    if not markup.get("force_reply"):
        return None
    people: list[int] = []
    if markup.get("selective"):
        people = [e["user"]["id"] for e in one.content.get("entities", ()) if e["type"] == "text_mention"]
        replied = place.messages.get(one.reply_to or 0)
        people += [replied.sender] if replied else []
    return {"placeholder": markup.get("input_field_placeholder"), "for_ids": people}


def _media(it: World, one: Message) -> Wire | None:
    kind = next((name for name in _MEDIA if name in one.content), None)
    if kind is None:
        return None
    what: Json = one.content[kind]
    about = what[-1] if isinstance(what, list) else what
    stored = it.files.get(about.get("file_id", ""))
    if stored:
        return {"kind": kind, "name": stored.name, "url": f"/files/{stored.id}", "size": len(stored.data)}
    name = about.get("question") or about.get("phone_number") or None
    return {"kind": kind, "name": name, "url": None, "size": None}


def service_text(it: World, one: Message) -> str:
    """Return what a service message says, in Swedish."""
    who = _name(sender(it, one.sender)) if not one.sender_chat else ""
    match one.content:
        case {"group_chat_created": True}:
            return f"{who} skapade gruppen"
        case {"new_chat_members": [new, *_]}:
            return f"{who} gick med i gruppen" if new["id"] == one.sender else f"{who} lade till {_name(new)}"
        case {"left_chat_member": left}:
            return f"{who} lämnade gruppen" if left["id"] == one.sender else f"{who} tog bort {_name(left)}"
        case {"new_chat_title": title}:
            return f"{who} bytte gruppens namn till ”{title}”"
        case {"pinned_message": pinned}:
            text = pinned.get("text") or pinned.get("caption") or ""
            return (
                f"{who} fäste ”{text[:40]}{'…' if len(text) > 40 else ''}”" if text else f"{who} fäste ett meddelande"
            )
        case {"forum_topic_created": topic}:
            return f"{who} öppnade ämnet ”{topic['name']}”"
        case {"forum_topic_closed": _}:
            return f"{who} stängde ämnet"
        case _:
            return "Gruppen blev en supergrupp"


def _name(user: Wire) -> str:
    return " ".join(filter(None, (user["first_name"], user.get("last_name"))))
