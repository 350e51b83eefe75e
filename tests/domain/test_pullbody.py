"""The text of the release pull request: ticks and people's words stay, and nothing in a title is live."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from checklists import THREE, english, japanese, lists, made, tick, ticked, values
from hypothesis import given, settings
from hypothesis import strategies as st
from noting import PAGE, commit, listing, place, pull

from reletan.adapters.templates import render_notes
from reletan.domain.checklist import entries_of, everything, read
from reletan.domain.errors import UsageError
from reletan.domain.listing import Listing
from reletan.domain.pullbody import COMPACT, RELEASE, Level, release_body
from reletan.domain.text import Text

ID = re.compile(r"<!-- reletan:item ([0-9]+)")
LATER = "c" * 40


# --- update after update


def test_ticks_and_people_s_words_survive_and_the_second_time_nothing_changes() -> None:
    first = made("Dear all,\r\nplease hurry.", THREE)
    mine = tick(first, 20, 12).replace("please", "please do") + "\r\nYours, Hana"
    second = made(mine, THREE)
    assert ticked(second) == {20, 12}
    assert second.startswith("Dear all,\r\nplease do hurry.")
    assert second.endswith("\r\nYours, Hana")
    assert second.replace("- [x]", "- [ ]") == mine.replace("- [x]", "- [ ]")
    assert made(second, THREE) == second


def test_what_arrives_later_is_added_and_opens_what_it_is_about() -> None:
    body = tick(made(None, THREE), 20, 19)
    more = listing(pull(21, "Fix the colours", author="yuki"), *THREE.pull_requests)
    again = made(body, more, {20: [LATER]})
    assert ticked(again) == {19}
    assert [int(number) for number in ID.findall(again)] == [19, 21, 20, 16, 12]
    link = f"[{LATER[:7]}]({PAGE}/commit/{LATER})"
    assert f"): please check again, {link} came later <!-- reletan:item 20 0000000000 +cccccccccc -->" in again
    assert made(again, more, {20: [LATER]}) == again
    confirmed = made(tick(again, 20), more, {20: [LATER]})
    assert ticked(confirmed) == {19, 20}
    assert "came later" not in confirmed
    assert "reletan:item 20 0000000000,cccccccccc -->" in confirmed


def test_hand_edits_of_the_block_break_nothing() -> None:
    body = tick(made("Mine", THREE), 20, 19)
    lines = body.split("\n")
    moved = [line for line in lines if "item 20" in line]
    edited = "\n".join([*moved, *(line for line in lines if "item 20" not in line)])
    edited = edited.replace("- [x] Search by colour", "1. [X] Colours!").replace(RELEASE.begin, "")
    again = made(edited, THREE)
    assert ticked(again) == {20, 19}
    assert RELEASE.is_in(again)
    assert again.startswith("1. Colours! ([#20](")
    assert again.count("[x]") == 2
    assert made(again, THREE) == again


def test_what_is_out_of_the_release_again_is_gone() -> None:
    body = made(made(None, THREE), listing(*THREE.pull_requests[1:]))
    assert 20 not in read(body)
    assert made(body, listing()).count("\n") == 2


# --- what it says


def test_one_heading_for_each_author_and_one_mention() -> None:
    body = made(None, listing(*THREE.pull_requests, pull(7, "Third", author="Yuki", author_name=None)))
    headings = re.findall("(?m)^### (.*)", body)
    assert headings == [
        "@hana",
        "@yuki",
        r"renovate\[bot\] (for whoever is on duty)",
        "Author unknown (for whoever is on duty)",
    ]
    assert len(re.findall(r"(?<!\\)@\w", body)) == 2


def test_who_came_without_a_login_is_named_and_not_mentioned() -> None:
    groups = values(listing(pull(1, author=None, author_name=Text("@all " + "x" * 99))))["groups"]
    assert [(one["mention"], one["login"], len(one["name"])) for one in groups] == [(None, None, 62)]
    assert groups[0]["author"].startswith("\\@\u200ball xxx")


def test_the_values() -> None:
    found = values(
        listing(pull(20, "Search", author="yuki"), pull(18, "Revert x"), pull(17, reverted_by=18), commit(7))
    )
    assert {key: found[key] for key in ("version", "tag", "since", "branch", "more", "compact")} == {
        "version": "1.4.0", "tag": "v1.4.0", "since": "v1.3.0", "branch": "release/1.4.0", "more": 0, "compact": False,
    }  # fmt: skip
    assert found["counts"] == {"pull_requests": 1, "done": 0, "people": 1, "reverted": 1, "commits": 1}
    (group,) = found["groups"]
    assert group["pull_requests"] == [
        {
            "number": 20, "link": f"[#20]({PAGE}/pull/20)", "title": "Search", "ticked": False, "box": " ", "reopened": [],
            "mark": "<!-- reletan:item 20 0000000000 -->",
        }
    ]  # fmt: skip
    assert [pair["by"] for pair in found["reverted"]] == ["#18"]
    assert [one["subject"] for one in found["commits"]] == ["Tidy up"]


def test_without_a_page_there_are_numbers_and_no_links() -> None:
    bare = listing(pull(3, url=None), since=None, compare_url=None)
    notes = everything(bare, place(web_url=None, compare_url=None))
    body = release_body(None, entries_of(bare, {3: [LATER]}), notes, english)
    body = release_body(tick(body, 3), entries_of(bare, {3: ["d" * 40, LATER]}), notes, english)
    assert "- [ ] A title (#3): please check again, ddddddd came later <!--" in body


def test_a_template_of_the_team_s_own() -> None:
    line = "* [{{ p.box }}] {{ p.title | upper }} {{ p.mark }}"
    source = f"{{% for g in groups %}}{{% for p in g.pull_requests %}}\n{line}{{% endfor %}}{{% endfor %}}"

    def own(context: dict[str, Any]) -> str:
        return render_notes(source, "own.md.j2", context)

    body = tick(made(None, THREE, write=own).replace("\n* ", "\n- "), 19)
    assert "* [x] FIX THE TOTAL <!--" in made(body, THREE, write=own)


@pytest.mark.parametrize(
    "line",
    [
        "- [ ] {{ p.title }} {{ p.mark }}",
        "- [{{ p.box }}] {{ p.title }}",
        "{{ p.mark }} - [{{ p.box }}] {{ p.title }}",
        "- [{{ p.box }}] {{ p.mark }} <!-- reletan:item 99 -->",
        "- [x] {{ p.mark }}",
    ],
)
def test_a_template_that_would_lose_a_tick_is_refused(line: str) -> None:
    source = f"{{% for g in groups %}}{{% for p in g.pull_requests %}}{line}\n\n{{% endfor %}}{{% endfor %}}"
    body = tick(made(None, THREE), 19)
    with pytest.raises(UsageError, match=r"does not keep the tick of #(12|16|19|99)\.") as problem:
        made(body, THREE, write=lambda context: render_notes(source, "own.md.j2", context))
    assert "{{ pull.box }}" in (problem.value.next or "")


# --- strangers' words


@settings(deadline=None)
@given(lists(), st.sampled_from([english, japanese]), st.sampled_from([None, COMPACT, Level(title=5), Level(most=1)]))
def test_no_title_forges_an_item_a_mention_or_the_end(found: Listing, write: Any, level: Level | None) -> None:
    context = values(found, level)
    body = RELEASE.put(None, lambda _: RELEASE.prepared(write(context)))
    shown = [item for group in context["groups"] for item in group["pull_requests"]]
    assert {number: mark.ticked for number, mark in read(body).items()} == {item["number"]: False for item in shown}
    live = [login.lower() for login in re.findall(r"(?<![\\\w])@(\w+)", body)]
    assert len(live) == len(set(live))
    assert set(live) <= {"hana", "yuki"}
    assert (body.count("<!--"), body.count("-->")) == (len(shown) + 2, len(shown) + 2)
    assert RELEASE.is_in(body)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(lists(), st.sets(st.integers(1, 30)), st.sampled_from(["\n", "\r\n"])), max_size=4))
def test_ticks_survive_any_number_of_updates(updates: Sequence[tuple[Listing, set[int], str]]) -> None:
    body, expected = "Mine", set[int]()
    for found, clicked, newline in updates:
        body = made(body, found)
        here = {one.number for one in found.pull_requests}
        expected = (expected & here) | (clicked & here)
        body = tick(body, *clicked).replace("\r\n", "\n").replace("\n", newline)
        assert made(body, found) == body
        assert ticked(body) == expected
        assert body.startswith("Mine")
