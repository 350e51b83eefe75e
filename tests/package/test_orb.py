"""docs/ci/circleci-orb.yml: it is an orb, its parameters fit together, and none of them is ever code."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from demo_run import ROOT
from wrapped import executable

ORB: Any = yaml.safe_load((ROOT / "docs" / "ci" / "circleci-orb.yml").read_text(encoding="utf-8"))
INSTALL, CALL = (ORB["commands"][name]["steps"][0]["run"] for name in ("install", "call"))
JOB = ORB["jobs"]["run"]
PARAMETER = r"<< parameters\.(\w+) >>"


def test_it_is_an_orb_of_two_commands_and_a_job() -> None:
    assert ORB["version"] == 2.1
    assert set(ORB) == {"version", "description", "commands", "jobs"}
    assert set(ORB["commands"]) == {"install", "call"}, "`run` is CircleCI's own word"
    assert [next(iter(step)) if isinstance(step, dict) else step for step in JOB["steps"]] == [
        "checkout",
        "install",
        "call",
    ]


def test_each_parameter_is_declared_used_and_handed_on() -> None:
    for one in (*ORB["commands"].values(), JOB):
        used = set(re.findall(PARAMETER, json.dumps({key: value for key, value in one.items() if key != "parameters"})))
        assert used == set(one["parameters"])
        assert {parameter["type"] for parameter in one["parameters"].values()} == {"string"}
    for step in JOB["steps"][1:]:
        ((name, given),) = step.items()
        assert set(given) == set(ORB["commands"][name]["parameters"])


def test_no_parameter_stands_in_a_script() -> None:
    for step in (INSTALL, CALL):
        assert "<<" not in step["command"]
        assert all(re.fullmatch(PARAMETER, value) for value in step["environment"].values())


def test_the_source_is_one_word_for_pip_and_no_option(tmp_path: Path) -> None:
    told = 'printf "%s\\n" "$@"'
    executable(tmp_path / "reletan" / "bin" / "pip", told)
    executable(tmp_path / "bin" / "python3", "exit 0")
    env = {
        "HOME": str(tmp_path),
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "INPUT_SOURCE": "--pre $(touch x) y",
    }
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", INSTALL["command"]], cwd=tmp_path, env=env,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.splitlines()[-2:] == ["--", "--pre $(touch x) y"]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [("--all --wait 300", ["--all", "--wait", "300"]), ("'$(touch x)' `touch x`", ["$(touch x)", "`touch", "x`"])],
)
def test_the_command_gets_its_words(tmp_path: Path, args: str, words: list[str]) -> None:
    bin_ = tmp_path / "reletan" / "bin"
    tell = f"exec {shlex.quote(sys.executable)} -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\""
    executable(bin_ / "reletan", tell)
    (bin_.parent / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    (bin_ / "python").symlink_to(Path(sys.executable).resolve())
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "INPUT_COMMAND": "list", "INPUT_ARGS": args}
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", CALL["command"]], cwd=tmp_path, env=env,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert json.loads(done.stdout) == ["list", *words]
    assert not (tmp_path / "x").exists()
