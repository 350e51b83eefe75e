"""Worlds on the sandbox GitHub whose tests fail where it answered otherwise than GitHub's own description says."""

import json
from collections.abc import Iterator, Mapping
from email.message import Message
from functools import cache
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from reletan.sandbox.github.exchange import Exchange
from reletan.sandbox.github.server import GitHubServer
from reletan.sandbox.github.site import TOKEN
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


def on_github(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """The fixtures' way: the world on GitHub for one test, and what went wrong there is a failure of that test."""
    if rest_contract() is None or graphql_contract() is None:
        request.node.user_properties.append((UNCHECKED, True))
    with world.on_github() as server:
        yield world
    if wrong := problems(server):
        pytest.fail("\n".join(wrong), pytrace=False)


def problems(server: GitHubServer) -> list[str]:
    """What the sandbox could not answer, failed on, or answered against GitHub's description."""
    unknown = [f"no route for {asked}" for asked in server.unknown]
    return [*unknown, *server.crashes, *(said for one in server.exchanges if one.routed for said in violations(one))]


def violations(one: Exchange) -> list[str]:
    """How an exchange differs from GitHub's description; nothing where that is not here."""
    rest, graphql = rest_contract(), graphql_contract()
    if graphql and one.via == "graphql" and one.status == 200:
        found = graphql.violations(one.body["query"], one.body.get("variables"))
    elif rest and one.via == "rest" and one.status:
        found = rest.violations(one.method, one.path, one.query, one.body, one.status, one.answer)
    else:
        found = []
    return [f"{one.method} {one.path} -> {one.status}: {said}" for said in found]


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
