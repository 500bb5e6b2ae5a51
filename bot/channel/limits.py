"""What a message can hold in the narrowest of the channels."""

from typing import Final

TEXT: Final = 3900  # UTF-16 units in a message; Telegram, the narrowest, takes some two hundred more
CAPTION: Final = 1000  # UTF-16 units under a photo or a document; Telegram takes some twenty more
NOTICE: Final = 200  # characters over the chat
AT_ONCE: Final = 100  # messages that can be deleted together
