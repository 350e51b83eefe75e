"""How long ``reletan list`` takes where GitHub and git's remote are 80 ms away, how often it asks GitHub, and others' ways
of asking beside it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.github_server import GitHub, github
from bench.github_team import SLUG, Pull, build
from bench.github_ways import WAYS, replay, requests_of, seconds_of
from bench.server import serving
from bench.tables import Limit, Table, beside, in_seconds, milliseconds
from bench.timing import run, tell
from reletan.sandbox.world import World

ROUNDS = 7
LATENCY = 0.08
SIZES = (10, 100, 1_000)
# Others take minutes for as many as reletan takes in a second: then their time is counted, not measured, unless asked for.
BEARABLE = 100
FULL = bool(os.environ.get("RELETAN_BENCH_FULL"))
# What is promised, by the number of pull requests; without a word 1 + N/50 requests
MOST_REQUESTS = {100: 2}
MOST_SECONDS = {1_000: 1.5}
MOST_CPU = 0.25
CPU_SIZE = 100
IMPORTS = "import typer, git, msgspec"
WITH_PYGITHUB = f"{IMPORTS}, github"
# What a program of Python took of the processor itself, without the programs that it ran
TELL_CPU = "import atexit, pathlib, sys, time; out = pathlib.Path(sys.argv.pop(1)); \
atexit.register(lambda: out.write_text(str(time.process_time())))\n"
HELP = "reletan --help"
RELETAN = "from reletan.__main__ import main\nmain()"
OURS = ("reletan list", "reletan list --json")


@dataclass(frozen=True)
class Asked:
    """What asking for the pull requests of a range took; ``counted``: the time was not measured."""

    requests: float
    seconds: float
    counted: bool = False

    @property
    def time(self) -> str:
        return f"{in_seconds(self.seconds)}{', counted' if self.counted else ''}"


Measured = dict[int, dict[str, Asked]]


def bench(rounds: int | None = None) -> list[Table]:
    rounds = rounds or ROUNDS
    measured: Measured = {}
    for size in SIZES:
        with _far_away(size) as (world, server, pulls):
            tell(f"asking for {size:,} merged pull requests")
            measured[size] = {**_ours(world, server, pulls, rounds), **_others(server, pulls)}
            if size == CPU_SIZE:
                cpu = _cpu(world, server, rounds)
    return [_lists(measured, rounds), _ways(measured), _cpu_table(cpu, rounds)]


@contextmanager
def _far_away(size: int) -> Iterator[tuple[World, GitHub, list[Pull]]]:
    """A clone whose remote and whose GitHub answer late."""
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        world = World(Path(folder) / "world")
        pulls = build(world.origin, world.env, size)
        world.another_clone("hana")
        with github(pulls, LATENCY) as server, serving(world.folder, LATENCY) as git:
            world.git("remote", "set-url", "origin", f"{git.url}/{world.origin.name}")
            yield world, server, pulls


def _lists(measured: Measured, rounds: int) -> Table:
    rows, limits = [], []
    for size, asked in measured.items():
        ours = [asked[name] for name in OURS]
        rows.append((f"{size:,}", *(cell for it in ours for cell in (it.time, f"{it.requests:g}"))))
        limits += [
            Limit(f"requests of `{name}` for {size:,}", asked[name].requests, MOST_REQUESTS.get(size, 1 + size / 50))
            for name in OURS
        ]
        if size in MOST_SECONDS:
            limits += [
                Limit(f"seconds of `{name}` for {size:,}", asked[name].seconds, MOST_SECONDS[size]) for name in OURS
            ]
    title = f"listing with GitHub, {LATENCY * 1000:.0f} ms a request: medians of {rounds}"
    header = ("merged pull requests", *(cell for name in OURS for cell in (f"`{name}`", "requests")))
    return Table("github", title, header, rows, limits)


def _ways(measured: Measured) -> Table:
    ours = [asked[OURS[0]] for asked in measured.values()]
    rows = [(f"`{OURS[0]}`, all of it", *(it.time for it in ours), *(f"{it.requests:,g}" for it in ours))]
    for name in WAYS:
        theirs = [asked[name] for asked in measured.values()]
        times = [f"{it.time} ({beside(mine.seconds, it.seconds)})" for mine, it in zip(ours, theirs, strict=True)]
        rows.append((name, *times, *(f"{it.requests:,g}" for it in theirs)))
    header = ("", *(f"for {size:,}" for size in measured), *(f"requests for {size:,}" for size in measured))
    return Table("github-ways", "others' ways of asking, once; in brackets reletan's time to theirs", header, rows)


def _ours(world: World, server: GitHub, pulls: Sequence[Pull], rounds: int) -> dict[str, Asked]:
    env = _environment(world, server)
    _require_complete(world, env, pulls)
    asked = {}
    for name in OURS:
        before = server.requests
        command = world.command(*name.split()[1:])
        seconds = statistics.median(run(command, world.clone, env) for _ in range(rounds))
        asked[name] = Asked((server.requests - before) / rounds, seconds)
    return asked


def _environment(world: World, server: GitHub) -> dict[str, str]:
    return world.environment(
        {"GH_TOKEN": "any", "RELETAN_GITHUB_API_URL": server.url, "RELETAN_GITHUB_REPOSITORY": SLUG}
    )


def _require_complete(world: World, env: Mapping[str, str], pulls: Sequence[Pull]) -> None:
    """Raise SystemExit unless the list holds all that GitHub knows: a run that fails early would look fast."""
    done = subprocess.run(world.command("list", "--json"), cwd=world.clone, env=env, capture_output=True, check=True)
    listing = json.loads(done.stdout)
    listed = {
        (pull["number"], pull["title"], pull["how"], pull["author"], *pull["labels"])
        for pull in listing["pull_requests"]
        if pull["source"] == "github"
    }
    wanted = {(pull.number, pull.title, pull.how, pull.author.login, pull.label) for pull in pulls}
    if listed != wanted or not listing["complete"] or listing["commits_without_pull_request"] or listing["warnings"]:
        raise SystemExit(f"the list is not what GitHub knows: {len(listed & wanted)} of {len(wanted)} are right")


def _others(server: GitHub, pulls: Sequence[Pull]) -> dict[str, Asked]:
    asked = {}
    for name, way in WAYS.items():
        waves = way(pulls)
        if len(pulls) > BEARABLE and not FULL:
            asked[name] = Asked(requests_of(waves), seconds_of(waves, LATENCY), counted=True)
            continue
        before = server.requests
        seconds = replay(waves, server.port)
        asked[name] = Asked(server.requests - before, seconds)
    return asked


def _cpu(world: World, server: GitHub, rounds: int) -> dict[str, float]:
    """Our own CPU time in seconds: not git's, and not GitHub's, which is another process."""
    told = world.folder / "cpu"
    programs = {
        **{name: [RELETAN, *name.split()[1:]] for name in (HELP, "reletan list --offline", *OURS)},
        WITH_PYGITHUB: [WITH_PYGITHUB],
        IMPORTS: [IMPORTS],
        "pass": ["pass"],
    }
    env = _environment(world, server)
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, (code, *args) in programs.items():
            run([sys.executable, "-P", "-c", TELL_CPU + code, str(told), *args], world.clone, env)
            if turn:
                seconds[name].append(float(told.read_text()))
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def _cpu_table(cpu: Mapping[str, float], rounds: int) -> Table:
    rows = [
        (f"`{name}`", milliseconds(taken), milliseconds(taken - cpu[HELP]))
        if name.startswith("reletan")
        else (f"`python -c '{name}'`", milliseconds(taken), "")
        for name, taken in cpu.items()
    ]
    limits = [Limit(f"seconds of `{name}` above `{HELP}`", cpu[name] - cpu[HELP], MOST_CPU) for name in OURS]
    title = f"our own CPU time for {CPU_SIZE} pull requests: medians of {rounds}"
    return Table("github-cpu", title, ("", "time", f"above `{HELP}`"), rows, limits)
