"""`reletan init`: detect, ask, preview, write; and change nothing the second time."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from reletan.sandbox.world import World


def written(world: World, clone: Path | None = None) -> dict[str, object]:
    flow: dict[str, object] = tomllib.loads(((clone or world.clone) / ".reletan.toml").read_text())["flow"]
    return flow


def git_flow_keys(world: World, clone: Path | None = None) -> dict[str, str]:
    lines = world.git("config", "--local", "--list", cwd=clone).splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("gitflow."))


KEYS = {
    "gitflow.branch.master": "main",
    "gitflow.branch.develop": "develop",
    "gitflow.prefix.feature": "feature/",
    "gitflow.prefix.bugfix": "bugfix/",
    "gitflow.prefix.release": "release/",
    "gitflow.prefix.hotfix": "hotfix/",
    "gitflow.prefix.support": "support/",
    "gitflow.prefix.versiontag": "v",
}


def init(world: World, *flags: str) -> None:
    world.reletan("init", "--defaults", "--yes", *flags, check=True)


def test_defaults_write_what_was_found(world: World) -> None:
    run = world.reletan("init", "--defaults", "--yes", check=True)
    assert written(world) == {"production": "main", "development": "develop", "tag_prefix": "v"}
    assert git_flow_keys(world) == KEYS
    assert "reletan list" in run.err
    assert world.reletan("config", check=True).out.count("# .reletan.toml") == 3


@pytest.mark.parametrize("branch", ["develop", "topic"])
def test_what_comes_next_brings_the_settings_to_the_team(world: World, branch: str) -> None:
    world.git("switch", "-qc" if branch == "topic" else "-q", branch)
    run = world.reletan("init", "--defaults", "--yes", check=True)
    command = next(line.removeprefix("next: ") for line in run.err.splitlines() if "git add" in line)
    subprocess.run(["sh", "-c", command], cwd=world.clone, env=world.environment({}), check=True, capture_output=True)
    assert world.another_clone("yuki").joinpath(".reletan.toml").exists()


def test_a_second_run_changes_nothing(world: World) -> None:
    init(world)
    before = world.dump()
    run = world.reletan("init")
    assert run.code == 0
    assert "already set up" in run.err
    assert world.dump() == before


def test_a_dry_run_writes_nothing_and_shows_what_would_be(world: World) -> None:
    before = world.dump()
    run = world.reletan("init", "--defaults", "--dry-run", "--json", check=True)
    kinds = [step["kind"] for step in run.json["steps"]]
    assert kinds == ["write-file"] + ["set-config"] * len(KEYS)
    assert world.dump() == before


def test_without_a_terminal_a_missing_answer_names_its_flag(world: World) -> None:
    before = world.dump()
    run = world.reletan("init", stdin="main\ny\n")
    assert run.code == 2
    assert "--production" in run.err
    assert "--defaults" in run.err
    assert world.dump() == before


def test_without_a_terminal_the_plan_needs_a_yes(world: World) -> None:
    before = world.dump()
    run = world.reletan("init", "--defaults", stdin="y\n")
    assert run.code == 2
    assert "--yes" in run.err
    assert world.dump() == before


def test_with_every_flag_nothing_is_left_to_ask(world: World) -> None:
    flags = [
        "--remote=origin",
        "--production=main",
        "--development=main",
        "--release-prefix=rel/",
        "--hotfix-prefix=fix/",
    ]
    world.reletan("init", "--yes", *flags, "--tag-prefix=", check=True)
    assert written(world) == {
        "production": "main",
        "development": "main",
        "release_prefix": "rel/",
        "hotfix_prefix": "fix/",
        "tag_prefix": "",
    }
    assert git_flow_keys(world) == {}, "git-flow refuses one branch for both"


def test_git_flow_accepts_what_init_wrote(world: World, git_flow: str) -> None:
    init(world)
    started = subprocess.run(
        ["git", "flow", "release", "start", "9.9.9"],
        cwd=world.clone, env=world.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    assert world.git("symbolic-ref", "--short", "HEAD") == "release/9.9.9"


def test_an_existing_git_flow_is_taken_over(world: World, git_flow: str) -> None:
    world.git("flow", "init", "-d", "-t", "v")
    world.git("config", "gitflow.prefix.release", "rel/")
    before = git_flow_keys(world)
    init(world)
    assert written(world)["release_prefix"] == "rel/"
    assert before.items() <= git_flow_keys(world).items()


def test_git_flow_next_keeps_its_own_keys(world: World) -> None:
    for key, value in {
        "version": "1.0",
        "branch.main.type": "base",
        "branch.develop.type": "base",
        "branch.develop.parent": "main",
        "branch.release.type": "topic",
        "branch.release.prefix": "rel/",
    }.items():
        world.git("config", f"gitflow.{key}", value)
    before = git_flow_keys(world)
    init(world)
    assert written(world) == {
        "production": "main",
        "development": "develop",
        "tag_prefix": "v",
        "release_prefix": "rel/",
    }
    assert git_flow_keys(world) == before


def test_two_git_flows_that_disagree_need_a_word_from_a_person(world: World) -> None:
    for key, value in {"version": "1.0", "branch.main.type": "base", "branch.master": "master"}.items():
        world.git("config", f"gitflow.{key}", value)
    run = world.reletan("init", "--defaults", "--yes")
    assert run.code == 2
    assert "gitflow.branch.master is 'master', gitflow.branch.main.type says 'main'" in run.err
    assert "--production" in run.err
    init(world, "--production=main")
    assert world.reletan("config", "--json", check=True).json["conflicts"] == []


def test_a_committed_git_flow_file_is_taken_over(world: World) -> None:
    world.git("config", "--file", ".gitflow", "gitflow.prefix.hotfix", "fix/")
    init(world)
    assert written(world)["hotfix_prefix"] == "fix/"


def test_what_a_person_wrote_is_kept(world: World) -> None:
    path = world.clone / ".reletan.toml"
    path.write_bytes(b'# ours\r\n[flow] # why\r\nproduction="main"\r\n\r\n[slack]\r\nchannel = "#x" # y\r\n')
    init(world)
    kept = path.read_bytes()
    assert written(world) == {"production": "main", "development": "develop", "tag_prefix": "v"}
    for line in (b"# ours\r\n", b"[flow] # why\r\n", b'production="main"\r\n', b'channel = "#x" # y\r\n'):
        assert line in kept
    assert kept.count(b"\n") == kept.count(b"\r\n")
    init(world)
    assert path.read_bytes() == kept


def test_a_flag_does_not_change_what_a_person_wrote(world: World) -> None:
    init(world)
    before = world.dump()
    run = world.reletan("init", "--defaults", "--yes", "--tag-prefix=x")
    assert run.code == 2
    assert '.reletan.toml already says tag_prefix = "v"' in run.err
    assert world.dump() == before


def test_settings_in_pyproject_are_completed_there(world: World) -> None:
    path = world.clone / "pyproject.toml"
    path.write_text('[project]\nname = "x"\n\n[tool.reletan.flow]\nproduction = "main"\n')
    init(world)
    table = tomllib.loads(path.read_text())
    assert table["tool"]["reletan"]["flow"] == {"production": "main", "development": "develop", "tag_prefix": "v"}
    assert table["project"] == {"name": "x"}
    assert not (world.clone / ".reletan.toml").exists()


@pytest.mark.parametrize("content", ["[flow\n", "[flow]\nunknown = 1\n", "[flow]\nproduction = 1\n"])
def test_a_wrong_file_is_never_overwritten(world: World, content: str) -> None:
    (world.clone / ".reletan.toml").write_text(content)
    before = world.dump()
    assert world.reletan("init", "--defaults", "--yes").code == 2
    assert world.dump() == before


def test_mixed_tags_need_a_word_from_a_person(world: World) -> None:
    world.tag("1.0.0", "refs/heads/main")
    run = world.reletan("init", "--defaults", "--yes")
    assert run.code == 2
    assert "--tag-prefix" in run.err
    init(world, "--tag-prefix=v")
    assert written(world)["tag_prefix"] == "v"


def test_a_branch_that_does_not_exist_is_refused_with_the_nearest(world: World) -> None:
    run = world.reletan("init", "--defaults", "--yes", "--development=devlop")
    assert run.code == 2
    assert "there is no branch devlop on origin; the nearest is develop" in run.err


@pytest.mark.parametrize(
    "flag", ["--production=-x", "--release-prefix=", "--tag-prefix=..", "--remote=--upload-pack=x"]
)
def test_flags_that_git_must_not_see_are_refused(world: World, flag: str) -> None:
    run = world.reletan("init", "--defaults", "--yes", flag)
    assert run.code == 2
    assert flag.partition("=")[0] in run.err


def test_another_name_of_the_only_remote_is_found(world: World) -> None:
    world.git("remote", "rename", "origin", "upstream")
    init(world)
    assert written(world)["remote"] == "upstream"
    assert git_flow_keys(world)["gitflow.origin"] == "upstream"


def test_several_remotes_without_origin_need_a_word(world: World) -> None:
    world.git("remote", "rename", "origin", "upstream")
    world.git("remote", "add", "fork", world.origin.as_uri())
    run = world.reletan("init", "--defaults", "--yes")
    assert run.code == 2
    assert "fork, upstream" in run.err
    assert "--remote" in run.err
    init(world, "--remote=upstream")


def test_a_colleague_gets_git_flow_keys_for_the_committed_file(world: World) -> None:
    init(world)
    colleague = world.another_clone("ken")
    content = (world.clone / ".reletan.toml").read_bytes()
    (colleague / ".reletan.toml").write_bytes(content)
    world.reletan("init", "--yes", cwd=colleague, check=True)
    assert (colleague / ".reletan.toml").read_bytes() == content
    assert git_flow_keys(world, colleague) == KEYS


def test_without_a_remote_the_local_branches_count(world: World) -> None:
    world.git("remote", "remove", "origin")
    init(world)
    assert written(world)["production"] == "main"
    assert written(world)["development"] == "develop"


def test_without_any_commit_the_message_says_so(empty_world: World) -> None:
    run = empty_world.reletan("init", "--defaults", "--yes")
    assert run.code == 2
    assert "no branches yet" in run.err
    assert "first commit" in run.err
    assert not (empty_world.clone / ".reletan.toml").exists()


def test_init_in_a_subfolder_writes_at_the_top(world: World) -> None:
    below = world.clone / "below"
    below.mkdir()
    world.reletan("init", "--defaults", "--yes", cwd=below, check=True)
    assert written(world)["production"] == "main"
    assert not (below / ".reletan.toml").exists()
