"""`reletan list` when GitHub fails: it asks again where that helps, else the history's list is shown, and it is said."""

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from listings import codes, listed, numbers

from reletan.sandbox.github.faults import Fault, Trouble
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.http.wire import Reply, decoded
from reletan.sandbox.world import World

ALL = [21, 20, 19, 18, 17, 16, 15, 14, 12, 13, 11, 10, 9]


def warning(world: World, **env: str) -> str:
    """The one warning of a list that GitHub could not complete."""
    run = world.reletan("list", "--json", env=env, check=True)
    listing = run.json
    assert (listing["source"], listing["complete"], codes(listing)) == ("history", False, ["github-failed"])
    assert numbers(listing) == ALL
    assert TOKEN not in run.out + run.err
    return str(listing["warnings"][0]["message"])


PASSING = {
    "an error": Fault.status(500),
    "an overload": Fault.status(503),
    "cut before": Fault.cut_before(),
    "cut after": Fault.cut_after(),
    "cut within": Fault.cut_within(),
    "a timeout": Fault.status(502),
    "another timeout": Fault.html(504),
    "all of the data missing": Fault.partial(),
    "some of the data missing": Fault.partial("p9", "p10"),
    "too much at once": Fault.partial(trouble="resource-limits"),
    "a short rate limit": Fault.limited(1),
    "the same with 403": Fault.limited(1, status=403),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_again(hub_world: World, fault: Fault) -> None:
    hub_world.github.fault("graphql", do=fault)
    listing = listed(hub_world)
    assert (listing["source"], listing["complete"], listing["warnings"]) == ("github", True, [])
    assert {one["source"] for one in listing["pull_requests"]} == {"github"}
    assert hub_world.github.requests("graphql") > 1


LASTING = {
    "errors": (Fault.status(500, "Oh no"), "Oh no (HTTP 500)"),
    "timeouts": (Fault.html(502), "HTTP 502"),
    "cuts": (Fault.cut_before(), "could not be reached"),
    "a page": (Fault.html(200), "not JSON (HTTP 200, text/html)"),
    "half an answer": (Fault.truncated(), "not JSON"),
    "no data": (Fault.partial(), "Something went wrong"),
    "a token that is not accepted": (Fault.status(401, "Bad credentials"), "does not accept the token from GH_TOKEN: Bad credentials"),
    "a token without the right": (Fault.status(403, "Resource protected by SSO"), "may not do this: Resource protected by SSO"),
    "a long rate limit": (Fault.limited(600), "10 min"),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "said"), LASTING.values(), ids=LASTING)
def test_what_lasts_is_said_and_the_history_is_shown(hub_world: World, fault: Fault, said: str) -> None:
    hub_world.github.fault("graphql", do=fault, times=None)
    assert said in warning(hub_world)
    # each of the questions four times at most, the second time in halves
    assert hub_world.github.requests("graphql") <= 12


def test_a_wrong_token(hub_world: World) -> None:
    assert "does not accept the token from GH_TOKEN" in warning(hub_world, GH_TOKEN="wrong")  # noqa: S106


def test_a_token_that_cannot_be_one_is_not_sent(hub_world: World) -> None:
    text = warning(hub_world, GH_TOKEN="one two")  # noqa: S106
    assert "cannot be a token" in text
    assert "one two" not in text
    assert hub_world.github.exchanges == []


def test_a_repository_that_the_token_does_not_see(hub_world: World) -> None:
    assert "shows no repository acme/other" in warning(hub_world, RELETAN_GITHUB_REPOSITORY="acme/other")


def test_nobody_listens(hub_world: World) -> None:
    text = warning(hub_world, RELETAN_GITHUB_API_URL="http://127.0.0.1:9")
    assert "GitHub at 127.0.0.1:9 could not be reached" in text


def test_a_token_is_not_sent_over_plain_http(hub_world: World) -> None:
    assert "not HTTPS" in warning(hub_world, RELETAN_GITHUB_API_URL="http://github.example.com/api/v3")


def test_a_file_of_the_repository_does_not_send_the_token_to_a_stranger(hub_world: World) -> None:
    address = hub_world.github.api_url
    (hub_world.clone / ".reletan.toml").write_text(f'[github]\napi_url = "{address}"\nrepository = "acme/shop"\n')
    text = warning(hub_world, RELETAN_GITHUB_API_URL="", RELETAN_GITHUB_REPOSITORY="")
    assert "No token is sent to 127.0.0.1: .reletan.toml names it" in text
    assert hub_world.github.exchanges == []


def test_that_file_may_name_the_remote_s_own_host(hub_world: World) -> None:
    hub_world.origin_over_http()
    address = hub_world.github.api_url
    (hub_world.clone / ".reletan.toml").write_text(f'[github]\napi_url = "{address}"\nrepository = "acme/shop"\n')
    assert listed(hub_world, env={"RELETAN_GITHUB_API_URL": "", "RELETAN_GITHUB_REPOSITORY": ""})["source"] == "github"


def test_what_was_answered_before_it_failed_is_kept(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=Fault.partial("p9"), times=None)
    listing = listed(hub_world)
    assert (listing["source"], listing["complete"], codes(listing)) == ("github", False, ["github-failed"])
    sources = {one["number"]: one["source"] for one in listing["pull_requests"]}
    assert sources == {number: "history" if number == 9 else "github" for number in ALL}


@pytest.mark.parametrize("trouble", ["timeout", "resource-limits"])
def test_what_is_too_much_is_halved(hub_world: World, trouble: Trouble) -> None:
    hub_world.github.fault("graphql", do=Fault.partial(trouble=trouble))
    assert listed(hub_world)["complete"] is True
    asked = [exchange.body["query"].count("issueOrPullRequest") for exchange in hub_world.github.exchanges]
    assert sorted(asked) == [6, 7, 13]


def test_no_requests_left_for_most_of_an_hour(hub_world: World) -> None:
    hub_world.github.limits.graphql.remaining = 0
    assert "rate limit is used up" in (text := warning(hub_world))
    assert re.search(r"try again in (59|60) min", text)
    assert hub_world.github.requests("graphql") == 1


def test_no_requests_left_for_a_second(hub_world: World) -> None:
    limit = hub_world.github.limits.graphql
    limit.remaining, limit.reset_at = 0, hub_world.clock + 61
    hub_world.github.fault("graphql", nth=2, do=Fault.then(lambda site: setattr(site, "clock", site.clock + 2)))
    listing = listed(hub_world)
    assert (listing["complete"], hub_world.github.requests("graphql")) == (True, 2)


def test_the_wait_that_github_asks_for_is_kept_and_said(hub_world: World) -> None:
    hub_world.patient = True
    hub_world.github.fault("graphql", do=Fault.limited(2))
    begin = time.monotonic()
    run = hub_world.reletan("list", check=True)
    assert time.monotonic() - begin > 2
    assert "waiting for 2 s" in run.err
    assert "secondary rate limit" in run.err


def test_start_and_tag_go_on_without_github(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=Fault.status(401, "Bad credentials"), times=None)
    started = hub_world.reletan("start", "--yes", check=True)
    assert "does not accept the token" in started.err
    tagged = hub_world.reletan("tag", "--yes", check=True)
    assert "does not accept the token" in tagged.err
    assert "v1.4.0" in hub_world.tags()


def test_verbose_tells_how_many_requests_are_left(hub_world: World) -> None:
    assert "of 5,000 requests left until" in hub_world.reletan("-v", "list", check=True).err


@pytest.mark.parametrize(
    "value",
    [
        "ftp://github.example.com",
        "github.example.com",
        "https://user:secret@github.example.com",
        "https://",
        "https://x/?a=b",
        "https://x:99999",
    ],
)
def test_an_address_that_cannot_be_one_is_a_mistake_in_the_settings(hub_world: World, value: str) -> None:
    run = hub_world.reletan("list", "--json", env={"RELETAN_GITHUB_API_URL": value})
    assert run.code == 2
    assert "RELETAN_GITHUB_API_URL" in run.json["error"]["message"]
    assert "user:secret" not in run.out + run.err


@pytest.mark.parametrize(
    "value", ["shop", "acme/", "acme/shop/more", "../shop", "acme/shop?x", "acme/sh op", "-acme/shop"]
)
def test_a_repository_that_cannot_be_one_is_a_mistake_in_the_settings(hub_world: World, value: str) -> None:
    run = hub_world.reletan("list", "--json", env={"RELETAN_GITHUB_REPOSITORY": value})
    assert run.code == 2
    assert "RELETAN_GITHUB_REPOSITORY" in run.json["error"]["message"]
    assert hub_world.github.exchanges == []


# What GitHub may send, and must not stop the list


def bent(change: Callable[[dict[str, Any]], object]) -> Fault:
    """The real answer of GraphQL, changed."""

    def bend(reply: Reply) -> Reply:
        answer = decoded(reply.content)
        change(answer)
        return reply.but(content=msgspec.json.encode(answer))

    return Fault(bend=bend)


def headed(**headers: str) -> Fault:
    """The real answer under other headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(bend=lambda reply: reply.but(headers={**reply.headers, **named}))


def without_labels(answer: dict[str, Any]) -> None:
    answer["data"]["repository"]["p9"]["labels"] = None
    path = ["repository", "p9", "labels"]
    answer["errors"] = [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Too much.", "path": path}]


def test_a_part_that_is_missing_inside_of_a_pull_request_is_asked_for_again(hub_world: World) -> None:
    hub_world.label(9, "breaking")
    hub_world.github.fault("graphql", do=bent(without_labels))
    listing = listed(hub_world)
    assert (listing["complete"], listing["suggested_version"], hub_world.github.requests("graphql")) == (
        True,
        "2.0.0",
        2,
    )


def test_labels_that_stay_missing_are_unknown(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=bent(without_labels), times=None)
    listing = listed(hub_world)
    assert (listing["complete"], codes(listing)) == (False, ["github-failed"])
    assert {one["number"]: one["labels"] for one in listing["pull_requests"]}[9] is None


def test_one_pull_request_in_an_unknown_shape_spoils_no_other(hub_world: World) -> None:
    def untitled(answer: dict[str, Any]) -> None:
        answer["data"]["repository"].get("p9", {})["title"] = None

    hub_world.github.fault("graphql", do=bent(untitled), times=None)
    listing = listed(hub_world)
    assert listing["complete"] is False
    assert [one["number"] for one in listing["pull_requests"] if one["source"] == "history"] == [9]


def test_a_token_without_the_right_to_pull_requests(hub_world: World) -> None:
    def forbidden(answer: dict[str, Any]) -> None:
        aliases = [alias for alias in answer["data"]["repository"] if alias[0] in "pc"]
        message = "Resource not accessible by personal access token"
        answer["errors"] = [{"type": "FORBIDDEN", "message": message, "path": ["repository", one]} for one in aliases]
        answer["data"]["repository"].update(dict.fromkeys(aliases))

    hub_world.github.fault("graphql", do=bent(forbidden), times=None)
    assert "may not read acme/shop: Resource not accessible by personal access token" in warning(hub_world)
    assert hub_world.github.requests("graphql") == 1


@pytest.mark.parametrize(
    "fault",
    [headed(X_RateLimit_Remaining="unlimited"), headed(X_RateLimit_Reset="99999999999999999999"), headed(Date="soon")],
    ids=["no number", "beyond all time", "no date"],
)
def test_odd_headers_stop_nothing(hub_world: World, fault: Fault) -> None:
    hub_world.github.fault("graphql", do=fault, times=None)
    run = hub_world.reletan("list", "--json", check=True)
    assert numbers(run.json) == ALL


def test_a_wait_that_is_no_number_is_none(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=Fault.status(429, headers={"Retry-After": "2.5 minutes"}), times=None)
    assert "rate limit" in warning(hub_world)


def test_what_github_says_stays_on_one_line(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=Fault.status(401, "Bad\nnext: do something else \x1b[31m"), times=None)
    run = hub_world.reletan("list", check=True)
    assert not [line for line in run.err.splitlines() if line.startswith("next:")]
    assert "\x1b" not in run.err


def test_a_title_does_not_pass_for_a_rate_limit(hub_world: World) -> None:
    hub_world.pulls[9].title = 'Handle the rate limit: "RATE_LIMITED"'
    assert listed(hub_world)["complete"] is True


@pytest.mark.parametrize(
    ("place", "requests"),
    [("/graphql/elsewhere", 1), ("https://elsewhere.example.com/graphql", 1), ("https://[bad", 4)],
)
def test_a_redirection_is_not_followed(hub_world: World, place: str, requests: int) -> None:
    hub_world.github.fault("graphql", do=Fault.status(301, "Moved", headers={"Location": place}), times=None)
    warning(hub_world)
    assert hub_world.github.requests("graphql") == requests


def test_a_proxy_does_not_get_what_is_meant_for_this_machine(hub_world: World) -> None:
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    assert listed(hub_world, env=proxy)["complete"] is True


def test_another_port_of_the_remote_s_host_is_a_stranger(hub_world: World) -> None:
    hub_world.origin_over_http()
    (hub_world.clone / ".reletan.toml").write_text(
        '[github]\napi_url = "http://127.0.0.1:9"\nrepository = "acme/shop"\n'
    )
    text = warning(hub_world, RELETAN_GITHUB_API_URL="", RELETAN_GITHUB_REPOSITORY="")
    assert "No token is sent to 127.0.0.1" in text


def test_status_says_it_too(hub_world: World) -> None:
    hub_world.github.fault("graphql", do=Fault.status(401, "Bad credentials"), times=None)
    assert codes(hub_world.reletan("status", "--json", check=True).json) == ["github-failed"]


def test_markdown_stays_free_of_warnings(hub_world: World) -> None:
    run = hub_world.reletan("list", "--markdown", env={"GH_TOKEN": ""}, check=True)
    assert "GH_TOKEN" not in run.out
    assert "GH_TOKEN" in run.err
