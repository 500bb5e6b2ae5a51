"""Links that open the bot in Telegram, with a token (Bot API: deep linking)."""


def link(username: str, token: str, *, to_group: bool = False) -> str:
    """Return a deep link with this token, which opens the private chat with the bot, or adds it to a group."""
    return f"https://t.me/{username}?{'startgroup' if to_group else 'start'}={token}"


def token_of(username: str, url: str) -> str | None:
    """Return the token of such a link, None for any other address."""
    return url.removeprefix(begin) if username and url.startswith(begin := link(username, "")) else None
