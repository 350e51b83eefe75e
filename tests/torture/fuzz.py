"""A million hostile inputs to the real code: only clear errors may come out, and nothing may be live.

``python -m torture fuzz --only titles:12345 --seed 1`` does one input again.
"""

import os
import resource
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from itertools import islice, pairwise
from math import ceil
from pathlib import Path

from torture.budget import Budget, Figures, say
from torture.fuzz_case import Family, failure
from torture.rounds import DIED, in_parallel, note

MODULES = (
    "texts",
    "bodies",
    "git",
    "history",
    "settings",
    "jobs",
    "verdicts",
    "templates",
    "answers",
    "slack",
    "commands",
)
INPUTS = 1_000_000
# Nothing of the rules needs more; a template that gets hold of memory fails here
MOST_MEMORY = 3 * 1024**3
_ROUNDS = 100
_PIECES = 4
_MOST_LOST = 5

Tried = tuple[str, int, float, list[str]]
"""A family's name, how many of its inputs were tried, the seconds of CPU, the failures."""


def families() -> dict[str, Family]:
    """All of them by name."""
    return {one.name: one for name in MODULES for one in import_module(f"torture.fuzz_{name}").FAMILIES}


def run(budget: Budget) -> Figures:
    if budget.only:
        return _only(budget)
    done: Counter[str] = Counter()
    lost: dict[str, list[str]] = {}
    spent: dict[str, float] = {}
    for name, count, seconds, found in in_parallel(
        partial(_tried, budget), _chunks(budget), budget, partial(_died, budget)
    ):
        done[name] += count
        spent[name] = spent.get(name, 0.0) + seconds
        lost.setdefault(name, []).extend(found)
    for name, count in done.items():
        say(
            f"  {name:<18} {count:>9,} inputs, {spent[name] / max(count, 1) * 1000:8.2f} ms each, {len(lost[name])} lost"
        )
    return Figures("fuzzed inputs", done.total(), tuple(text for texts in lost.values() for text in texts[:_MOST_LOST]))


def _chunks(budget: Budget) -> Iterator[str]:
    """All families in turns, each with its share, as "titles:200:250"; until the time is over, else a million in all."""
    known = families()
    share = INPUTS / _ROUNDS / sum(family.weight for family in known.values())
    at: Counter[str] = Counter()
    turn = 0
    while budget.left() and (budget.until is not None or turn < _ROUNDS):
        turn += 1
        for name, family in known.items():
            upto = ceil(turn * share * family.weight)
            yield from (f"{name}:{start}:{stop}" for start, stop in _parts(at[name], upto))
            at[name] = upto


def _parts(start: int, stop: int) -> list[tuple[int, int]]:
    ends = [start + (stop - start) * part // _PIECES for part in range(_PIECES + 1)]
    return [(one, other) for one, other in pairwise(ends) if one < other]


def _tried(budget: Budget, chunk: str) -> Tried:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    name, *ends = chunk.split(":")
    start, stop = map(int, ends)
    family, began, number = families()[name], _spent(), start
    found: list[str] = []
    for number in range(start, stop):
        if not budget.left():
            return name, number - start, _spent() - began, found
        note(f"{name}:{number}")
        if wrong := failure(family, budget.seed, number):
            found.append(wrong)
            if len(found) == _MOST_LOST:
                break
    return name, number + 1 - start, _spent() - began, found


def _died(budget: Budget, at: str) -> Tried:
    return at.partition(":")[0], 0, 0.0, [f"{at} (seed {budget.seed}): {DIED}"]


def _spent() -> float:
    """Seconds of CPU, those of programs that have ended too."""
    return sum(os.times()[:4])


def _only(budget: Budget) -> Figures:
    """One input again, or as many of a family as there is time for: ``titles:12345``, or ``titles``."""
    name, _, number = (budget.only or "").partition(":")
    family = families()[name]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        tempfile.tempdir = str(Path(folder))
        numbers = [int(number)] if number else range(1000)
        found = list(islice(filter(None, (failure(family, budget.seed, one) for one in numbers)), _MOST_LOST))
        tempfile.tempdir = None
    return Figures("fuzzed inputs", len(numbers), tuple(found))
