"""An operator's hands: a backup, a lost disk, a new key – one command each, and each says what to do next."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands import groups
from storage.backup import backup_files
from tests.operations.conftest import Place, lose
from tests.storage.conftest import Clock


def test_backup_and_restore(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Backed up, lost, restored: three commands, and the groups are there; what has to be removed again is said."""
    assert main(["backup"]) == 0
    assert "was read back whole" in capsys.readouterr().out
    lose(place.database)
    assert main(["restore"]) == 0
    told = capsys.readouterr().out
    assert "holds 2 groups, and the sealed names of 2 of them can be read" in told
    assert "Tell the groups" in told
    assert "0 people have a mail address or a passkey that is as it was" in told
    assert place.groups() == 2


def test_copied_as_root(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Backups that were copied as root are told as that, by name and with the cure, and not as a full disk."""
    assert main(["backup"]) == 0
    lose(place.database)
    (made,) = place.backups.glob("stadsbot-*.backup")
    open_file: Any = Path.open

    def refuse(path: Path, *how: str, **more: str) -> Any:
        if path == made:
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["restore"]) == 74
    told = capsys.readouterr().err
    assert told.startswith(f"{made} may not be used by the bot's user: ")
    assert "chown" in told
    assert "full" not in told


def test_restore_refuses(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Over a living database nothing is restored, and the exit code says that it is about the storage."""
    assert main(["backup"]) == 0
    assert main(["restore"]) == 74
    assert "move it away first" in capsys.readouterr().err


def test_a_new_key(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Rekeyed, the old key is refused with its sentence, the new one fits, and old backups can still be put back."""
    assert main(["backup"]) == 0
    (old,) = place.backups.glob("stadsbot-*.backup")
    kept = old.rename(place.backups / "stadsbot-20260101T000000Z.backup")
    assert main(["key", "second.key"]) == 0
    assert main(["rekey", "second.key"]) == 0
    told = capsys.readouterr().out
    assert "is made with the new key" in told
    assert "Keep the old key" in told
    assert main(["backup"]) == 74, "the settings still name the old key"
    place.use("second.key")
    assert place.groups() == 2
    lose(place.database)
    assert main(["restore", str(kept)]) == 74
    assert "give the key that held when it was made" in capsys.readouterr().err
    assert main(["restore", str(kept), "--made-with", "first.key"]) == 0
    assert place.groups() == 2


def test_keys_that_are_none(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that holds no key is told as that, and not shown."""
    (tmp_path / "wrong.key").touch(0o600)
    (tmp_path / "wrong.key").write_text("canary")
    for command in (["rekey", "wrong.key"], ["rekey", "nowhere.key"], ["restore", "--made-with", "wrong.key"]):
        assert main(command) == 78
    told = capsys.readouterr()
    assert told.err.count("wrong.key holds no master key") == 2
    assert told.err.count("nowhere.key cannot be read (FileNotFoundError)") == 1
    assert "canary" not in told.out + told.err


def test_a_key_that_may_not_be_read(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key that only root may read is told as that, not as broken; handed over as a credential it is taken."""
    assert main(["backup"]) == main(["key", "second.key"]) == 0
    open_file: Any = Path.open

    def refuse(path: Path, *how: str, **more: str) -> Any:
        if path == Path("/etc/keys/second.key"):
            raise PermissionError(13, "Permission denied")
        return open_file(path, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    assert main(["rekey", "/etc/keys/second.key"]) == 78
    assert "may not be read by this user" in capsys.readouterr().err
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(Path.cwd()))
    assert main(["rekey", "/etc/keys/second.key"]) == 0
    assert main(["rekey", "/etc/keys/second.key"]) == 0, "what was done already is done"
    place.use("second.key")
    assert place.groups() == 2


def test_replace(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that is there can be set aside for the backup, with what a crash leaves beside it and the noted heads;
    the keys stay, and so does all of it when the backup is none."""
    assert main(["backup"]) == 0
    (place.backups / backup_files.HEADS).write_text("heads")
    place.database.with_name("town.db-wal").write_bytes(b"")
    place.database.write_bytes(b"damaged")
    assert main(["restore", "nowhere", "--replace"]) == 74
    assert place.database.read_bytes() == b"damaged"
    assert main(["restore", "--replace"]) == 0
    assert place.groups() == 2
    names = sorted(file.name.partition("aside-")[0] for file in place.database.parent.iterdir() if "aside" in file.name)
    assert names == ["town.db-wal.", "town.db."]
    assert [file.name.partition("aside-")[0] for file in place.backups.glob("*aside*")] == [f"{backup_files.HEADS}."]


def test_drill(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A drill beside the database in use says what could be put back, also with a key by hand, and leaves nothing."""
    assert main(["backup"]) == 0
    before = sorted(place.database.parent.rglob("*"))
    assert main(["restore", "--drill"]) == main(["restore", "--drill", "--made-with", "first.key"]) == 0
    told = capsys.readouterr().out
    assert told.count("the sealed names of 2 of them can be read") == 2
    assert "Start the bot" not in told
    assert sorted(place.database.parent.rglob("*")) == before
    assert main(["key", "other.key"]) == 0
    assert main(["restore", "--drill", "--made-with", "other.key"]) == 74


def test_where_to(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder set or named, both commands ask for one."""
    monkeypatch.delenv("STADSBOT_BACKUPS")
    assert main(["backup"]) == main(["restore"]) == 1
    assert capsys.readouterr().err.count("STADSBOT_BACKUPS") == 2
    assert main(["backup", str(place.backups)]) == 0


def test_doctor_knows_the_newest(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor tells how old the newest backup is."""
    main(["backup"])
    main(["doctor"])
    assert "The newest of 1 is 0 hours old." in capsys.readouterr().out


def test_the_latest_copy(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The disk and all its backups are lost: the restore takes the latest copy by itself, a new key reaches it, and the
    doctor says that nothing may keep versions of it, and where something does."""
    folder = place.backups.with_name("latest")
    monkeypatch.setenv("STADSBOT_LATEST", str(folder))
    assert main(["doctor"]) == 1
    assert "There is none in" in capsys.readouterr().out
    place.copy_now()
    assert main(["key", "second.key"]) == main(["rekey", "second.key"]) == 0
    place.use("second.key")
    place.copy_now()
    assert main(["doctor"]) == 1, "Telegram is away"
    assert "See that nothing keeps versions" in capsys.readouterr().out
    lose(place.database)
    lose(place.backups / "x")
    assert main(["doctor"]) == 1
    assert "holds backups of one" in capsys.readouterr().out, "no new bot begins beside it"
    assert main(["restore"]) == 0
    assert f"{folder}/latest-" in capsys.readouterr().out
    assert place.groups() == 2
    (folder / ".snapshot").mkdir()
    assert main(["doctor"]) == 1
    assert "keeps what is replaced there" in capsys.readouterr().out


def test_groups(place: Place, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """The operator sees which town has which number, and names nobody; one with people in it is theirs to end, one that
    nobody has been heard of in for a month can be ended, and then is gone from every backup."""
    assert main(["backup"]) == 0
    assert main(["groups"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"(?m)^     1  new {11}1  2026-", listed), listed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "NOTICE", timedelta(days=100_000))
        assert main(["groups", "--end", "1"]) == 1
    assert "/skydd" in capsys.readouterr().err
    assert main(["groups", "--end", "3"]) == 1
    assert "There is no group 3" in capsys.readouterr().err
    assert main(["groups", "--end", "1"]) == 0
    assert main(["restore", "--replace"]) == 0
    assert "holds 1 groups" in capsys.readouterr().out
