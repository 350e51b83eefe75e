"""What users of GitHub's REST API meet: pages, filters, drafts, refusals, old names."""

from typing import Any

import pytest
from asking import API, Asked, get

from reletan.sandbox.github import rest
from reletan.sandbox.github.wire import Request
from reletan.sandbox.world import World


def numbers(found: list[dict[str, Any]]) -> list[int]:
    return [one["number"] for one in found]


# who may see and do what


def test_a_stranger_sees_a_public_repository_and_not_a_private_one(world: World) -> None:
    for login in (None, "zoe"):
        assert get(world, "", login)["permissions"]["push"] is False
        world.settings.private = True
        assert Asked(world, "GET", "/pulls/1", login=login).error == (404, "Not Found")
        world.settings.private = False
    world.settings.private = True
    assert get(world, "/pulls/1", "yuki")["number"] == 1


@pytest.mark.parametrize(
    ("login", "status", "said"),
    [
        (None, 401, "Requires authentication"),
        ("zoe", 403, "Resource not accessible by personal access token"),
        ("@ci", 403, "Resource not accessible by integration"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("PUT", "/pulls/4/merge", None),
        ("POST", "/releases", {"tag_name": "v9"}),
        ("POST", "/labels", {"name": "new"}),
        ("POST", "/git/refs", {"ref": "refs/heads/new", "sha": "0" * 40}),
        ("POST", "/issues/1/labels", {"labels": ["new"]}),
        ("PATCH", "/pulls/1", {"title": "Another"}),
        ("PATCH", "", {"name": "another"}),
    ],
)
def test_who_may_not_write_is_told_so(
    world: World, method: str, path: str, sent: Any, login: str | None, status: int, said: str
) -> None:
    world.open_pull("Sell at night")
    before = world.state()
    assert Asked(world, method, path, sent, login=login).error == (status, said)
    assert world.state() == before


def test_other_repositories_are_not_found_and_capitals_do_not_matter(world: World) -> None:
    assert Asked(world, "GET", "/repos/acme/other/pulls/1").error == (404, "Not Found")
    assert get(world, "/repos/ACME/Shop")["full_name"] == "acme/shop"


def test_a_route_that_github_does_not_have_is_none(world: World) -> None:
    for method, path in (("GET", "/repos/acme/shop/pull/1"), ("PUT", "/repos/acme/shop"), ("GET", "/users")):
        request = Request(method=method, path=path, api=API, web=API, login="hana")
        assert rest.answer(world, request) is None


def test_an_old_name_leads_to_the_new_one(world: World) -> None:
    get_settings = Asked(world, "PATCH", "", {"name": "store"})
    assert (get_settings.body["full_name"], world.former_names) == ("acme/store", ["shop"])
    old = Asked(world, "GET", "/repos/acme/shop/pulls", query={"state": "all"})
    assert (old.status, old.headers["Location"]) == (301, f"{API}/repositories/1/pulls?state=all")
    assert numbers(get(world, "/repositories/1/pulls", state="all")) == [3, 2, 1]
    assert get(world, "/repositories/1")["full_name"] == "acme/store"
    write = Asked(world, "PUT", "/repos/acme/shop/pulls/1/merge")
    assert (write.status, write.headers["Location"]) == (307, f"{API}/repositories/1/pulls/1/merge")


# pages and filters


def test_a_long_list_comes_in_pages(big_world: World) -> None:
    shown: list[int] = []
    links = []
    for page in ("1", "2", "3", "4"):
        asked = Asked(big_world, "GET", "/pulls", query={"state": "all", "per_page": "8", "page": page})
        shown += numbers(asked.body)
        links.append(asked.headers.get("Link", ""))
    assert shown == list(range(21, 0, -1))
    address = f"<{API}/repos/acme/shop/pulls?state=all&per_page=8&page="
    assert links[0] == f'{address}2>; rel="next", {address}3>; rel="last"'
    assert (
        links[1]
        == f'{address}1>; rel="prev", {address}3>; rel="next", {address}3>; rel="last", {address}1>; rel="first"'
    )
    assert 'rel="next"' not in links[2]
    assert 'rel="next"' not in links[3]
    assert "Link" not in Asked(big_world, "GET", "/pulls", query={"state": "all"}).headers


def test_pull_requests_are_filtered_and_ordered(world: World) -> None:
    world.open_pull("Sell at night", "night")
    world.open_pull("Sell abroad", "night", fork="zoe")
    world.open_pull("Release", "release/1.4.0", base="main")
    asked: list[tuple[dict[str, str], list[int]]] = [
        ({}, [6, 5, 4]),
        ({"state": "closed"}, [3, 2, 1]),
        ({"state": "all", "direction": "asc"}, [1, 2, 3, 4, 5, 6]),
        ({"sort": "updated"}, [4, 5, 6]),
        ({"base": "main"}, [6]),
        ({"head": "acme:night"}, [4]),
        ({"head": "zoe:night"}, [5]),
        ({"head": "night"}, [6, 5, 4]),  # without its owner it says nothing
        ({"head": "acme:night", "base": "main"}, []),
    ]
    assert [numbers(get(world, "/pulls", **query)) for query, _ in asked] == [found for _, found in asked]


# issues, labels, search


def test_labels_and_assignees(world: World) -> None:
    world.open_issue("Parcels get lost")
    assert Asked(world, "POST", "/labels", {"name": "bug", "description": "Broken"}).status == 201
    again = Asked(world, "POST", "/labels", {"name": "Bug"})
    assert again.body["errors"] == [{"resource": "Label", "code": "already_exists", "field": "name"}]
    for number in (3, 4):
        added = Asked(world, "POST", f"/issues/{number}/labels", {"labels": ["bug", "urgent"]}).body
        assert [one["name"] for one in added] == ["bug", "urgent"]
    assert [one["name"] for one in get(world, "/pulls/3")["labels"]] == ["bug", "urgent"]
    assert [one["name"] for one in get(world, "/labels")] == ["bug", "urgent"]
    assigned = Asked(world, "POST", "/issues/4/assignees", {"assignees": ["yuki", "stranger"]}).body
    assert [one["login"] for one in assigned["assignees"]] == ["yuki"]


def test_an_issue_is_no_pull_request_but_a_pull_request_is_an_issue(world: World) -> None:
    number = world.open_issue("Parcels get lost")
    assert Asked(world, "GET", f"/pulls/{number}").status == 404
    assert "pull_request" not in get(world, f"/issues/{number}")
    assert get(world, "/issues/3")["pull_request"]["merged_at"] is not None
    closed = Asked(world, "PATCH", f"/issues/{number}", {"state": "closed"}).body
    assert (closed["state"], closed["closed_at"] is None) == ("closed", False)


def test_searching(world: World) -> None:
    world.open_pull("Sell at night", "night", labels=["feature"])
    world.open_issue("Nobody works at night")
    world.pulls[4].assignees = ["yuki"]
    asked = {
        "repo:acme/shop is:pr": [4, 3, 2, 1],
        "repo:acme/shop is:pr is:merged author:yuki": [2],
        "repo:acme/shop night": [5, 4],
        "repo:acme/shop is:issue night": [5],
        "draft:false assignee:yuki sort:created-desc": [4],
        "repo:acme/shop label:feature is:open": [4],
        "repo:acme/shop -is:merged": [5, 4],
        "repo:acme/other is:pr": [],
        f"repo:acme/shop {world.pulls[3].merged}": [3],
        'repo:acme/shop "at night" head:night base:develop': [4],
    }
    assert {q: numbers(get(world, "/search/issues", q=q)["items"]) for q in asked} == asked
    with pytest.raises(LookupError, match="cannot search for milestone:1"):
        get(world, "/search/issues", q="milestone:1")
