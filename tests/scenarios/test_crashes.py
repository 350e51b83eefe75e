"""Killed anywhere: the next run leads to the very state of a run that was not killed.

A clean run's git calls are counted; then reletan is killed at each of them, before and after, and run again. By default
from the first push on: before every call, and after every one that writes; and before every third of the calls that
come earlier, which only read. ``RELETAN_TORTURE=1`` takes them all.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from wrapped import FIXED, WrappedGit, killing

from reletan.sandbox.world import World

CHUNKS = 10
WRITES = (" push ", "update-ref", "fetch ", "merge ", "config --local")
TORTURE = bool(os.environ.get("RELETAN_TORTURE"))


def ready_to_start(world: World) -> list[str]:
    return ["start", "1.4.0"]


def ready_to_start_a_hotfix(world: World) -> list[str]:
    return ["start", "hotfix", "1.3.1"]


def ready_to_tag(world: World) -> list[str]:
    world.reletan("start", "1.4.0", "--yes", env=FIXED, check=True)
    world.commit("release/1.4.0", "Fix the last bug")
    return ["tag", "1.4.0"]


def ready_to_tag_a_hotfix(world: World) -> list[str]:
    world.reletan("start", "1.4.0", "--yes", env=FIXED, check=True)
    world.reletan("start", "hotfix", "1.3.1", "--yes", env=FIXED, check=True)
    world.commit("hotfix/1.3.1", "Mend it")
    return ["tag", "1.3.1"]


PREPARED = [ready_to_start, ready_to_start_a_hotfix, ready_to_tag, ready_to_tag_a_hotfix]


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_a_run_after_a_kill_ends_as_if_nothing_had_happened(prepare, chunk: int, world: World, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    command = prepare(world)
    expected, calls = _uninterrupted(world.copy_to(tmp_path / "clean"), command)
    for number, (call, before) in enumerate(list(_moments(calls))[chunk::CHUNKS]):
        killed = world.copy_to(tmp_path / f"killed-{number}")
        where = f"killed {'before' if before else 'after'} call {call}: git {calls[call - 1]}"
        _kill(killed, command, call, before, where)
        _finish(killed, command, number, where)
        assert killed.dump() == expected, where


def _uninterrupted(world: World, command: list[str]) -> tuple[str, list[str]]:
    git = WrappedGit(world)
    world.reletan(*command, "--yes", env={**FIXED, **git.environment}, check=True)
    return world.dump(), git.calls()


def _moments(calls: list[str]) -> Iterator[tuple[int, bool]]:
    first_push = next(i for i, call in enumerate(calls, 1) if " push " in call)
    for call in range(1, len(calls) + 1):
        if TORTURE or call >= first_push or call % 3 == 0:
            yield call, True
        if TORTURE or (call >= first_push and any(word in calls[call - 1] for word in WRITES)):
            yield call, False


def _kill(world: World, command: list[str], call: int, before: bool, where: str) -> None:
    git = WrappedGit(world, killing(call, before=before))
    run = world.reletan(*command, "--yes", env={**FIXED, **git.environment})
    assert run.code == -9, where
    assert "Traceback" not in run.err, where


def _finish(world: World, command: list[str], number: int, where: str) -> None:
    """By the same command and by ``resume`` in turns; what ``resume`` has no trace of, the command does."""
    if number % 2:
        run = world.reletan("resume", "--yes", env=FIXED)
        assert (run.code, "Traceback" in run.err) == (0, False), f"{where}\n{run}"
        if "Nothing of" not in run.err and "nothing to resume" not in run.err:
            return
    run = world.reletan(*command, "--yes", env=FIXED)
    assert (run.code, "Traceback" in run.err) == (0, False), f"{where}\n{run}"


@pytest.mark.parametrize("kind", ["release", "hotfix"])
def test_a_start_without_a_version_goes_on_with_the_one_it_had_proposed(world: World, kind: str) -> None:
    git = WrappedGit(world, 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac')
    assert world.reletan("start", kind, "--yes", env=git.environment).code == -9
    branches = world.branches()
    run = world.reletan("start", kind, "--yes")
    assert run.code == 0, run.err
    assert world.branches() == branches
    assert "journal 1" not in world.dump()
