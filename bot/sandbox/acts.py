"""What people send beside text: pictures, files, voice, polls, places, forwarded messages."""

import mimetypes

from . import files, hearing, shapes
from .errors import ActError
from .formatted import CAPTION_FIELDS
from .speech import Speech
from .wire import Wire
from .world import StoredFile


class Acts(Speech):
    """All that a person can do. Here: sending things; what is not given is a sample, `where` is reply_to and thread."""

    def send_photo(self, chat: int, caption: str = "", data: bytes | None = None, **where: int | None) -> None:
        """Send a picture, or a plain sample of one."""
        picture = data or files.sample_picture()
        if files.picture_size(picture) is None:
            raise ActError("Det där är ingen bild.")
        self._send_file(chat, self._keep("photo", "bild.png", "image/png", picture), caption, **where)

    def send_document(
        self, chat: int, caption: str = "", name: str = "anteckning.txt", data: bytes | None = None, **where: int | None
    ) -> None:
        """Send a document, or a short sample text."""
        sample = "Ett provdokument från provstaden.\n".encode()
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._send_file(chat, self._keep("document", name, mime, data or sample), caption, **where)

    def send_voice(self, chat: int, **where: int | None) -> None:
        """Send a voice message (its sound is empty)."""
        self._send_file(chat, self._keep("voice", "rost.ogg", "audio/ogg", b"OggS"), "", **where)

    def send_video(self, chat: int, caption: str = "", **where: int | None) -> None:
        """Send a film (its pictures are empty)."""
        film = self._keep("video", "film.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42")
        self._send_file(chat, film, caption, **where)

    def send_sticker(self, chat: int, **where: int | None) -> None:
        """Send a sticker."""
        self._send_file(chat, self._keep("sticker", "klistermarke.webp", "image/webp", b"RIFF"), "", **where)

    def send_album(self, chat: int, caption: str = "", count: int = 3, **where: int | None) -> None:
        """Send several pictures at once: as many updates with one media_group_id, the caption on the first."""
        group = str(13_000_000_000_000_000 + len(self.world.files))
        for index in range(min(count, 10)):
            stored = files.keep(self.world, "photo", "bild.png", "image/png", files.sample_picture(80 + 17 * index))
            content = files.content(stored) | {"media_group_id": group}
            self._post(chat, content | _caption(caption if index == 0 else ""), **where)

    def send_poll(self, chat: int, question: str = "Vilken dag passar?", **where: int | None) -> None:
        """Send a poll with two answers."""
        options = [
            {"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(("Tisdag", "Torsdag"))
        ]
        poll = {"id": str(5_100_000_000 + self.world.account_messages), "question": question, "options": options}
        flags = {"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False, "allows_revoting": True}
        state = {"total_voter_count": 0, "type": "regular", "members_only": False}
        self._post(chat, {"poll": poll | flags | state}, **where)

    def send_contact(self, chat: int, phone: str = "+46701740600", **where: int | None) -> None:
        """Send a contact card with an invented number (from the range set aside for film and books)."""
        self._post(chat, {"contact": {"phone_number": phone, "first_name": self.me.first_name}}, **where)

    def send_location(self, chat: int, latitude: float = 59.33, longitude: float = 18.06, **where: int | None) -> None:
        """Send a place on the map."""
        self._post(chat, {"location": {"latitude": latitude, "longitude": longitude}}, **where)

    def forward(self, from_chat: int, message_id: int, to_chat: int, thread: int | None = None) -> None:
        """Forward a message; its keyboard stays behind."""
        _, it = self._seen(from_chat, message_id)
        if it.service:
            raise ActError("Det meddelandet går inte att vidarebefordra.")
        origin: Wire = {"type": "user", "date": it.date, "sender_user": shapes.sender(self.world, it.sender)}
        if it.sender_chat:
            kind = "channel" if it.sender_chat["type"] == "channel" else "chat"
            origin = {"type": kind, "date": it.date}
            origin |= (
                {"chat": it.sender_chat, "message_id": it.id} if kind == "channel" else {"sender_chat": it.sender_chat}
            )
        content = {key: value for key, value in it.content.items() if key != "media_group_id"}
        self._post(to_chat, content | {"forward_origin": it.content.get("forward_origin", origin)}, thread=thread)

    def _keep(self, kind: str, name: str, mime: str, data: bytes) -> StoredFile:
        return files.keep(self.world, kind, name, mime, data)

    def _send_file(self, chat: int, stored: StoredFile, caption: str, **where: int | None) -> None:
        self._post(chat, files.content(stored) | _caption(caption), **where)


def _caption(text: str) -> Wire:
    return hearing.text_content(text, CAPTION_FIELDS) if text else {}


NAMES = frozenset(name for name in dir(Acts) if not name.startswith("_"))
"""The names of all acts."""
