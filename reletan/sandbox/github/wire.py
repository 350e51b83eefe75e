"""What goes between the HTTP server and those who answer: a request that was understood, and its answer."""

from typing import Any

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """``path`` begins with ``/repos``, whatever stands before it in the address; ``api`` and ``web`` are the addresses
    that answers are made with, without a slash at their end. ``login``: whose token it is; None without one. ``limit``:
    how many requests are left (limit, remaining, used, reset), where that is known.
    """

    method: str
    path: str
    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = None
    api: str
    web: str
    login: str | None
    limit: dict[str, Any] | None = None


class Answer(msgspec.Struct, frozen=True):
    """``body`` becomes JSON; None sends nothing."""

    status: int
    body: Any = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class Refused(Exception):
    """The request is answered with this instead: GitHub's words, and its status."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"message": message, "documentation_url": DOCUMENTATION, **more})


DOCUMENTATION = "https://docs.github.com/rest"
