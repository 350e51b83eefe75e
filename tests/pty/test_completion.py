"""Real shells: what `reletan --install-completion` writes, and what stands on the line after Tab."""

import shlex
import shutil
from pathlib import Path

import pexpect
import pytest
from wrapped import executable

from reletan.sandbox.world import World

PATIENCE = 30
PROMPT = "ready> "
BELL, CLEAR_LINE = "\x07", "\x15"
# how each is started without the person's own set-up, but with that of the world's HOME
SHELLS = {
    "bash": ["--noprofile", "--rcfile", "{home}/.bashrc", "-i"],
    "zsh": ["-i"],
    "fish": [
        "--interactive",
        "--features=no-query-term",
        "--init-command",
        "function fish_prompt; echo -n '" + PROMPT + "'; end",
    ],
}


@pytest.fixture
def folder(world: World) -> Path:
    """A folder for PATH with nothing but reletan in it."""
    command = shlex.join(world.command())
    return executable(world.folder / "bin" / "reletan", f'exec {command} "$@"').parent


def environment(world: World, folder: Path) -> dict[str, str]:
    env = world.environment(
        {"TERM": "dumb", "PS1": PROMPT, "INPUTRC": "/dev/null", "ZDOTDIR": str(world.folder / "home")}
    )
    return {**env, "PATH": f"{folder}:{env['PATH']}"}


def begin(world: World, folder: Path, shell: str) -> pexpect.spawn:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed: its completion is not tried")
    home = world.folder / "home"
    with (home / ".bashrc").open("a") as file:
        file.write(f"\nPS1='{PROMPT}'\nbind 'set enable-bracketed-paste off'\n")
    arguments = [argument.format(home=home) for argument in SHELLS[shell]]
    return pexpect.spawn(path, arguments, cwd=str(world.clone), env=environment(world, folder),
                         dimensions=(40, 120), encoding="utf-8", timeout=PATIENCE)  # fmt: skip


def install(world: World, folder: Path, shell: str) -> str:
    child = begin(world, folder, shell)
    child.expect_exact(PROMPT)
    child.sendline("reletan --install-completion; exit")
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_a_command_and_a_version(world: World, folder: Path, shell: str) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    assert f"{shell} completion installed" in install(world, folder, shell)
    child = begin(world, folder, shell)
    child.expect_exact(PROMPT)
    if shell == "zsh":
        # typer's script for zsh: the first Tab of a shell only reads it, and beeps
        child.send("reletan \t")
        child.expect_exact(BELL)
        child.send(CLEAR_LINE)
    child.send("reletan abo\t")
    child.expect_exact("abort ")
    child.send("1\t")
    child.expect_exact("1.4.0")
    child.close(force=True)


def test_installing_twice_leaves_one_line_in_the_shells_file(world: World, folder: Path) -> None:
    for _ in range(2):
        install(world, folder, "bash")
    home = world.folder / "home"
    assert (home / ".bashrc").read_text().count(".bash_completions/reletan.sh") == 1
    assert (home / ".bash_completions" / "reletan.sh").read_text().count("complete -o default") == 1
