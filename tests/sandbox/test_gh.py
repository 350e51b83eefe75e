"""GitHub's own command line as a second opinion on the sandbox: it reads lists, pull requests and releases, and merges."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from github_world import problems

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World

# All that `gh pr view --json` of gh 2.23 knows
FIELDS = (
    "additions", "assignees", "author", "baseRefName", "body", "changedFiles", "closed", "closedAt", "comments",
    "commits", "createdAt", "deletions", "files", "headRefName", "headRefOid", "headRepository", "headRepositoryOwner",
    "id", "isCrossRepository", "isDraft", "labels", "latestReviews", "maintainerCanModify", "mergeCommit",
    "mergeStateStatus", "mergeable", "mergedAt", "mergedBy", "milestone", "number", "potentialMergeCommit",
    "projectCards", "reactionGroups", "reviewDecision", "reviewRequests", "reviews", "state", "statusCheckRollup",
    "title", "updatedAt", "url",
)  # fmt: skip

Gh = Callable[..., str]


@pytest.fixture
def shop(big_world: World) -> World:
    """Pull request 22 is open and has a bit of everything, 23 comes from a fork."""
    number = big_world.open_pull("Add a wallet", "feature/wallet", commits=2, labels=["feature"], body="It holds money")
    big_world.approve(number)
    big_world.comment(number, "Nice")
    big_world.check("ci", "success", number)
    big_world.status("lint", "success", number)
    big_world.open_pull("Fix a typo", author="Mia", fork="mia")
    return big_world


@pytest.fixture
def gh(shop: World) -> Iterator[Gh]:
    """Runs gh as Hana, and returns its stdout; what it says on stderr is the error where it fails."""
    if shutil.which("gh") is None:
        pytest.skip("gh is not installed: nothing to compare with")
    with shop.on_github(tls=True) as server:
        own = {
            "GH_HOST": server.host,
            "GH_ENTERPRISE_TOKEN": TOKEN,
            "GH_REPO": f"{server.host}/{shop.slug}",
            "GH_CONFIG_DIR": str(shop.folder / "gh"),
            "GH_PROMPT_DISABLED": "1",
            "GH_NO_UPDATE_NOTIFIER": "1",
        }

        def run(*args: str) -> str:
            done = subprocess.run(
                ["gh", *args], cwd=shop.clone, env=shop.environment(own), capture_output=True, text=True, timeout=60
            )
            if done.returncode:
                raise RuntimeError(done.stderr or done.stdout)
            return done.stdout

        yield run
        assert problems(server) == []


def view(gh: Gh, number: int, *fields: str) -> Any:
    return json.loads(gh("pr", "view", str(number), "--json", ",".join(fields)))


# reading


def test_pr_list(gh: Gh) -> None:
    rows = [row.split("\t")[:4] for row in gh("pr", "list").splitlines()]
    assert rows == [["23", "Fix a typo", "mia:feature/23", "OPEN"], ["22", "Add a wallet", "feature/wallet", "OPEN"]]


def test_pr_list_of_merged_ones_has_several_pages(gh: Gh) -> None:
    found = json.loads(gh("pr", "list", "--state", "merged", "--limit", "200", "--json", "number,title,mergeCommit"))
    assert [one["number"] for one in found] == list(range(21, 0, -1))
    assert all(len(one["mergeCommit"]["oid"]) == 40 for one in found)


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (["--label", "feature"], [22]),
        (["--author", "mia"], [23]),
        (["--search", "wallet"], [22]),
        (["--base", "main"], []),
        (["--state", "merged", "--search", "invoices"], [19]),
    ],
)
def test_pr_list_with_filters(gh: Gh, filters: list[str], numbers: list[int]) -> None:
    assert [one["number"] for one in json.loads(gh("pr", "list", "--json", "number", *filters))] == numbers


def test_pr_view_of_all_fields(gh: Gh, shop: World) -> None:
    view(gh, 22, "mergeable")  # GitHub finds out now
    found = view(gh, 22, *FIELDS)
    assert found.keys() == set(FIELDS)
    assert found["headRefOid"] == shop.head_of(22)
    assert [commit["messageHeadline"] for commit in found["commits"]] == ["Add a wallet", "Add a wallet, part 2"]
    assert (found["mergeable"], found["mergeStateStatus"], found["state"]) == ("MERGEABLE", "CLEAN", "OPEN")
    assert [(one["author"]["login"], one["state"]) for one in found["latestReviews"]] == [("yuki", "APPROVED")]
    assert [one.get("name") or one["context"] for one in found["statusCheckRollup"]] == ["ci", "lint"]
    assert [one["body"] for one in found["comments"]] == ["Nice"]
    assert (found["additions"], found["deletions"], found["changedFiles"]) == (2, 0, 2)


def test_pr_view_of_a_merged_one(gh: Gh, shop: World) -> None:
    found = view(gh, 9, "state", "mergeCommit", "mergedBy", "headRefOid", "commits")
    assert (found["state"], found["mergedBy"]["login"]) == ("MERGED", "yuki")
    assert found["mergeCommit"]["oid"] == shop.pulls[9].merged
    assert found["commits"][-1]["oid"] == found["headRefOid"] == shop.head_of(9)


def test_pr_view_as_people_read_it(gh: Gh) -> None:
    assert "It holds money" in gh("pr", "view", "22")
    assert "Nice" in gh("pr", "view", "22", "--comments")


def test_pr_view_finds_it_by_its_branch(gh: Gh) -> None:
    assert json.loads(gh("pr", "view", "feature/wallet", "--json", "number")) == {"number": 22}


def test_a_pull_request_that_is_missing(gh: Gh) -> None:
    with pytest.raises(RuntimeError, match="Could not resolve to a PullRequest with the number of 99"):
        gh("pr", "view", "99")


def test_pr_checks(gh: Gh, shop: World) -> None:
    assert [row.split("\t")[:2] for row in gh("pr", "checks", "22").splitlines()] == [["ci", "pass"], ["lint", "pass"]]
    shop.check("ci", "failure", 22)
    with pytest.raises(RuntimeError, match="ci\tfail"):
        gh("pr", "checks", "22")


def test_pr_status(gh: Gh) -> None:
    assert "#22  Add a wallet" in gh("pr", "status")


def test_release_list_and_view(gh: Gh, shop: World) -> None:
    shop.publish("v1.3.0", "What is new")
    shop.publish("v1.4.0", draft=True)
    assert [row.split("\t")[:3] for row in gh("release", "list").splitlines()] == [
        ["v1.4.0", "Draft", "v1.4.0"],
        ["v1.3.0", "Latest", "v1.3.0"],
    ]
    assert json.loads(gh("release", "view", "v1.3.0", "--json", "tagName,body")) == {
        "tagName": "v1.3.0",
        "body": "What is new",
    }


def test_api_graphql(gh: Gh) -> None:
    assert json.loads(gh("api", "graphql", "-f", "query={ viewer { login } }")) == {
        "data": {"viewer": {"login": "hana"}}
    }


# changing


@pytest.mark.parametrize(("how", "parents"), [("--merge", 2), ("--squash", 1), ("--rebase", 1)])
def test_pr_merge_really_merges(gh: Gh, shop: World, how: str, parents: int) -> None:
    view(gh, 22, "mergeable")
    gh("pr", "merge", "22", how, "--delete-branch")
    assert len(shop.parents("refs/heads/develop")) == parents
    assert {"src/22-1.txt", "src/22-2.txt"} <= shop.tree("refs/heads/develop").keys()
    assert shop.head("feature/wallet") is None
    assert view(gh, 22, "state", "mergeCommit") == {"state": "MERGED", "mergeCommit": {"oid": shop.head("develop")}}


def test_pr_merge_with_a_message(gh: Gh, shop: World) -> None:
    view(gh, 22, "mergeable")
    gh("pr", "merge", "22", "--merge", "--subject", "Bring the wallet", "--body", "At last")
    message = shop.look("log", "-1", "--format=%B", "develop", cwd=shop.origin)
    assert message.strip() == "Bring the wallet\n\nAt last"


def test_pr_merge_of_a_conflict_is_refused(gh: Gh, shop: World) -> None:
    number = shop.open_pull("Another shop", files={"shop.txt": "as I want it\n"})
    shop.commit("develop", "The same line", {"shop.txt": "as develop wants it\n"})
    view(gh, number, "mergeable")
    with pytest.raises(RuntimeError, match="merge commit cannot be cleanly created"):
        gh("pr", "merge", str(number), "--merge")


def test_pr_merge_waits_with_auto(gh: Gh, shop: World) -> None:
    shop.protect_branch("develop", Protection(checks=("ci",), admins=True))
    shop.check("ci", None, 22)
    view(gh, 22, "mergeable")
    with pytest.raises(RuntimeError, match="base branch policy prohibits the merge"):
        gh("pr", "merge", "22", "--merge")
    gh("pr", "merge", "22", "--merge", "--auto")
    assert view(gh, 22, "state") == {"state": "OPEN"}
    shop.check("ci", "success", 22)
    assert view(gh, 22, "state") == {"state": "MERGED"}


def test_pr_review_comment_ready_and_close(gh: Gh, shop: World) -> None:
    draft = shop.open_pull("Half done", "feature/half", author="Yuki", draft=True)
    gh("pr", "ready", str(draft))
    gh("pr", "review", str(draft), "--approve")
    gh("pr", "comment", str(draft), "--body", "Not now")
    gh("pr", "close", str(draft))
    found = view(gh, draft, "isDraft", "state", "comments", "reviews")
    assert (found["isDraft"], found["state"]) == (False, "CLOSED")
    assert [one["body"] for one in found["comments"]] == ["Not now"]
    assert [(one["author"]["login"], one["state"]) for one in found["reviews"]] == [("hana", "APPROVED")]
