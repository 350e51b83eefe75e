"""Dockerfile: read, and as much of it done as can be done without Docker. No image is built here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from demo_run import ROOT
from wrapped import executable

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
WORDS = {"FROM", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT"}
NO_REGISTRY = r"No matching distribution found|Could not fetch URL|Connection|Temporary failure|ReadTimeout"


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of each instruction, its lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.splitlines() if line]


def those(word: str) -> list[str]:
    return [rest for one, rest in instructions() if one == word]


def test_it_is_small_and_runs_as_nobody_special() -> None:
    assert {word for word, _ in instructions()} == WORDS
    assert [image.split(" ")[0] for image in those("FROM")] == ["python:3.13-slim"] * 2
    assert instructions()[-3:] == [("USER", "reletan"), ("WORKDIR", "/repo"), ("ENTRYPOINT", '["reletan"]')]
    assert "useradd --create-home reletan" in those("RUN")[-1]


def test_it_takes_named_files_only_and_they_are_there() -> None:
    for copy in those("COPY"):
        if not copy.startswith("--from=build "):
            *sources, _ = copy.split()
            assert all((ROOT / source).exists() and source not in (".", "./") for source in sources)
    assert "ADD" not in dict(instructions())


def test_git_is_there_and_what_apt_fetched_is_not() -> None:
    (packages,) = (run for run in those("RUN") if "apt-get" in run)
    assert {"git", "ca-certificates", "openssh-client"} <= set(packages.split())
    assert packages.endswith("rm -rf /var/lib/apt/lists/*")


def test_no_secret_stays_in_the_image() -> None:
    assert not {"ARG", "ENV"} & {word for word, _ in instructions()}


def test_what_is_copied_is_enough_to_build_reletan(tmp_path: Path) -> None:
    """The first stage in a folder of ours; without the dependencies, which are those of any other installation."""
    for copy in those("COPY")[:-1]:
        *sources, target = copy.split()
        goal = tmp_path / target.lstrip("/")
        for source in (ROOT / name for name in sources):
            if source.is_dir():
                shutil.copytree(source, goal, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                goal.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, goal)
    executable(tmp_path / "bin" / "python", f'exec {shlex.quote(sys.executable)} "$@"')
    script = those("RUN")[0].replace("/opt/reletan", f"{tmp_path}/opt/reletan").replace(" /src", f" {tmp_path}/src")
    script = script.replace("pip install", "pip install --no-deps")
    env = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    env.pop("PYTHONPATH", None)
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    if done.returncode and re.search(NO_REGISTRY, done.stderr):
        pytest.skip("the package registry is not reachable: the image's first stage cannot be tried")
    assert done.returncode == 0, done.stderr
    said = subprocess.run([tmp_path / "opt" / "reletan" / "bin" / "reletan", "--version"], cwd=tmp_path,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert said.stdout.startswith("reletan ")


@pytest.fixture
def git_config(tmp_path: Path) -> dict[str, str]:
    """An environment in which git has the image's system configuration; whatever else that step does is left out."""
    for name in ("ln", "useradd"):
        executable(tmp_path / "bin" / name, "exit 0")
    env = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path),
           "GIT_CONFIG_SYSTEM": str(tmp_path / "gitconfig"), "GIT_TERMINAL_PROMPT": "0"}  # fmt: skip
    subprocess.run(["sh", "-c", those("RUN")[-1]], env=env, check=True, capture_output=True)
    return env


def fill(env: dict[str, str], host: str) -> "subprocess.CompletedProcess[str]":
    """What git would send to ``host``."""
    asked = f"protocol=https\nhost={host}\n\n"
    return subprocess.run(["git", "credential", "fill"], input=asked, env=env, cwd=env["HOME"], text=True,
                          capture_output=True, check=False)  # fmt: skip


def test_the_mounted_repository_is_safe_and_no_other(git_config: dict[str, str]) -> None:
    said = subprocess.run(["git", "config", "--system", "--get-all", "safe.directory"], env=git_config,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert said.stdout == "/repo\n"


@pytest.mark.parametrize("variable", ["GH_TOKEN", "GITHUB_TOKEN"])
def test_git_pushes_to_github_with_reletans_token_and_nowhere_else(git_config: dict[str, str], variable: str) -> None:
    env = {**git_config, variable: "not-a-real-token"}
    assert "username=x-access-token\npassword=not-a-real-token\n" in fill(env, "github.com").stdout
    assert "not-a-real-token" not in fill(env, "github.example.com").stdout
    assert "not-a-real-token" not in Path(env["GIT_CONFIG_SYSTEM"]).read_text()


def test_without_a_token_git_asks_as_ever(git_config: dict[str, str]) -> None:
    answer = fill(git_config, "github.com")
    assert answer.returncode != 0
    assert "password=" not in answer.stdout
