"""Any clone can go on with what another one began: a colleague's, CI's shallow or detached, one without the tags."""

import pytest
from witness import local_head, pushes, record_pushes

from reletan.sandbox.world import World


def test_started_here_and_released_there(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    fix = world.commit("release/1.4.0", "A fix for the release")
    yuki = world.another_clone("yuki")
    world.reletan("tag", "--yes", cwd=yuki, check=True)
    assert world.parents("refs/tags/v1.4.0")[1] == fix
    tagger = world.look("for-each-ref", "--format=%(taggername)", "refs/tags/v1.4.0", cwd=world.origin)
    assert tagger == "Yuki"
    # what is left here is found and tidied up
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert local_head(world, "release/1.4.0") is None
    assert local_head(world, "main") == world.head("main")


@pytest.mark.parametrize(
    "how",
    [
        ["--depth=1"],
        ["--depth=1", "--branch=main"],
        ["--single-branch", "--branch=main"],
        ["--no-tags"],
        ["--no-checkout"],
        ["--bare"],
        ["--filter=blob:none"],
    ],
    ids=" ".join,
)
def test_a_clone_of_any_kind_does_the_whole_flow(world: World, how: list[str]) -> None:
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        world.git("config", key, "true", cwd=world.origin)
    ci = world.another_clone("ci", *how)
    record_pushes(world)
    started = world.reletan("start", "--yes", cwd=ci, check=True)
    assert "3 pull requests since v1.3.0" in started.err
    fix = world.commit("release/1.4.0", "A fix for the release")
    world.reletan("tag", "--yes", cwd=ci, check=True)
    assert world.parents("refs/tags/v1.4.0")[1] == fix
    assert pushes(world) == [
        ["heads/release/1.4.0"],
        ["heads/develop", "heads/main", "tags/v1.4.0"],
        ["-heads/release/1.4.0"],
    ]


@pytest.mark.parametrize("command", [["start"], ["tag"]], ids=" ".join)
def test_a_detached_head_stays_where_it_is(world: World, command: list[str]) -> None:
    if command == ["tag"]:
        world.branch("release/1.4.0", "refs/heads/develop")
    world.git("switch", "--quiet", "--detach", "v1.3.0")
    before = world.look("rev-parse", "HEAD")
    world.pull("New on the remote")
    world.reletan(*command, "--yes", env={"CI": "true"}, check=True)
    assert (world.look("rev-parse", "HEAD"), (world.clone / ".git" / "HEAD").read_text().strip()) == (before, before)
    assert world.look("status", "--porcelain") == ""


def test_a_clone_that_knows_the_branch_only_locally_and_late(world: World) -> None:
    """A colleague released it; this clone's left-over branch does not look like an open release."""
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("tag", "--yes", cwd=world.another_clone("yuki"), check=True)
    world.pull("Something new")
    run = world.reletan("start", "1.4.0", "--yes")
    assert (run.code, "1.4.0" in run.err) == (3, True)
    world.reletan("start", "--yes", check=True)
    assert world.branches() == ["develop", "main", "release/1.5.0"]


def test_a_remote_of_another_name(world: World) -> None:
    world.git("remote", "rename", "origin", "upstream")
    world.reletan("start", "--yes", check=True)
    world.reletan("tag", "--yes", check=True)
    assert "v1.4.0" in world.tags()


def test_the_remote_that_is_configured(world: World) -> None:
    world.git("remote", "add", "fork", str(world.folder / "no-such-repository"))
    world.git("config", "gitflow.origin", "origin")
    world.reletan("start", "--yes", check=True)
    assert world.head("release/1.4.0")
