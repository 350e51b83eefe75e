"""Worlds on the sandbox GitHub whose tests fail where it answered otherwise than GitHub's own description says."""

import json
from collections.abc import Iterator, Mapping
from email.message import Message
from functools import cache
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from reletan.sandbox.github.exchange import Exchange
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.server import GitHubServer
from reletan.sandbox.world import World

if TYPE_CHECKING:
    from contract_graphql import GraphqlContract
    from contract_rest import RestContract

UNCHECKED = "github_unchecked"


@cache
def rest_contract() -> "RestContract | None":
    from contract_rest import RestContract

    return RestContract.load()


@cache
def graphql_contract() -> "GraphqlContract | None":
    from contract_graphql import GraphqlContract

    return GraphqlContract.load()


def need_libraries() -> None:
    """Skips, saying so, where the sandbox GitHub cannot run, or cannot be held to GitHub's description."""
    for module, package in (("graphql", "graphql-core"), ("jsonschema", "jsonschema")):
        reason = f"{package} is not installed: there is no sandbox GitHub to test on"
        pytest.importorskip(module, reason=reason, exc_type=ImportError)


def on_github(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """The fixtures' way: the world on GitHub for one test, and what went wrong there is a failure of that test."""
    need_libraries()
    if rest_contract() is None or graphql_contract() is None:
        request.node.user_properties.append((UNCHECKED, True))
    with world.on_github() as server:
        yield world
    if wrong := problems(server):
        pytest.fail("\n".join(wrong), pytrace=False)


def problems(server: GitHubServer) -> list[str]:
    """What the sandbox could not answer, failed on, or answered against GitHub's description; what it was asked against
    that; and the faults that never happened. Without what the test brings about on purpose.
    """
    unknown = [f"no route for {asked}" for asked in server.unknown]
    wrong = [f"{one.method} {one.path} -> {one.status}: {said}" for one in server.exchanges for said in violations(one)]
    found = [*unknown, *server.crashes, *wrong, *server.unused_faults()]
    return [said for said in found if not any(text in said for text in server.on_purpose)]


def violations(one: Exchange) -> list[str]:
    """How an exchange differs from GitHub's description: the request always, the answer where it is the route's own.
    Nothing where the description is not here.
    """
    rest, graphql = rest_contract(), graphql_contract()
    if graphql and one.via == "graphql":
        return _wrong_query(graphql, one.body)
    if rest is None or one.via != "rest":
        return []
    answer = rest.wrong_answer(one.method, one.path, one.status, one.answer) if one.routed and one.status else []
    return [*rest.wrong_request(one.method, one.path, parse_qsl(one.search, keep_blank_values=True), one.body), *answer]


def _wrong_query(contract: "GraphqlContract", body: Any) -> list[str]:
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return ["there is no query"]
    return contract.violations(body["query"], body.get("variables"), body.get("operationName"))


class Heard(msgspec.Struct, frozen=True):
    """What a plain HTTP client got."""

    status: int
    headers: Message
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def ask(
    world: World,
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = TOKEN,
    headers: Mapping[str, str] | None = None,
    over: HTTPConnection | None = None,
) -> Heard:
    """One request to the world's GitHub, as it is: no retry, no proxy; ``over`` a connection of one's own."""
    connection = over or HTTPConnection(world.github.host, timeout=30)
    known = {"Authorization": f"Bearer {token}"} if token else {}
    content = body if body is None or isinstance(body, str) else json.dumps(body)
    try:
        connection.request(method, path, content, {**known, **(headers or {})})
        answer = connection.getresponse()
        return Heard(answer.status, answer.headers, answer.read())
    finally:
        if over is None:
            connection.close()


def ask_graphql(world: World, query: str, **more: Any) -> Heard:
    return ask(world, "POST", "/graphql", {"query": query}, **more)
