"""The doctor and Telegram: each thing that can be wrong there is found, explained, and told how to mend."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.doctor.finding import Finding, Level
from bot.doctor.telegram import BotApi, examine, remove_webhook

TOKEN = "123456789:" + "canaryToken_canaryToken-canaryToken"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ME = {"id": 42, "is_bot": True, "username": "stadforstad_bot", "can_join_groups": True}
Answer = Any  # what the method results in, or a (code, description) of failure

WELL: Mapping[str, Answer] = {
    "getMe": ME,
    "getWebhookInfo": {"url": ""},
    "getUpdates": [],
    "deleteWebhook": True,
    "getChatMember": {"status": "member"},
    "getChat": {"permissions": {"can_send_messages": True}},
}

Look = Callable[..., Any]


@pytest.fixture
async def look() -> AsyncIterator[Look]:
    """Return a function that runs the examination against a Telegram that answers as told."""
    clients: list[httpx.AsyncClient] = []

    def telegram(answers: Mapping[str, Answer], date: str = "Mon, 02 Mar 2026 09:00:00 GMT") -> BotApi:
        def answer(request: httpx.Request) -> httpx.Response:
            assert request.url.path.startswith(f"/bot{TOKEN}/")
            method = request.url.path.rpartition("/")[2]
            told = {**WELL, **answers}[method]
            if isinstance(told, Exception):
                raise told
            if isinstance(told, str):
                return httpx.Response(200, text=told)
            if isinstance(told, tuple):
                body = {"ok": False, "error_code": told[0], "description": told[1]}
                return httpx.Response(told[0], json=body, headers={"Date": date})
            if method == "getUpdates":
                assert "offset" not in json.loads(request.content), "an offset would confirm updates"
            return httpx.Response(200, json={"ok": True, "result": told}, headers={"Date": date})

        clients.append(httpx.AsyncClient(transport=httpx.MockTransport(answer)))
        return BotApi(clients[-1], "https://api.telegram.org", TOKEN)

    yield telegram
    for client in clients:
        await client.aclose()


async def examined(
    telegram: BotApi, *, running: bool = False, poll: bool = True, groups: list[tuple[int, int]] | None = None
) -> list[Finding]:
    """Return the findings, and check that each error has a cure and none shows the token."""
    findings = [finding async for finding in examine(telegram, groups or [], lambda: NOW, running=running, poll=poll)]
    for finding in findings:
        assert bool(finding.cure) == (finding.level is not Level.OK)
        assert "canary" not in repr(finding)
    return findings


def level(findings: list[Finding], about: str) -> Level:
    """Return the level of the one finding about something."""
    (found,) = [finding for finding in findings if finding.about == about]
    return found.level


async def test_all_is_well(look: Look) -> None:
    """A bot set up as the README says gets nothing but ok."""
    findings = await examined(look({}), groups=[(1, -100)])
    assert [finding.about for finding in findings] == ["token", "clock", "privacy", "webhook", "polling", "group 1"]
    assert {finding.level for finding in findings} == {Level.OK}


@pytest.mark.parametrize(
    ("answers", "about"),
    [
        ({"getMe": (401, "Unauthorized")}, "token"),
        ({"getMe": (404, "Not Found")}, "token"),
        ({"getMe": httpx.ConnectError("canary")}, "token"),
        ({"getMe": "<html>a proxy's login page"}, "token"),
        ({"getMe": "[]"}, "token"),
        ({"getMe": ME | {"can_read_all_group_messages": True}}, "privacy"),
        ({"getMe": ME | {"can_join_groups": False}}, "joining"),
        ({"getWebhookInfo": {"url": "https://example.org/canary"}}, "webhook"),
        ({"getUpdates": (409, "Conflict: terminated by other getUpdates request")}, "polling"),
        ({"getUpdates": httpx.ReadTimeout("canary")}, "polling"),
        ({"getChatMember": (403, "Forbidden: bot was kicked from the group chat")}, "group 1"),
        ({"getChatMember": (400, "Bad Request: chat not found")}, "group 1"),
        ({"getChatMember": {"status": "left"}}, "group 1"),
        ({"getChatMember": {"status": "restricted", "can_send_messages": False}}, "group 1"),
        ({"getChat": {"permissions": {"can_send_messages": False}}}, "group 1"),
        ({"getChatMember": httpx.ConnectError("canary")}, "group 1"),
    ],
)
async def test_each_error(look: Look, answers: Mapping[str, Answer], about: str) -> None:
    """Whatever keeps the bot from working, or makes it hear too much, is an error with a cure."""
    assert level(await examined(look(answers), groups=[(1, -100)]), about) is Level.ERROR


async def test_administrator(look: Look) -> None:
    """A bot that is an administrator hears everything; the operator is warned."""
    findings = await examined(look({"getChatMember": {"status": "administrator"}}), groups=[(1, -100), (2, -200)])
    assert level(findings, "group 1") is level(findings, "group 2") is Level.WARNING


async def test_supergroup(look: Look) -> None:
    """A group that became a supergroup while the bot was away is no trouble."""
    answers = {"getChatMember": (400, "Bad Request: group chat was upgraded to a supergroup chat")}
    assert level(await examined(look(answers), groups=[(1, -100)]), "group 1") is Level.OK


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 02 Mar 2026 09:00:04 GMT", Level.OK),
        ("Mon, 02 Mar 2026 09:00:30 GMT", Level.WARNING),
        ("Mon, 02 Mar 2026 08:58:30 GMT", Level.ERROR),
    ],
)
async def test_clock(look: Look, date: str, expected: Level) -> None:
    """A clock that goes wrong is told by how much it differs from Telegram's."""
    assert level(await examined(look({}, date)), "clock") is expected


async def test_running_bot_is_left_alone(look: Look) -> None:
    """The doctor does not interrupt the poll of a bot that runs here, and elsewhere only when asked to."""
    answers = {"getUpdates": (409, "must not be asked"), "getWebhookInfo": {"url": "", "pending_update_count": 3}}
    for running in (True, False):
        (found,) = [
            one for one in await examined(look(answers), running=running, poll=running) if one.about == "polling"
        ]
        assert found.level is Level.OK
        assert found.says.startswith("3 updates wait.")


async def test_webhook_taken_away(look: Look) -> None:
    """On request a webhook is taken away, and it is told when that fails."""
    assert (await remove_webhook(look({}))).level is Level.OK
    assert (await remove_webhook(look({"deleteWebhook": (500, "Internal Server Error")}))).level is Level.ERROR


@pytest.mark.parametrize(
    ("info", "running", "expected"),
    [
        ({"url": "https://bot.example.se/t"}, True, Level.OK),
        ({"url": "https://bot.example.se/t", "pending_update_count": 2}, True, Level.OK),
        ({"url": ""}, True, Level.ERROR),
        ({"url": ""}, False, Level.WARNING),
        ({"url": "https://somewhere.else"}, True, Level.ERROR),
        (
            {"url": "https://bot.example.se/t", "pending_update_count": 2, "last_error_message": "503"},
            True,
            Level.ERROR,
        ),
        ((500, "Internal Server Error"), True, Level.ERROR),
    ],
)
async def test_webhook_that_is_wanted(look: Look, info: Answer, running: bool, expected: Level) -> None:
    """Where Telegram is to bring updates, the doctor sees whether it does, and whether it gets them rid."""
    telegram = look({"getWebhookInfo": info, "getUpdates": AssertionError("a poll would be in the way")})
    findings = [
        finding
        async for finding in examine(telegram, [], lambda: NOW, running=running, webhook_url="https://bot.example.se/t")
    ]
    assert level(findings, "webhook") is expected
