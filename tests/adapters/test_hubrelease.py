"""GitHub Releases against the sandbox: made once, adopted, brought up to date, and never over what people wrote."""

import msgspec
import pytest
from hubs import Waits, way_to
from releasing import BODY, BY_TAG, ONE, RELEASES, TAG, asked, only, sent, wanted

from reletan.adapters.hub import Hub
from reletan.adapters.hubrelease import find_published, publish
from reletan.adapters.hubreply import HubError
from reletan.domain.errors import Blocked
from reletan.domain.releasebody import BEGIN, LIMIT, with_block
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


# creating


def test_the_first_release_of_a_repository(small_hub_world: World, hub: Hub) -> None:
    done = publish(hub, wanted(small_hub_world))
    made = only(small_hub_world)
    assert (done.state, done.detail) == ("created", "")
    assert done.url == f"{small_hub_world.github.url}/acme/shop/releases/tag/v1.3.0"
    assert (made.tag, made.name, made.body, made.draft, made.prerelease) == (TAG, "1.3.0", BODY, False, False)
    assert asked(small_hub_world) == [f"GET /releases/tags/{TAG}", "GET /releases", "GET ", "POST /releases"]


def test_a_later_one_takes_three_requests(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.publish("v1.2.0")
    assert publish(hub, wanted(small_hub_world)).state == "created"
    assert asked(small_hub_world) == [f"GET /releases/tags/{TAG}", "GET /releases", "POST /releases"]


@pytest.mark.parametrize(
    ("prerelease", "latest", "told"), [(False, True, "true"), (False, False, "false"), (True, True, "false")]
)
def test_only_the_newest_final_release_is_made_the_latest(
    small_hub_world: World, hub: Hub, prerelease: bool, latest: bool, told: str
) -> None:
    small_hub_world.publish("v2.0.0")
    publish(hub, wanted(small_hub_world, prerelease=prerelease, latest=latest))
    assert sent(small_hub_world, "POST")["make_latest"] == told
    assert small_hub_world.releases[-1].prerelease is prerelease


def test_a_tag_that_vanished_is_not_made_elsewhere(small_hub_world: World, hub: Hub) -> None:
    before = small_hub_world.tags()[TAG]
    vanish = Fault.then(lambda site: site.bare.delete(f"refs/tags/{TAG}"))
    small_hub_world.github.fault("POST", RELEASES, do=vanish)
    publish(hub, wanted(small_hub_world))
    assert small_hub_world.tags()[TAG] == before


def test_a_name_of_a_tag_is_not_an_address(small_hub_world: World, hub: Hub) -> None:
    tag = "team/ü#1%41+b&c=d"
    small_hub_world.tag(tag, "refs/heads/main")
    assert publish(hub, wanted(small_hub_world, tag)).state == "created"
    assert find_published(hub, tag) is not None
    assert only(small_hub_world).tag == tag


# what is there already


def test_the_second_time_one_request_sees_that_all_is_done(small_hub_world: World, hub: Hub) -> None:
    first = publish(hub, wanted(small_hub_world))
    before, times = small_hub_world.state(), len(asked(small_hub_world))
    again = publish(hub, wanted(small_hub_world))
    assert (again.state, again.url) == ("unchanged", first.url)
    assert asked(small_hub_world)[times:] == [f"GET /releases/tags/{TAG}"]
    assert small_hub_world.state() == before


def test_only_what_differs_is_sent_and_people_s_words_stay(small_hub_world: World, hub: Hub) -> None:
    publish(hub, wanted(small_hub_world))
    release = only(small_hub_world)
    release.name, release.body = "The big one", f"Dear all\r\n{BODY}\r\nyours"
    times = len(asked(small_hub_world))
    assert publish(hub, wanted(small_hub_world, notes="- Fix it")).state == "updated"
    assert asked(small_hub_world)[times:] == [f"GET /releases/tags/{TAG}", f"PATCH /releases/{release.id}"]
    expected = f"Dear all\r\n{with_block(None, '- Fix it')}\r\nyours".replace("\r", "").replace("\n", "\r\n")
    assert sent(small_hub_world, "PATCH") == {"body": expected}
    assert (release.name, release.body) == ("The big one", expected)


def test_a_release_that_people_made_gets_the_notes_below(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.publish(TAG, "By hand", name="Mine").prerelease = True
    assert publish(hub, wanted(small_hub_world)).state == "updated"
    assert sent(small_hub_world, "PATCH") == {"body": f"By hand\n\n{BODY}", "prerelease": False}
    assert only(small_hub_world).name == "Mine"
    assert len(asked(small_hub_world)) == 2


def test_what_people_write_between_the_plan_and_the_write_stays(small_hub_world: World, hub: Hub) -> None:
    publish(hub, wanted(small_hub_world))
    planned = find_published(hub, TAG)
    assert planned is not None
    only(small_hub_world).body = f"Only just\n{planned.body}"
    publish(hub, wanted(small_hub_world, notes="- Fix it"))
    assert (only(small_hub_world).body or "").startswith("Only just\n" + BEGIN)


def test_damaged_marks_are_told_of(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.publish(TAG, BODY.replace(BEGIN, "Mine"))
    assert publish(hub, wanted(small_hub_world)).detail.startswith("The marks around its notes were damaged")
    assert publish(hub, wanted(small_hub_world)).detail == ""


def test_a_text_without_room_is_left_alone(small_hub_world: World, hub: Hub) -> None:
    small_hub_world.publish(TAG, "x" * LIMIT)
    with pytest.raises(Blocked, match="no room"):
        publish(hub, wanted(small_hub_world))
    assert small_hub_world.github.requests("PATCH") == 0


def test_github_takes_the_longest_notes_that_we_send(small_hub_world: World, hub: Hub) -> None:
    publish(hub, wanted(small_hub_world, notes="- あ\n" * 50_000))
    assert LIMIT - 4 <= len(only(small_hub_world).body or "") <= LIMIT


# drafts


def test_a_draft_is_published_with_what_people_prepared(small_hub_world: World, hub: Hub) -> None:
    draft = small_hub_world.publish(TAG, "By hand", name="The big one", draft=True)
    done = publish(hub, wanted(small_hub_world))
    assert (done.state, done.detail) == ("adopted", "")
    assert done.url.endswith(f"/releases/tag/{TAG}")
    assert (only(small_hub_world), draft.draft) == (draft, False)
    assert (draft.name, draft.body, draft.latest_at) == ("The big one", f"By hand\n\n{BODY}", draft.published_at)
    expected = [
        f"GET /releases/tags/{TAG}",
        "GET /releases",
        f"GET /releases/{draft.id}",
        f"PATCH /releases/{draft.id}",
    ]
    assert asked(small_hub_world) == expected


def test_a_draft_without_a_name_gets_one(small_hub_world: World, hub: Hub) -> None:
    draft = small_hub_world.publish(TAG, draft=True)
    draft.name = None
    publish(hub, wanted(small_hub_world, latest=False))
    named = only(small_hub_world)
    assert (named.name, named.latest_at) == ("1.3.0", None)


def test_of_several_drafts_the_newest_is_taken_and_the_others_are_named(small_hub_world: World, hub: Hub) -> None:
    old = [small_hub_world.publish(TAG, draft=True) for _ in range(4)]
    other = small_hub_world.publish("v1.4.0", draft=True)
    newest = small_hub_world.publish(TAG, draft=True)
    pages = [one.html_url for one in map(listed(hub).__getitem__, [one.id for one in reversed(old)])]
    done = publish(hub, wanted(small_hub_world))
    assert done.detail == f"Other drafts of this tag are left (4): {', '.join(pages[:3])}, …."
    assert [one.draft for one in (*old, other, newest)] == [True] * 5 + [False]


class _Page(msgspec.Struct):
    id: int
    html_url: str


def listed(hub: Hub) -> dict[int, _Page]:
    return {one.id: one for one in hub.read(f"{hub.path}/releases?per_page=100", list[_Page])}


def test_a_draft_far_back_in_the_list_is_found(small_hub_world: World, hub: Hub) -> None:
    draft = small_hub_world.publish(TAG, draft=True)
    for number in range(100):
        small_hub_world.publish(f"nightly-{number}")
    assert publish(hub, wanted(small_hub_world)).state == "adopted"
    assert not draft.draft


def test_a_draft_that_people_give_another_tag_meanwhile_is_left_to_them(small_hub_world: World, hub: Hub) -> None:
    draft = small_hub_world.publish(TAG, "By hand", draft=True)

    def retarget(_site: object) -> None:
        draft.tag = "v1.4.0"

    small_hub_world.github.fault("GET", ONE, do=Fault.then(retarget))
    with pytest.raises(HubError, match="Somebody is working on"):
        publish(hub, wanted(small_hub_world))
    assert (draft.draft, draft.body) == (True, "By hand")


# looking


def test_what_is_published_is_seen_in_one_request(small_hub_world: World, hub: Hub) -> None:
    assert find_published(hub, TAG) is None
    small_hub_world.publish(TAG, draft=True)
    assert find_published(hub, TAG) is None
    small_hub_world.publish(TAG, "By hand")
    found = find_published(hub, TAG)
    assert found is not None
    assert (found.body, found.has_notes, found.draft) == ("By hand", False, False)
    assert len(asked(small_hub_world)) == 3
    publish(hub, wanted(small_hub_world))
    found = find_published(hub, TAG)
    assert found is not None
    assert found.has_notes


def test_a_look_is_made_again_where_github_fails(small_hub_world: World, hub: Hub, waits: Waits) -> None:
    small_hub_world.github.fault("GET", BY_TAG, do=Fault.status(502), times=2)
    assert find_published(hub, TAG) is None
    assert len(waits) == 2
