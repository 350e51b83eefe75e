"""Origin in a race: what it heard of every branch and tag, and somebody without reletan, who commits at some moment of it."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import msgspec

from reletan.sandbox.world import World

# While somebody fetches; once a push was sent, before it is taken; once it was taken, before its sender knows
MOMENTS = ("fetch", "pre-receive", "post-receive")
_LOG = """\
#!/bin/sh
[ "$1" != committed ] || cat >>{log}
"""
# The how manyth of its moments somebody takes; few come often
TURNS = (1, 1, 2, 3)
# A hook must not push to where a push comes from: so git's own variables go
_ACT = """\
#!/bin/sh
turn=1
while [ -d {turns} ] && ! mkdir {turns}/$turn 2>/dev/null; do turn=$((turn + 1)); done
[ ! -d {turns} ] || [ $turn != {turn} ] || (
  unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH
  cd {origin} && old=$(git rev-parse --verify -q refs/heads/{branch}) || exit
  new=$(git commit-tree -p $old -m "Mend it meanwhile" "$old^{{tree}}") && echo $new >>{people} &&
    git update-ref refs/heads/{branch} $new $old
) </dev/null >/dev/null 2>&1
{then}
"""


class Moved(msgspec.Struct, frozen=True):
    """A ref by its full name, and what it became: None where it was deleted."""

    ref: str
    new: str | None


class Listener:
    """Writes down what happens to origin's refs, those too that are gone by the end."""

    def __init__(self, world: World) -> None:
        self._log = world.folder / "moved"
        _executable(world.origin / "hooks" / "reference-transaction", _LOG.format(log=self._log))

    def moved(self) -> list[Moved]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        words = (line.split(" ", 2) for line in lines)
        return [Moved(ref, new if new.strip("0") else None) for _, new, ref in words]


class Colleague:
    """Commits once to one of ``branches``, at a moment that the dice choose; or does not get to it."""

    def __init__(self, world: World, dice: Random, branches: Sequence[str], moments: Sequence[str] = MOMENTS) -> None:
        self._commits, self._turns = world.folder / "people", world.folder / "turns"
        self._turns.mkdir()
        self.branch, self.moment, self.turn = dice.choice(branches), dice.choice(moments), dice.choice(TURNS)
        script = _ACT.format(
            turns=self._turns, turn=self.turn, origin=world.origin, branch=self.branch, people=self._commits,
            then='exec "$@"' if self.moment == "fetch" else "exit 0",
        )  # fmt: skip
        _executable(world.origin / "hooks" / self.moment, script)
        if self.moment == "fetch":
            with (world.folder / "gitconfig").open("a") as config:
                config.write(f"[uploadpack]\n\tpackObjectsHook = {world.origin}/hooks/fetch\n")

    def goes(self) -> None:
        """From now on nothing happens."""
        shutil.rmtree(self._turns)

    @property
    def commits(self) -> set[str]:
        return set(self._commits.read_text().split()) if self._commits.exists() else set()


def overwritten(moved: Iterable[Moved], new_tags: Iterable[str]) -> Iterable[str]:
    """Tags that were not made once and for ever."""
    for name in new_tags:
        if [one.new is not None for one in moved if one.ref == f"refs/tags/{name}"] != [True]:
            yield name


def _executable(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
