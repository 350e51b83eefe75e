"""What GitHub's rules ask of a branch or a tag, read from the sandbox."""

import json
from typing import Any

import pytest
from hubs import Waits, way_to

from reletan.adapters.hub import Hub
from reletan.adapters.hubreply import HubError
from reletan.adapters.hubrules import rules_of, tag_rules
from reletan.domain.errors import Unauthorized
from reletan.domain.protection import BranchRules
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.model import Protection
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.world import World

RULES, PROTECTION, RULESETS = "/repos/*/rules/branches/*", "/repos/*/branches/*/protection", "/repos/*/rulesets"
OPEN = BranchRules(
    protected=False,
    requires_pull_request=False,
    approvals=0,
    checks=(),
    linear_history=False,
    methods=("merge", "squash", "rebase"),
    locked=False,
    queue=False,
    others=(),
    push_allowed=True,
    deletes_heads=False,
)


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


@pytest.fixture
def writer(small_hub_world: World, waits: Waits) -> Hub:
    """Somebody who may write, and not administrate."""
    small_hub_world.tokens["writer"] = "yuki"
    return way_to(small_hub_world, waits, "writer")


def seen(rules: BranchRules) -> dict[str, Any]:
    """What differs from a branch without rules."""
    return {
        name: value for name in BranchRules.__struct_fields__ if (value := getattr(rules, name)) != getattr(OPEN, name)
    }


def requests(world: World) -> list[str]:
    return [one.path.removeprefix("/repos/acme/shop") for one in world.github.exchanges]


def test_a_branch_without_rules_takes_three_requests(small_hub_world: World, hub: Hub) -> None:
    assert rules_of(hub, "main") == OPEN
    assert requests(small_hub_world) == ["", "/branches/main", "/rules/branches/main"]


def test_a_branch_that_is_not_there_has_the_rules_of_its_name(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_branch("deployment/*", Protection(pull_request=True, by_ruleset=True))
    assert seen(rules_of(hub, "deployment/production")) == {"protected": True, "requires_pull_request": True}
    assert rules_of(hub, "elsewhere") == OPEN


KINDS = {
    "a pull request": (Protection(pull_request=True), {"requires_pull_request": True}),
    "approvals": (Protection(approvals=2), {"requires_pull_request": True, "approvals": 2}),
    "checks": (Protection(checks=("ci", "lint")), {"checks": ("ci", "lint")}),
    "a straight history": (Protection(linear=True), {"linear_history": True, "methods": ("squash", "rebase")}),
    "a lock": (Protection(locked=True), {"locked": True}),
}


@pytest.mark.parametrize("by_ruleset", [False, True], ids=["classic", "ruleset"])
@pytest.mark.parametrize(("rules", "expected"), KINDS.values(), ids=KINDS)
def test_what_breaks_a_push_protects(
    small_hub_world: World, hub: Hub, rules: Protection, expected: dict[str, Any], by_ruleset: bool
) -> None:
    rules.by_ruleset = by_ruleset
    small_hub_world.protect_branch("main", rules)
    assert seen(rules_of(hub, "main")) == {"protected": True, **expected}
    assert len(requests(small_hub_world)) == (3 if by_ruleset else 4)


def test_a_merge_queue_protects_and_has_its_own_way_to_merge(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_branch("main", Protection(queue=True, by_ruleset=True))
    assert seen(rules_of(hub, "main")) == {"protected": True, "queue": True, "methods": ("merge",)}


@pytest.mark.parametrize("by_ruleset", [False, True], ids=["classic", "ruleset"])
def test_what_no_push_of_a_merge_breaks_does_not_protect(small_hub_world: World, hub: Hub, by_ruleset: bool) -> None:
    small_hub_world.protect_branch("main", Protection(creations=not by_ruleset, by_ruleset=by_ruleset))
    assert rules_of(hub, "main") == OPEN
    small_hub_world.git("fetch", "--quiet")
    small_hub_world.push_to("main", "origin/develop")


def test_the_repository_s_own_settings_are_told(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.settings.merge, small_hub_world.settings.delete_branch = False, True
    assert seen(rules_of(hub, "main")) == {"methods": ("squash", "rebase"), "deletes_heads": True}


def bent(change: Any) -> Fault:
    def bend(reply: Reply) -> Reply:
        return reply.but(content=json.dumps(change(json.loads(reply.content))).encode())

    return Fault(bend=bend)


def test_rules_that_are_not_known_protect_and_are_named(small_hub_world: World, hub: Hub) -> None:
    told = [{"type": "required_signatures"}, {"type": "new_rule", "parameters": {"what": [1]}}, {"type": "deletion"}]
    small_hub_world.github.fault("GET", RULES, do=bent(lambda _: told))
    assert seen(rules_of(hub, "main")) == {"protected": True, "others": ("required_signatures", "new_rule")}


def test_what_several_rulesets_say_goes_together(small_hub_world: World, hub: Hub) -> None:
    def pull_request(approvals: int, *methods: str) -> dict[str, Any]:
        asked = {"required_approving_review_count": approvals, "allowed_merge_methods": list(methods)}
        return {"type": "pull_request", "parameters": asked}

    checks = {"required_status_checks": [{"context": "ci"}, {"context": "build"}]}
    told = [pull_request(2, "merge", "squash"), pull_request(1, "merge", "rebase"),
            {"type": "required_status_checks", "parameters": checks}]  # fmt: skip
    small_hub_world.protect_branch("main", Protection(checks=("ci",), approvals=1))
    small_hub_world.github.fault("GET", RULES, do=bent(lambda _: told))
    assert seen(rules_of(hub, "main")) == {
        "protected": True, "requires_pull_request": True, "approvals": 2, "checks": ("ci", "build"), "methods": ("merge",),
    }  # fmt: skip


def test_a_second_page_of_rules_counts(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.github.fault("GET", RULES, do=bent(lambda _: [{"type": "deletion"}] * 100))
    small_hub_world.github.fault("GET", RULES, do=bent(lambda _: [{"type": "pull_request"}]))
    assert rules_of(hub, "main").requires_pull_request is True


@pytest.mark.parametrize("restrictions", [None, {"users": [], "teams": [], "apps": []}])
def test_a_branch_for_some_people_only_is_protected(
    small_hub_world: World, hub: Hub, restrictions: dict[str, Any] | None
) -> None:
    small_hub_world.protect_branch("main", Protection())
    small_hub_world.github.fault("GET", PROTECTION, do=bent(lambda one: {**one, "restrictions": restrictions}))
    expected = {"protected": True, "others": ("restrictions",), "push_allowed": None}
    assert seen(rules_of(hub, "main")) == ({} if restrictions is None else expected)


def test_what_only_administrators_see_counts_as_protection(small_hub_world: World, writer: Hub) -> None:
    small_hub_world.protect_branch("main", Protection(checks=("ci",), approvals=1))
    expected = {"protected": True, "checks": ("ci",), "others": ("unknown",), "push_allowed": None}
    assert seen(rules_of(writer, "main")) == expected
    small_hub_world.github.fault("GET", PROTECTION, do=Fault.status(403, "Resource not accessible by integration"))
    assert seen(rules_of(writer, "main")) == expected


def test_where_the_plan_has_no_rules_there_are_none(small_hub_world: World, hub: Hub) -> None:
    refusal = Fault.status(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")
    small_hub_world.github.fault("GET", RULES, do=refusal)
    small_hub_world.github.fault("GET", RULESETS, do=refusal)
    assert rules_of(hub, "main") == OPEN
    assert tag_rules(hub, "v1.4.0") is None


def test_who_may_only_read_may_not_push(small_hub_world: World, waits: Waits) -> None:
    small_hub_world.tokens["reader"] = "stranger"
    assert rules_of(way_to(small_hub_world, waits, "reader"), "main").push_allowed is False


def test_what_github_does_not_tell_of_the_repository_is_as_usual(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.github.fault("GET", "/repos/acme/shop", do=bent(lambda one: {"full_name": one["full_name"]}))
    assert seen(rules_of(hub, "main")) == {"push_allowed": None}


@pytest.mark.parametrize("where", ["/repos/acme/shop", "/repos/*/branches/main", RULES])
def test_reading_is_tried_again(small_hub_world: World, hub: Hub, where: str) -> None:
    small_hub_world.github.fault("GET", where, do=Fault.status(502))
    assert rules_of(hub, "main") == OPEN


@pytest.mark.parametrize("where", ["/repos/*/branches/main", RULES, RULESETS])
def test_when_github_fails_nothing_passes_for_open(small_hub_world: World, hub: Hub, where: str) -> None:
    small_hub_world.github.fault("GET", where, times=None, do=Fault.status(502))
    with pytest.raises(HubError, match="GitHub failed"):
        (rules_of(hub, "main"), tag_rules(hub, "v1.4.0"))


@pytest.mark.parametrize("where", [RULES, RULESETS])
@pytest.mark.parametrize("fault", [Fault.html(), Fault.truncated(), Fault.status(200)], ids=["page", "half", "empty"])
def test_an_answer_that_cannot_be_read_is_an_error(small_hub_world: World, hub: Hub, where: str, fault: Fault) -> None:
    small_hub_world.github.fault("GET", where, do=fault)
    with pytest.raises(HubError, match="gave an answer"):
        (rules_of(hub, "main"), tag_rules(hub, "v1.4.0"))


def test_a_token_that_is_not_accepted_is_told(small_hub_world: World, waits: Waits) -> None:
    for ask in (rules_of, tag_rules):
        with pytest.raises(Unauthorized, match="does not accept the token"):
            ask(way_to(small_hub_world, waits, "wrong"), "main")


def test_a_name_of_a_branch_is_not_an_address(small_hub_world: World, hub: Hub) -> None:
    name = "release/1&x=y#%2e+ü"
    small_hub_world.branch(name, "refs/heads/main")
    small_hub_world.protect_branch(name, Protection(linear=True, by_ruleset=True))
    assert rules_of(hub, name).linear_history is True


def test_a_renamed_repository_is_read(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_branch("main", Protection(approvals=1))
    small_hub_world.rename("store")
    assert rules_of(hub, "main").approvals == 1


# tags


def test_without_tag_rulesets_one_request_says_so(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_branch("main", Protection(approvals=1, by_ruleset=True))
    assert tag_rules(hub, "v1.4.0") is None
    assert requests(small_hub_world) == ["/rulesets"]


def test_a_ruleset_that_forbids_the_tag_is_named(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_tags("nightly-*")
    small_hub_world.protect_tags("v*")
    assert tag_rules(hub, "v1.4.0") == "Protect v*"
    assert tag_rules(hub, "1.4.0") is None
    assert len(requests(small_hub_world)) == 6
    small_hub_world.origin_over_http()
    with pytest.raises(Exception, match="GH013"):
        small_hub_world.git("push", "--quiet", "origin", "HEAD:refs/tags/v1.4.0")
    small_hub_world.git("push", "--quiet", "origin", "HEAD:refs/tags/1.4.0")


def test_who_gets_past_may_make_the_tag(small_hub_world: World, hub: Hub, writer: Hub) -> None:
    small_hub_world.protect_tags("v*", bypass=("yuki",))
    assert (tag_rules(hub, "v1.4.0"), tag_rules(writer, "v1.4.0")) == ("Protect v*", None)


def test_a_server_without_rulesets_knows_none(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_tags("v*")
    small_hub_world.github.fault("GET", RULESETS, do=Fault.status(404, "Not Found"))
    assert tag_rules(hub, "v1.4.0") is None


def test_a_ruleset_that_vanished_meanwhile_forbids_nothing(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.protect_tags("v*")
    gone = Fault.then(lambda site: site.unprotect_branch("refs/tags/v*"))
    small_hub_world.github.fault("GET", f"{RULESETS}/*", do=gone)
    assert tag_rules(hub, "v1.4.0") is None
