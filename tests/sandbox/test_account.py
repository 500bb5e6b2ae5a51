from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox import ApiError, Sandbox


def test_tokens_and_methods(town: Any) -> None:
    """A malformed token and an unknown method are 404, a wrong token is 401."""
    for token, method, code, words in (
        ("abc", "getMe", 404, "Not Found"),
        ("7000000002:" + "x" * 35, "getMe", 401, "Unauthorized"),
        (town.sandbox.token, "sendTelepathy", 404, "Not Found: method not found"),
    ):
        with pytest.raises(ApiError) as caught:
            town.sandbox.call(method, {}, token=token)
        assert (caught.value.code, caught.value.description) == (code, words)


def test_updates_are_confirmed_by_the_next_offset(town: Any) -> None:
    """An update comes again until a higher offset is asked for; a negative one keeps only the last."""
    for text in ("ett", "två", "tre"):
        town.act(town.anna, "send_text", chat=town.anna, text=text)
    first = town.call("getUpdates", limit=1)[0]["update_id"]
    assert town.call("getUpdates", limit=1)[0]["update_id"] == first
    later = town.call("getUpdates", offset=first + 1)
    assert later[0]["update_id"] == first + 1
    (last,) = town.call("getUpdates", offset=-1)
    assert last["message"]["text"] == "tre"
    assert len(town.call("getUpdates")) == 1


def test_updates_are_kept_for_a_day(town: Any) -> None:
    """What nobody has fetched for 24 hours is gone."""
    town.sandbox.wind(24 * 3600 + 1)
    town.act(town.anna, "send_text", chat=town.anna, text="ny")
    assert [update["message"]["text"] for update in town.call("getUpdates")] == ["ny"]


def test_allowed_updates_are_remembered(town: Any) -> None:
    """Only the kinds last asked for are queued; an empty list means the usual ones."""
    town.call("getUpdates", allowed_updates='["callback_query"]')
    assert town.act(town.anna, "send_text", chat=town.anna, text="hej") == []
    assert town.call("getWebhookInfo")["allowed_updates"] == ["callback_query"]
    town.call("getUpdates", allowed_updates=[])
    assert town.act(town.anna, "send_text", chat=town.anna, text="hej")


def test_webhook_excludes_polling(town: Any) -> None:
    """While a webhook is set getUpdates is a conflict; deleteWebhook opens it again and can drop what waits."""
    error = town.refusal("setWebhook", url="http://example.org")
    assert error.description == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    town.call("setWebhook", url="https://example.org/hook")
    assert town.call("getWebhookInfo")["url"] == "https://example.org/hook"
    error = town.refusal("getUpdates")
    assert (error.code, error.description.startswith("Conflict: can't use getUpdates method while webhook")) == (
        409,
        True,
    )
    town.call("deleteWebhook", drop_pending_updates=True)
    assert town.call("getUpdates") == []


def test_commands_by_scope(town: Any) -> None:
    """Command menus are kept per scope and language, and checked."""
    commands = [{"command": "steg", "description": "Visa steget"}]
    scope = {"type": "chat_member", "chat_id": town.group, "user_id": town.bo}
    town.call("setMyCommands", commands=commands, scope=scope, language_code="sv")
    assert town.call("getMyCommands", scope=scope, language_code="sv") == commands
    assert town.call("getMyCommands") == []
    town.call("deleteMyCommands", scope=scope, language_code="sv")
    assert town.call("getMyCommands", scope=scope, language_code="sv") == []
    for bad, words in (
        ([{"command": "Åter", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "ok", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "ok", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ):
        assert town.refusal("setMyCommands", commands=bad).description == f"Bad Request: {words}"
    error = town.refusal("setMyCommands", commands=commands, scope={"type": "chat", "chat_id": 5})
    assert error.description == "Bad Request: chat not found"


def test_descriptions_and_menu_button(town: Any) -> None:
    """The bot's texts fall back to the ones without a language; the menu button is kept per person."""
    town.call("setMyDescription", description="Hej")
    assert town.call("getMyDescription", language_code="sv") == {"description": "Hej"}
    assert town.call("getMyName") == {"name": "Stad för stad"}
    assert town.refusal("setMyShortDescription", short_description="x" * 121).code == 400
    town.call("setChatMenuButton", chat_id=town.anna, menu_button={"type": "commands"})
    assert town.call("getChatMenuButton", chat_id=town.anna) == {"type": "commands"}


def test_logged_out_bot_waits_ten_minutes(town: Any) -> None:
    """After logOut nothing is answered for ten minutes."""
    town.call("logOut")
    assert town.refusal("getMe").description == "Logged out"
    town.sandbox.wind(601)
    assert town.call("close") is True


def test_calls_are_logged_without_what_they_said(town: Any) -> None:
    """The log for the page tells method, chat and outcome, never a text or the token."""
    town.say("hemligt")
    town.refusal("sendMessage", chat_id=town.bo, text="hemligt")
    log = list(town.sandbox.calls)[-2:]
    assert [(call["method"], call["chat"], call["ok"]) for call in log] == [
        ("sendMessage", town.anna, True),
        ("sendMessage", town.bo, False),
    ]
    assert "hemligt" not in str(log)
    assert town.sandbox.token not in str(log)


def test_clock_stands_still_unless_given_a_running_one(make_sandbox: Callable[..., Sandbox]) -> None:
    """Without a monotonic clock only wind moves time; with one it runs and still can be wound."""
    still = make_sandbox()
    assert still.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
    ticks = iter([100.0, 160.0, 160.0])
    running = make_sandbox(monotonic=lambda: next(ticks))
    assert running.now() == datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    running.wind(3600)
    assert running.now() == datetime(2026, 3, 2, 10, 1, tzinfo=UTC)
