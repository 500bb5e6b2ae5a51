"""The page's POST handlers: each form is carried out once, and on the disk before the page says so."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from aiohttp import web

from bot.assembly import fallback_buttons
from bot.ballots import admissions
from bot.channel.outcomes import Membership
from bot.context.context import Context
from bot.context.message import CallbackAnswer, StrangerMessage
from bot.context.permissions import NotProved, Proof
from bot.context.sealed_actions import LINK
from bot.dispatch.polling import Poller
from bot.features.members import activation, admission, arrival, handover, joining, mail_address, not_me, sign_in
from bot.page import care, exercise, form_updates, mail, sessions
from bot.page.form_fields import (
    COMMENT,
    ON,
    TEXT,
    entries,
    every_of,
    fields_of,
    mark_of,
    marks,
    number_of,
    own_words,
    whole,
)
from bot.page.form_updates import Act
from bot.page.get import Looking, has_way_back
from bot.page.live import Live
from bot.page.one_time_code import Codes, proof_of, spaced
from bot.page.passkeys import NAME as KEY_NAME
from bot.page.passkeys import Passkeys
from bot.page.sessions import Visitor
from bot.page.templates import Looks, form_number
from bot.page.visitor import Asking, NotTaken, Older
from messages.structure.layout import laid_out
from storage.records.passkeys import Passkey
from storage.records.records import Group, Person, group_chat, private_chat
from storage.records.sign_ins import SignIn

PATIENCE: Final = 1.5  # seconds that the page waits for the bot's answer
LOOK: Final = 0.05  # seconds until the first look meanwhile
NEWEST: Final = "/samtal#sist"  # one's own chat, at its newest message
# The fields of what is to be done.
WANTED: Final = ("text", "action", "follow", "message", "group", "address", "new_key", "removed_key", ON)
WRITTEN: Final = ("text", f"{TEXT}:", f"{COMMENT}:")  # begin the names of the fields that people write in
NAME: Final = 60  # characters
TOWN: Final = 80


class Acting:
    """Handles the page's forms."""

    def __init__(self, asking: Asking, poller: Poller, live: Live, looking: Looking, looks: Looks) -> None:
        self._asking, self._poller, self._live = asking, poller, live
        self._looking, self._looks, self._notices = looking, looks, looking.notices
        self._codes, self._keys = Codes(), Passkeys(asking.services)
        self._settings = {"address": self._set_address, "new_key": self._new_key, "removed_key": self._remove_key}

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Carry out a button, a text or a link of the bot's, or change a setting, for the person who is signed in."""
        form, visitor = await self._form(request)
        return await self._act(visitor, form, number_of(form), proof_of(visitor.sign_in, self._asking.clock()))

    async def _act(self, visitor: Visitor, form: Mapping[str, str], number: int, proof: Proof) -> web.StreamResponse:
        """Carry it out, or ask for proof first."""
        change = next((change for field, change in self._settings.items() if field in form), None)
        try:
            return await (change(visitor, form, number) if change else self._do(visitor, form, number, proof))
        except NotProved:
            return await self._ask_for_proof(visitor, form)

    async def prove(self, request: web.Request) -> web.StreamResponse:
        """Take a one-time code or a passkey, and carry out what it was needed for; without either, ask for one."""
        form, visitor = await self._form(request)
        if not form.keys() & {"code", "key"}:
            return await self._ask_for_proof(visitor, form, anew="again" in form)

        async def do(ctx: Context) -> bool:
            code, key = form.get("code", ""), form.get("key", "")
            proved = self._keys.prove(ctx, visitor, key) if key else self._codes.take(ctx, visitor, code)
            return await proved

        taken = await self._poller.act(number_of(form), do)
        if taken is False:
            return await self._ask_for_proof(visitor, form, wrong=True)
        if taken is None:
            raise web.HTTPSeeOther(_back(form))
        return await self._act(visitor, form, form_number(), Proof.GIVEN)

    async def _do(self, visitor: Visitor, form: Mapping[str, str], number: int, proof: Proof) -> web.StreamResponse:
        group = await self._group_of(visitor, form)
        if form.get("follow") or form_updates.is_own(form.get("text", "")):
            group = None  # it belongs in one's own conversation, wherever it was tapped or written
        beneath = group is not None or not form.get("group")
        act = Act(
            text=form.get("text", ""),
            action=form.get("action", ""),
            follow=form.get("follow", ""),
            message_id=whole(form.get("message", "")) if beneath else 0,
            group=group,
            proof=proof,
            browser=visitor.sign_in.id,
        )
        if not (act.text.strip() or act.action or act.follow):
            raise web.HTTPSeeOther(_back(form))
        await self._carry_out(visitor.person, act, number, form.get(ON))
        raise web.HTTPSeeOther(_back(form) if group is not None else await self._place_for(visitor.person))

    async def _group_of(self, visitor: Visitor, form: Mapping[str, str]) -> Group | None:
        """Return the group in whose chat a form stands; None for a text from the page of one that they have left.

        It may be a cry, or /dolj, and goes to their own conversation. Raises HTTPNotFound for anything else from there.
        """
        if not (mark := form.get("group")):
            return None
        try:
            async with self._asking.store.work() as work:
                return await self._asking.group(work, visitor.person, mark)
        except web.HTTPNotFound:
            if form.get("text", "").strip():
                return None
            raise

    async def _ask_for_proof(
        self, visitor: Visitor, form: Mapping[str, str], *, anew: bool = False, wrong: bool = False
    ) -> web.StreamResponse:
        """Show the page that asks for a passkey or a code, which keeps the form; who has no key, or wants a code
        (`anew`), has one on its way."""
        now = self._asking.clock()
        async with self._asking.store.work() as work:
            keys = await work.passkeys.of_person(visitor.person.id)
        sent = None if anew else self._codes.sent(visitor, now)
        if sent is None and (anew or not keys):
            mailed = self._asking.mail
            sent = await self._poller.act(form_number(), lambda ctx: self._codes.send(ctx, visitor, mail=mailed))
        async with self._asking.store.work() as work:
            facts = await self._looking.frame(work, visitor, "home")
        wanted = {name: form[name] for name in WANTED if name in form}
        facts |= {"wanted": wanted, "wrong": wrong, "way": sent.way if sent else ""}
        facts |= {"operator": self._asking.services.operator, "number": spaced(sent.number) if sent else ""}
        facts["asked"] = self._keys.asks(visitor.csrf, keys, now) if keys else ""
        return self._looks.page("proof", facts)

    async def fill(self, request: web.Request) -> web.StreamResponse:
        """Save a sheet, or hand it in. Answers that cannot be taken are shown as they were entered."""
        every, (form, visitor) = await every_of(request), await self._form(request)
        mark, run_id = request.match_info["run"], self._asking.run(visitor.person, request.match_info["run"])
        sent = exercise.SentIn(entries(every), own_words(form), form.get(ON, ""), marks(every))

        async def do(ctx: Context) -> exercise.SentIn:
            if (place := await exercise.place_of(ctx, visitor.person, run_id)) is None:
                raise NotTaken(_written(form), "over")
            return await exercise.fill(ctx, visitor.person, place, sent, done="done" in form)

        if (taken := await self._poller.act(number_of(every if "done" in form else {}), do)) is None:
            raise web.HTTPSeeOther(f"/ovning/{mark}")
        lacks = bool(taken.troubles or taken.heard.held or taken.late)
        if not lacks and "done" in form:
            if line := care.line(self._asking.services.voice, taken.heard):
                self._notices.put(visitor.person.id, line)
            await self._quiet(private_chat(visitor.person.id))
            raise web.HTTPSeeOther(NEWEST)
        if not (lacks or taken.heard.shows):
            raise web.HTTPSeeOther(f"/ovning/{mark}?sparat")
        return await self._looking.sheet(visitor, mark, taken, saved=not lacks)

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Follow a link of the bot's. Without a sign-in one becomes a new person, or the one it was made for."""
        form, token = await fields_of(request), request.match_info["token"]
        async with self._asking.store.work() as work:
            known = await self._asking.visitor(work, request)
            whose = await sign_in.whose(work, self._asking.services.buttons, token)
            link = await work.links.find(token)
        action = self._asking.services.buttons.open(LINK, token)
        one_click = action is not None and action.verb == mail.OFF  # called by the mail program itself
        if known is None and not one_click:
            self._asking.was_opened_here(request, form)
        if known is not None and not one_click and not sessions.is_ours(form, known.csrf):
            # It was opened before they came in by another window; to look at it again changes nothing.
            raise web.HTTPSeeOther(f"/l/{token}")
        if (of_mail := await self._mail_link(token)) is not None:
            return of_mail
        if whose is not None:
            return await self._sign_in(request, token)
        if (
            link is not None
            and link.purpose in (admission.PURPOSE, handover.PURPOSE)
            and not form.get("name", "").strip()
            and known is None
        ):
            raise web.HTTPSeeOther(f"/l/{token}")
        if known is not None:
            await self._carry_out(known.person, Act(follow=token, name=form.get("name", "")), number_of(form))
            raise web.HTTPSeeOther(await self._place_for(known.person))
        if link is None or link.state != "valid" or link.purpose == sign_in.PURPOSE:
            raise web.HTTPSeeOther(f"/l/{token}")
        return await self._come(request, Act(follow=token, name=form.get("name", "").strip()[:NAME]), form)

    async def found(self, request: web.Request) -> web.StreamResponse:
        """Begin a group without a chat, with the operator's code; whoever does so coordinates it."""
        form, code = await fields_of(request), request.match_info["code"]
        self._asking.was_opened_here(request, form)
        town, name = form.get("town", "").strip()[:TOWN], form.get("name", "").strip()[:NAME]
        address = form.get("address", "").strip()
        if not town or not name or (address and not mail.is_address(address)):
            raise web.HTTPSeeOther(f"/ny/{code}")

        async def do(ctx: Context) -> tuple[str, Person] | None:
            buttons = self._asking.services.buttons
            if await activation.look(ctx.work, buttons, code, None, ctx.now) is not activation.CodeVerdict.ACCEPTED:
                return None
            person = await ctx.work.people.add_own()
            group = await ctx.work.groups.add_own(town)
            await activation.spend(ctx.work, buttons, code, group.id, ctx.now)
            await admissions.answer(ctx, group, person.id, name)
            group, me = await arrival.opened(ctx, group), person.user_id
            await arrival.greet(ctx, group, [me], me, name)  # nobody need be asked who it is
            await joining.membership_checked(ctx, group, Membership(inside=True, admin=True), person.id, name)
            secret = await sessions.begin(ctx, person.id, request.headers.get("User-Agent", ""), proved=True)
            if self._asking.mail and mail.is_address(address):
                await mail_address.change(ctx, person, address, vouches=True)
            return secret, person

        if (came := await self._poller.act(number_of(form), do)) is None:
            raise web.HTTPSeeOther(f"/ny/{code}")
        await self._quiet(private_chat(came[1].id))
        return self._signed_in(came[0], NEWEST)

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End one of one's sign-ins; without a number, this browser's. Who has no way back in is asked first."""
        form, visitor = await self._form(request)
        ended = whole(form.get("sign_in", "")) or visitor.sign_in.id
        async with self._asking.store.work() as work:
            if ended == visitor.sign_in.id and "sure" not in form and not await has_way_back(work, visitor.person):
                facts = await self._looking.frame(work, visitor, "account")
                return self._looks.page("sign_out", {**facts, "ended": ended})
            if ended in {one.id for one in await work.sign_ins.of_person(visitor.person.id)}:
                await work.sign_ins.end(ended)
        if ended != visitor.sign_in.id:
            raise web.HTTPSeeOther("/konto")
        response = web.Response(status=303, headers={"Location": "/"})
        response.headers["Clear-Site-Data"] = '"storage"'  # drafts, which whoever is in next must not find
        sessions.set_cookie(response, "", secure=self._asking.secure)
        return response

    async def _set_address(self, visitor: Visitor, form: Mapping[str, str], number: int) -> web.StreamResponse:
        """Set one's mail address, or (empty) remove it."""
        address = form.get("address", "").strip()
        if address and not mail.is_address(address):
            self._notices.put(visitor.person.id, self._asking.services.voice.label("page.mail.unfit"))
            raise web.HTTPSeeOther("/konto")

        async def do(ctx: Context) -> None:
            stands = {one.address for one in await ctx.work.mail_addresses.every(visitor.person.id)}
            if form.get(ON) != mark_of(sorted(stands)) and stands != {address}:
                raise Older("account", address)
            sign_in = await _with_proof(ctx, visitor)
            vouches = ctx.proof is Proof.GIVEN and sign_in.vouches
            if address and not self._asking.mail:
                return
            if not await mail_address.change(ctx, visitor.person, address, vouches=vouches):
                self._notices.put(visitor.person.id, ctx.services.voice.label("page.mail.later"))

        await self._poller.act(number, do)
        raise web.HTTPSeeOther("/konto")

    async def _new_key(self, visitor: Visitor, form: Mapping[str, str], number: int) -> web.StreamResponse:
        """Begin to add a passkey, or keep the one that the browser has made."""
        name, there, added = form.get("new_key", "").strip()[:KEY_NAME], list[Passkey](), list[bool]()

        async def do(ctx: Context) -> None:
            await _with_proof(ctx, visitor)
            ctx.prove()
            there.extend(await ctx.work.passkeys.of_person(visitor.person.id))
            if form.get("key"):
                added.append(await self._keys.add(ctx, visitor, name, form["key"]))

        await self._poller.act(number, do)
        if not name or added == [True]:
            raise web.HTTPSeeOther("/konto")
        asked = self._keys.asks_for_new(visitor.csrf, name, there, self._asking.clock())
        async with self._asking.store.work() as work:
            facts = await self._looking.frame(work, visitor, "account")
        shown = {"to": "/konto/nyckel", "csrf": visitor.csrf, "asked": asked, "name": name, "wrong": bool(added)}
        return self._looks.page("key", {**facts, **shown})

    async def _remove_key(self, visitor: Visitor, form: Mapping[str, str], number: int) -> web.StreamResponse:
        """Remove one of one's passkeys."""

        async def do(ctx: Context) -> None:
            await _with_proof(ctx, visitor)
            await self._keys.remove(ctx, visitor.person.id, whole(form.get("removed_key", "")))

        await self._poller.act(number, do)
        raise web.HTTPSeeOther("/konto")

    async def key_sign_in(self, request: web.Request) -> web.StreamResponse:
        """Ask for a passkey, or sign in whose it is."""
        form = await fields_of(request)
        answer, agent = form.get("key", ""), request.headers.get("User-Agent", "")

        async def do(ctx: Context) -> str:
            key = await self._keys.shown(ctx, form["csrf"], answer)
            return await sessions.begin(ctx, key.person_id, agent, proved=True) if key is not None else ""

        if answer:
            self._asking.was_opened_here(request, form)
            if secret := await self._poller.act(number_of(form), do):
                return self._signed_in(secret, "/")

        def page(csrf: str) -> web.Response:
            shown = {"to": "/nyckel", "csrf": csrf, "name": "", "wrong": bool(answer)}
            return self._looks.page("key", {**shown, "asked": self._keys.asks(csrf, (), self._asking.clock())})

        return self._asking.with_form(request, page)

    async def mail_sign_in(self, request: web.Request) -> web.StreamResponse:
        """Send a sign-in link to the owner of an address; the page does not tell whether there is one."""
        form = await fields_of(request)
        address = form.get("address", "").strip()
        if self._asking.mail and mail.is_address(address):
            await self._poller.act(number_of(form), lambda ctx: mail.send_sign_in(ctx, address))
        return self._looks.page("told", {"told": "mailed"})

    async def _mail_link(self, token: str) -> web.Response | None:
        """Carry out a link in a mail, other than one to sign in; None for any other link."""
        action = self._asking.services.buttons.open(LINK, token)
        if action is None or action.verb not in (mail_address.CONFIRM, not_me.NOT_ME, mail.OFF):
            return None
        async with self._asking.store.work() as work:
            ctx = self._asking.context(work)
            if action.verb == mail.OFF:
                await mail.end_reminders(ctx, action.run)
                return self._looks.page("told", {"told": "mail_off"})
            undoes = action.verb == not_me.NOT_ME
            done = await (not_me.undo_by_link if undoes else mail_address.confirm)(ctx, token)
            await fallback_buttons.show(ctx)
        told = ("mail_undone" if undoes else "mail_confirmed") if done else "gone"
        return self._looks.page("told", {"told": told}, status=200 if done else 404)

    # -- how it is done ----------------------------------------------------------------------------------------------
    async def _form(self, request: web.Request) -> tuple[dict[str, str], Visitor]:
        """Return the fields of a form, and the visitor. Raises NotTaken."""
        form = await fields_of(request)
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
        if visitor is None or not sessions.is_ours(form, visitor.csrf):
            raise NotTaken(_written(form), "signed_out" if visitor is None else "again")
        return form, visitor

    async def _carry_out(self, person: Person, act: Act, number: int, on: str | None = None) -> None:
        async def do(ctx: Context) -> tuple[list[CallbackAnswer], list[StrangerMessage]]:
            if on is not None and await form_updates.is_older(ctx, person, act.text, on):
                raise Older("conversation", act.text)
            await form_updates.carry_out(ctx, await ctx.work.people.get(person.id), act)
            return ctx.notices, ctx.stranger_messages

        told, unknown = await self._poller.act(number, do) or ([], [])
        texts = [*(one.text for one in told), *(laid_out(one.body) for one in unknown)]
        if notice := "\n".join(text for text in texts if text):
            self._notices.put(person.id, notice)
        await self._quiet(private_chat(person.id))
        if act.group is not None:
            await self._quiet(group_chat(act.group.id))

    async def _come(self, request: web.Request, act: Act, form: dict[str, str]) -> web.StreamResponse:
        """Add a new person, who has followed a link for the first time."""

        async def do(ctx: Context) -> tuple[str, Person]:
            person = await ctx.work.people.add_own()
            secret = await sessions.begin(ctx, person.id, request.headers.get("User-Agent", ""))
            await form_updates.carry_out(ctx, person, act)
            return secret, person

        if (came := await self._poller.act(number_of(form), do)) is None:
            raise web.HTTPSeeOther("/")
        await self._quiet(private_chat(came[1].id))
        return self._signed_in(came[0], await self._place_for(came[1]))

    async def _place_for(self, person: Person) -> str:
        """Return where somebody who followed a link goes on: to a form for people outside, else to the conversation."""
        async with self._asking.store.work() as work:
            ctx = self._asking.context(work)
            forms = [place for place, _ in await exercise.open_to(ctx, person) if place.member.role == "guest"]
        return f"/ovning/{self._asking.run_mark(person, forms[0].record.id)}" if forms else NEWEST

    async def _sign_in(self, request: web.Request, token: str) -> web.StreamResponse:
        secret = ""
        async with self._asking.store.work() as work:
            if (taken := await sign_in.take(work, self._asking.services.buttons, token)) is not None:
                (person, proves), agent = taken, request.headers.get("User-Agent", "")
                ctx = self._asking.context(work)
                proves = proves and not await work.passkeys.of_person(person.id)  # which alone proves who they are
                secret = await sessions.begin(ctx, person.id, agent, proved=proves)
        if not secret:
            raise web.HTTPSeeOther(f"/l/{token}")
        return self._signed_in(secret, "/")

    def _signed_in(self, secret: str, to: str) -> web.StreamResponse:
        response = web.Response(status=303, headers={"Location": to})
        sessions.set_cookie(response, secret, secure=self._asking.secure)
        return response

    async def _quiet(self, chat: str) -> None:
        """Wait, for a little while at most, until a chat's waiting messages are sent."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._live.waiting([chat]) as changed:
                patience = LOOK
                while await self._waits(chat):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(patience):  # not all that goes out shows in the chat
                            await changed.wait()
                    changed.clear()
                    patience *= 2  # where many wait at once, their looks would be what they wait for

    async def _waits(self, chat: str) -> bool:
        async with self._asking.store.work() as work:
            return await work.outbox.waits(chat)


async def _with_proof(ctx: Context, visitor: Visitor) -> SignIn:
    """Note in the context what the visitor has proved, just now too; return their sign-in as it is by then."""
    sign_in = await ctx.work.sign_ins.get(visitor.sign_in.id)
    ctx.proof = proof_of(sign_in, ctx.now)
    return sign_in


def _written(form: Mapping[str, str]) -> list[str]:
    return [text for name, text in form.items() if name.startswith(WRITTEN) and text.strip()]


def _back(form: Mapping[str, str]) -> str:
    return f"/grupp/{form['group']}#sist" if form.get("group") else NEWEST
