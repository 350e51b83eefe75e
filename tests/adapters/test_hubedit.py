"""The text of a pull request brought up to date while people edit it: nobody's words are lost."""

import json
from itertools import count
from typing import Any

import checklists
import pytest
from editing import BODY, EDITS, FOUR, ONE, add, body, checklist, tick, ticked, writes
from hubs import Waits, way_to

from reletan.adapters.hub import Hub
from reletan.adapters.hubedit import MOST_WRITES, PAGE, edit_body
from reletan.domain.errors import Blocked
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


# alone


def test_a_text_is_brought_up_to_date_in_three_requests(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.tick(number, 2)
    done = edit_body(hub, number, FOUR)
    assert (done.state, done.body, done.detail) == ("updated", body(small_hub_world, number), "")
    assert body(small_hub_world, number) == FOUR(BODY).replace("- [ ] Now 2", "- [x] Now 2")
    assert [one.via for one in small_hub_world.github.exchanges] == ["graphql", "rest", "graphql"]


def test_one_request_sees_that_nothing_is_to_be_done(small_hub_world: World, hub: Hub, number: int) -> None:
    edit_body(hub, number, FOUR)
    before, asked = small_hub_world.edits[:], len(small_hub_world.github.exchanges)
    done = edit_body(hub, number, FOUR, title="Release 1.4.0")
    assert (done.state, done.body) == ("unchanged", body(small_hub_world, number))
    assert len(small_hub_world.github.exchanges) == asked + 1
    assert small_hub_world.edits == before


def test_ends_of_lines_are_no_difference(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.edit_body(number, FOUR(BODY).replace("\n", "\r\n"))
    assert edit_body(hub, number, lambda _: FOUR(BODY)).state == "unchanged"


def test_an_empty_text_is_none(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.edit_body(number, "")
    asked: list[str | None] = []

    def change(text: str | None) -> str:
        asked.append(text)
        return "Hello"

    edit_body(hub, number, change)
    assert (asked[0], body(small_hub_world, number)) == (None, "Hello")


def test_a_title_is_changed_alone_and_along(small_hub_world: World, hub: Hub, number: int, waits: Waits) -> None:
    pull = small_hub_world.pulls[number]
    assert edit_body(hub, number, lambda text: text or "", title="Release 2").state == "updated"
    assert (pull.title, pull.body) == ("Release 2", BODY)
    edit_body(hub, number, FOUR, title="Release 3")
    assert (pull.title, pull.body) == ("Release 3", FOUR(BODY))
    sent = [one.body for one in small_hub_world.github.exchanges if one.method == "PATCH"]
    assert [sorted(one) for one in sent] == [["title"], ["body", "title"]]
    assert waits == []


def test_a_long_history_before_does_not_matter(small_hub_world: World, hub: Hub, number: int) -> None:
    for at in range(PAGE + 5):
        small_hub_world.edit_body(number, f"{BODY}{at}\n")
    assert edit_body(hub, number, FOUR).detail == ""
    assert body(small_hub_world, number) == FOUR(f"{BODY}{PAGE + 4}\n")


# while others edit it


@pytest.mark.parametrize("edited_before", [False, True])
def test_a_tick_between_our_read_and_our_write_is_not_lost(
    small_hub_world: World, hub: Hub, number: int, edited_before: bool
) -> None:
    if edited_before:
        small_hub_world.tick(number, 3)
    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 1)))
    done = edit_body(hub, number, FOUR)
    assert (done.state, done.body, done.detail) == ("updated", body(small_hub_world, number), "")
    assert ticked(done.body) == ([1, 3] if edited_before else [1])
    assert done.body == FOUR(BODY).replace("[ ] Now 1", "[x] Now 1").replace(
        "[ ] Now 3", f"[{' x'[edited_before]}] Now 3"
    )
    assert writes(small_hub_world) == 2


def test_several_edits_at_once_all_stay(small_hub_world: World, hub: Hub, number: int) -> None:
    def together(site: Any) -> None:
        for verb in (tick(number, 1), add(number, above="Urgent\n"), tick(number, 3), add(number, below="PS\n")):
            verb(site)

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(together))
    done = edit_body(hub, number, FOUR)
    assert ticked(done.body) == [1, 3]
    assert done.body.startswith("Urgent\nDear all\n")
    assert done.body.endswith("Bye\nPS\n")
    assert "Now 4" in done.body


def test_an_edit_before_and_one_after_our_write_both_stay(small_hub_world: World, hub: Hub, number: int) -> None:
    def later(site: Any) -> None:
        site.tick(number, 2)
        site.edit_body(number, f"{site.pulls[number].body.replace('Now 3', 'My 3')}PS\n")

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 1)))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=Fault.then(later))
    done = edit_body(hub, number, FOUR)
    assert ticked(done.body) == [1, 2]
    assert (done.body, done.body.endswith("Bye\nPS\n"), "My 3" in done.body) == (
        body(small_hub_world, number),
        True,
        True,
    )
    assert writes(small_hub_world) == 2


def test_a_title_that_somebody_gives_after_us_stays(small_hub_world: World, hub: Hub, number: int) -> None:
    def retitle(site: Any) -> None:
        site.pulls[number].title = "Theirs"

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 1)))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=Fault.then(retitle))
    edit_body(hub, number, FOUR, title="Ours")
    assert (small_hub_world.pulls[number].title, writes(small_hub_world)) == ("Theirs", 2)


def test_what_somebody_writes_after_us_is_left_as_it_is(small_hub_world: World, hub: Hub, number: int) -> None:
    later = Fault.then(lambda site: site.edit_body(number, "All gone"))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=later)
    done = edit_body(hub, number, FOUR)
    assert (done.state, done.body, writes(small_hub_world)) == ("updated", "All gone", 1)


def test_each_repair_is_looked_after_too(small_hub_world: World, hub: Hub, number: int) -> None:
    for nth, item in enumerate((1, 2, 3, 4), 1):
        small_hub_world.github.fault("PATCH", ONE, nth=nth, do=Fault.then(tick(number, item)))
    done = edit_body(hub, number, FOUR)
    assert ticked(done.body) == ticked(body(small_hub_world, number)) == [1, 2, 3, 4]
    assert writes(small_hub_world) == MOST_WRITES


def test_a_tick_that_is_taken_back_meanwhile_is_gone(small_hub_world: World, hub: Hub, number: int) -> None:
    small_hub_world.tick(number, 1)
    untick = Fault.then(lambda site: site.tick(number, 1, box="[ ]"))
    small_hub_world.github.fault("PATCH", ONE, do=untick)
    assert ticked(edit_body(hub, number, FOUR).body) == []


def test_an_edit_that_the_text_does_not_show_yet_is_not_lost(small_hub_world: World, hub: Hub, number: int) -> None:
    """GitHub looked up the text, then somebody ticked a box, then it looked up the edits."""
    small_hub_world.tick(number, 1)

    def earlier(reply: Reply) -> Reply:
        answer = json.loads(reply.content)
        answer["data"]["repository"]["it"]["body"] = BODY
        return reply.but(content=json.dumps(answer).encode())

    small_hub_world.github.fault("graphql", EDITS, do=Fault(bend=earlier))
    assert ticked(edit_body(hub, number, FOUR).body) == ticked(body(small_hub_world, number)) == [1]


def test_more_edits_than_one_page_shows_are_all_found(small_hub_world: World, hub: Hub, number: int) -> None:
    def many(site: Any) -> None:
        site.tick(number, 1)
        for at in range(PAGE + 5):
            site.edit_body(number, f"{site.pulls[number].body}{at}\n")

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(many))
    done = edit_body(hub, number, FOUR)
    assert ticked(done.body) == [1]
    assert done.body.endswith(f"{PAGE + 4}\n")


def test_two_reletans_at_once_come_to_one_text(small_hub_world: World, hub: Hub, number: int, waits: Waits) -> None:
    """The other one reads, we write, it writes: and looks, and finds ours."""
    other = way_to(small_hub_world, waits)
    theirs: list[str] = []

    def change(text: str | None) -> str:
        if not theirs:
            theirs.append(edit_body(hub, number, checklist(1, 2, 3, 4, wording="Ours")).body)
        return checklist(1, 2, 3, 4, wording="Theirs")(text)

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 3)))
    done = edit_body(other, number, change)
    assert done.body == body(small_hub_world, number)
    assert ticked(done.body) == [3]
    assert done.body.count("Theirs") == 4


def test_who_edits_each_time_that_we_do_gets_their_way(small_hub_world: World, hub: Hub, number: int) -> None:
    numbers = count()
    spoil = Fault.then(lambda site: site.edit_body(number, f"{next(numbers)}\n{BODY}"))
    small_hub_world.github.fault("PATCH", ONE, times=None, do=spoil)
    with pytest.raises(Blocked, match=f"Others edit #{number} each time"):
        edit_body(hub, number, FOUR)
    assert writes(small_hub_world) == MOST_WRITES


def test_the_checklist_of_a_big_release_keeps_every_tick(small_hub_world: World, hub: Hub) -> None:
    """The real one: made for 200 pull requests, brought up to date for 300 while people tick and write."""
    few, many = checklists.many(200, "Change"), checklists.many(300, "Change (#7)")
    number = small_hub_world.open_pull("Release", body=f"Ours\n\n{checklists.made(None, few)}")
    small_hub_world.tick(number, 12)
    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(tick(number, 150, 7)))
    later = Fault.then(lambda site: (site.tick(number, 280), add(number, below="\nPS\n")(site)))
    small_hub_world.github.fault("graphql", EDITS, nth=2, do=later)
    done = edit_body(hub, number, lambda text: checklists.made(text, many))
    assert checklists.ticked(done.body) == {7, 12, 150, 280}
    assert (done.body.startswith("Ours\n\n"), done.body.endswith("PS\n")) == (True, True)
    assert (done.body, writes(small_hub_world)) == (body(small_hub_world, number), 2)
    assert edit_body(hub, number, lambda text: checklists.made(text, many)).state == "unchanged"


def test_what_a_newer_run_wrote_is_put_back_with_the_ticks_that_came_after_ours(
    small_hub_world: World, hub: Hub, number: int
) -> None:
    pull, newer = small_hub_world.pulls[number], checklist(1, 2, 3, 4, 5, wording="New")
    seen = str(small_hub_world.head(pull.branch))

    def newer_run(site: Any) -> None:
        site.commit(pull.branch, "Later")
        site.edit_body(number, newer(pull.body).replace("- [ ] New 5", "- [x] New 5"))

    small_hub_world.github.fault("PATCH", ONE, do=Fault.then(newer_run))
    small_hub_world.github.fault("PATCH", ONE, nth=2, do=Fault.then(tick(number, 2)))
    done = edit_body(hub, number, FOUR, head=seen)
    assert ticked(body(small_hub_world, number)) == ticked(done.body) == [2, 5]
    assert f"#{number} is at {str(small_hub_world.head(pull.branch))[:10]} now" in done.detail


def test_what_is_made_for_an_older_head_is_not_written(small_hub_world: World, hub: Hub, number: int) -> None:
    done = edit_body(hub, number, FOUR, title="Older", head="a" * 40)
    assert (done.state, writes(small_hub_world), body(small_hub_world, number)) == ("unchanged", 0, BODY)
    small_hub_world.delete_branch(small_hub_world.pulls[number].branch)
    assert edit_body(hub, number, FOUR, head="a" * 40).state == "updated"
