"""A run that is forked is the run that `python -m reletan` is."""

import os
import re
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import quick_server
from quick_server import ENVIRONMENT
from quick_world import QuickWorld
from wrapped import WrappedGit, killing

from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

# in this order, each in the world that the one before left
COMMANDS = [
    [], ["--version"], ["list", "--help"], ["relase"], ["-vv", "list"], ["list", "--json"], ["--color", "always", "list"],
    ["config"], ["init", "--defaults", "--dry-run"], ["notes"], ["start", "1.4.0"], ["start", "1.4.0", "--yes"], ["status"],
    ["abort", "9.9.9"], ["tag", "--yes", "--json"], ["resume", "--yes"], ["notify", "--dry-run"],
]  # fmt: skip


def test_every_command_says_and_does_what_it_does_in_a_python_of_its_own(world: World, tmp_path: Path) -> None:
    for number, command in enumerate(COMMANDS):
        twin = world.copy_to(tmp_path / f"twin-{number}")
        env = world.environment()
        own = {name: value.replace(str(world.folder), str(twin.folder)) for name, value in env.items()}
        quick = world.run_reletan(command, world.clone, env, b"y\n")
        slow = World.run_reletan(twin, command, twin.clone, own, b"y\n")
        assert plain(quick, world) == plain(slow, twin), command
        assert world.dump() == twin.dump(), command


def plain(run: "subprocess.CompletedProcess[bytes]", world: World) -> tuple[int, str, str]:
    """Exit code, stdout and stderr, without the folder, and how long each git took."""
    out, err = (said.decode().replace(str(world.folder), "WORLD") for said in (run.stdout, run.stderr))
    return run.returncode, out, re.sub(r"^ +\d+\.\d{3} s", "", err, flags=re.MULTILINE)


def test_reading_the_program_looks_at_nothing_that_differs_between_runs(tmp_path: Path) -> None:
    known = {
        "GIT_PYTHON_TRACE", "GIT_PYTHON_GIT_EXECUTABLE", "SPHINX_BUILD", "TYPER_USE_RICH", "WCWIDTH_PYTHON",
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION",
    }  # fmt: skip
    script = f"""
        import os, sys
        read, real = set(), type(os.environ).__getitem__
        type(os.environ).__getitem__ = lambda self, name: read.add(name) or real(self, name)
        os.environ.copy = lambda: dict(os.environ._data)
        import quick_server
        read.clear()
        quick_server.read_the_program()
        sys.exit(str(sorted(read - {known})) if read - {known} else 0)
    """
    env = {**ENVIRONMENT, "PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}:{Path(quick_server.__file__).parent}"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(script)], env=env, cwd=tmp_path, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_environment_of_one_run_is_not_that_of_the_next(world: World) -> None:
    assert "r1.0" in world.reletan("config", env={"RELETAN_FLOW_TAG_PREFIX": "r1.0"}, check=True).out
    assert "r1.0" not in world.reletan("config", check=True).out


def test_a_run_that_cannot_be_watched_is_none(world: World) -> None:
    assert isinstance(world, QuickWorld)
    world.watched = {}
    with pytest.raises(WorldError, match="not watched"):
        world.reletan("list", env={"TZ": "Asia/Tokyo"})


def test_a_run_that_is_killed_says_so(world: World) -> None:
    git = WrappedGit(world, killing(2, before=True))
    assert world.reletan("list", env=git.environment).code == -signal.SIGKILL
    assert world.reletan("list").code == 0


def test_a_run_is_terminated_by_a_signal_as_ever(world: World) -> None:
    git = WrappedGit(world, 'if [ "$call" -eq 2 ]; then kill -TERM $PPID; fi')
    run = world.reletan("list", env=git.environment)
    assert run.code == 143
    assert "Terminated." in run.err


def test_several_run_at_once(world: World) -> None:
    pipe = world.folder / "pipe"
    os.mkfifo(pipe)
    git = WrappedGit(world, f'if [ "$call" -eq 2 ]; then read -r _ <"{pipe}"; fi')
    with ThreadPoolExecutor(1) as pool, pipe.open("r+b", buffering=0) as gate:
        first = pool.submit(world.reletan, "list", env=git.environment)
        assert world.reletan("--version").code == 0
        assert not first.done()
        gate.write(b"on\n")
        assert first.result().code == 0
