"""What rules refuse, whom they let past, and how they are told: for pushes, REST and the button alike."""

import pytest
from asking import Asked, get
from github_world import ask, ask_graphql

from reletan.sandbox.github import merging
from reletan.sandbox.github.model import Protection
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

REVIEWED = Protection(approvals=1)
BUILT = Protection(checks=("build",))
BUILT_AND_LINTED = Protection(checks=("build", "lint", "docs"))

PUSHES: list[tuple[str, Protection, list[str]]] = [
    ("reviews", REVIEWED, ["GH006: Protected branch update failed for refs/heads/release/1.4.0.",
                           "- Changes must be made through a pull request."]),
    ("a check", BUILT, ["GH006", '- Required status check "build" is expected.']),
    ("checks", BUILT_AND_LINTED, ["GH006", "- 3 of 3 required status checks are expected."]),
    ("a straight history", Protection(linear=True), ["GH006", "- This branch must not contain merge commits."]),
    ("a pull request, without any approval", Protection(pull_request=True),
     ["GH006", "- Changes must be made through a pull request."]),
    ("a queue", Protection(queue=True), ["GH006", "- Changes must be made through the merge queue"]),
    ("a ruleset", Protection(approvals=1, by_ruleset=True),
     ["GH013: Repository rule violations found for refs/heads/release/1.4.0."]),
]  # fmt: skip


@pytest.mark.parametrize(("protection", "said"), [row[1:] for row in PUSHES], ids=[row[0] for row in PUSHES])
def test_a_protected_branch_refuses_pushes(world: World, protection: Protection, said: list[str]) -> None:
    world.branch("release/1.4.0", "refs/heads/main")
    world.protect_branch("release/1.4.0", protection)
    world.push_to("another", "develop")
    with pytest.raises(WorldError) as refused:
        world.push_to("release/1.4.0", "develop")
    assert [words for words in said if words not in str(refused.value)] == []
    world.unprotect_branch("release/1.4.0")
    world.push_to("release/1.4.0", "develop")


def test_rules_that_ask_for_nothing_let_pushes_in(world: World) -> None:
    world.protect_branch("main", Protection(strict=True, admins=True))
    world.push_to("main", "develop")
    assert world.head("main") == world.head("develop")


def test_the_button_merges_into_a_protected_branch(world: World) -> None:
    number = world.open_pull("Sell at night")
    world.protect_branch("develop", REVIEWED)
    world.approve(number)
    merged = merging.merge(world, world.pulls[number], sha=None, method="merge", title=None, body=None, login="yuki")
    assert merged == world.head("develop")


def test_protecting_one_branch_leaves_the_rules_of_another(world: World) -> None:
    world.protect_branch("main", REVIEWED)
    world.protect_branch("develop", BUILT)
    world.unprotect_branch("develop")
    with pytest.raises(WorldError, match="GH006"):
        world.push_to("main", "develop")


# what a push does


@pytest.fixture
def laptop(world: World) -> World:
    """A plain commit on top of develop, not pushed yet."""
    world.git("fetch", "--quiet")
    world.git("switch", "--quiet", "--detach", "origin/develop")
    world.git("commit", "--quiet", "--allow-empty", "-m", "Plain")
    return world


def test_a_straight_history_takes_plain_commits(laptop: World) -> None:
    laptop.protect_branch("develop", Protection(linear=True))
    laptop.push_to("develop")
    assert laptop.subject("refs/heads/develop") == "Plain"


def test_a_commit_that_is_green_already_may_be_pushed(laptop: World) -> None:
    laptop.protect_branch("develop", BUILT_AND_LINTED)
    sha = laptop.git("rev-parse", "HEAD")
    laptop.check("build", "success", sha)
    laptop.check("lint", "failure", sha)
    with pytest.raises(
        WorldError, match="- 2 of 3 required status checks have not succeeded: 1 failing and 1 expected"
    ):
        laptop.push_to("develop")
    laptop.check("lint", "success", sha)
    laptop.status("docs", "success", sha)
    laptop.push_to("develop")
    assert laptop.head("develop") == sha


@pytest.mark.parametrize(
    ("refspec", "said"),
    [
        ("+HEAD~1:refs/heads/develop", "Cannot force-push to this branch"),
        (":refs/heads/develop", "Cannot delete this branch"),
    ],
)
def test_a_protected_branch_is_not_forced_or_deleted_unless_it_may_be(laptop: World, refspec: str, said: str) -> None:
    laptop.push_to("develop")
    laptop.settings.default_branch = "main"
    laptop.protect_branch("develop", Protection())
    with pytest.raises(WorldError, match=said):
        laptop.git("push", "--quiet", "origin", refspec)
    laptop.protect_branch("develop", Protection(force_pushes=True, deletions=True))
    laptop.git("push", "--quiet", "origin", refspec)


def test_a_pattern_means_each_branch_that_fits_and_a_name_goes_first(laptop: World) -> None:
    laptop.protect_branch("release/*", Protection(pull_request=True, creations=False))
    laptop.protect_branch("release/1.5.0", Protection())
    with pytest.raises(WorldError, match="Cannot create ref due to creations being restricted"):
        laptop.push_to("release/1.4.0")
    laptop.push_to("release/1.5.0")
    laptop.push_to("release/1.4/fix")
    assert (get(laptop, "/branches/release/1.5.0")["protected"], get(laptop, "/branches/release/1.4/fix")["protected"]) == (
        True, False,
    )  # fmt: skip


def test_a_branch_that_classic_protection_waits_for_may_be_made(laptop: World) -> None:
    laptop.protect_branch("release/*", REVIEWED)
    laptop.push_to("release/1.4.0")
    laptop.git("commit", "--quiet", "--allow-empty", "-m", "More")
    with pytest.raises(WorldError, match="Changes must be made through a pull request"):
        laptop.push_to("release/1.4.0")


# tags


def test_a_tag_ruleset_is_found_only_by_trying(laptop: World) -> None:
    laptop.protect_tags("v*")
    with pytest.raises(WorldError, match=r"GH013: Repository rule violations found for refs/tags/v1\.4\.0"):
        laptop.git("push", "--quiet", "origin", "HEAD:refs/tags/v1.4.0")
    for refspec in (":refs/tags/v1.3.0", "+HEAD:refs/tags/v1.3.0"):
        with pytest.raises(WorldError, match="GH013"):
            laptop.git("push", "--quiet", "origin", refspec)
    laptop.git("push", "--quiet", "origin", "HEAD:refs/tags/other")
    assert get(laptop, "/rules/branches/main") == []
    words = "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n"
    new = {"ref": "refs/tags/v1.4.0", "sha": laptop.head("main")}
    assert Asked(laptop, "POST", "/git/refs", new).error == (422, words)
    released = Asked(laptop, "POST", "/releases", {"tag_name": "v1.4.0", "target_commitish": "main"})
    assert (released.status, released.body["errors"][0]["message"]) == (422, f"pre_receive {words}")
    assert set(laptop.tags()) == {"v1.3.0", "other"}


def test_who_may_bypass_a_tag_ruleset_makes_the_tag(world: World) -> None:
    world.protect_tags("v*", bypass=("yuki",))
    new = {"ref": "refs/tags/v1.4.0", "sha": world.head("main")}
    assert [Asked(world, "POST", "/git/refs", new, login=login).status for login in ("hana", "yuki")] == [422, 201]


# who gets past


def past(world: World, protection: Protection, login: str) -> tuple[int, int, int]:
    """What merging by the button, moving the ref and merging branches answer."""
    number = world.open_pull("Sell at night")
    world.branch("other", "refs/heads/develop")
    later = world.commit("other", "Later")
    world.branch("third", "refs/heads/develop")
    world.commit("third", "Even later")
    world.protect_branch("develop", protection)
    return (
        Asked(world, "PATCH", "/git/refs/heads/develop", {"sha": later}, login=login).status,
        Asked(world, "POST", "/merges", {"base": "develop", "head": "third"}, login=login).status,
        Asked(world, "PUT", f"/pulls/{number}/merge", login=login).status,
    )


@pytest.mark.parametrize(
    ("protection", "login", "statuses"),
    [
        (REVIEWED, "hana", (200, 201, 200)),
        (REVIEWED, "yuki", (422, 409, 405)),
        (Protection(approvals=1, admins=True), "hana", (422, 409, 405)),
        (Protection(approvals=1, by_ruleset=True), "hana", (422, 409, 405)),
        (Protection(approvals=1, by_ruleset=True, bypass=("yuki",)), "yuki", (200, 201, 200)),
        (Protection(queue=True, by_ruleset=True), "hana", (422, 409, 405)),
    ],
    ids=[
        "an administrator",
        "another",
        "with administrators",
        "a ruleset",
        "a bypass of a ruleset",
        "a queue by ruleset",
    ],
)
def test_who_gets_past_rules_does_so_everywhere(
    world: World, protection: Protection, login: str, statuses: tuple[int, int, int]
) -> None:
    assert past(world, protection, login) == statuses


def test_who_is_administrator_pushes_past_the_rules(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.protect_branch("main", REVIEWED)
    world.push_to("main", "origin/develop")
    assert world.head("main") == world.head("develop")
    with pytest.raises(WorldError, match="Cannot force-push to this branch"):
        world.git("push", "--quiet", "--force", "origin", "main:main")
    world.git("switch", "--quiet", "--detach", "origin/main")
    world.git("commit", "--quiet", "--allow-empty", "-m", "More")
    world.permissions["hana"] = "write"
    with pytest.raises(WorldError, match="GH006"):
        world.push_to("main")


def test_a_ruleset_holds_for_the_push_of_an_administrator(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.protect_branch("main", Protection(pull_request=True, by_ruleset=True))
    with pytest.raises(WorldError, match="GH013"):
        world.push_to("main", "origin/develop")


# how they are told


def test_a_pull_request_without_approvals_is_asked_for_and_told(laptop: World) -> None:
    rules = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 0},
        "restrictions": None,
        "allow_force_pushes": True,
    }
    told = Asked(laptop, "PUT", "/branches/develop/protection", rules).body
    assert told["required_pull_request_reviews"]["required_approving_review_count"] == 0
    assert (told["allow_force_pushes"]["enabled"], told["allow_deletions"]["enabled"]) == (True, False)
    with pytest.raises(WorldError, match="Changes must be made through a pull request"):
        laptop.push_to("develop", "HEAD")
    assert Asked(laptop, "PUT", f"/pulls/{laptop.open_pull('Sell at night')}/merge").status == 200


def test_a_ruleset_for_a_pattern_is_told_for_each_branch(world: World) -> None:
    world.protect_branch("release/*", Protection(pull_request=True, by_ruleset=True, deletions=True, creations=False))
    assert [rule["type"] for rule in get(world, "/rules/branches/release/1.4.0")] == [
        "pull_request", "creation", "non_fast_forward",
    ]  # fmt: skip
    assert get(world, "/rules/branches/main") == []


def test_graphql_tells_the_same_protection(small_hub_world: World) -> None:
    world = small_hub_world
    world.protect_branch("main", Protection(pull_request=True, force_pushes=True))
    asked = "requiresApprovingReviews requiredApprovingReviewCount allowsForcePushes allowsDeletions"
    query = f'{{ repository(owner: "acme", name: "shop") {{ ref(qualifiedName: "main") {{ branchProtectionRule {{ {asked} }} }} }} }}'
    assert ask_graphql(world, query).json["data"]["repository"]["ref"]["branchProtectionRule"] == {
        "requiresApprovingReviews": True,
        "requiredApprovingReviewCount": 0,
        "allowsForcePushes": True,
        "allowsDeletions": False,
    }


def test_protecting_by_a_message_and_by_rules_go_together(laptop: World) -> None:
    laptop.protect("main", message="GH999: Not today")
    laptop.protect_branch("develop", REVIEWED)
    with pytest.raises(WorldError, match=r"error: GH999: Not today for refs/heads/main\."):
        laptop.push_to("main", "HEAD")
    with pytest.raises(WorldError, match="GH006"):
        laptop.push_to("develop", "HEAD")


# who belongs to the team


def test_who_may_only_read_opens_no_pull_request_from_our_branches(small_hub_world: World) -> None:
    world = small_hub_world
    world.tokens["token-of-zoe"] = "zoe"
    world.branch("night", "refs/heads/develop")
    world.commit("night", "Open late")
    new = {"title": "Mine", "head": "night", "base": "develop"}
    [zoe] = [token for token, login in world.tokens.items() if login == "zoe"]
    assert ask(world, "POST", "/repos/acme/shop/pulls", new, token=zoe).status == 403
    assert (world.may("zoe"), world.last_number) == ("read", 3)


def test_the_team_belongs_to_a_new_repository_from_the_start(empty_world: World) -> None:
    empty_world.found()
    empty_world.unknown_reads = 0
    empty_world.protect_branch("develop", Protection(approvals=1, admins=True))
    number = empty_world.open_pull("Sell at night")
    empty_world.approve(number)
    assert merging.mergeable_state(empty_world, empty_world.pulls[number]) == "clean"
    empty_world.open_pull("Mine", author="Zoe")
    assert empty_world.may("zoe") == "read"


# rulesets by themselves


def test_rulesets_are_listed_by_what_they_are_for(world: World) -> None:
    world.protect_branch("main", REVIEWED)
    world.protect_branch("release/*", Protection(pull_request=True, by_ruleset=True))
    world.protect_tags("v*", bypass=("yuki",))
    assert {one["name"]: one["target"] for one in get(world, "/rulesets")} == {
        "Protect release/*": "branch",
        "Protect v*": "tag",
    }
    [tags] = get(world, "/rulesets", targets="tag")
    assert [get(world, f"/rulesets/{tags['id']}", login)["current_user_can_bypass"] for login in ("hana", "yuki")] == [
        "never", "always",
    ]  # fmt: skip
    shown = get(world, f"/rulesets/{tags['id']}")
    assert shown["conditions"]["ref_name"]["include"] == ["refs/tags/v*"]
    assert [rule["type"] for rule in shown["rules"]] == ["creation", "deletion", "non_fast_forward"]


@pytest.mark.parametrize(
    ("by_ruleset", "said"), [(False, "Cannot change this locked branch"), (True, "Cannot update this protected ref")]
)
def test_a_locked_branch_takes_no_changes(laptop: World, by_ruleset: bool, said: str) -> None:
    number = laptop.open_pull("Sell at night")
    laptop.protect_branch("develop", Protection(locked=True, admins=True, by_ruleset=by_ruleset))
    with pytest.raises(WorldError, match=said):
        laptop.push_to("develop")
    merged = Asked(laptop, "PUT", f"/pulls/{number}/merge")
    assert (merged.status, said in merged.body["message"]) == (405, True)
    kinds = [rule["type"] for rule in get(laptop, "/rules/branches/develop")]
    locked = not by_ruleset and get(laptop, "/branches/develop/protection")["lock_branch"]["enabled"]
    assert ("update" in kinds, locked) == (by_ruleset, not by_ruleset)
