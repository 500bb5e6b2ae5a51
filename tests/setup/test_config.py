"""Settings: what an operator sets is taken, and what is wrong with it is told in a sentence that helps."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import NAMES, gather, languages, read
from bot.secret_files import new_master_key
from bot.settings import Address, Backups, Mailbox, Operator, Settings, SettingsError

TOKEN = "123456789:" + "canaryToken_canaryToken-canaryToken"
KEY = new_master_key()
GOOD = {"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY": KEY}


def private(path: Path, text: str) -> Path:
    """A file that only its owner can read."""
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")
    return path


def problems(values: dict[str, str]) -> list[str]:
    """Return the sentences that these settings are answered with."""
    with pytest.raises(SettingsError) as caught:
        read(values)
    return caught.value.problems


def test_token_and_key_are_enough() -> None:
    """An operator who sets only the two secrets gets Swedish, Swedish time and Telegram itself."""
    settings = read(GOOD)
    assert settings.token == TOKEN
    assert len(settings.master_key) == 32
    assert (settings.time_zone.key, settings.language) == ("Europe/Stockholm", "sv")
    assert settings.api_url == "https://api.telegram.org"
    assert settings.allowed_groups == frozenset()
    assert settings.log_level == "INFO"
    assert (settings.backups.folder, settings.metrics, settings.webhook.url) == (None, None, None)
    assert not settings.notes, "what is written in an incident travels over Telegram only if somebody has decided it"


def test_everything_can_be_set(tmp_path: Path) -> None:
    """Each setting that .env.example names is taken."""
    settings = read(
        GOOD
        | {
            "STADSBOT_DATABASE": str(tmp_path / "town.db"),
            "STADSBOT_TIME_ZONE": "Europe/Helsinki",
            "STADSBOT_LANGUAGE": "sv",
            "STADSBOT_ALLOWED_GROUPS": "-1001234567890, -42,",
            "STADSBOT_API_URL": "http://127.0.0.1:8081/",
            "STADSBOT_LOG_LEVEL": "debug",
            "STADSBOT_BACKUPS": str(tmp_path / "backups"),
            "STADSBOT_BACKUP_HOUR": "0",
            "STADSBOT_BACKUP_KEEP": "30",
            "STADSBOT_LATEST": str(tmp_path / "latest"),
            "STADSBOT_NOTES": "YES",
            "STADSBOT_METRICS": "9464",
            "STADSBOT_WEBHOOK_URL": "https://bot.example.se/telegram",
            "STADSBOT_WEBHOOK_LISTEN": "127.0.0.1:8081",
        }
    )
    assert settings.database == tmp_path / "town.db"
    assert settings.time_zone.key == "Europe/Helsinki"
    assert settings.allowed_groups == {-1001234567890, -42}
    assert settings.api_url == "http://127.0.0.1:8081"
    assert settings.log_level == "DEBUG"
    assert settings.notes
    assert settings.backups == Backups(tmp_path / "backups", 0, 30, tmp_path / "latest")
    assert (settings.metrics, settings.webhook.listen) == (Address("127.0.0.1", 9464), Address("127.0.0.1", 8081))
    assert settings.webhook.url == "https://bot.example.se/telegram"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TOKEN", "", "@BotFather"),
        ("TOKEN", "123456789", "@BotFather"),
        ("MASTER_KEY", "", "stadsbot key"),
        ("MASTER_KEY", "c2hvcnQ=", "stadsbot key"),
        ("MASTER_KEY", "not base64 å", "stadsbot key"),
        ("DATABASE", "/", "a file in it"),
        ("TIME_ZONE", "Sverige", "Europe/Stockholm"),
        ("TIME_ZONE", "../etc/passwd", "Europe/Stockholm"),
        ("LANGUAGE", "tlh", "sv"),
        ("ALLOWED_GROUPS", "kommunen", "-1001234567890"),
        ("ALLOWED_GROUPS", "42", "-1001234567890"),
        ("API_URL", "api.telegram.org", "https://api.telegram.org"),
        ("API_URL", "https://[broken", "https://api.telegram.org"),
        ("API_URL", "http://example.org", "https"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO"),
        ("BACKUPS", __file__, "a folder"),
        ("BACKUP_HOUR", "24", "0 to 23"),
        ("BACKUP_HOUR", "tre", "0 to 23"),
        ("BACKUP_KEEP", "0", "1 to"),
        ("METRICS", "everywhere", "host:port"),
        ("NOTES", "maybe", "neither yes nor no"),
        ("METRICS", "localhost:99999", "host:port"),
        ("WEBHOOK_URL", "http://bot.example.se", "https://"),
        ("WEBHOOK_LISTEN", "8443x", "host:port"),
        ("MAIL_SERVER", "mail.example.se", "mail.example.se:587"),
    ],
)
def test_each_mistake_gets_one_sentence(name: str, value: str, says: str) -> None:
    """A missing or malformed setting is answered with one sentence that names it and tells the cure."""
    (problem,) = problems(GOOD | {f"STADSBOT_{name}": value})
    assert problem.startswith(f"STADSBOT_{name} ")
    assert says in problem
    assert problem[-1] in ".?"


def test_mail_that_comes_back() -> None:
    """The mailbox is opened as the mail server is, or with its own user and password; without any it cannot be."""
    mail = GOOD | {
        "STADSBOT_PAGE_URL": "https://stad.example.se",
        "STADSBOT_MAIL_SERVER": "mail.example.se:587",
        "STADSBOT_MAIL_FROM": "stad@example.se",
        "STADSBOT_MAIL_BOUNCES": "imap.example.se:993",
    }
    (problem,) = problems(mail)
    assert "STADSBOT_MAIL_BOUNCES_USER and _PASSWORD" in problem
    shared = mail | {"STADSBOT_MAIL_USER": "stad", "STADSBOT_MAIL_PASSWORD": "canary"}
    own = shared | {"STADSBOT_MAIL_BOUNCES_USER": "returer", "STADSBOT_MAIL_BOUNCES_PASSWORD": "canary too"}
    opened = [settings.mail and settings.mail.bounces for settings in (read(shared), read(own))]
    assert opened == [
        Mailbox("imap.example.se", 993, "stad", "canary"),
        Mailbox("imap.example.se", 993, "returer", "canary too"),
    ]
    assert "canary" not in repr(opened)
    (problem,) = problems(shared | {"STADSBOT_MAIL_BOUNCES": "imap.example.se"})
    assert "imap.example.se:993" in problem


def test_who_answers_for_the_page() -> None:
    """Name and contact are taken as they are; whoever sets one of them alone is not known by it."""
    named = GOOD | {"STADSBOT_OPERATOR_NAME": " Exempelstads kommun "}
    assert read(GOOD).operator == Operator()
    assert not read(named).operator.is_known
    found = read(named | {"STADSBOT_OPERATOR_CONTACT": "010-123 45 67"}).operator
    assert found == Operator("Exempelstads kommun", "010-123 45 67")
    assert found.is_known


def test_all_mistakes_are_told_at_once() -> None:
    """An operator is not sent back once per mistake."""
    assert len(problems({"STADSBOT_TIME_ZONE": "Mars", "STADSBOT_LANGUAGE": "x"})) == 4


def test_misspelt_setting_is_told() -> None:
    """A setting that does nothing because of its spelling is not passed over in silence."""
    (problem,) = problems(GOOD | {"STADSBOT_TIMEZONE": "Europe/Oslo"})
    assert problem == "STADSBOT_TIMEZONE is not a setting: did you mean STADSBOT_TIME_ZONE?"


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    """Neither the settings' repr nor any error holds the value of a secret, also when it is set in the wrong place."""
    assert "canary" not in repr(read(GOOD))
    assert KEY not in repr(read(GOOD))
    wrong = {
        "STADSBOT_TOKEN": "canary-not-a-token",
        "STADSBOT_MASTER_KEY": "canary-not-a-key",
        "STADSBOT_API_URL": "https://user:canary@",
    }
    assert "canary" not in str(problems(wrong))
    assert "canary" not in str(problems({"STADSBOT_TOKEN_FILE": TOKEN, "STADSBOT_MASTER_KEY": KEY}))


def test_secrets_from_files(tmp_path: Path) -> None:
    """A secret may lie in a file of its own, with a line break at its end."""
    private(tmp_path / "token", TOKEN + "\n")
    private(tmp_path / "key", KEY + "\n")
    files = {"STADSBOT_TOKEN_FILE": str(tmp_path / "token"), "STADSBOT_MASTER_KEY_FILE": str(tmp_path / "key")}
    assert read(files) == read(GOOD)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_secrets_that_others_can_reach(tmp_path: Path, mode: int) -> None:
    """A file of keys, also .env, that others can read or change is refused; a secret's path is not shown."""
    for name in ("canary", ".env"):
        private(tmp_path / name, f"STADSBOT_TOKEN={TOKEN}" if name == ".env" else KEY).chmod(mode)
    (problem,) = problems({"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY_FILE": str(tmp_path / "canary")})
    assert problem.endswith("can be read or changed by other users of this machine: chmod 600 it.")
    assert "canary" not in problem
    with pytest.raises(SettingsError, match="chmod 600"):
        gather({}, tmp_path / ".env")
    (tmp_path / ".env").write_text("STADSBOT_LOG_LEVEL=DEBUG")
    assert gather({}, tmp_path / ".env") == {"STADSBOT_LOG_LEVEL": "DEBUG"}, "without a secret it may be open"


def test_secrets_behind_links(tmp_path: Path) -> None:
    """A link instead of a file of keys is not followed."""
    private(tmp_path / "key", KEY)
    (tmp_path / "link").symlink_to(tmp_path / "key")
    (problem,) = problems({"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY_FILE": str(tmp_path / "link")})
    assert problem.endswith("is a link: name the file itself.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_secrets_of_somebody_else(tmp_path: Path) -> None:
    """A file of keys that belongs to somebody else is refused, however closed it is."""
    os.chown(private(tmp_path / "key", KEY), 61_234, 61_234)
    (problem,) = problems({"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY_FILE": str(tmp_path / "key")})
    assert "belongs to another user" in problem


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can mount")
def test_secrets_of_a_container(tmp_path: Path) -> None:
    """What a container's engine puts there is taken as it is: a read-only mount with modes and links of its own."""
    wanted = {"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY_FILE": str(tmp_path / "key")}
    program = f"from bot.config import read; print(len(read({wanted!r}).master_key))"
    steps = f"mount -t tmpfs tmpfs {tmp_path}; cd {tmp_path}; echo {KEY} > ..data; chmod 644 ..data; ln -s ..data key"
    for ro, code in ((f"mount -o remount,ro {tmp_path}", 0), ("true", 1)):
        script = f"set -e; {steps}; {ro}; cd {Path(__file__).parents[2]}; {shlex.join([sys.executable, '-c', program])}"
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr


def test_backups_where_others_can_reach(tmp_path: Path) -> None:
    """An open folder for backups, or a link to one, is a mistake that is told before anything begins."""
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "closed")
    for name, says in (("open", "chmod 700"), ("link", "is a link")):
        (problem,) = problems(GOOD | {"STADSBOT_BACKUPS": str(tmp_path / name)})
        assert says in problem
    there = GOOD | {"STADSBOT_BACKUPS": str(tmp_path / "closed")}
    for folder, says in (("open", "chmod 700"), ("closed", "a folder of its own")):
        (problem,) = problems(there | {"STADSBOT_LATEST": str(tmp_path / folder)})
        assert says in problem


def test_secrets_from_systemd(tmp_path: Path) -> None:
    """systemd's credentials are found without any setting."""
    (tmp_path / "stadsbot-token").write_text(TOKEN)
    (tmp_path / "stadsbot-master-key").write_text(KEY)
    assert read({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == read(GOOD)


def test_a_closed_cache_is_no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What root's Python has left in the program's folder, closed to the bot's user, keeps the bot from nothing."""
    is_file = Path.is_file

    def closed(path: Path) -> bool:
        if path.parent.name == "__pycache__":
            raise PermissionError(13, "Permission denied")
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", closed)
    assert languages() == ["sv"]


def test_secret_set_twice() -> None:
    """A secret in two places is a mistake, not a guess."""
    (problem,) = problems(GOOD | {"STADSBOT_MASTER_KEY_FILE": "somewhere"})
    assert problem.endswith("keep one of them.")


def test_secret_file_missing() -> None:
    """A file that is not there is told as that, not as a missing secret."""
    (problem,) = problems({"STADSBOT_TOKEN": TOKEN, "STADSBOT_MASTER_KEY_FILE": "nowhere"})
    assert "cannot be read (FileNotFoundError)" in problem


def test_environment_wins_over_env_file(tmp_path: Path) -> None:
    """What is set for this one start counts more than what lies in .env."""
    env_file = tmp_path / ".env"
    private(env_file, f'STADSBOT_TOKEN="{TOKEN}"\nSTADSBOT_LOG_LEVEL=DEBUG # loud\nSTADSBOT_MASTER_KEY={KEY}\n')
    settings = read(gather({"STADSBOT_LOG_LEVEL": "ERROR"}, env_file))
    assert isinstance(settings, Settings)
    assert settings.log_level == "ERROR"
    assert settings.token == TOKEN


def test_env_file_may_be_missing(tmp_path: Path) -> None:
    """Without a .env file the environment is all there is."""
    assert gather({"A": "b"}, tmp_path / ".env") == {"A": "b"}


def test_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A .env that is not text is told in a sentence."""
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00" + os.urandom(4) + b"\xff")
    with pytest.raises(SettingsError, match="make it a UTF-8 text file"):
        gather({}, tmp_path / ".env")


def test_example_is_complete() -> None:
    """The example file names every setting, and every name in it is one; README's table has them all."""
    text = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^(?:# )?(STADSBOT_[A-Z_]+)=", text, re.MULTILINE)
    assert set(named) == {f"STADSBOT_{name}" for name in NAMES}
    table = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`STADSBOT_([A-Z_]+)`", table))
    assert {name.removesuffix("_FILE") for name in NAMES} <= told
    assert told <= set(NAMES)
