"""action.yml: its scripts are run as GitHub runs them, and nothing of its inputs is ever code."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from demo_run import ROOT
from wrapped import executable

from reletan.sandbox.world import World

ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, RUN = ACTION["runs"]["steps"]
NO_REGISTRY = r"No matching distribution found|Could not fetch URL|Connection|Temporary failure|ReadTimeout"
HOSTILE = [
    "$(touch owned)", "`touch owned`", "; touch owned", "&& touch owned", "| touch owned", "'; touch owned; '",
    '"; touch owned; "', "\ntouch owned\n", "${IFS}touch", "--all #", "*", "~", "%s", "\\", "日本語 タイトル",
]  # fmt: skip


def run_step(step: Mapping[str, Any], env: Mapping[str, str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """As GitHub's runner: the script in a file, by ``bash --noprofile --norc -e -o pipefail``."""
    script = Path(env["RUNNER_TEMP"]) / "script.sh"
    script.write_text(step["run"], encoding="utf-8")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=cwd, env=dict(env), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """The runner's folder for temporary files, with a reletan that only tells what it was given."""
    bin_ = tmp_path / "temp" / "reletan" / "bin"
    python = shlex.quote(sys.executable)
    executable(bin_ / "reletan", f"exec {python} -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\"")
    # the prefix is that of the folder that a virtual environment's python stands in
    (bin_.parent / "pyvenv.cfg").write_text("home = " + str(Path(sys.executable).resolve().parent) + "\n")
    (bin_ / "python").symlink_to(Path(sys.executable).resolve())
    return {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path / "temp"), "LC_ALL": "C.UTF-8"}


def given(runner: Mapping[str, str], cwd: Path, command: str, args: str) -> "subprocess.CompletedProcess[str]":
    return run_step(RUN, {**runner, "INPUT_COMMAND": command, "INPUT_ARGS": args}, cwd)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("", []),
        ("--all --wait 300", ["--all", "--wait", "300"]),
        ("  1.4.0\n--yes\n", ["1.4.0", "--yes"]),
        ("--message 'a b' \"c d\"", ["--message", "a b", "c d"]),
    ],
)
def test_args_are_split_as_in_a_shell(runner: dict[str, str], tmp_path: Path, args: str, words: list[str]) -> None:
    assert json.loads(given(runner, tmp_path, "list", args).stdout) == ["list", *words]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_input_is_run_or_expanded(runner: dict[str, str], tmp_path: Path, words: str) -> None:
    run = given(runner, tmp_path, words, shlex.quote(words))
    assert json.loads(run.stdout) == [words, words]
    given(runner, tmp_path, words, words)
    assert not (tmp_path / "owned").exists()


def test_a_quote_that_does_not_end_is_said_on_one_line(runner: dict[str, str], tmp_path: Path) -> None:
    run = given(runner, tmp_path, "list", "it's")
    assert run.returncode == 1
    assert run.stderr == "::error::args cannot be split into words: No closing quotation\n"


def test_no_expression_stands_in_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_what_it_takes_and_what_it_gives() -> None:
    assert set(ACTION["inputs"]) == {"command", "args", "token"}
    assert all(len(one["description"]) > 20 for one in ACTION["inputs"].values())
    assert "outputs" not in ACTION, "nothing of a run is handed on"
    assert {f"inputs.{name}" for name in ACTION["inputs"]} == set(re.findall(r"inputs\.\w+", json.dumps(RUN["env"])))
    assert ACTION["inputs"]["token"]["default"] == "${{ github.token }}"


def test_the_installation_asks_for_a_python_that_is_new_enough(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "python3", "exit 1")
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path), "GITHUB_ACTION_PATH": "/x"}
    run = run_step(INSTALL, env, tmp_path)
    assert run.returncode == 2
    assert run.stdout == "::error::reletan needs Python 3.11 or newer: put actions/setup-python before it\n"


def test_it_installs_from_its_own_folder_and_runs_in_the_checkout(world: World, tmp_path: Path) -> None:
    """A fresh environment: the wheel with its templates, away from this checkout; ``python -m reletan`` too."""
    (tmp_path / "temp").mkdir()
    executable(tmp_path / "bin" / "python3", f'exec {shlex.quote(sys.executable)} "$@"')
    # what a pull request may bring
    for name in ("venv.py", "reletan.py", "sys.py", "shlex.py"):
        (world.clone / name).write_text("raise SystemExit('the checkout was imported')\n")
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env |= {
        "PATH": f"{tmp_path / 'bin'}:{env['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTION_PATH": str(ROOT),
    }
    installed = run_step(INSTALL, env, world.clone)
    if installed.returncode and re.search(NO_REGISTRY, installed.stderr):
        pytest.skip("the package registry is not reachable: the action cannot be installed")
    assert installed.returncode == 0, installed.stderr
    run_env = {**world.environment({"CI": "true"}), "RUNNER_TEMP": env["RUNNER_TEMP"]}
    del run_env["PYTHONPATH"]
    listed = run_step(RUN, {**run_env, "INPUT_COMMAND": "list", "INPUT_ARGS": "--markdown --offline"}, world.clone)
    assert (listed.returncode, listed.stderr.count("Traceback")) == (0, 0), listed.stderr
    assert listed.stdout == world.reletan("list", "--markdown", "--offline", check=True).out
    refused = run_step(RUN, {**run_env, "INPUT_COMMAND": "start", "INPUT_ARGS": "1.4.0"}, world.clone)
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    python = tmp_path / "temp" / "reletan" / "bin" / "python"
    module = subprocess.run([python, "-P", "-m", "reletan", "notes", "--offline"], cwd=world.clone, env=run_env,
                            capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    assert module.stdout == world.reletan("notes", "--offline", check=True).out
    shutil.rmtree(tmp_path / "temp")
