"""How git is run: no prompts, a known environment, no secrets in words, errors that say what to do."""

import os
from pathlib import Path

import pytest
from wrapped import WrappedGit, executable

from reletan.adapters.gitrun import Answer, GitRunner, readable
from reletan.domain.credentials import without_secrets
from reletan.domain.errors import ReletanError, Unauthorized, UsageError
from reletan.sandbox.world import World


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def git(world: World, told: list[str]) -> GitRunner:
    return GitRunner(str(world.clone), told.append)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("fatal: https://user:tok3n@host/x", "fatal: https://***@host/x"),
        ("http://tok3n@host:80/x and ssh://git@host/y", "http://***@host:80/x and ssh://***@host/y"),
        ("nothing: to@hide", "nothing: to@hide"),
    ],
)
def test_what_stands_before_the_host_is_hidden(said: str, shown: str) -> None:
    assert without_secrets(said) == shown


@pytest.mark.parametrize(
    ("said", "kind", "part"),
    [
        ("fatal: Unable to create '/x/index.lock': File exists.", ReletanError, "/x/index.lock"),
        ("error: could not lock config file .git/config: File exists", ReletanError, ".git/config.lock"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", Unauthorized, "credential"),
        ("git@h: Permission denied (publickey).", Unauthorized, "credential"),
        ("fatal: transport 'ext' not allowed", UsageError, "'ext'"),
        ("ssh: Could not resolve host h", ReletanError, "cannot be reached"),
        ("error: unable to write file: No space left on device", ReletanError, "cannot be written"),
        ("error: gpg failed to sign the data", ReletanError, "Signing failed"),
        ("fatal: something new", ReletanError, "`git push` failed"),
    ],
)
def test_gits_words_become_an_error_that_says_what_to_do(said: str, kind: type[ReletanError], part: str) -> None:
    error = readable(("-c", "a=b", "push", "--", "origin"), Answer(128, "", said))
    assert type(error) is kind or (kind is ReletanError and error.exit_code == 1)
    assert part in error.message
    assert any(said[:20] in detail for detail in error.details)


def test_each_call_is_told_with_its_time(git: GitRunner, told: list[str]) -> None:
    assert git.line("rev-parse", "--is-inside-work-tree") == "true"
    assert told[0].endswith("git rev-parse --is-inside-work-tree")


def test_input_and_strange_bytes_pass_through(git: GitRunner) -> None:
    oid = git.run("hash-object", "-w", "--stdin", stdin="日本\udcff\n").out.strip()
    assert git.run("cat-file", "blob", oid).out == "日本\ufffd\n"


def test_a_git_that_hangs_is_stopped(world: World, git: GitRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = world.folder / "never"
    os.mkfifo(fifo)
    hanging = WrappedGit(world, f"[ $1 != version ] && read x <{fifo}")
    monkeypatch.setenv("PATH", hanging.environment["PATH"])
    with pytest.raises(ReletanError, match="cannot be reached"):
        git.run("ls-remote", "--", "origin", timeout=0.1)


def test_records_come_one_by_one_and_a_failure_is_told(git: GitRunner) -> None:
    assert len(list(git.records("log", "-z", "--format=%H", "origin/develop", "--"))) > 3
    with pytest.raises(ReletanError):
        list(git.records("log", "-z", "--format=%H", "no-such-thing", "--"))


def test_what_another_repository_left_in_the_environment_does_not_count(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert GitRunner(str(world.clone), print).line("rev-parse", "--show-toplevel") == str(world.clone)


def test_nothing_that_asks_is_run(world: World, git: GitRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = world.folder / "asked"
    monkeypatch.setenv("GIT_EDITOR", str(executable(world.folder / "editor", f"touch {asked}; exit 1")))
    git.run("commit", "--allow-empty", "--edit", "-m", "x", ok=(0, 1, 128))
    assert not asked.exists()
