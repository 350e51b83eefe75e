"""Timing of whole processes, all of a table in turns, so that what disturbs one disturbs its peers too."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# What takes longer than this in seconds is run a few times only: it is far away from any limit.
SLOW = 2
FEW = 3


@dataclass(frozen=True)
class Case:
    """One program to time: its argv, and where to run it."""

    name: str
    argv: Sequence[str]
    cwd: Path = field(default_factory=Path.cwd)


def program(name: str) -> str | None:
    """Where a program is: beside this Python first, so that the installed ``reletan`` is what is measured; then where
    ``make bench-peers`` put it, in the folder that RELETAN_BENCH_PEERS names; then on PATH.
    """
    folders = [Path(sys.executable).parent]
    if peers := os.environ.get("RELETAN_BENCH_PEERS"):
        folders += [
            Path(peers).absolute() / "python" / "bin",
            Path(peers).absolute() / "node" / "node_modules" / ".bin",
        ]
    return shutil.which(name, path=os.pathsep.join(map(str, folders))) or shutil.which(name)


def tell(what: str) -> None:
    """Where a suite is: the tables come at its end."""
    print(f"  {what} …", file=sys.stderr, flush=True)


def run(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> float:
    """The seconds that one run takes. Raises SystemExit with the program's words where it fails."""
    seconds, _ = timed(argv, cwd, env)
    return seconds


def timed(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> tuple[float, bytes]:
    """The seconds that one run takes, and what it prints. Raises SystemExit with the program's words where it fails."""
    # Into a pipe release-it loses what is more than the pipe holds
    with tempfile.TemporaryFile() as out:
        begin = time.perf_counter()
        done = subprocess.run(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, check=False
        )
        seconds = time.perf_counter() - begin
        out.seek(0)
        printed = out.read()
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return seconds, printed


def medians(cases: Sequence[Case], rounds: int) -> dict[str, float]:
    """Name -> median seconds of ``rounds`` runs in turns (at most FEW of a program that is SLOW), after one that warms the
    caches up.
    """
    slow = {case.name for case in cases if run(case.argv, case.cwd) > SLOW}
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(rounds):
        for case in cases:
            if turn < FEW or case.name not in slow:
                seconds[case.name].append(run(case.argv, case.cwd))
    return {name: statistics.median(taken) for name, taken in seconds.items()}
