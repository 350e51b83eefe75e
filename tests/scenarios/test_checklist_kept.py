"""What people tick stays ticked: in a text that they damaged or copied, and where an older `reletan pr` writes late."""

import re
from collections.abc import Callable

import pytest
from bypulling import tag
from editing import EDITS
from ticking import BRANCH, begin, body, boxes, configure, pr, the_pull, tick

from reletan.domain.pullbody import RELEASE
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def opened(small_hub_world: World) -> World:
    """The release pull request of 1.4.0 is open, with #1, #2 and #3."""
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    return small_hub_world


def edit(world: World, text: str) -> None:
    world.edit_body(the_pull(world).number, text)


def tick_the_last(world: World, number: int) -> None:
    """The box of the line that stands furthest down, where people see the newest list."""
    text = body(world)
    at = max(found.start() for found in re.finditer(rf"(?m)^- \[ \](?=.*reletan:item {number} )", text))
    edit(world, f"{text[:at]}- [x]{text[at + 5 :]}")


# damaged, and copied

DAMAGES = {
    "the end": lambda text: text.replace(RELEASE.end, ""),
    "the beginning": lambda text: text.replace(RELEASE.begin, ""),
    "both": lambda text: text.replace(RELEASE.begin, "").replace(RELEASE.end, ""),
    "all twice": lambda text: f"{text}\n\n{text}",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_after_damage_there_is_one_list_to_tick(opened: World, damage: Callable[[str], str]) -> None:
    tick(opened, 3)
    edit(opened, damage(body(opened) + "\nAsk Ken."))
    run = pr(opened, check=True)
    assert "older list" in run.err
    assert [len(re.findall(rf"(?m)^- \[.\].*reletan:item {number} ", body(opened))) for number in (1, 2, 3)] == [
        1,
        1,
        1,
    ]
    assert len(re.findall(r"(?m)^- \[.\]", body(opened))) == 3
    tick_the_last(opened, 1)
    assert pr(opened, check=True).err.count("older list") == 0
    assert boxes(opened) == {1: True, 2: False, 3: True}
    assert "Ask Ken." in body(opened)


def test_a_damaged_text_does_not_hold_up_the_release_that_waits_for_ticks(opened: World) -> None:
    configure(opened, "[checklist]\nrequired = true\n")
    edit(opened, body(opened).replace(RELEASE.end, ""))
    pr(opened, check=True)
    tick(opened, 1, 2, 3)
    tag(opened, check=True)
    assert "v1.4.0" in opened.tags()


def test_a_line_that_people_copied_counts_within_reletan_s_part(opened: World) -> None:
    edit(
        opened,
        f"{body(opened)}\n\nFor Ken:\n\n" + "\n".join(line for line in body(opened).split("\n") if "item 2 " in line),
    )
    tick(opened, 2)
    opened.pull("Search by colour", base=BRANCH)
    pr(opened, check=True)
    assert boxes(opened) == {1: False, 2: True, 3: False, 5: False}
    assert body(opened).split("For Ken:")[1].count("- [ ] Fix the sum") == 1


# an older run writes after a newer one


def newer_run(world: World) -> int:
    """A fix lands, the `reletan pr` of that push adds its item, and somebody ticks it; its number."""
    fix = world.pull("Found by the newer run", base=BRANCH)
    item = f"- [x] Found by the newer run (#{fix}) <!-- reletan:item {fix} {world.head(BRANCH)[:10]} -->"
    text = body(world)
    edit(world, text.replace("\n### @yuki", f"\n{item}\n\n### @yuki"))
    return fix


@pytest.mark.parametrize(
    ("what", "where", "nth"),
    [("GET", "/repos/*/pulls", 2), ("graphql", EDITS, 1), ("PATCH", "/repos/*/pulls/*", 1)],
    ids=["before it looks", "as it reads", "as it writes"],
)
def test_an_older_run_takes_no_tick_from_a_newer_one(opened: World, what: str, where: str, nth: int) -> None:
    opened.pull("Seen by both", base=BRANCH)
    found: list[int] = []
    opened.github.fault(what, where, do=Fault.then(lambda _site: found.append(newer_run(opened))), nth=nth)
    run = pr(opened, check=True)
    assert boxes(opened)[found[0]]
    assert f"is at {opened.head(BRANCH)[:10]} now" in run.err
    pr(opened, check=True)
    assert boxes(opened) == {1: False, 2: False, 3: False, 5: False, found[0]: True}


def test_a_push_that_comes_after_our_words_takes_nothing_back(opened: World) -> None:
    fix = opened.pull("Seen by us", base=BRANCH)

    def click_and_push(_site: object) -> None:
        tick(opened, fix)
        opened.commit(BRANCH, "Later")

    opened.github.fault("graphql", EDITS, do=Fault.then(click_and_push), nth=2)
    run = pr(opened, check=True)
    assert boxes(opened) == {1: False, 2: False, 3: False, fix: True}
    assert ("now, of which" in run.err, opened.github.requests("PATCH")) == (False, 1)
