"""With a terminal and a screen reader: lines stay as they are written, and answers are typed. A real pty; no sleeps."""

import io

import pexpect
import pytest

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World

MARKS = ("\x1b", "\r\x1b[K", "?25l")


def _run(world: World, *args: str, columns: int = 60, by_flag: bool = False) -> pexpect.spawn:
    command = world.command(*(["--accessible"] if by_flag else []), *args)
    env = world.environment({"TERM": "xterm-256color", **({} if by_flag else {"RELETAN_ACCESSIBLE": "1"})})
    return pexpect.spawn(
        command[0], command[1:], cwd=str(world.clone), env=env, dimensions=(40, columns), encoding="utf-8", timeout=30
    )  # fmt: skip


def _end(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus or 0)


@pytest.mark.parametrize("by_flag", [True, False])
def test_a_yes_is_typed_and_nothing_is_drawn_over(world: World, by_flag: bool) -> None:
    log = io.StringIO()
    child = _run(world, "start", "1.4.0", by_flag=by_flag)
    child.logfile_read = log
    child.expect("Do exactly this. Type y or n")
    child.sendline("y")
    assert _end(child) == 0
    assert "release/1.4.0" in world.branches()
    raw = log.getvalue()
    assert [mark for mark in MARKS if mark in raw] == []
    assert "looking at origin …" in raw


@pytest.mark.parametrize("answer", ["", "n", "maybe"])
def test_anything_but_a_yes_is_a_no(world: World, answer: str) -> None:
    child = _run(world, "start", "1.4.0")
    child.expect("Do exactly this")
    child.sendline(answer)
    assert _end(child) == 1
    assert "release/1.4.0" not in world.branches()


def test_a_version_is_asked_again_until_it_is_one(world: World) -> None:
    child = _run(world, "start")
    child.expect_exact("Version of the release (after 1.3.0)?")
    child.expect("Without an answer it is 1.4.0")
    child.sendline("1.2.0")
    child.expect("Without an answer it is 1.4.0")
    assert "1.3.0" in str(child.before)
    child.sendline("")
    child.expect("Do exactly this")
    child.sendline("yes")
    assert _end(child) == 0
    assert "release/1.4.0" in world.branches()


def test_one_of_several_is_chosen_by_its_number(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    world.branch("release/1.5.0", "refs/heads/develop")
    child = _run(world, "tag")
    child.expect("2: 1.5.0")
    child.expect("Type a number from 1 to 2")
    child.sendline("3")
    child.expect("Type a number from 1 to 2")
    child.sendline("2")
    child.expect("The plan for tag 1.5.0")
    child.expect("Do exactly this")
    child.sendcontrol("d")
    assert _end(child) == 130
    assert "v1.5.0" not in world.tags()


def test_a_wait_is_said_once(small_hub_world: World) -> None:
    small_hub_world.github.fault("graphql", do=Fault.limited(1))
    child = _run(small_hub_world, "list", columns=100)
    child.expect(pexpect.EOF)
    assert str(child.before).count("waiting for 1 s") == 1
