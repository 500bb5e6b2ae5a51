"""The page by which somebody comes back to a core group in which nobody is signed in, with the operator's code.

They take over their own seat, as a colleague would: what only they could see does not come along.
"""

from typing import Final

from aiohttp import web

from bot.context.context import Context
from bot.dispatch.polling import Poller
from bot.features.members import activation, handover
from bot.page import sessions
from bot.page.form_fields import fields_of, number_of
from bot.page.templates import Looks
from bot.page.visitor import Asking

ADDRESS: Final = "/tillbaka/{code}"


class WaysBack:
    """Handles that page."""

    def __init__(self, asking: Asking, poller: Poller, looks: Looks) -> None:
        self._asking, self._poller, self._looks = asking, poller, looks

    async def look(self, request: web.Request) -> web.StreamResponse:
        """Ask for the town and the name, if the code is good."""
        return await self._page(request)

    async def come(self, request: web.Request) -> web.StreamResponse:
        """Take over the seat, signed in; if it is not found, or somebody is in, say so."""
        form = await fields_of(request)
        self._asking.was_opened_here(request, form)
        code, town, name = request.match_info["code"], form.get("town", "").strip(), form.get("name", "").strip()

        async def do(ctx: Context) -> str:
            if (seat := await handover.left_alone(ctx, code, town, name)) is None:
                return ""
            person = await ctx.work.people.add_own()
            secret = await sessions.begin(ctx, person.id, request.headers.get("User-Agent", ""))
            await handover.come_back(ctx, person, code, *seat)
            return secret

        if not (secret := await self._poller.act(number_of(form), do)):
            return await self._page(request, town, name, troubled=True)
        response = web.Response(status=303, headers={"Location": "/samtal#sist"})
        sessions.set_cookie(response, secret, secure=self._asking.secure)
        return response

    async def _page(
        self, request: web.Request, town: str = "", name: str = "", *, troubled: bool = False
    ) -> web.Response:
        code, buttons = request.match_info["code"], self._asking.services.buttons
        async with self._asking.store.work() as work:
            verdict = await activation.look(work, buttons, code, None, self._asking.clock(), activation.WAY_BACK)
        if verdict is not activation.CodeVerdict.ACCEPTED:
            return self._looks.ended()
        facts = {"code": code, "town": town, "name": name, "troubled": troubled}
        return self._asking.with_form(request, lambda csrf: self._looks.page("way_back", {**facts, "csrf": csrf}))
