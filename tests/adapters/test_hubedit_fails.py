"""Editing the text of a pull request where GitHub shows less, where answers get lost, and where GitHub says no."""

import json

import pytest
from editing import BODY, EDITS, FOUR, ONE, body, tick, ticked, writes
from hubs import LOST, Waits, way_to

from reletan.adapters.hub import Hub
from reletan.adapters.hubedit import edit_body
from reletan.adapters.hubreply import HubError, Refused
from reletan.adapters.hubwrite import LONGEST_BODY
from reletan.domain.errors import Blocked, Unauthorized
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.world import World


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


@pytest.fixture
def number(small_hub_world: World) -> int:
    return small_hub_world.open_pull("Release 1.4.0", body=BODY)


# where GitHub shows less


def without(*names: str) -> Fault:
    """The answer without the texts (``diff``), or without any edits (``nodes``)."""

    def bend(reply: Reply) -> Reply:
        answer = json.loads(reply.content)
        edits = answer["data"]["repository"]["it"]["userContentEdits"]
        if "nodes" in names:
            edits["nodes"] = []
        for edit in edits["nodes"]:
            edit["diff"] = None
        return reply.but(content=json.dumps(answer).encode())

    return Fault(bend=bend)


@pytest.mark.parametrize("hidden", ["diff", "nodes"])
def test_without_a_history_one_write_is_made_and_that_is_said(
    small_hub_world: World, hub: Hub, number: int, hidden: str, waits: Waits
) -> None:
    small_hub_world.tick(number, 1)
    small_hub_world.github.fault("graphql", EDITS, times=None, do=without(hidden))
    done = edit_body(hub, number, FOUR)
    assert (done.state, done.body, ticked(done.body)) == ("updated", body(small_hub_world, number), [1])
    assert "GitHub does not show who else edited" in done.detail
    assert (writes(small_hub_world), [seconds for seconds, _ in waits]) == (1, [1, 2])
    assert edit_body(hub, number, FOUR).state == "unchanged"


def test_without_a_history_a_later_edit_is_not_overwritten(small_hub_world: World, hub: Hub, number: int) -> None:
    later = Fault.then(lambda site: site.edit_body(number, "All gone"))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=later)
    small_hub_world.github.fault("graphql", EDITS, times=None, do=without("nodes"))
    done = edit_body(hub, number, FOUR)
    assert (done.body, body(small_hub_world, number), writes(small_hub_world)) == ("All gone", "All gone", 1)


def test_a_history_that_comes_late_is_waited_for(small_hub_world: World, hub: Hub, number: int, waits: Waits) -> None:
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=without("nodes"))
    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 1)))
    done = edit_body(hub, number, FOUR)
    assert (ticked(done.body), done.detail) == ([1], "")
    assert [seconds for seconds, _ in waits] == [1]


# lost answers, limits and refusals


@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
@pytest.mark.parametrize("what", ["body", "title"])
def test_an_edit_whose_answer_is_lost_is_looked_up_and_never_sent_twice(
    small_hub_world: World, hub: Hub, number: int, fault: Fault, made: bool, what: str
) -> None:
    def edit() -> str:
        if what == "body":
            return edit_body(hub, number, FOUR).state
        return edit_body(hub, number, lambda text: text or "", title="Another").state

    small_hub_world.github.fault("PATCH", ONE, do=fault)
    if made:
        assert edit() == "updated"
    else:
        with pytest.raises(HubError, match=f"The text of #{number} is not up to date") as raised:
            edit()
        assert raised.value.unclear
    assert writes(small_hub_world) == 1
    pull = small_hub_world.pulls[number]
    assert (pull.body == FOUR(BODY), pull.title == "Another") == (made and what == "body", made and what == "title")


def test_a_tick_before_an_edit_whose_answer_is_lost_stays(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 2)))
    small_hub_world.github.fault("PATCH", ONE, do=Fault.cut_after())
    assert ticked(edit_body(hub, number, FOUR).body) == ticked(body(small_hub_world, number)) == [2]


def test_when_the_look_fails_nobody_claims_to_know(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.github.fault("graphql", EDITS, nth=2, times=None, do=Fault.status(502))
    with pytest.raises(HubError, match=f"Whether #{number} still has what others wrote .* is not known") as raised:
        edit_body(hub, number, FOUR)
    assert raised.value.unclear


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("fault", [Fault.status(502), Fault.cut_after(), Fault.limited(1)], ids=["502", "cut", "limit"])
def test_reading_is_tried_again(small_hub_world: World, hub: Hub, number: int, fault: Fault, nth: int) -> None:
    small_hub_world.github.fault("graphql", EDITS, nth=nth, do=fault)
    assert edit_body(hub, number, FOUR).state == "updated"


def test_after_a_wait_the_text_is_read_anew(small_hub_world: World, hub: Hub, number: int, waits: Waits) -> None:
    small_hub_world.github.fault("PATCH", ONE, do=Fault.limited(7))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=Fault.then(tick(number, 1)))
    assert ticked(edit_body(hub, number, FOUR).body) == [1]
    assert [edit.editor.login for edit in small_hub_world.edits] == ["hana", "yuki", "hana"]
    assert [seconds for seconds, _ in waits] == [7]


def test_but_github_is_not_waited_for_for_ever(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.github.fault("PATCH", ONE, times=None, do=Fault.limited(0))
    with pytest.raises(HubError, match="too long"):
        edit_body(hub, number, FOUR)
    assert body(small_hub_world, number) == BODY


def test_a_text_that_is_too_long_is_not_sent(small_hub_world: World, hub: Hub, number: int) -> None:
    with pytest.raises(Blocked, match=f"The text of #{number} would have 65,537 characters"):
        edit_body(hub, number, lambda _: "x" * (LONGEST_BODY + 1))
    assert writes(small_hub_world) == 0


@pytest.mark.parametrize("status", [403, 404])
def test_the_right_that_is_missing_is_named(small_hub_world: World, hub: Hub, number: int, status: int) -> None:
    small_hub_world.github.fault("PATCH", ONE, do=Fault.status(status, "Resource not accessible by integration"))
    with pytest.raises(Unauthorized, match=r"may not edit pull requests \(pull requests: write\)"):
        edit_body(hub, number, FOUR)
    assert (body(small_hub_world, number), writes(small_hub_world)) == (BODY, 1)


def test_github_s_no_is_told_in_its_words(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.github.fault("PATCH", ONE, do=Fault.status(422, "Validation Failed"))
    with pytest.raises(Refused, match="Validation Failed"):
        edit_body(hub, number, FOUR)


def test_what_is_no_pull_request_is_said(small_hub_world: World, hub: Hub) -> None:
    with pytest.raises(Refused, match="There is no pull request #99 in acme/shop"):
        edit_body(hub, 99, FOUR)


def test_a_renamed_repository_is_not_written_to(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.rename("store")
    with pytest.raises(Refused, match="acme/shop is now acme/store, so nothing was written"):
        edit_body(hub, number, FOUR)
    assert body(small_hub_world, number) == BODY


@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.truncated(), Fault.partial("it")], ids=["page", "half", "partial"]
)
def test_nothing_is_written_on_an_answer_that_cannot_be_read(
    small_hub_world: World, hub: Hub, number: int, fault: Fault
) -> None:
    small_hub_world.github.fault("graphql", EDITS, times=None, do=fault)
    with pytest.raises(HubError):
        edit_body(hub, number, FOUR)
    assert writes(small_hub_world) == 0
