"""What people do in chats: write, edit, press buttons, open links. Each act is a method."""

import re
from urllib.parse import parse_qs, urlsplit

from . import editing, hearing, shapes, utf16
from .errors import ActError
from .formatted import CAPTION_FIELDS, TEXT_FIELDS, TEXT_LIMIT
from .standing import MemberActs
from .wire import Wire
from .world import ANONYMOUS_ADMIN, CHANNEL_BOT, Message, Query

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
_CHANNEL = -1_001_900_000_001


class Speech(MemberActs):
    """Acts in chats."""

    def start(self, payload: str = "") -> None:
        """Press Start in the private chat, perhaps with a deep link's payload; it also unblocks the bot."""
        if not _PAYLOAD.fullmatch(payload):
            raise ActError("En startlänk får ha högst 64 tecken: bokstäver a–z, siffror, _ och -.")
        place = self.world.private_chat(self.me)
        if self.me.blocked:
            self.unblock_bot()
        self.me.started = True
        hearing.post(self.world, place, self.me.id, hearing.text_content(f"/start {payload}".rstrip()))

    def send_text(self, chat: int, text: str, reply_to: int | None = None, thread: int | None = None) -> None:
        """Write a message; a text over the limit goes as several, as Telegram's apps send it."""
        if not text.strip():
            raise ActError("Skriv något först.")
        for part in _parts(text.strip()):
            self._post(chat, hearing.text_content(part), reply_to, thread)

    def edit_text(self, chat: int, message_id: int, text: str) -> None:
        """Change the text, or the caption, of an own message."""
        place, it = self._own(chat, message_id)
        if not text.strip():
            raise ActError("Meddelandet kan inte bli tomt.")
        names = TEXT_FIELDS if "text" in it.content else CAPTION_FIELDS
        kept = {name: value for name, value in it.content.items() if name not in names}
        it.content = kept | hearing.text_content(text.strip(), names)
        it.edit_date, it.edited = self.world.seconds(), True
        hearing.edited(self.world, place, it)

    def delete(self, chat: int, message_id: int) -> None:
        """Delete an own message or, as an administrator or in the private chat, another's; Telegram does not tell
        bots."""
        place, it = self._seen(chat, message_id)
        if it.sender != self.me.id and place.type != "private" and not place.is_admin(self.me.id):
            raise ActError("Det kan bara en administratör göra.")
        editing.remove(place, it)

    def press(
        self,
        chat: int,
        message_id: int,
        data: str | None = None,
        row: int | None = None,
        col: int | None = None,
        stale: bool = False,
    ) -> None:
        """Press a button, named by its data or its place. `stale`: it was on the screen but is not there any more."""
        place, it = self._seen(chat, message_id)
        if stale and not it.had_buttons:
            raise ActError("Under det meddelandet har det aldrig funnits någon knapp.")
        button: Wire = {"callback_data": data} if stale else _button(it, data, row, col)
        if "url" in button:
            self.open_link(button["url"])
            return
        if "callback_data" not in button:
            raise ActError("Den knappen gör inget i provstaden.")
        number = str(4_400_000_000_000_000_000 + len(self.world.queries))
        self.world.queries[number] = Query(number, self.me.id, self.world.now())
        query = {
            "id": number,
            "from": shapes.user(self.me, language=True),
            "message": shapes.message(self.world, it),
            "chat_instance": str(7_000_000_000_000_000_000 - abs(place.id)),
            "data": button["callback_data"],
        }
        self.world.updates.push("callback_query", query, self.world.now())

    def open_link(self, url: str, chat: int | None = None) -> None:
        """Follow a link to the bot: ?start=… goes to the private chat, ?startgroup=… adds it to a group."""
        parts = urlsplit(url)
        name = parts.path.strip("/").lower()
        if parts.hostname not in ("t.me", "telegram.me") or name != (self.world.bot.username or "").lower():
            raise ActError("Länken leder ut ur provstaden.")
        asked = parse_qs(parts.query, keep_blank_values=True)
        if "startgroup" not in asked:
            self.start(asked.get("start", [""])[0])
            return
        if chat is None:
            raise ActError("Välj vilken grupp boten ska läggas till i.")
        self.add_bot(chat)
        payload = asked["startgroup"][0]
        self.send_text(chat, f"/start@{self.world.bot.username} {payload}".rstrip())

    def react(self, chat: int, message_id: int, emoji: str = "👍") -> None:
        """Put a reaction on a message; only an administrator bot that asks for it hears of it."""
        place, it = self._seen(chat, message_id)
        if not place.is_admin(self.world.bot.id):
            return
        reaction = {
            "chat": shapes.chat(self.world, place),
            "message_id": it.id,
            "user": shapes.user(self.me, language=True),
            "date": self.world.seconds(),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
        }
        self.world.updates.push("message_reaction", reaction, self.world.now())

    def send_as_anonymous_admin(self, chat: int, text: str) -> None:
        """Write as the group itself, as an administrator who is anonymous does."""
        place = self._here(chat)
        if place.type != "supergroup" or not place.is_admin(self.me.id):
            raise ActError("Bara en administratör i en supergrupp kan skriva anonymt.")
        as_group = shapes.chat(self.world, place)
        hearing.post(self.world, place, ANONYMOUS_ADMIN, hearing.text_content(text), sender_chat=as_group)

    def send_as_channel(self, chat: int, text: str, title: str = "Kanalen") -> None:
        """Write in a supergroup in the name of a channel."""
        place = self._here(chat)
        if place.type != "supergroup":
            raise ActError("Bara i en supergrupp kan man skriva som en kanal.")
        channel = {"id": _CHANNEL, "title": title, "type": "channel"}
        hearing.post(self.world, place, CHANNEL_BOT, hearing.text_content(text), sender_chat=channel)

    def pin(self, chat: int, message_id: int) -> None:
        """Pin a message, which is told in the chat."""
        place, it = self._seen(chat, message_id)
        if place.type != "private" and not place.is_admin(self.me.id):
            raise ActError("Bara en administratör kan fästa meddelanden.")
        editing.pin(self.world, self.me.id, place, it)

    def clear(self, chat: int | None = None) -> None:
        """Clear the own private chat for both; Telegram does not tell bots."""
        place = self._here(self.me.id if chat is None else chat)
        if place.type != "private":
            raise ActError("Bara den egna chatten går att tömma.")
        place.messages.clear()
        place.pinned.clear()


def _button(it: Message, data: str | None, row: int | None, col: int | None) -> Wire:
    """The button with this data, or at this place. Raises ActError."""
    rows: list[list[Wire]] = (it.markup or {}).get("inline_keyboard", [])
    if data is None and row is not None and col is not None:
        if 0 <= row < len(rows) and 0 <= col < len(rows[row]):
            return rows[row][col]
    else:
        for button in (button for line in rows for button in line):
            if button.get("callback_data") == data:
                return button
    raise ActError("Den knappen finns inte längre.")


def _parts(text: str) -> list[str]:
    """A text cut to what one message holds."""
    parts = []
    while utf16.length(text) > TEXT_LIMIT:
        cut = utf16.at(text, TEXT_LIMIT - 1)
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]
