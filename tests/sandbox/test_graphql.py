"""The GraphQL side of the sandbox GitHub: what it knows, what it refuses in GitHub's words, and what its changes do."""

from typing import Any

import github_world
import pytest

from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World

SHOP = 'repository(owner: "acme", name: "shop")'
MERGE = "mutation($input: MergePullRequestInput!) { mergePullRequest(input: $input) { pullRequest { state } } }"
AUTO_MERGE = """
mutation($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { pullRequest { autoMergeRequest { mergeMethod } } }
}"""
ENQUEUE = """
mutation($input: EnqueuePullRequestInput!) {
  enqueuePullRequest(input: $input) { mergeQueueEntry { position pullRequest { isInMergeQueue } } }
}"""


def ask(world: World, query: str, login: str | None = None, **variables: Any) -> Any:
    """What GitHub answers to Hana, or to ``login``."""
    if login:
        world.tokens["other"] = login
    body = {"query": query, "variables": variables}
    return github_world.ask(world, "POST", "/graphql", body, **({"token": "other"} if login else {})).json


def pull(world: World, number: int, fields: str) -> Any:
    body = ask(world, f"{{ {SHOP} {{ pullRequest(number: {number}) {{ {fields} }} }} }}")
    return body["data"]["repository"]["pullRequest"]


def change(world: World, mutation: str, number: int, login: str | None = None, **more: Any) -> Any:
    found = pull(world, number, "id")["id"]
    return ask(world, mutation, login, input={"pullRequestId": found, **more})


def said(body: Any) -> list[tuple[str, str]]:
    return [(error.get("type"), error["message"]) for error in body["errors"]]


def ready(world: World, **options: Any) -> int:
    """An open pull request of which GitHub knows by now whether it can be merged."""
    number = world.open_pull("Add a wallet", "feature/wallet", **options)
    pull(world, number, "mergeable")
    return number


# what is there, and what is not


def test_what_is_missing_is_null_beside_the_rest(small_hub_world: World) -> None:
    small_hub_world.open_issue("Where is my money?")
    fields = "p1: issueOrPullRequest(number: 1) { __typename } p4: issueOrPullRequest(number: 4) { __typename }"
    body = ask(small_hub_world, f"{{ {SHOP} {{ {fields} p12: issueOrPullRequest(number: 12) {{ __typename }} }} }}")
    assert body["data"]["repository"] == {
        "p1": {"__typename": "PullRequest"},
        "p4": {"__typename": "Issue"},
        "p12": None,
    }
    [error] = body["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository", "p12"])
    assert error["message"] == "Could not resolve to an issue or pull request with the number of 12."


def test_an_unknown_repository_is_not_found(small_hub_world: World) -> None:
    body = ask(small_hub_world, '{ repository(owner: "acme", name: "zoo") { name } }')
    assert body["data"] == {"repository": None}
    assert said(body) == [("NOT_FOUND", "Could not resolve to a Repository with the name 'acme/zoo'.")]


def test_strangers_do_not_see_a_private_repository(small_hub_world: World) -> None:
    small_hub_world.settings.private = True
    assert ask(small_hub_world, f"{{ {SHOP} {{ name }} }}")["data"]["repository"] == {"name": "shop"}
    assert ask(small_hub_world, f"{{ {SHOP} {{ name }} }}", "mallory")["data"] == {"repository": None}


def test_a_renamed_repository_is_found_under_its_old_name(small_hub_world: World) -> None:
    small_hub_world.name, small_hub_world.former_names = "store", ["shop"]
    assert ask(small_hub_world, f"{{ {SHOP} {{ nameWithOwner }} }}")["data"]["repository"] == {
        "nameWithOwner": "acme/store"
    }
    fixed = '{ repository(owner: "acme", name: "shop", followRenames: false) { id } }'
    assert ask(small_hub_world, fixed)["data"] == {"repository": None}


def test_a_query_that_github_would_not_understand_is_refused(world: World) -> None:
    with world.on_github():
        [error] = ask(world, "{ viewer { nickname } }")["errors"]
        assert "nickname" in error["message"]
        assert "data" not in ask(world, "{ viewer { ")
        assert github_world.ask(world, "POST", "/graphql", {"variables": {}}).status == 400


def test_a_node_has_the_same_id_in_rest_and_is_found_by_it(small_hub_world: World) -> None:
    world = small_hub_world
    world.open_issue("Where is my money?")
    for path, kind in (("/pulls/1", "PullRequest"), ("/issues/4", "Issue"), ("", "Repository")):
        node_id = github_world.ask(world, "GET", f"/repos/acme/shop{path}").json["node_id"]
        found = ask(world, "query($id: ID!) { node(id: $id) { __typename id } }", id=node_id)["data"]["node"]
        assert found == {"__typename": kind, "id": node_id}
    assert ask(world, '{ node(id: "nobody") { id } }')["data"] == {"node": None}


# commits and their pull requests


def test_a_commit_knows_its_pull_requests_however_they_were_merged(hub_world: World) -> None:
    merged = {number: one.merged for number, one in hub_world.pulls.items()}
    assert {one.how for one in hub_world.pulls.values()} == {"merge", "squash", "rebase", "true"}
    commits = " ".join(
        f'c{number}: object(oid: "{sha}") {{ ... on Commit {{ associatedPullRequests(first: 5) {{ nodes {{ number }} }} }} }}'
        for number, sha in merged.items()
    )
    found = ask(hub_world, f"{{ {SHOP} {{ {commits} }} }}")["data"]["repository"]
    numbers = {
        key: [one["number"] for one in commit["associatedPullRequests"]["nodes"]] for key, commit in found.items()
    }
    # the inner one of two nested pull requests is in the outer one too
    assert numbers == {f"c{number}": [number] for number in merged} | {"c13": [12, 13]}


def test_each_commit_of_a_rebase_knows_its_pull_request(hub_world: World) -> None:
    number = next(number for number, one in hub_world.pulls.items() if one.how == "rebase")
    first = hub_world.look("rev-parse", f"{hub_world.pulls[number].merged}^", cwd=hub_world.origin)
    assert associated(hub_world, first) == [number]


def test_the_index_lags_behind_a_fresh_merge(small_hub_world: World) -> None:
    small_hub_world.index_lag = 2
    merged = small_hub_world.merge_pull(small_hub_world.open_pull("Add a wallet"))
    assert [associated(small_hub_world, merged) for _ in range(3)] == [[], [], [4]]


def test_a_push_that_brings_a_head_merges_its_pull_request(small_hub_world: World) -> None:
    world, number = small_hub_world, small_hub_world.open_pull("Add a wallet", "feature/wallet", commits=2)
    own = world.own_commits(number)
    world.git("fetch", "--quiet")
    world.git("merge", "--quiet", "--no-ff", "-m", "By hand", "origin/feature/wallet")
    world.push_to("develop")
    found = pull(world, number, "state mergeCommit { oid } commits(first: 9) { nodes { commit { oid } } }")
    assert (found["state"], found["mergeCommit"]["oid"]) == ("MERGED", world.head("develop"))
    assert [one["commit"]["oid"] for one in found["commits"]["nodes"]] == own
    assert [associated(world, sha) for sha in own] == [[number], [number]]


def associated(world: World, sha: str) -> list[int]:
    commit = f'object(oid: "{sha}") {{ ... on Commit {{ associatedPullRequests(first: 5) {{ nodes {{ number }} }} }} }}'
    found = ask(world, f"{{ {SHOP} {{ {commit} }} }}")["data"]["repository"]["object"]
    return [one["number"] for one in found["associatedPullRequests"]["nodes"]]


# whether a pull request can be merged


def test_whether_it_can_be_merged_is_known_from_the_second_read_on(small_hub_world: World) -> None:
    number = small_hub_world.open_pull("Add a wallet")
    both = "mergeable mergeStateStatus"
    assert pull(small_hub_world, number, both) == {"mergeable": "UNKNOWN", "mergeStateStatus": "UNKNOWN"}
    assert pull(small_hub_world, number, both) == {"mergeable": "MERGEABLE", "mergeStateStatus": "CLEAN"}


def test_a_conflict_is_git_s(small_hub_world: World) -> None:
    number = small_hub_world.open_pull("Close the shop", files={"shop.txt": "closed\n"})
    small_hub_world.commit("develop", "Close it for lunch", {"shop.txt": "back at two\n"})
    pull(small_hub_world, number, "mergeable")
    found = pull(small_hub_world, number, "mergeable mergeStateStatus")
    assert found == {"mergeable": "CONFLICTING", "mergeStateStatus": "DIRTY"}


def test_checks_roll_up_and_say_whether_they_are_required(small_hub_world: World) -> None:
    world, number = small_hub_world, small_hub_world.open_pull("Add a wallet")
    world.protect_branch("develop", Protection(checks=("ci",)))
    fields = f"""statusCheckRollup {{ state contexts(first: 9) {{ nodes {{
      ... on CheckRun {{ name isRequired(pullRequestNumber: {number}) checkSuite {{ workflowRun {{ databaseId }} }} }}
      ... on StatusContext {{ context state isRequired(pullRequestNumber: {number}) }} }} }} }}"""
    assert pull(world, number, fields) == {"statusCheckRollup": None}
    world.check("ci", None, number, run=77)
    world.status("lint", "failure", number)
    world.status("lint", "success", number)
    rollup = pull(world, number, fields)["statusCheckRollup"]
    assert rollup["state"] == "PENDING"
    assert rollup["contexts"]["nodes"] == [
        {"name": "ci", "isRequired": True, "checkSuite": {"workflowRun": {"databaseId": 77}}},
        {"context": "lint", "state": "SUCCESS", "isRequired": False},
    ]
    world.check("ci", "failure", number)
    assert pull(world, number, "statusCheckRollup { state }")["statusCheckRollup"]["state"] == "FAILURE"


def test_a_review_tells_which_head_it_was_for(small_hub_world: World) -> None:
    world, number = small_hub_world, small_hub_world.open_pull("Add a wallet")
    world.protect_branch("develop", Protection(approvals=1))
    reviews = "latestOpinionatedReviews(first: 9) { nodes { state author { login } commit { oid } } }"
    head = world.approve(number).commit
    world.review(number, "COMMENTED", "Yuki")
    world.push_to_pull(number)
    found = pull(world, number, f"headRefOid reviewDecision {reviews}")
    assert found["latestOpinionatedReviews"]["nodes"] == [
        {"state": "APPROVED", "author": {"login": "yuki"}, "commit": {"oid": head}}
    ]
    assert (found["reviewDecision"], found["headRefOid"] == head) == ("APPROVED", False)
    world.request_changes(number, by="Yuki")
    assert pull(world, number, "reviewDecision") == {"reviewDecision": "CHANGES_REQUESTED"}


def test_authors_are_people_or_apps_and_more_or_less_known(hub_world: World) -> None:
    world = hub_world
    fork = world.open_pull("Fix a typo", author="Mia", fork="mia")
    robot = world.open_pull("Update the libraries", "renovate/libraries", author="@renovate")
    fields = "author { __typename login ... on User { name } } authorAssociation isCrossRepository headRepositoryOwner { login }"
    assert pull(world, fork, fields) == {
        "author": {"__typename": "User", "login": "mia", "name": "Mia"},
        "authorAssociation": "FIRST_TIME_CONTRIBUTOR",
        "isCrossRepository": True,
        "headRepositoryOwner": {"login": "mia"},
    }
    assert pull(world, robot, "author { __typename login }") == {"author": {"__typename": "Bot", "login": "renovate"}}


# changes


def test_a_merge_is_a_real_merge(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    body = change(small_hub_world, MERGE, number, commitHeadline="Merge the wallet", commitBody="At last")
    assert body["data"]["mergePullRequest"] == {"pullRequest": {"state": "MERGED"}}
    merged = small_hub_world.look("log", "-1", "--format=%s|%b|%P", "develop", cwd=small_hub_world.origin)
    subject, text, parents = merged.split("|")
    assert (subject, text.strip(), len(parents.split())) == ("Merge the wallet", "At last", 2)
    assert pull(small_hub_world, number, "mergeCommit { oid } mergedBy { login }") == {
        "mergeCommit": {"oid": small_hub_world.head("develop")},
        "mergedBy": {"login": "hana"},
    }


@pytest.mark.parametrize(("method", "parents"), [("SQUASH", 1), ("REBASE", 1), ("MERGE", 2)])
def test_each_way_to_merge(small_hub_world: World, method: str, parents: int) -> None:
    change(small_hub_world, MERGE, ready(small_hub_world), mergeMethod=method)
    assert len(small_hub_world.parents("refs/heads/develop")) == parents
    assert "src/4-1.txt" in small_hub_world.tree("refs/heads/develop")


def test_a_merge_of_another_head_is_refused(small_hub_world: World) -> None:
    number, develop = ready(small_hub_world), small_hub_world.head("develop")
    old = small_hub_world.head_of(number)
    small_hub_world.push_to_pull(number)
    body = change(small_hub_world, MERGE, number, expectedHeadOid=old)
    assert body["data"] == {"mergePullRequest": None}
    assert said(body) == [("UNPROCESSABLE", "Head branch was modified. Review and try the merge again.")]
    assert small_hub_world.head("develop") == develop


def test_a_merge_needs_the_right_to_write(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    body = change(small_hub_world, MERGE, number, "mallory")
    assert said(body) == [("FORBIDDEN", "mallory does not have the correct permissions to execute `MergePullRequest`")]
    assert said(change(small_hub_world, MERGE, number, "@ci")) == [
        ("FORBIDDEN", "Resource not accessible by integration")
    ]
    assert pull(small_hub_world, number, "state") == {"state": "OPEN"}


def test_auto_merge_is_refused_where_it_could_be_merged_at_once(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    refused = "Pull request Protected branch rules not configured for this branch"
    assert said(change(small_hub_world, AUTO_MERGE, number)) == [("UNPROCESSABLE", refused)]
    small_hub_world.protect_branch("develop", Protection(checks=("ci",)))
    small_hub_world.check("ci", "success", number)
    refused = "Pull request Pull request is in clean status"
    assert said(change(small_hub_world, AUTO_MERGE, number)) == [("UNPROCESSABLE", refused)]


def test_auto_merge_merges_once_nothing_is_missing(small_hub_world: World) -> None:
    world, number = small_hub_world, ready(small_hub_world)
    world.protect_branch("develop", Protection(checks=("ci",)))
    body = change(world, AUTO_MERGE, number, mergeMethod="SQUASH", expectedHeadOid=world.head_of(number))
    request = {"autoMergeRequest": {"mergeMethod": "SQUASH"}}
    assert body["data"]["enablePullRequestAutoMerge"] == {"pullRequest": request}
    assert pull(world, number, "state") == {"state": "OPEN"}
    world.check("ci", "success", number)
    assert pull(world, number, "state") == {"state": "MERGED"}
    assert world.subject("refs/heads/develop") == "Add a wallet (#4)"


def test_the_merge_queue_takes_what_cannot_be_merged_otherwise(small_hub_world: World) -> None:
    world, number = small_hub_world, ready(small_hub_world)
    assert said(change(world, ENQUEUE, number)) == [
        ("UNPROCESSABLE", "The merge queue is not enabled for this branch.")
    ]
    world.protect_branch("develop", Protection(queue=True, admins=True))
    [(_, refused)] = said(change(world, MERGE, number))
    assert refused == "Changes must be made through the merge queue"
    entry = change(world, ENQUEUE, number)["data"]["enqueuePullRequest"]["mergeQueueEntry"]
    assert entry == {"position": 1, "pullRequest": {"isInMergeQueue": True}}
    seen = [pull(world, number, "state isInMergeQueue") for _ in range(2)]
    assert seen == [{"state": "OPEN", "isInMergeQueue": True}, {"state": "MERGED", "isInMergeQueue": False}]


# lists, and what is left


def test_lists_come_in_pages(hub_world: World) -> None:
    query = f"""query($after: String) {{ {SHOP} {{ pullRequests(first: 8, after: $after) {{
      totalCount nodes {{ number }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    numbers, after = [], None
    for has_next in (True, True, False):
        page = ask(hub_world, query, after=after)["data"]["repository"]["pullRequests"]
        numbers += [one["number"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (21, has_next)
    assert numbers == list(range(1, 22))


@pytest.mark.parametrize(
    ("page", "type"),
    [
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ('(first: 5, after: "here")', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_a_page_has_a_size_and_at_most_a_hundred_entries(small_hub_world: World, page: str, type: str) -> None:
    body = ask(small_hub_world, f"{{ {SHOP} {{ pullRequests{page} {{ totalCount nodes {{ number }} }} }} }}")
    assert [error["type"] for error in body["errors"]] == [type]


def test_only_who_may_write_sees_drafts_of_releases(small_hub_world: World) -> None:
    small_hub_world.publish("v1.3.0")
    small_hub_world.publish("v1.4.0", draft=True)
    query = f"{{ {SHOP} {{ latestRelease {{ tagName }} releases(first: 9) {{ nodes {{ tagName isLatest }} }} }} }}"
    hana, mallory = (ask(small_hub_world, query, login)["data"]["repository"] for login in (None, "mallory"))
    assert hana["latestRelease"] == mallory["latestRelease"] == {"tagName": "v1.3.0"}
    assert [one["tagName"] for one in hana["releases"]["nodes"]] == ["v1.4.0", "v1.3.0"]
    assert mallory["releases"]["nodes"] == [{"tagName": "v1.3.0", "isLatest": True}]


def test_the_rate_limit_goes_down(small_hub_world: World) -> None:
    left = [ask(small_hub_world, "{ rateLimit { remaining } }")["data"]["rateLimit"]["remaining"] for _ in range(2)]
    assert left[0] - left[1] == 1
