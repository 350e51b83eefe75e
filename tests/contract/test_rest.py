"""The REST side of the sandbox is held to GitHub's own description; and the description catches what is bent."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import Asked, whole
from contract_files import missing
from contract_rest import RestContract

from reletan.sandbox.github.answers import code_of
from reletan.sandbox.github.model import Deployment, DeploymentStatus, Protection
from reletan.sandbox.origin import Person
from reletan.sandbox.team import AutoMerge
from reletan.sandbox.world import World

# Without sense in a sandbox; and the one that the server answers
LEFT_OUT = {("DELETE", "/repos/{owner}/{repo}"), ("PATCH", "/user"), ("GET", "/rate_limit")}


@pytest.fixture(scope="session")
def contract() -> RestContract:
    found = RestContract.load()
    if found is None:
        pytest.skip(missing())
    return found


@pytest.fixture(scope="module")
def full(built_believable: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world that has one of everything: 22 is open, 23 a draft from a fork, 24 an issue, 25 in conflict."""
    world = built_believable.copy_to(tmp_path_factory.mktemp("full") / "world")
    world.unknown_reads = 0
    world.open_pull("Ship at night", "feature/night", author="Yuki", body="At last", labels=["feature"])
    world.open_pull("Ship abroad", "abroad", author="Zoe", fork="zoe", draft=True)
    world.open_issue("Parcels get lost")
    world.open_pull("Change the version", "feature/version", author="Marta", files={"VERSION": "2\n"})
    world.commit("develop", "Change it otherwise", {"VERSION": "3\n"})
    world.label(22, "bug")
    world.approve(22, by="Hana")
    world.comment(22, "Well done", by="Marta")
    world.comment(24, "Which ones?")
    world.check("build", "success", 22)
    world.check("deploy", None, 22)
    world.status("ci/circle", "failure", 22, "https://ci.example.com/1")
    world.pulls[22].assignees, world.pulls[22].reviewers = ["hana"], ["marta"]
    world.pulls[22].auto_merge = AutoMerge("squash", Person("Yuki"))
    world.publish("v1.3.0", "The third")
    world.publish("v1.4.0", draft=True)
    world.protect_branch("main", Protection(approvals=1, checks=("build",), strict=True, linear=True, admins=True))
    world.protect_branch(
        "develop",
        Protection(approvals=1, checks=("build",), linear=True, queue=True, by_ruleset=True, bypass=("hana",)),
    )
    world.protect_tags("nightly-*")
    world.permissions["@ci"] = "write"
    world.tokens["token-of-ci"] = "@ci"
    hana = world.person("hana")
    deployed = Deployment(1, "main", world.head("main") or "", "production", hana, world.clock)
    deployed.statuses.append(DeploymentStatus(2, "success", hana, world.clock))
    world.deployments.append(deployed)
    return world


# What is asked for, and the status that it answers with; then what is sent, in this order
READS: list[tuple[str, dict[str, str], int]] = [
    ("", {}, 200),
    ("/branches/main", {}, 200),
    ("/branches/feature/night", {}, 200),
    ("/branches/nowhere", {}, 404),
    ("/branches/main/protection", {}, 200),
    ("/branches/develop/protection", {}, 404),
    ("/rules/branches/develop", {}, 200),
    ("/rules/branches/main", {}, 200),
    ("/rulesets", {"targets": "tag", "includes_parents": "true"}, 200),
    ("/rulesets", {}, 200),
    ("/rulesets/{ruleset}", {}, 200),
    ("/rulesets/1", {}, 404),
    ("/collaborators/yuki/permission", {}, 200),
    ("/commits/develop", {}, 200),
    ("/commits/nowhere", {}, 422),
    ("/commits/{merged}/pulls", {}, 200),
    ("/commits/{head}/check-runs", {"filter": "latest", "check_name": "build"}, 200),
    ("/commits/heads/feature/night/check-runs", {"status": "in_progress"}, 200),
    ("/commits/{head}/status", {}, 200),
    ("/commits/main/status", {}, 200),
    ("/compare/v1.3.0...develop", {"per_page": "5", "page": "2"}, 200),
    ("/compare/main...nowhere", {}, 404),
    ("/deployments", {"environment": "production"}, 200),
    ("/deployments/1", {}, 200),
    ("/deployments/1/statuses", {}, 200),
    ("/environments", {}, 200),
    ("/git/ref/heads/feature/night", {}, 200),
    ("/git/ref/tags/v1.3.0", {}, 200),
    ("/git/ref/tags/v0", {}, 404),
    ("/issues/22", {}, 200),
    ("/issues/24", {}, 200),
    ("/issues/999", {}, 404),
    ("/issues/22/comments", {"since": "2026-01-01T00:00:00Z"}, 200),
    ("/issues/22/labels", {}, 200),
    ("/labels", {"per_page": "100"}, 200),
    ("/pulls", {"state": "all", "sort": "updated", "direction": "asc", "per_page": "100"}, 200),
    ("/pulls", {"state": "open", "head": "acme:feature/night", "base": "develop"}, 200),
    ("/pulls/1", {}, 200),
    ("/pulls/22", {}, 200),
    ("/pulls/23", {}, 200),
    ("/pulls/24", {}, 404),
    ("/pulls/25", {}, 200),
    ("/pulls/1/commits", {}, 200),
    ("/pulls/1/files", {}, 200),
    ("/pulls/1/merge", {}, 204),
    ("/pulls/22/merge", {}, 404),
    ("/pulls/22/requested_reviewers", {}, 200),
    ("/pulls/22/reviews", {}, 200),
    ("/releases", {}, 200),
    ("/releases/latest", {}, 200),
    ("/releases/tags/v1.3.0", {}, 200),
    ("/releases/tags/v1.4.0", {}, 404),
    ("/releases/{release}", {}, 200),
    ("/search/issues", {"q": "repo:acme/shop is:pr is:merged invoices"}, 200),
    ("/search/issues", {"q": "repo:acme/shop {merged}"}, 200),
    ("/user", {}, 200),
]
WRITES: list[tuple[str, str, Any, int]] = [
    ("PATCH", "", {"allow_squash_merge": True, "delete_branch_on_merge": False}, 200),
    ("PUT", "/branches/feature/version/protection", {"required_status_checks": {"strict": True, "contexts": ["ci"]},
     "enforce_admins": None, "required_pull_request_reviews": {"required_approving_review_count": 2},
     "restrictions": None}, 200),
    ("DELETE", "/branches/feature/version/protection", None, 204),
    ("POST", "/check-runs", {"name": "lint", "head_sha": "{head}"}, 403),
    ("POST", "/deployments", {"ref": "main", "environment": "staging", "auto_merge": False, "required_contexts": []}, 201),
    ("POST", "/deployments", {"ref": "nowhere"}, 422),
    ("POST", "/deployments/1/statuses", {"state": "inactive"}, 201),
    ("DELETE", "/deployments/1", None, 204),
    ("POST", "/git/refs", {"ref": "refs/heads/backmerge/1.4.0", "sha": "{merged}"}, 201),
    ("POST", "/git/refs", {"ref": "refs/heads/backmerge/1.4.0", "sha": "{merged}"}, 422),
    ("PATCH", "/git/refs/heads/backmerge/1.4.0", {"sha": "{develop}"}, 200),
    ("PATCH", "/git/refs/heads/backmerge/1.4.0", {"sha": "{merged}"}, 422),
    ("PATCH", "/git/refs/heads/main", {"sha": "{develop}"}, 422),
    ("DELETE", "/git/refs/heads/backmerge/1.4.0", None, 204),
    ("DELETE", "/git/refs/heads/backmerge/1.4.0", None, 422),
    ("POST", "/git/tags", {"tag": "v2", "message": "Two\n", "object": "{merged}", "type": "commit"}, 201),
    ("PATCH", "/issues/24", {"state": "closed", "labels": ["bug"], "assignees": ["yuki"]}, 200),
    ("POST", "/issues/24/assignees", {"assignees": ["hana"]}, 201),
    ("DELETE", "/issues/24/assignees", {"assignees": ["hana"]}, 200),
    ("POST", "/issues/24/comments", {"body": "Found them"}, 201),
    ("POST", "/issues/22/labels", {"labels": ["reviewed"]}, 200),
    ("POST", "/issues/22/labels", ["sent as PyGithub does"], 200),
    ("PUT", "/issues/22/labels", {"labels": ["feature"]}, 200),
    ("DELETE", "/issues/22/labels", None, 204),
    ("POST", "/labels", {"name": "urgent", "color": "ff0000", "description": "Now"}, 201),
    ("POST", "/labels", {"name": "Urgent"}, 422),
    ("POST", "/merges", {"base": "feature/version", "head": "feature/night"}, 201),
    ("POST", "/merges", {"base": "feature/version", "head": "feature/night"}, 204),
    ("POST", "/merges", {"base": "feature/version", "head": "develop"}, 409),
    ("POST", "/merges", {"base": "nowhere", "head": "develop"}, 404),
    ("POST", "/deployments", {"ref": "feature/night"}, 202),
    ("POST", "/pulls", {"title": "Release 1.4.0", "head": "develop", "base": "main", "body": "All"}, 201),
    ("POST", "/pulls", {"title": "Release 1.4.0", "head": "develop", "base": "main"}, 422),
    ("POST", "/pulls", {"title": "Nothing", "head": "main", "base": "develop"}, 422),
    ("PATCH", "/pulls/22", {"title": "Ship by night", "base": "develop"}, 200),
    ("POST", "/pulls/22/requested_reviewers", {"reviewers": ["hana"]}, 201),
    ("POST", "/pulls/22/requested_reviewers", {"reviewers": ["stranger"]}, 422),
    ("DELETE", "/pulls/22/requested_reviewers", {"reviewers": ["hana"]}, 200),
    ("POST", "/pulls/22/reviews", {"event": "REQUEST_CHANGES", "body": "No"}, 200),
    ("POST", "/pulls/22/reviews", {"event": "REQUEST_CHANGES"}, 422),
    ("PUT", "/pulls/25/update-branch", {"expected_head_sha": "{head}"}, 422),
    ("PUT", "/pulls/23/update-branch", None, 202),
    ("PUT", "/pulls/22/merge", {"merge_method": "squash", "sha": "{merged}"}, 409),
    ("PUT", "/pulls/25/merge", None, 405),
    ("PUT", "/pulls/22/merge", {"merge_method": "merge", "commit_title": "Night"}, 200),
    ("POST", "/releases", {"tag_name": "v1.4.0", "target_commitish": "develop", "generate_release_notes": True}, 201),
    ("POST", "/releases", {"tag_name": "v1.4.0"}, 422),
    ("POST", "/releases", {"tag_name": "v1.5.0", "target_commitish": "nowhere"}, 422),
    ("POST", "/releases/generate-notes", {"tag_name": "v1.4.0", "previous_tag_name": "v1.3.0"}, 200),
    ("PATCH", "/releases/{draft}", {"name": "Later", "tag_name": "v1.6.0"}, 200),
    ("DELETE", "/releases/{draft}", None, 204),
    ("POST", "/statuses/{develop}", {"state": "pending", "context": "ci"}, 201),
]  # fmt: skip


def fill(world: World, what: Any) -> Any:
    """Put the world's own ids in the place of ``{head}`` and the like."""
    names = {
        "{head}": world.head_of(22),
        "{merged}": world.pulls[21].merged,
        "{develop}": world.head("develop"),
        "{release}": next(str(one.id) for one in world.releases if not one.draft),
        "{ruleset}": str(code_of("refs/tags/nightly-*")),
        "{draft}": next((str(one.id) for one in world.releases if one.draft), ""),
    }
    if isinstance(what, dict):
        return {key: fill(world, value) for key, value in what.items()}
    for name, value in names.items():
        what = what.replace(name, str(value)) if isinstance(what, str) else what
    return what


@pytest.mark.parametrize(("path", "query", "status"), READS, ids=str)
def test_what_is_read_is_as_the_description_says(
    full: World, contract: RestContract, path: str, query: dict[str, str], status: int
) -> None:
    asked = Asked(full, "GET", fill(full, path), query=fill(full, query))
    assert asked.status == status
    assert asked.violations(contract) == []


def test_what_is_written_is_as_the_description_says(full: World, contract: RestContract, tmp_path: Path) -> None:
    """One after the other, since some need what others made."""
    full = full.copy_to(tmp_path / "world")
    for method, path, body, status in WRITES:
        asked = Asked(full, method, fill(full, path), fill(full, body))
        assert (method, path, asked.status, asked.violations(contract)) == (method, path, status, []), asked.body
    run = Asked(full, "POST", "/check-runs", {"name": "lint", "head_sha": full.head("main")}, login="@ci")
    assert (run.status, run.violations(contract)) == (201, [])


def test_each_operation_of_the_description_was_asked_for(contract: RestContract) -> None:
    asked = [("GET", path) for path, _, _ in READS] + [(method, path) for method, path, _, _ in WRITES]
    paths = [(method, whole(re.sub(r"\{\w+\}", "1", path))) for method, path in asked]
    answered = {(one.method, one.path) for method, path in paths if (one := contract.operation(method, path))}
    assert {(one.method, one.path) for one in contract.operations} - answered == LEFT_OUT


Bend = Callable[[Any], None]
BENT: list[tuple[str, str, Bend, str]] = [
    ("a required field is missing", "/pulls/22", lambda pull: pull.pop("title"), "'title' is a required property"),
    ("deep inside too", "/pulls/22", lambda pull: pull["head"]["repo"].pop("full_name"), "at head.repo: 'full_name'"),
    ("of another type", "/pulls/22", lambda pull: pull.update(number="22"), "at number: '22' is not of type 'integer'"),
    ("null where it may not be", "/pulls/22", lambda pull: pull.update(title=None), "at title: None is not of type"),
    ("no such word", "/pulls/22", lambda pull: pull.update(state="merged"), "at state: 'merged' is not one of"),
    ("no time", "/pulls/22", lambda pull: pull.update(created_at="yesterday"), "at created_at: 'yesterday'"),
    ("no address", "/pulls/22", lambda pull: pull.update(html_url="here"), "at html_url: 'here'"),
    ("one of a list", "/releases", lambda releases: releases[0].pop("tag_name"), "at 0: 'tag_name'"),
    ("what is not described", "/pulls/22", lambda pull: pull.update(mergable=True), "'mergable' is not in the descrip"),
    ("deep inside too", "", lambda one: one["permissions"].update(write=True), "at permissions: 'write' is not in"),
    ("a rule that is none", "/rules/branches/develop", lambda rules: rules[0].update(type="pulls"), "at 0: "),
]


@pytest.mark.parametrize(("path", "bend", "said"), [row[1:] for row in BENT], ids=[row[0] for row in BENT])
def test_a_bent_answer_is_noticed(full: World, contract: RestContract, path: str, bend: Bend, said: str) -> None:
    asked = Asked(full, "GET", path)
    asked.body = copy.deepcopy(asked.body)
    bend(asked.body)
    assert [one for one in asked.violations(contract) if said in one]


def test_null_is_well_where_the_description_allows_it(full: World, contract: RestContract) -> None:
    asked = Asked(full, "GET", "/pulls/22")
    asked.body.update(body=None, merged_at=None, milestone=None)
    assert asked.violations(contract) == []


ODD: list[tuple[str, str, str, dict[str, str], Any, int, Any, str]] = [
    ("path", "GET", "/pull/1", {}, None, 200, {}, "the description has no GET /repos/acme/shop/pull/1"),
    ("method", "PUT", "/pulls/1", {}, None, 200, {}, "the description has no PUT"),
    ("status", "GET", "/labels", {}, None, 202, [], "the description has no 202"),
    ("parameter", "GET", "/labels", {"perpage": "1"}, None, 200, [], "takes no query parameter perpage"),
    ("number", "GET", "/labels", {"page": "first"}, None, 200, [], "page=first is no number"),
    ("choice", "GET", "/pulls", {"state": "merged"}, None, 200, [], "state=merged is none of open, closed, all"),
    ("body missing", "POST", "/labels", {}, None, 201, None, "request: there must be a body"),
    ("body not wanted", "GET", "/labels", {}, {"a": 1}, 200, [], "request: there must not be a body"),
    ("field missing", "POST", "/releases", {}, {"name": "x"}, 201, None, "request: 'tag_name' is a required property"),
    ("field of another type", "PUT", "/pulls/1/merge", {}, {"sha": 1}, 200, None, "request at sha: 1 is not"),
    (
        "field of no meaning",
        "PUT",
        "/pulls/1/merge",
        {},
        {"merge_methd": "merge"},
        405,
        None,
        "'merge_methd' is not in",
    ),
    ("wrong and refused", "PUT", "/pulls/1/merge", {}, {"merge_method": "fast"}, 422, None, "'fast' is not one of"),
    ("parameter missing", "GET", "/search/issues", {}, None, 200, {}, "q is missing"),
    ("part of another path", "GET", "/branches/main/protection/enforce_admins", {}, None, 404, {}, "has no GET"),
    ("answer not wanted", "DELETE", "/releases/1", {}, None, 204, {"a": 1}, "answer: 204 has no body"),
    ("bent error", "GET", "/pulls/1", {}, None, 404, {"message": 1}, "answer at message: 1 is not of type 'string'"),
]


@pytest.mark.parametrize(
    ("method", "path", "query", "sent", "status", "body", "said"), [row[1:] for row in ODD], ids=[row[0] for row in ODD]
)
def test_an_odd_exchange_is_noticed(
    contract: RestContract, method: str, path: str, query: dict[str, str], sent: Any, status: int, body: Any, said: str
) -> None:
    assert [one for one in contract.violations(method, whole(path), query, sent, status, body) if said in one]


def test_a_repository_by_its_number_and_labels_without_description_are_well(
    full: World, contract: RestContract
) -> None:
    asked = Asked(full, "GET", "/repositories/1/pulls")
    assert [one["labels"][0]["description"] for one in asked.body if one["number"] == 22] == [None]
    assert asked.violations(contract) == []
