"""`reletan init` in the repository of a team that used git-pr-release, or git-flow with options of its own."""

import tomllib

import pytest

from reletan.sandbox.world import World

FILE = """\
[pr-release "branch"]
	production = main
	staging = staging
[pr-release]
	template = config/release.erb
	labels = release
	token = ghp_notarealtokenbutasecret
"""


@pytest.fixture
def before(world: World) -> World:
    """main, develop and staging; features are merged into staging."""
    world.git("push", "--quiet", "origin", "origin/develop:refs/heads/staging")
    (world.clone / ".git-pr-release").write_text(FILE)
    return world


def flow(world: World) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((world.clone / ".reletan.toml").read_text())["flow"]
    return table


def test_the_branches_and_the_way_by_pull_request_are_taken_over(before: World) -> None:
    before.reletan("init", "--defaults", "--yes", check=True)
    assert flow(before) == {
        "production": "main", "development": "staging", "tag_prefix": "v", "finish": "pull-request"
    }  # fmt: skip
    assert "pull_request = true" in before.reletan("config", check=True).out


def test_the_preview_says_where_it_comes_from_and_what_is_left(before: World) -> None:
    run = before.reletan("init", "--defaults", "--dry-run", check=True)
    for part in (
        "(.git-pr-release: pr-release.branch.production)",
        "(.git-pr-release: pr-release.branch.staging)",
        "(.git-pr-release: releases go by pull request)",
        '"pr-release.template" is not taken over',
        '"pr-release.labels" is not taken over',
        "set GH_TOKEN",
    ):
        assert part in run.err
    assert "ghp_" not in run.out + run.err
    warnings = before.reletan("init", "--defaults", "--dry-run", "--json", check=True).json["warnings"]
    assert len(warnings) == 3
    assert not (before.clone / ".reletan.toml").exists()


def test_it_is_said_once(before: World) -> None:
    before.reletan("init", "--defaults", "--yes", check=True)
    again = before.reletan("init", check=True)
    assert "already set up" in again.err
    assert "not taken over" not in again.err


def test_what_a_person_wrote_about_the_way_stays(before: World) -> None:
    (before.clone / ".reletan.toml").write_text('[flow]\nfinish = "push"\n')
    before.reletan("init", "--defaults", "--yes", check=True)
    assert flow(before)["finish"] == "push"


def test_git_flow_and_git_pr_release_that_disagree_need_a_word(before: World) -> None:
    before.git("config", "gitflow.branch.develop", "develop")
    run = before.reletan("init", "--defaults", "--yes")
    assert run.code == 2
    assert 'git-flow says "develop", .git-pr-release says "staging"' in run.err
    assert "--development" in run.err
    before.reletan("init", "--defaults", "--yes", "--development=staging", check=True)
    assert flow(before)["development"] == "staging"


def test_its_default_branches_count_where_they_exist(before: World) -> None:
    (before.clone / ".git-pr-release").write_text("[pr-release]\n\tmention = author\n")
    run = before.reletan("init", "--defaults", "--yes", check=True)
    assert (flow(before)["production"], flow(before)["development"]) == ("main", "staging")
    assert "git-pr-release's default" in run.err


@pytest.mark.parametrize("content", ["[pr-release]\n\taggregate_labels = true\n", "[broken\n", "\x00\x01"])
def test_a_file_that_git_cannot_read_is_named_and_no_hindrance(before: World, content: str) -> None:
    (before.clone / ".git-pr-release").write_text(content)
    run = before.reletan("init", "--defaults", "--yes", check=True)
    assert "finish" not in flow(before)
    assert ".git-pr-release is not taken over: git cannot read" in run.err


def test_a_file_that_leads_elsewhere_is_not_read(before: World) -> None:
    outside = before.folder / "outside"
    outside.write_text('[pr-release "branch"]\n\tstaging = secret\n')
    (before.clone / ".git-pr-release").unlink()
    (before.clone / ".git-pr-release").symlink_to(outside)
    run = before.reletan("init", "--defaults", "--yes", check=True)
    assert "secret" not in run.err
    assert "leads out of the work tree" in run.err


def test_includes_and_hostile_values_of_the_file_do_nothing(before: World) -> None:
    included = before.folder / "more"
    included.write_text('[pr-release "branch"]\n\tproduction = develop\n')
    (before.clone / ".git-pr-release").write_text(
        f'[include]\n\tpath = {included}\n[pr-release "branch"]\n\tstaging = --upload-pack=x\n'
    )
    run = before.reletan("init", "--defaults", "--yes", check=True)
    assert flow(before)["development"] == "develop"
    assert flow(before)["production"] == "main"
    assert "the name must not start with '-'" in run.err


def test_git_flows_values_have_their_source_and_its_options_are_named(world: World) -> None:
    world.git("config", "--file", ".gitflow", "gitflow.prefix.hotfix", "fix/")
    world.git("config", "--file", ".gitflow", "gitflow.hotfix.finish.squash", "true")
    world.git("config", "gitflow.release.finish.keep", "true")
    run = world.reletan("init", "--defaults", "--yes", check=True)
    text = (world.clone / ".reletan.toml").read_text()
    assert "# hotfix branches begin with this (.gitflow: gitflow.prefix.hotfix)\n" in text
    assert "gitflow.hotfix.finish.squash" in run.err
    assert "--keep-branch" in run.err
