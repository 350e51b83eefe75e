"""The sandbox Slack's channels as people read them: as text in a terminal, and as a page."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from slack_world import client, header, mrkdwn

from reletan.sandbox.branches import START
from reletan.sandbox.origin import Person
from reletan.sandbox.slack import page, text
from reletan.sandbox.slack.model import Post
from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.slack.workspace import Workspace

URL = "https://github.com/acme/shop/pull/12"


def show(
    team: Workspace, *blocks: dict[str, Any], text: str = "x", channel: str = "release", thread: str | None = None
) -> Post:
    post = Post(ts=team.next_ts(), author=team.bot.member, text=text, blocks=list(blocks))
    return team.put(team.channels[channel], post, thread)


def drawn(slack: SlackServer, *, urls: bool = False) -> list[str]:
    """The lines below the channel's name and the first post's head."""
    return slack.text("#release", urls=urls).splitlines()[3:]


@pytest.fixture
def release(slack: SlackServer) -> SlackServer:
    """A channel as reletan leaves it."""
    hana = slack.people["Hana"].id
    live = show(
        slack,
        header("Release 1.4.0 of acme/shop"),
        mrkdwn(f"Waiting for tests on <{URL}|release/1.4.0>. On duty: <@{hana}>"),
        mrkdwn(f"*Features*\n• Baskets &amp; more <{URL}|#12>, Hana\n• 商品の検索を追加 <{URL}|#13>, 山田 花子"),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Since `v1.3.0`"}]},
    )
    live.edited = slack.next_ts()
    show(slack, mrkdwn("Released as *v1.4.0*"), thread=live.ts)
    slack.say("Yuki", "#release", "ありがとう", thread=live.ts)
    slack.say("Marta", "#release", "What's next?")
    return slack


# as text


def test_the_channel_as_text(release: SlackServer) -> None:
    assert (
        release.text("#release")
        == """\
#release

reletan (app), 2026-01-05 09:00 (edited)
*Release 1.4.0 of acme/shop*

Waiting for tests on release/1.4.0. On duty: @Hana

*Features*
• Baskets & more #12, Hana
• 商品の検索を追加 #13, 山田 花子

────────────────────────────────────────────────────────────────────────────────

Since `v1.3.0`

    reletan (app), 2026-01-05 09:00
    Released as *v1.4.0*

    Yuki, 2026-01-05 09:00
    ありがとう

Marta, 2026-01-05 09:00
What's next?
"""
    )


def test_links_with_their_addresses(slack: SlackServer) -> None:
    show(slack, mrkdwn(f"<{URL}|#12>\n<{URL}>"))
    assert drawn(slack, urls=True) == [f"#12 ({URL})", URL]
    assert drawn(slack) == ["#12", URL]


def test_items_go_on_below_their_text(slack: SlackServer) -> None:
    show(slack, mrkdwn("• " + "word " * 20))
    assert drawn(slack) == ["• " + " ".join(["word"] * 15), "  " + " ".join(["word"] * 5)]


def test_a_word_that_has_no_room_is_broken(slack: SlackServer) -> None:
    show(slack, mrkdwn("• " + "x" * 100))
    assert drawn(slack) == ["• " + "x" * 78, "  " + "x" * 22]


def test_wide_characters_count_twice(slack: SlackServer) -> None:
    show(slack, mrkdwn("あ" * 50))
    assert drawn(slack) == ["あ" * 40, "あ" * 10]


def test_an_archived_channel_says_so(slack: SlackServer) -> None:
    slack.channel("#release").archived = True
    assert slack.text("#release") == "#release (archived)\n"
    assert "archived" in slack.page("#release")


def test_who_and_what_is_mentioned(slack: SlackServer) -> None:
    show(
        slack,
        mrkdwn("<@U0ACME0001> <@U0NOBODY> <@U0NOBODY|joe> <#C0ACME0001> <!here> <!subteam^S1|@team> &lt;!channel&gt;"),
    )
    assert drawn(slack) == ["@Hana @U0NOBODY @joe #general @here @team <!channel>"]
    shown = slack.page("#release")
    assert '<span class="mention">@Hana</span>' in shown
    assert '<span class="everyone">@here</span>' in shown
    assert "&lt;!channel&gt;" in shown
    assert '<span class="everyone">@channel' not in shown


def test_what_was_deleted(slack: SlackServer) -> None:
    parent = slack.say("Hana", "#release", "a secret")
    slack.say("Yuki", "#release", "oh", thread=parent.ts)
    slack.delete(parent.ts)
    assert "This message was deleted." in slack.text("#release")
    assert "a secret" not in slack.text("#release") + slack.page("#release")


# as a page


def test_the_channel_as_a_page(release: SlackServer) -> None:
    shown = Page(release.page("#release"))
    assert shown.of("h2") == ["Release 1.4.0 of acme/shop"]
    assert [href for tag, name, href in shown.attributes if tag == "a" and name == "href"] == [URL, URL, URL]
    assert shown.of("strong") == ["Features", "v1.4.0"]
    assert shown.of("code") == ["v1.3.0"]
    assert "2 replies" in shown.of("p")
    assert shown.tags.count("li") == 4
    assert "script" not in shown.tags


def test_pages_are_served(release: SlackServer) -> None:
    posted = client(release).chat_postMessage(channel="#release", text="x")
    link = client(release).chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    pages = [got(release, path) for path in ("/", "/channels/release", link.removeprefix(release.url))]
    assert len(set(pages)) == 1
    assert '<a href="/channels/general">#general</a>' in pages[0]
    reload = ("meta", "http-equiv", "refresh")
    assert reload in Page(pages[0]).attributes
    assert reload not in Page(release.page("#release")).attributes
    assert "Nothing has been posted" in got(release, "/channels/general")
    assert got(release, "/favicon.ico") == ""


def test_a_page_of_no_channel(slack: SlackServer) -> None:
    with pytest.raises(OSError, match="404"):
        got(slack, "/channels/nowhere")
    assert slack.wrong() == ["the sandbox Slack does not know the page /channels/nowhere"]
    slack.on_purpose.append("/channels/nowhere")


@pytest.mark.parametrize(
    ("written", "tag", "styled"),
    [
        ("a *b c* d", "strong", ["b c"]),
        ("_a_ and ~b~", "em", ["a"]),
        ("~b~", "s", ["b"]),
        ("`*a* &lt;b&gt;`", "code", ["*a* <b>"]),
        ("*<https://example.com|x>*", "strong", ["x"]),
        ("2*3*4 snake_case_name *open", "strong", []),
        ("snake_case_name", "em", []),
        ("* a *", "strong", []),
    ],
)
def test_styles(slack: SlackServer, written: str, tag: str, styled: list[str]) -> None:
    show(slack, mrkdwn(written))
    assert Page(slack.page("#release")).of(tag) == styled


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", "HTTP:x"]
)
def test_only_the_web_is_linked(slack: SlackServer, url: str) -> None:
    show(slack, mrkdwn(f"<{url}|here> <{url}>"))
    assert "a" not in Page(slack.page("#release")).tags
    assert drawn(slack) == [f"here ({url}) {url}"]


# whatever is posted

LIVE = st.sampled_from(
    ["<script>", "</p>", "&lt;b&gt;", "<https://x.example/\"onclick='x'|l>", "<javascript:x|y>", "<!here>", "<@U0ACME0001>",
     "\x1b[31m", "\x1b]8;;https://x\x07", "\r", "\n", "\u202e", "\u200b", "\x00", "\x9b", "\u2028", "*", "_", "`", "|", "• ", "'", '"']
)  # fmt: skip
WRITTEN = st.lists(LIVE | st.text(max_size=30), min_size=1, max_size=12).map("".join)
# what a page is made of: its tags, and their attributes
ALLOWED = {
    "html": ["lang"], "head": [], "meta": ["charset", "name", "content", "http-equiv"], "title": [], "style": [], "body": [],
    "header": ["class"], "h1": [], "h2": [], "main": [], "ol": ["class"], "li": ["class", "id"], "b": [], "p": ["class"],
    "div": ["class", "aria-hidden"], "span": ["class"], "time": ["datetime"], "section": ["class", "aria-label"], "hr": [],
    "a": ["href", "rel"], "strong": [], "em": [], "s": [], "code": [],
}  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(WRITTEN, WRITTEN, WRITTEN)
def test_nothing_posted_is_live(first: str, second: str, name: str) -> None:
    team = Workspace([Person("Hana")], lambda: START)
    channel = team.open_channel(name)
    fields = {"type": "section", "fields": [{"type": "plain_text", "text": second}, {"type": "mrkdwn", "text": first}]}
    post = show(team, header(first), mrkdwn(second), fields, channel=name)
    show(team, text=second, channel=name, thread=post.ts)
    for urls in (False, True):
        head, *lines = text.of(team, channel, urls=urls).split("\n")
        assert all(c.isprintable() for line in (head, *lines) for c in line)
        assert max(map(cell_len, lines)) <= 80
    drawn = Page(page.of(team, channel))
    assert drawn.tags.count("li") == 2
    assert set(drawn.tags) <= set(ALLOWED)
    for tag, attribute, value in drawn.attributes:
        assert attribute in ALLOWED[tag]
        assert attribute != "href" or re.match(r"https?://", value, re.IGNORECASE)


class Page(HTMLParser):
    """What a browser would make of it: all tags, attributes, and the text of elements that hold nothing else."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self._texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def of(self, tag: str) -> list[str]:
        return [text for inside, text in self._texts if inside == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            continue

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self._texts += [(tag, data.strip()) for tag in set(self._open)]


def got(slack: SlackServer, path: str) -> str:
    with urlopen(f"{slack.url}{path}", timeout=30) as answer:  # noqa: S310 - the sandbox
        return str(answer.read().decode())
