"""Refs, tags, branches and their rules, by REST."""

import pytest
from asking import API, Asked, get

from reletan.sandbox.github.model import Protection
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World


def test_refs_are_made_moved_and_deleted_by_their_rules(world: World) -> None:
    main, develop = world.head("main"), world.head("develop")
    old = world.parents("refs/heads/main")[0]
    made = Asked(world, "POST", "/git/refs", {"ref": "refs/heads/hotfix/1.3.1", "sha": old})
    assert (made.status, made.body["object"]["sha"]) == (201, old)
    ref = "/git/refs/heads/hotfix/1.3.1"
    assert Asked(world, "POST", "/git/refs", {"ref": "refs/heads/hotfix/1.3.1", "sha": main}).error == (
        422,
        "Reference already exists",
    )
    assert Asked(world, "POST", "/git/refs", {"ref": "refs/tags/v9", "sha": "1" * 40}).status == 422
    assert Asked(world, "PATCH", ref, {"sha": develop}).body["object"]["sha"] == develop
    assert Asked(world, "PATCH", ref, {"sha": old}).error == (422, "Update is not a fast forward")
    assert Asked(world, "PATCH", ref, {"sha": old, "force": True}).status == 200
    world.protect_branch("hotfix/1.3.1", Protection(approvals=1))
    assert Asked(world, "DELETE", ref).error == (422, "Cannot delete this branch")
    world.unprotect_branch("hotfix/1.3.1")
    assert Asked(world, "DELETE", ref).status == 204
    assert world.head("hotfix/1.3.1") is None


def test_an_annotated_tag_is_made_in_two_requests(world: World) -> None:
    new = {"tag": "v2", "message": "Two\n\nAt last\n", "object": world.head("main"), "type": "commit"}
    tag = Asked(world, "POST", "/git/tags", {**new, "tagger": {"name": "Hana", "email": "hana@example.com"}}).body
    assert "v2" not in world.tags()
    Asked(world, "POST", "/git/refs", {"ref": "refs/tags/v2", "sha": tag["sha"]})
    assert world.tags()["v2"] == world.head("main")
    assert get(world, "/git/ref/tags/v2")["object"] == {
        "sha": tag["sha"],
        "type": "tag",
        "url": f"{API}/repos/acme/shop/git/tags/{tag['sha']}",
    }
    assert world.git("tag", "-l", "--format=%(contents)", "v2", cwd=world.origin).strip() == "Two\n\nAt last"


def test_comparing(world: World) -> None:
    world.branch("early", world.parents("refs/heads/main")[0])
    states = {
        pair: (found["status"], found["ahead_by"], found["behind_by"])
        for pair in ("main...develop", "develop...main", "main...main", "early...main")
        for found in [get(world, f"/compare/{pair}")]
    }
    assert states["main...main"] == ("identical", 0, 0)
    assert (states["main...develop"][0], states["develop...main"][0]) == ("ahead", "behind")
    assert states["main...develop"][1] == states["develop...main"][2] > 3
    world.commit("early", "Elsewhere")
    assert get(world, "/compare/main...early")["status"] == "diverged"


def test_branches_show_their_rules_and_rulesets_are_told_apart(world: World) -> None:
    rules = {
        "required_status_checks": {"strict": True, "contexts": ["ci"]},
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 2, "dismiss_stale_reviews": True},
        "restrictions": None,
        "required_linear_history": True,
    }
    assert get(world, "/branches/main")["protected"] is False
    assert Asked(world, "GET", "/branches/main/protection").error == (404, "Branch not protected")
    assert Asked(world, "PUT", "/branches/main/protection", rules).status == 200
    shown = get(world, "/branches/main/protection")
    assert shown["required_status_checks"]["contexts"] == ["ci"]
    assert shown["required_pull_request_reviews"]["required_approving_review_count"] == 2
    assert Asked(world, "GET", "/branches/main/protection", login="yuki").error == (404, "Not Found")
    assert (get(world, "/branches/main", "yuki")["protected"], get(world, "/rules/branches/main")) == (True, [])
    with pytest.raises(WorldError, match="GH006"):
        world.push_to("main", "develop")
    assert Asked(world, "DELETE", "/branches/main/protection").status == 204
    world.push_to("main", "develop")


def test_a_ruleset_is_told_to_everybody(world: World) -> None:
    world.protect_branch("main", Protection(approvals=2, checks=("ci",), linear=True, queue=True, by_ruleset=True))
    told = get(world, "/rules/branches/main", "yuki")
    kinds = [
        "pull_request",
        "required_status_checks",
        "required_linear_history",
        "deletion",
        "non_fast_forward",
        "merge_queue",
    ]
    assert [rule["type"] for rule in told] == kinds
    assert told[0]["parameters"]["required_approving_review_count"] == 2
    assert (get(world, "/branches/main")["protected"], Asked(world, "GET", "/branches/main/protection").status) == (
        False,
        404,
    )


def test_merging_one_branch_into_another(world: World) -> None:
    main, develop = world.head("main"), world.head("develop")
    merged = Asked(world, "POST", "/merges", {"base": "main", "head": "develop", "commit_message": "Release"})
    assert (merged.status, [one["sha"] for one in merged.body["parents"]]) == (201, [main, develop])
    assert world.subject("refs/heads/main") == "Release"
    assert Asked(world, "POST", "/merges", {"base": "main", "head": "develop"}).status == 204
    world.conflict_between("main", "develop")
    assert Asked(world, "POST", "/merges", {"base": "main", "head": "develop"}).error == (409, "Merge conflict")
    world.protect_branch("main", Protection(linear=True, admins=True))
    assert Asked(world, "POST", "/merges", {"base": "main", "head": "develop"}).error == (
        409,
        "This branch must not contain merge commits.",
    )
