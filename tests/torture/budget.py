"""How long a part of the torture may take, and what it found."""

import os
import sys
import time

import msgspec


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """``until``: when to stop, on the monotonic clock; None for a part that ends by itself, which is then done whole.

    ``workers``: processes at once. ``only``: the one case to do again, in the part's own words.
    """

    seed: int
    workers: int
    until: float | None = None
    only: str | None = None

    @classmethod
    def of(cls, minutes: float | None, seed: int, *, workers: int | None = None, only: str | None = None) -> "Budget":
        """A budget that begins now."""
        until = None if minutes is None else time.monotonic() + 60 * minutes
        return cls(seed=seed, workers=workers or len(os.sched_getaffinity(0)), until=until, only=only)

    def left(self) -> bool:
        """Whether time remains."""
        return self.until is None or time.monotonic() < self.until


class Figures(msgspec.Struct, frozen=True):
    """``what`` was tried, in a line; how often; and a text for each failure, with how to see it again."""

    what: str
    count: int
    lost: tuple[str, ...] = ()


def say(text: str) -> None:
    """Progress, for the person who waits."""
    print(text, file=sys.stderr, flush=True)
