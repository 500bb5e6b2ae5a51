"""Files: what is uploaded, what they are, and where they can be fetched."""

import base64
import hashlib
import mimetypes
import re
import struct
import zlib
from typing import NoReturn

from .errors import ApiError, bad_request
from .params import Files
from .wire import Wire
from .world import StoredFile, World

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 50 * MEGABYTE
PHOTO_LIMIT = 10 * MEGABYTE
DOWNLOAD_LIMIT = 20 * MEGABYTE
_PREFIX = {"photo": "AgACAgQ", "document": "BQACAgQ", "voice": "AwACAgQ", "video": "BAACAgQ", "sticker": "CAACAgQ"}
_FOLDER = {"photo": "photos", "document": "documents", "voice": "voice", "video": "videos", "sticker": "stickers"}


def keep(world: World, kind: str, name: str, mime: str, data: bytes) -> StoredFile:
    """Store a file under new ids."""
    number = len(world.files)
    digest = base64.urlsafe_b64encode(hashlib.sha256(f"{number}:{kind}".encode()).digest()).decode().rstrip("=")
    suffix = re.search(r"\.\w{1,8}$", name)
    path = f"{_FOLDER[kind]}/file_{number}{suffix[0] if suffix else ''}"
    stored = StoredFile(_PREFIX[kind] + digest, "AgAD" + digest[:11], kind, name, mime, data, path)
    world.files[stored.id] = stored
    return stored


def by_path(world: World, path: str) -> StoredFile | None:
    """The file that getFile gave this path for."""
    return next((stored for stored in world.files.values() if stored.path == path), None)


def receive(world: World, kind: str, value: str, files: Files) -> StoredFile:
    """The file that a send method names: an uploaded part or the id of one sent before. Raises ApiError."""
    if value.startswith("attach://"):
        part = files.get(value.removeprefix("attach://"))
        if part is None:
            _nothing(kind)
        return _upload(world, kind, *part)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.get(value)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    return stored


def _nothing(kind: str) -> NoReturn:
    raise bad_request(f"there is no {kind} in the request")


def _upload(world: World, kind: str, name: str, data: bytes, mime: str) -> StoredFile:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        _check_photo(data)
    name = re.sub(r"[\x00-\x1f\x7f]", "", re.split(r"[/\\]", name or "")[-1]).strip() or "file"
    return keep(world, kind, name, mimetypes.guess_type(name)[0] or mime or "application/octet-stream", data)


def _check_photo(data: bytes) -> None:
    """Photos up to 10 MB, width plus height at most 10 000, at most twenty times as long as wide."""
    if len(data) > PHOTO_LIMIT:
        raise bad_request("too big for a photo")
    size = picture_size(data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size) or min(size) < 1:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    return _jpeg_size(data) if data[:3] == b"\xff\xd8\xff" else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk a JPEG's segments to its frame header."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + size
    return None


def sample_picture(red: int = 120, green: int = 150, blue: int = 170, side: int = 96) -> bytes:
    """A plain PNG, for people on the page who send a picture without having one."""
    row = b"\x00" + bytes((red, green, blue)) * side

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * side)) + chunk(b"IEND", b"")
    )


def content(stored: StoredFile) -> Wire:
    """The wire fields of a message that carries this file."""
    about: Wire = {"file_id": stored.id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
    if stored.kind == "photo":
        width, height = picture_size(stored.data) or (0, 0)
        return {"photo": [{**about, "width": width, "height": height}]}
    if stored.kind == "document":
        return {"document": {**about, "file_name": stored.name, "mime_type": stored.mime}}
    if stored.kind == "voice":
        return {"voice": {**about, "duration": 3, "mime_type": stored.mime}}
    if stored.kind == "video":
        shape = {"width": 320, "height": 240, "duration": 3, "file_name": stored.name, "mime_type": stored.mime}
        return {"video": {**about, **shape}}
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
    return {"sticker": {**about, **shape}}
