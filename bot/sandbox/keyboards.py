"""Reply markup, checked as Telegram checks it."""

from . import urls, utf16
from .errors import bad_request
from .wire import Json, Wire

_ACTIONS = [
    "url",
    "callback_data",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "web_app",
    "login_url",
    "callback_game",
    "pay",
]
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_STYLES = ("danger", "success", "primary")
_MOST_BUTTONS = 100
_MOST_IN_A_ROW = 8
_FORCE_REPLY = {"force_reply", "input_field_placeholder", "selective"}


def check(markup: Json, *, inline_only: bool = False) -> Wire | None:
    """The markup to keep, or None for none. Raises ApiError."""
    if markup is None or markup == {}:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard")
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise bad_request("inline keyboard expected")
    if markup.get("force_reply") is True:
        return _force_reply(markup)
    if "keyboard" in markup or markup.get("remove_keyboard") is True:
        return dict(markup)
    raise bad_request("can't parse reply keyboard markup JSON object")


def _rows(rows: Json, name: str) -> list[list[Wire]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" must be of type Array')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > _MOST_BUTTONS or any(len(row) > _MOST_IN_A_ROW for row in checked):
        raise bad_request("reply markup is too long")
    return checked


def _button(button: Json) -> Wire:
    parsing = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"{parsing}: expected an Object")
    if "text" not in button:
        raise bad_request(f'{parsing}: Can\'t find field "text"')
    if not isinstance(button["text"], str) or not button["text"].strip():
        raise bad_request(f'{parsing}: Field "text" must be a non-empty String')
    if unknown := button.keys() - _LOOKS - set(_ACTIONS):
        raise bad_request(f'{parsing}: unsupported field "{min(unknown)}"')
    if button.get("style", _STYLES[0]) not in _STYLES:
        raise bad_request("BUTTON_STYLE_INVALID")
    given = [name for name in _ACTIONS if name in button]
    if not given or button.get("callback_data") == "":
        raise bad_request(f"{parsing}: Text buttons are unallowed in the inline keyboard")
    if len(given) > 1:
        raise bad_request(f"{parsing}: exactly one action field must be used")
    return {**button, given[0]: _action(given[0], button[given[0]])}


def _action(kind: str, value: Json) -> Json:
    """Return what the button does: callback data of 1–64 bytes, a link, a text to copy or an inline query."""
    if kind == "callback_data":
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        try:
            return urls.normal(str(value))
        except urls.BadUrlError as refused:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: {refused}") from None
    elif kind == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= utf16.length(text) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    elif not kind.startswith("switch_inline_query"):
        raise bad_request("BUTTON_TYPE_INVALID")
    return value


def _force_reply(markup: Wire) -> Wire:
    if unknown := markup.keys() - _FORCE_REPLY:
        raise bad_request(f'unsupported field "{min(unknown)}" in ForceReply')
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= utf16.length(str(placeholder)) <= 64:
        raise bad_request("input field placeholder must be 1-64 characters long")
    return dict(markup)
