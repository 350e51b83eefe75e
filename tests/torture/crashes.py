"""Killed, interrupted or failing anywhere: the next run leads to the very state of a run that nobody disturbed.

Every effect of every command is a point, with each blow that makes a difference there; those who go on take turns: the same
command or ``resume``, in the same clone or in another one. For ``tag`` also every two blows one after the other.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from torture import disks, journals
from torture.attempts import attempt, effects_of_the_next, survey
from torture.budget import Budget, Figures, say
from torture.cases import CASES, stand_in
from torture.points import Point, blows, parse, singles

Job = tuple[Callable[..., str | None], Any]


def run(budget: Budget) -> Figures:
    with (
        tempfile.TemporaryDirectory(prefix="reletan-") as folder,
        ProcessPoolExecutor(budget.workers, get_context("spawn"), stand_in, (Path(folder),)) as pool,
    ):
        stand_in(Path(folder))
        jobs = _named(budget.only) if budget.only else _all(pool, budget)
        counts, lost = _done(pool, jobs, budget)
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    return Figures(f"crash points ({said})", counts.total(), tuple(lost))


def _named(only: str) -> list[Job]:
    sort = only.partition(":")[0]
    if sort in ("journal", "disk"):
        return [(journals.attempt if sort == "journal" else disks.attempt, only)]
    return [(attempt, point) for point in parse(only) if point.way in CASES[point.case].ways]


def _all(pool: ProcessPoolExecutor, budget: Budget) -> list[Job]:
    """First what shows most, in an order of its own for each seed, so that a short time sees a bit of everything."""
    known = [*pool.map(_singles, CASES, [budget.seed] * len(CASES))]
    firsts = [(name, first) for name, case in CASES.items() if case.pairs for first in blows(survey(case)[0])]
    pairs = pool.map(_pairs, *zip(*firsts, strict=True))
    first: list[Job] = [(attempt, point) for some in (*(first for first, _ in known), *pairs) for point in some]
    first += [(journals.attempt, name) for name in journals.names()]
    first += [(disks.attempt, name) for name in disks.names()]
    more: list[Job] = [(attempt, point) for _, some in known for point in some]
    for jobs in (first, more):
        random.Random(budget.seed).shuffle(jobs)  # noqa: S311 - an order that can be had again
    return first + more


def _singles(name: str, seed: int) -> tuple[list[Point], list[Point]]:
    case = CASES[name]
    return singles(name, survey(case)[0], case.ways, seed)


def _pairs(name: str, first: tuple[int, Any]) -> list[Point]:
    """A first blow, and every one that the run that goes on after it can get."""
    number, kind = first
    later = blows(effects_of_the_next(CASES[name], number, kind))
    return [Point(case=name, number=number, kind=kind, way="again", second=second) for second in later]


def _done(pool: ProcessPoolExecutor, jobs: Sequence[Job], budget: Budget) -> tuple[Counter[str], list[str]]:
    """How many of each sort were done, and what was lost."""
    counts: Counter[str] = Counter()
    lost: list[str] = []
    for job, said in _results(pool, iter(jobs), budget):
        counts[_sort(job)] += 1
        if said is not None:
            lost.append(f'{said}\n  again: python -m torture crashes --only "{_name(job)}"')
            say(f"LOST {_name(job)}")
        if counts.total() % 250 == 0:
            say(f"  {counts.total():,} of {len(jobs):,} crash points, {len(lost)} lost")
    return counts, lost


def _results(pool: ProcessPoolExecutor, jobs: Iterator[Job], budget: Budget) -> Iterable[tuple[Job, str | None]]:
    """As they are done, while time is left; what has begun is finished."""
    running: dict[Future[str | None], Job] = {}
    while True:
        for job in islice(jobs, 2 * budget.workers - len(running)) if budget.left() else ():
            running[pool.submit(job[0], job[1])] = job
        if not running:
            return
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        yield from ((running.pop(one), one.result()) for one in done)


def _name(job: Job) -> str:
    what = job[1]
    return what.name if isinstance(what, Point) else str(what)


def _sort(job: Job) -> str:
    what = job[1]
    if isinstance(what, Point):
        return "pairs" if what.second else "singles"
    return "journals" if what.startswith("journal") else "disks"
