"""The words of the Slack messages, in English and Japanese, and as a text to paste."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.adapters.templates import render_template
from reletan.domain.message import MOST_MESSAGE, Message, lay_out, size
from reletan.domain.notes import PLAIN, SLACK, Notes, Pair, Place, Script, Section, context
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text

PAGE = "https://github.com/acme/shop"
LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])


def pull(number: int, title: str, author: str | None = "hana") -> PullRequest:
    return PullRequest(
        number=number, title=Text(title), author=author, url=f"{PAGE}/pull/{number}", how="merge",
        merged_at="2026-11-20T10:00:00Z", commit="a" * 40,
    )  # fmt: skip


def notes(*sections: Section, since: str | None = "v1.3.0", page: str | None = PAGE, more: bool = True) -> Notes:
    return Notes(
        place=Place(
            version="1.4.0", tag="v1.4.0", released=False, date=None, repository="acme/shop" if page else None,
            web_url=page, compare_url=f"{page}/compare/v1.3.0...release/1.4.0" if page and since else None,
        ),
        since=since, until="release/1.4.0", complete=True, sections=sections, contributors=None,
        reverted=(Pair(pull_request=pull(7, "Add coupons"), by=8),) if more else (),
        commits=(LooseCommit(sha="b" * 40, subject=Text("Fix the build"), author_name=Text("Yuki")),) if more else (),
    )  # fmt: skip


def values(made: Notes, script: Script = SLACK, stage: str = "started", **others: Any) -> dict[str, Any]:
    page = made.place.web_url
    branch = script.text(Text("release/1.4.0"))
    return {
        **context(made, script), "kind": "release", "stage": stage, "event": stage, "duty": "<@U012ABCDEF>",
        "bold": "*" if script is SLACK else "", "branch": branch, "merged_into": ["main", "develop"], "waiting": [],
        "branch_link": script.link(branch, f"{page}/tree/release/1.4.0" if page else None),
        "release_link": script.link("v1.4.0", f"{page}/releases/tag/v1.4.0" if page else None),
        **others,
    }  # fmt: skip


def words(language: str, given_values: dict[str, Any], name: str = "slack_release.j2") -> str:
    return render_template(name, language, given_values).strip()


def messages(language: str, given_values: dict[str, Any]) -> list[Message]:
    first, further = lay_out(
        words(language, given_values), lambda left: words(language, {**given_values, "left": left}, "slack_more.j2")
    )
    return [first, *further]


FEATURES = Section(
    title=Text("Features"), pull_requests=(pull(12, "Add wish lists"), pull(11, "Add <!channel> & *stars*"))
)
OTHERS = Section(title=None, pull_requests=(pull(10, "Tidy up", author=None),))


def test_a_release_that_has_begun() -> None:
    (message,) = messages("en", values(notes(FEATURES, OTHERS)))
    assert message.header == "Release 1.4.0 of acme/shop"
    assert (
        message.text
        == f"Release 1.4.0 of acme/shop · 🟡 *Begun*, waiting for tests on <{PAGE}/tree/release/1.4.0|release/1.4.0>"
    )
    assert message.sections == (
        f"🟡 *Begun*, waiting for tests on <{PAGE}/tree/release/1.4.0|release/1.4.0>\nOn duty: <@U012ABCDEF>\n"
        f"Since v1.3.0: <{PAGE}/compare/v1.3.0...release/1.4.0|v1.3.0...release/1.4.0>",
        f"*Features*\n• Add wish lists <{PAGE}/pull/12|#12> by hana\n"
        f"• Add &lt;!channel&gt; &amp; ∗stars∗ <{PAGE}/pull/11|#11> by hana",
        f"*Other changes*\n• Tidy up <{PAGE}/pull/10|#10>",
        f"*Taken back again*\n• Add coupons <{PAGE}/pull/7|#7> – taken back by <{PAGE}/pull/8|#8>",
        f"*Commits without a pull request*\n• Fix the build <{PAGE}/commit/{'b' * 40}|bbbbbbb> by Yuki",
    )


def test_the_same_in_japanese() -> None:
    (message,) = messages("ja", values(notes(FEATURES), stage="released", waiting=["develop"], merged_into=["main"]))
    assert message.header == "acme/shop リリース 1.4.0"
    assert message.sections[:2] == (
        f"✅ *リリース完了* <{PAGE}/releases/tag/v1.4.0|v1.4.0>\nmain にマージ済みです\ndevelop へのマージが残っています\n"
        f"リリース担当: <@U012ABCDEF>\n"
        f"v1.3.0 以降の変更: <{PAGE}/compare/v1.3.0...release/1.4.0|v1.3.0...release/1.4.0>",
        f"*Features*\n• Add wish lists <{PAGE}/pull/12|#12> hana\n"
        f"• Add &lt;!channel&gt; &amp; ∗stars∗ <{PAGE}/pull/11|#11> hana",
    )


def test_a_text_to_paste_has_no_marks() -> None:
    text = words("en", values(notes(FEATURES), PLAIN, "released", duty="hana"))
    assert (
        text
        == f"""\
Release 1.4.0 of acme/shop

✅ Released as v1.4.0 {PAGE}/releases/tag/v1.4.0
Merged into main, develop
On duty: hana
Since v1.3.0: v1.3.0...release/1.4.0 {PAGE}/compare/v1.3.0...release/1.4.0

Features
• Add wish lists #12 {PAGE}/pull/12 by hana
• Add <!channel> & *stars* #11 {PAGE}/pull/11 by hana

Taken back again
• Add coupons #7 {PAGE}/pull/7 – taken back by #8 {PAGE}/pull/8

Commits without a pull request
• Fix the build bbbbbbb {PAGE}/commit/{"b" * 40} by Yuki"""
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Hotfix 1.4.0", "waiting for tests on release/1.4.0", "The first release", "No change yet.")),
        ("ja", ("ホットフィックス 1.4.0", "release/1.4.0 のテスト待ち", "初回リリース", "変更はまだありません。")),
    ],
)
def test_without_github_tags_or_changes(language: str, said: tuple[str, ...]) -> None:
    (message,) = messages(language, values(notes(since=None, page=None, more=False), kind="hotfix"))
    told = "\n".join((message.header or "", *message.sections))
    assert all(part in told for part in said)
    assert "http" not in told
    assert "None" not in told


@LANGUAGES
@pytest.mark.parametrize("stage", ["started", "released", "aborted"])
@pytest.mark.parametrize("page", [PAGE, None])
def test_every_state_is_said_in_words(language: str, stage: str, page: str | None) -> None:
    texts = {
        "en": {"started": "Begun", "released": "Released", "aborted": "Aborted"},
        "ja": {"started": "開始", "released": "リリース完了", "aborted": "中止"},
    }
    given_values = values(notes(FEATURES, page=page), stage=stage)
    told = words(language, given_values)
    assert [word for word in texts[language].values() if f"*{word}*" in told] == [texts[language][stage]]
    assert "\n\n\n" not in told
    if stage != "started":
        event = words(language, given_values, "slack_event.j2")
        assert f"*{texts[language][stage]}*" in event
        assert "1.4.0" in event
        assert "\n\n" not in event


@LANGUAGES
def test_what_is_left_out_is_not_nothing(language: str) -> None:
    empty = values(notes(more=False))
    assert words(language, {**empty, "excluded": 2}) != words(language, empty)


@LANGUAGES
@pytest.mark.parametrize(
    ("stage", "page", "end"),
    [
        ("started", PAGE, f": <{PAGE}/compare/v1.3.0...release/1.4.0|v1.3.0...release/1.4.0>"),
        ("released", PAGE, f": <{PAGE}/releases/tag/v1.4.0|v1.4.0>"),
        ("started", None, ""),
    ],
)
def test_how_many_more_there_are(language: str, stage: str, page: str | None, end: str) -> None:
    more = words(language, {**values(notes(FEATURES, page=page), stage=stage), "left": 23}, "slack_more.j2")
    assert more == ("… and 23 more" if language == "en" else "… ほか 23 件") + end


hostile = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        ["<!channel>", "<!here|x> @here", "<@U012ABCDEF>", "<#C01|x>", "<https://x|y>", "*\n\n# x", "• x", "&lt;"]
    ),
)


@LANGUAGES
@given(titles=st.lists(hostile, min_size=1, max_size=4), author=hostile, heading=hostile, times=st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_nothing_from_outside_is_live(language: str, titles: list[str], author: str, heading: str, times: int) -> None:
    pulls = tuple(pull(number, title, author) for number, title in enumerate(titles * times, start=100))
    made = messages(language, values(notes(Section(title=Text(heading), pull_requests=pulls))))
    told = [part for message in made for part in (message.text, *message.sections)]
    live = {special for part in told for special in re.findall(r"<[^<>]*>", part)}
    assert {special for special in live if not special.startswith(f"<{PAGE}/")} == {"<@U012ABCDEF>"}
    shown = re.findall(r"^• .*\|#(1\d\d|2\d\d|3\d\d)>", "\n".join(told), re.MULTILINE)
    assert shown == [str(one.number) for one in pulls]
    assert all(sum(map(size, message.sections)) <= MOST_MESSAGE for message in made)
