"""What an operator decides, as records; `config` reads and checks them."""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo


class SettingsError(Exception):
    """One or more settings are missing or malformed; `problems` holds one sentence each, fit to be shown."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Address:
    """An address to listen on."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The sender's mailbox, read by IMAP: over TLS, unless it is on this machine."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool = True


@dataclass(frozen=True, slots=True)
class MailServer:
    """The operator's mail server: `tls` is "starttls", "tls" or "none", which is for this machine alone."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    bounces: Mailbox | None = None  # None: somebody reads what comes back


@dataclass(frozen=True, slots=True)
class Operator:
    """Who answers for the page, as its statement of accessibility has to say; empty where it is not set."""

    name: str = ""  # the body's, such as a municipality's
    contact: str = ""  # how it is reached: a mail address, a telephone number, an address on the web

    @property
    def is_known(self) -> bool:
        """True if people can be told whom to turn to."""
        return bool(self.name and self.contact)


@dataclass(frozen=True, slots=True)
class Door:
    """A way in by HTTPS: the address that the world knows, and the one that is listened on behind it."""

    url: str | None  # None: it is shut
    listen: Address


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups go, at which full hour of the day in `time_zone`, and how many are kept."""

    folder: Path | None  # None: none are made
    hour: int
    keep: int
    latest: Path | None  # where the latest copy goes, beside the backups; None: a day is lost with the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator decides, checked.

    `allowed_groups` holds chat ids that may use the bot without an activation code; an empty set means that every
    group needs one (`stadsbot invite`). `time_zone` is the one in which people live and deadlines fall.
    """

    token: str = field(repr=False)  # empty: no Telegram, only the page
    master_key: bytes = field(repr=False)
    database: Path
    time_zone: ZoneInfo
    language: str
    allowed_groups: frozenset[int]
    api_url: str
    log_level: str
    notes: bool  # whether an incident may have a note in words
    backups: Backups
    metrics: Address | None  # None: nobody can ask
    towns: Path | None  # a folder for each town: its logo, its letterhead, its lawyer's words
    webhook: Door  # shut: the bot polls
    page: Door
    operator: Operator
    mail: MailServer | None  # None: no mail is sent
    notify_socket: str  # systemd's; empty when there is none
