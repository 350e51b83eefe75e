"""A call of Slack as it was understood, and how one is refused."""

from typing import Any, Literal
from urllib.parse import parse_qsl

import msgspec

from reletan.sandbox.http.wire import Received

Via = Literal["api", "webhook", "page"]
# what goes into a form as JSON
_STRUCTURED = ("blocks", "metadata")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """``method``: ``chat.postMessage`` …, ``webhook``, or the path of a page. ``arguments``: what was given, without what is
    null; ``blocks`` and ``metadata`` are decoded. ``trouble``: the error where the body could not be understood.
    """

    via: Via
    method: str
    path: str
    token: str | None
    arguments: dict[str, Any]
    trouble: str | None = None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A call and what was answered. ``status``: None where the connection was closed without an answer; ``answer``: decoded
    JSON, text where it is none.
    """

    method: str
    arguments: dict[str, Any]
    status: int | None
    answer: Any


class Refused(Exception):
    """The call is answered with this error of Slack's."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def understood(received: Received) -> Call:
    path, _, search = received.target.partition("?")
    kind, _, value = received.headers.get("Authorization", "").partition(" ")
    via: Via = "api" if path.startswith("/api/") else "webhook" if path.startswith("/services/") else "page"
    method = {"api": path.removeprefix("/api/"), "webhook": "webhook", "page": path}[via]
    given, trouble = _body(received)
    arguments = {**dict(parse_qsl(search, keep_blank_values=True)), **given}
    return Call(
        via=via,
        method=method,
        path=path,
        token=value.strip() if kind.lower() == "bearer" else None,
        arguments={name: _structured(name, value) for name, value in arguments.items() if value is not None},
        trouble=trouble,
    )


def _body(received: Received) -> tuple[dict[str, Any], str | None]:
    if received.headers.get_content_type() != "application/json":
        return dict(parse_qsl(received.raw.decode(errors="replace"), keep_blank_values=True)), None
    try:
        # slack_sdk says JSON also where it sends nothing
        body = msgspec.json.decode(received.raw or b"{}")
    except msgspec.DecodeError:
        return {}, "invalid_json"
    return (body, None) if isinstance(body, dict) else ({}, "json_not_object")


def _structured(name: str, value: Any) -> Any:
    if name not in _STRUCTURED or not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
