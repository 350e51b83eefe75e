"""`reletan demo` with somebody at the terminal: a step at a time, and each way to leave. A real pty; no sleeps."""

from pathlib import Path

import pexpect
import pytest
from demo_run import Person, command, person

ENTER = "\r"
PAUSE, QUESTION = r"q: stop\] ", "Do exactly this"


@pytest.fixture
def somebody(tmp_path: Path) -> Person:
    return person(tmp_path / "somebody")


def _demo(who: Person, *args: str) -> pexpect.spawn:
    terminal = {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **who.environment}
    argv = command(*args)
    return pexpect.spawn(
        argv[0], argv[1:], cwd=str(who.work), env=terminal, dimensions=(40, 100), encoding="utf-8", timeout=60
    )


def _end(child: pexpect.spawn) -> tuple[int | None, str]:
    """(exit code, what came since the last expect)."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, str(child.before).replace("\r\n", "\n")


def test_enter_runs_each_command_and_q_stops(somebody: Person) -> None:
    child = _demo(somebody, "-C", str(somebody.home), "demo", "--keep", "お店 1")
    child.expect(r"http://127\.0\.0\.1:\d+")
    child.expect("reletan init --defaults.*" + PAUSE)
    child.send(ENTER)
    child.expect(QUESTION)
    child.send("y")
    child.expect("git push -q origin develop.*" + PAUSE)
    child.send(ENTER)
    child.expect("reletan list.*" + PAUSE)
    child.send(ENTER)
    child.expect("First contributions: lena")
    child.expect("automerge --all --explain.*" + PAUSE)
    child.send("q" + ENTER)
    code, said = _end(child)
    assert code == 0
    assert "You stopped the demo." in said
    assert f"Everything is still in {somebody.home / 'お店 1'}" in said
    page = (somebody.home / "お店 1" / "channel.html").read_text(encoding="utf-8")
    assert "Nothing has been posted here yet." in page
    assert somebody.made() == ["home/お店 1"]


@pytest.mark.parametrize("no", ["n", ENTER])
def test_a_declined_plan_changes_nothing_and_is_shown_once_more(somebody: Person, no: str) -> None:
    child = _demo(somebody, "demo")
    child.expect(r"then y to its question, q: stop\] ")
    child.send(ENTER)
    child.expect(QUESTION)
    child.send(no)
    child.expect("Nothing was done")
    child.expect("That was a no: nothing was changed.")
    (folder,) = somebody.tmp.iterdir()
    assert not (folder / "hana" / ".reletan.toml").exists()
    child.expect(PAUSE)
    child.send(ENTER)
    child.expect(QUESTION)
    child.send("y")
    child.expect("git push -q origin develop.*" + PAUSE)
    child.send("q" + ENTER)
    code, said = _end(child)
    assert code == 0
    assert "You stopped the demo. Begin it again" in said
    assert f"Everything is still in {folder}" in said
    assert (folder / "hana" / ".reletan.toml").exists()


def test_after_a_no_q_ends_it_well(somebody: Person) -> None:
    child = _demo(somebody, "demo")
    child.expect(PAUSE)
    child.send(ENTER)
    child.expect(QUESTION)
    child.send("n")
    child.expect(PAUSE)
    child.send("q" + ENTER)
    assert _end(child)[0] == 0


def test_keys_pressed_too_early_are_no_answer(somebody: Person) -> None:
    """A bare Enter would be a no."""
    child = _demo(somebody, "demo")
    child.expect(PAUSE)
    child.send(ENTER * 3)
    child.expect(QUESTION)
    child.send("y")
    child.expect("git push -q origin develop.*" + PAUSE)
    child.send("q" + ENTER)
    assert _end(child)[0] == 0


@pytest.mark.parametrize("where", ["at a pause", "at a question"])
def test_ctrl_c_ends_it_and_names_the_folder(somebody: Person, where: str) -> None:
    child = _demo(somebody, "demo")
    child.expect(PAUSE)
    if where == "at a question":
        child.send(ENTER)
        child.expect(QUESTION)
    child.send("\x03")
    code, said = _end(child)
    (folder,) = somebody.tmp.iterdir()
    assert code == 130
    assert "You interrupted the demo." in said
    assert str(folder) in said
    assert "Traceback" not in said


def test_in_ci_nobody_is_waited_for(somebody: Person) -> None:
    argv = command("demo")
    child = pexpect.spawn(argv[0], argv[1:], env={**somebody.environment, "CI": "true"}, encoding="utf-8", timeout=60)
    code, said = _end(child)
    assert code == 2
    assert "reletan demo --auto" in said
    assert somebody.made() == []
