"""Whole commands in a world of hostile people: no traceback, nothing that a terminal obeys, JSON that is JSON."""

import itertools
import json
import re
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from quick_world import QuickWorld

from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import Run, World
from torture.fuzz_case import Family, require
from torture.fuzz_git import refname
from torture.fuzz_history import make_history, raw_commit
from torture.fuzz_rules import live, obeyed
from torture.fuzz_settings import make_environment, make_toml
from torture.fuzz_source import Source
from torture.fuzz_templates import make_template

# What is run in a hostile world, and what gets a hostile argument
COMMANDS = (
    "list", "list --json", "list --markdown", "list --group-by author", "notes", "notes --format slack",
    "notes --json", "notes --context", "status", "status --json", "start --dry-run", "start 1.4.0 --dry-run --json",
    "tag --dry-run", "tag 1.5.0 --dry-run --json", "start hotfix --dry-run", "abort --dry-run", "notify --dry-run",
    "config", "config --json", "resume --dry-run", "init --defaults --dry-run", "notes --template own.j2",
    "list --until release/1.5.0",
)  # fmt: skip
FREE = (
    "start", "start hotfix", "tag", "resume", "abort", "notes", "notify", "pr", "checklist", "automerge",
    "list --since", "list --until", "tag --message", "tag --head", "start --from", "start 1.4.0 --duty",
    "list --group-by", "notes --template", "init --defaults --production", "init --defaults --tag-prefix",
    "pr --deploy", "-C", "--color", "tag --via", "notes --format",
)  # fmt: skip
_CODES = range(6)
_COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)
_NUMBERS = itertools.count()


def make_world(source: Source) -> dict[str, Any]:
    return {
        "commits": [[message, author] for _, message, author in make_history(source)],
        "refs": [refname(source) for _ in range(source.randint(0, 6))],
        "config": make_toml(source) if source.chance(4) else b"",
        "environ": make_environment(source) if source.chance(4) else {},
        "template": make_template(source), "production": source.chance(3),
        "commands": [one.split() for one in source.sample(COMMANDS, 4)], "actions": source.chance(4),
    }  # fmt: skip


def check_world(given: dict[str, Any]) -> None:
    world = _copy()
    try:
        _fill(world, given)
        told = {
            name: value for name, value in given["environ"].items() if "\0" not in f"{name}{value}" and "=" not in name
        }
        env = {**told, **({"GITHUB_ACTIONS": "true", "CI": "true"} if given["actions"] else {})}
        for command in given["commands"]:
            _require_clear(world.reletan(*command, env=_bytes(env)), command, actions=given["actions"])
    finally:
        shutil.rmtree(world.folder)


def _fill(world: World, given: dict[str, Any]) -> None:
    """A strange history on development, on an open release and on production, refs of strange names, and the team's files."""
    commits = given["commits"]
    head = _grown(world, str(world.head("develop")), commits)
    _set(world, "refs/heads/develop", head)
    _set(world, "refs/heads/release/1.5.0", _grown(world, head, commits[:2], start=1))
    if given["production"]:
        _set(world, "refs/heads/main", _grown(world, str(world.head("main")), commits[:3], start=2))
    for at, name in enumerate(given["refs"]):
        _set(world, f"refs/{('heads', 'tags')[at % 2]}/{name}", head)
    (world.clone / "own.j2").write_text(given["template"], encoding="utf-8", errors="replace")
    if given["config"]:
        (world.clone / ".reletan.toml").write_bytes(given["config"])


def _grown(world: World, head: str, commits: list[list[str]], start: int = 0) -> str:
    tree, environment = world.look("rev-parse", f"{head}^{{tree}}", cwd=world.origin), world.environment()
    for at, (message, author) in enumerate(commits, start):
        head = raw_commit(str(world.origin), environment, head, tree, message, author, at)
    return head


def _set(world: World, ref: str, commit: str) -> None:
    """What cannot stand beside the others is left out."""
    with suppress(WorldError):
        world.look("update-ref", ref, commit, cwd=world.origin)


def _bytes(values: dict[str, str]) -> dict[str, str]:
    """As the system hands over bytes that are no UTF-8."""
    return {
        name.encode(errors="replace").decode(): value.encode("utf-8", "surrogatepass").decode(
            "utf-8", "surrogateescape"
        )
        for name, value in values.items()
    }


def _require_clear(run: Run, command: list[str], *, actions: bool) -> None:
    said = run.out + run.err
    require(run.code in _CODES, "a known exit code", (command, run.code, run.err[-300:]))
    require("Traceback" not in said and "Something unexpected" not in said, "a clear error", (command, said[-600:]))
    found = live(said) - {"\n"} if run.out.startswith("{") else obeyed(said, "\n\u200b\u00ad")
    require(not found, "nothing that a terminal obeys", (command, found, said[:200]))
    require(not actions or not _COMMAND.search(said), "no command to a CI log", (command, said[:300]))
    if {"--json", "--context"} & set(command) and run.out:
        require(isinstance(json.loads(run.out), dict), "JSON", run.out[:200])


def make_arguments(source: Source) -> list[Any]:
    command = source.choice(FREE).split()
    given = source.choice(
        (
            source.text(3),
            source.bent(source.choice(("1.4.0", "main", "--yes", "v1.3.0", "12", "auto"))),
            source.plain(),
            "x" * source.choice((300, 40_000)),
        )
    )
    more = source.some(("--dry-run", "--json", "--offline", "--no-fetch", "--yes", "-vv", "--", source.text(1)), 3)
    return [command, given.replace("\0", ""), [one.replace("\0", "") for one in more]]


def check_arguments(given: list[Any]) -> None:
    """Whatever somebody types, or a script hands over."""
    command, argument, more = given
    words = [*command, argument, *more, *([] if {"--dry-run", "-n"} & set(more) else ["--dry-run"])]
    run = _standing().reletan(*_bytes({str(at): word for at, word in enumerate(words)}).values())
    # with -vv a traceback is what was asked for; there must be none to show
    _require_clear(run, words if run.out.startswith("{") else [], actions=False)


def _copy() -> World:
    return _standing().copy_to(_standing().folder.parent / f"world-{next(_NUMBERS)}")


@cache
def _standing() -> World:
    return QuickWorld.bare_minimum(Path(mkdtemp(prefix="commands-")) / "world")


FAMILIES = (
    Family(name="commands", weight=0.35, make=make_world, check=check_world, slow=True),
    Family(name="arguments", weight=0.7, make=make_arguments, check=check_arguments, slow=True),
)
