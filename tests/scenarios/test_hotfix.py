"""Hotfixes: from production, back into development and into an open release, and never held up by a conflict there."""

import pytest
from witness import lasting, local_head, pushes, record_pushes

from reletan.sandbox.world import World


@pytest.fixture
def hotfix(world: World) -> World:
    """hotfix/1.3.1 is open and mends VERSION on production."""
    world.reletan("start", "hotfix", "--yes", check=True)
    world.commit("hotfix/1.3.1", "Mend what hurts", {"VERSION": "1.3.1\n"})
    return world


def test_a_hotfix_goes_to_production_and_back(hotfix: World) -> None:
    production, development, head = hotfix.head("main"), hotfix.head("develop"), hotfix.head("hotfix/1.3.1")
    record_pushes(hotfix)
    hotfix.reletan("tag", "--yes", check=True)
    assert hotfix.parents(hotfix.tags()["v1.3.1"]) == [production, head]
    assert hotfix.parents("refs/heads/develop") == [development, hotfix.tags()["v1.3.1"]]
    assert pushes(hotfix) == [["heads/develop", "heads/main", "tags/v1.3.1"], ["-heads/hotfix/1.3.1"]]
    assert hotfix.look("cat-file", "tag", "v1.3.1", cwd=hotfix.origin).endswith("\nHotfix 1.3.1")


@pytest.mark.parametrize("checked_out", [True, False])
def test_an_open_release_gets_it_in_the_same_push(hotfix: World, checked_out: bool) -> None:
    hotfix.reletan("start", "1.4.0", "--yes", *(["--switch"] if checked_out else []), check=True)
    head = hotfix.commit("release/1.4.0", "A fix for the release")
    record_pushes(hotfix)
    hotfix.reletan("tag", "1.3.1", "--yes", check=True)
    assert hotfix.parents("refs/heads/release/1.4.0") == [head, hotfix.tags()["v1.3.1"]]
    assert hotfix.subject("refs/heads/release/1.4.0") == "Merge tag 'v1.3.1' into release/1.4.0"
    assert pushes(hotfix)[0] == ["heads/develop", "heads/main", "heads/release/1.4.0", "tags/v1.3.1"]
    assert local_head(hotfix, "release/1.4.0") == hotfix.head("release/1.4.0")
    assert hotfix.look("status", "--porcelain") == ""


def test_the_release_that_got_it_is_released_after_it(hotfix: World) -> None:
    hotfix.reletan("start", "1.4.0", "--yes", check=True)
    hotfix.reletan("tag", "1.3.1", "--yes", check=True)
    hotfix.reletan("tag", "1.4.0", "--yes", check=True)
    assert hotfix.read("main", "VERSION") == "1.3.1\n"
    assert hotfix.branches() == ["develop", "main"]


class TestAConflictWithDevelopment:
    """It becomes a pull request's branch in the same push; the release is public, and a re-run cleans up."""

    @pytest.fixture
    def conflicting(self, hotfix: World) -> World:
        hotfix.commit("develop", "Another idea", {"VERSION": "as develop wants it\n"})
        return hotfix

    def test_it_goes_out_all_the_same(self, conflicting: World) -> None:
        development = conflicting.head("develop")
        record_pushes(conflicting)
        run = conflicting.reletan("tag", "--yes")
        assert (run.code, "backmerge/1.3.1 into develop" in run.err, "VERSION" in run.err) == (5, True, True)
        assert conflicting.head("backmerge/1.3.1") == conflicting.tags()["v1.3.1"] == conflicting.head("main")
        assert conflicting.head("develop") == development
        assert pushes(conflicting)[0] == ["heads/backmerge/1.3.1", "heads/main", "tags/v1.3.1"]

    def test_the_plan_says_so_before(self, conflicting: World) -> None:
        before = lasting(conflicting)
        shown = conflicting.reletan("tag", "--dry-run", check=True)
        assert "branch backmerge/1.3.1  new ->" in shown.err
        assert "then people: develop does not have v1.3.1 yet" in shown.err
        assert lasting(conflicting) == before

    def test_another_run_waits(self, conflicting: World) -> None:
        conflicting.reletan("tag", "--yes")
        before = lasting(conflicting)
        assert conflicting.reletan("tag", "1.3.1", "--yes").code == 5
        assert conflicting.reletan("resume", "--yes").code == 5
        assert lasting(conflicting) == before

    @pytest.mark.parametrize("from_another_clone", [True, False])
    def test_after_the_merge_resume_cleans_up(self, conflicting: World, from_another_clone: bool) -> None:
        conflicting.reletan("tag", "--yes")
        resolve(conflicting, into="develop")
        clone = conflicting.another_clone("yuki") if from_another_clone else None
        conflicting.reletan("resume", "--yes", cwd=clone, check=True)
        assert conflicting.branches() == ["develop", "main"]
        assert "nothing to resume" in conflicting.reletan("resume", "--yes", cwd=clone, check=True).err

    def test_a_back_merge_branch_with_more_is_not_deleted(self, conflicting: World) -> None:
        conflicting.reletan("tag", "--yes")
        resolve(conflicting, into="develop")
        late = conflicting.commit("backmerge/1.3.1", "After it was merged")
        conflicting.reletan("resume", "1.3.1", "--yes", check=True)
        assert conflicting.head("backmerge/1.3.1") == late

    def test_an_open_release_is_merged_all_the_same(self, conflicting: World) -> None:
        conflicting.branch("release/1.4.0", "refs/heads/develop~1")
        assert conflicting.reletan("tag", "1.3.1", "--yes").code == 5
        assert conflicting.tags()["v1.3.1"] in conflicting.parents("refs/heads/release/1.4.0")


def resolve(world: World, into: str) -> None:
    """Somebody merges the back-merge branch by hand: a plain commit that ends the conflict."""
    world.git("fetch", "--quiet")
    world.git("switch", "--quiet", "--detach", f"origin/{into}")
    world.git(
        "-c", "rerere.enabled=false", "merge", "--quiet", "--strategy=ours", "--no-edit", "origin/backmerge/1.3.1"
    )
    world.push_to(into)
    world.git("switch", "--quiet", "develop")


def test_a_conflict_with_production_stops(hotfix: World) -> None:
    hotfix.commit("main", "Straight on production", {"VERSION": "as main wants it\n"}, author="Marta")
    before = lasting(hotfix)
    run = hotfix.reletan("tag", "--yes")
    assert run.code == 3
    assert "Merging into main conflicts" in run.err
    assert "VERSION" in run.err
    assert "Marta" in run.err
    assert "git merge origin/main\n  git push origin hotfix/1.3.1" in run.err
    assert lasting(hotfix) == before


def test_a_kept_branch_of_a_released_version_is_not_open(hotfix: World) -> None:
    hotfix.reletan("start", "1.4.0", "--yes", check=True)
    hotfix.reletan("tag", "1.4.0", "--keep-branch", "--yes", check=True)
    kept = hotfix.head("release/1.4.0")
    hotfix.reletan("abort", "1.3.1", "--yes")
    hotfix.pull("For the next release")
    hotfix.reletan("start", "--yes", check=True)
    hotfix.reletan("start", "hotfix", "1.4.1", "--yes", check=True)
    hotfix.commit("hotfix/1.4.1", "Mend something else")
    hotfix.reletan("tag", "1.4.1", "--yes", check=True)
    assert hotfix.head("release/1.4.0") == kept
    assert hotfix.tags()["v1.4.1"] in hotfix.parents("refs/heads/release/1.5.0")
