"""What goes wrong between a server and its clients, scripted for a kind of request and for the n-th one of it."""

from collections.abc import Callable
from typing import Any, Generic, Literal, Self, TypeVar

import msgspec

from reletan.sandbox.http.wire import Reply

Asked = TypeVar("Asked")
Cut = Literal["before", "after"]
_HTML = "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body><p>No server is available</p></body></html>\n"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happens instead of, or besides, a proper answer.

    ``instead`` is answered in place of the real answer; the request has its effect only with ``effect``. ``bend``
    changes the real answer. ``before`` gets whom the server is for. ``wait`` is in seconds; others are served meanwhile.
    """

    instead: Reply | None = None
    effect: bool = False
    closed: Cut | None = None
    bend: Callable[[Reply], Reply] | None = None
    before: Callable[[Any], object] | None = None
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

    @classmethod
    def html(cls, status: int = 200, *, effect: bool = False) -> Self:
        """A page for people, from something between the server and its client."""
        return cls(instead=Reply.text(status, _HTML, "text/html"), effect=effect)

    @classmethod
    def cut_before(cls) -> Self:
        """The connection is closed, and nothing was done."""
        return cls(closed="before")

    @classmethod
    def cut_after(cls) -> Self:
        """All is done, then the connection is closed without an answer."""
        return cls(closed="after")

    @classmethod
    def cut_within(cls) -> Self:
        """All is done; the connection is closed in the middle of the answer, which was announced as longer."""
        return cls(bend=lambda reply: reply.but(whole=False))

    @classmethod
    def truncated(cls) -> Self:
        """All is done; the answer ends in the middle as if that were all of it."""
        return cls(bend=lambda reply: reply.but(content=reply.content[: len(reply.content) // 2]))

    @classmethod
    def delay(cls, seconds: float) -> Self:
        return cls(wait=seconds)


class Script(Generic[Asked]):
    """The faults to come. Each counts the requests that it means, from when it was added; of two that spoil the answer to
    the same request, the later one waits for the next.
    """

    def __init__(self) -> None:
        self._lines: list[_Line[Asked]] = []

    def add(self, name: str, meant: Callable[[Asked], bool], do: Fault, nth: int, times: int | None) -> None:
        """From the ``nth`` request on that is ``meant``, for so many ``times`` (None: always), ``do`` happens."""
        self._lines.append(_Line(name, meant, do, nth, times))

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
        return [f"the fault of {line.name} never happened" for line in self._lines if not line.happened]


class _Line(msgspec.Struct, Generic[Asked]):
    name: str
    meant: Callable[[Asked], bool]
    do: Fault
    nth: int
    times: int | None
    seen: int = 0

    def meets(self, asked: Asked) -> bool:
        if not self.meant(asked):
            return False
        self.seen += 1
        return self.happened and (self.times is None or self.seen < self.nth + self.times)

    @property
    def happened(self) -> bool:
        return self.seen >= self.nth
