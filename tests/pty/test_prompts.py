"""With a terminal: what is asked, what the keys do, and what is left on the screen. A real pty; no sleeps."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pyte
import pytest
from wrapped import executable

from reletan.sandbox.world import World

ENTER, DOWN = "\r", "\x1b[B"
QUESTION = "Do exactly this"
PATIENCE = 30


def _run(world: World, *args: str, columns: int = 100, env: Mapping[str, str] | None = None) -> pexpect.spawn:
    """reletan on a terminal of 40 lines."""
    terminal = {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **(env or {})}
    command = world.command(*args)
    return pexpect.spawn(
        command[0], command[1:], cwd=str(world.clone), env=world.environment(terminal), dimensions=(40, columns),
        encoding="utf-8", timeout=PATIENCE,
    )  # fmt: skip


def _end(child: pexpect.spawn) -> tuple[int, str]:
    """(exit code, what came since the last expect)."""
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus if child.exitstatus is not None else -child.signalstatus), str(child.before)


def _screen(raw: str, columns: int = 100) -> list[str]:
    """The lines that a person sees in the end."""
    screen = pyte.Screen(columns, 200)
    pyte.Stream(screen).feed(raw)
    return [line.rstrip() for line in screen.display if line.strip()]


def _state(world: World) -> list[str]:
    return [line for line in world.dump().splitlines() if not line.startswith(("refs/remotes/", "journal "))]


@pytest.fixture
def ready(world: World) -> World:
    world.reletan("start", "1.4.0", "--yes", check=True)
    return world


def test_start_asks_for_the_version_and_takes_no_released_one(world: World) -> None:
    child = _run(world, "start")
    child.expect_exact("Version of the release (after 1.3.0)?")
    child.expect("1.4.0")
    child.send("\x15" + "1.2.0" + ENTER)
    child.expect("not above")
    child.send("\x15" + "2.0.0" + ENTER)
    child.expect(QUESTION)
    child.send("y")
    code, _ = _end(child)
    assert (code, "release/2.0.0" in world.branches()) == (0, True)


def test_yes_does_it(ready: World) -> None:
    child = _run(ready, "tag")
    child.expect(QUESTION)
    child.send("y")
    code, _ = _end(child)
    assert code == 0
    assert ready.head("main") == ready.tags()["v1.4.0"]


@pytest.mark.parametrize("answer", ["n", ENTER], ids=["n", "enter"])
def test_no_does_nothing(ready: World, answer: str) -> None:
    before = _state(ready)
    child = _run(ready, "tag")
    child.expect(QUESTION)
    child.send(answer)
    code, said = _end(child)
    assert code == 1
    assert "Nothing was done" in said
    assert _state(ready) == before


def test_ctrl_c_at_the_question_does_nothing(ready: World) -> None:
    before = _state(ready)
    child = _run(ready, "tag")
    child.expect(QUESTION)
    child.send("\x03")
    code, said = _end(child)
    assert code == 130
    assert "Interrupted. Nothing was done." in said
    assert "resume" not in said
    assert "Traceback" not in said
    assert _state(ready) == before


def test_in_ci_nothing_is_asked_even_on_a_terminal(ready: World) -> None:
    code, said = _end(_run(ready, "tag", env={"CI": "true"}))
    assert code == 2
    assert "--yes" in said
    assert QUESTION not in said.replace("nobody to ask (Do exactly this)", "")


def test_several_open_releases_are_a_choice(ready: World) -> None:
    ready.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    ready.commit("hotfix/1.3.1", "Mend it")
    child = _run(ready, "tag")
    child.expect("Which release")
    child.expect("1.4.0")
    child.send(ENTER)
    child.expect("The plan for tag (1.[34].[01])")
    assert child.match is not None
    chosen = str(child.match[1])
    child.expect(QUESTION)
    child.send("y")
    code, _ = _end(child)
    assert code == 0
    assert f"v{chosen}" in ready.tags()


def test_progress_is_shown_and_gone_in_the_end(world: World) -> None:
    code, raw = _end(_run(world, "list"))
    assert code == 0
    assert "looking at origin" in raw
    seen = "\n".join(_screen(raw))
    assert "looking at" not in seen
    assert "Add a basket" in seen


@pytest.mark.parametrize("env", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colours_where_they_are_not_wanted(world: World, env: dict[str, str]) -> None:
    code, raw = _end(_run(world, "-q", "list", env=env))
    assert code == 0
    assert "\x1b[" not in raw.replace("\r\x1b[K", "")


def test_a_dumb_terminal_gets_no_progress(world: World) -> None:
    _, raw = _end(_run(world, "list", env={"TERM": "dumb"}))
    assert "looking at" not in raw


def test_colours_where_they_are_wanted(world: World) -> None:
    _, raw = _end(_run(world, "--color", "always", "list"))
    assert "\x1b[1m" in raw


def test_a_narrow_terminal_loses_nothing(big_world: World) -> None:
    code, raw = _end(_run(big_world, "list", columns=60))
    assert code == 0
    assert all(len(line) <= 60 for line in _screen(raw, 60))
    squeezed = "".join("".join(_screen(raw, 60)).split())
    for title in ("ログイン画面を改善", "Closethemenu"):
        assert title[:6] in squeezed


# -- stopped during the push: the server waits in a hook until the test has done its part --------------------------


class SlowServer:
    """``wait_for_push`` returns once a push has arrived; ``go_on`` lets it through."""

    def __init__(self, world: World) -> None:
        arrived, go = world.folder / "arrived", world.folder / "go"
        os.mkfifo(arrived)
        os.mkfifo(go)
        # opened for both directions, so that neither side ever waits for the other to open
        self._arrived, self._go = os.open(arrived, os.O_RDWR), os.open(go, os.O_RDWR)
        script = f"echo here >{arrived}\nread answer <{go}\nexit 0"
        self._hook = executable(world.origin / "hooks" / "pre-receive", script)

    def wait_for_push(self) -> None:
        assert select.select([self._arrived], [], [], PATIENCE)[0], "no push arrived"

    def go_on(self) -> None:
        self._hook.unlink()
        os.write(self._go, b"go\n" * 4)


def _released(world: World) -> bool:
    return world.head("main") == world.tags().get("v1.4.0") and world.branches() == ["develop", "main"]


def test_ctrl_c_during_the_push_can_be_resumed(ready: World) -> None:
    server = SlowServer(ready)
    child = _run(ready, "tag", "--yes")
    server.wait_for_push()
    child.sendintr()
    code, said = _end(child)
    server.go_on()
    assert code == 130
    assert "reletan resume" in said
    assert "Traceback" not in said
    assert ready.reletan("resume", "--yes").code == 0
    assert _released(ready)


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
def test_sigterm_during_the_push_can_be_resumed(ready: World, json: tuple[str, ...], tmp_path: Path) -> None:
    server = SlowServer(ready)
    output = tmp_path / "said"
    with output.open("w") as said:
        running = subprocess.Popen(
            [sys.executable, *ready.command("tag", "--yes", *json)[1:]], cwd=ready.clone, env=ready.environment(),
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
        server.wait_for_push()
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=PATIENCE) == 143
    server.go_on()
    assert "Terminated" in output.read_text()
    assert "Traceback" not in output.read_text()
    assert ('"exit":143' in output.read_text()) == bool(json)
    assert ready.reletan("resume", "--yes").code == 0
    assert _released(ready)


def test_killed_during_the_push_can_be_resumed(ready: World) -> None:
    """The push may go on without us, and land later: the next run finds out."""
    server = SlowServer(ready)
    running = subprocess.Popen(
        ready.command("tag", "--yes"), cwd=ready.clone, env=ready.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server.wait_for_push()
    running.kill()
    assert running.wait(timeout=PATIENCE) == -signal.SIGKILL
    server.go_on()
    assert ready.reletan("resume", "--yes").code == 0
    assert _released(ready)
