"""Only the room of the channel, its double for play and tests, and the doctor know the Bot API."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.spec import METHODS

HOUSE = Path(__file__).parents[2]
KNOW_IT = ("bot/telegram/", "bot/sandbox/", "bot/demo/", "bot/doctor/telegram.py")
# Names and values of the Bot API that mean nothing else. (`text`, `message_id`, `update_id` are anybody's words.)
PARAMETERS = (
    *("reply_markup", "inline_keyboard", "force_reply", "callback_data", "callback_query", "callback_query_id"),
    *("parse_mode", "message_thread_id", "reply_parameters", "allow_sending_without_reply", "link_preview_options"),
    *("disable_notification", "input_field_placeholder", "show_alert", "message_ids", "allowed_updates"),
    *("secret_token", "from_user", "chat_member", "new_chat_members", "upload_document", "upload_photo"),
)
WORDS = re.compile(
    rf"\b(?:{'|'.join((*(m for m in METHODS if m not in ('close', 'logOut')), *PARAMETERS))})\b"
    r"|\[?[\"']chat_id[\"'](?!, \"state\"\))|t\.me/|attach://|\b4096\b"
    r"|^\s*(?:from|import) telegram\b"
)


def lines() -> Iterator[tuple[str, str]]:
    """Yield place and text of each line that must not know it."""
    for room in ("storage", "flows", "messages", "bot"):
        for path in sorted((HOUSE / room).rglob("*.py")):
            name = str(path.relative_to(HOUSE))
            if not name.startswith(KNOW_IT):  # ("chat_id", "state") are columns of ours, which the seal proves
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    yield f"{name}:{number}", line


def test_nobody_else_speaks_the_bot_api() -> None:
    """Elsewhere there is no method, parameter or limit of the Bot API, and no import of its library."""
    assert [f"{place} {found[0]}" for place, line in lines() if (found := WORDS.search(line))] == []


@pytest.mark.parametrize(
    "line", ["from telegram.error import BadRequest", 'call("sendMessage", {})', '{"chat_id": 7}', "LIMIT = 4096"]
)
def test_what_is_looked_for_is_found(line: str) -> None:
    """What has been there before would be seen."""
    assert WORDS.search(line)
