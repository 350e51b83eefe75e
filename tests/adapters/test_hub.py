"""The way to GitHub, one pull request at a time, against the sandbox."""

from pathlib import Path

import pytest
from hubs import LOST, Waits, way_to
from witness import script

from reletan.adapters.hub import LONGEST_WAIT, Hub
from reletan.adapters.hubpull import NotMerged, merge_pull, read_pull
from reletan.adapters.hubreply import HubError, Refused, Reply, decode
from reletan.adapters.token import Token, find_token
from reletan.domain.errors import Unauthorized, UsageError
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.world import World

MERGE = "/repos/*/pulls/*/merge"


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


# Reading


def test_a_pull_request_as_it_is(small_hub_world: World, hub: Hub) -> None:
    number = small_hub_world.open_pull("Add wish lists", "feature/wish-lists", draft=True)
    pull = read_pull(hub, number)
    assert (pull.number, pull.open, pull.merged, pull.draft, pull.fork) == (number, True, False, True, False)
    assert (pull.head, pull.base, pull.commit) == (small_hub_world.head_of(number), "develop", None)


def test_a_fork_is_told_apart(small_hub_world: World, hub: Hub) -> None:
    assert read_pull(hub, small_hub_world.open_pull("From afar", fork="stranger")).fork


def test_a_merged_one_tells_its_commit(small_hub_world: World, hub: Hub) -> None:
    pull = read_pull(hub, 3)
    assert (pull.merged, pull.commit, pull.state) == (True, small_hub_world.pulls[3].merged, "unknown")


@pytest.mark.parametrize(
    "fault",
    [Fault.status(500), Fault.status(502), Fault.cut_before(), Fault.cut_within(), Fault.limited(1), Fault.limited(1, status=403)],
    ids=["500", "502", "cut", "cut within", "429", "403"],
)  # fmt: skip
def test_a_read_is_made_again(small_hub_world: World, hub: Hub, waits: Waits, fault: Fault) -> None:
    small_hub_world.github.fault("GET", do=fault, times=2)
    assert read_pull(hub, 3).merged
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault.status(500, "Oh no"), HubError, "GitHub failed: Oh no"),
        (Fault.html(), HubError, r"not JSON \(HTTP 200, text/html\)"),
        (Fault.truncated(), HubError, "not JSON"),
        (Fault.status(404, "Not Found"), Refused, "shows no such thing in acme/shop"),
        (Fault.status(403, "Not allowed"), Unauthorized, "may not do this: Not allowed"),
        (Fault.limited(int(LONGEST_WAIT)), HubError, "60 s is too long"),
        (Fault.cut_before(), HubError, "could not be reached"),
    ],
)
def test_a_read_that_cannot_be_is_one_clear_error(
    small_hub_world: World, hub: Hub, fault: Fault, kind: type[Exception], said: str
) -> None:
    small_hub_world.github.fault("GET", do=fault, times=None)
    with pytest.raises(kind, match=said) as raised:
        read_pull(hub, 3)
    assert TOKEN not in str(raised.value)
    assert raised.value.next  # type: ignore[attr-defined]


def test_an_answer_without_what_is_needed_is_an_error(small_hub_world: World, hub: Hub) -> None:
    without_head = Fault.status(200)
    small_hub_world.github.fault("GET", do=without_head, times=None)
    with pytest.raises(HubError, match=r"unknown shape.*missing required field"):
        read_pull(hub, 3)


def test_json_without_a_bottom_is_an_error() -> None:
    with pytest.raises(HubError, match="not JSON"):
        decode(Reply(200, {}, "[" * 100_000), list)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"message": "Bad\\nnext: rm \\u001b[31m"}', "Bad next: rm [31m (HTTP 422)"),
        ('{"message": "Validation Failed", "errors": [{"message": "too long"}, {"code": "missing"}]}',
         "Validation Failed: too long: missing (HTTP 422)"),
        ('{"message": "No", "errors": ["because", 7]}', "No: because (HTTP 422)"),
        ('{"message": "No", "errors": "because"}', "No: because (HTTP 422)"),
        ('{"message": 7}', "no reason given (HTTP 422)"),
        ("<html>", "HTTP 422"),
    ],
)  # fmt: skip
def test_what_github_says_of_a_failure(text: str, words: str) -> None:
    assert Reply(422, {}, text).words == words


NOW = {"date": "Sat, 21 Nov 2026 10:00:00 GMT"}


@pytest.mark.parametrize(
    ("status", "headers", "text", "seconds"),
    [
        (429, {"retry-after": "7"}, "", 7),
        (403, {"retry-after": "7"}, "", 7),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795255230", **NOW}, "", 31),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1", **NOW}, "", 1),
        (403, {}, '{"message": "You have exceeded a secondary rate limit."}', 60),
        (429, {"retry-after": "\u00b2"}, "", 60),
        (403, {"x-ratelimit-remaining": "12"}, '{"message": "Not allowed"}', None),
        (200, {"retry-after": "7"}, "rate limit", None),
        (500, {}, "rate limit", None),
    ],
)
def test_how_long_a_rate_limit_asks_to_wait(
    status: int, headers: dict[str, str], text: str, seconds: float | None
) -> None:
    assert Reply(status, headers, text).limited == seconds


# Merging


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merge(small_hub_world: World, hub: Hub, method: str) -> None:
    number = small_hub_world.open_pull("Add wish lists")
    commit = merge_pull(hub, number, sha=small_hub_world.head_of(number), method=method, title="Lists", body="Many")  # type: ignore[arg-type]
    assert commit == small_hub_world.head("develop")
    assert small_hub_world.subject(commit) == ("Add wish lists" if method == "rebase" else "Lists")


@pytest.mark.parametrize(("fault", "merged"), LOST.values(), ids=LOST)
def test_a_merge_whose_answer_is_lost_is_looked_up_and_never_sent_twice(
    small_hub_world: World, hub: Hub, fault: Fault, merged: bool
) -> None:
    number = small_hub_world.open_pull("Add wish lists")
    small_hub_world.github.fault("PUT", MERGE, do=fault)
    if merged:
        assert merge_pull(hub, number, sha=small_hub_world.head_of(number), method="merge") == small_hub_world.head(
            "develop"
        )
    else:
        with pytest.raises(HubError, match=f"#{number} is not merged"):
            merge_pull(hub, number, sha=small_hub_world.head_of(number), method="merge")
    assert small_hub_world.github.requests("PUT", MERGE) == 1


def test_a_push_in_between_is_not_merged(small_hub_world: World, hub: Hub) -> None:
    number = small_hub_world.open_pull("Add wish lists")
    seen, before = small_hub_world.head_of(number), small_hub_world.head("develop")
    small_hub_world.github.fault("PUT", MERGE, do=Fault.then(lambda site: site.push_to_pull(number)))
    with pytest.raises(NotMerged, match="Head branch was modified") as refused:
        merge_pull(hub, number, sha=seen, method="merge")
    assert refused.value.status == 409
    assert small_hub_world.head("develop") == before


def test_a_conflict_is_not_merged(small_hub_world: World, hub: Hub) -> None:
    number = small_hub_world.open_pull("Mine", files={"shop.txt": "mine\n"})
    small_hub_world.commit("develop", "Yours", {"shop.txt": "yours\n"})
    with pytest.raises(NotMerged, match="not mergeable") as refused:
        merge_pull(hub, number, sha=small_hub_world.head_of(number), method="merge")
    assert refused.value.status == 405


def test_without_the_right_nothing_is_merged(small_hub_world: World, waits: Waits) -> None:
    small_hub_world.tokens["reader"] = "stranger"
    number = small_hub_world.open_pull("Add wish lists")
    with pytest.raises(Unauthorized):
        merge_pull(
            way_to(small_hub_world, waits, "reader"), number, sha=small_hub_world.head_of(number), method="merge"
        )


# A repository that moved


def test_reads_follow_a_renamed_repository(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.rename("store")
    assert read_pull(hub, 3).merged


def test_writes_do_not_and_name_the_new_address(small_hub_world: World, hub: Hub) -> None:
    number = small_hub_world.open_pull("Add wish lists")
    small_hub_world.rename("store")
    before = small_hub_world.state()
    with pytest.raises(Refused, match="acme/shop is now acme/store, so nothing was written"):
        merge_pull(hub, number, sha=small_hub_world.head_of(number), method="merge")
    assert small_hub_world.state() == before


# Tokens


def test_the_token_is_in_no_text_about_it() -> None:
    token = Token("s3cret", "GH_TOKEN")
    assert "s3cret" not in f"{token} {token!r}"


@pytest.mark.parametrize(
    ("environ", "source"),
    [
        ({"GH_TOKEN": "a", "GITHUB_TOKEN": "b"}, "GH_TOKEN"),
        ({"GH_TOKEN": " ", "GITHUB_TOKEN": "b"}, "GITHUB_TOKEN"),
        ({"PATH": ""}, None),
    ],
)
def test_where_the_token_comes_from(environ: dict[str, str], source: str | None) -> None:
    token = find_token("github.com", environ)
    assert (token.source if token else None) == source


def test_gh_s_own_token_is_taken_last(tmp_path: Path) -> None:
    script(tmp_path / "gh", '#!/bin/sh\n[ "$*" = "auth token --hostname ghe.example.com" ] && echo from-gh\n')
    token = find_token("ghe.example.com", {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert token is not None
    assert (token.value, token.source) == ("from-gh", "gh auth token")
    assert find_token("github.com", {"PATH": f"{tmp_path}:/usr/bin:/bin"}) is None


def test_what_cannot_be_a_token_is_refused_without_showing_it() -> None:
    with pytest.raises(UsageError) as refused:
        find_token("github.com", {"GH_TOKEN": "s3cret\nX-Evil: 1"})
    assert "s3cret" not in str(refused.value)
