"""Settings: read once, all checked, and handed on.

All of them come from variables that begin with STADSBOT_, set in the environment or in a `.env` file; the environment
wins. The two secrets may also come from a file of their own (STADSBOT_TOKEN_FILE, STADSBOT_MASTER_KEY_FILE) or as
systemd credentials named `stadsbot-token` and `stadsbot-master-key`. The value of a secret appears in no error and in
no repr, and a file with one that others can read or change is refused.
"""

import difflib
import io
import re
from collections.abc import Mapping
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from bot.secret_files import SecretRefused, check_private, decode_key, read_secret
from bot.settings import Address, Backups, Door, Mailbox, MailServer, Operator, Settings, SettingsError
from storage.backup.backup_files import refuse_exposed
from storage.errors import StorageError

PREFIX = "STADSBOT_"
NAMES = (
    "TOKEN",
    "TOKEN_FILE",
    "MASTER_KEY",
    "MASTER_KEY_FILE",
    "DATABASE",
    "TIME_ZONE",
    "LANGUAGE",
    "ALLOWED_GROUPS",
    "API_URL",
    "LOG_LEVEL",
    "NOTES",
    "BACKUPS",
    "BACKUP_HOUR",
    "BACKUP_KEEP",
    "LATEST",
    "METRICS",
    "TOWNS",
    "WEBHOOK_URL",
    "WEBHOOK_LISTEN",
    "PAGE_URL",
    "PAGE_LISTEN",
    "OPERATOR_NAME",
    "OPERATOR_CONTACT",
    "MAIL_SERVER",
    "MAIL_FROM",
    "MAIL_TLS",
    "MAIL_USER",
    "MAIL_PASSWORD",
    "MAIL_PASSWORD_FILE",
    "MAIL_BOUNCES",
    "MAIL_BOUNCES_USER",
    "MAIL_BOUNCES_PASSWORD",
    "MAIL_BOUNCES_PASSWORD_FILE",
)
SECRETS = ("TOKEN", "MASTER_KEY", "MAIL_PASSWORD", "MAIL_BOUNCES_PASSWORD")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_TOKEN = re.compile(r"[0-9]{6,}:[A-Za-z0-9_-]{30,}")
_GROUP = re.compile(r"-[0-9]{1,15}")


def gather(environment: Mapping[str, str], env_file: Path) -> dict[str, str]:
    """Return the environment with what `env_file` adds to it; a file that does not exist adds nothing.

    Raises SettingsError when the file cannot be read, or holds a secret and others can reach it.
    """
    try:
        with env_file.open(encoding="utf-8") as file:
            text = file.read()
            from_file = dotenv_values(stream=io.StringIO(text), interpolate=False)
            if any(from_file.get(PREFIX + name) for name in SECRETS):
                check_private(env_file, file.fileno())
    except SecretRefused as refused:
        raise SettingsError([f"{env_file} {refused}"]) from None
    except FileNotFoundError:
        return dict(environment)
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{env_file} cannot be read ({type(error).__name__}): make it a UTF-8 text file."
        raise SettingsError([problem]) from None
    return {name: value for name, value in from_file.items() if value is not None} | dict(environment)


def read(values: Mapping[str, str]) -> Settings:
    """Make settings of what `gather` returned; raises SettingsError with every problem at once."""
    return _Reader(values).settings()


def languages() -> list[str]:
    """Return the languages that the bot can speak: the folders of messages/ that hold the process in words."""
    # Python's own __pycache__ is left out: made by root with a closed umask, it may not even be looked into.
    folders = (folder for folder in files("messages").iterdir() if not folder.name.startswith("_"))
    return sorted(folder.name for folder in folders if (folder / "process.toml").is_file())


class _Reader:
    """Reads one set of values; each method reads one setting and notes what is wrong with it."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

    def settings(self) -> Settings:
        self.unknown_names()
        found = Settings(
            token=self.token(),
            master_key=self.master_key(),
            database=self.database(),
            time_zone=self.time_zone(),
            language=self.language(),
            allowed_groups=self.allowed_groups(),
            api_url=self.api_url(),
            log_level=self.log_level(),
            notes=self.notes(),
            backups=Backups(
                self.folder("BACKUPS"),
                self.number("BACKUP_HOUR", 3, 0, 23),
                self.number("BACKUP_KEEP", 14, 1, 10_000),
                self.latest(),
            ),
            metrics=self.address("METRICS", ""),
            towns=self.towns(),
            webhook=Door(self.webhook_url(), self.listens("WEBHOOK_LISTEN", 8443)),
            page=Door(self.page_url(), self.listens("PAGE_LISTEN", 8444)),
            operator=Operator(self.value("OPERATOR_NAME"), self.value("OPERATOR_CONTACT")),
            mail=self.mail(),
            notify_socket=self.values.get("NOTIFY_SOCKET", ""),
        )
        if self.problems:
            raise SettingsError(self.problems)
        return found

    def value(self, name: str, default: str = "") -> str:
        return self.values.get(PREFIX + name, "").strip() or default

    def wrong(self, name: str, what: str) -> None:
        self.problems.append(f"{PREFIX}{name} {what}")

    def unknown_names(self) -> None:
        for name in sorted(self.values):
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in NAMES:
                near = difflib.get_close_matches(name.removeprefix(PREFIX), NAMES, n=1)
                cure = f"did you mean {PREFIX}{near[0]}?" if near else "take it away, or see .env.example."
                self.problems.append(f"{name} is not a setting: {cure}")

    def secret(self, name: str, credential: str) -> str | None:
        """Return a secret from its variable, its file or systemd's credential; None when a problem was noted."""
        direct, path = self.value(name), self.value(f"{name}_FILE")
        if direct and path:
            self.wrong(name, f"and {PREFIX}{name}_FILE are both set: keep one of them.")
            return None
        if direct:
            return direct
        folder = self.values.get("CREDENTIALS_DIRECTORY", "")
        if not path and folder and (Path(folder) / credential).exists():
            path = str(Path(folder) / credential)
        if not path:
            return ""
        try:
            return read_secret(Path(path), folder)
        except SecretRefused as refused:
            # The path is not shown, as it may be the secret itself, set under the wrong name.
            self.wrong(f"{name}_FILE", f"names a file that {refused}")
            return None

    def token(self) -> str:
        token = self.secret("TOKEN", "stadsbot-token")
        if token == "" and self.value("PAGE_URL"):
            return ""
        if token == "":
            self.wrong("TOKEN", "is missing: set it to the token that @BotFather gave you for your bot.")
        elif token is not None and not _TOKEN.fullmatch(token):
            self.wrong("TOKEN", "is not a bot token: copy it whole from @BotFather, as digits:letters.")
        return token or ""

    def master_key(self) -> bytes:
        text = self.secret("MASTER_KEY", "stadsbot-master-key")
        if text is None:
            return b""
        if not text:
            self.wrong("MASTER_KEY", "is missing: make one with `stadsbot key`, and keep a copy elsewhere.")
            return b""
        key = decode_key(text)
        if key is None:
            self.wrong("MASTER_KEY", "is not a key: set it to what `stadsbot key` prints, 44 characters ending in =.")
        return key or b""

    def database(self) -> Path:
        path = Path(self.value("DATABASE", "data/stadsbot.db")).expanduser()
        if path.is_dir():
            self.wrong("DATABASE", f"names the folder {path}: set it to a file in it, such as {path / 'stadsbot.db'}.")
        return path

    def towns(self) -> Path | None:
        text = self.value("TOWNS")
        path = Path(text).expanduser()
        if text and not path.is_dir():
            self.wrong(
                "TOWNS", f"names {path}, which is no folder that can be reached: make it, or take the line away."
            )
        return path if text else None

    def time_zone(self) -> ZoneInfo:
        name = self.value("TIME_ZONE", "Europe/Stockholm")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong("TIME_ZONE", "is not a time zone: set it to one of the IANA names, such as Europe/Stockholm.")
            return ZoneInfo("UTC")

    def language(self) -> str:
        language = self.value("LANGUAGE", "sv")
        known = languages()
        if language not in known:
            self.wrong("LANGUAGE", f"is not a language the bot speaks: set it to one of {', '.join(known)}.")
        return language

    def allowed_groups(self) -> frozenset[int]:
        parts = [part.strip() for part in self.value("ALLOWED_GROUPS").split(",") if part.strip()]
        if not all(_GROUP.fullmatch(part) for part in parts):
            what = "is not a list of groups: set it to chat ids with commas between, such as -1001234567890,-42."
            self.wrong("ALLOWED_GROUPS", what)
            return frozenset()
        return frozenset(int(part) for part in parts)

    def api_url(self) -> str:
        what = "is not an address: set it to that of a Bot API server, as https://api.telegram.org."
        risk = "would send the token unencrypted: use https, or http to this machine only."
        return self.server("API_URL", what, risk, "https://api.telegram.org") or ""

    def page_url(self) -> str | None:
        what = "is not where a page can be: set it to a host of its own, as https://stad.example.se."
        risk = "would show it all unencrypted: use https, or http on this machine only."
        return self.server("PAGE_URL", what, risk, whole=True)

    def server(self, name: str, what: str, risk: str, default: str = "", *, whole: bool = False) -> str | None:
        """Return the address of a server; None if none is set, or it is noted `what` is wrong, or at `risk`. `whole`:
        the host is its own, so there is no path."""
        url = self.value(name, default).rstrip("/")
        parts = _parted(url)
        if url and (parts is None or (whole and parts.path)):
            self.wrong(name, what)
        elif parts and parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
            self.wrong(name, risk)
        return url or None

    def latest(self) -> Path | None:
        folder, backups = self.folder("LATEST"), self.value("BACKUPS")
        if folder is not None and (not backups or folder.resolve() == Path(backups).expanduser().resolve()):
            self.wrong("LATEST", "needs STADSBOT_BACKUPS, and is a folder of its own, on another disk or machine.")
        return folder

    def folder(self, name: str) -> Path | None:
        """Return a folder for backups, None if none is set; a problem was noted where it cannot be used."""
        folder = self.value(name)
        if folder and Path(folder).expanduser().is_file():
            self.wrong(name, "names a file: set it to a folder, best one on another disk than the database's.")
        elif folder and Path(folder).expanduser().exists():
            try:
                refuse_exposed(Path(folder).expanduser())
            except StorageError as refused:
                self.wrong(name, f"cannot be used. {refused}")
        return Path(folder).expanduser() if folder else None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.value(name, str(default))
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            self.wrong(name, f"is not a number that fits: set it to one from {least} to {most}.")
            return default
        return int(text)

    def address(self, name: str, default: str) -> Address | None:
        """Return a port of this machine, or host:port; None when it is not set or a problem was noted."""
        host, _, port = self.value(name, default).rpartition(":")
        if not (host or port):
            return None
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            self.wrong(name, "is not where one can listen: set it to a port of this machine, or to host:port.")
            return None
        return Address(host.strip("[]") or "127.0.0.1", int(port))

    def listens(self, name: str, port: int) -> Address:
        """Return where is listened: on this machine's port unless it is set."""
        return self.address(name, f"127.0.0.1:{port}") or Address("127.0.0.1", port)

    def webhook_url(self) -> str | None:
        url = self.value("WEBHOOK_URL")
        if not url:
            return None
        if not url.startswith("https://") or not urlsplit(url).hostname:
            self.wrong("WEBHOOK_URL", "is not an address that Telegram can bring updates to: it begins with https://.")
        return url

    def mail(self) -> MailServer | None:
        server, sender = self.host_and_port("MAIL_SERVER", "mail.example.se:587"), self.value("MAIL_FROM")
        if server is None:
            return None
        if "@" not in sender or any(c in sender for c in "\r\n"):
            self.wrong("MAIL_FROM", "is not an address to send from: set it to one whose mailbox somebody reads.")
        tls = self.value("MAIL_TLS", "starttls").lower()
        if tls not in ("starttls", "tls", "none"):
            self.wrong("MAIL_TLS", "is neither starttls, tls nor none.")
        elif tls == "none" and not _is_this_machine(server.host):
            self.wrong("MAIL_TLS", "would send mail unencrypted: none is for a server on this machine only.")
        if not self.value("PAGE_URL"):
            self.wrong("MAIL_SERVER", "is of use with a page alone: set STADSBOT_PAGE_URL too.")
        user, password = self.value("MAIL_USER"), self.secret("MAIL_PASSWORD", "stadsbot-mail-password") or ""
        return MailServer(server.host, server.port, sender, tls, user, password, self.bounces(user, password))

    def bounces(self, user: str, password: str) -> Mailbox | None:
        """Return the mailbox, opened as the mail server is where nothing else is set."""
        server = self.host_and_port("MAIL_BOUNCES", "imap.example.se:993")
        if server is None:
            return None
        user = self.value("MAIL_BOUNCES_USER") or user
        password = self.secret("MAIL_BOUNCES_PASSWORD", "stadsbot-mail-bounces-password") or password
        if not user or not password:
            self.wrong("MAIL_BOUNCES", "needs to log in: set STADSBOT_MAIL_BOUNCES_USER and _PASSWORD.")
        return Mailbox(server.host, server.port, user, password, tls=not _is_this_machine(server.host))

    def host_and_port(self, name: str, example: str) -> Address | None:
        host, _, port = self.value(name).rpartition(":")
        if not self.value(name):
            return None
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            self.wrong(name, f"is not a mail server: set it to host:port, such as {example}.")
            return None
        return Address(host, int(port))

    def notes(self) -> bool:
        answer = self.value("NOTES", "no").lower()
        if answer not in ("yes", "no"):
            self.wrong("NOTES", "is neither yes nor no: see .env.example for what it decides.")
        return answer == "yes"

    def log_level(self) -> str:
        level = self.value("LOG_LEVEL", "INFO").upper()
        if level not in LOG_LEVELS:
            self.wrong("LOG_LEVEL", f"is not a log level: set it to one of {', '.join(LOG_LEVELS)}.")
        return level


def _parted(url: str) -> SplitResult | None:
    """Return the parts of a web address; None for what is none, or has more than a host, its port and a path."""
    try:
        parts = urlsplit(url)
        there = parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        return None
    more = parts.query or parts.fragment or parts.username
    return parts if there and parts.scheme in ("http", "https") and not more else None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
