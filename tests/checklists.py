"""Release pull requests to look at: their texts, ticks in these, and lists that strangers named."""

import re
from typing import Any

from hypothesis import strategies as st
from noting import PAGE, listing, place, pull

from reletan.adapters.templates import render_template
from reletan.domain.checklist import Mark, entries_of, everything, read, settle
from reletan.domain.listing import Listing
from reletan.domain.pullbody import Level, checklist_context, release_body
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text

THREE = listing(
    pull(20, "Search by colour", author="yuki"), pull(19, "Fix the total"), pull(16, "Update", author="renovate[bot]"),
    pull(12, "Old", author=None, author_name=None),
)  # fmt: skip


def english(values: dict[str, Any]) -> str:
    return render_template("release_pull.md.j2", "en", values)


def japanese(values: dict[str, Any]) -> str:
    return render_template("release_pull.md.j2", "ja", values)


def made(body: str | None, found: Listing, named: dict[int, list[str]] | None = None, write: Any = english) -> str:
    return release_body(body, entries_of(found, named or {}), everything(found, place(released=False)), write)


def tick(body: str, *numbers: int, box: str = "x") -> str:
    for number in numbers:
        body = re.sub(rf"(?m)^- \[.\](?=.*<!-- reletan:item {number} )", f"- [{box}]", body)
    return body


def ticked(body: str) -> set[int]:
    return {number for number, mark in read(body).items() if mark.ticked}


def values(found: Listing, level: Level | None = None, marks: dict[int, Mark] | None = None) -> dict[str, Any]:
    items = settle(entries_of(found, {}), marks or {})
    return checklist_context(items, everything(found, place(released=False)), *([level] if level else []))


def many(count: int, title: str = "x" * 200, **more: Any) -> Listing:
    return listing(*(pull(number, title, author=f"p{number % 40}", **more) for number in range(count, 0, -1)))


def tick_all(body: str, numbers: set[int]) -> str:
    return re.sub(
        r"(?m)^- \[ \](?=.*<!-- reletan:item ([0-9]+) )", lambda at: "- [x]" if int(at[1]) in numbers else at[0], body
    )


TITLES = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(["<!--", "-->", "reletan:item 12 aaaaaaa", "reletan:checklist:end", "[x]", "\n- [x] ", "@hana", "`", "```\n",
                         "~~~", "#1", "\\", "(", "https://x.y", "\r", "<b>", "&lt;"]), max_size=6,
    ).map("".join),
)  # fmt: skip
PEOPLE = st.sampled_from(["hana", "yuki", "Yuki", "bot[bot]", "-no-", "no@login", None])


@st.composite
def pulls(draw: st.DrawFn) -> list[PullRequest]:
    numbers = draw(st.lists(st.integers(1, 30), unique=True, max_size=6))
    return [
        pull(number, draw(TITLES), author=draw(PEOPLE), author_name=Text(draw(TITLES)), url=draw(st.sampled_from([None, PAGE])))
        for number in numbers
    ]  # fmt: skip


@st.composite
def lists(draw: st.DrawFn) -> Listing:
    loose = [LooseCommit("a" * 40, Text(draw(TITLES)), Text(draw(TITLES)))]
    return listing(*draw(pulls()), *draw(st.sampled_from([[], loose])))
