"""What GraphQL changes in pull requests, comments and refs, as PyGithub and release tools ask for it."""

from typing import Any

import github_world
import pytest

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World

SHOP = 'repository(owner: "acme", name: "shop")'
DONE = "pullRequest { title body state isDraft baseRefName headRefOid }"


def ask(world: World, query: str, **variables: Any) -> Any:
    return github_world.ask(world, "POST", "/graphql", {"query": query, "variables": variables}).json


def change(world: World, name: str, answer: str, **sent: Any) -> Any:
    """What a mutation answers, or what GitHub says against it."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    body = ask(world, f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {answer} }} }}", input=sent)
    return body["errors"][0]["message"] if "errors" in body else body["data"][name]


def id_of(world: World, path: str) -> str:
    found: str = github_world.ask(world, "GET", f"/repos/acme/shop{path}").json["node_id"]
    return found


@pytest.fixture
def wallet(small_hub_world: World) -> int:
    """An open pull request of Yuki's."""
    return small_hub_world.open_pull("Add a wallet", "feature/wallet", author="Yuki")


def test_what_pygithub_does_by_graphql(small_hub_world: World, wallet: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from github import Auth, Github

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    world = small_hub_world
    world.unknown_reads = 0
    world.protect_branch("develop", Protection(checks=("ci",), admins=True))
    hub = Github(auth=Auth.Token(TOKEN), base_url=world.github.api_url, retry=None,
                 seconds_between_requests=None, seconds_between_writes=None)  # fmt: skip
    pull = hub.get_repo("acme/shop").get_pull(wallet)

    assert pull.enable_automerge("SQUASH")["actor"]["resourcePath"] == "/hana"
    assert world.pulls[wallet].auto_merge is not None
    assert pull.disable_automerge()["actor"]["login"] == "hana"
    assert world.pulls[wallet].auto_merge is None
    pull.convert_to_draft()
    assert world.pulls[wallet].draft
    pull.mark_ready_for_review()
    assert not world.pulls[wallet].draft


def test_a_pull_request_is_edited(small_hub_world: World, wallet: int) -> None:
    world, pull = small_hub_world, id_of(small_hub_world, f"/pulls/{wallet}")
    done = change(world, "updatePullRequest", DONE, pullRequestId=pull, body="- [x] tried", baseRefName="main")
    assert done["pullRequest"]["body"] == "- [x] tried"
    assert (done["pullRequest"]["title"], done["pullRequest"]["baseRefName"]) == ("Add a wallet", "main")
    said = change(world, "updatePullRequest", DONE, pullRequestId=pull, body="x" * 65_537)
    assert said == "body is too long (maximum is 65536 characters)"
    closed = change(world, "updatePullRequest", DONE, pullRequestId=pull, state="CLOSED")
    assert (closed["pullRequest"]["state"], closed["pullRequest"]["body"]) == ("CLOSED", "- [x] tried")
    assert change(world, "reopenPullRequest", DONE, pullRequestId=pull)["pullRequest"]["state"] == "OPEN"


def test_a_branch_is_brought_up_to_date(small_hub_world: World, wallet: int) -> None:
    world, pull = small_hub_world, id_of(small_hub_world, f"/pulls/{wallet}")
    world.commit("develop", "Go on")
    stale = change(world, "updatePullRequestBranch", DONE, pullRequestId=pull, expectedHeadOid="0" * 40)
    assert stale == "expected head sha didn’t match current head ref."
    done = change(world, "updatePullRequestBranch", DONE, pullRequestId=pull, expectedHeadOid=world.head_of(wallet))
    assert done["pullRequest"]["headRefOid"] == world.head("feature/wallet")
    assert world.parents("refs/heads/feature/wallet")[1] == world.head("develop")


def test_a_comment_is_edited_in_place(small_hub_world: World, wallet: int) -> None:
    world = small_hub_world
    subject = id_of(world, f"/pulls/{wallet}")
    added = change(world, "addComment", "commentEdge { node { id } }", subjectId=subject, body="Waiting")
    comment = added["commentEdge"]["node"]["id"]
    shown = "issueComment { id body includesCreatedEdit }"
    done = change(world, "updateIssueComment", shown, id=comment, body="Merged")
    assert done["issueComment"] == {"id": comment, "body": "Merged", "includesCreatedEdit": True}
    assert [one.body for one in world.comments] == ["Merged"]
    assert "too long" in change(world, "updateIssueComment", shown, id=comment, body="x" * 65_537)
    assert "Could not resolve" in change(world, "updateIssueComment", shown, id=subject, body="Merged")


def test_a_ref_is_deleted_unless_the_rules_forbid_it(small_hub_world: World, wallet: int) -> None:
    world = small_hub_world
    world.protect_branch("main", Protection(approvals=1, admins=True))
    for branch, gone in (("feature/wallet", True), ("main", False)):
        found = ask(world, f'{{ {SHOP} {{ ref(qualifiedName: "refs/heads/{branch}") {{ id }} }} }}')
        change(world, "deleteRef", "clientMutationId", refId=found["data"]["repository"]["ref"]["id"])
        assert (world.head(branch) is None) is gone


def test_the_merge_queue_is_told_and_left(small_hub_world: World, wallet: int) -> None:
    world = small_hub_world
    queue = f'{{ {SHOP} {{ mergeQueue(branch: "develop") {{ entries(first: 9) {{ nodes {{ position }} }} }} }} }}'
    assert ask(world, queue)["data"]["repository"] == {"mergeQueue": None}
    world.protect_branch("develop", Protection(queue=True, checks=("ci",), by_ruleset=True))
    pull = id_of(world, f"/pulls/{wallet}")
    change(world, "enqueuePullRequest", "clientMutationId", pullRequestId=pull)
    assert ask(world, queue)["data"]["repository"]["mergeQueue"]["entries"]["nodes"] == [{"position": 1}]
    change(world, "dequeuePullRequest", "clientMutationId", id=pull)
    assert ask(world, queue)["data"]["repository"]["mergeQueue"]["entries"]["nodes"] == []


def test_everybody_sees_what_the_rules_say_to_pushes(small_hub_world: World) -> None:
    world = small_hub_world
    fields = "refUpdateRule { requiredApprovingReviewCount requiredStatusCheckContexts viewerCanPush }"
    query = f'{{ {SHOP} {{ ref(qualifiedName: "main") {{ {fields} }} }} }}'
    assert ask(world, query)["data"]["repository"]["ref"] == {"refUpdateRule": None}
    world.protect_branch("main", Protection(approvals=2, checks=("ci",), admins=True))
    rule = {"requiredApprovingReviewCount": 2, "requiredStatusCheckContexts": ["ci"], "viewerCanPush": False}
    assert ask(world, query)["data"]["repository"]["ref"] == {"refUpdateRule": rule}


@pytest.mark.parametrize(("event", "what"), [("APPROVE", "approve"), ("REQUEST_CHANGES", "request changes on")])
def test_nobody_judges_their_own_pull_request(small_hub_world: World, event: str, what: str) -> None:
    number = small_hub_world.open_pull("Add a wallet", author="Hana")
    pull = id_of(small_hub_world, f"/pulls/{number}")
    said = change(
        small_hub_world, "addPullRequestReview", "clientMutationId", pullRequestId=pull, event=event, body="x"
    )
    assert said == f"Can not {what} your own pull request"


def test_names_of_repositories_are_the_same_in_capitals(small_hub_world: World) -> None:
    found = ask(small_hub_world, '{ repository(owner: "ACME", name: "Shop") { nameWithOwner } }')
    assert found["data"]["repository"] == {"nameWithOwner": "acme/shop"}


def test_who_has_no_account_is_nobody_in_rest_and_in_graphql(small_hub_world: World) -> None:
    world = small_hub_world
    logins = {}
    for name in ("Marta", "Somebody Else"):
        sha = world.commit("develop", "Go on", author=name)
        rest = github_world.ask(world, "GET", f"/repos/acme/shop/commits/{sha}").json["author"]
        commit = f'object(oid: "{sha}") {{ ... on Commit {{ author {{ user {{ login }} }} }} }}'
        graphql = ask(world, f"{{ {SHOP} {{ {commit} }} }}")["data"]["repository"]["object"]["author"]["user"]
        logins[name] = (rest and rest["login"], graphql and graphql["login"])
    assert logins == {"Marta": ("marta", "marta"), "Somebody Else": (None, None)}
