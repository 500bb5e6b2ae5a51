"""The page of the event's invitation and poster, without an account: one form, and a thank-you.

A GET changes nothing, as a link preview opens the page, too. A person who answers is a guest from then on, in this
browser, so that they can change their answer, and be told when the event is moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from aiohttp import web

from bot.channel.updates import Sender
from bot.context import invitations
from bot.context.abuse_limits import PAGE_GUESTS
from bot.context.context import Actor, Context
from bot.context.message import Message
from bot.context.refusals import refusals_told
from bot.context.sealed_actions import LINK, Action
from bot.dispatch.polling import Poller
from bot.features.network.access_requests import REQUEST
from bot.features.outsiders import event_facts, event_link, guest_list, guests
from bot.features.wellbeing.hearing import Where
from bot.page import care, sessions
from bot.page.care import HeardIn
from bot.page.conversation import shown
from bot.page.form_fields import ON, fields_of, mark_of, number_of, own_words
from bot.page.sessions import Visitor
from bot.page.templates import Looks
from bot.page.visitor import Asking
from bot.telegram import links
from flows.answers import clean, unfit
from flows.enums import Field
from flows.values import Value
from messages.voice import TemplateFacts
from storage.records.links import Link
from storage.records.message_notes import MessageContext
from storage.records.records import Group, Member, Person, Row
from storage.store import UnitOfWork

ADDRESS: Final = "/inbjudan/{token}"
NAME: Final = "name"  # the field of a guest's name
ROLES: Final = ("guest", "network")


def is_invitation(action: Action | None, link: Link | None) -> bool:
    """True if a link of the bot's is to the event."""
    return (action is not None and action.verb == event_link.VERB) or (
        link is not None and link.purpose == guests.PURPOSE
    )


@dataclass(frozen=True, slots=True)
class _Invited:
    """A valid link: the group, and the guest's row, if it is one person's. `action`: of the open link."""

    group: Group
    action: Action
    link: Link | None
    row: Row | None
    member: Member | None  # the visitor's seat, if they have one


class Guests:
    """Handles the page of the event."""

    def __init__(self, asking: Asking, poller: Poller, looks: Looks) -> None:
        self._asking, self._poller, self._looks = asking, poller, looks

    async def look(self, request: web.Request) -> web.StreamResponse:
        """Show the invitation, with earlier answers from this browser."""
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            invited = await self._invited(work, request, visitor)
            if invited is None:
                return await self._ended(work, request, visitor)
            if invited.member is not None and invited.member.role not in ROLES and invited.member.state != "left":
                raise web.HTTPSeeOther("/")
            facts = await self._facts(work, invited, visitor, {})
        return self._looks.page("guest", {**facts, "token": request.match_info["token"]})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take the answers; if something is missing, or has been answered in another window since the form was opened,
        say so and show the form as it was filled in."""
        token, form = request.match_info["token"], await fields_of(request)
        async with self._asking.store.work() as work:
            visitor = await self._asking.visitor(work, request)
            invited = await self._invited(work, request, visitor)
            if invited is None:
                return await self._ended(work, request, visitor)
            ctx = self._asking.context(work)
            questions = await self._questions(ctx, invited)
            troubled = _lacks(form, questions, named=invited.row is not None)
            heard = _heard(form)
            limits, place = self._asking.services.limits, hash(token)
            wait = limits.over(PAGE_GUESTS, place, ctx.now) is not None
            older = _is_older(form, visitor, _stands(ctx, invited, questions))
            if troubled or wait or older or heard.held:
                facts = await self._facts(work, invited, visitor, form)
                told = {"troubled": troubled, "wait": wait, "older": older, "token": token}
                copies = await care.card(self._asking.collecting(work), None, heard)
                told |= {"care": [shown(self._asking.services, one, proved=False, outside=True) for one in copies]}
                told |= {"held": str(heard.held.get(NAME, "")), "mine": bool(own_words(form))}
                return self._looks.page("guest", {**facts, **told}, status=429 if wait else 200)
            limits.count(PAGE_GUESTS, place, ctx.now)

        async def do(ctx: Context) -> str:
            person = visitor.person if visitor else await ctx.work.people.add_own()
            agent = request.headers.get("User-Agent", "")
            secret = await sessions.begin(ctx, person.id, agent) if visitor is None else ""
            await _keep(ctx, invited, person, form, questions)
            return secret

        secret = await self._poller.act(number_of(form), do)
        response = await self._thanks(token, visitor, secret, form, questions)
        if secret:
            sessions.set_cookie(response, secret, secure=self._asking.secure)
        return response

    async def _thanks(
        self, token: str, visitor: Visitor | None, secret: str | None, form: Mapping[str, str], asked: tuple[Field, ...]
    ) -> web.Response:
        facts: TemplateFacts = {
            **_frame(visitor),
            "csrf": visitor.csrf if visitor else sessions.csrf_of(secret) if secret else "",
            "token": token,
            "said": form.get(Field.COMING) if Field.COMING in asked else "request",
            "joins": form.get(Field.JOIN) == "yes",
            "mail": self._asking.mail and bool(visitor or secret),
            "notice": care.line(self._asking.services.voice, _heard(form)),
        }
        return self._looks.page("guest_done", facts)

    # -- what is known -----------------------------------------------------------------------------------------------
    async def _ended(self, work: UnitOfWork, request: web.Request, visitor: Visitor | None) -> web.Response:
        """Say that a link has ended or, of one that is another's by now, how one gets one's own."""
        link, mine = await work.links.find(request.match_info["token"]), visitor.person.id if visitor else None
        if link is None or link.purpose != guests.PURPOSE or link.state != "valid" or link.person_id in (None, mine):
            return self._looks.ended(_frame(visitor))
        event = await event_facts.event_of(self._asking.context(work), await work.groups.get(link.group_id or 0))
        return self._looks.ended({**_frame(visitor), "contact": event.contact}, anew="others")

    async def _invited(self, work: UnitOfWork, request: web.Request, visitor: Visitor | None) -> _Invited | None:
        """Return what a link invites to; None if it has expired, or is another's by now."""
        token, ctx = request.match_info["token"], self._asking.context(work)
        action, link = self._asking.services.buttons.open(LINK, token), await work.links.find(token)
        if action is None or not is_invitation(action, link):
            return None
        group = await work.groups.lookup(action.run)
        if group is None or group.state != "active":
            return None
        person = visitor.person if visitor else None
        member = await work.members.find(group.id, person.user_id) if person else None
        row = await guest_list.row_of(ctx, group, member) if member else None
        if action.verb == invitations.VERB:
            if link is None or link.state != "valid" or link.person_id not in (None, person.id if person else 0):
                return None
            row = await work.rows.lookup(int(link.ref or 0))
            if row is None or row.state == "removed":
                return None
        elif not await event_link.is_good(ctx, group, action):
            return None
        return _Invited(group, action, link, row, member)

    async def _questions(self, ctx: Context, invited: _Invited) -> tuple[Field, ...]:
        """Return the present questions: whether they come or, once the event has begun, the request."""
        event = await event_facts.event_of(ctx, invited.group)
        begun = event.has_begun(ctx.now.astimezone(ctx.services.zone))
        return REQUEST if begun else (Field.COMING,)

    async def _facts(
        self, work: UnitOfWork, invited: _Invited, visitor: Visitor | None, form: Mapping[str, str]
    ) -> TemplateFacts:
        ctx = self._asking.context(work)
        event, register = await event_facts.event_of(ctx, invited.group), guest_list.register(ctx)
        coming = register.told(invited.row.values, Field.COMING) if invited.row else None
        questions = await self._questions(ctx, invited)
        stands = _stands(ctx, invited, questions)
        action = invited.action
        token = self._asking.services.buttons.seal(LINK, action)
        telegram = links.link(ctx.services.username, token) if ctx.services.username else ""
        facts: TemplateFacts = event_facts.for_everybody(ctx, invited.group, event)
        return {
            "event": facts,
            "off": invited.group.settings.event.off,
            "asked": [(question, form.get(question, said or "")) for question, said in stands.items()],
            ON: mark_of(stands),
            "stage": _stage(questions, coming, today=event.day == ctx.today),
            "coming": coming,
            "named": invited.row is not None,
            NAME: form.get(NAME, ""),
            "telegram": telegram,
            **_frame(visitor),
            **dict.fromkeys(("troubled", "wait", "older", "care", "held", "mine"), ""),
        }


def _frame(visitor: Visitor | None) -> TemplateFacts:
    """Return the facts of every page, for a guest: there is nowhere else to go."""
    return {"visitor": visitor, "here": "link", "groups": [], "pages": []}


def _is_older(form: Mapping[str, str], visitor: Visitor | None, stands: Mapping[str, str | None]) -> bool:
    """True if a form was opened before an answer from another window, and says something else."""
    signed_in = visitor is not None and form.get("csrf") != visitor.csrf  # by that answer
    return signed_in or (form.get(ON) != mark_of(stands) and stands != {name: form.get(name) for name in stands})


def _stands(ctx: Context, invited: _Invited, questions: tuple[Field, ...]) -> dict[str, str | None]:
    """Return what the visitor has answered before, as a form has it."""
    mine, told = invited.row if invited.member is not None else None, guest_list.register(ctx).told
    found = {question: told(mine.values, question) if mine else None for question in questions}
    return {str(question): str(said) if said else None for question, said in found.items()}


def _stage(questions: tuple[Field, ...], coming: Value | None, *, today: bool) -> str:
    """Return when a guest reads this: `before` the event, there (`leaving` it), or `after` it, when nothing tells that
    they came."""
    if questions != REQUEST:
        return "before"
    return "leaving" if today and coming != "no" else "after"


def _lacks(form: Mapping[str, str], questions: tuple[Field, ...], *, named: bool) -> bool:
    """True if an answer, or the guest's name, is missing."""
    name = " ".join(clean(form.get(NAME, "")).split())[: event_link.LONGEST]
    return any(form.get(q) not in guest_list.ANSWERS for q in questions) or (not named and bool(unfit(name)))


def _heard(form: Mapping[str, str]) -> HeardIn:
    """Return what is heard in the name, the only text that is asked for."""
    return care.hear({NAME: (form.get(NAME, ""), Where.QUESTION)}, own_words(form))


@dataclass(slots=True)
class _FormContext(Context):
    """A context that asks somebody nothing in the chat: it is what their form answers at the same time."""

    guest: int = 0

    async def tell_person(self, person_id: int, message: Message, *, beside: bool = False) -> None:
        """Tell everybody else."""
        if person_id != self.guest:
            await Context.tell_person(self, person_id, message, beside=beside)


async def _keep(
    ctx: Context, invited: _Invited, person: Person, form: Mapping[str, str], questions: tuple[Field, ...]
) -> None:
    """Become the guest, and answer, as in the chat; said there is only what comes of the last answer."""
    group, sender = invited.group, Sender(person.user_id, "")
    silent = _FormContext(**{part.name: getattr(ctx, part.name) for part in fields(ctx)}, guest=person.id)
    if invited.link is not None:
        await guests.follow(silent, person, invited.link, sender)
    else:
        await event_link.follow(silent, person, invited.action, sender)
    member = await ctx.work.members.find(group.id, person.user_id)
    if member is None:
        return
    if invited.link is None and await guest_list.row_of(ctx, group, member) is None:
        wanted = MessageContext(want="guest_name", group=group.id)
        await event_link.named(silent, Actor(person, group, member), form.get(NAME, ""), wanted)
    for question in questions:
        actor = Actor(person, group, await ctx.work.members.get(member.id))
        action = Action("rsvp", group.id, 0, f"{question}:{form[question]}")
        asks = ctx if question == questions[-1] else silent
        with refusals_told(asks):
            await guests.answer(asks, actor, action)
