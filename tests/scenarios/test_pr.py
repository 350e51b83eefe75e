"""`reletan pr`: the release pull request with its checklist, opened and brought up to date."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from ticking import BRANCH, asked, begin, body, boxes, configure, line_of, many_pulls, pr, the_pull, tick
from witness import lasting

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World

EDIT = ("PATCH", "/repos/*/pulls/*")
STATUSES = ("POST", "/repos/*/statuses/*")


@pytest.fixture
def opened(small_hub_world: World) -> World:
    """The release pull request of 1.4.0 is open."""
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    return small_hub_world


# opened and brought up to date


def test_it_is_opened_as_shown_with_one_item_for_each_pull_request(small_hub_world: World) -> None:
    begin(small_hub_world)
    before = lasting(small_hub_world)
    shown = small_hub_world.reletan("pr", "--dry-run", check=True)
    assert "  open the pull request Release 1.4.0 from release/1.4.0 into main" in shown.err
    assert lasting(small_hub_world) == before
    run = pr(small_hub_world, check=True)
    pull = the_pull(small_hub_world)
    assert f"(opened #{pull.number}: {small_hub_world.github.url}/acme/shop/pull/{pull.number})" in run.err
    assert (pull.title, pull.base) == ("Release 1.4.0", "main")
    assert boxes(small_hub_world) == {1: False, 2: False, 3: False}
    assert (pull.body.count("@hana"), pull.body.count("@yuki")) == (1, 1)


def test_what_is_up_to_date_is_not_written(opened: World) -> None:
    begun = len(opened.github.exchanges)
    run = pr(opened, check=True)
    assert "Nothing to do for 1.4.0" in run.err
    assert [one for one in asked(opened, begun) if not one.startswith("GET")] == []


def test_json_says_what_is_written(opened: World) -> None:
    opened.pull("Search by colour", base=BRANCH)
    (step,) = pr(opened, "--json", check=True).json["steps"]
    assert (step["kind"], step["branch"], step["base"], step["state"]) == ("write-pull", BRANCH, "main", "done")
    assert [entry["number"] for entry in step["text"]["entries"]] == [5, 3, 2, 1]
    assert step["detail"].startswith("updated #4: ")


def test_a_fix_that_lands_on_the_release_branch_appears_and_ticks_survive(opened: World) -> None:
    tick(opened, 1, 2)
    fix = opened.pull("Round the sum", base=BRANCH, author="Yuki")
    pr(opened, BRANCH, check=True)
    assert boxes(opened) == {1: True, 2: True, 3: False, fix: False}
    pr(opened, check=True)
    assert boxes(opened) == {1: True, 2: True, 3: False, fix: False}


def test_an_item_opens_again_saying_why_and_can_be_ticked_anew(opened: World) -> None:
    tick(opened, 1, 2)
    later = opened.commit(BRANCH, "Round it too (refs #2)")
    pr(opened, check=True)
    assert boxes(opened) == {1: True, 2: False, 3: False}
    assert f"please check again, [{later[:7]}](" in line_of(opened, 2)
    tick(opened, 2)
    pr(opened, check=True)
    assert boxes(opened) == {1: True, 2: True, 3: False}
    assert "please check again" not in body(opened)


def test_what_people_wrote_is_kept_to_the_byte(opened: World) -> None:
    text = body(opened).replace("\n", "\r\n")
    opened.edit_body(the_pull(opened).number, f"# QA on Friday\r\n\r\n{text}\r\n\tAsk @yuki  \r\n")
    opened.pull("Search by colour", base=BRANCH)
    pr(opened, check=True)
    assert body(opened).startswith("# QA on Friday\r\n\r\n<!-- reletan:checklist ")
    assert body(opened).endswith("<!-- reletan:checklist:end -->\r\n\tAsk @yuki  \r\n")
    assert "Search by colour" in body(opened)


def test_a_damaged_block_loses_no_tick_and_no_word(opened: World) -> None:
    tick(opened, 2)
    damaged = body(opened).replace("<!-- reletan:checklist:end -->", "Mine") + "\n- a note of mine"
    opened.edit_body(the_pull(opened).number, damaged)
    opened.commit(BRANCH, "A late change")
    pr(opened, check=True)
    assert {number for number, done in boxes(opened).items() if done} == {2}
    assert all(words in body(opened) for words in ("Mine", "- a note of mine"))
    again = body(opened)
    pr(opened, check=True)
    assert body(opened) == again


def test_titles_of_strangers_are_inert(small_hub_world: World) -> None:
    forged = "--> <!-- reletan:item 2 aaaaaaa --> @team\n- [x] <!-- reletan:checklist:end -->"
    small_hub_world.pulls[1].title = forged
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    assert boxes(small_hub_world) == {1: False, 2: False, 3: False}
    assert "@team" not in body(small_hub_world)
    assert body(small_hub_world).count("\n<!-- reletan:checklist:end -->") == 1


def test_people_leave_no_room(opened: World) -> None:
    opened.edit_body(the_pull(opened).number, body(opened) + "x" * 65_000)
    full = body(opened)
    opened.pull("Search by colour", base=BRANCH)
    run = pr(opened)
    assert (run.code, "shorten your own text" in run.err) == (3, True)
    assert body(opened) == full


# several at once


def test_a_tick_made_while_the_text_is_written_is_not_lost(opened: World) -> None:
    number = the_pull(opened).number
    opened.pull("Search by colour", base=BRANCH)
    opened.github.fault(*EDIT, do=Fault.then(lambda _site: opened.tick(number, 3)))
    pr(opened, check=True)
    assert boxes(opened) == {1: False, 2: False, 3: True, 5: False}


def test_two_people_open_one(small_hub_world: World) -> None:
    begin(small_hub_world)
    other = small_hub_world.another_clone("other")
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda clone: pr(small_hub_world, cwd=clone), [small_hub_world.clone, other]))
    assert [run.code for run in runs] == [0, 0]
    assert boxes(small_hub_world) == {1: False, 2: False, 3: False}


def test_it_was_opened_by_hand_meanwhile(small_hub_world: World) -> None:
    begin(small_hub_world)
    small_hub_world.github.fault(
        "POST", "/repos/*/pulls",
        do=Fault.then(lambda _site: small_hub_world.open_pull("Mine", BRANCH, base="main", body="My words", commits=0)),
    )  # fmt: skip
    small_hub_world.github.on_purpose.append("already exists")
    pr(small_hub_world, check=True)
    assert the_pull(small_hub_world).title == "Mine"
    assert body(small_hub_world).startswith("My words\n\n<!-- reletan:checklist ")


# the commit status


def test_the_status_says_how_much_is_ticked(small_hub_world: World) -> None:
    configure(small_hub_world, "[checklist]\nstatus = true\n")
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    tick(small_hub_world, 1, 2, 3)
    pr(small_hub_world, check=True)
    pr(small_hub_world, check=True)
    told = [(one.context, one.state, one.description) for one in small_hub_world.statuses]
    assert told == [
        ("reletan/checklist", "pending", "0 of 3 ticked"),
        ("reletan/checklist", "success", "all 3 ticked"),
    ]
    assert {one.sha for one in small_hub_world.statuses} == {
        small_hub_world.look("rev-parse", BRANCH, cwd=small_hub_world.origin)
    }


def test_the_status_is_of_the_commit_that_was_looked_at(small_hub_world: World) -> None:
    configure(small_hub_world, "[checklist]\nstatus = true\n")
    begin(small_hub_world)
    looked_at = small_hub_world.head(BRANCH)
    landing = Fault.then(lambda site: site.commit(BRANCH, "Nobody looked at this", {"src/late.txt": "late\n"}))
    small_hub_world.github.fault("GET", "/repos/*/pulls", do=landing)
    pr(small_hub_world, check=True)
    assert small_hub_world.head(BRANCH) != looked_at
    assert {one.sha for one in small_hub_world.statuses} == {looked_at}


def test_a_run_that_was_stopped_before_the_status_is_finished_by_the_next(small_hub_world: World) -> None:
    configure(small_hub_world, "[checklist]\nstatus = true\n")
    begin(small_hub_world)
    small_hub_world.github.fault(*STATUSES, do=Fault.status(403, "Resource not accessible"))
    run = pr(small_hub_world)
    assert (run.code, "commit statuses: write" in run.err) == (4, True)
    assert boxes(small_hub_world) == {1: False, 2: False, 3: False}
    pr(small_hub_world, check=True)
    assert [one.state for one in small_hub_world.statuses] == ["pending"]


# when there is nothing to do, or no way


def test_without_an_open_release(small_hub_world: World) -> None:
    run = pr(small_hub_world)
    assert (run.code, "No release is open" in run.err) == (3, True)


def test_a_job_that_comes_late_or_too_early_does_not_fail(small_hub_world: World) -> None:
    small_hub_world.branch("hotfix/1.3.1", "refs/heads/main")
    early = pr(small_hub_world, "hotfix/1.3.1", check=True)
    assert "There is nothing to merge: main has all commits of hotfix/1.3.1." in early.err
    small_hub_world.release("1.4.0")
    late = pr(small_hub_world, BRANCH, check=True)
    assert "1.4.0 is released already." in late.err
    assert len(small_hub_world.pulls) == 3


def test_without_a_token(small_hub_world: World) -> None:
    begin(small_hub_world)
    run = pr(small_hub_world, env={"GH_TOKEN": ""})
    assert (run.code, "There is no token" in run.err) == (4, True)


def test_github_is_down(opened: World) -> None:
    opened.pull("Search by colour", base=BRANCH)
    before = body(opened)
    opened.github.fault(*EDIT, times=None, do=Fault.status(502))
    run = pr(opened)
    assert (run.code, body(opened)) == (1, before)
    assert "Traceback" not in run.err


def test_a_template_of_the_team_must_keep_the_ticks(small_hub_world: World) -> None:
    configure(small_hub_world, '[checklist]\ntemplate = "own.j2"\n')
    begin(small_hub_world)
    assert pr(small_hub_world).code == 2
    lines = "{% for g in groups %}{% for pull in g.pull_requests %}\n- [ ] {{ pull.title }}\n{% endfor %}{% endfor %}"
    (small_hub_world.clone / "own.j2").write_text(lines)
    run = pr(small_hub_world)
    assert (run.code, "does not keep the tick" in run.err) == (2, True)
    assert len(small_hub_world.pulls) == 3
    (small_hub_world.clone / "own.j2").write_text(
        lines.replace("[ ]", "[{{ pull.box }}]").replace("}}\n{%", "}} {{ pull.mark }}\n{%")
    )
    pr(small_hub_world, check=True)
    assert boxes(small_hub_world) == {1: False, 2: False, 3: False}
    assert "### @hana" not in body(small_hub_world)


# many


def test_three_hundred_pull_requests(small_hub_world: World) -> None:
    numbers = many_pulls(small_hub_world, 297)
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    # a look for each 50; for the pull request before and at writing, for an earlier one; opening it, and reading it again
    assert len(small_hub_world.github.exchanges) <= 6 + 5
    assert list(boxes(small_hub_world)) == [1, 2, 3, *numbers]
    assert len(body(small_hub_world)) <= 65_536
    tick(small_hub_world, *numbers[:20])
    small_hub_world.commit(BRANCH, f"Once more (refs #{numbers[0]})")
    begun = len(small_hub_world.github.exchanges)
    pr(small_hub_world, check=True)
    assert len(small_hub_world.github.exchanges) - begun <= 6 + 1 + 5
    assert [number for number, done in boxes(small_hub_world).items() if done] == numbers[1:20]
    assert len(small_hub_world.pulls) == 301
