"""`reletan automerge` with somebody at a terminal: it asks before it merges, and Ctrl-C stops it. A real pty; no sleeps."""

import pexpect
import pytest
from automerging import merged, merges, ready

from reletan.sandbox.world import World

PATIENCE = 30


def _run(world: World, *args: str, **env: str) -> pexpect.spawn:
    terminal = {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **env}
    command = world.command("automerge", *args)
    return pexpect.spawn(
        command[0], command[1:], cwd=str(world.clone), env=world.environment(terminal), dimensions=(40, 100),
        encoding="utf-8", timeout=PATIENCE,
    )  # fmt: skip


def _end(child: pexpect.spawn) -> tuple[int, str]:
    """(exit code, what came since the last expect)."""
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus if child.exitstatus is not None else -child.signalstatus), str(child.before)


@pytest.mark.parametrize(
    ("key", "code"), [("y", 0), ("n", 1), ("\r", 1), ("\x03", 130)], ids=["y", "n", "Enter", "Ctrl-C"]
)
def test_it_asks_and_only_a_yes_merges(small_hub_world: World, key: str, code: int) -> None:
    number = ready(small_hub_world, "Add gift cards")
    child = _run(small_hub_world, str(number))
    child.expect(f"merge: #{number} Add gift cards")
    child.send(key)
    got, said = _end(child)
    assert got == code, said
    assert "Traceback" not in said
    assert merged(small_hub_world) == ([number] if key == "y" else [])


def test_after_a_no_the_rest_is_not_asked_and_what_was_done_is_told(small_hub_world: World) -> None:
    one, two, three = (ready(small_hub_world, f"Part {i}") for i in range(3))
    child = _run(small_hub_world, "--all")
    child.expect(f"merge: #{one} ")
    child.send("y")
    child.expect(f"merge: #{two} ")
    child.send("n")
    code, said = _end(child)
    assert code == 1
    assert "merged" in said
    assert f"#{three} " not in said
    assert merged(small_hub_world) == [one]


def test_ctrl_c_in_the_middle_tells_what_was_done(small_hub_world: World) -> None:
    one, two = ready(small_hub_world), ready(small_hub_world)
    child = _run(small_hub_world, "--all")
    child.expect(f"merge: #{one} ")
    child.send("y")
    child.expect(f"merge: #{two} ")
    child.send("\x03")
    code, said = _end(child)
    assert code == 130
    assert f"#{one} was done: merged" in said


def test_yes_and_ci_are_not_asked(small_hub_world: World) -> None:
    one, two = ready(small_hub_world), ready(small_hub_world)
    assert _end(_run(small_hub_world, str(one), "--yes"))[0] == 0
    assert _end(_run(small_hub_world, str(two), CI="true"))[0] == 0
    assert merged(small_hub_world) == [one, two]


@pytest.mark.parametrize("args", [["--explain"], ["--dry-run"]])
def test_who_only_looks_is_not_asked(small_hub_world: World, args: list[str]) -> None:
    number = ready(small_hub_world)
    code, said = _end(_run(small_hub_world, str(number), *args))
    assert (code, merges(small_hub_world)) == (0, 0)
    assert "would merge" in said


def test_what_is_left_alone_is_no_question(small_hub_world: World) -> None:
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Not approved")
    code, said = _end(_run(small_hub_world, str(number)))
    assert code == 0
    assert "0 of 1 approvals" in said


def test_a_wait_counts_down_and_ctrl_c_ends_it(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.check("e2e", None, number)
    child = _run(small_hub_world, str(number), "--wait", "600", "--yes")
    child.expect("s left: #")
    child.expect("e2e")
    child.sendintr()
    code, said = _end(child)
    assert code == 130
    assert "Interrupted" in said
    assert merges(small_hub_world) == 0


def test_what_turns_green_while_it_waits_is_merged(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.check("e2e", None, number)
    child = _run(small_hub_world, str(number), "--wait", "2", "--yes")
    child.expect("s left: #")
    small_hub_world.check("e2e", "success", number)
    code, said = _end(child)
    assert code == 0, said
    assert merged(small_hub_world) == [number]
