"""The page's GET handlers, which change nothing."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.assembly import inbox
from bot.assembly.chat_commands import COMMANDS
from bot.context import invitations
from bot.context.context import Actor, Context
from bot.context.permissions import May, Proof, may
from bot.context.routes import Menu
from bot.context.sealed_actions import LINK, Action
from bot.features.help.menus import groups_of, own_numbers, turn_facts
from bot.features.home import start_page
from bot.features.incidents import work_devices
from bot.features.members import activation, admission, handover, mail_address, not_me, sign_in
from bot.features.network import network_meetings
from bot.features.registers import printed_card
from bot.page import care, device, guest, mail
from bot.page.command_answers import answers_to, standing_of
from bot.page.conversation import ShownMessage, shown
from bot.page.exercise import SentIn, open_to, place_of, sheet
from bot.page.form_fields import mark_of
from bot.page.form_updates import asked
from bot.page.live import Live
from bot.page.one_time_code import proof_of
from bot.page.sessions import Visitor
from bot.page.templates import Looks
from bot.page.visitor import Asking
from bot.telegram import links
from messages.voice import TemplateFacts
from storage.records.chat_copies import NO_END
from storage.records.links import Link
from storage.records.mail import COUNTS
from storage.records.meetings import Meeting
from storage.records.outbox import FOLDED
from storage.records.records import ChatCopy, Group, Member, Person, group_chat, is_own_number, private_chat
from storage.store import UnitOfWork
from storage.table import seconds

TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".pdf": "application/pdf"}
AT_HAND: Final = frozenset({"incident", "ring", "svara", "start"})  # have buttons of their own on the first page
COMMAND_PAGES: Final = {"documents": "dokument", "calendar": "kalender"}  # pages that show a command's answer
MESSAGES: Final = 50  # of a chat on one page
BEFORE: Final = "fore"  # of an address: show what came before this copy
KINDS: Final = {admission.PURPOSE: "seat", handover.PURPOSE: "takeover"}  # of a link's page
MAILED: Final = {mail_address.CONFIRM: "mail_confirm", not_me.NOT_ME: "mail_not_me"}
NEVER: Final = 1 << 62
BEAT: Final = 25.0  # seconds between signs of life on an open connection, as proxies end silent ones


def _kind_of_link(action: Action | None, found: Link | None, *, signs_in: bool) -> str:
    """Return which text the page of a link shows: "bad" for what is no link of ours, "ended" for one that was used.

    `signs_in`: it is good, and signs somebody in.
    """
    if action is not None and action.verb == sign_in.VERB and found is not None:
        return "sign_in" if signs_in else "ended"
    if action is None or action.verb == activation.VERB:
        return "bad"
    valid = found is not None and found.state == "valid"
    if action.verb == mail.OFF:
        return "mail_off"
    if action.verb in MAILED:
        return MAILED[action.verb] if valid else "ended"
    if action.verb != invitations.VERB:
        return "follow"
    if found is None:
        return "bad"
    return KINDS.get(found.purpose, "follow") if valid else "ended"


@dataclass(slots=True)
class Notices:
    """Notices to show once, on a person's next page. Lost at a restart."""

    texts: dict[int, str]

    def put(self, person_id: int, text: str) -> None:
        """Show this on the next page."""
        self.texts[person_id] = text

    def take(self, person_id: int) -> str:
        """Return the notice, once."""
        return self.texts.pop(person_id, "")


class Looking:
    """Handles the pages."""

    def __init__(self, asking: Asking, looks: Looks, live: Live, notices: Notices) -> None:
        self._asking, self._looks, self._live, self.notices = asking, looks, live, notices

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Show what waits, the next meeting, where to turn, and the log of incidents; to a stranger what this is."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            ctx = self._asking.context(work)
            if visitor is None:
                return self._looks.page(
                    "welcome",
                    {"turn": turn_facts(ctx), "username": self._username, "mail": self._asking.mail},
                )
            facts = await self.frame(work, visitor, "home")
            seats = await start_page.seats(ctx, visitor.person)
            places, open_now = await open_to(ctx, visitor.person), self._asking.collecting(work)
            await inbox.show(open_now, visitor.person)
            facts |= {
                "exercises": [(self._asking.run_mark(visitor.person, p.record.id), title) for p, title in places],
                "waits": [self._shown(copy, visitor) for copy in open_now.said],
                "way_back": not self._asking.mail or await has_way_back(work, visitor.person),
                "meetings": [(g.title, m.role, coming) for g, m in seats if (coming := await _next_meeting(ctx, g, m))],
                "networks": [g.title for g, m in seats if start_page.home_of(m, g) is start_page.Home.NETWORK],
                "turn": turn_facts(ctx),
                "own_numbers": await own_numbers(ctx, await groups_of(ctx, visitor.person)),
                "commands": self._commands(seats, Menu.MENU),
                "rest": self._commands(seats, Menu.MORE),
                "homes": await self._homes(work, visitor, seats),
                "logs": any(may(May.LOG, member, group) for group, member in seats),
                "seated": any(member.state == "active" for _, member in seats),
            }
        return self._looks.page("home", facts)

    async def conversation(self, request: web.Request, written: str = "") -> web.StreamResponse:
        """Show one's own chat with the bot; in its field what was `written` to what is no longer asked."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            facts = await self.frame(work, visitor, "conversation")
            facts |= await self._stream(work, visitor, private_chat(visitor.person.id), request)
            ctx = self._asking.context(work)
            facts["seated"] = bool(await start_page.seats(ctx, visitor.person))
            facts["on"] = await asked(ctx, visitor.person)
        return self._looks.page("conversation", {**facts, "written": written})

    async def group(self, request: web.Request) -> web.StreamResponse:
        """Show a group's chat: its cards, results and conclusions, with their buttons."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            group = await self._asking.group(work, visitor.person, request.match_info["group"])
            facts = await self.frame(work, visitor, request.match_info["group"])
            card = await standing_of(self._asking.collecting(work), group)
            pinned = await work.outbox.latest(group_chat(group.id), "status")
            beside = pinned.message_id if pinned else None
            facts |= await self._stream(work, visitor, group_chat(group.id), request, beside=beside)
        facts |= {"group": request.match_info["group"], "town": group.title}
        facts["standing"] = self._shown(card, visitor)
        return self._looks.page("group", facts)

    async def _stream(
        self, work: UnitOfWork, visitor: Visitor, chat: str, request: web.Request, *, beside: int | None = None
    ) -> dict[str, object]:
        """A page of a chat: its newest messages, or those before the one that is named; and whether there are older.

        `beside`: the message that is shown in a place of its own.
        """
        before = _number(request.query[BEFORE]) if BEFORE in request.query else NO_END
        copies = await work.chat_copies.newest(chat, MESSAGES + 1, before=before)
        shown = copies[-MESSAGES:]
        older = shown[0].id if len(copies) > MESSAGES else 0
        now = seconds(self._asking.clock())
        folds = [copy.content[FOLDED] - now for copy in shown if FOLDED in copy.content]
        there = (copy for copy in shown if copy.message_id != beside and not _folded(copy, now))
        return {
            "messages": [self._shown(copy, visitor) for copy in there],
            "older": older,
            "newest": before == NO_END,
            "folds": min((left for left in folds if left > 0), default=0),
        }

    async def exercise(self, request: web.Request) -> web.StreamResponse:
        """Show all questions of an exercise on one page."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
        return await self.sheet(visitor, request.match_info["run"], SentIn(), saved="sparat" in request.query)

    async def sheet(self, visitor: Visitor, mark: str, sent: SentIn, *, saved: bool) -> web.StreamResponse:
        """Show an exercise's page, with what was not taken of a form that was `sent`."""
        async with self._asking.store.work() as work:
            ctx = self._asking.collecting(work)
            place = await place_of(ctx, visitor.person, self._asking.run(visitor.person, mark))
            if place is None:
                raise web.HTTPNotFound
            facts = await self.frame(work, visitor, "home")
            facts["sheet"] = await sheet(ctx, place, sent)
            facts["care"] = [self._shown(one, visitor) for one in await care.card(ctx, visitor.person, sent.heard)]
            facts["line"] = care.line(ctx.services.voice, sent.heard)
        return self._looks.page("exercise", {**facts, "mark": mark, "sent": sent, "saved": saved})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Send a file of a message, from a chat that is open to the visitor."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            copy = await work.chat_copies.lookup(_number(request.match_info["copy"]))
            open_to = {private_chat(visitor.person.id)}
            open_to |= {group_chat(group.id) for group, _ in await self._asking.groups(work, visitor.person)}
            if copy is None or copy.chat not in open_to or self._shown(copy, visitor).shut:
                raise web.HTTPNotFound
            file = await work.chat_copies.file(copy, _number(request.match_info["number"]))
        if file is None:
            raise web.HTTPNotFound
        suffix = file.filename[file.filename.rfind(".") :].lower()
        response = web.Response(body=file.content, content_type=TYPES.get(suffix, "application/octet-stream"))
        response.headers["Content-Disposition"] = _disposition(file.filename, inline=suffix in (".png", ".jpg"))
        return response

    async def command(self, request: web.Request) -> web.StreamResponse:
        """Show a command's answer: the documents and how complete each is, or the coming meetings of one's groups."""
        here = next(page for page, command in COMMAND_PAGES.items() if request.path == f"/{command}")
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            facts = await self.frame(work, visitor, here)
            facts["answers"] = await self._answers(work, visitor, COMMAND_PAGES[here])
        return self._looks.page("answers", facts)

    async def _answers(self, work: UnitOfWork, visitor: Visitor, command: str) -> list[tuple[str, list[ShownMessage]]]:
        """Return a command's answers, by the group's name; if it is for others, who it is for, and what is for them."""
        ctx = self._asking.collecting(work)
        found = [(group.title, copies) for group, copies in await answers_to(ctx, visitor.person, command)]
        if not found and await start_page.seat(ctx, visitor.person) is not None:
            await start_page.refuse(ctx, visitor.person)
            found = [("", ctx.said)]
        level = 2 if len(found) == 1 else 3  # of several, each stands under its town
        return [(title, [self._shown(copy, visitor, level) for copy in copies]) for title, copies in found]

    async def _homes(
        self, work: UnitOfWork, visitor: Visitor, seats: Sequence[tuple[Group, Member]]
    ) -> list[ShownMessage]:
        """Return who they are here and what they can do, for seats outside of the core group and the network."""
        ctx = self._asking.collecting(work)
        for group, member in seats:
            if start_page.home_of(member, group) not in (start_page.Home.CORE, start_page.Home.NETWORK):
                await start_page.start(ctx, Actor(visitor.person, group, member))
        return [self._shown(copy, visitor, level=2) for copy in ctx.said]

    async def account(self, request: web.Request, written: str | None = None) -> web.StreamResponse:
        """Show what is stored about oneself, and one's sign-ins, each with a button to end it. `written`: an address
        that was not taken, as another has been given since."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            facts = await self.frame(work, visitor, "account")
            facts["sign_ins"] = await work.sign_ins.of_person(visitor.person.id)
            facts["keys"] = await work.passkeys.of_person(visitor.person.id)
            facts["answers"] = await self._answers(work, visitor, "mina_uppgifter")
            facts["mail"] = self._asking.mail
            facts["way_back"] = await has_way_back(work, visitor.person)
            facts["addresses"] = there = await work.mail_addresses.every(visitor.person.id)
            facts["on"] = mark_of(sorted({one.address for one in there}))
        return self._looks.page("account", {**facts, "written": written})

    async def statement(self, request: web.Request) -> web.StreamResponse:
        """Show the statement of accessibility (lagen om tillgänglighet till digital offentlig service)."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            facts = await self.frame(work, visitor, "statement")
        facts["operator"] = self._asking.services.operator
        return self._looks.page("statement", facts)

    async def where_to_turn(self, request: web.Request) -> web.StreamResponse:
        """Show whom one can ring now, signed in or not; a town's own numbers only to those who may see them."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            ctx, facts = self._asking.context(work), await self.frame(work, visitor, "ring")
            mine = await groups_of(ctx, visitor.person) if visitor else []
            facts |= {"turn": turn_facts(ctx), "own_numbers": await own_numbers(ctx, mine)}
        return self._looks.page("ring", facts)

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Show what a link is for, before a button follows it, and whom it signs in. It tells nothing of a town."""
        token = request.match_info["token"]
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            facts = await self.frame(work, visitor, "link")
            found, buttons = await work.links.find(token), self._asking.services.buttons
            signs_in = await sign_in.whose(work, buttons, token) is not None
        if found is not None and found.purpose == work_devices.PURPOSE:
            raise web.HTTPSeeOther(device.ADDRESS.format(token=token))
        action = buttons.open(LINK, token)
        if guest.is_invitation(action, found):
            raise web.HTTPSeeOther(guest.ADDRESS.format(token=token))
        if action is not None and action.verb == printed_card.VERB:
            return await self._card(facts, action)
        kind = _kind_of_link(action, found, signs_in=signs_in)
        if kind == "ended" and action is not None:
            given = "used" if visitor else "given"
            own = {sign_in.VERB: "inside" if visitor else "sign_in", **MAILED}
            return self._looks.ended(facts, anew=own.get(action.verb, given))
        if kind == "bad":
            return self._looks.page("link", {**facts, "kind": kind, "anew": "given"}, status=404)
        telegram = links.link(self._username, token) if self._username and kind in ("follow", "takeover") else ""
        shown = {**facts, "kind": kind, "token": token, "telegram": telegram}
        shown["name"] = await self._signed_in_by(token)
        if visitor is not None:
            return self._looks.page("link", {**shown, "csrf": visitor.csrf})
        return self._asking.with_form(request, lambda csrf: self._looks.page("link", {**shown, "csrf": csrf}))

    async def _card(self, facts: TemplateFacts, action: Action) -> web.Response:
        """Show whether the card that has this code holds."""
        async with self._asking.store.work() as work:
            state = await printed_card.state(self._asking.context(work), action)
        return self._looks.page("card", {**facts, "state": state})

    async def _signed_in_by(self, token: str) -> str:
        """Return the name of whom a link signs in: two may share a mailbox, and no mail names anybody."""
        async with self._asking.store.work() as work:
            found = await sign_in.whose(work, self._asking.services.buttons, token)
            seats = await work.members.of_person(found[0].id) if found is not None else []
        return next((member.name for member in seats if member.name), "")

    async def founding(self, request: web.Request) -> web.StreamResponse:
        """Show the form to begin a group without a chat, with the operator's code."""
        code = request.match_info["code"]
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            facts = await self.frame(work, visitor, "link")
            verdict = await activation.look(work, self._asking.services.buttons, code, None, self._asking.clock())
        if verdict is not activation.CodeVerdict.ACCEPTED:
            return self._looks.ended(facts, anew="used" if visitor else "given")
        facts |= {"code": code, "mail": self._asking.mail}
        return self._asking.with_form(request, lambda csrf: self._looks.page("founding", {**facts, "csrf": csrf}))

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Tell an open page that one of its chats has changed; never what."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.signed_in(work, request)
            mine = await self._asking.groups(work, visitor.person)
        if self._live.is_full_for(visitor.person.id):
            raise web.HTTPServiceUnavailable
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        chats = [private_chat(visitor.person.id), *(group_chat(group.id) for group, _ in mine)]

        def is_open() -> bool:
            return request.transport is not None and not request.transport.is_closing()

        with suppress(ConnectionResetError), self._live.stream(visitor.person.id, is_open):
            async with self._live.waiting(chats) as changed:
                await response.prepare(request)  # now the page looks once, and from here on it is told
                while True:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(BEAT):
                            await changed.wait()
                    await response.write(b"event: changed\ndata:\n\n" if changed.is_set() else b":\n\n")
                    changed.clear()
        return response

    # -- what all pages have -----------------------------------------------------------------------------------------
    @property
    def _username(self) -> str:
        return self._asking.services.username

    def _shown(self, copy: ChatCopy, visitor: Visitor, level: int = 3) -> ShownMessage:
        proved = proof_of(visitor.sign_in, self._asking.clock()) is Proof.GIVEN
        return shown(self._asking.services, copy, proved=proved, level=level)

    async def frame(self, work: UnitOfWork, visitor: Visitor | None, here: str) -> dict[str, object]:
        """Return the facts of every page."""
        mine = await self._asking.groups(work, visitor.person) if visitor else []
        seats = await start_page.seats(self._asking.context(work), visitor.person) if visitor else []
        return {
            "visitor": visitor,
            "here": here,
            "groups": [(self._asking.mark(visitor.person, group), group.title) for group, _ in mine] if visitor else [],
            "pages": [
                page
                for page, command in COMMAND_PAGES.items()
                if any(may(COMMANDS[command].needs, member, group) for group, member in seats)
            ],
            "notice": self.notices.take(visitor.person.id) if visitor and not visitor.looks else "",
        }

    def _commands(self, seats: Sequence[tuple[Group, Member]], which: Menu) -> list[tuple[str, str]]:
        """Return what somebody can do, as this menu of a private chat has it."""
        voice, shown = self._asking.services.voice, [c for c in COMMANDS.values() if which & c.menus]
        usable = [c.name for c in shown if any(may(c.needs, member, group) for group, member in seats)]
        return [(voice.rules.called(n), voice.label(f"command.{n}")) for n in usable if n not in AT_HAND]


def _folded(copy: ChatCopy, now: int) -> bool:
    return bool(copy.content.get(FOLDED, NEVER) <= now)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise web.HTTPNotFound
    return int(text)


def _disposition(name: str, *, inline: bool) -> str:
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}"


async def _next_meeting(ctx: Context, group: Group, member: Member) -> Meeting | None:
    """Return the next meeting that somebody is called to: the core group to each, the network to its own."""
    if start_page.home_of(member, group) not in (start_page.Home.CORE, start_page.Home.NETWORK):
        return None
    coming = await ctx.work.meetings.planned(group.id, ctx.today)
    if member.role == "network":
        return network_meetings.coming(ctx, coming)
    return min(coming, key=lambda meeting: (meeting.day, meeting.at), default=None)


async def has_way_back(work: UnitOfWork, person: Person) -> bool:
    """True if the person can sign in anew by themselves: from Telegram, by a passkey or a mail address of theirs."""
    address = await work.mail_addresses.of_person(person.id)
    by_mail = address is not None and address.state in COUNTS
    return by_mail or not is_own_number(person.user_id) or bool(await work.passkeys.of_person(person.id))
