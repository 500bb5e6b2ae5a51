"""Passkeys: a key in somebody's telephone or computer shows who they are, instead of a one-time code (WebAuthn 2).

Its owner shows it with the screen's code, a finger or their face, which is asked for each time. It is good for this
page's address alone, so that no other site can ask for it. Whoever has one gets no code by Telegram or mail any more:
without it they are told one by somebody else (`one_time_code`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Final
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.context.context import Context
from bot.context.services import Services
from bot.features.members import not_me
from bot.page.sessions import PROVED_FOR, Visitor
from storage.records.passkeys import Passkey

WITHIN: Final = timedelta(minutes=5)  # how long a challenge is valid
TAKEN_BACK_WITHIN: Final = timedelta(days=30)  # by the link in the mail; by the button, as long as the key is there
NAME: Final = 40  # characters
_CHOICE: Final = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED,  # so that it signs in without a name
    user_verification=UserVerificationRequirement.REQUIRED,
)


class Challenges:
    """What keys are asked to sign: once, in the browser that it was given to (known by its forms' token).

    In memory: after a restart one begins again.
    """

    def __init__(self) -> None:
        self._given: dict[str, tuple[bytes, datetime]] = {}

    def give(self, csrf: str, now: datetime) -> bytes:
        """Return a new one for this browser; the one before is void."""
        self._given = {one: given for one, given in self._given.items() if now < given[1]}
        challenge = token_bytes(32)
        self._given[csrf] = challenge, now + WITHIN
        return challenge

    def take(self, csrf: str, now: datetime) -> bytes:
        """Return this browser's, once; if there is none, one that nobody was given."""
        challenge, until = self._given.pop(csrf, (b"", now))
        return challenge if now < until else token_bytes(32)


class Passkeys:
    """Adds keys, and finds out whose is shown."""

    def __init__(self, services: Services) -> None:
        self._voice, self._challenges = services.voice, Challenges()
        page = urlsplit(services.page_url)
        self._host, self._origin = page.hostname or "", f"{page.scheme}://{page.netloc}"

    def asks_for_new(self, csrf: str, name: str, there: Sequence[Passkey], now: datetime) -> str:
        """Return, as JSON, what a browser is asked in order to make a key of this name, other than those `there`."""
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=self._voice.label("page.name"),
            user_name=name,  # stands in the device's list of keys, so the person's own name does not
            challenge=self._challenges.give(csrf, now),
            authenticator_selection=_CHOICE,
            exclude_credentials=_described(there),
        )
        return webauthn.options_to_json(options)

    def asks(self, csrf: str, of: Sequence[Passkey], now: datetime) -> str:
        """Return, as JSON, what a browser is asked in order to show one of these keys, or, if none is named, any."""
        options = webauthn.generate_authentication_options(
            rp_id=self._host,
            challenge=self._challenges.give(csrf, now),
            allow_credentials=_described(of),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    async def add(self, ctx: Context, visitor: Visitor, name: str, made: str) -> bool:
        """Keep a new key (`made`, as the browser says it), and tell its owner wherever they are; False if it is not
        what was asked for. Raises NotProved."""
        ctx.prove()
        try:
            new = webauthn.verify_registration_response(
                credential=made,
                expected_challenge=self._challenges.take(visitor.csrf, ctx.now),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except WebAuthnException:
            return False
        credential = bytes_to_base64url(new.credential_id), bytes_to_base64url(new.credential_public_key)
        if await ctx.work.passkeys.find(credential[0]) is not None:
            return False
        person_id = visitor.person.id
        key = await ctx.work.passkeys.add(person_id, credential, new.sign_count, name=name, made=ctx.today)
        await not_me.mail(ctx, person_id, "key", ctx.now + TAKEN_BACK_WITHIN, key.id)
        await ctx.to_person(person_id, "passkey.added", {"name": name}, await not_me.button(ctx, person_id, key.id))
        return True

    async def remove(self, ctx: Context, person_id: int, id: int) -> None:
        """Remove a key of the person's, and tell them if it was the last. Raises NotProved."""
        ctx.prove()
        there = await ctx.work.passkeys.of_person(person_id)
        if id not in {one.id for one in there}:
            return
        await ctx.work.passkeys.remove(id)
        if len(there) == 1:
            await ctx.to_person(person_id, "passkey.none")

    async def shown(self, ctx: Context, csrf: str, answer: str) -> Passkey | None:
        """Return the key that a browser shows (`answer`, as it says it); None if it shows none of ours, or not now."""
        challenge = self._challenges.take(csrf, ctx.now)
        try:
            credential = parse_authentication_credential_json(answer)
            if (key := await ctx.work.passkeys.find(bytes_to_base64url(credential.raw_id))) is None:
                return None
            proved = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(key.public_key),
                credential_current_sign_count=key.counter,
                require_user_verification=True,
            )
        except WebAuthnException:  # a counter that goes back, too: the key was copied
            return None
        await ctx.work.passkeys.used(key.id, proved.new_sign_count, ctx.today)
        return key

    async def prove(self, ctx: Context, visitor: Visitor, answer: str) -> bool:
        """True if the visitor shows a key of theirs, which is as good as a one-time code of their own."""
        key = await self.shown(ctx, visitor.csrf, answer)
        if key is None or key.person_id != visitor.person.id:
            return False
        await ctx.work.sign_ins.prove(visitor.sign_in.id, ctx.now + PROVED_FOR, vouches=True)
        return True


def _described(keys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential)) for key in keys]
