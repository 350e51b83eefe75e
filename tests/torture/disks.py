"""A clone on a disk that is full, or nearly, or that nobody may write to: a real one, where this machine lets us have it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from reletan.sandbox.world import Run
from torture.attempts import Lost, compare, finish, in_a_world, outside, require_failed_well, require_run
from torture.budget import say
from torture.cases import CASES, Case, StillWorld
from torture.points import WAYS

PAGE = 4096
MOST_PAGES = 40
NAMES = ("start", "tag", "tag-hotfix", "tag-told", "tag-pulls")


def names() -> list[str]:
    """What ``attempt`` takes; none where this machine gives us no disk."""
    if not _can_mount():
        say("  no small disks are tried: only root may mount them, and not everywhere")
        return []
    full = [f"disk:{case}:{pages}:{_way(pages)}" for case in NAMES for pages in range(MOST_PAGES)]
    return full + [f"disk:{case}:read-only:{way}" for case in CASES for way in CASES[case].ways]


def attempt(name: str) -> str | None:
    """None where all is as it should be; else what is not."""
    _, case, free, way = name.split(":")
    return in_a_world(case, lambda world, of: _torment(world, of, free, way))


def _torment(world: StillWorld, case: Case, free: str, way: str) -> None:
    with _small_disk(world.clone):
        before, theirs = outside(world), world.look("status", "--porcelain")
        with _read_only(world.clone) if free == "read-only" else _full(world.clone, int(free)):
            run = world.reletan(*case.command, "--yes")
        require_failed_well(world, case, run)
        _tidy_up(world, run, theirs)
        if free == "read-only" and run.code and outside(world) != before:
            raise Lost(f"it cannot write here, and yet it wrote elsewhere: {run}")
        if way.endswith("elsewhere"):
            finish(world, case, way, "yuki")
        finish(world, case, way.removesuffix("-elsewhere"), "hana")
        require_run(world, "hana", *case.command)
        compare(world, case, elsewhere=way.endswith("elsewhere"))


def _tidy_up(world: StillWorld, run: Run, theirs: str) -> None:
    """git leaves files that it could not write whole, and reletan cannot know whose they are: the person has to be told.

    ``theirs``: what was changed before, by people.
    """
    if world.look("status", "--porcelain") == theirs:
        return
    if "warning: NOT DONE: bring forward your local develop" not in run.err and run.code == 0:
        raise Lost(f"git left half a file, and nothing says so: {run}")
    world.look("reset", "--hard", "--quiet")
    world.look("clean", "-fdq")


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """``folder`` is moved to a disk of its own for the time of the block."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=2m", "reletan", str(folder))
    try:
        shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def _full(folder: Path, pages: int) -> Iterator[None]:
    """So many pages of its disk are free."""
    filler = folder / ".git" / "filler"
    with filler.open("wb") as file:
        disk = os.statvfs(folder)
        file.write(b"\0" * (disk.f_bavail * disk.f_frsize - pages * PAGE))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    _mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _mount("-o", "remount,rw", str(folder))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


@cache
def _can_mount() -> bool:
    with tempfile.TemporaryDirectory(prefix="reletan-") as folder:
        try:
            _mount("-t", "tmpfs", "-o", "size=64k", "reletan", folder)
        except (OSError, subprocess.CalledProcessError):
            return False
        subprocess.run(["umount", folder], check=True)
        return True


def _way(turn: int) -> str:
    return WAYS[turn % len(WAYS)]
