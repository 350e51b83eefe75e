"""One hostile input to the real code, and what counts as a failure: anything but a result by the rules, or a clear error."""

import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, process_time
from typing import Any

import msgspec

from reletan.domain.errors import ReletanError
from torture.fuzz_source import Source

# What one input may take: seconds of CPU, and KiB that the process grows by
MOST_SECONDS = 2.0
MOST_GROWTH = 256 * 1024
# By then it is stopped: seconds of CPU, and seconds in which it may be waiting
_LONGEST = 5.0
_LONGEST_WAIT = 60.0
_HANGS = "it hangs"
_SHRINKING = 3.0
_SHOWN = 400


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """``make`` gives an input as plain data; ``check`` feeds it to reletan. ``weight``: of how many inputs it gets its share;
    ``slow``: for families whose inputs are whole programs, which may take longer.
    """

    name: str
    weight: float
    make: Callable[[Source], Any]
    check: Callable[[Any], object]
    slow: bool = False


class Broken(AssertionError):
    """A rule that does not hold."""


def require(holds: object, rule: str, found: object = "") -> None:
    """Raise where a rule does not hold. ``found``: what shows it."""
    if not holds:
        raise Broken(f"{rule}: {found!r}"[:_SHOWN])


class _TooSlow(BaseException):
    """It takes for ever; says what."""


def failure(family: Family, seed: int, number: int) -> str | None:
    """What is wrong with the input ``number`` of a family, with how to see it again; None where nothing is."""
    value = family.make(Source(f"{seed}:{family.name}:{number}"))
    wrong = _wrong(family, value)
    if wrong is None:
        return None
    whole = family.slow or wrong.startswith(_HANGS)
    small = value if whole else _smallest(value, lambda one: _kind(_wrong(family, one)) == _kind(wrong))
    if small is not value:
        wrong = _wrong(family, small) or wrong
    return f"{family.name}:{number} (seed {seed}): {wrong}\n  input: {_shown(small)}"


def _wrong(family: Family, value: Any) -> str | None:
    """What is wrong, in lines of which the first is the kind."""
    began, before = process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with _stopped():
            family.check(value)
    except ReletanError as clear:
        if problem := _unclear(clear):
            return problem
    except _TooSlow as slow:
        return str(slow)
    except Exception as error:
        where = [f"{one.name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[::-1]]
        return f"{type(error).__name__} in {where[0]}: {str(error)[:_SHOWN]}\n  by {' < '.join(where[1:5])}"
    if not family.slow and (seconds := process_time() - began) > MOST_SECONDS:
        return f"it takes long\n  {seconds:.1f} s"
    if (grown := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) > MOST_GROWTH:
        return f"it takes much memory\n  {grown // 1024} MiB"
    return None


def _unclear(error: ReletanError) -> str | None:
    """An error of ours has to say what failed; anything longer than a page is no clear word."""
    texts = (error.message, error.next or "", *error.details)
    if not error.message.strip() or not all(isinstance(text, str) for text in texts):
        return f"an error without words: {type(error).__name__}"
    longest = max(map(len, texts))
    return (
        f"an error that nobody reads: {type(error).__name__}\n  {longest} characters: {error.message[:200]!r}"
        if longest > 20_000
        else None
    )


@contextmanager
def _stopped() -> Iterator[None]:
    """Stops whatever takes too much CPU, or hangs; in the main thread, where signals are handled."""

    def stop(number: int, _frame: object) -> None:
        hangs = number == signal.SIGALRM
        raise _TooSlow(f"{_HANGS} for {_LONGEST_WAIT:g} s" if hangs else f"it takes more than {_LONGEST:g} s")

    before = [(number, signal.signal(number, stop)) for number in (signal.SIGVTALRM, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST_WAIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        for number, handler in before:
            signal.signal(number, handler)


def _kind(wrong: str | None) -> str | None:
    return None if wrong is None else wrong.partition(": ")[0].partition("\n")[0]


# a smaller input that fails in the same way


def _smallest(value: Any, fails: Callable[[Any], bool]) -> Any:
    began, improved = monotonic(), True
    while improved:
        improved = False
        for smaller in _smaller(value):
            if monotonic() - began > _SHRINKING:
                return value
            if fails(smaller):
                value, improved = smaller, True
                break
    return value


def _smaller(value: Any) -> Iterator[Any]:
    """Less of a text, list or table, the boldest tries first; then less within."""
    if isinstance(value, str | bytes | list | tuple) and value:
        yield from _without_a_part(value)
    if isinstance(value, list | tuple):
        for at, one in enumerate(value):
            for less in _smaller(one):
                yield type(value)([*value[:at], less, *value[at + 1 :]])
    if isinstance(value, dict):
        for name in value:
            yield {other: one for other, one in value.items() if other != name}
        for name, one in value.items():
            for less in _smaller(one):
                yield {**value, name: less}


def _without_a_part(value: Any) -> Iterator[Any]:
    size = len(value)
    while size:
        for at in range(0, len(value), size):
            yield value[:at] + value[at + size :]
        size //= 2


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text):,} characters)"
