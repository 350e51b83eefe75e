"""`reletan status` names a next step that works, also where a person has something to do before reletan has."""

from typing import Any

import pytest

from reletan.sandbox.world import World


def status(world: World, *args: str) -> Any:
    return world.reletan("status", "--json", *args, check=True).json


class TestAHotfixThatTheOpenReleaseConflictsWith:
    @pytest.fixture
    def conflicting(self, started: World) -> World:
        started.commit("release/1.4.0", "Bump the version", {"VERSION": "1.4.0\n"})
        started.reletan("start", "hotfix", "--yes", check=True)
        started.commit("hotfix/1.3.1", "Mend what hurts", {"VERSION": "1.3.1\n"})
        assert started.reletan("tag", "1.3.1", "--yes").code == 5
        return started

    def test_what_lacks_it_is_named_and_comes_before_the_release(self, conflicting: World) -> None:
        found = status(conflicting)
        step = (
            "merge backmerge/1.3.1_into_release-1.4.0 into release/1.4.0 by a pull request, then reletan resume 1.3.1"
        )
        assert [(one["version"], one["state"], one["next"]) for one in found["open"]] == [
            ("1.3.1", "released, not merged back into release/1.4.0", step),
            ("1.4.0", "open", "reletan tag 1.4.0"),
        ]
        assert found["next"] == step
        assert "interrupted" not in (out := conflicting.reletan("status", check=True).out)
        assert "unfinished" not in out

    def test_a_hotfix_waits_for_nothing(self, conflicting: World) -> None:
        conflicting.branch("hotfix/1.3.2", "refs/heads/main")
        conflicting.commit("hotfix/1.3.2", "Mend the mending")
        assert status(conflicting)["next"] == "reletan tag 1.3.2"


def test_a_hotfix_without_its_fix(world: World) -> None:
    world.reletan("start", "hotfix", "--yes", check=True)
    assert status(world)["next"] == "commit the fix on hotfix/1.3.1 and push it"
    world.git("switch", "--quiet", "hotfix/1.3.1")
    world.git("commit", "--quiet", "--allow-empty", "-m", "Mend what hurts")
    step = status(world)["next"]
    assert step == "1 commit is only in this clone: git push origin hotfix/1.3.1"
    world.git(*step.partition(": git ")[2].split())
    assert status(world)["next"] == "reletan tag 1.3.1"


def test_a_release_that_a_later_one_contains(started: World) -> None:
    started.commit("develop", "More")
    started.branch("release/1.5.0", "refs/heads/develop")
    started.reletan("tag", "1.5.0", "--yes", check=True)
    step = status(started)["next"]
    assert step == "reletan abort 1.4.0"
    started.reletan(*step.split()[1:], "--yes", check=True)
    assert status(started)["open"] == []


def test_commits_here_and_others_there(started: World) -> None:
    started.git("switch", "--quiet", "release/1.4.0")
    started.git("commit", "--quiet", "--allow-empty", "-m", "Here")
    started.commit("release/1.4.0", "There")
    step = status(started)["next"]
    assert step.startswith("1 commit is only in this clone: git switch release/1.4.0 && git pull --rebase origin")
    refused = started.reletan("tag", "--yes")
    assert f"push them: {step.partition(': ')[2]} (or drop them)" in refused.err
    for command in step.partition(": ")[2].split(" && "):
        started.git(*command.split()[1:])
    assert status(started)["next"] == "reletan tag 1.4.0"


def test_without_a_remote(world: World) -> None:
    world.git("remote", "remove", "origin")
    assert status(world)["next"] == "git remote add origin URL"


@pytest.mark.parametrize("option", ["--offline", "--no-fetch"])
def test_a_tag_that_this_clone_was_not_told(started: World, option: str) -> None:
    other = started.another_clone("yuki")
    started.git("fetch", "--quiet")
    started.reletan("tag", "--yes", cwd=other, check=True)
    started.git("fetch", "--quiet", "--no-tags", "--prune")
    (entry,) = (found := status(started, option))["open"]
    assert entry["state"] == "merged; whether it is tagged, this clone does not know"
    assert found["next"] == "reletan status"
    assert status(started)["next"] == "nothing: everything is released"
