"""``reletan tag`` on what it finds: tags that exist, releases merged on GitHub, git-flow's half-finished finishes."""

from pathlib import Path

import pytest
from witness import commit_here, lasting, local_head, pushes, record_pushes

from reletan.sandbox.world import World


@pytest.fixture
def open_release(started: World) -> World:
    return mended(started)


def mended(started: World) -> World:
    """release/1.4.0 has a fix of its own."""
    started.commit("release/1.4.0", "A fix for the release")
    return started


# -- tags that exist


@pytest.mark.parametrize("version", [("1.4.0",), ()])
def test_the_remotes_tag_on_another_commit_is_refused_and_shown(open_release: World, version: tuple[str, ...]) -> None:
    world = open_release
    world.tag("v1.4.0", "refs/heads/develop")
    before = lasting(world)
    run = world.reletan("tag", *version, "--yes")
    assert run.code == 3
    assert world.tags()["v1.4.0"] in run.err
    assert str(world.head("release/1.4.0")) in run.err
    assert lasting(world) == before


def test_a_local_tag_on_another_commit_is_refused_and_shown(open_release: World) -> None:
    open_release.git("tag", "v1.4.0", "main")
    before = lasting(open_release)
    run = open_release.reletan("tag", "--yes")
    assert (run.code, "git tag -d v1.4.0" in run.err) == (3, True)
    assert open_release.look("rev-parse", "main") in run.err
    assert lasting(open_release) == before


def test_a_local_tag_on_the_same_commit_is_taken(open_release: World) -> None:
    merged = open_release.merge_pull(open_release.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0))
    open_release.git("fetch", "--quiet")
    open_release.git("tag", "--annotate", "--message=Made by hand", "v1.4.0", merged)
    mine = open_release.look("rev-parse", "v1.4.0")
    open_release.reletan("tag", "1.4.0", "--yes", check=True)
    assert open_release.look("rev-parse", "v1.4.0", cwd=open_release.origin) == mine


@pytest.mark.parametrize("where", ["remote", "clone"])
def test_names_shared_by_tags_and_branches(open_release: World, where: str) -> None:
    """A tag called as the release branch, as main, or HEAD; a branch called as the release tag."""
    world = open_release
    for name in ("release/1.4.0", "main", "develop", "HEAD"):
        if where == "remote":
            world.tag(name, "refs/tags/v1.3.0")
        else:
            world.git("update-ref", f"refs/tags/{name}", "v1.3.0")
    world.branch("v1.4.0", "refs/tags/v1.3.0")
    production, head = world.look("rev-parse", "refs/heads/main", cwd=world.origin), world.head("release/1.4.0")
    # a tag release/1.4.0 on production could as well be what this team calls its release tags
    world.reletan("tag", "1.4.0", "--yes", env={"RELETAN_FLOW_TAG_PREFIX": "v"}, check=True)
    assert world.parents("refs/tags/v1.4.0") == [production, head]
    assert world.head("release/1.4.0") is None
    assert world.head("v1.4.0") == world.tags()["v1.3.0"]


def test_a_users_own_tags_and_floating_tags_are_not_touched(open_release: World) -> None:
    world = open_release
    world.tag("v1", "refs/tags/v1.3.0", annotated=False)
    world.git("fetch", "--quiet", "--tags")
    world.tag("v1", "refs/heads/develop", annotated=False)
    world.git("tag", "mine", "develop~1")
    world.git("tag", "v9.9.9", "develop~1")
    before = {name: world.look("rev-parse", name) for name in ("v1", "mine", "v9.9.9", "v1.3.0")}
    record_pushes(world)
    world.reletan("tag", "--yes", check=True)
    assert {name: world.look("rev-parse", name) for name in before} == before
    assert set(world.tags()) == {"v1", "v1.3.0", "v1.4.0"}
    assert world.tags()["v1"] == before["mine"] or world.tags()["v1"] != world.tags()["v1.4.0"]
    assert all("tags/v1" not in push for push in pushes(world))


# -- merged by a pull request, without a tag


@pytest.mark.parametrize("branch_left", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_merged_pull_request_is_tagged_where_it_was_merged(
    open_release: World, branch_left: bool, named: bool
) -> None:
    world = open_release
    pull = world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0)
    merged = world.merge_pull(pull, keep_branch=branch_left)
    later = world.commit("main", "Something after it")
    record_pushes(world)
    world.reletan("tag", *(["1.4.0"] if named else []), "--yes", check=True)
    assert world.tags()["v1.4.0"] == merged
    assert (world.head("main"), world.head("release/1.4.0")) == (later, None)
    assert world.parents("refs/heads/develop")[1] == merged
    assert pushes(world)[0] == ["heads/develop", "tags/v1.4.0"]


def test_commits_after_the_merge_are_merged_too(open_release: World) -> None:
    world = open_release
    world.merge_pull(world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0), keep_branch=True)
    more = world.commit("release/1.4.0", "One more fix")
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert world.parents("refs/tags/v1.4.0")[1] == more


@pytest.mark.parametrize("head", ["right", "wrong"])
def test_the_head_of_a_merged_and_deleted_branch(open_release: World, head: str) -> None:
    world = open_release
    wanted = world.head("release/1.4.0" if head == "right" else "main") or ""
    world.merge_pull(world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0))
    assert world.reletan("tag", "1.4.0", "--head", wanted, "--yes").code == (0 if head == "right" else 3)


# -- half a finish of git-flow, which pushes develop, then production, then the tags, then deletes the branch


@pytest.fixture
def finished_here(built_finished_here: World, tmp_path: Path) -> World:
    """``git flow release finish`` was run in this clone; nothing of it was pushed yet."""
    return built_finished_here.copy_to(tmp_path / "world")


@pytest.fixture(scope="module")
def built_finished_here(built_started: World, git_flow: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = mended(built_started.copy_to(tmp_path_factory.mktemp("finished") / "world"))
    world.git("fetch", "--quiet")
    world.git("switch", "--quiet", "release/1.4.0")
    world.git("merge", "--quiet", "--ff-only", "origin/release/1.4.0")
    world.git("switch", "--quiet", "develop")
    world.git("flow", "init", "-d", "-t", "v")
    world.git("flow", "release", "finish", "--keep", "-m", "By git-flow", "1.4.0")
    return world


def push_some(world: World, refs: list[str]) -> None:
    world.git("push", "--quiet", "origin", *refs)


@pytest.mark.parametrize(
    "landed",
    [
        ["main"],
        ["develop", "main"],
        ["main", "refs/tags/v1.4.0"],
        ["develop", "main", "refs/tags/v1.4.0"],
    ],
    ids=" ".join,
)
def test_what_git_flow_left_half_done_is_completed(finished_here: World, landed: list[str]) -> None:
    world = finished_here
    push_some(world, landed)
    mine = {name: world.look("rev-parse", f"refs/{name}") for name in ("heads/main", "heads/develop", "tags/v1.4.0")}
    world.reletan("tag", "1.4.0", "--yes", check=True)
    there = {name: world.look("rev-parse", f"refs/{name}", cwd=world.origin) for name in mine}
    assert (there["heads/main"], there["tags/v1.4.0"]) == (mine["heads/main"], mine["tags/v1.4.0"])
    assert world.parents(there["heads/develop"])[1] == there["heads/main"]
    assert world.head("release/1.4.0") is None
    if "develop" in landed:
        assert there["heads/develop"] == mine["heads/develop"]


@pytest.mark.parametrize("landed", [["main"], ["main", "refs/tags/v1.4.0"], ["develop", "main"]], ids=" ".join)
def test_and_from_another_clone_too(finished_here: World, landed: list[str]) -> None:
    world = finished_here
    push_some(world, landed)
    merged, yuki = world.head("main"), world.another_clone("yuki")
    world.reletan("tag", "1.4.0", "--yes", cwd=yuki, check=True)
    assert (world.head("main"), world.tags()["v1.4.0"]) == (merged, merged)
    assert merged in world.parents("refs/heads/develop")
    assert world.branches() == ["develop", "main"]


def test_only_develop_was_pushed(finished_here: World) -> None:
    """git-flow's merge and tag are only in this clone: they are the release, and a second merge is not made."""
    world = finished_here
    push_some(world, ["develop"])
    mine = {name: world.look("rev-parse", name) for name in ("main", "develop", "v1.4.0")}
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert {name: world.look("rev-parse", name, cwd=world.origin) for name in mine} == mine


def test_the_persons_own_develop_is_left_alone(finished_here: World) -> None:
    push_some(finished_here, ["main"])
    mine = local_head(finished_here, "develop")
    commit_here(finished_here, "On top of it")
    run = finished_here.reletan("tag", "1.4.0", "--yes", check=True)
    assert local_head(finished_here, "develop") != mine
    assert "your local develop has commits that the remote lacks" in run.err
