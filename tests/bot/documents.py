"""Documents as people ask for them in a chat, and ways to look at what came."""

import io
from typing import Any

import pypdf

from bot.context.context import Context
from bot.demo.town import Town
from bot.features.documents.load_material import material_of
from messages.documents.material import Material


def files(played: Town, name: str, chat: str = "privat") -> list[dict[str, Any]]:
    """The documents that the bot has sent to a chat, oldest first."""
    return [m.content["document"] for m in played.messages(name, chat) if "document" in m.content]


def content(played: Town, file: dict[str, Any]) -> bytes:
    """What a file holds."""
    stored = played.sandbox.file(file["file_id"])
    assert stored is not None
    return stored.data


def text_of(pdf: bytes) -> str:
    """The words of a PDF."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


async def open_plan(played: Town, name: str) -> None:
    """Ask for the collaboration plan."""
    await played.write(name, "/dokument plan")


async def material(played: Town, number: int = 1) -> Material:
    """What the group's documents are made of now."""
    async with played.bot.store.work() as work:
        ctx = Context(played.bot.services, work, played.sandbox.now())
        return await material_of(ctx, await work.groups.get(number))
