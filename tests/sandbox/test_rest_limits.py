"""What GitHub takes and refuses in texts and states, when it says that something changed, and what is remembered."""

from typing import Any

import pytest
from asking import Asked, get

from reletan.sandbox.github.wire import Request
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World


@pytest.mark.parametrize(
    ("method", "path", "sent", "field", "most"),
    [
        ("POST", "/pulls", {"title": "Release", "head": "develop", "base": "main"}, "body", 65_536),
        ("PATCH", "/pulls/4", {}, "body", 65_536),
        ("PATCH", "/issues/4", {}, "body", 65_536),
        ("POST", "/issues/4/comments", {}, "body", 65_536),
        ("POST", "/releases", {"tag_name": "v1.3.0"}, "body", 125_000),
        ("PATCH", "/releases/{release}", {}, "body", 125_000),
        ("POST", "/statuses/{sha}", {"state": "success"}, "description", 140),
    ],
)
def test_texts_have_a_longest_length(
    world: World, method: str, path: str, sent: dict[str, Any], field: str, most: int
) -> None:
    world.open_pull("Sell at night")
    path = path.format(sha=world.head("develop"), release=world.publish("v1.2.0").id)
    refused = Asked(world, method, path, {**sent, field: "x" * (most + 1)})
    assert refused.error == (422, "Validation Failed")
    assert refused.body["errors"][0]["message"] == f"{field} is too long (maximum is {most} characters)"
    assert Asked(world, method, path, {**sent, field: "x" * most}).status in (200, 201)


def test_a_status_has_one_of_four_states(world: World) -> None:
    sha = world.head("develop")
    assert Asked(world, "POST", f"/statuses/{sha}", {"state": "passed"}).status == 422
    assert get(world, f"/commits/{sha}/status")["total_count"] == 0


def test_deploying_without_a_default_branch_brings_nothing_up_to_date(world: World) -> None:
    world.delete_branch("develop")
    assert Asked(world, "POST", "/deployments", {"ref": "main"}).status == 201


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: Asked(world, "PATCH", "/pulls/4", {"body": "- [x] tried"}),
        lambda world: Asked(world, "POST", "/issues/4/labels", {"labels": ["bug"]}),
        lambda world: Asked(world, "POST", "/issues/4/comments", {"body": "Hm"}),
        lambda world: Asked(world, "POST", "/issues/4/assignees", {"assignees": ["yuki"]}),
        lambda world: Asked(world, "POST", "/pulls/4/requested_reviewers", {"reviewers": ["yuki"]}),
        lambda world: world.label(4, "bug"),
        lambda world: world.push_to_pull(4),
        lambda world: world.close_pull(4),
    ],
    ids=["edited", "label", "comment", "assignee", "reviewer", "label by a person", "push", "closed"],
)
def test_a_change_is_told_by_its_time(world: World, happens: Any) -> None:
    world.open_pull("Sell at night")
    world.open_pull("Sell by day")
    world.publish("v1.3.0")
    world.clock += 3600
    before = get(world, "/pulls/4")["updated_at"]
    happens(world)
    pull = get(world, "/pulls/4")
    assert pull["updated_at"] > before
    assert get(world, "/issues/4")["updated_at"] == pull["updated_at"] == by_graphql(world)[0]
    assert get(world, "/pulls", state="all", sort="updated", direction="desc")[0]["number"] == 4


def by_graphql(world: World) -> Any:
    """(when pull request 4 changed, the latest release)"""
    from reletan.sandbox.github import graphql

    query = (
        '{ repository(owner: "acme", name: "shop") { pullRequest(number: 4) { updatedAt } latestRelease { tagName } } }'
    )
    request = Request(method="POST", path="/graphql", body={"query": query}, api="", web="", login="hana")
    found = graphql.answer(world, request).body["data"]["repository"]
    return found["pullRequest"] and found["pullRequest"]["updatedAt"], found["latestRelease"]["tagName"]


# releases


def latest(world: World) -> tuple[str, str]:
    """(as REST tells it, as GraphQL does)"""
    return get(world, "/releases/latest")["tag_name"], by_graphql(world)[1]


def test_the_latest_release_is_the_one_that_was_made_so(world: World) -> None:
    made = {}
    for tag, more, now in (
        ("v1.3.0", {}, "v1.3.0"),
        ("v1.2.9", {"make_latest": "false"}, "v1.3.0"),
        ("v1.2.8", {"make_latest": "legacy"}, "v1.2.8"),
        ("v2.0.0", {"draft": True}, "v1.2.8"),
        ("v1.4.0", {"make_latest": "true"}, "v1.4.0"),
    ):
        made[tag] = Asked(world, "POST", "/releases", {"tag_name": tag, **more}).body["id"]
        assert latest(world) == (now, now)
    for tag, sent, now in (
        ("v2.0.0", {"draft": False}, "v2.0.0"),
        ("v1.3.0", {"make_latest": "true"}, "v1.3.0"),
        ("v1.3.0", {"make_latest": "false"}, "v2.0.0"),
        ("v1.4.0", {"body": "More words"}, "v2.0.0"),
    ):
        assert Asked(world, "PATCH", f"/releases/{made[tag]}", sent).status == 200
        assert latest(world) == (now, now)


# what is remembered


def test_checks_of_the_same_name_stand_side_by_side_in_two_runs(world: World) -> None:
    number = world.open_pull("Sell at night")
    world.check("build", "failure", number, run=1)
    world.check("build", "success", number, run=2)
    path = f"/commits/{world.head_of(number)}/check-runs"
    assert [one["conclusion"] for one in get(world, path)["check_runs"]] == ["failure", "success"]
    world.unknown_reads = 0
    assert get(world, f"/pulls/{number}")["mergeable_state"] == "unstable"
    world.check("build", "success", number, run=1)
    assert get(world, f"/pulls/{number}")["mergeable_state"] == "clean"


def test_nobody_approves_their_own_pull_request(world: World) -> None:
    number = world.open_pull("Sell at night", author="Hana")
    with pytest.raises(WorldError, match="own pull request"):
        world.approve(number, by="Hana")


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: setattr(world.pulls[1], "body", "- [x] tried"),
        lambda world: setattr(world.pulls[1], "base", "main"),
        lambda world: setattr(world.pulls[1], "draft", True),
        lambda world: world.status("ci", "success", 1),
        lambda world: world.check("ci", None, 1),
        lambda world: world.open_issue("Where is my money?"),
        lambda world: Asked(world, "POST", "/deployments", {"ref": "main", "auto_merge": False}),
        lambda world: world.queue.append(1),
        lambda world: setattr(world.settings, "squash", False),
    ],
    ids=["body", "base", "draft", "status", "check", "issue", "deployment", "queue", "settings"],
)
def test_the_state_is_all_that_is_there(world: World, happens: Any) -> None:
    before = world.state()
    happens(world)
    assert world.state() != before


def test_the_state_does_not_depend_on_when_and_in_which_order(world: World, tmp_path: Any) -> None:
    twin = world.copy_to(tmp_path / "twin")
    twin.clock += 3600
    for one in (world, twin):
        one.comment(1, "Well done")
        one.publish("v1.3.0")
    assert twin.state() == world.state()
