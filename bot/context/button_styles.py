"""Which buttons have a colour (Bot API 9.4, InlineKeyboardButton.style): apps that know none show them as the others.

Only what a person does when they are done, and what cannot be undone. An answer never has one: green for a yes and red
for a no would say which is right.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Style(StrEnum):
    """A colour, as Telegram calls it."""

    PRIMARY = "primary"
    DANGER = "danger"


STYLES: Final[Mapping[str, Style]] = {
    **dict.fromkeys(("accept", "begin", "save", "send"), Style.PRIMARY),
    **dict.fromkeys(("erase", "forget", "strike", "unlog"), Style.DANGER),
}
"""Of a button, by its verb."""
