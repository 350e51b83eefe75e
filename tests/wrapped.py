"""A `git` of the tests' own, first on PATH, with the real one behind it: counts calls, kills reletan, loses answers."""

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from reletan.sandbox.world import World

# The same objects in each run: the clock stands still.
FIXED = {"GIT_AUTHOR_DATE": "1767700000 +0000", "GIT_COMMITTER_DATE": "1767700000 +0000"}


class WrappedGit:
    """``environment`` makes reletan find the wrapper; ``calls()`` are the arguments of each call so far.

    ``script`` is shell code run before git, which sees git's arguments; ``$git`` is the real git, ``$call`` the number
    of this call. Where the script does not exit, the real git runs.
    """

    def __init__(self, world: World, script: str = "") -> None:
        folder = world.folder / "wrapped"
        folder.mkdir(exist_ok=True)
        self._calls = folder / "calls"
        self._calls.write_text("")
        git = shutil.which("git") or "git"
        wrapper = folder / "git"
        wrapper.write_text(
            f'#!/bin/sh\ngit={shlex.quote(git)}\nprintf "%s\\n" "$*" >>{shlex.quote(str(self._calls))}\n'
            f'call=$(wc -l <{shlex.quote(str(self._calls))})\n{script}\nexec "$git" "$@"\n'
        )
        wrapper.chmod(0o755)
        self.environment: Mapping[str, str] = {"PATH": f"{folder}:{os.environ['PATH']}"}

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()


def killing(call: int, *, before: bool) -> str:
    """A script that kills reletan with SIGKILL at its ``call``-th git, before that git runs or after it."""
    run_first = "" if before else '"$git" "$@";'
    return f'if [ "$call" -eq {call} ]; then {run_first} kill -9 $PPID; exit 1; fi'


def executable(path: Path, script: str) -> Path:
    """A shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
