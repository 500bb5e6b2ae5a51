"""The table of rights and what the features offer are about the same buttons and commands."""

from bot.context import permissions
from bot.dispatch import private_messages
from bot.dispatch.callback_queries import HANDLERS

ASKED_OF_TELEGRAM = {"coordinate"}  # whether a stranger is an administrator only Telegram knows
ABOUT_NO_GROUP = {"hjalp", "ring", "aktivera", "avbryt", "svara"}  # handled before a group is chosen


def test_every_button_has_a_right_and_a_handler() -> None:
    """No button works without standing in the table of rights, and none in the table is dead."""
    assert set(HANDLERS) | ASKED_OF_TELEGRAM == set(permissions.TAPS)


def test_every_command_has_a_right_and_a_handler() -> None:
    """No command works without standing in the table of rights, and none in the table is dead."""
    assert set(private_messages.COMMANDS) | ABOUT_NO_GROUP == set(permissions.COMMANDS)
