"""One request and what came of it, as the server sees and remembers it."""

import base64
import re
from email.message import Message
from fnmatch import fnmatchcase
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import msgspec

from reletan.sandbox.github.wire import Answer
from reletan.sandbox.http.wire import Received, Reply, decoded

Via = Literal["rest", "graphql", "git"]
_API = "/api/v3"
_GIT = re.compile(r"/[^/]+/[^/]+/(info/refs|git-upload-pack|git-receive-pack)")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request. ``prefix``: what stood before ``path`` in the address, ``/api/v3`` or nothing; ``search``: the query as
    it came; ``raw``: the body as it came; ``body``: decoded as in ``decoded``, None for git.
    """

    via: Via
    method: str
    path: str
    prefix: str
    search: str
    headers: Message
    raw: bytes
    body: Any

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.search, keep_blank_values=True))

    @property
    def token(self) -> str | None:
        """What came as ``Bearer X``, as ``token X``, or as anybody's password."""
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return value.strip() or None
        try:
            return base64.b64decode(value).decode().partition(":")[2] or None
        except ValueError:
            return value


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, and what was answered. ``status``: None where the connection was closed without an answer;
    ``search``: the query as it came.

    ``body`` and ``answer`` are decoded JSON (text where it is none; None for git). ``routed``: the answer is the route's own,
    and not that of a fault, or of who keeps the door (tokens, limits).
    """

    via: Via
    method: str
    path: str
    search: str
    query: dict[str, str]
    body: Any
    login: str | None
    status: int | None
    answer: Any
    routed: bool


def reply_of(answer: Answer) -> Reply:
    """The answer as it goes over the wire."""
    if answer.body is None:
        return Reply(answer.status, answer.headers, b"")
    return Reply.json(answer.status, answer.body, answer.headers)


def understood(received: Received) -> Asked:
    """What a request asks for, and of which of the three interfaces."""
    address, _, search = received.target.partition("?")
    path, prefix = unquote(address), ""
    via: Via = "rest"
    if path in ("/graphql", "/api/graphql"):
        path, via = "/graphql", "graphql"
    elif path.startswith(f"{_API}/"):
        path, prefix = path.removeprefix(_API), _API
    elif _GIT.fullmatch(path):
        via = "git"
    return Asked(
        via=via,
        method=received.method,
        path=path,
        prefix=prefix,
        search=search,
        headers=received.headers,
        raw=received.raw,
        body=None if via == "git" else decoded(received.raw),
    )


def fits(one: Asked | Exchange, what: str, where: str = "") -> bool:
    """Whether a request is meant. ``what``: ``graphql``, ``git``, ``rest`` or a method of REST; ``where``: a pattern of the
    path, whose ``*`` stands for anything, slashes too; for graphql some text of the query.
    """
    if what == "graphql":
        query = one.body.get("query") if isinstance(one.body, dict) else None
        return one.via == "graphql" and where in str(query)
    same = one.via == what if what in ("git", "rest") else (one.via, one.method) == ("rest", what)
    return same and fnmatchcase(one.path, where or "*")
