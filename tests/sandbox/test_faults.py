"""Scripted faults: what the client gets, and whether the request had its effect all the same."""

from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected

import pytest
from github_world import ask, ask_graphql

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

SHOP = "/repos/acme/shop"
MERGE = "/repos/*/pulls/*/merge"
TITLES = """query { repository(owner: "acme", name: "shop") {
  p1: pullRequest(number: 1) { title } p2: pullRequest(number: 2) { title } p99: pullRequest(number: 99) { title } } }"""


@pytest.fixture
def basket(small_hub_world: World) -> int:
    """A pull request that could be merged."""
    return small_hub_world.open_pull("Add a basket")


def merge(world: World, number: int) -> tuple[int, str]:
    answer = ask(world, "PUT", f"{SHOP}/pulls/{number}/merge", {})
    return answer.status, answer.json["message"]


def merged(world: World, number: int) -> bool:
    return world.pulls[number].merged is not None


# instead of an answer


@pytest.mark.parametrize("effect", [False, True])
def test_an_error_with_and_without_the_effect(small_hub_world: World, basket: int, effect: bool) -> None:
    small_hub_world.github.fault("PUT", MERGE, do=Fault.status(502, "Bad Gateway", effect=effect))
    assert merge(small_hub_world, basket) == (502, "Bad Gateway")
    assert merged(small_hub_world, basket) is effect


def test_a_base_that_moved_is_worth_another_try(small_hub_world: World, basket: int) -> None:
    small_hub_world.github.fault("PUT", MERGE, do=Fault.base_modified())
    assert merge(small_hub_world, basket) == (405, "Base branch was modified. Review and try the merge again.")
    assert merge(small_hub_world, basket)[0] == 200


@pytest.mark.parametrize("status", [403, 429])
def test_too_fast_says_when_to_come_back(small_hub_world: World, status: int) -> None:
    small_hub_world.github.fault("GET", SHOP, do=Fault.limited(7, status))
    answer = ask(small_hub_world, "GET", SHOP)
    assert (answer.status, answer.headers["Retry-After"]) == (status, "7")
    assert "secondary rate limit" in answer.json["message"]


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_for_people(small_hub_world: World, status: int) -> None:
    small_hub_world.github.fault("GET", SHOP, do=Fault.html(status))
    answer = ask(small_hub_world, "GET", SHOP)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert answer.content.startswith(b"<!DOCTYPE html>")


# cut


def test_cut_before_the_effect(small_hub_world: World, basket: int) -> None:
    small_hub_world.github.fault("PUT", MERGE, do=Fault.cut_before())
    with pytest.raises(RemoteDisconnected):
        merge(small_hub_world, basket)
    assert not merged(small_hub_world, basket)
    assert small_hub_world.github.exchanges[-1].status is None


def test_cut_after_the_effect(small_hub_world: World, basket: int) -> None:
    small_hub_world.github.fault("PUT", MERGE, do=Fault.cut_after())
    with pytest.raises(RemoteDisconnected):
        merge(small_hub_world, basket)
    assert merged(small_hub_world, basket)


def test_cut_in_the_middle_of_the_answer(small_hub_world: World, basket: int) -> None:
    small_hub_world.github.fault("PUT", MERGE, do=Fault.cut_within())
    with pytest.raises(IncompleteRead):
        merge(small_hub_world, basket)
    assert merged(small_hub_world, basket)


def test_json_that_ends_too_early(small_hub_world: World) -> None:
    small_hub_world.github.fault("GET", SHOP, do=Fault.truncated())
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        _ = ask(small_hub_world, "GET", SHOP).json


def test_a_push_whose_answer_is_lost(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.github.fault("git", "*/git-receive-pack", do=Fault.cut_after())
    with pytest.raises(WorldError):
        world.push_to("lost-answer")
    assert world.head("lost-answer") == world.git("rev-parse", "HEAD")
    assert world.github.requests("git", "*/git-receive-pack") == 1


def test_a_push_that_never_arrives(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.github.fault("git", "*/git-receive-pack", do=Fault.cut_before())
    with pytest.raises(WorldError):
        world.push_to("lost-push")
    assert world.head("lost-push") is None


# GraphQL


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        ("timeout", None, "Something went wrong while executing your query"),
        ("resource-limits", "RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded"),
        ("rate-limited", "RATE_LIMITED", "API rate limit exceeded"),
    ],
)
def test_partial_data(small_hub_world: World, trouble: str, kind: str | None, words: str) -> None:
    small_hub_world.github.fault("graphql", "p2:", do=Fault.partial("p2", trouble=trouble))
    answer = ask_graphql(small_hub_world, TITLES).json
    assert answer["data"]["repository"]["p1"]["title"]
    assert answer["data"]["repository"]["p2"] is None
    first, missing = answer["errors"]
    assert (first["path"], first.get("type")) == (["repository", "p2"], kind)
    assert words in first["message"]
    assert (missing["path"], missing["type"]) == (["repository", "p99"], "NOT_FOUND")


@pytest.mark.parametrize("query", [TITLES, "query { viewer {"], ids=["another alias", "no data"])
def test_partial_data_without_such_an_alias_is_a_mistake_of_the_test(world: World, query: str) -> None:
    with world.on_github() as server:
        server.fault("graphql", do=Fault.partial("p7"))
        assert ask_graphql(world, query).status == 500
        assert "there is no p7 in the answer" in server.crashes[0]


def test_a_query_that_took_too_long_has_no_data(small_hub_world: World) -> None:
    small_hub_world.github.fault("graphql", do=Fault.partial(status=502))
    answer = ask_graphql(small_hub_world, TITLES)
    assert (answer.status, answer.json["data"], len(answer.json["errors"])) == (502, None, 1)


# when


def test_the_nth_call_and_so_many_of_them(small_hub_world: World) -> None:
    small_hub_world.github.fault("GET", f"{SHOP}/pulls/*", nth=2, times=2, do=Fault.status(500))
    assert [ask(small_hub_world, "GET", f"{SHOP}/pulls/1").status for _ in range(4)] == [200, 500, 500, 200]


def test_of_two_that_spoil_an_answer_the_later_waits(small_hub_world: World) -> None:
    for status in (500, 503):
        small_hub_world.github.fault("GET", SHOP, do=Fault.status(status))
    assert [ask(small_hub_world, "GET", SHOP).status for _ in range(3)] == [500, 503, 200]


def test_always_and_only_what_is_meant(small_hub_world: World) -> None:
    small_hub_world.github.fault("GET", f"{SHOP}/pulls/1", times=None, do=Fault.status(500))
    small_hub_world.github.fault("graphql", "number: 3", do=Fault.status(500))
    small_hub_world.github.on_purpose.append("the fault of graphql number: 3 never happened")
    assert [ask(small_hub_world, "GET", f"{SHOP}/pulls/1").status for _ in range(3)] == [500] * 3
    assert ask(small_hub_world, "GET", f"{SHOP}/pulls/2").status == 200
    assert ask_graphql(small_hub_world, TITLES).status == 200


def test_somebody_pushes_between_judging_and_merging(small_hub_world: World, basket: int) -> None:
    world = small_hub_world
    judged = world.head_of(basket)
    world.github.fault("PUT", MERGE, do=Fault.then(lambda _: world.push_to_pull(basket)))

    answer = ask(world, "PUT", f"{SHOP}/pulls/{basket}/merge", {"sha": judged})

    assert answer.status == 409
    assert not merged(world, basket)


def test_a_delay_holds_nobody_else_up(small_hub_world: World) -> None:
    world = small_hub_world
    world.github.fault("GET", f"{SHOP}/pulls/1", do=Fault.delay(3600))
    patient = HTTPConnection(world.github.host, timeout=30)
    patient.request("GET", f"{SHOP}/pulls/1")

    assert ask(world, "GET", f"{SHOP}/pulls/2").status == 200

    world.github.stop()
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        patient.getresponse()
    patient.close()


def test_latency_slows_every_request(small_hub_world: World) -> None:
    small_hub_world.github.latency = 3600
    patient = HTTPConnection(small_hub_world.github.host, timeout=30)
    patient.request("GET", SHOP)
    small_hub_world.github.stop()
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        patient.getresponse()
    patient.close()
    assert small_hub_world.github.exchanges == []


def test_faults_that_do_not_spoil_the_answer_come_on_top(small_hub_world: World, basket: int) -> None:
    world = small_hub_world
    world.github.fault("PUT", MERGE, do=Fault.then(lambda site: site.close_pull(basket)))
    world.github.fault("PUT", MERGE, do=Fault.status(502, effect=True))
    assert merge(world, basket)[0] == 502
    assert world.pulls[basket].closed
