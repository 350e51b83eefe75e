"""A bare repository's refs and commits in memory: to ask which commit contains which costs no git."""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

_SHAPE = "--format=%(refname) %(objectname) %(*objectname)"


class Tag(msgspec.Struct, frozen=True):
    """``object`` is the tag object, or the commit itself where the tag is a light one."""

    object: str
    commit: str

    @property
    def annotated(self) -> bool:
        return self.object != self.commit


class Refs(msgspec.Struct, frozen=True):
    """One look: branches and tags by their short names, the heads of pull requests by their numbers, what else there is."""

    heads: dict[str, str] = {}
    tags: dict[str, Tag] = {}
    pulls: dict[int, str] = {}
    others: dict[str, str] = {}

    @property
    def tips(self) -> list[str]:
        """The commits that branches and tags are at."""
        return [*self.heads.values(), *(tag.commit for tag in self.tags.values())]


class History:
    """Every commit that was ever seen at a ref stays known. Close it: a git runs for it."""

    def __init__(self, origin: Path, env: Mapping[str, str]) -> None:
        self._origin, self._env = origin, env
        # commit -> its tree and its parents
        self._known: dict[str, tuple[str, ...]] = {}
        self._sound: set[str] = set()
        self._git = subprocess.Popen(
            ["git", "cat-file", "--batch"], cwd=origin, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.refs = Refs()

    def close(self) -> None:
        self._git.communicate()

    def look(self) -> Refs:
        """The refs as they are now, which ``refs`` is from here on."""
        done = subprocess.run(
            ["git", "for-each-ref", _SHAPE], cwd=self._origin, env=self._env, check=True, capture_output=True, text=True
        )
        self.refs = refs = Refs({}, {}, {}, {})
        for name, object_id, commit in (line.split(" ") for line in done.stdout.splitlines()):
            _, kind, *rest = name.split("/", 2)
            short = rest[0] if rest else ""
            if kind == "heads":
                refs.heads[short] = object_id
            elif kind == "tags":
                refs.tags[short] = Tag(object_id, commit or object_id)
            elif kind == "pull":
                refs.pulls[int(short.removesuffix("/head"))] = object_id
            else:
                refs.others[name] = object_id
        return refs

    def parents(self, commit: str) -> tuple[str, ...]:
        return self._read(commit)[1:]

    def _read(self, commit: str) -> tuple[str, ...]:
        """Its tree, and its parents."""
        if commit in self._known:
            return self._known[commit]
        assert self._git.stdin is not None
        assert self._git.stdout is not None
        self._git.stdin.write(f"{commit}\n".encode())
        self._git.stdin.flush()
        _, kind, size = self._git.stdout.readline().split()
        content = self._git.stdout.read(int(size) + 1)
        assert kind == b"commit", f"{commit} is a {kind.decode()}"
        head = content.decode().partition("\n\n")[0].splitlines()
        found = tuple(line.split(" ")[1] for line in head if line.startswith(("tree ", "parent ")))
        self._known[commit] = found
        return found

    def is_sound(self, merge: str) -> bool:
        """Whether it has exactly what git makes of its two parents, and that without a conflict."""
        if merge not in self._sound and self._holds(merge):
            self._sound.add(merge)
        return merge in self._sound

    def _holds(self, merge: str) -> bool:
        tree, *parents = self._read(merge)
        done = subprocess.run(
            ["git", "merge-tree", "--write-tree", *parents], cwd=self._origin, env=self._env, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.returncode == 0 and done.stdout.strip() == tree

    def reached(self, tips: Iterable[str]) -> set[str]:
        """The commits at ``tips``, and all that are behind them."""
        found: set[str] = set()
        todo = list(tips)
        while todo:
            commit = todo.pop()
            if commit not in found:
                found.add(commit)
                todo += self.parents(commit)
        return found

    def has(self, descendant: str, commit: str) -> bool:
        return commit in self.reached([descendant])

    def line(self, tip: str) -> list[str]:
        """The first-parent history, newest first."""
        found = [tip]
        while parents := self.parents(found[-1]):
            found.append(parents[0])
        return found
