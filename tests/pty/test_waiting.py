"""With a terminal: what a person sees while GitHub lets reletan wait, and how to stop it. A real pty; no sleeps."""

import pexpect
import pyte
import pytest

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


def _list(world: World, columns: int) -> pexpect.spawn:
    command = world.command("list")
    return pexpect.spawn(
        command[0], command[1:], cwd=str(world.clone), env=world.environment({"TERM": "xterm-256color"}),
        dimensions=(60, columns), encoding="utf-8", timeout=30,
    )  # fmt: skip


@pytest.mark.parametrize("columns", [40, 100])
def test_the_time_that_is_left_counts_down_on_one_row_and_is_gone_in_the_end(
    small_hub_world: World, columns: int
) -> None:
    small_hub_world.github.fault("graphql", do=Fault.limited(2))
    child = _list(small_hub_world, columns)
    child.expect(pexpect.EOF)
    raw = str(child.before)
    assert raw.count("\r\x1b[K") >= 3
    assert "2 s left" in raw
    assert "1 s left" in raw
    screen = pyte.Screen(columns, 60)
    pyte.Stream(screen).feed(raw)
    assert screen.display[0].startswith("3 pull requests since v1.3.0")


def test_ctrl_c_does_not_wait_for_github(small_hub_world: World) -> None:
    small_hub_world.github.fault("graphql", do=Fault.limited(30))
    child = _list(small_hub_world, 120)
    child.expect("s left")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Interrupted" in str(child.before)
