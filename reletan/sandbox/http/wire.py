"""What comes over the wire and what goes back, before anybody understands it."""

import json
from collections.abc import Mapping
from email.message import Message
from typing import Any

import msgspec


class Received(msgspec.Struct, frozen=True):
    """A request as it came. ``target``: a path with an optional query, still quoted; ``raw``: the body."""

    method: str
    target: str
    headers: Message
    raw: bytes


class Reply(msgspec.Struct, frozen=True):
    """What goes back over the wire. ``whole``: False closes the connection in the middle of the content. ``routed``: the
    answer is the route's own, and not that of who keeps the door (tokens, limits).
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    whole: bool = True
    routed: bool = False

    @classmethod
    def json(cls, status: int, body: Any, headers: Mapping[str, str] | None = None) -> "Reply":
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return cls(status, {**kind, **(headers or {})}, msgspec.json.encode(body))

    @classmethod
    def text(cls, status: int, text: str, kind: str = "text/plain") -> "Reply":
        return cls(status, {"Content-Type": f"{kind}; charset=utf-8"}, text.encode())

    def but(self, **changes: Any) -> "Reply":
        return msgspec.structs.replace(self, **changes)


def decoded(content: bytes) -> Any:
    """JSON, else the text that it is instead; None without content."""
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")
