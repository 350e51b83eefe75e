"""Publishing a GitHub Release while others do, while answers get lost, and where GitHub says no."""

import pytest
from hubs import LOST, Waits, way_to
from releasing import BODY, BY_TAG, ONE, RELEASES, TAG, only, sent, wanted

from reletan.adapters.hub import LONGEST_WAIT, Hub
from reletan.adapters.hubrelease import publish
from reletan.adapters.hubreply import HubError, Refused
from reletan.domain.errors import Unauthorized
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


# at the same time as others


def test_one_that_somebody_made_in_between_gets_our_notes(small_hub_world: World, hub: Hub) -> None:
    theirs = Fault.then(lambda site: site.publish(TAG, "Theirs"))
    small_hub_world.github.fault("POST", RELEASES, do=theirs)
    assert publish(hub, wanted(small_hub_world)).state == "updated"
    assert only(small_hub_world).body == f"Theirs\n\n{BODY}"


def test_a_draft_is_not_published_beside_what_somebody_made_in_between(small_hub_world: World, hub: Hub) -> None:
    draft = small_hub_world.publish(TAG, "Mine", draft=True)
    small_hub_world.github.on_purpose.append("has no 422 for PATCH")
    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(lambda site: site.publish(TAG, "Theirs")))
    assert publish(hub, wanted(small_hub_world)).state == "updated"
    assert [(one.draft, one.body) for one in small_hub_world.releases] == [(True, "Mine"), (False, f"Theirs\n\n{BODY}")]
    assert draft.draft


def test_one_that_the_tag_does_not_tell_of_yet_is_taken_from_the_list(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.publish(TAG, "Theirs", name="Mine")
    small_hub_world.github.fault("GET", BY_TAG, do=Fault.status(404, "Not Found"))
    assert publish(hub, wanted(small_hub_world)).state == "updated"
    assert sent(small_hub_world, "PATCH") == {"body": f"Theirs\n\n{BODY}"}


def test_one_that_cannot_be_seen_yet_is_not_made_again(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.github.fault("POST", RELEASES, do=Fault.status(422, "tag_name already_exists"))
    with pytest.raises(HubError, match=r"Somebody else made .* It is not to be seen yet"):
        publish(hub, wanted(small_hub_world))


# lost answers


@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
def test_a_release_whose_answer_is_lost_is_looked_up_and_never_sent_twice(
    small_hub_world: World, hub: Hub, fault: Fault, made: bool
) -> None:
    small_hub_world.github.fault("POST", RELEASES, do=fault)
    if made:
        assert publish(hub, wanted(small_hub_world)).state == "created"
    else:
        with pytest.raises(HubError, match=r"Release of v1\.3\.0 is not there") as raised:
            publish(hub, wanted(small_hub_world))
        assert raised.value.unclear
    assert small_hub_world.github.requests("POST", RELEASES) == 1
    assert len(small_hub_world.releases) == made


@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
def test_an_update_whose_answer_is_lost_is_looked_up_and_never_sent_twice(
    small_hub_world: World, hub: Hub, fault: Fault, made: bool, draft: bool
) -> None:
    release = small_hub_world.publish(TAG, "Mine", draft=draft)
    small_hub_world.github.fault("PATCH", ONE, do=fault)
    if made:
        assert publish(hub, wanted(small_hub_world)).state == ("adopted" if draft else "updated")
    else:
        with pytest.raises(HubError, match="is not there" if draft else "is not up to date") as raised:
            publish(hub, wanted(small_hub_world))
        assert raised.value.unclear
    assert small_hub_world.github.requests("PATCH", ONE) == 1
    assert release.body == (f"Mine\n\n{BODY}" if made else "Mine")


def test_when_the_look_fails_too_nobody_claims_to_know(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.github.fault("POST", RELEASES, do=Fault.cut_after())
    small_hub_world.github.fault("GET", BY_TAG, nth=2, times=None, do=Fault.status(502, "Oh no"))
    with pytest.raises(HubError, match=r"Whether the GitHub Release of v1\.3\.0 was written is not known") as raised:
        publish(hub, wanted(small_hub_world))
    assert raised.value.unclear
    assert small_hub_world.github.requests("POST", RELEASES) == 1


def test_another_release_in_the_answer_is_no_success(small_hub_world: World, hub: Hub) -> None:
    other = Fault(bend=lambda reply: reply.but(content=reply.content.replace(b'"v1.3.0"', b'"v9.9.9"')))
    small_hub_world.github.fault("POST", RELEASES, do=other)
    with pytest.raises(HubError, match=r"answered with the release of v9\.9\.9 instead"):
        publish(hub, wanted(small_hub_world))


# limits and refusals


@pytest.mark.parametrize("status", [429, 403])
def test_a_write_waits_as_long_as_github_asks(small_hub_world: World, hub: Hub, waits: Waits, status: int) -> None:
    small_hub_world.github.fault("POST", RELEASES, do=Fault.limited(7, status), times=2)
    assert publish(hub, wanted(small_hub_world)).state == "created"
    assert [seconds for seconds, _ in waits] == [7, 7]
    assert "rate limit" in waits[0][1]


@pytest.mark.parametrize("status", [429, 403])
@pytest.mark.parametrize(("seconds", "said"), [(int(LONGEST_WAIT), "60 s is too long"), (1, "rate limit is used up")])
def test_but_not_for_ever(small_hub_world: World, hub: Hub, status: int, seconds: int, said: str) -> None:
    small_hub_world.github.fault("POST", RELEASES, do=Fault.limited(seconds, status), times=None)
    with pytest.raises(HubError, match=said) as raised:
        publish(hub, wanted(small_hub_world))
    assert not raised.value.unclear
    assert small_hub_world.releases == []


def test_without_the_right_to_write_it_is_named(small_hub_world: World, waits: Waits) -> None:
    small_hub_world.tokens["reader"] = "stranger"
    with pytest.raises(
        Unauthorized, match=r"may not write the GitHub Release of v1\.3\.0 \(contents: write\): "
    ) as raised:
        publish(way_to(small_hub_world, waits, "reader"), wanted(small_hub_world))
    assert "`contents: write`" in (raised.value.next or "")
    assert small_hub_world.releases == []


REFUSED = {
    "403": (Fault.status(403, "Resource not accessible by integration"), Unauthorized, "accessible by integration"),
    "404": (Fault.status(404, "Not Found"), Unauthorized, "or somebody deleted it: Not Found"),
    "401": (Fault.status(401, "Bad credentials"), Unauthorized, "does not accept the token from GH_TOKEN"),
    "immutable": (
        Fault.status(422, "tag_name was used by an immutable release"),
        Refused,
        "as it was, since releases are",
    ),
    "422": (
        Fault.status(422, "Published releases must have a valid tag"),
        Refused,
        "GitHub says no: Published releases",
    ),
}

NOT_ALLOWED = [REFUSED["403"][2], REFUSED["404"][2]]


@pytest.mark.parametrize(("fault", "kind", "said"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_github_s_no_is_explained(
    small_hub_world: World, hub: Hub, method: str, fault: Fault, kind: type[Exception], said: str
) -> None:
    if method == "PATCH":
        small_hub_world.publish(TAG, "Mine")
    before = small_hub_world.state()
    small_hub_world.github.fault(method, f"{RELEASES}*", do=fault, times=None)
    with pytest.raises(kind, match=said) as raised:
        publish(hub, wanted(small_hub_world))
    assert raised.value.next  # type: ignore[attr-defined]
    assert small_hub_world.state() == before
    assert small_hub_world.github.requests(method) == (2 if method == "POST" and said in NOT_ALLOWED else 1)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("draft", [False, True])
def test_the_token_of_actions_may_publish_though_it_may_not_name_the_commit(
    small_hub_world: World, hub: Hub, status: int, draft: bool
) -> None:
    if draft:
        small_hub_world.publish(TAG, "Mine", draft=True)
    method = "PATCH" if draft else "POST"
    refusal = Fault.status(status, "Resource not accessible by integration")
    small_hub_world.github.fault(method, f"{RELEASES}*", do=refusal)
    assert publish(hub, wanted(small_hub_world)).state == ("adopted" if draft else "created")
    first, second = [one.body for one in small_hub_world.github.exchanges if one.method == method]
    assert first == second | {"target_commitish": small_hub_world.tags()[TAG]}


def test_without_the_commit_no_tag_is_made(small_hub_world: World, hub: Hub) -> None:
    asks = wanted(small_hub_world)
    small_hub_world.bare.delete(f"refs/tags/{TAG}")
    small_hub_world.github.fault("POST", RELEASES, do=Fault.status(403, "Resource not accessible by integration"))
    with pytest.raises(Unauthorized):
        publish(hub, asks)
    assert TAG not in small_hub_world.tags()
    assert small_hub_world.github.requests("POST") == 1


@pytest.mark.parametrize("fault", [Fault.html(), Fault.truncated(), Fault.status(200)], ids=["page", "half", "empty"])
def test_nothing_is_written_on_an_answer_that_cannot_be_read(small_hub_world: World, hub: Hub, fault: Fault) -> None:
    small_hub_world.github.fault("GET", RELEASES, do=fault, times=None)
    with pytest.raises(HubError, match="gave an answer"):
        publish(hub, wanted(small_hub_world))
    assert small_hub_world.github.requests("POST") == 0


@pytest.mark.parametrize("there", [False, True])
def test_a_renamed_repository_is_read_and_not_written(small_hub_world: World, hub: Hub, there: bool) -> None:
    if there:
        small_hub_world.publish(TAG, "Mine")
    small_hub_world.rename("store")
    before = small_hub_world.state()
    with pytest.raises(Refused, match="acme/shop is now acme/store, so nothing was written"):
        publish(hub, wanted(small_hub_world))
    assert small_hub_world.state() == before
