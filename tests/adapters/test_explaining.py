"""What automerge says: nothing from outside is live in a terminal, in Markdown, or in the log of GitHub Actions."""

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.config import Language
from reletan.domain.listing import Warning as Warned
from reletan.domain.merging import Judged, MergeFacts, Reason, Verdict
from reletan.explaining import MARKER, annotations, comment_body, step_summary, verdict_table, verdicts_json
from reletan.terminal import Terminal

HEAD = "a" * 40
APPROVALS = Reason("approvals", "0 of 1 approvals at the current commit")
FAILED = Reason("check-failed", "checks failed: 単体テスト, lint")
OWN = Reason("own-check", "the required check automerge is this job itself")
MERGED = Reason("merged", "it is merged already", "nobody")


def judged(number: int, title: str = "Add a basket", action: Any = "leave", *reasons: Reason, **rest: Any) -> Judged:
    facts = MergeFacts(number=number, title=title, base=rest.pop("base", "develop"), head=HEAD)
    verdict = Verdict(number=number, action=action, method="squash", reasons=reasons)
    return Judged(facts=facts, verdict=verdict, **{"url": f"https://github.com/acme/shop/pull/{number}"} | rest)


ENTRIES = [
    judged(7, "商品一覧の検索を速くする", "merge", outcome="merged", commit="abc1234def56789"),
    judged(12, "Show the cart", "leave", APPROVALS, FAILED),
    judged(113, "Tidy", "merge"),
]


def table(capsys: pytest.CaptureFixture[str], entries: list[Judged]) -> list[str]:
    verdict_table(Terminal(color="never"), entries)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


# --- the table


def test_a_row_for_each_pull_request_and_a_line_for_each_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys, ENTRIES) == [
        "3 pull requests: 1 merged, 1 would merge, 1 left alone",
        "  PR  Title                                       What",
        "  #7  商品一覧の検索を速くする                    merged",
        " #12  Show the cart                               left alone",
        "        - 0 of 1 approvals at the current commit",
        "        - checks failed: 単体テスト, lint",
        "#113  Tidy                                        would merge",
    ]


@pytest.mark.parametrize(
    ("action", "outcome", "word"),
    [
        ("merge", None, "would merge"),
        ("enqueue", None, "would enqueue"),
        ("auto-merge", None, "would turn on auto-merge"),
        ("update", None, "would update"),
        ("leave", None, "left alone"),
        ("merge", "merged", "merged"),
        ("enqueue", "enqueued", "enqueued"),
        ("auto-merge", "auto-merge enabled", "auto-merge on"),
        ("update", "updated", "updated"),
    ],
)
def test_what_was_done_is_told_from_what_would_be(
    capsys: pytest.CaptureFixture[str], action: str, outcome: Any, word: str
) -> None:
    assert table(capsys, [judged(1, "x", action, outcome=outcome)])[0] == f"1 pull request: 1 {word}"


def test_no_pull_requests(capsys: pytest.CaptureFixture[str]) -> None:
    assert table(capsys, []) == ["No pull requests to look at."]


HOSTILE = "[/] [bold]x[/bold] \x1b[31mred\x1b]8;;https://evil.example\x07 \u202eback :warning: \x9b2J\r\nnext"


def test_hostile_texts_are_neutral_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    verdict_table(Terminal(color="always"), [judged(1, HOSTILE, "merge", Reason("x", HOSTILE), outcome="merged")])
    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert out.count("[/] [bold]x[/bold] [31mred]8;;https://evil.example back :warning: 2J next") == 2
    assert not {c for c in out if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}


def test_nothing_is_told_by_colour_alone(capsys: pytest.CaptureFixture[str]) -> None:
    plain = table(capsys, ENTRIES)
    verdict_table(Terminal(color="always"), ENTRIES)
    coloured = capsys.readouterr().out
    assert "\x1b[1m" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == plain


# --- JSON


def test_the_json_is_the_contract() -> None:
    found = json.loads(verdicts_json(ENTRIES, [Warned("slow", "GitHub was slow")]))
    assert {key: value for key, value in found.items() if key != "pull_requests"} == {
        "schema": 1,
        "command": "automerge",
        "warnings": [{"code": "slow", "message": "GitHub was slow"}],
    }
    assert found["pull_requests"][1] == {
        "number": 12,
        "title": "Show the cart",
        "url": "https://github.com/acme/shop/pull/12",
        "base": "develop",
        "head": HEAD,
        "action": "leave",
        "method": "squash",
        "outcome": None,
        "commit": None,
        "reasons": [
            {"code": "approvals", "text": "0 of 1 approvals at the current commit", "waits": "people"},
            {"code": "check-failed", "text": "checks failed: 単体テスト, lint", "waits": "people"},
        ],
    }
    assert (found["pull_requests"][0]["outcome"], found["pull_requests"][0]["commit"]) == ("merged", "abc1234def56789")


def test_the_json_has_titles_as_they_are_and_no_live_character() -> None:
    text = verdicts_json([judged(1, HOSTILE)])
    assert json.loads(text)["pull_requests"][0]["title"] == HOSTILE
    assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cf")}


# --- the step summary


def test_the_summary_is_a_table() -> None:
    assert step_summary(ENTRIES) == (
        "### reletan automerge\n\n3 pull requests: 1 merged, 1 would merge, 1 left alone\n\n"
        "| | Pull request | What | Why |\n|---|---|---|---|\n"
        "| [#7](https://github.com/acme/shop/pull/7) | 商品一覧の検索を速くする | merged as abc1234def |  |\n"
        "| [#12](https://github.com/acme/shop/pull/12) | Show the cart | left alone "
        "| 0 of 1 approvals at the current commit<br>checks failed: 単体テスト, lint |\n"
        "| [#113](https://github.com/acme/shop/pull/113) | Tidy | would merge |  |\n"
    )
    assert "No pull requests" in step_summary([])


MARKUP = ["a | b", "<img src=x onerror=y>", "`", "[x](https://evil.example)", "![x](//e)", "@acme/team", "#1", "closes #1", "GH-1",
          "a\n| b", "**", "www.evil.example", "a\\|b", "$x$", "&lt;b>"]  # fmt: skip


@pytest.mark.parametrize("hostile", MARKUP)
def test_markdown_of_others_is_not_live(hostile: str) -> None:
    entry = judged(1, hostile, "leave", Reason("x", hostile), url=None)
    row = step_summary([entry]).splitlines()[-1]
    comment = comment_body(entry, "en").removeprefix(MARKER).replace("**reletan**", "")
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5
    for live in (row.replace("|", "").replace("#1", "", 1), comment):
        bare = re.sub(r"\\[\\`*_{}\[\]<>#|~!@&$+.)-]", "", live).replace("\n- ", "\n")
        assert not set(bare) & set("`*_{}[]<>#|~!@&$+")
        assert not re.search(r"[@#]\w|GH\\?-\d|[a-z]://|www\.\w", live)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://github.com/a) [x](https://evil.example",
        "https://x/<b>",
        "https://x/a|b",
        "https://x/\n",
        "",
    ],
)
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    assert step_summary([judged(3, "x", url=url)]).splitlines()[-1] == "| #3 | x | left alone |  |"


def test_the_summary_stays_under_the_limit_of_actions() -> None:
    text = step_summary([judged(number, "長い" * 120, "leave", *[FAILED] * 20) for number in range(2000)])
    shown = text.count("| left alone |")
    assert 100 < shown < 2000
    assert len(text.encode()) < 1024 * 1024
    assert text.endswith(f"\nAnd {2000 - shown} more.\n")


# --- annotations


def test_a_notice_for_each_and_a_warning_where_something_is_to_be_mended() -> None:
    assert annotations([*ENTRIES, judged(8, "Wait", "leave", APPROVALS)]) == [
        "::warning title=#12 left alone::Show the cart: 0 of 1 approvals at the current commit; checks failed: 単体テスト, lint",
        "::notice title=#7 merged::商品一覧の検索を速くする",
        "::notice title=#113 would merge::Tidy",
        "::notice title=#8 left alone::Wait: 0 of 1 approvals at the current commit",
    ]


def test_no_more_annotations_than_actions_shows() -> None:
    lines = annotations([judged(number, "x", "leave", FAILED if number % 2 else APPROVALS) for number in range(60)])
    assert [line.split(" ")[0] for line in lines] == ["::warning"] * 10 + ["::notice"] * 10


@pytest.mark.parametrize(
    "hostile",
    [
        "x\n::error::y",
        "x\r\n::stop-commands::y",
        "100%0A::error::y",
        "::set-output name=a::b",
        "x\u2028::error::y",
        "\x0b::debug::z",
    ],
)
def test_no_title_is_a_command_of_its_own(hostile: str) -> None:
    (line,) = annotations([judged(1, hostile, "leave", Reason("x", hostile))])
    assert line.startswith("::notice title=#1 left alone::")
    assert not re.search(r"[\r\n\x0b\x85\u2028\u2029]", line)
    assert "%0A" not in unescaped_twice(line)


def unescaped_twice(line: str) -> str:
    """What is left of escapes once the runner has undone its own."""
    return line.replace("%25", "")


@given(st.text(), st.text())
def test_an_annotation_is_one_command_on_one_line(title: str, reason: str) -> None:
    (line,) = annotations([judged(1, title, "leave", Reason("x", reason))])
    assert line.splitlines() == [line]
    assert re.match(r"::notice title=#1 left alone::", line)
    assert not re.search(r"%(?!25)", line)


# --- the comment


def test_the_comment_begins_with_its_marker_and_is_the_same_each_time() -> None:
    first = comment_body(ENTRIES[1], "en")
    assert first == comment_body(ENTRIES[1], "en")
    assert first == (
        "<!-- reletan:automerge -->\n**reletan** does not merge this yet. At aaaaaaaaaa:\n\n"
        "- 0 of 1 approvals at the current commit\n- checks failed: 単体テスト, lint"
    )


def test_the_comment_in_japanese() -> None:
    assert comment_body(ENTRIES[1], "ja") == (
        "<!-- reletan:automerge -->\n**reletan** はまだマージしません（aaaaaaaaaa）。\n\n"
        "- 現在のコミットへの承認が足りません: 0 of 1 approvals at the current commit\n"
        "- 失敗したチェックがあります: checks failed: 単体テスト, lint"
    )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        (judged(1, "x", "merge", outcome="merged", commit="abc1234def56789"), 0),
        (judged(1, "x", "enqueue", outcome="enqueued"), 0),
        (judged(1, "x", "auto-merge", OWN, outcome="auto-merge enabled"), 1),
        (judged(1, "x", "update", Reason("behind", "it is behind develop"), outcome="updated"), 0),
        (judged(1, "x", "leave", MERGED), 1),
        (judged(1, "x", "leave", Reason("never-heard-of", "something new")), 1),
        (judged(1, "x", "merge"), 0),
    ],
)
def test_every_outcome_has_its_comment(entry: Judged, reasons: int, language: Language) -> None:
    lines = comment_body(entry, language).splitlines()
    assert lines[0] == MARKER
    assert "**reletan**" in lines[1]
    assert len([line for line in lines if line.startswith("- ")]) == reasons
    assert ("abc1234def" in lines[1]) == (entry.outcome == "merged")


def test_every_outcome_reads_differently() -> None:
    entries = [
        judged(1, "x", "merge", outcome=o) for o in ("merged", "enqueued", "auto-merge enabled", "updated", None)
    ]
    for language in ("en", "ja"):
        assert len({comment_body(entry, language) for entry in [*entries, ENTRIES[1]]}) == 6


def test_a_comment_fits_into_githubs_limit() -> None:
    body = comment_body(judged(1, "x", "leave", *[Reason("check-failed", "検査" * 2000)] * 50), "ja")
    assert len(body) < 65_536
    assert body.startswith(MARKER)
