"""`reletan checklist`: who has not ticked what."""

from typing import Any

import pytest
from ticking import BRANCH, begin, body, boxes, configure, pr, the_pull, tick
from witness import lasting

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def opened(small_hub_world: World) -> World:
    """The release pull request of 1.4.0 is open, and #1 is ticked."""
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    tick(small_hub_world, 1)
    return small_hub_world


def people(world: World) -> list[tuple[str, int, list[int]]]:
    found: Any = world.reletan("checklist", "--json", check=True).json
    return [(one["login"], one["done"], [item["number"] for item in one["open"]]) for one in found["people"]]


def test_the_table(opened: World) -> None:
    number = the_pull(opened).number
    lines = [line.rstrip() for line in opened.reletan("checklist", check=True).out.splitlines()]
    assert lines[:4] == [
        f"1.4.0: 1 of 3 ticked in #{number}  {opened.github.url}/acme/shop/pull/{number}",
        "Who   Ticked  Not ticked yet",
        "hana     1/2  #3  Show prices with tax",
        "yuki     0/1  #2  Fix the sum of an empty basket",
    ]


def test_the_json_and_what_opened_again(opened: World) -> None:
    later = opened.commit(BRANCH, "Once more (refs #1)")
    before = lasting(opened)
    found = opened.reletan("checklist", "1.4.0", "--json", check=True).json
    assert list(found) == ["schema", "version", "pull_request", "done", "all", "people"]
    assert (found["schema"], found["version"], found["done"], found["all"]) == (1, "1.4.0", 0, 3)
    hana = found["people"][0]
    assert [(item["number"], item["reopened"]) for item in hana["open"]] == [(3, []), (1, [later])]
    assert lasting(opened) == before


def test_all_ticked(opened: World) -> None:
    run = opened.reletan("checklist", "--fail-if-open")
    assert (run.code, "2 of 3 are not ticked" in run.err) == (3, True)
    tick(opened, 2, 3)
    opened.reletan("checklist", "--fail-if-open", check=True)
    assert people(opened) == [("hana", 2, []), ("yuki", 1, [])]


def test_boxes_that_people_moved_and_changed_still_count(opened: World) -> None:
    lines = body(opened).splitlines()
    moved = [line for line in lines if "reletan:item 2 " in line]
    rest = [line for line in lines if line not in moved]
    text = "\n".join([*rest, "", "Mine:", moved[0].replace("- [ ] Fix the sum", "* [X] Repair it")])
    opened.edit_body(the_pull(opened).number, text)
    assert people(opened) == [("hana", 1, [3]), ("yuki", 1, [])]
    assert boxes(opened)[2]


def test_nothing_is_open(small_hub_world: World) -> None:
    assert "No release is open." in small_hub_world.reletan("checklist", "--fail-if-open", check=True).err
    assert small_hub_world.reletan("checklist", "--json", check=True).json["version"] is None


def test_without_a_pull_request_a_token_or_github(small_hub_world: World) -> None:
    begin(small_hub_world)
    run = small_hub_world.reletan("checklist")
    assert (run.code, "reletan pr 1.4.0" in run.err) == (3, True)
    assert small_hub_world.reletan("checklist", env={"GH_TOKEN": ""}).code == 4
    small_hub_world.github.fault("rest", "/repos/*", times=None, do=Fault.status(503))
    assert small_hub_world.reletan("checklist").code == 1


# in status


def test_status_shows_what_is_waited_for(opened: World) -> None:
    opened.check("test", "failure", the_pull(opened).number)
    number = the_pull(opened).number
    lines = opened.reletan("status", check=True).out.splitlines()
    assert lines[1:6] == [
        "release        release/1.4.0: open, 3 pull requests",
        f"pull request   #{number} {opened.github.url}/acme/shop/pull/{number}",
        "checklist      1 of 3 ticked, not yet by hana, yuki",
        "checks         1 failed",
        "waits for      checks failed: test",
    ]
    (entry,) = opened.reletan("status", "--json", check=True).json["open"]
    assert entry["pull_request"]["missing"] == ["hana", "yuki"]
    assert entry["pull_request"]["checks"] == {"green": 0, "pending": 0, "failed": 1}


def test_status_stands_whatever_github_does(opened: World) -> None:
    opened.github.fault("rest", "/repos/*", times=None, do=Fault.status(503))
    run = opened.reletan("status", check=True)
    assert "release        release/1.4.0: open, 3 pull requests" in run.out
    assert "What is waited for on GitHub is not known" in run.err
    configure(opened, "[checklist]\nstatus = true\n")
    assert "pull request" not in opened.reletan("status", "--offline", check=True).out.splitlines()[2]


def test_tag_warns_of_what_is_not_ticked_or_waits_for_it(opened: World) -> None:
    configure(opened, "[checklist]\npull_request = true\n")
    told = opened.reletan("tag", "--dry-run", "--via", "push", check=True).err
    number = the_pull(opened).number
    assert told.count(f"In #{number}, 2 of 3 are not ticked.") == 1
    configure(opened, "[checklist]\nrequired = true\n")
    waits = opened.reletan("tag", "--yes", "--via", "push")
    assert (waits.code, "next: reletan checklist 1.4.0" in waits.err) == (3, True)
    assert "v1.4.0" not in opened.tags()
    tick(opened, 2, 3)
    opened.reletan("tag", "--yes", "--via", "push", check=True)
    assert "v1.4.0" in opened.tags()
