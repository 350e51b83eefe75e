"""A release pull request that is too long for GitHub: it says less, but no tick and no word of people's is lost."""

import re

import pytest
from checklists import THREE, made, many, tick_all, ticked, values
from noting import commit, listing, pull

from reletan.domain.checklist import Mark, read
from reletan.domain.errors import Blocked
from reletan.domain.listing import Listing
from reletan.domain.pullbody import COMPACT, LIMIT, Level
from reletan.domain.text import Text


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (many(150), f"{'x' * 200} ("),
        (many(300), f"{'x' * 59}… ("),
        (many(400), f"{'x' * 29}… ("),
        (many(900), "- [ ] #1 <!--"),
    ],
)
def test_a_long_list_says_less_of_each_and_names_all(found: Listing, says: str) -> None:
    body = made("Mine\n" * 50, found)
    assert len(body) <= LIMIT
    assert says in body
    assert len(read(body)) == len(found.pull_requests)
    half = {one.number for one in found.pull_requests if one.number % 2}
    again = made(re.sub(r"- \[ \](?=.*<!-- reletan:item [0-9]*[13579] )", "- [x]", body), found)
    assert ticked(again) == half
    assert made(again, found) == again


def test_many_commits_on_their_own_go_before_the_titles() -> None:
    found = listing(pull(1, "x" * 59), *(commit(number, "y" * 100) for number in range(2000)))
    body = made(None, found)
    assert f"{'x' * 59} (" in body
    assert "Besides, 2000 commits came without a pull request." in body


def test_what_has_no_room_is_counted_and_every_tick_stays() -> None:
    found = many(2000)
    body = made("Mine", found)
    shown = set(read(body))
    assert LIMIT - 100 < len(body) <= LIMIT
    assert f"… and {2000 - len(shown)} more" in body
    clicked = sorted(shown)[:400]
    more = listing(*(pull(number, author="new") for number in range(3000, 2000, -1)), *found.pull_requests)
    again = made(tick_all(body, set(clicked)), more)
    assert len(again) <= LIMIT
    assert ticked(again) == set(clicked)
    assert made(again, more) == again


def test_people_s_text_that_leaves_no_room_is_told_of_and_never_cut() -> None:
    body = tick_all(made("Mine", many(500)), set(range(1, 501)))
    with pytest.raises(Blocked, match="leaves no room for the checklist: GitHub takes 65,536 characters"):
        made("x" * 45_000 + body[4:], many(500))
    with pytest.raises(Blocked):
        made("x" * LIMIT, THREE)
    assert made("x" * 40_000, many(1000)).startswith("x" * 40_000)


def test_a_name_that_is_very_long_takes_no_room() -> None:
    found = listing(pull(1, author=None, author_name=Text("n" * 70_000)), commit(1, author="n" * 70_000))
    assert len(made(None, found)) < 2_000


def test_a_compact_text_has_numbers_only() -> None:
    (group,) = values(listing(pull(1)), COMPACT)["groups"]
    assert (group["pull_requests"][0]["link"], group["pull_requests"][0]["title"]) == ("#1", "")


def test_what_is_ticked_is_not_among_the_most() -> None:
    marks = {3: Mark(True, frozenset([f"{3:040x}"])), 1: Mark(True, frozenset([f"{1:040x}"]))}
    found = values(many(4), Level(most=1), marks)
    assert sorted(one["number"] for group in found["groups"] for one in group["pull_requests"]) == [1, 3, 4]
    found = values(many(3), Level(most=1), marks)
    assert sorted(one["number"] for group in found["groups"] for one in group["pull_requests"]) == [1, 2, 3]
