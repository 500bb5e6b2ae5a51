"""Examines Telegram: is the token valid, are privacy mode and groups as they should be, does no other program poll.

It calls the Bot API by plain HTTP, as it needs the responses' Date header. No call here confirms an update.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from bot.doctor.finding import Finding, error, obstacle, ok, warning
from storage.json_records import Json, JsonObject

SKEW_NOTED, SKEW_WRONG = 5, 60  # seconds
LISTEN = 3  # seconds; another poller would poll again within that

UNREACHABLE = "Check the network, the firewall and STADSBOT_API_URL; the bot keeps trying by itself."


@dataclass(frozen=True, slots=True)
class Response:
    """A response of the Bot API; `code` is 200 for success, 0 if none came at all."""

    code: int
    result: Json = None
    says: str = ""
    date: datetime | None = None


class BotApi:
    """A client of the Bot API. No error that it raises or returns holds the token."""

    def __init__(self, client: httpx.AsyncClient, api_url: str, token: str) -> None:
        self._client, self._base = client, f"{api_url}/bot{token}"

    async def ask(self, method: str, **params: Json) -> Response:
        """Call a method; a failure is returned, never raised."""
        try:
            response = await self._client.post(f"{self._base}/{method}", json=params, timeout=10 + LISTEN)
            body = response.json()
        except httpx.HTTPError as failure:
            return Response(0, says=type(failure).__name__)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return Response(0, says="an answer that is not Telegram's")
        date = response.headers.get("Date")
        return Response(
            code=200 if body.get("ok") else int(body.get("error_code", response.status_code)),
            result=body.get("result"),
            says=str(body.get("description", "")),
            date=parsedate_to_datetime(date) if date else None,
        )

    async def username(self) -> str | None:
        """Return the bot's user name; None if Telegram does not say."""
        me = await self.ask("getMe")
        return str(me.result["username"]) if me.code == 200 else None


async def examine(
    telegram: BotApi,
    groups: Iterable[tuple[int, int]],
    clock: Callable[[], datetime],
    *,
    running: bool,
    poll: bool = False,
    webhook_url: str | None = None,
) -> AsyncIterator[Finding]:
    """Examine everything that Telegram can tell.

    `groups` are our own ids and chat ids of the groups the bot serves; `running` says that the bot runs on this
    machine now; with `poll`, and only then, updates are asked for too, which ends the poll of a bot that runs anywhere
    (its operator sees a warning; it goes on after a second); `webhook_url` is set where updates are brought instead.
    """
    me = await telegram.ask("getMe")
    if me.code != 200:
        yield _no_bot(me)
        return
    yield ok("token", f"Telegram knows the bot as @{me.result['username']}.")
    if me.date:
        yield _clock(clock(), me.date)
    for finding in _powers(me.result):
        yield finding
    webhook = await telegram.ask("getWebhookInfo")
    if webhook_url is not None:
        yield _hook(webhook, webhook_url, running)
    elif webhook.code == 200 and webhook.result.get("url"):
        cure = "Take it away with `stadsbot doctor --remove-webhook`."
        yield obstacle("webhook", "A webhook is left behind, so updates go there and the bot gets none.", cure)
    else:
        yield ok("webhook", "No webhook is in the way.")
        yield await _pollers(telegram, webhook, running=running, poll=poll)
    for group_id, chat_id in groups:
        yield await _group(telegram, group_id, chat_id, me.result["id"])


async def remove_webhook(telegram: BotApi) -> Finding:
    """Take a webhook away; updates that wait stay."""
    reply = await telegram.ask("deleteWebhook", drop_pending_updates=False)
    if reply.code == 200:
        return ok("webhook", "The webhook is taken away; no waiting update is lost.")
    return error("webhook", f"The webhook could not be taken away ({reply.says}).", UNREACHABLE)


def _hook(reply: Response, url: str, running: bool) -> Finding:
    """Examine whether Telegram brings updates to the right webhook, and succeeds."""
    if reply.code != 200:
        return error("webhook", f"Telegram could not be asked ({reply.says or reply.code}).", UNREACHABLE)
    info = reply.result
    if info.get("url") != url:
        cure = "Start the bot, which tells Telegram; if it runs, see its log (event webhook_setup_failed)."
        return (error if running else warning)(
            "webhook", "Telegram does not bring updates to STADSBOT_WEBHOOK_URL.", cure
        )
    waiting = info.get("pending_update_count", 0)
    if waiting and info.get("last_error_message"):
        cure = f"See the reverse proxy and its certificate; Telegram says: {info['last_error_message']}."
        return error("webhook", f"Telegram has {waiting} updates that it cannot bring. It gives up after a day.", cure)
    return ok("webhook", f"Telegram brings updates; {waiting} wait.")


def _no_bot(reply: Response) -> Finding:
    if reply.code in (401, 404):
        cure = "Copy the token anew from @BotFather (/mybots, API Token); after a leak, revoke it there first."
        return obstacle("token", "Telegram does not know this token.", cure)
    return error("token", f"Telegram could not be asked ({reply.says or reply.code}).", UNREACHABLE)


def _clock(now: datetime, theirs: datetime) -> Finding:
    skew = round(abs((now - theirs).total_seconds()))
    says = f"This machine's clock is {skew} s {'ahead of' if now > theirs else 'behind'} Telegram's"
    cure = (
        "Let the machine set its clock from the network (timedatectl set-ntp true): reminders come at the wrong time."
    )
    if skew > SKEW_WRONG:
        return error("clock", f"{says}.", cure)
    if skew > SKEW_NOTED:
        return warning("clock", f"{says}.", cure)
    return ok("clock", f"{says}.")


def _powers(me: JsonObject) -> Iterable[Finding]:
    if me.get("can_read_all_group_messages"):
        cure = "@BotFather: /setprivacy, Enable; then take the bot out of each group and add it again."
        yield obstacle("privacy", "Privacy mode is off: the bot would be sent everything that groups say.", cure)
    else:
        yield ok("privacy", "Privacy mode is on: in groups the bot sees commands, buttons and replies to it.")
    if not me.get("can_join_groups", True):
        yield error("joining", "The bot may not be added to groups.", "@BotFather: /setjoingroups, Enable.")


async def _pollers(telegram: BotApi, info: Response, *, running: bool, poll: bool) -> Finding:
    if running or not poll:
        waiting = (info.result or {}).get("pending_update_count", 0)
        how = "as the bot runs here" if running else "for `stadsbot doctor --poll` while no bot runs"
        return ok("polling", f"{waiting} updates wait. Whether others fetch them was not looked at: that is {how}.")
    # Without an offset nothing is confirmed: waiting updates stay.
    reply = await telegram.ask("getUpdates", limit=1, timeout=LISTEN)
    if reply.code == 409:
        cure = "Stop the other one; if you know of none, the token has leaked: revoke it at @BotFather (/revoke)."
        return obstacle("polling", "Another program fetches this bot's updates.", cure)
    if reply.code != 200:
        return error("polling", f"Updates could not be fetched ({reply.says or reply.code}).", UNREACHABLE)
    waiting = "Updates wait for the bot" if reply.result else "No update waits"
    return ok("polling", f"{waiting}, and nobody else fetches them.")


async def _group(telegram: BotApi, group_id: int, chat_id: int, bot_id: int) -> Finding:
    about = f"group {group_id}"
    member = await telegram.ask("getChatMember", chat_id=chat_id, user_id=bot_id)
    chat = await telegram.ask("getChat", chat_id=chat_id) if member.code == 200 else member
    if 0 in (member.code, chat.code):
        return error(about, f"Telegram could not be asked ({member.says or chat.says}).", UNREACHABLE)
    if "upgraded to a supergroup" in member.says:
        return ok(about, "The group has become a supergroup; the bot follows by itself when it runs.")
    if member.code != 200 or chat.code != 200 or member.result["status"] in ("left", "kicked"):
        return error(about, "The bot is no longer in the group.", "Let the group's coordinator add it again.")
    status, everyone = member.result["status"], chat.result.get("permissions", {})
    if status == "administrator":
        cure = "Let the group make it an ordinary member: it asks for no rights."
        return warning(about, "The bot is an administrator, so it is sent everything that the group says.", cure)
    may_write = member.result.get("can_send_messages") if status == "restricted" else everyone.get("can_send_messages")
    if may_write is False:
        return error(about, "The bot may not write.", "Let the group allow its members, or the bot, to send messages.")
    return ok(about, "The bot is an ordinary member and may write.")
