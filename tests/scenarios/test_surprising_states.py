"""States that real clones get into, each of which once led somewhere wrong."""

import shutil

import pytest
from listings import listed, pull

from reletan.sandbox.world import World


@pytest.mark.parametrize("own", [False, True])
def test_a_worktree_that_is_gone_moves_no_other_branch(world: World, own: bool) -> None:
    if own:
        world.git("commit", "-q", "--allow-empty", "-m", "Not pushed")
    world.git("switch", "-qc", "feature/mine")
    world.git("worktree", "add", "-q", "../wt", "develop")
    shutil.rmtree(world.folder / "wt")
    world.pull("Something newer")
    before = [world.look("rev-parse", name) for name in ("feature/mine", "develop")]
    run = world.reletan("start", "1.4.0", "--yes", check=True)
    assert [world.look("rev-parse", name) for name in ("feature/mine", "develop")] == before
    assert "git worktree prune" in run.err


def test_the_tag_stands_on_the_release_where_production_was_fast_forwarded_and_went_on(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    head = world.commit("release/1.4.0", "Polish", {"polish.txt": "1\n"})
    world.git("fetch", "-q", "origin")
    world.git("push", "-q", "--force", "origin", f"{head}:refs/heads/main")
    world.commit("main", "A hasty one", {"hasty.txt": "1\n"})
    world.reletan("tag", "1.4.0", "--head", head, "--yes", check=True)
    assert world.tags()["v1.4.0"] == head


def test_the_tag_stands_on_the_release_on_a_trunk_that_went_on(empty_world: World) -> None:
    world = empty_world
    world.found()
    world.delete_branch("develop")
    world.git("fetch", "-q", "--prune", "origin")
    world.pull("First", base="main")
    head = world.head("main")
    world.reletan("start", "1.0.0", "--yes", check=True)
    world.pull("Not tested yet", base="main")
    world.reletan("tag", "1.0.0", "--yes", check=True)
    assert world.tags()["v1.0.0"] == head


def test_a_release_that_was_merged_twice_is_one(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    for part in ("one", "two"):
        world.commit("release/1.4.0", part, {f"{part}.txt": "1\n"})
        number = world.open_pull("Release 1.4.0", branch="release/1.4.0", base="main", commits=0)
        world.merge_pull(number, keep_branch=part == "one")
    newest = world.head("main")
    world.reletan("tag", "--yes", check=True)
    assert world.tags()["v1.4.0"] == newest


def test_a_tracking_ref_named_like_the_prefix_is_not_in_the_way(world: World) -> None:
    world.git("update-ref", "refs/remotes/origin/hotfix", world.look("rev-parse", "main"))
    world.reletan("start", "hotfix", "--yes", check=True)
    assert "hotfix/1.3.1" in world.branches()


def test_titles_are_read_as_utf_8_whatever_git_prints_for_the_person(big_world: World) -> None:
    big_world.git("config", "i18n.logOutputEncoding", "SHIFT_JIS")
    big_world.git("config", "log.showSignature", "true")
    assert pull(listed(big_world), 20)["title"] == "メール通知を追加"


@pytest.mark.parametrize("head", ["", "abc", "main", "-x"])
def test_a_head_that_is_no_id_is_refused(world: World, head: str) -> None:
    world.reletan("start", "--yes", check=True)
    assert world.reletan("tag", f"--head={head}", "--yes").code == 2
    assert "v1.4.0" not in world.tags()


@pytest.mark.parametrize("shape", ["banana", "YYYY.0M.0D-MICRO", "MICRO", "YYYY.MM.DD.MICRO.MICRO"])
def test_a_calendar_version_of_another_shape_is_refused(world: World, shape: str) -> None:
    run = world.reletan("list", env={"RELETAN_VERSION_SCHEME": "calver", "RELETAN_VERSION_FORMAT": shape})
    assert (run.code, "RELETAN_VERSION_FORMAT" in run.err) == (2, True)


def test_git_flow_settings_that_are_not_followed_are_said(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    world.git("config", "gitflow.release.finish.squash", "true")
    assert "gitflow.release.finish.squash is on" in world.reletan("tag", "--yes", check=True).err


def test_a_dry_run_leaves_no_file(world: World) -> None:
    world.reletan("start", "--dry-run", check=True)
    assert not (world.clone / ".git" / "reletan").exists()
