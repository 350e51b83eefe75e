"""Nobody to ask: nothing is asked, nothing is done, and the missing flag is named."""

import subprocess

import pytest

from reletan.sandbox.world import World

ASKING = [("start",), ("start", "hotfix"), ("tag",), ("abort",)]


@pytest.fixture
def ready(started: World) -> World:
    started.commit("release/1.4.0", "Fix the last bug")
    started.reletan("list", check=True)
    return started


def _command(world: World, command: tuple[str, ...]) -> tuple[str, ...]:
    """`start` needs a world without an open release, and `abort` one without a commit of its own."""
    if command == ("start",):
        world.delete_branch("release/1.4.0")
        world.git("branch", "-D", "release/1.4.0")
    if command == ("abort",):
        world.branch("release/1.4.0", "refs/heads/develop")
    return command


def _state(world: World) -> list[str]:
    return [line for line in world.dump().splitlines() if not line.startswith("refs/remotes/")]


@pytest.mark.parametrize("stdin", ["", "y\n", "yes\n" * 10], ids=["empty", "y", "many"])
@pytest.mark.parametrize("command", ASKING, ids=lambda command: " ".join(command))
def test_without_a_terminal_yes_has_to_be_given(ready: World, command: tuple[str, ...], stdin: str) -> None:
    command = _command(ready, command)
    before = _state(ready)
    run = ready.reletan(*command, stdin=stdin)
    assert run.code == 2, run.err
    assert "--yes" in run.err
    assert "The plan for" in run.err
    assert _state(ready) == before


@pytest.mark.parametrize("command", ASKING, ids=lambda command: " ".join(command))
def test_json_needs_the_yes_too_and_answers_with_one_object(ready: World, command: tuple[str, ...]) -> None:
    command = _command(ready, command)
    before = _state(ready)
    run = ready.reletan(*command, "--json")
    assert run.code == 2
    assert run.json["error"]["exit"] == 2
    assert "--yes" in run.json["error"]["next"]
    assert "error: " not in run.err
    assert _state(ready) == before


def test_init_names_the_flag_too(world: World) -> None:
    before = _state(world)
    run = world.reletan("init", stdin="y\n")
    assert run.code == 2, run.err
    assert "--yes" in run.err or "--defaults" in run.err
    assert _state(world) == before


def test_several_open_releases_are_named_not_asked_about(ready: World) -> None:
    ready.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    for options in ((), ("--yes",)):
        run = ready.reletan("tag", *options, stdin="\n")
        assert run.code == 2, run.err
        assert "1.4.0" in run.err
        assert "1.3.1" in run.err


@pytest.mark.parametrize("command", [("list",), ("status",), ("list", "--json")])
def test_a_reader_that_goes_away_is_no_error(world: World, command: tuple[str, ...]) -> None:
    reading = subprocess.Popen(
        world.command(*command),
        cwd=world.clone,
        env=world.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reading.stdout is not None
    reading.stdout.close()
    _, said = reading.communicate(timeout=60)
    assert (reading.returncode, said) == (0, b"")


def test_a_release_does_not_stop_for_a_reader_that_goes_away(ready: World) -> None:
    releasing = subprocess.Popen(
        ready.command("tag", "--yes"), cwd=ready.clone, env=ready.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert releasing.stderr is not None
    releasing.stderr.close()
    assert releasing.wait(timeout=60) == 0
    assert ready.head("main") == ready.tags()["v1.4.0"]


def test_a_narrow_encoding_does_not_stop_it(big_world: World) -> None:
    run = big_world.reletan("list", env={"PYTHONIOENCODING": "ascii"})
    assert run.code == 0, run.err
    assert "Add gift cards" in run.out
