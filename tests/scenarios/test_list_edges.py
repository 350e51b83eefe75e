"""`reletan list` in clones and repositories that are not as they should be."""

from pathlib import Path

import pytest
from listings import codes, listed, numbers

from reletan.sandbox.world import World

# --- clones


@pytest.mark.parametrize(
    "clone",
    [
        ["--depth=1"],
        ["--depth=2", "--no-single-branch"],
        ["--no-tags"],
        ["--single-branch", "--branch=main"],
        ["--single-branch", "--branch=develop", "--no-tags"],
        ["--branch=v1.3.0"],
        ["--no-checkout"],
        ["--bare"],
        ["--mirror"],
        ["--filter=blob:none"],
    ],
    ids=" ".join,
)
def test_whatever_the_clone_the_list_is_the_same(world: World, clone: list[str]) -> None:
    """Faults 2, 3, 4, 6: shallow, without tags, single-branch, on a detached HEAD."""
    world.git("config", "uploadpack.allowFilter", "true", cwd=world.origin)
    other = world.another_clone("yuki", *clone)
    assert listed(world, cwd=other) == listed(world)


def test_offline_in_a_shallow_clone_is_refused(world: World) -> None:
    run = world.reletan("list", "--offline", cwd=world.another_clone("yuki", "--depth=1"))
    assert run.code == 2
    assert "fetch-depth: 0" in run.err


@pytest.mark.parametrize("option", ["--offline", "--no-fetch"])
def test_without_a_fetch_the_clone_says_what_it_knows(world: World, option: str) -> None:
    world.pull("Only on the remote")
    before = world.dump()
    assert numbers(listed(world, option)) == [3, 2, 1]
    assert world.dump() == before
    assert numbers(listed(world)) == [4, 3, 2, 1]


def test_offline_works_when_the_remote_is_gone(world: World) -> None:
    expected = listed(world)
    world.origin.rename(world.folder / "gone.git")
    assert listed(world, "--offline") == expected
    run = world.reletan("list")
    assert run.code == 1
    assert "The remote cannot be reached." in run.err


def test_listing_leaves_nothing_but_tracking_refs(world: World) -> None:
    (world.clone / "shop.txt").write_text("changed")
    (world.clone / "untracked.txt").write_text("mine")
    before = world.dump()
    world.reletan("list", check=True)
    assert world.dump() == before


def test_a_detached_head_changes_nothing(world: World) -> None:
    expected = listed(world)
    world.git("switch", "--quiet", "--detach", "v1.3.0")
    assert listed(world) == expected


def test_from_a_subdirectory_by_c_and_in_another_worktree(world: World) -> None:
    expected = listed(world)
    (world.clone / "deep" / "down").mkdir(parents=True)
    assert listed(world, cwd=world.clone / "deep" / "down") == expected
    world.git("worktree", "add", "--quiet", "--detach", "../elsewhere")
    assert listed(world, cwd=world.folder / "elsewhere") == expected
    assert world.reletan("-C", str(world.clone), "list", "--json", cwd=world.folder).json == expected


def test_outside_of_a_repository(world: World, tmp_path: Path) -> None:
    run = world.reletan("list", cwd=tmp_path)
    assert run.code == 2
    assert run.err.startswith(f"error: {tmp_path} is not in a git repository.\n")
    assert world.reletan("-C", "no-such-folder", "list").code == 2


def test_another_repositorys_environment_does_not_lead_astray(world: World) -> None:
    """As in a hook, where git sets these."""
    foreign = {"GIT_DIR": str(world.origin), "GIT_WORK_TREE": str(world.folder), "GIT_INDEX_FILE": "none"}
    assert listed(world, env=foreign) == listed(world)


def test_without_any_remote(world: World) -> None:
    world.git("remote", "remove", "origin")
    listing = listed(world)
    assert (numbers(listing), listing["until"], codes(listing)) == ([3, 2, 1], "develop", ["no-remote"])


def test_a_remote_of_another_name(world: World) -> None:
    world.git("remote", "rename", "origin", "upstream")
    listing = listed(world)
    assert (numbers(listing), listing["until"]) == ([3, 2, 1], "upstream/develop")
    assert numbers(listed(world, "--since", "upstream/main")) == [3, 2, 1]


def test_a_remote_that_is_not_there(world: World) -> None:
    run = world.reletan("list", env={"RELETAN_FLOW_REMOTE": "upstream"})
    assert run.code == 2
    assert "the remotes here: origin" in run.err


# --- other flows


def test_where_development_is_production(world: World) -> None:
    world.branch("main", "refs/heads/develop")
    world.delete_branch("develop")
    listing = listed(world, cwd=world.another_clone("yuki", "--branch=main"))
    assert (numbers(listing), listing["until"]) == ([3, 2, 1], "origin/main")


@pytest.mark.parametrize("name", ["main", "develop", "v1.3.0", "HEAD", "origin/develop"])
def test_a_tag_named_like_something_else(world: World, name: str) -> None:
    """Fault 9."""
    expected = listed(world)
    world.tag(name, "refs/tags/v1.3.0")
    world.git("tag", "--force", name, "v1.3.0")
    assert listed(world) == expected


def test_a_branch_named_like_a_tag(world: World) -> None:
    expected = listed(world)
    world.branch("v1.3.0", "refs/heads/develop")
    world.git("branch", "v1.3.0", "origin/develop")
    assert listed(world) == expected


def test_a_tag_called_head_is_not_head(world: World) -> None:
    world.tag("HEAD", "refs/tags/v1.3.0")
    world.git("tag", "HEAD", "v1.3.0")
    assert numbers(listed(world, "--until", "HEAD")) == [3, 2, 1]
    assert numbers(listed(world, "--until", "refs/tags/HEAD")) == []


def test_no_commits_at_all(empty_world: World) -> None:
    """Fault 26."""
    run = empty_world.reletan("list")
    assert run.code == 2
    assert "There are no commits yet" in run.err


def test_a_branch_named_release_is_a_clear_error(world: World) -> None:
    """Fault 10."""
    world.branch("release", "refs/heads/develop")
    run = world.reletan("list")
    assert run.code == 2
    assert "A branch is named release" in run.err


def test_the_development_branch_is_gone(world: World) -> None:
    world.delete_branch("develop")
    assert "the remote no longer has develop" in world.reletan("list", check=True).err
    run = world.reletan("list", env={"RELETAN_FLOW_DEVELOPMENT": "develop"})
    assert run.code == 2
    assert "The development branch develop does not exist on origin." in run.err
    assert 'next: RELETAN_FLOW_DEVELOPMENT says development = "develop"; correct it there' in run.err
