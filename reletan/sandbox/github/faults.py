"""What goes wrong between GitHub and its clients, scripted for a route and for the n-th call of it."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from reletan.sandbox.github.exchange import Asked, Reply, decoded, fits
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.wire import Answer

Cut = Literal["before", "after"]
Trouble = Literal["timeout", "resource-limits", "rate-limited"]
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_HTML = "<!DOCTYPE html>\n<html><head><title>Unicorn! · GitHub</title></head><body><p>No server is available</p></body></html>\n"
_TROUBLE: dict[Trouble, dict[str, str]] = {
    "timeout": {
        "message": "Something went wrong while executing your query. This may be the result of a timeout, or it could "
        "be a GitHub bug. Please include `0001:SANDBOX` when reporting this issue."
    },
    "resource-limits": {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."},
    "rate-limited": {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."},
}


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happens instead of, or besides, a proper answer.

    ``instead`` is answered in place of the real answer; the request has its effect only with ``effect``. ``bend``
    changes the real answer. ``wait`` is in seconds; others are served meanwhile.
    """

    instead: Reply | None = None
    effect: bool = False
    closed: Cut | None = None
    bend: Callable[[Reply], Reply] | None = None
    before: Callable[[Site], object] | None = None
    wait: float = 0

    @property
    def spoils(self) -> bool:
        """Whether the client gets something else than the real answer."""
        return bool(self.instead or self.closed or self.bend)

    def reply(self, done: Callable[[], Reply]) -> Reply | None:
        """What the client gets, None for nothing; ``done`` makes the effect and gives the real reply."""
        if self.closed == "before":
            return None
        if self.instead and not self.effect:
            return self.instead
        real = done()
        if self.closed:
            return None
        return self.instead or (self.bend(real) if self.bend else real)

    @staticmethod
    def status(
        status: int, message: str = "Server Error", *, headers: dict[str, str] | None = None, effect: bool = False
    ) -> "Fault":
        """An error in GitHub's shape."""
        return Fault(instead=Reply.of(Answer(status, {"message": message}, headers or {})), effect=effect)

    @staticmethod
    def limited(seconds: int, status: int = 429) -> "Fault":
        """The secondary rate limit (403 or 429), with Retry-After."""
        return Fault.status(status, _SECONDARY, headers={"Retry-After": str(seconds)})

    @staticmethod
    def base_modified() -> "Fault":
        """The one refusal of a merge that is worth another try."""
        return Fault.status(405, "Base branch was modified. Review and try the merge again.")

    @staticmethod
    def html(status: int = 200, *, effect: bool = False) -> "Fault":
        """A page for people, from something between GitHub and its client."""
        kind = {"Content-Type": "text/html; charset=utf-8"}
        return Fault(instead=Reply(status, kind, _HTML.encode()), effect=effect)

    @staticmethod
    def cut_before() -> "Fault":
        """The connection is closed, and nothing was done."""
        return Fault(closed="before")

    @staticmethod
    def cut_after() -> "Fault":
        """All is done, then the connection is closed without an answer."""
        return Fault(closed="after")

    @staticmethod
    def cut_within() -> "Fault":
        """All is done; the connection is closed in the middle of the answer, which was announced as longer."""
        return Fault(bend=lambda reply: reply.but(whole=False))

    @staticmethod
    def truncated() -> "Fault":
        """All is done; the answer ends in the middle as if that were all of it."""
        return Fault(bend=lambda reply: reply.but(content=reply.content[: len(reply.content) // 2]))

    @staticmethod
    def partial(*aliases: str, trouble: Trouble = "timeout", status: int = 200) -> "Fault":
        """GraphQL data that is null at ``aliases`` (all of it without any), and the error that says why."""
        return Fault(bend=lambda reply: _partial(reply, aliases, trouble, status))

    @staticmethod
    def delay(seconds: float) -> "Fault":
        return Fault(wait=seconds)

    @staticmethod
    def then(what: Callable[[Site], object]) -> "Fault":
        """Somebody does something just before the request has its effect; by verbs, since the server is busy."""
        return Fault(before=what)


class Script:
    """The faults to come. Each counts the requests that it means, from when it was added; of two that spoil the answer to
    the same request, the later one waits for the next.
    """

    def __init__(self) -> None:
        self._lines: list[_Line] = []

    def add(self, what: str, where: str, nth: int, times: int | None, do: Fault) -> None:
        self._lines.append(_Line(what, where, nth, times, do))

    def due(self, asked: Asked) -> list[Fault]:
        """What happens to this request; to be asked once for each."""
        happen: list[Fault] = []
        for line in self._lines:
            taken = line.do.spoils and any(fault.spoils for fault in happen)
            if not taken and line.meets(asked):
                happen.append(line.do)
        return happen

    def unused(self) -> list[str]:
        """The lines that never came about."""
        return [f"the fault of {line.what} {line.where} never happened" for line in self._lines if not line.happened]


class _Line(msgspec.Struct):
    what: str
    where: str
    nth: int
    times: int | None
    do: Fault
    seen: int = 0

    def meets(self, asked: Asked) -> bool:
        if not fits(asked, self.what, self.where):
            return False
        self.seen += 1
        return self.happened and (self.times is None or self.seen < self.nth + self.times)

    @property
    def happened(self) -> bool:
        return self.seen >= self.nth


def _partial(reply: Reply, aliases: tuple[str, ...], trouble: Trouble, status: int) -> Reply:
    answer = decoded(reply.content)
    error: dict[str, Any] = _TROUBLE[trouble]
    if aliases:
        paths = _emptied(answer.get("data") or {}, aliases, [])
        if missing := set(aliases) - {path[-1] for path in paths}:
            raise LookupError(f"there is no {', '.join(missing)} in the answer; lists are not looked into")
        errors = [{**error, "path": path} for path in paths]
        bent = {"data": answer["data"], "errors": errors + answer.get("errors", [])}
    else:
        bent = {"data": None, "errors": [error]}
    return reply.but(status=status, content=msgspec.json.encode(bent))


def _emptied(data: dict[str, Any], aliases: tuple[str, ...], path: list[str]) -> list[list[str]]:
    """Set what stands at ``aliases`` to null, at any depth; the paths of it."""
    found = []
    for name, value in data.items():
        if name in aliases:
            data[name] = None
            found.append([*path, name])
        elif isinstance(value, dict):
            found += _emptied(value, aliases, [*path, name])
    return found
