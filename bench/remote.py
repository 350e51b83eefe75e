"""A whole release against a remote 80 ms away: ``reletan start`` and ``tag``, and git-flow's commands for the same."""

import json
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.server import SlowServer, serving
from bench.timing import Limit, program, run, show_limits
from reletan.sandbox.world import World

ROUNDS = 5
LATENCY = 0.08
VERSION = "1.4.0"
TRANSPORTS = ("ls-remote", "fetch", "push", "pull", "clone")
START = "git flow release start -F + publish"
FINISH = "git flow release finish -F -p"


@dataclass
class Measured:
    """The runs of one way to do it; of the last one the HTTP requests, git's processes, and which of them go out."""

    seconds: list[float] = field(default_factory=list)
    requests: int = 0
    programs: int = 0
    remote_commands: list[str] = field(default_factory=list)


def bench() -> None:
    print(f"start and tag, a remote with {LATENCY * 1000:.0f} ms a request: medians of {ROUNDS}")
    with_git_flow = subprocess.run(["git", "flow", "version"], capture_output=True, check=False).returncode == 0
    if not with_git_flow:
        print("  not installed here, so left out: git-flow")
    table: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        pattern = World.bare_minimum(Path(folder) / "pattern")
        with serving(Path(folder), LATENCY) as server:
            for turn in range(ROUNDS):
                _ours(table, pattern.copy_to(Path(folder) / f"ours-{turn}"), server)
                if with_git_flow:
                    _theirs(table, pattern.copy_to(Path(folder) / f"theirs-{turn}"), server)
    _show(table)
    show_limits(_limits(table))


def _ours(table: dict[str, Measured], world: World, server: SlowServer) -> None:
    _far_away(world, server)
    reletan = program("reletan") or "reletan"
    _measure(table, "reletan start", world, server, [[reletan, "start", VERSION, "--yes"]])
    _measure(table, "reletan tag", world, server, [[reletan, "tag", VERSION, "--yes"]])


def _theirs(table: dict[str, Measured], world: World, server: SlowServer) -> None:
    _far_away(world, server)
    for key, value in (("branch.master", "main"), ("branch.develop", "develop"), ("prefix.versiontag", "v"),
                       ("prefix.release", "release/"), ("prefix.hotfix", "hotfix/"), ("prefix.feature", "feature/"),
                       ("prefix.bugfix", "bugfix/"), ("prefix.support", "support/")):  # fmt: skip
        world.git("config", f"gitflow.{key}", value)
    flow = ["git", "flow", "release"]
    _measure(table, START, world, server, [[*flow, "start", "-F", VERSION], [*flow, "publish", VERSION]])
    _measure(table, FINISH, world, server, [[*flow, "finish", "-F", "-p", "-m", f"Release {VERSION}", VERSION]])


def _far_away(world: World, server: SlowServer) -> None:
    world.git("remote", "set-url", "origin", f"{server.url}/{world.folder.name}/origin.git")


def _measure(
    table: dict[str, Measured], name: str, world: World, server: SlowServer, commands: Sequence[Sequence[str]]
) -> None:
    trace = world.folder / f"trace-{name.split()[-1]}"
    env = world.environment({"GIT_TRACE2_EVENT": str(trace), "GIT_MERGE_AUTOEDIT": "no"})
    before = server.requests
    seconds = sum(run(command, world.clone, env) for command in commands)
    measured = table.setdefault(name, Measured())
    measured.seconds.append(seconds)
    measured.requests = server.requests - before
    started = [event["argv"] for event in map(json.loads, trace.read_text().splitlines()) if event["event"] == "start"]
    measured.programs = len(started)
    # A fetch from "." only moves a local branch
    measured.remote_commands = [word for argv in started if (word := _command(argv)) and "." not in argv]


def _command(argv: Sequence[str]) -> str | None:
    return next((word for word in argv[1:] if word in TRANSPORTS), None)


def _show(table: dict[str, Measured]) -> None:
    width = max(len(name) for name in table)
    for name, it in table.items():
        counts = f"{it.requests:2} requests  {it.programs:3} git programs  {' '.join(it.remote_commands)}"
        print(f"  {name:<{width}}  {statistics.median(it.seconds):5.2f} s  {counts}")


def _limits(table: dict[str, Measured]) -> list[Limit]:
    medians = {name: statistics.median(it.seconds) for name, it in table.items()}
    pairs = (("reletan start", START, 0.5), ("reletan tag", FINISH, 0.333))
    return [
        Limit(f"{ours} / {theirs}", medians[ours] / medians[theirs], most)
        for ours, theirs, most in pairs
        if theirs in medians
    ]
