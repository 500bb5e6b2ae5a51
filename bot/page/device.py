"""The page of a device at work: where to turn and the form of an incident, without signing in."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from bot.context.context import Context
from bot.dispatch.polling import Poller
from bot.features.help import help_lines, town_facts
from bot.features.help.menus import own_numbers, turn_facts
from bot.features.incidents import receipts, report, unread, urgent, work_devices
from bot.features.wellbeing.hearing import Where
from bot.page import care
from bot.page.conversation import ShownMessage, shown
from bot.page.exercise import Shown, field_of
from bot.page.form_fields import entries, every_of, number_of
from bot.page.templates import Looks
from bot.page.visitor import Asking
from flows.enums import Field, Mark
from flows.input_errors import Trouble
from flows.run.events import Entry
from messages.documents.pictures import qr
from messages.voice import TemplateFacts
from storage.records.links import Link
from storage.records.records import Group
from storage.store import UnitOfWork

ADDRESS: Final = "/logga/{token}"
SHEET, CODE = f"{ADDRESS}/blad", f"{ADDRESS}/qr.svg"  # to hang up on a wall, and the picture on it
FIRST: Final = (Field.DANGER, Field.MINORS)  # asked before all that may be left out


class Devices:
    """Handles the page of such a link."""

    def __init__(self, asking: Asking, poller: Poller, looks: Looks) -> None:
        self._asking, self._poller, self._looks = asking, poller, looks

    async def look(self, request: web.Request) -> web.StreamResponse:
        """Show the empty form."""
        async with self._asking.store.work() as work:
            known = await self._known(work, request)
            if known is None:
                return self._ended(work)
            _, group = known
            facts = await self._facts(work, group, {}, {})
        return self._looks.page("device", {**facts, "token": request.match_info["token"]})

    async def sheet(self, request: web.Request) -> web.StreamResponse:
        """Show the sheet for the wall: the code of the link, and whom to ring at any hour."""
        async with self._asking.store.work() as work:
            known = await self._known(work, request)
            if known is None:
                return self._ended(work)
            ctx, (link, group) = self._asking.context(work), known
            facts = await self._standing(ctx, group)
            name = group.settings.places.device_names.get(link.ref or "", "")
        return self._looks.page("device_sheet", {**facts, "token": request.match_info["token"], "name": name})

    async def code(self, request: web.Request) -> web.StreamResponse:
        """Return the picture of the link's code."""
        async with self._asking.store.work() as work:
            if await self._known(work, request) is None:
                return self._ended(work)
        link = self._asking.services.address(request.match_info["token"], outside=True)
        return web.Response(text=qr.svg(link), content_type="image/svg+xml")

    async def log(self, request: web.Request) -> web.StreamResponse:
        """Log the incident; if something cannot be taken, show the form as it was filled in."""
        form, token = await every_of(request), request.match_info["token"]
        entered = entries(form)
        async with self._asking.store.work() as work:
            known = await self._known(work, request)
            if known is None:
                return self._ended(work)
            link, group = known
        came = await self._poller.act(number_of(form), lambda ctx: work_devices.log(ctx, link, entered))
        async with self._asking.store.work() as work:
            logged = came or work_devices.Logged()
            if came and logged.incident is None:
                facts = await self._facts(work, group, logged.troubles, entered)
                care = await self._care(work, entered)
                return self._looks.page("device", {**facts, "token": token, "wait": logged.wait, "care": care})
            ctx, values = self._asking.context(work), logged.incident.values if logged.incident else {}
            exercise = report.asking(ctx)
            facts = {
                "token": token,
                "receipt": logged.incident.receipt if logged.incident else "",
                "danger": exercise.field(Field.DANGER).says(values.get(Field.DANGER), Mark.YES),
                "rung": report.has_rung(ctx, values),
                "children": exercise.field(Field.MINORS).says(values.get(Field.MINORS), Mark.YES),
                **await self._standing(ctx, group),
                "child": await help_lines.for_child(ctx, group),
                "care": await self._care(work, entered),
            }
        return self._looks.page("device_saved", facts)

    async def _care(self, work: UnitOfWork, entered: Mapping[str, Entry]) -> list[ShownMessage]:
        """Return where to turn, if somebody who logs cries for help; what they log is taken as ever."""
        found = care.hear({key: (care.words_of(entry), Where.LOGGING) for key, entry in entered.items()})
        copies = await care.card(self._asking.collecting(work), None, found)
        return [shown(self._asking.services, copy, proved=False, outside=True) for copy in copies]

    async def _known(self, work: UnitOfWork, request: web.Request) -> tuple[Link, Group] | None:
        """Return the link, if it is still valid, and its group."""
        link = await work.links.find(request.match_info["token"])
        if link is None or link.purpose != work_devices.PURPOSE or link.state != "valid" or link.group_id is None:
            return None
        group = await work.groups.get(link.group_id)
        return (link, group) if group.state == "active" else None

    def _ended(self, work: UnitOfWork) -> web.Response:
        """Tell whoever stands there with a bookmark that nothing is saved from it any more, and where to turn."""
        facts = {"visitor": None, "turn": turn_facts(self._asking.context(work))}
        return self._looks.page("device_ended", facts, status=HTTPStatus.NOT_FOUND)

    async def _standing(self, ctx: Context, group: Group) -> TemplateFacts:
        """Return the town, who reads what is logged here now, and whom to ring."""
        heard = bool(await unread.listening(ctx, group))
        return {
            "town": await town_facts.name_of(ctx, group),
            "readers": "nobody" if not group.settings.readers else "away" if not heard else "there",
            "reads_from": urgent.reads_from(ctx, group),
            "turn": turn_facts(ctx),
            "own_numbers": await own_numbers(ctx, [group]),
            "whom": (await receipts.to_ring(ctx, group))["first"],
            "visitor": None,
        }

    async def _facts(
        self, work: UnitOfWork, group: Group, troubles: Mapping[str, Trouble], entered: Mapping[str, Entry]
    ) -> TemplateFacts:
        ctx = self._asking.context(work)
        run, present = await work_devices.blank(ctx, group)
        when = run.exercise.field(Field.WHEN).id
        shown = {when: Entry(text=ctx.services.voice.label("page.device.today")), **entered}
        early = [run.exercise.field(role).id for role in FIRST]
        fields = {
            key: field_of(run, present, key, Shown(shown.get(key, Entry()), troubles.get(key))) for key in run.keys()
        }
        first = [*(key for key, field in fields.items() if field.required), *early]
        more = [field for key, field in fields.items() if key not in first]
        return {
            **await self._standing(ctx, group),
            "first": [fields[key] for key in first],
            "more": more,
            "open": any(one.trouble for one in more),
            "troubled": len(troubles),
            "wait": 0,
            "care": [],
        }
