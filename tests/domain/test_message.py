"""What a text becomes on Slack: within its limits, nothing lost, nothing cut in two."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.message import (
    MOST_BLOCKS,
    MOST_FURTHER,
    MOST_HEADER,
    MOST_MESSAGE,
    MOST_SECTION,
    Message,
    digest,
    lay_out,
    mention,
    readable,
    shortened,
    size,
)
from reletan.domain.text import Text

SPECIAL = re.compile(r"<[^<>]*>")
LINK = "<https://github.com/acme/shop/compare/v1.3.0...v1.4.0|v1.3.0...v1.4.0>"


def more(left: int) -> str:
    return f"… and {left} more: {LINK}\n"


def everything(text: str) -> list[Message]:
    first, further = lay_out(text, more)
    return [first, *further]


def lines_of(message: Message) -> list[str]:
    return [line for section in message.sections for line in section.split("\n")]


def items_of(messages: list[Message]) -> list[str]:
    return [line for message in messages for line in lines_of(message) if line.startswith("• ")]


def release(items: int, width: int = 60) -> str:
    """A message with one category of so many items."""
    lines = [f"• {number:04} {'x' * width}" for number in range(items)]
    return "\n".join(
        ["# Release 1.4.0 of acme/shop", "", "Begun", f"Since v1.3.0: {LINK}", "", "*Features*", *lines, "", "Bye"]
    )


def test_people_read_labels_and_nothing_escaped() -> None:
    message = Message(
        text="…", header="Release 1.4.0", sections=(f"On duty: <@U012AB>\n{LINK}", "• a &lt;b&gt; &amp;amp;")
    )
    assert readable(message) == "Release 1.4.0\n\nOn duty: @U012AB\nv1.3.0...v1.4.0\n\n• a ‹b› &amp;"
    assert readable(Message(text="Only this")) == ""


def test_a_short_text_is_one_message() -> None:
    text = "# Release 1.4.0 of acme/shop\n\n🟡 *Begun*\nOn duty: <@U012AB>\n\n\n*Features*\n• One\n• Two\n"
    assert lay_out(text, more) == (
        Message(
            text="Release 1.4.0 of acme/shop · 🟡 *Begun*",
            header="Release 1.4.0 of acme/shop",
            sections=("🟡 *Begun*\nOn duty: <@U012AB>", "*Features*\n• One\n• Two"),
        ),
        [],
    )


@pytest.mark.parametrize("text", ["", "\n\n", "# ", "#  \n\n", "\x1b\x07"])
def test_there_is_always_a_text(text: str) -> None:
    assert lay_out(text, more) == (Message(text="…"), [])


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("A &amp; B", "A & B"),
        ("&lt;!channel&gt; &amp;lt;", "‹!channel› &lt;"),
        ("See <https://x.example|the page> and <https://y.example>", "See the page and https://y.example"),
        ("<!channel> <@U012AB>", "!channel @U012AB"),
        ("a < b", "a ‹ b"),
        ("あ" * 60, "あ" * 49 + "…"),
        ("&amp;" * 200, "&" * 147 + "…"),
    ],
)
def test_a_header_is_plain(title: str, header: str) -> None:
    assert lay_out(f"# {title}", more)[0].header == header


def test_only_the_first_line_is_a_header() -> None:
    first, _ = lay_out("Hello\n# no header", more)
    assert (first.header, first.sections) == (None, ("Hello\n# no header",))


def test_a_long_list_goes_on_in_further_messages_below_its_heading() -> None:
    first, further = lay_out(release(400), more)
    count = len(items_of([first]))
    assert lines_of(first)[-1] == more(400 - count).strip()
    assert count > 100
    assert [lines_of(message)[0] for message in further] == ["*Features*"] * len(further)
    assert [item[2:6] for item in items_of([first, *further])] == [f"{number:04}" for number in range(400)]
    assert lines_of(further[-1])[-1] == "Bye"
    assert all(message.header is None and message.text == "*Features*" for message in further)


def test_a_list_that_just_fits_is_not_continued() -> None:
    """No message may end with a line that there are 0 more."""
    counts = [len(everything(release(items))) for items in range(130, 175)]
    assert set(counts) == {1, 2}
    assert counts == sorted(counts)


def test_a_heading_never_stands_alone_at_the_end() -> None:
    for items in range(140, 160):
        text = f"{release(items)}\n\n*Fixes*\n• {'y' * 200}\n• {'z' * 200}"
        for message in everything(text):
            assert all(section not in ("*Fixes*", "*Features*") for section in message.sections[-1:])


def test_the_thread_ends_somewhere() -> None:
    messages = everything(release(6_000))
    shown = len(items_of(messages))
    assert len(messages) == 1 + MOST_FURTHER
    assert lines_of(messages[-1])[-1] == more(6_000 - shown).strip()
    assert [lines_of(message)[-1].startswith("… and ") for message in messages] == [True] + [False] * 19 + [True]


def test_more_may_say_nothing() -> None:
    first, further = lay_out(release(400), lambda _left: "")
    assert lines_of(first)[-1].startswith("• ")
    assert further


def test_very_many_categories_are_more_than_one_message() -> None:
    text = "\n\n".join(f"*{number}*\n• {number}" for number in range(120))
    messages = everything(text)
    assert len(messages) == 3
    assert [item[2:] for item in items_of(messages)] == [str(number) for number in range(120)]


def test_a_line_that_is_too_long_is_cut_between_its_parts() -> None:
    first, _ = lay_out("&amp;" * 500, more)
    assert first.sections == ("&amp;" * 399 + "…",)
    first, _ = lay_out("x" * 1_980 + LINK, more)
    assert first.sections == ("x" * 1_980 + "…",)
    first, _ = lay_out("<https://" + "x" * 3_000 + "|y>", more)
    assert first.sections == ("…",)


def test_what_is_left_of_a_message_that_slack_refuses() -> None:
    first, _ = lay_out(release(20), more)
    assert shortened(first) == Message(text=first.text, header=first.header, sections=(first.sections[0], "…"))
    assert LINK in shortened(first).sections[0]
    assert shortened(shortened(shortened(first))) == shortened(first)
    assert shortened(Message(text="a", sections=("b",))) == Message(text="a")


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("U012ABCDEF", "<@U012ABCDEF>"), ("W9AAAA", "<@W9AAAA>"), ("hana", None), ("U01|x>", None), ("!channel", None),
        ("U012ab", None), ("U012ABC\n", None), ("", None),
    ],
)  # fmt: skip
def test_only_people_are_mentioned(member: str, said: str | None) -> None:
    assert mention(member) == said


def test_a_digest_changes_with_every_part() -> None:
    message = Message(text="a", header="b", sections=("c", "d"))
    others = [Message(text="x", header="b", sections=("c", "d")), Message(text="a", sections=("c", "d")),
              Message(text="a", header="b", sections=("c d",))]  # fmt: skip
    assert len({digest(one) for one in (message, *others)}) == 4


# Whatever people write

hostile = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<!channel>", "<@U012ABCDEF>", "<#C012ABCDEF>", "<https://x.example|y>", "&amp;", "&lt;", "*", "\u202e"]
    ),
    st.sampled_from(["あ" * 300, "🎉" * 300, "&<>" * 150, "x" * 1_500]),
)
titles = st.lists(hostile, max_size=4).map("".join)
safe_item = titles.map(lambda title: f"• {Text(title).slack()} <https://github.com/acme/shop/pull/1|#1> by hana")
anything = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(titles, titles.map(lambda title: f"• {title}"), st.just("")), max_size=20).map("\n".join),
    st.tuples(st.lists(safe_item, max_size=8), st.integers(1, 12)).map(
        lambda made: "\n".join(["*Fixes*", *made[0] * made[1]])
    ),
)


def assert_within_limits(message: Message) -> None:
    assert message.text.strip()
    assert "\n" not in message.text
    assert message.header is None or (message.header.strip() and size(message.header) <= MOST_HEADER <= 150)
    assert all(section.strip() and size(section) <= MOST_SECTION <= 2_800 for section in message.sections)
    assert len(message.sections) + 1 <= MOST_BLOCKS <= 50
    assert sum(map(size, (message.text, message.header or "", *message.sections))) <= MOST_MESSAGE <= 11_000


@given(text=anything)
@settings(deadline=None)
def test_no_message_exceeds_a_limit(text: str) -> None:
    messages = everything(text)
    assert len(messages) <= 1 + MOST_FURTHER
    for message in messages:
        assert_within_limits(message)
        assert digest(message)


@given(text=anything)
@settings(deadline=None)
def test_nothing_comes_to_life_by_being_cut(text: str) -> None:
    alive = {*SPECIAL.findall(text.encode(errors="replace").decode()), LINK}
    for message in everything(re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", "", text)):
        for part in (message.text, *message.sections):
            assert set(SPECIAL.findall(part)) <= alive
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", part)
        assert not re.search(r"[<>]", message.header or "")


@given(items=st.lists(safe_item, min_size=1, max_size=8), times=st.integers(1, 12))
@settings(deadline=None)
def test_no_item_is_lost_and_no_title_is_live(items: list[str], times: int) -> None:
    text = "\n".join(["# Release", "", "Begun", "", "*Features*", *items * times])
    messages = everything(text)
    shown = items_of(messages)
    whole = [item if size(item) <= 2_000 else None for item in items * times]
    # only what the thread cannot hold is counted instead of shown
    assert len(shown) == len(whole) or len(messages) == 1 + MOST_FURTHER
    assert all(told == item for told, item in zip(shown, whole, strict=False) if item is not None)
    live = {special for message in messages for section in message.sections for special in SPECIAL.findall(section)}
    assert live <= {"<https://github.com/acme/shop/pull/1|#1>", LINK}
