"""What is written or sent while somebody logs: what points anybody out is kept nowhere, and each message leaves."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telegram.error import BadRequest

from bot.demo.town import Town
from bot.telegram.client import Telegram
from tests.incidents.scene import logged, watched


def own(played: Town, name: str) -> list[str]:
    """The person's own texts that still stand in the chat, commands and what was said on coming in aside."""
    person = played.person(name)
    texts = [str(m.content.get("text")) for m in played.sandbox.chat(person).messages.values() if m.sender == person]
    return [text for text in texts if not text.startswith("/") and text not in (name, "Polisen")]


@pytest.mark.parametrize("allowed", [frozenset[str](), frozenset({"notes"})])
async def test_identities_are_refused_and_every_own_message_leaves(tmp_path: Path, allowed: frozenset[str]) -> None:
    """What points somebody out is not kept, with notes or without; what a person writes is deleted from the chat."""
    secrets = ["Hon heter Zorica Petrovic", "070-1740612", "850412-9805 är numret", "bilen ABC12D"]
    async with watched(tmp_path, allowed=allowed) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar"):
            await played.tap("Bo", label)
        for secret in secrets:
            await played.write("Bo", secret)
            assert "Det där sparade jag inte" in played.texts("Bo")[-2]
            assert "Är någon i fara nu?" in played.last("Bo")
        assert own(played, "Bo") == []
        async with played.bot.store.work() as work:
            runs = await work.runs.of_exercise(1, "incident")
            rows = await work._session.rows("SELECT * FROM outbox WHERE kind = 'delete'")
        assert all(secret not in str(runs) for secret in secrets)
        assert rows == [], "that something of theirs was deleted, and when, would tell who it was"
        assert all(secret not in text for secret in secrets for text in played.texts("Bo"))


async def test_a_note_where_notes_are_allowed(tmp_path: Path) -> None:
    """Where the operator allows it a sound note is kept, its message deleted, and only the reader sees it."""
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
            await played.tap("Bo", label)
        await played.write("Bo", "Madrasser i källaren, sex personer.")
        assert own(played, "Bo") == []
        await played.tap("Bo", "Spara")
        await played.wind()
        assert "Madrasser" not in "\n".join(played.texts("Alva"))
        await played.tap("Cia", "Öppna")
        assert "Madrasser i källaren" in played.last("Cia")


async def test_somebody_described_is_asked_about(tmp_path: Path) -> None:
    """A note that tells who somebody is and where lies nowhere in the chat; its writer says whether it stands."""
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
            await played.tap("Bo", label)
        await played.write("Bo", "Ordföranden i ridklubben har hyrt ut källaren.")
        assert played.last("Bo").startswith("Jag hittade en beskrivning som någon kan kännas igen på")
        assert own(played, "Bo") == []
        await played.tap("Bo", "Skriv om")
        await played.write("Bo", "Någon har hyrt ut källaren till kyrkoherdens yngsta son.")
        await played.tap("Bo", "Spara ändå")
        await played.tap("Bo", "Spara")
        await played.wind()
        await played.tap("Cia", "Öppna")
        assert "kyrkoherdens yngsta son" in played.last("Cia")
        assert "ridklubben" not in played.last("Cia")


async def test_a_described_person_and_then_a_name(tmp_path: Path) -> None:
    """Of a long note nothing is kept if a later part names somebody, also when its first one only was asked about."""
    first = f"Ordföranden i ridklubben har hyrt ut källaren. {'Sex rum hade besök i natt. ' * 200}"[:4096]
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
            await played.tap("Bo", label)
        await played.write("Bo", first)
        assert played.last("Bo").startswith("Jag hittade en beskrivning")
        await played.write("Bo", "Han ringde Zorica Petrovic.")
        assert any(text.startswith("Det där sparade jag inte") for text in played.texts("Bo")[-2:])
        assert own(played, "Bo") == []
        async with played.bot.store.work() as work:
            assert "ridklubben" not in str(await work.runs.of_exercise(1, "incident"))


def parts(text: str, most: int = 4096) -> list[str]:
    """A long text as a phone sends it: in several messages, each as long as it may be, cut between words."""
    found = []
    while len(text) > most:
        cut = text.rindex(" ", 0, most + 1)
        found.append(text[:cut])
        text = text[cut + 1 :]
    return [*found, text]


async def test_a_note_of_ten_thousand_characters(tmp_path: Path) -> None:
    """A long note comes in several messages: all of it is kept as one, and each message leaves the chat."""
    text = "".join(f"Rum {number} hade besök i natt. " for number in range(400)).strip()
    assert len(text) > 10_000
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
            await played.tap("Bo", label)
        for part in parts(text):
            await played.write("Bo", part)
        assert own(played, "Bo") == []
        await played.tap("Bo", "Spara")
        (incident,) = await logged(played.bot)
        assert incident.values["note"].split() == text.split()
        await played.wind()
        await played.tap("Cia", "Öppna")
        assert "Rum 399" in "".join(played.texts("Cia"))


@pytest.mark.parametrize("secret", ["Zorica Petrovic", "070-174 06 12", "19850412 9803"])
async def test_an_identity_that_the_phone_has_split(tmp_path: Path, secret: str) -> None:
    """What points somebody out is found also where a long note was cut within it, and nothing of the note is kept."""
    first, second = secret.split(" ", 1)
    long = "Det var lugnt i natt. " * 183
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "12"):
            await played.tap("Bo", label)
        await played.write("Bo", f"{long}Och så kom {first}")
        await played.write("Bo", f"{second} kom också.")
        assert "sparade jag inte" in played.texts("Bo")[-2]
        async with played.bot.store.work() as work:
            runs = await work.runs.of_exercise(1, "incident")
        assert first not in str(runs)
        assert second not in str(runs)


async def test_without_notes_there_is_no_question_of_one(tmp_path: Path) -> None:
    """Unless the operator allows notes none is asked for, and text is answered with the buttons."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar"):
            await played.tap("Bo", label)
        await played.write("Bo", "många personer i källaren")
        assert "Välj med en av knapparna" in played.last("Bo")
        assert own(played, "Bo") == []
        await played.tap("Bo", "Hoppa över resten")
        assert "Anteckning" not in played.last("Bo")


async def test_media_leave_with_the_reason(tmp_path: Path) -> None:
    """Pictures, sound, files, contacts and positions are refused while one logs, deleted, and told why."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        await played.tap("Bo", "Nu")
        for kind in ("photo", "voice", "video", "document", "contact", "location"):
            await played.act("Bo", f"send_{kind}", chat=played.person("Bo"))
            assert "tar bort" in played.texts("Bo")[-2]
            assert "Vad tror du att det handlar om?" in played.last("Bo")
            standing = played.sandbox.chat(played.person("Bo")).messages.values()
            assert [m for m in standing if m.content.get(kind)] == []


async def test_what_comes_right_after_leaves_too(tmp_path: Path) -> None:
    """Words that point somebody out, and pictures, leave the chat after the receipt; other words stay."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Nej", "Hoppa över resten", "Spara"):
            await played.tap("Bo", label)
        await played.write("Bo", "Hon heter Påhitta Exempelsson och bor på rum 12")
        await played.act("Bo", "send_photo", chat=played.person("Bo"))
        assert own(played, "Bo") == []
        await played.write("Bo", "Något helt annat")
        assert len(own(played, "Bo")) == 1


async def test_a_message_that_cannot_be_deleted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Telegram does not let a message go, its owner is told to take it away."""
    call = Telegram.call

    async def refused(self: Telegram, method: str, *arguments: Any) -> Any:
        if method == "deleteMessage":
            raise BadRequest("Message can't be deleted")
        return await call(self, method, *arguments)

    async with watched(tmp_path) as played:
        await played.write("Bo", "/incident")
        monkeypatch.setattr(Telegram, "call", refused)
        await played.act("Bo", "send_photo", chat=played.person("Bo"))
        assert "kunde inte ta bort" in "".join(played.texts("Bo"))


async def test_nothing_said_is_on_the_disk_or_in_the_log(tmp_path: Path, loudest: io.StringIO) -> None:
    """After an incident's whole way no file and no log line, at any level, holds a word of it or of a refused note."""
    said = ("Madrasserkanariefågel i källaren", "Kanariehamnen", "070-1740612", "Zorica Petrovic")
    async with watched(tmp_path, allowed=frozenset({"notes"})) as played:
        async with played.bot.store.work() as work:
            group = await work.groups.get(1)
            await work.groups.update(1, settings=replace(group.settings, lists={"areas": (said[1],)}))
        await played.write("Bo", "/incident")
        for label in ("Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över", said[1], "Hoppa över resten", "13"):
            await played.tap("Bo", label)
        await played.write("Bo", f"Ring {said[3]}, {said[2]}")
        await played.write("Bo", said[0])
        await played.tap("Bo", "Spara")
        await played.wind()
        await played.tap("Cia", "Öppna")
        assert said[0] in played.last("Cia")
        await played.bot.store.backup(tmp_path / "data" / "backup.db")
        files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
        contents = {file.name: file.read_bytes() for file in files} | {"log": loudest.getvalue().encode()}
    assert len(files) >= 4
    assert loudest.getvalue()
    found = {name: [text for text in said if text.encode() in content] for name, content in contents.items()}
    assert {name: texts for name, texts in found.items() if texts} == {}
