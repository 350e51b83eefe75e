"""What a test hears of the sandbox GitHub where it was asked, or answered, otherwise than GitHub would be."""

from contextlib import suppress
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
from contract_files import missing
from github_world import ask, ask_graphql, graphql_contract, problems, rest_contract

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.world import World

SHOP = "/repos/acme/shop"
MERGE = f"{SHOP}/pulls/1/merge"
VIEWER = "query { viewer { login } }"


def test_a_request_without_a_route_is_told(world: World) -> None:
    with world.on_github() as server:
        assert ask(world, "GET", f"{SHOP}/unheard-of").status == 404
        assert server.unknown == [f"GET {SHOP}/unheard-of"]
        assert f"no route for GET {SHOP}/unheard-of" in problems(server)
        server.on_purpose.append(f"GET {SHOP}/unheard-of")
        assert problems(server) == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
def test_a_method_without_a_route_is_told(world: World, method: str) -> None:
    with world.on_github() as server:
        assert ask(world, method, SHOP).status == 404
        assert server.unknown == [f"{method} {SHOP}"]
        assert [one.method for one in server.exchanges] == [method]


@pytest.mark.parametrize(
    "path",
    [
        "/branches/main/protection/required_status_checks",
        "/branches/main/protection/enforce_admins",
        "/commits/develop/check-suites",
        "/commits/develop/statuses",
    ],
)
def test_what_only_looks_like_a_branch_is_no_route(world: World, path: str) -> None:
    with world.on_github() as server:
        assert ask(world, "GET", f"{SHOP}{path}").status == 404
        assert server.unknown == [f"GET {SHOP}{path}"]


def test_a_request_without_a_route_is_told_whatever_is_answered(world: World) -> None:
    with world.on_github() as server:
        ask(world, "GET", f"{SHOP}/at-the-door", token=TOKEN.upper())
        server.fault("GET", do=Fault.status(502))
        ask(world, "GET", f"{SHOP}/spoilt")
        assert server.unknown == [f"GET {SHOP}/at-the-door", f"GET {SHOP}/spoilt"]


def test_a_query_of_what_the_sandbox_does_not_have_is_told(world: World) -> None:
    """GitHub would understand it, so nothing else would tell."""
    with world.on_github() as server:
        ask_graphql(world, 'query { repository(owner: "acme", name: "shop") { forkCount } }')
        assert server.unknown == ["graphql: Cannot query field 'forkCount' on type 'Repository'."]
        assert problems(server) == [f"no route for {server.unknown[0]}"]


def test_a_fault_that_never_happens_is_told(world: World) -> None:
    with world.on_github() as server:
        server.fault("GET", SHOP, nth=2, do=Fault.status(500))
        ask(world, "GET", SHOP)
        assert problems(server) == [f"the fault of GET {SHOP} never happened"]
        ask(world, "GET", SHOP)
        assert problems(server) == []


def test_a_failure_of_the_sandbox_is_told(world: World, tmp_path: Path) -> None:
    with world.on_github() as server:
        world.origin.rename(tmp_path / "gone")
        assert ask(world, "GET", f"{SHOP}/pulls/1").status == 500
        assert len(server.crashes) == 1
        assert "Traceback" in problems(server)[0]


def test_what_github_would_not_say_or_understand_is_told(world: World) -> None:
    need_descriptions()
    with world.on_github() as server:
        ask(world, "GET", SHOP)
        assert problems(server) == []
        server.exchanges[0].answer["default_branch"] = None
        assert "default_branch" in problems(server)[-1]
        ask_graphql(world, "query { viewer { shoeSize } }")
        assert "shoeSize" in problems(server)[-1]


WRONGLY: list[tuple[str, str, Any, str]] = [
    ("PUT", MERGE, {"merge_methd": "squash"}, "'merge_methd' is not in the description"),
    ("PUT", MERGE, {"merge_method": "fast"}, "'fast' is not one of"),
    ("PUT", MERGE, {"sha": 1}, "request at sha: 1 is not of type 'string'"),
    ("PUT", MERGE, '{"sha": ', "is not of type 'object'"),
    ("GET", f"{SHOP}/pulls?state=all&state=open", None, "state is given 2 times"),
    ("GET", "/search/issues", None, "q is missing"),
    ("GET", f"{SHOP}/pulls/999?perpage=1", None, "takes no query parameter perpage"),
    ("POST", f"{SHOP}/releases", {"nome": 1}, "'tag_name' is a required property"),
    ("POST", "/graphql", {"query": "query($n: Int!) { rateLimit { cost } viewer { login } }"}, "Variable '$n'"),
    (
        "POST",
        "/graphql",
        {"query": "query A { viewer { login } } query B { viewer { id } }"},
        "which of its operations",
    ),
    ("POST", "/graphql", {"query": VIEWER[:-1]}, "Syntax Error"),
    ("POST", "/graphql", {"variables": {}}, "there is no query"),
]


@pytest.mark.parametrize("how", ["answered", "at the door", "spoilt", "cut"])
@pytest.mark.parametrize(("method", "path", "body", "said"), WRONGLY, ids=[row[-1] for row in WRONGLY])
def test_a_wrong_request_is_told_whatever_is_answered(
    world: World, how: str, method: str, path: str, body: Any, said: str
) -> None:
    need_descriptions()
    kind = "graphql" if path == "/graphql" else method
    with world.on_github() as server:
        if how in ("spoilt", "cut"):
            server.fault(kind, do=Fault.html(200) if how == "spoilt" else Fault.cut_before())
        with suppress(RemoteDisconnected):
            ask(world, method, path, body, token=TOKEN.upper() if how == "at the door" else TOKEN)
        assert [one for one in problems(server) if said in one]


def need_descriptions() -> None:
    if rest_contract() is None or graphql_contract() is None:
        pytest.skip(missing())
