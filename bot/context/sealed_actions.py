"""Sealed actions: what a button carries, opaque, and valid only where it was sent.

The 64 bytes that Telegram lets a button carry hold an action sealed with AES-SIV under a key of the operator's,
bound to the person or group it was sent to. So no table of buttons is needed, none can be read or forged, and one that
is replayed from elsewhere does not open. A person's button also holds their epoch when it was given: buttons of an
earlier seat stop working, and those of another group do not. Deep links (64 characters of A–Z, a–z, 0–9, _ and -)
carry the same.
"""

import base64
import binascii
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.records.records import Person

LONGEST = 32  # bytes of an action: 16 more of seal, and base64 makes it 64
OLDEST = 50  # epochs that are tried: buttons from before so many changes of a person's seats are dead
STATES = ("on", "off")  # what a button that flips asks for: by its verb, or at the end of its argument
LINK = "link"  # the scope of deep links, which are made for a group and checked when they are followed


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: `verb`, about the run or group `run` (0: none), for asking number `ask`, with an argument."""

    verb: str
    run: int = 0
    ask: int = 0
    arg: str = ""

    def thing(self) -> "Action":
        """Return what the button is about, without the state that it asks for, which changes when it flips."""
        verb = "" if self.verb in STATES else self.verb
        head, _, state = self.arg.rpartition(":")
        return Action(verb, self.run, self.ask, head if state in STATES else self.arg)


def private_scope(person: Person, epoch: int | None = None) -> str:
    """Return the scope of buttons in a person's private chat, in an epoch of theirs (default: now)."""
    epoch = person.epoch if epoch is None else epoch
    return f"p{person.id}.{epoch}" if epoch else f"p{person.id}"  # as it was before there were epochs


class Buttons:
    """Seals actions into buttons and links, and opens them."""

    def __init__(self, key: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=64, salt=None, info=b"aes-siv").derive(key)
        self._cipher = AESSIV(derived)

    def seal(self, scope: str, action: Action) -> str:
        """Seal an action for a button. Raises ValueError for one that is too long."""
        body = f"{action.verb}.{action.run or ''}.{action.ask or ''}.{action.arg}".encode()
        if len(body) > LONGEST:
            raise ValueError(f"the action {action.verb} with its argument is longer than {LONGEST} bytes")
        return _written(self._cipher.encrypt(body, [scope.encode()]))

    def open_private(self, person: Person, sealed: str) -> tuple[Action | None, int]:
        """Open a button of a person's private chat; return its action, and the person's epoch when it was given."""
        for epoch in range(person.epoch, max(person.epoch - OLDEST, -1), -1):
            if action := self.open(private_scope(person, epoch), sealed):
                return action, epoch
        return None, 0

    def open(self, scope: str, sealed: str) -> Action | None:
        """The action, or None for what was not sealed here for this scope."""
        try:
            raw = base64.urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
            if _written(raw) != sealed:  # the same bytes, but not in the form in which they were written here
                return None
            body = self._cipher.decrypt(raw, [scope.encode()]).decode()
        except (InvalidTag, ValueError, binascii.Error):
            return None
        verb, run, ask, arg = body.split(".", 3)
        return Action(verb, int(run or 0), int(ask or 0), arg)


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")
