"""The two ways in which the sandbox says no: to the bot (as Telegram would) and to a person on the page."""

from .wire import Wire


class ApiError(Exception):
    """A refusal of the Bot API: HTTP status `code`, Telegram's own wording, and the `parameters` object if any."""

    def __init__(self, code: int, description: str, parameters: Wire | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> Wire:
        """The answer's body as the Bot API server writes it."""
        body: Wire = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class ActError(Exception):
    """An act that a person cannot do in Telegram; the text is one Swedish sentence for the page."""


def bad_request(text: str) -> ApiError:
    """400, the answer to nearly every mistake."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """403, the chat is closed to the bot."""
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    """409, two receivers of the same bot's updates."""
    return ApiError(409, f"Conflict: {text}")


def flood(seconds: int) -> ApiError:
    """429 in Telegram's form; `seconds` is how long to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def migrated(new_chat_id: int) -> ApiError:
    """The answer to any call to a group that has become a supergroup."""
    text = "group chat was upgraded to a supergroup chat"
    return ApiError(400, f"Bad Request: {text}", {"migrate_to_chat_id": new_chat_id})
