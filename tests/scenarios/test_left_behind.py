"""What others did meanwhile, and what git-flow left in one clone: never released twice, never by accident."""

from pathlib import Path

import pytest
from listings import codes, listed, numbers

from reletan.sandbox.world import World


def _status(world: World, where: Path | None = None) -> dict[str, object]:
    return dict(world.reletan("status", "--json", cwd=where, check=True).json)


def test_a_release_that_somebody_aborted_is_not_tagged(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    yuki = world.another_clone("yuki")
    world.reletan("abort", "--yes", cwd=yuki, check=True)
    before = world.head("main")
    run = world.reletan("tag", "--yes")
    assert run.code == 3, run
    assert "no longer on origin" in run.err
    assert (world.head("main"), world.tags().get("v1.4.0")) == (before, None)


def test_a_merged_release_is_tagged_and_not_published_again(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    world.commit("release/1.4.0", "Polish", {"polish.txt": "1\n"})
    number = world.open_pull("Release 1.4.0", branch="release/1.4.0", base="main", commits=0)
    world.merge_pull(number)
    assert "release/1.4.0" not in world.branches()
    status = _status(world)
    assert [entry["state"] for entry in status["open"]] == ["merged, not tagged"]  # type: ignore[attr-defined]
    assert status["next"] == "reletan tag 1.4.0"
    for words in (["1.4.0"], []):
        run = world.reletan("start", *words, "--yes")
        assert (run.code, "reletan tag 1.4.0" in run.err) == (3, True)
    assert "release/1.4.0" not in world.branches()


def test_what_a_squashed_release_had_is_not_new(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    world.commit("release/1.4.0", "Bump", {"VERSION": "1.4.0\n"})
    number = world.open_pull("Release 1.4.0", branch="release/1.4.0", base="main", commits=0)
    world.commit("main", f"Release 1.4.0 (#{number})", {"VERSION": "1.4.0\n"}, body="* Add this\n\n* Bump")
    world.tag("v1.4.0", "refs/heads/main")
    world.delete_branch("release/1.4.0")
    later = world.pull("Something later")
    for where in (None, world.another_clone("yuki")):
        found = listed(world, cwd=where)
        assert numbers(found) == [later]
        assert codes(found) == ["not-merged-back"]


def test_what_git_flow_finished_in_this_clone_only_is_said(world: World, git_flow: None) -> None:
    world.reletan("init", "--defaults", "--yes", check=True)
    world.git("add", ".")
    world.git("commit", "-qm", "Set up")
    world.git("push", "-q", "origin", "develop")
    world.reletan("start", "1.4.0", "--yes", "--switch", check=True)
    world.git("flow", "release", "finish", "-m", "Release", "1.4.0")
    publish = "git push --atomic origin main develop v1.4.0"
    for command in ("tag", "start"):
        run = world.reletan(command, "--yes")
        assert (run.code, publish in run.err) == (3, True), run
    assert publish in str(_status(world)["next"])


def test_a_clone_without_tags_proposes_nothing_offline(world: World) -> None:
    bare = world.another_clone("yuki", "--no-tags")
    found = listed(world, "--offline", cwd=bare)
    assert (found["suggested_version"], found["complete"], codes(found)) == (None, False, ["no-tags"])
    assert listed(world, cwd=bare)["since"] == "v1.3.0"


@pytest.mark.parametrize("option", ["--offline", "--no-fetch"])
def test_a_clone_that_fetched_without_tags_says_what_may_be_missing(started: World, option: str) -> None:
    started.reletan("tag", "--yes", cwd=started.another_clone("yuki"), check=True)
    assert codes(listed(started, option)) == []
    started.git("fetch", "--quiet", "--no-tags")
    found = listed(started, option)
    assert (found["suggested_version"], found["complete"], codes(found)) == (None, False, ["old-tags"])
    assert "so releases after v1.3.0 may be missing" in found["warnings"][0]["message"]
    assert listed(started)["since"] == "v1.4.0"


def test_a_released_range_proposes_no_version(big_world: World) -> None:
    assert listed(big_world, "--since", "v1.2.0", "--until", "v1.3.0")["suggested_version"] is None


def test_whoever_began_the_branch_is_named(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    (entry,) = _status(world)["open"]  # type: ignore[misc]
    assert entry["by"] == world.git("config", "user.name")
    elsewhere = _status(world, world.another_clone("yuki"))["open"][0]  # type: ignore[index]
    assert (elsewhere["since"], elsewhere["by"]) == (None, None)
