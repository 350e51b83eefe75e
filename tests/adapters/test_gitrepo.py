"""The git gateway against real git: leases, atomic pushes, merges without a work tree, and what is never touched."""

import pytest

from reletan.adapters.gitobjects import Conflict, Merged, Signature
from reletan.adapters.gitparse import PushRefused
from reletan.adapters.gitrepo import GitRepo
from reletan.domain.errors import ReletanError, UsageError
from reletan.domain.plan import RefUpdate
from reletan.sandbox.world import World

WHO = Signature("Hana <hana@example.com> 1767700000 +0900", "Hana <hana@example.com> 1767700000 +0900")


@pytest.fixture
def repo(world: World, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    found = GitRepo(str(world.clone))
    found.remote_url("origin")
    return found


def _head(world: World, branch: str) -> str:
    return str(world.head(branch))


def test_a_push_with_a_stale_lease_moves_nothing(world: World, repo: GitRepo) -> None:
    main, develop = _head(world, "main"), _head(world, "develop")
    updates = [RefUpdate("refs/heads/new", None, develop), RefUpdate("refs/heads/main", develop, develop)]
    with pytest.raises(PushRefused) as refused:
        repo.push("origin", updates)
    assert refused.value.stale
    assert (world.head("new"), world.head("main")) == (None, main)


def test_a_branch_that_must_not_exist_is_not_overwritten(world: World, repo: GitRepo) -> None:
    main = _head(world, "main")
    with pytest.raises(PushRefused) as refused:
        repo.push("origin", [RefUpdate("refs/heads/main", None, _head(world, "develop"))])
    assert refused.value.stale
    assert world.head("main") == main


def test_a_rule_is_no_lost_race(world: World, repo: GitRepo) -> None:
    world.protect("main")
    with pytest.raises(PushRefused, match="rule") as refused:
        repo.push("origin", [RefUpdate("refs/heads/main", _head(world, "main"), _head(world, "develop"))])
    assert not refused.value.stale
    assert any("GH006" in line for line in refused.value.details)


def test_the_same_intent_makes_the_same_objects(world: World, repo: GitRepo) -> None:
    main, develop = _head(world, "main"), _head(world, "develop")
    first, second = (repo.merge(main, develop, "Merge\n", WHO) for _ in range(2))
    assert isinstance(first, Merged)
    assert first == second
    assert (
        world.git("log", "-1", "--format=%P|%an|%ad", "--date=raw", first.commit)
        == f"{main} {develop}|Hana|1767700000 +0900"
    )
    assert repo.make_tag("v9", main, "Nine\n", WHO) == repo.make_tag("v9", main, "Nine\n", WHO)
    assert "v9" not in world.git("tag")


def test_a_conflict_names_its_paths(world: World, repo: GitRepo) -> None:
    world.conflict_between("main", "develop")
    repo.fetch("origin", ["main", "develop"])
    found = repo.merge(_head(world, "main"), _head(world, "develop"), "Merge\n", WHO)
    assert isinstance(found, Conflict)
    assert len(found.paths) == 1


def test_a_local_branch_is_only_moved_forward(world: World, repo: GitRepo) -> None:
    main, develop = _head(world, "main"), _head(world, "develop")
    world.git("branch", "other", main)
    repo.fast_forward("other", develop)
    assert world.git("rev-parse", "other") == develop
    with pytest.raises(ReletanError):
        repo.fast_forward("other", main)
    assert world.git("rev-parse", "other") == develop
    assert world.git("for-each-ref", "refs/reletan") == ""


def test_a_branch_that_is_checked_out_is_not_moved_under_its_feet(world: World, repo: GitRepo) -> None:
    world.commit("develop", "More")
    repo.fetch("origin", ["develop"])
    before = world.git("rev-parse", "develop")
    with pytest.raises(ReletanError):
        repo.fast_forward("develop", _head(world, "develop"))
    assert world.git("rev-parse", "develop") == before


def test_refs_change_together_or_not_at_all(world: World, repo: GitRepo) -> None:
    main, develop = _head(world, "main"), _head(world, "develop")
    with pytest.raises(ReletanError):
        repo.update_refs([("refs/heads/a", main, None), ("refs/heads/b", main, develop)])
    assert world.git("branch", "--list", "a", "b") == ""
    repo.update_refs([("refs/heads/a", main, None), ("refs/heads/b", develop, "")])
    assert world.git("rev-parse", "a", "b").split() == [main, develop]


def test_a_fetch_brings_no_tags_and_prunes_nothing(world: World, repo: GitRepo) -> None:
    world.git("tag", "mine")
    world.tag("v9.9.9", "refs/heads/main")
    world.commit("develop", "More")
    repo.fetch("origin", ["develop"])
    assert set(world.git("tag").split()) == {"mine", "v1.3.0"}
    assert world.git("rev-parse", "origin/develop") == world.head("develop")


@pytest.mark.parametrize("url", ["ext::sh -c id", "gopher://h/x", "git://h/x"])
def test_other_transports_are_refused(world: World, repo: GitRepo, url: str) -> None:
    world.git("config", "remote.origin.url", url)
    with pytest.raises(UsageError, match="transport"):
        GitRepo(str(world.clone)).remote_url("origin")


def test_a_setting_is_set_and_removed(world: World, repo: GitRepo) -> None:
    repo.set_config("gitflow.branch.release/1.4.0.base", "develop")
    assert repo.setting("gitflow.branch.release/1.4.0.base") == "develop"
    repo.set_config("gitflow.branch.release/1.4.0.base", None)
    repo.set_config("gitflow.branch.release/1.4.0.base", None)
    assert repo.setting("gitflow.branch.release/1.4.0.base") is None
