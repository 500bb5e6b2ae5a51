"""A text with its formatting, as the send and edit methods take it."""

from . import detect, html_mode, urls, utf16
from .errors import bad_request
from .shapes import user
from .wire import Json, Wire
from .world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TEXT_FIELDS = ("text", "entities")
CAPTION_FIELDS = ("caption", "caption_entities")
_MOST_ENTITIES = 100
_KINDS = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
}


def read(world: World, source: str, parse_mode: str | None, entities: list[Json] | None) -> tuple[str, list[Wire]]:
    """The plain text, trimmed as Telegram trims it, and its entities. Raises ApiError."""
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, marked = html_mode.parse(source)
    else:
        text, marked = source, [_checked(entity, source) for entity in entities or []]
    marked = [kept for entity in marked if (kept := _known_mention(world, entity))]
    text, marked = _trim(text, marked)
    return text, detect.merge(marked, text)[:_MOST_ENTITIES]


def check_length(text: str, limit: int) -> None:
    """Refuse a text over 4096 or a caption over 1024 UTF-16 units, counted after parsing."""
    if len(text) * 2 > limit and utf16.length(text) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")


def _checked(entity: Json, text: str) -> Wire:
    """One entity that the sender gave, within the text and of a known kind."""
    for name in ("type", "offset", "length"):
        if name not in entity:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{name}\"")
    kind, offset, span = entity["type"], entity["offset"], entity["length"]
    if kind not in _KINDS:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    end, size = offset + span, utf16.length(text)
    if offset > size:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if span <= 0 or end > size:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
        )
    if kind == "text_link":
        try:
            return {**entity, "url": urls.normal(str(entity.get("url", "")))}
        except urls.BadUrlError as refused:
            raise bad_request(f"entity URL '{entity.get('url', '')}' is invalid: {refused}") from None
    return dict(entity)


def _known_mention(world: World, entity: Wire) -> Wire | None:
    """A mention without a user name keeps its link only for somebody whom the bot knows."""
    if entity["type"] != "text_mention":
        return entity
    who = entity.get("user", {}).get("id", 0)
    return {**entity, "user": user(world.users[who])} if world.known_to_bot(who) else None


def _trim(text: str, entities: list[Wire]) -> tuple[str, list[Wire]]:
    """Cut white space at both ends and move the entities with it."""
    cut = text.strip()
    if cut == text:
        return text, entities
    shift, size = utf16.length(text[: len(text) - len(text.lstrip())]), utf16.length(cut)
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - shift)
        end = min(size, entity["offset"] + entity["length"] - shift)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return cut, kept
