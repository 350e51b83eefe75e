"""Settings as they are gathered from a real clone."""

import subprocess
import sys
from pathlib import Path

import pytest

from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.settings import load
from reletan.domain.config import Config
from reletan.domain.errors import UsageError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository in an environment of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "clone")
    return tmp_path / "clone"


def git(cwd: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=cwd, check=True)


def settings(clone: Path, flags: dict[str, str] | None = None, **environ: str) -> Config:
    return load(GitRepo(str(clone)), environ, flags or {})


def test_nothing_set_is_all_defaults(clone: Path) -> None:
    assert settings(clone) == Config()


def test_each_place_beats_the_ones_below_it(clone: Path) -> None:
    git(clone, "config", "gitflow.prefix.release", "git/")
    assert settings(clone).flow.release_prefix == "git/"
    git(clone, "config", "--file", ".gitflow", "gitflow.prefix.release", "shared/")
    assert settings(clone).flow.release_prefix == "shared/"
    (clone / "pyproject.toml").write_text('[tool.reletan.flow]\nrelease_prefix = "file/"\n')
    assert settings(clone).flow.release_prefix == "file/"
    assert settings(clone, RELETAN_FLOW_RELEASE_PREFIX="env/").flow.release_prefix == "env/"
    flags = {"flow.release_prefix": "flag/"}
    assert settings(clone, flags, RELETAN_FLOW_RELEASE_PREFIX="env/").flow.release_prefix == "flag/"


def test_the_source_of_each_value_is_named(clone: Path) -> None:
    git(clone, "config", "gitflow.branch.master", "trunk")
    git(clone, "config", "--file", ".gitflow", "gitflow.branch.develop", "next")
    (clone / ".reletan.toml").write_text('[slack]\nchannel = "#x"\n')
    (clone / "pyproject.toml").write_text('[tool.reletan]\nnotes = { language = "ja" }\n')
    assert settings(clone, {"flow.remote": "up"}, RELETAN_FLOW_TAG_PREFIX="").sources == {
        "flow.remote": "--remote",
        "flow.tag_prefix": "RELETAN_FLOW_TAG_PREFIX",
        "slack.channel": ".reletan.toml",
        "notes.language": "pyproject.toml [tool.reletan]",
        "slack.language": "notes.language",
        "flow.development": ".gitflow: gitflow.branch.develop",
        "automerge.base": "flow.development",
        "flow.production": "git configuration: gitflow.branch.master",
    }


def test_the_settings_of_the_top_level_hold_in_every_folder(clone: Path) -> None:
    (clone / ".reletan.toml").write_text('[flow]\nremote = "up"\n')
    (clone / "deep" / "down").mkdir(parents=True)
    assert settings(clone / "deep" / "down").flow.remote == "up"


def test_what_git_flow_itself_writes_is_understood(clone: Path, git_flow: str) -> None:
    git(clone, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--allow-empty", "-m", "x")
    subprocess.run(["git", "flow", "init", "-d", "-t", "v"], cwd=clone, check=True, capture_output=True)
    flow = settings(clone).flow
    assert (flow.production, flow.development, flow.tag_prefix) == ("main", "develop", "v")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({".reletan.toml": "[flow\n"}, r"\.reletan\.toml: broken TOML: .*line 1"),
        ({".reletan.toml": "[flow]\nx = 1\n"}, r"\.reletan\.toml: unknown key flow\.x"),
        (
            {"pyproject.toml": "[tool.reletan]\nflow = 1\n"},
            r"pyproject\.toml \[tool\.reletan\]: flow: expected a table",
        ),
        ({"pyproject.toml": "[tool]\nreletan = 1\n"}, r"pyproject\.toml: tool\.reletan: expected a table"),
        ({"pyproject.toml": "[tool.reletan\n"}, r"pyproject\.toml: broken TOML"),
        ({".gitflow": "[gitflow\n"}, r"git cannot read .*\.gitflow"),
        (
            {".reletan.toml": "[flow]\nremote='a'\n", "pyproject.toml": "[tool.reletan.flow]\nremote='a'\n"},
            r"flow\.remote is set twice: in \.reletan\.toml and in pyproject\.toml",
        ),
    ],
)
def test_errors_name_the_file(clone: Path, files: dict[str, str], message: str) -> None:
    for name, content in files.items():
        (clone / name).write_text(content)
    with pytest.raises(UsageError, match=message):
        settings(clone)


def test_a_broken_pyproject_that_is_not_about_us_is_not_our_business(clone: Path) -> None:
    (clone / "pyproject.toml").write_text("[tool.other\n")
    assert settings(clone) == Config()


def test_a_committed_git_flow_file_includes_nothing(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("[gitflow]\n\torigin = outside\n")
    (clone / ".gitflow").write_text("[include]\n\tpath = ../outside\n")
    assert settings(clone).flow.remote == "origin"


def test_a_bare_repository_has_the_settings_of_git_only(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    git(tmp_path / "bare.git", "config", "gitflow.origin", "up")
    assert settings(tmp_path / "bare.git").sources == {"flow.remote": "git configuration: gitflow.origin"}


def test_the_settings_cost_no_heavy_import() -> None:
    code = (
        "import sys, reletan.domain.config, reletan.domain.layers, reletan.domain.gitflow, reletan.adapters.settings\n"
    )
    heavy = "{'tomllib', 'difflib', 'subprocess', 'pathlib', 'dataclasses', 'git', 'asyncio'}"
    seen = subprocess.run(
        [sys.executable, "-c", f"{code}print(sorted({heavy} & sys.modules.keys()))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "[]"
