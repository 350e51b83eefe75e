"""Pull requests that reletan opens, finds and closes, and statuses, against the sandbox."""

import json

import pytest
from hubs import LOST, Waits, way_to

from reletan.adapters.hub import Hub
from reletan.adapters.hubpr import find_pull, open_pull
from reletan.adapters.hubreply import HubError, Refused
from reletan.adapters.hubwrite import LONGEST_BODY
from reletan.domain.errors import Blocked, Unauthorized
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.world import World

PULLS = "/repos/*/pulls"
HEAD, BASE = "release/1.4.0", "main"


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


@pytest.fixture
def release(small_hub_world: World) -> World:
    """With an open release branch."""
    small_hub_world.branch(HEAD, "refs/heads/develop")
    return small_hub_world


def opened(world: World) -> list[tuple[str, str]]:
    return [(pull.branch, pull.base) for pull in world.pulls.values() if pull.open]


# finding


def test_only_the_open_one_of_this_branch_into_that_one_is_found(release: World, hub: Hub) -> None:
    release.open_pull("From a fork", HEAD, BASE, fork="zoe")
    release.open_pull("Another base", HEAD, "develop", commits=0)
    assert find_pull(hub, HEAD, BASE) is None
    number = release.open_pull("Release 1.4.0", HEAD, BASE, commits=0, draft=True, body="All of it")
    found = find_pull(hub, HEAD, BASE)
    assert found is not None
    assert (found.number, found.title, found.body) == (number, "Release 1.4.0", "All of it")
    assert (found.state, found.draft, found.head, found.base) == ("open", True, release.head(HEAD), BASE)
    assert found.url == f"{release.github.url}/acme/shop/pull/{number}"
    assert (found.merged_at, found.commit) == (None, None)
    assert find_pull(hub, "release/1.4", BASE) is None


@pytest.mark.parametrize("repository", [{"full_name": "zoe/shop"}, None], ids=["a fork", "a fork that is gone"])
def test_a_fork_is_never_taken_for_ours_whatever_github_lists(
    release: World, hub: Hub, repository: dict[str, str] | None
) -> None:
    def bend(reply: Reply) -> Reply:
        (pull,) = json.loads(reply.content)
        pull["head"]["repo"] = repository
        return reply.but(content=json.dumps([pull]).encode())

    release.open_pull("Release", HEAD, BASE, commits=0)
    release.github.fault("GET", PULLS, do=Fault(bend=bend))
    assert find_pull(hub, HEAD, BASE) is None


def test_a_merge_that_github_only_tried_is_no_commit(release: World, hub: Hub) -> None:
    def bend(reply: Reply) -> Reply:
        (pull,) = json.loads(reply.content)
        return reply.but(content=json.dumps([{**pull, "merge_commit_sha": "a" * 40}]).encode())

    release.open_pull("Release", HEAD, BASE, commits=0)
    release.github.fault("GET", PULLS, do=Fault(bend=bend))
    found = find_pull(hub, HEAD, BASE)
    assert found is not None
    assert found.commit is None


def test_what_was_merged_is_found_where_none_is_open(release: World, hub: Hub) -> None:
    def merge(title: str) -> tuple[int, str]:
        release.commit(HEAD, title)
        number = release.open_pull(title, HEAD, BASE, commits=0)
        return number, release.merge_pull(number, keep_branch=True)

    merge("First")
    number, commit = merge("Second")
    release.commit(HEAD, "More")
    release.close_pull(release.open_pull("Closed", HEAD, BASE, commits=0))
    assert find_pull(hub, HEAD, BASE) is None
    found = find_pull(hub, HEAD, BASE, merged=True)
    assert found is not None
    assert (found.number, found.state, found.commit) == (number, "closed", commit)
    assert found.merged_at is not None
    third = release.open_pull("Third", HEAD, BASE, commits=0)
    again = find_pull(hub, HEAD, BASE, merged=True)
    assert again is not None
    assert again.number == third


def test_a_name_of_a_branch_is_not_a_query(small_hub_world: World, hub: Hub) -> None:
    name = "release/1&state=closed#%2e+ü"
    small_hub_world.branch(name, "refs/heads/develop")
    number = small_hub_world.open_pull("Odd", name, BASE, commits=0)
    found = find_pull(hub, name, BASE)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    "fault", [Fault.status(502), Fault.cut_before(), Fault.limited(1)], ids=["502", "cut", "limit"]
)
def test_reading_is_tried_again(release: World, hub: Hub, fault: Fault) -> None:
    number = release.open_pull("Release", HEAD, BASE, commits=0)
    release.github.fault("GET", PULLS, do=fault)
    found = find_pull(hub, HEAD, BASE)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    ("field", "bent"), [('"sha":', '"sha":"--upload-pack=x","was":'), ('"number":', '"number":"1","was":')]
)
def test_an_answer_that_cannot_be_right_is_not_taken(release: World, hub: Hub, field: str, bent: str) -> None:
    release.open_pull("Release", HEAD, BASE, commits=0)
    spoilt = Fault(bend=lambda reply: reply.but(content=reply.content.replace(field.encode(), bent.encode())))
    release.github.fault("GET", PULLS, do=spoilt)
    with pytest.raises(HubError, match="unknown shape"):
        find_pull(hub, HEAD, BASE)


# opening


def test_a_pull_request_is_opened(release: World, hub: Hub) -> None:
    made = open_pull(hub, HEAD, BASE, "Release 1.4.0", "- [ ] #1", draft=True)
    pull = release.pulls[made.number]
    assert (pull.branch, pull.base, pull.title, pull.body, pull.draft) == (
        HEAD,
        BASE,
        "Release 1.4.0",
        "- [ ] #1",
        True,
    )
    assert (made.head, made.draft, made.state) == (release.head(HEAD), True, "open")
    assert find_pull(hub, HEAD, BASE) == made


def test_the_one_that_is_open_is_adopted_as_it_is(release: World, hub: Hub) -> None:
    number = release.open_pull("By hand", HEAD, BASE, commits=0, body="Mine")
    adopted = open_pull(hub, HEAD, BASE, "Release 1.4.0", "Ours")
    assert (adopted.number, adopted.title, adopted.body) == (number, "By hand", "Mine")
    assert opened(release) == [(HEAD, BASE)]


def test_the_one_that_somebody_opened_in_between_is_adopted(release: World, hub: Hub) -> None:
    theirs = Fault.then(lambda site: site.open_pull("Theirs", HEAD, BASE, commits=0))
    release.github.fault("POST", PULLS, do=theirs)
    assert find_pull(hub, HEAD, BASE) is None
    assert open_pull(hub, HEAD, BASE, "Release 1.4.0", "Ours").title == "Theirs"
    assert opened(release) == [(HEAD, BASE)]


def test_one_that_was_opened_and_merged_in_between_is_named(release: World, hub: Hub) -> None:
    release.github.fault(
        "POST", PULLS, do=Fault.then(lambda site: site.open_pull("Theirs", HEAD, base=BASE, commits=0))
    )
    release.github.fault("GET", PULLS, do=Fault.then(lambda site: site.merge_pull(site.last_number)))
    with pytest.raises(Blocked, match=r"#\d+ from .* was merged at the same moment"):
        open_pull(hub, HEAD, BASE, "Release", "")


def test_one_that_exists_and_is_not_to_be_seen_is_no_success(release: World, hub: Hub) -> None:
    release.github.fault("POST", PULLS, do=Fault.status(422, "A pull request already exists for acme:x."))
    with pytest.raises(HubError, match="not to be seen yet"):
        open_pull(hub, HEAD, BASE, "Release", "")


@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
def test_one_whose_answer_is_lost_is_looked_up_and_never_opened_twice(
    release: World, hub: Hub, fault: Fault, made: bool
) -> None:
    release.github.fault("POST", PULLS, do=fault)
    if made:
        assert open_pull(hub, HEAD, BASE, "Release 1.4.0", "All").title == "Release 1.4.0"
    else:
        with pytest.raises(HubError, match=f"The pull request from {HEAD} into main is not open") as raised:
            open_pull(hub, HEAD, BASE, "Release 1.4.0", "All")
        assert raised.value.unclear
    assert release.github.requests("POST", PULLS) == 1
    assert len(opened(release)) == made


def test_when_the_look_fails_too_nobody_claims_to_know(release: World, hub: Hub) -> None:
    release.github.fault("POST", PULLS, do=Fault.cut_after())
    release.github.fault("GET", PULLS, times=None, do=Fault.status(502))
    with pytest.raises(
        HubError, match=f"Whether the pull request from {HEAD} into main was opened is not known"
    ) as raised:
        open_pull(hub, HEAD, BASE, "Release", "")
    assert raised.value.unclear


def test_nothing_to_merge_is_said(release: World, hub: Hub) -> None:
    release.branch(HEAD, "refs/heads/main")
    with pytest.raises(Blocked, match=r"nothing to merge: main has all commits of release/1\.4\.0"):
        open_pull(hub, HEAD, BASE, "Release", "")


def test_a_text_that_is_too_long_is_not_sent(release: World, hub: Hub) -> None:
    with pytest.raises(Blocked, match=r"would have 65,537 characters; GitHub takes 65,536"):
        open_pull(hub, HEAD, BASE, "Release", "x" * (LONGEST_BODY + 1))
    assert release.github.exchanges == []
    assert open_pull(hub, HEAD, BASE, "Release", "x" * LONGEST_BODY).number


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        (403, "Resource not accessible by integration", "`pull requests: write`"),
        (404, "Not Found", "`pull requests: write`"),
        (403, "GitHub Actions is not permitted to create or approve pull requests.", "settings"),
    ],
)
def test_the_right_that_is_missing_is_named(release: World, hub: Hub, status: int, words: str, hint: str) -> None:
    release.github.fault("POST", PULLS, do=Fault.status(status, words))
    with pytest.raises(Unauthorized, match=r"may not open pull requests \(pull requests: write\)") as raised:
        open_pull(hub, HEAD, BASE, "Release", "")
    assert hint in (raised.value.next or "")
    assert release.github.requests("POST") == 1


def test_a_token_that_may_only_read_opens_nothing(release: World, waits: Waits) -> None:
    release.tokens["reader"] = "stranger"
    with pytest.raises(Unauthorized, match="pull requests: write"):
        open_pull(way_to(release, waits, "reader"), HEAD, BASE, "Release", "")
    assert opened(release) == []


def test_another_no_is_told_in_github_s_words(release: World, hub: Hub) -> None:
    with pytest.raises(Refused, match="Validation Failed"):
        open_pull(hub, HEAD, "nowhere", "Release", "")


def test_a_branch_that_is_gone_is_named(release: World, hub: Hub) -> None:
    with pytest.raises(Blocked, match="nowhere is not on GitHub any more"):
        open_pull(hub, "nowhere", BASE, "Release", "")


def test_a_write_waits_as_long_as_github_asks(release: World, hub: Hub, waits: Waits) -> None:
    release.github.fault("POST", PULLS, do=Fault.limited(7))
    assert open_pull(hub, HEAD, BASE, "Release", "").number
    assert [seconds for seconds, _ in waits] == [7]


def test_a_renamed_repository_is_not_written_to(release: World, hub: Hub) -> None:
    release.rename("store")
    before = release.state()
    with pytest.raises(Refused, match="acme/shop is now acme/store, so nothing was written"):
        open_pull(hub, HEAD, BASE, "Release", "")
    assert release.state() == before


def test_another_pull_request_in_the_answer_is_no_success(release: World, hub: Hub) -> None:
    other = Fault(bend=lambda reply: reply.but(content=reply.content.replace(b'"ref":"main"', b'"ref":"develop"')))
    release.github.fault("POST", PULLS, do=other)
    with pytest.raises(HubError, match="which is not from"):
        open_pull(hub, HEAD, BASE, "Release", "")
