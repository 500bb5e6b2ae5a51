from typing import Any

import pytest

from bot.sandbox import ApiError, files

PICTURE = files.sample_picture()


def send(town: Any, method: str, part: tuple[str, bytes, str], **params: Any) -> Any:
    """Upload one file under the method's own parameter."""
    name = method.removeprefix("send").lower()
    given = {"chat_id": town.anna, **params}
    return town.sandbox.call(method, given, token=town.sandbox.token, files={name: part})


def test_document_can_be_fetched_and_sent_again(town: Any) -> None:
    """A sent document keeps its name and type, can be fetched, and its id sends it again."""
    sent = send(
        town, "sendDocument", ("../plan/Planen.txt", b"innehall", ""), caption="<b>Planen</b>", parse_mode="HTML"
    )
    document = sent["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == ("Planen.txt", "text/plain", 8)
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 6}]
    path = town.call("getFile", file_id=document["file_id"])["file_path"]
    stored = files.by_path(town.sandbox.world, path)
    assert stored is not None
    assert stored.data == b"innehall"
    again = town.call("sendDocument", chat_id=town.anna, document=document["file_id"])
    assert again["document"]["file_unique_id"] == document["file_unique_id"]


def test_photo_must_be_a_picture_of_reasonable_shape(town: Any) -> None:
    """sendPhoto takes pictures only, not too large and not too narrow."""
    assert send(town, "sendPhoto", ("a.png", PICTURE, "image/png"))["photo"][0]["width"] == 96
    narrow = PICTURE[:16] + (10).to_bytes(4) + (300).to_bytes(4) + PICTURE[24:]
    for data, words in (
        (b"hello", "IMAGE_PROCESS_FAILED"),
        (narrow, "PHOTO_INVALID_DIMENSIONS"),
        (PICTURE + bytes(files.PHOTO_LIMIT), "too big for a photo"),
        (b"", "file must be non-empty"),
    ):
        with pytest.raises(ApiError) as caught:
            send(town, "sendPhoto", ("a.png", data, "image/png"))
        assert caught.value.description == f"Bad Request: {words}"


def test_reads_the_size_of_a_jpeg() -> None:
    """A JPEG's width and height are found behind its other segments."""
    header = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + (40).to_bytes(2) + (30).to_bytes(2) + bytes(12)
    assert files.picture_size(header) == (30, 40)


def test_wrong_file_references_are_refused(town: Any) -> None:
    """No file, an unknown id, an address on the web, another kind of file and too large ones are refused."""
    photo = send(town, "sendPhoto", ("a.png", PICTURE, "image/png"))["photo"][0]["file_id"]
    for value, words in (
        (None, "there is no document in the request"),
        ("attach://part", "there is no document in the request"),
        ("BQAC", "wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.pdf", "failed to get HTTP URL content"),
        (photo, "can't use file of type Photo as Document"),
    ):
        assert town.refusal("sendDocument", chat_id=town.anna, document=value).description == f"Bad Request: {words}"
    assert town.refusal("getFile", file_id="BQAC").description == "Bad Request: invalid file_id"
    with pytest.raises(ApiError) as caught:
        send(town, "sendDocument", ("a.bin", bytes(files.UPLOAD_LIMIT + 1), ""))
    assert (caught.value.code, caught.value.description) == (413, "Request Entity Too Large")


def test_captions_end_at_1024_units(town: Any) -> None:
    """A caption over 1024 UTF-16 units is refused."""
    with pytest.raises(ApiError) as caught:
        send(town, "sendDocument", ("a.txt", b"x", ""), caption="😀" * 513)
    assert caught.value.description == "Bad Request: message caption is too long"


def test_large_files_can_be_sent_but_not_fetched(town: Any) -> None:
    """getFile ends at 20 MB."""
    sent = send(town, "sendDocument", ("a.bin", bytes(files.DOWNLOAD_LIMIT + 1), ""))
    error = town.refusal("getFile", file_id=sent["document"]["file_id"])
    assert error.description == "Bad Request: file is too big"


def test_albums_and_changed_pictures(town: Any) -> None:
    """An album is 2–10 of one kind with one group id; a picture can be replaced and its caption changed."""
    parts = {f"f{n}": (f"{n}.png", PICTURE, "image/png") for n in range(2)}
    media = [{"type": "photo", "media": f"attach://f{n}"} for n in range(2)]
    token = town.sandbox.token
    given: dict[str, Any] = {"chat_id": town.anna, "media": media}
    album = town.sandbox.call("sendMediaGroup", given, token=token, files=parts)
    assert len({message["media_group_id"] for message in album}) == 1
    error = town.refusal("sendMediaGroup", chat_id=town.anna, media=media[:1])
    assert error.description == "Bad Request: too few messages to send as an album"
    number = album[0]["message_id"]
    town.call("editMessageCaption", chat_id=town.anna, message_id=number, caption="Torget")
    given = {"chat_id": town.anna, "message_id": number, "media": {"type": "document", "media": "attach://d"}}
    changed = town.sandbox.call("editMessageMedia", given, token=token, files={"d": ("d.txt", b"x", "")})
    assert "document" in changed
    assert not {"photo", "caption"} & changed.keys()
