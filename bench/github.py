"""How long ``reletan list`` takes where GitHub and git's remote are 80 ms away, how often it asks GitHub, and others' ways
of asking beside it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.github_server import GitHub, github
from bench.github_team import SLUG, Pull, build
from bench.github_ways import WAYS, replay, requests_of, seconds_of
from bench.server import serving
from bench.timing import Limit, run, show_limits
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
IMPORTS = "import typer, git, msgspec"
WITH_PYGITHUB = f"{IMPORTS}, github"
# What a program of Python took of the processor itself, without the programs that it ran
TELL_CPU = "import atexit, pathlib, sys, time; out = pathlib.Path(sys.argv.pop(1)); \
atexit.register(lambda: out.write_text(str(time.process_time())))\n"
RELETAN = "from reletan.__main__ import main\nmain()"


def bench() -> None:
    print(f"list with GitHub, {LATENCY * 1000:.0f} ms a request: medians of {ROUNDS}; others' ways of asking once")
    limits: list[Limit] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
            world = World(Path(folder) / "world")
            pulls = build(world.origin, world.env, size)
            world.another_clone("hana")
            with github(pulls, LATENCY) as server, serving(world.folder, LATENCY) as git:
                world.git("remote", "set-url", "origin", f"{git.url}/{world.origin.name}")
                print(f"  {size:,} merged pull requests")
                limits += _ours(world, server, pulls)
                _others(server, pulls)
                if size == 100:
                    limits += _cpu(world, server)
    show_limits(limits)


def _ours(world: World, server: GitHub, pulls: Sequence[Pull]) -> list[Limit]:
    env, count, limits = _environment(world, server), len(pulls), []
    _require_complete(world, env, pulls)
    for form in ([], ["--json"]):
        name = " ".join(["reletan list", *form])
        before = server.requests
        seconds = statistics.median(run(world.command("list", *form), world.clone, env) for _ in range(ROUNDS))
        requests = (server.requests - before) / ROUNDS
        _show(name, requests, f"{seconds:7.2f} s, the whole process")
        limits.append(Limit(f"{name}: requests for {count:,}", requests, MOST_REQUESTS.get(count, 1 + count / 50)))
        if count in MOST_SECONDS:
            limits.append(Limit(f"{name}: seconds for {count:,}", seconds, MOST_SECONDS[count]))
    return limits


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


def _others(server: GitHub, pulls: Sequence[Pull]) -> None:
    for name, way in WAYS.items():
        waves = way(pulls)
        counted = f"{seconds_of(waves, LATENCY):7.2f} s by counting"
        if len(pulls) > BEARABLE and not FULL:
            _show(f"{name}'s way", requests_of(waves), f"{counted} (RELETAN_BENCH_FULL=1 measures it)")
            continue
        before = server.requests
        seconds = replay(waves, server.port)
        _show(f"{name}'s way", server.requests - before, f"{seconds:7.2f} s of asking, {counted.strip()}")


def _show(name: str, requests: float, rest: str) -> None:
    print(f"    {name:<21}{requests:6,.0f} requests  {rest}")


def _cpu(world: World, server: GitHub) -> list[Limit]:
    """Our own CPU time: not git's, and not GitHub's, which is another process."""
    told = world.folder / "cpu"
    programs = {
        "reletan list --json": [RELETAN, "list", "--json"],
        "reletan list": [RELETAN, "list"],
        "reletan list --offline": [RELETAN, "list", "--offline"],
        "reletan --help": [RELETAN, "--help"],
        WITH_PYGITHUB: [WITH_PYGITHUB],
        IMPORTS: [IMPORTS],
        "python -c pass": ["pass"],
    }
    env = _environment(world, server)
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(ROUNDS + 1):
        for name, (code, *args) in programs.items():
            run([sys.executable, "-P", "-c", TELL_CPU + code, str(told), *args], world.clone, env)
            if turn:
                seconds[name].append(float(told.read_text()))
    print("    our own CPU time")
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    for name, taken in medians.items():
        print(f"      {name:<35} {taken * 1000:6.0f} ms")
    above = max(medians["reletan list"], medians["reletan list --json"]) - medians["reletan --help"]
    return [Limit("CPU seconds for 100, above --help", above, MOST_CPU)]
