"""The routing table: the handlers of buttons, texts and links, from the lists of the features and the dispatcher."""

from collections.abc import Mapping

from bot.assembly import (
    ambiguous_texts,
    chat_commands,
    dispatch_commands,
    dispatch_texts,
    edited_texts,
    group_readers,
    inbox,
)
from bot.assembly.feature_routes import FEATURES, TEXTS
from bot.context.permission_matrix import Rights
from bot.context.permissions import ButtonAccess
from bot.context.routes import ButtonRoute, Invitation, StrangerButtonRoute, by_name

LISTED = (
    *FEATURES,
    chat_commands,
    dispatch_commands,
    edited_texts,
    ambiguous_texts,
    dispatch_texts,
    group_readers,
    inbox,
)
_ROUTES = [route for module in LISTED for route in module.ROUTES]
BUTTONS = by_name(route for route in _ROUTES if isinstance(route, (ButtonRoute, StrangerButtonRoute)))
INVITATIONS = by_name(route for route in _ROUTES if isinstance(route, Invitation))
RIGHTS: Rights = {
    "command": {f"/{name}": command.needs for name, command in chat_commands.COMMANDS.items()},
    "button": {verb: route.needs for verb, route in BUTTONS.items()},
    "text": {want: route.needs for want, route in TEXTS.items()},
}
# The right that each button needs, by verb: those who lack it are not shown the button.
BUTTON_RIGHTS: Mapping[str, ButtonAccess] = {
    verb: ButtonAccess(route.needs, route.about) for verb, route in BUTTONS.items()
}
