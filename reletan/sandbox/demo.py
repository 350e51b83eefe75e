"""The whole flow in a sandbox, without any account: ``python -m reletan.sandbox.demo [--keep DIR]``.

A small history is made in a new temporary folder, and one release and one hotfix go out there, each command run as a
person would. Nothing outside the folder is touched, no token is read. Exit 1 at the first command that answers
otherwise than expected. The folder stays, to look around in.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

# how the terminal looks is the person's, everything else the world's
_LOOKS = ("TERM", "COLUMNS", "NO_COLOR", "COLORTERM")


class Unexpected(Exception):
    """A command of the demo did not exit with 0."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="reletan demo", description="The whole flow in a sandbox, without any account."
    )
    parser.add_argument("--keep", metavar="DIR", type=Path, help="build it in DIR (new or empty)")
    keep: Path | None = parser.parse_args(arguments).keep
    if keep is None:
        return _tell(Path(tempfile.mkdtemp(prefix="reletan-demo-")))
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        print(f"reletan demo: {keep} is not an empty folder; name one that does not exist yet", file=sys.stderr)
        return 2
    return _tell(keep.absolute())


def _tell(folder: Path) -> int:
    try:
        world = World.believable(folder / "shop")
        _say(f"A shop's repository stands in {world.clone}; its origin is the folder beside it.")
        _release(world)
        _hotfix(world)
        _look_back(world)
    except (Unexpected, WorldError) as error:
        print(f"\nreletan demo stopped: {error}", file=sys.stderr)
        return 1
    finally:
        _say(f"Everything is still there, to look around; remove it when you like: {folder}")
    return 0


def _release(world: World) -> None:
    _say("Once in a repository: find out how this team works, and write it down.")
    _reletan(world, "init", "--defaults", "--yes")
    for git in (["add", ".reletan.toml"], ["commit", "-qm", "Set up reletan"], ["push", "-q", "origin", "develop"]):
        _run(world, ["git", *git], ["git", *git], world.clone)
    _say("What has been merged since the last release?")
    _reletan(world, "list")
    _say("What would starting a release do? Nothing is changed.")
    _reletan(world, "start", "--dry-run")
    _say("Start it: the release branch appears on the remote.")
    _reletan(world, "start", "--yes")
    branch = _open_branch(world, "release/")
    _say(f"Meanwhile Yuki finds a mistake, and pushes a fix to {branch}.")
    world.commit(branch, "Fix the total on invoices", {"src/invoice.txt": "with tax\n"}, "Yuki")
    _reletan(world, "status")
    _say("What would the release do? Nothing is changed.")
    _reletan(world, "tag", "--dry-run")
    _say("Release: production, tag and development go out in one atomic push.")
    _reletan(world, "tag", "--yes")
    _say("Running it again is always safe.")
    _reletan(world, "tag", branch.removeprefix("release/"), "--yes")


def _hotfix(world: World) -> None:
    _say("A bad surprise in production: a hotfix starts there.")
    _reletan(world, "start", "hotfix", "--yes")
    branch = _open_branch(world, "hotfix/")
    _say(f"花子 pushes the fix to {branch}.")
    world.commit(branch, "支払いの二重送信を防止", {"src/payment.txt": "once\n"}, "山田 花子")
    _reletan(world, "tag", "--yes")
    _reletan(world, "status")


def _look_back(world: World) -> None:
    _say("The remote now: the tags are on main, and develop has them too.")
    newest = ["--max-count=14", "main", "develop"]
    graph = ["git", "log", "--graph", "--oneline", "--decorate", *newest]
    _run(world, graph, graph, world.origin)


def _reletan(world: World, *args: str) -> None:
    _run(world, ["reletan", *args], world.command(*args), world.clone)


def _run(world: World, shown: Sequence[str], argv: Sequence[str], where: Path) -> None:
    """Run one command, its output where ours goes; raises Unexpected unless it exits 0."""
    print(f"$ {shlex.join(shown)}", flush=True)
    looks = {name: os.environ[name] for name in _LOOKS if name in os.environ}
    env = world.environment({**looks, "GIT_PAGER": "cat"})
    # one pipe for both, as on a terminal
    code = subprocess.run(argv, cwd=where, env=env, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
    if code.returncode:
        raise Unexpected(f"`{shlex.join(shown)}` should exit 0, but exited {code.returncode}")


def _open_branch(world: World, prefix: str) -> str:
    for name in world.branches():
        if name.startswith(prefix):
            return name
    raise Unexpected(f"no branch {prefix}… is on the remote")


def _say(text: str) -> None:
    print(f"\n# {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
