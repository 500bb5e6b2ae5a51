import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox import ActError, ApiError, acts
from bot.sandbox.spec import METHODS

_KEYS = st.sampled_from(
    [
        "type",
        "media",
        "caption",
        "text",
        "url",
        "data",
        "message_id",
        "chat_id",
        "user_id",
        "user",
        "offset",
        "length",
        "command",
        "description",
        "is_disabled",
        "inline_keyboard",
        "callback_data",
        "copy_text",
        "force_reply",
        "keyboard",
        "entities",
        "user",
        "id",
    ]
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**13),
    st.sampled_from(
        ["photo", "bold", "text_link", "text_mention", "chat", "chat_member", "attach://x", "\ud800", "å", ""]
    ),
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5), max_leaves=12
)
_SLOW = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
_JSON = sorted((method, name) for method, all_ in METHODS.items() for name, one in all_.items() if one.kind == "json")


@_SLOW
@given(where=st.sampled_from(_JSON), value=_VALUES)
def test_any_json_is_answered_or_refused(town: Any, where: tuple[str, str], value: Any) -> None:
    """Whatever stands in a JSON parameter, the call is answered or refused in Telegram's form, and nothing breaks."""
    method, name = where
    right = {"chat_id": town.anna, "message_id": 3, "text": "hej", "photo": "x", "document": "x", "commands": []}
    params = {key: right[key] for key in METHODS[method] if key in right} | {name: value}
    with contextlib.suppress(ApiError):
        town.call(method, **params)


BROKEN: list[dict[str, Any]] = [
    {"link_preview_options": [1]},
    {"link_preview_options": {"is_disabled": "yes"}},
    {"entities": [{"type": "bold", "offset": "a", "length": 1}]},
    {"entities": [{"type": "bold"}]},
    {"entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": []}}]},
    {"entities": {"type": "bold"}},
    {"reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "\ud800"}]]}},
    {"reply_markup": {"inline_keyboard": [[{"text": "a", "url": []}]]}},
    {"reply_markup": "[" * 100_000},
    {"reply_parameters": {"message_id": 1, "chat_id": []}},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_structures_are_refused(town: Any, broken: dict[str, Any]) -> None:
    """A parameter of the wrong shape stops the message with 400."""
    assert town.refusal("sendMessage", chat_id=town.anna, text="hej", **broken).code == 400


@_SLOW
@given(action=st.sampled_from(sorted(acts.NAMES)), data=st.data())
def test_any_act_is_done_or_refused(town: Any, action: str, data: st.DataObject) -> None:
    """Whatever well-typed wish a visitor has, it is done or answered with one sentence."""
    numbers = st.sampled_from([town.anna, town.bo, town.group, town.sandbox.bot.id, 1, 2, 3, 4, -5])
    wishes: dict[str, Any] = {
        **dict.fromkeys(("chat", "who", "message_id", "reply_to", "thread", "from_chat", "to_chat"), numbers),
        **{name: st.text(max_size=5) for name in ("text", "name", "title", "payload", "emoji")},
        "url": st.sampled_from(
            ["https://t.me/stadforstad_bot?start=a", "https://t.me/stadforstad_bot?startgroup=å", "x"]
        ),
        "data": st.just("1"),
    }
    taken = acts.Acts.__dict__.get(action) or getattr(acts.Acts, action)
    names = taken.__code__.co_varnames[1 : taken.__code__.co_argcount]
    details = {name: data.draw(wishes[name]) for name in names if name in wishes}
    with contextlib.suppress(ActError):
        town.act(data.draw(st.sampled_from([town.anna, town.bo])), action, **details)


def test_the_same_story_gives_the_same_ids(make_sandbox: Any) -> None:
    """Two runs of one story are alike to the last id, so that a failing test fails again."""
    stories = []
    for _ in range(2):
        sandbox = make_sandbox()
        anna = sandbox.add_person("Anna")
        group = sandbox.create_group("Småstad", anna)
        story = sandbox.act(anna, "add_bot", chat=group) + sandbox.act(anna, "start")
        story += sandbox.act(anna, "send_album", chat=anna)
        stories.append(story)
    assert stories[0] == stories[1]


@pytest.mark.parametrize("token", ["", "123", "7000000001:short"])
def test_needs_a_token_of_the_right_form(make_sandbox: Any, token: str) -> None:
    """A sandbox with a token that Telegram could not have given is refused at once."""
    with pytest.raises(ValueError, match="token"):
        make_sandbox(token=token)
