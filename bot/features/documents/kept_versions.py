"""The versions of documents that were given out, answered or adopted."""

from collections.abc import Iterator
from datetime import date

from bot.context.context import Context
from messages.documents.material import (
    Version,
)
from storage.json_records import JsonObject
from storage.records.records import Group

VERSIONS = "document"  # the kind of activity state that holds a document's versions


async def versions_of(ctx: Context, group: Group) -> dict[str, tuple[Version, ...]]:
    """Return the versions of each document that were given out, oldest first."""
    kept = await ctx.work.activity_states.of_kind(group.id, VERSIONS)
    return {document: tuple(_versions(state)) for document, state in kept.items()}


def _versions(state: JsonObject) -> Iterator[Version]:
    for version in state["versions"]:
        adopted = version.get("adopted")
        on = date.fromisoformat(adopted) if adopted else None
        made = date.fromisoformat(version["on"])
        draft, standing = version.get("draft", False), version.get("standing")
        yield Version(version["number"], made, version["parts"], on, draft, standing)


async def keep_version(ctx: Context, group: Group, document: str, version: Version) -> None:
    """Store a version that was given out or answered, unless a later one was; or that was adopted.

    A version is the same one until an organisation has answered it, also if its text is changed: the last text counts.
    """
    state = await ctx.work.activity_states.state(group.id, VERSIONS, document) or {"versions": []}
    known = {(not kept.get("draft", False), kept["number"]): kept for kept in state["versions"]}  # drafts come first
    key = asked, number = not version.draft, version.number
    newest = max((other for kind, other in known if kind == asked), default=0)
    before, parts = known.get(key), dict(version.parts)
    if before is None:
        new = bool(version.adopted) or number > newest
    else:
        last = number == newest or bool(version.adopted)  # drafts had numbers of versions once, and later ones
        new = last and not before.get("adopted") and before["parts"] != parts
    if new:
        known[key] = {
            "number": number,
            "on": version.on.isoformat(),
            "parts": parts,
            "draft": version.draft,
        }
    if version.adopted:
        first = not known[key].get("adopted")  # what stands in it then, stays
        known[key] = {**known[key], "adopted": version.adopted.isoformat()}
        if first and version.standing is not None:
            known[key]["standing"] = dict(version.standing)
    await ctx.work.activity_states.keep(group.id, VERSIONS, document, {"versions": [known[k] for k in sorted(known)]})
