"""What a shell is told after Tab, by the protocol of each shell's script; the shells themselves are in pty/test_completion.py."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from reletan.cli import app
from reletan.sandbox.world import Run, World

HOSTILE = ["release/$(touch${IFS}x)", "release/9.9.9;x", "hotfix/`x`", "release/8.8.8'"]


def press_tab(world: World, line: str, cwd: Path | None = None) -> Run:
    """What bash would ask for, with the cursor at the end of ``line``."""
    words = line.split(" ")
    asked = {"_RELETAN_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    return world.reletan(cwd=cwd, env=asked)


def offered(world: World, line: str, cwd: Path | None = None) -> list[str]:
    run = press_tab(world, line, cwd)
    assert (run.code, run.err) == (0, "")
    return run.out.split()


@pytest.fixture
def releasing(world: World) -> World:
    """1.4.0 and the hotfix 1.3.1 are open, staging and production are environments."""
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    (world.clone / ".reletan.toml").write_text(
        '[environments.staging]\nbranch = "deployment/staging"\n[environments.production]\nbranch = "deployment/x"\n'
    )
    return world


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("reletan ta", ["tag"]),
        ("reletan tag ", ["1.3.1", "1.4.0"]),
        ("reletan tag 1.4", ["1.4.0"]),
        ("reletan abort ", ["1.3.1", "1.4.0"]),
        ("reletan notes ", ["1.3.0", "1.3.1", "1.4.0"]),
        ("reletan notify 1.3", ["1.3.0", "1.3.1"]),
        ("reletan pr ", ["1.3.1", "1.4.0", "hotfix/1.3.1", "release/1.4.0"]),
        ("reletan checklist rel", ["release/1.4.0"]),
        ("reletan pr --deploy ", ["production", "staging"]),
        ("reletan pr --deploy=st", ["staging"]),
        ("reletan list --since v", ["v1.3.0"]),
        ("reletan list --until d", ["develop"]),
        ("reletan start ", ["1.3.1", "1.4.0", "2.0.0", "hotfix", "major", "minor", "patch", "release"]),
        ("reletan start hotfix ", ["1.3.1", "major", "minor", "patch"]),
        ("reletan start hotfix 1.3.1 ", []),
        ("reletan init --production ", ["develop", "hotfix/1.3.1", "main", "release/1.4.0"]),
        ("reletan init --remote ", ["origin"]),
        ("reletan tag --via ", ["auto", "pull-request", "push"]),
        ("reletan automerge --method s", ["squash"]),
    ],
)
def test_tab_offers_what_fits(releasing: World, line: str, expected: list[str]) -> None:
    assert sorted(offered(releasing, line)) == expected


def test_a_release_that_is_over_is_not_offered_as_open(releasing: World) -> None:
    colleague = releasing.another_clone("ken")
    assert "1.4.0" in offered(releasing, "reletan tag ", colleague)
    releasing.reletan("tag", "1.4.0", "--yes", check=True)
    releasing.git("fetch", "--quiet", cwd=colleague)
    assert "release/1.4.0" in releasing.look("branch", "-r", cwd=colleague), "this clone has not pruned it"
    assert offered(releasing, "reletan tag ", colleague) == ["1.3.1"]
    assert "1.4.0" in offered(releasing, "reletan notes ", colleague)


def test_the_folder_of_dash_c_counts(releasing: World, tmp_path: Path) -> None:
    assert offered(releasing, "reletan tag ", tmp_path) == []
    assert sorted(offered(releasing, f"reletan -C {releasing.clone} tag ", tmp_path)) == ["1.3.1", "1.4.0"]


def test_nothing_is_asked_of_the_remote_and_nothing_changes(releasing: World) -> None:
    releasing.git("remote", "set-url", "origin", "https://127.0.0.1:1/nowhere.git")
    before = releasing.dump()
    assert sorted(offered(releasing, "reletan tag ")) == ["1.3.1", "1.4.0"]
    assert releasing.dump() == before


def test_git_flows_own_prefixes_are_known(world: World) -> None:
    world.git("config", "gitflow.prefix.release", "rel/")
    world.git("branch", "rel/5.0.0", "develop")
    assert offered(world, "reletan tag ") == ["5.0.0"]


@pytest.mark.parametrize("content", ["[flow\n", "[flow]\nnonsense = 1\n", "[environments]\nx = 1\n"])
def test_broken_settings_offer_nothing_and_say_nothing(releasing: World, content: str) -> None:
    (releasing.clone / ".reletan.toml").write_text(content)
    assert offered(releasing, "reletan tag ") == []
    assert offered(releasing, "reletan ta") == ["tag"]


def test_without_git_only_words_are_offered(releasing: World, tmp_path: Path) -> None:
    asked = {
        "_RELETAN_COMPLETE": "complete_bash",
        "COMP_WORDS": "reletan tag ",
        "COMP_CWORD": "2",
        "PATH": str(tmp_path),
    }
    run = releasing.reletan(env=asked)
    assert (run.code, run.out.strip(), run.err) == (0, "", "")


def test_names_that_are_code_to_a_shell_are_not_offered(world: World) -> None:
    for name in HOSTILE:
        world.git("update-ref", f"refs/remotes/origin/{name}", "HEAD")
    for line in ("reletan tag ", "reletan pr ", "reletan list --since ", "reletan init --production "):
        assert not [word for word in offered(world, line) if set(word) & set("$`;'")], line


@pytest.mark.parametrize("asked", ["complete_nothing", "nonsense", "run_bash", "complete_bash"])
def test_a_strange_question_is_no_traceback(world: World, asked: str) -> None:
    run = world.reletan(env={"_RELETAN_COMPLETE": asked, "COMP_CWORD": "x"})
    assert (run.code, run.out) == (1, "")
    assert "Traceback" not in run.err


def fish(world: World, line: str, action: str) -> Run:
    asked = {"_RELETAN_COMPLETE": "complete_fish", "_TYPER_COMPLETE_ARGS": line}
    return world.reletan(env={**asked, "_TYPER_COMPLETE_FISH_ACTION": action})


def test_fish_hears_whether_there_is_something_and_what(releasing: World) -> None:
    assert [fish(releasing, line, "is-args").code for line in ("reletan tag ", "reletan notes --template ")] == [0, 1]
    assert fish(releasing, "reletan tag ", "get-args").out.split() == ["1.3.1", "1.4.0"]


def test_zsh_hears_of_every_command_and_option(world: World) -> None:
    """Its answer is code, and the help is a part of it."""
    asked: Mapping[str, str] = {"_RELETAN_COMPLETE": "complete_zsh"}
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert len(commands) > 10
    for line, part in [("reletan ", "tag")] + [(f"reletan {name} --", "--help") for name in commands]:
        run = world.reletan(env={**asked, "_TYPER_COMPLETE_ARGS": line})
        assert (run.code, run.err) == (0, "")
        assert f'"{part}"' in run.out
        assert run.out.startswith("_arguments '*: :((")
        assert run.out.count("'") % 2 == 0, "none of the help ends the text"


def test_completion_reads_no_heavy_library() -> None:
    code = (
        "import sys, reletan.completion as c\n"
        "names = c.Names('.'); names.open(); names.released()\n"
        "heavy = {'git', 'github', 'slack_sdk', 'rich', 'jinja2', 'questionary', 'requests', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    here = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
