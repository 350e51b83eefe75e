"""Timing of whole processes, all of a table in turns, so that what disturbs one disturbs its peers too."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One program to time: its argv, and where to run it."""

    name: str
    argv: Sequence[str]
    cwd: Path = field(default_factory=Path.cwd)


@dataclass(frozen=True)
class Limit:
    """What is promised: ``value`` may be at most ``most``; both are ratios."""

    what: str
    value: float
    most: float

    @property
    def kept(self) -> bool:
        return self.value <= self.most


def program(name: str) -> str | None:
    """Where a program is: beside this Python first, so that the installed ``reletan`` is what is measured."""
    beside = Path(sys.executable).parent / name
    return str(beside) if os.access(beside, os.X_OK) else shutil.which(name)


def present(names: Sequence[str]) -> list[str]:
    """Those programs that are installed here; says which are not."""
    missing = [name for name in names if program(name) is None]
    if missing:
        print(f"  not installed here, so left out: {', '.join(missing)}")
    return [name for name in names if name not in missing]


def run(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> float:
    """The seconds that one run takes. Raises SystemExit with the program's words where it fails."""
    begin = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return seconds


def medians(cases: Sequence[Case], rounds: int) -> dict[str, float]:
    """Name -> median seconds of ``rounds`` runs in turns, after one that warms the caches up."""
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(rounds + 1):
        for case in cases:
            taken = run(case.argv, case.cwd)
            if turn:
                seconds[case.name].append(taken)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def show_seconds(measured: Mapping[str, float]) -> None:
    width = max(len(name) for name in measured)
    for name, seconds in measured.items():
        print(f"  {name:<{width}}  {seconds * 1000:8.1f} ms")


def show_limits(limits: Sequence[Limit]) -> None:
    """Print each limit and whether it is kept. No exit code tells it: a busy machine is no mistake of the code."""
    for limit in limits:
        print(f"  {'pass' if limit.kept else 'FAIL'}  {limit.what}: {limit.value:.2f} (at most {limit.most:g})")
    print()
