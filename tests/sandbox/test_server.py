"""The sandbox GitHub as a server: what PyGithub and plain HTTP clients meet at its address."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPSConnection
from threading import Barrier
from typing import Any

import pytest
from github_world import ask, ask_graphql

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

SHOP = "/repos/acme/shop"
VIEWER = "query { viewer { login } }"


@pytest.fixture
def repository(small_hub_world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The world's repository as PyGithub sees it."""
    from github import Auth, Github

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    hub = Github(auth=Auth.Token(TOKEN), base_url=small_hub_world.github.api_url, retry=None,
                 seconds_between_requests=None, seconds_between_writes=None)  # fmt: skip
    return hub.get_repo("acme/shop")


# PyGithub


def test_pygithub_reads_a_pull_request(small_hub_world: World, repository: Any) -> None:
    number = small_hub_world.open_pull("Add a basket", author="Yuki")
    small_hub_world.label(number, "feature")

    pull = repository.get_pull(number)

    assert (pull.title, pull.user.login, pull.merged) == ("Add a basket", "yuki", False)
    assert pull.head.sha == small_hub_world.head_of(number)
    assert [label.name for label in pull.labels] == ["feature"]


def test_pygithub_merges_for_real(small_hub_world: World, repository: Any) -> None:
    number = small_hub_world.open_pull("Add a basket", "feature/basket")
    head = small_hub_world.head_of(number)

    status = repository.get_pull(number).merge(sha=head)

    assert status.merged is True
    assert status.sha == small_hub_world.head("develop")
    assert small_hub_world.parents("refs/heads/develop")[1] == head


def test_pygithub_lists_and_makes_releases(small_hub_world: World, repository: Any) -> None:
    small_hub_world.publish("v1.3.0", "First words")
    repository.create_git_release("v9.0.0", "Nine", "Later words", draft=True, make_latest="false")

    assert {one.tag_name: one.draft for one in repository.get_releases()} == {"v1.3.0": False, "v9.0.0": True}
    assert repository.get_latest_release().body == "First words"


# tokens and limits


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "token"])
def test_a_token_says_who_asks(small_hub_world: World, kind: str) -> None:
    headers = {"Authorization": f"{kind} {TOKEN}"}
    assert ask(small_hub_world, "GET", "/user", token=None, headers=headers).json["login"] == "hana"
    assert small_hub_world.github.exchanges[-1].login == "hana"


def test_without_a_known_token_little_is_possible(small_hub_world: World) -> None:
    world = small_hub_world
    bad = ask(world, "GET", SHOP, token=TOKEN.upper())
    assert (bad.status, bad.json["message"]) == (401, "Bad credentials")
    assert ask(world, "PUT", f"{SHOP}/pulls/1/merge", {}, token=None).status == 401
    assert ask_graphql(world, VIEWER, token=None).status == 401

    public = ask(world, "GET", SHOP, token=None)
    assert (public.status, public.headers["X-RateLimit-Limit"]) == (200, "60")


def test_the_limit_goes_down_with_each_request_and_begins_anew_after_an_hour(small_hub_world: World) -> None:
    world = small_hub_world
    left = [int(ask(world, "GET", SHOP).headers["X-RateLimit-Remaining"]) for _ in range(3)]
    assert left == [4999, 4998, 4997]
    assert ask(world, "GET", "/rate_limit").json["resources"]["core"]["remaining"] == 4997

    world.clock += 3600

    assert ask(world, "GET", SHOP).headers["X-RateLimit-Remaining"] == "4999"


@pytest.mark.parametrize("status", [403, 429])
def test_a_used_up_limit_refuses_until_the_reset(small_hub_world: World, status: int) -> None:
    world = small_hub_world
    world.github.limits.core.remaining, world.github.limits.core.status = 1, status
    assert ask(world, "GET", SHOP).status == 200

    refused = ask(world, "GET", SHOP)

    assert refused.status == status
    assert refused.json["message"].startswith("API rate limit exceeded for user ID 1.")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert int(refused.headers["X-RateLimit-Reset"]) == world.clock + 3600


def test_graphql_has_a_limit_of_its_own(small_hub_world: World) -> None:
    world = small_hub_world
    world.github.limits.graphql.remaining = 0

    refused = ask_graphql(world, VIEWER)

    assert refused.status == 200
    assert refused.json["errors"][0]["type"] == "RATE_LIMITED"
    assert ask(world, "GET", SHOP).status == 200


# HTTP


def test_one_connection_serves_many_requests(small_hub_world: World) -> None:
    connection = HTTPConnection(small_hub_world.github.host, timeout=30)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        assert ask(small_hub_world, "GET", SHOP, over=connection).status == 200
    assert connection.sock is first
    connection.close()


def test_the_world_has_its_own_time_and_a_request_takes_none(small_hub_world: World) -> None:
    before = small_hub_world.clock
    answer = ask(small_hub_world, "GET", SHOP)
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == before == small_hub_world.clock


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_addresses_in_answers_begin_as_the_one_that_was_asked(small_hub_world: World, prefix: str) -> None:
    answer = ask(small_hub_world, "GET", f"{prefix}{SHOP}").json
    assert answer["url"] == f"{small_hub_world.github.url}{prefix}{SHOP}"
    assert small_hub_world.github.exchanges[-1].path == SHOP


@pytest.mark.parametrize("path", ["/graphql", "/api/graphql"])
def test_graphql_has_the_addresses_of_both_kinds_of_server(small_hub_world: World, path: str) -> None:
    assert ask(small_hub_world, "POST", path, {"query": VIEWER}).json == {"data": {"viewer": {"login": "hana"}}}
    assert small_hub_world.github.requests("graphql", "viewer") == 1


def test_another_version_of_the_api_and_broken_json_are_refused(small_hub_world: World) -> None:
    world = small_hub_world
    assert ask(world, "GET", SHOP, headers={"X-GitHub-Api-Version": "2022-11-28"}).status == 200
    assert ask(world, "GET", SHOP, headers={"X-GitHub-Api-Version": "2026-03-10"}).status == 400
    assert ask(world, "PUT", f"{SHOP}/pulls/1/merge", '{"sha": ').status == 400
    world.github.on_purpose.append("""'{"sha": ' is not of type 'object'""")


def test_tls_needs_nothing_but_its_certificate(world: World) -> None:
    with world.on_github(tls=True) as server:
        context = ssl.create_default_context(cafile=server.certificate)
        connection = HTTPSConnection(server.host, timeout=30, context=context)
        assert ask(world, "GET", "/api/v3/user", over=connection).json["login"] == "hana"
        connection.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            HTTPSConnection(server.host, timeout=30, context=ssl.create_default_context()).connect()
        assert world.git("ls-remote", server.git_url, "refs/heads/main").startswith(world.head("main") or "no main")
        assert server.crashes == []


def test_of_many_who_merge_at_once_one_does(small_hub_world: World) -> None:
    world = small_hub_world
    number = world.open_pull("Add a basket")
    together = Barrier(6)

    def merge(_: int) -> int:
        together.wait()
        return ask(world, "PUT", f"{SHOP}/pulls/{number}/merge", {}).status

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(merge, range(6))) == [200, 405, 405, 405, 405, 405]


# programs


def test_programs_of_the_world_find_its_github_as_long_as_it_is_there(world: World) -> None:
    with world.on_github() as server:
        env = world.environment()
        assert (env["GH_TOKEN"], env["RELETAN_GITHUB_API_URL"]) == (TOKEN, server.api_url)
        assert env["RELETAN_GITHUB_REPOSITORY"] == "acme/shop"
    assert "GH_TOKEN" not in world.environment()
    with pytest.raises(WorldError, match="not on GitHub"):
        _ = world.github
