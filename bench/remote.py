"""A whole release against a remote 80 ms away: ``reletan start`` and ``tag``, and git-flow's commands for the same."""

import json
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers import GIT_FLOW
from bench.server import SlowServer, serving
from bench.tables import MISSING, Limit, Table, beside, in_seconds
from bench.timing import program, run, tell
from reletan.sandbox.world import World

ROUNDS = 5
LATENCY = 0.08
VERSION = "1.4.0"
TRANSPORTS = ("ls-remote", "fetch", "push", "pull", "clone")
# Ours, what it does the work of, and what is promised: our time to theirs
PAIRS = (
    ("reletan start", "git flow release start -F + publish", 0.5),
    ("reletan tag", "git flow release finish -F -p", 0.333),
)


@dataclass
class Measured:
    """The runs of one way to do it; of the last one the HTTP requests, git's processes, and which of them go out."""

    seconds: list[float] = field(default_factory=list)
    requests: int = 0
    programs: int = 0
    remote_commands: list[str] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def bench(rounds: int | None = None) -> list[Table]:
    rounds = rounds or ROUNDS
    with_git_flow = GIT_FLOW.installed is not None
    measured: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        pattern = World.bare_minimum(Path(folder) / "pattern")
        with serving(Path(folder), LATENCY) as server:
            for turn in range(rounds):
                tell(f"release {turn + 1} of {rounds}")
                _ours(measured, pattern.copy_to(Path(folder) / f"ours-{turn}"), server)
                if with_git_flow:
                    _theirs(measured, pattern.copy_to(Path(folder) / f"theirs-{turn}"), server)
    title = f"a release, {LATENCY * 1000:.0f} ms a request: medians of {rounds}; the counts are of the last"
    header = ("", "time", "to git-flow", "requests", "git programs", "talks to the remote")
    return [Table("remote", title, header, _rows(measured), _limits(measured))]


def _ours(measured: dict[str, Measured], world: World, server: SlowServer) -> None:
    _far_away(world, server)
    reletan = program("reletan") or "reletan"
    _measure(measured, "reletan start", world, server, [[reletan, "start", VERSION, "--yes"]])
    _measure(measured, "reletan tag", world, server, [[reletan, "tag", VERSION, "--yes"]])


def _theirs(measured: dict[str, Measured], world: World, server: SlowServer) -> None:
    _far_away(world, server)
    for key, value in (("branch.master", "main"), ("branch.develop", "develop"), ("prefix.versiontag", "v"),
                       ("prefix.release", "release/"), ("prefix.hotfix", "hotfix/"), ("prefix.feature", "feature/"),
                       ("prefix.bugfix", "bugfix/"), ("prefix.support", "support/")):  # fmt: skip
        world.git("config", f"gitflow.{key}", value)
    flow = ["git", "flow", "release"]
    start, finish = (theirs for _, theirs, _ in PAIRS)
    _measure(measured, start, world, server, [[*flow, "start", "-F", VERSION], [*flow, "publish", VERSION]])
    _measure(measured, finish, world, server, [[*flow, "finish", "-F", "-p", "-m", f"Release {VERSION}", VERSION]])


def _far_away(world: World, server: SlowServer) -> None:
    world.git("remote", "set-url", "origin", f"{server.url}/{world.folder.name}/origin.git")


def _measure(
    measured: dict[str, Measured], name: str, world: World, server: SlowServer, commands: Sequence[Sequence[str]]
) -> None:
    trace = world.folder / f"trace-{name.split()[-1]}"
    env = world.environment({"GIT_TRACE2_EVENT": str(trace), "GIT_MERGE_AUTOEDIT": "no"})
    before = server.requests
    seconds = sum(run(command, world.clone, env) for command in commands)
    it = measured.setdefault(name, Measured())
    it.seconds.append(seconds)
    it.requests = server.requests - before
    started = [event["argv"] for event in map(json.loads, trace.read_text().splitlines()) if event["event"] == "start"]
    it.programs = len(started)
    # A fetch from "." only moves a local branch
    it.remote_commands = [word for argv in started if (word := _command(argv)) and "." not in argv]


def _command(argv: Sequence[str]) -> str | None:
    return next((word for word in argv[1:] if word in TRANSPORTS), None)


def _rows(measured: dict[str, Measured]) -> list[tuple[str, ...]]:
    rows = []
    for ours, theirs, _ in PAIRS:
        ratio = beside(measured[ours].median, measured[theirs].median) if theirs in measured else ""
        rows += [_row(theirs, measured.get(theirs), ""), _row(ours, measured[ours], ratio)]
    return rows


def _row(name: str, it: Measured | None, ratio: str) -> tuple[str, ...]:
    if it is None:
        return (f"`{name}`", MISSING, "", "", "", "")
    return (
        f"`{name}`",
        in_seconds(it.median),
        ratio,
        f"{it.requests}",
        f"{it.programs}",
        ", ".join(it.remote_commands),
    )


def _limits(measured: dict[str, Measured]) -> list[Limit]:
    return [
        Limit(f"`{ours}` to `{theirs}`", measured[ours].median / measured[theirs].median, most)
        for ours, theirs, most in PAIRS
        if theirs in measured
    ]
