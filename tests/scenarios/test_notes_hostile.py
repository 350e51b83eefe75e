"""Notes of what strangers wrote: nothing of it is live in Markdown, a terminal, JSON, a CI log or a GitHub Release."""

import json
import re
import unicodedata

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reletan.domain.releasebody import BEGIN, END
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.world import World

TITLES = [
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x9b2Jclear\rover\u202ebackwards\u2066",
    "[/] [link=https://evil.example]click[/link]",
    "@team and @acme/everyone, closes #1, fixes acme/shop#2, GH-3",
    "# Heading",
    "![x](https://evil.example/x.png) <img src=x onerror=y> <b>",
    "[here](https://evil.example) https://evil.example www.evil.example",
    BEGIN,
    END,
    "<!-- hidden",
    "```",
    "&lt;b&gt; | --- | {{ 7 * 7 }}",
    "::error::stop",
    "##[error]stop",
]
OURS = {"text", "softbreak", "link_open", "link_close", "strong_open", "strong_close", "text_special"}
LIVE = re.compile(r"[@#]\w|GH-\d|https?://|www\.\w", re.IGNORECASE)


def obeyed(text: str) -> set[str]:
    """What a terminal would obey; the zero-width space, by which links are stopped, is harmless."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\u200b"}


@pytest.fixture
def hostile(small_hub_world: World) -> World:
    """Every title, of a pull request and of a commit, by authors who call themselves so."""
    for title in TITLES:
        number = small_hub_world.pull("Plain", how="squash", author="Mallory")
        small_hub_world.pulls[number].title = title
        small_hub_world.label(number, "feature")
        small_hub_world.commit("develop", title, author="M " + re.sub("[<>\r]", "", title))
    return small_hub_world


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def outside_links(token: Token) -> str:
    """What a reader sees of a line, without the labels of links, which nothing turns into another link."""
    depth, seen = 0, ""
    for one in token.children or ():
        depth += {"link_open": 1, "link_close": -1}.get(one.type, 0)
        seen += "" if depth else one.content
    return seen


def require_inert(text: str, page: str) -> None:
    """Headings, lists and links are ours alone, and every title is a line of a list."""
    assert obeyed(text) == set()
    tokens = parsed(text)
    blocks = {"heading", "paragraph", "list_item", "bullet_list"}
    assert {one.type for one in tokens} <= {
        "inline",
        *(f"{kind}_{end}" for kind in blocks for end in ("open", "close")),
    }
    inner = [one for token in tokens for one in token.children or ()]
    assert {one.type for one in inner} <= OURS
    assert all(str(one.attrs["href"]).startswith(page) for one in inner if one.type == "link_open")
    assert [line for line in map(outside_links, tokens) if LIVE.search(line)] == []
    assert sum(one.type == "list_item_open" for one in tokens) == 2 * len(TITLES) + 3 + 2


def test_nothing_is_live_in_any_format_and_the_json_has_it_all(hostile: World) -> None:
    page = f"{hostile.github.url}/acme/shop/"
    for language in ("en", "ja"):
        require_inert(hostile.reletan("notes", "--language", language, check=True).out, page)
    text = hostile.reletan("notes", "--format", "slack", check=True).out
    assert obeyed(text) == set()
    assert "[/] [link=https://evil.example]click[/link] #6 " in text
    assert "@\u200bteam" in text
    for option in ("--json", "--context"):
        out = hostile.reletan("notes", option, check=True).out
        assert {c for c in out if unicodedata.category(c) in ("Cc", "Cf")} == {"\n"}
    told = json.loads(hostile.reletan("notes", "--json", check=True).out)["sections"][0]
    assert [one["title"] for one in reversed(told["pull_requests"])] == TITLES


def test_no_title_gives_a_command_to_the_log_of_actions(hostile: World) -> None:
    (hostile.clone / "own.j2").write_text(
        "{% for pull in sections[0].pull_requests %}\n{{ pull.title }}\n{% endfor %}"
        "{% for commit in commits %}\n{{ commit.author[2:] }}\n{% endfor %}"
    )
    runs = [
        hostile.reletan("notes", *args, env={"GITHUB_ACTIONS": "true"}, check=True)
        for args in (["--template", "own.j2"], ["--format", "slack"], ["--json"], [])
    ]
    assert "\n: :error::stop\n" in runs[0].out
    for run in runs:
        assert [line for line in run.out.splitlines() if line.lstrip().startswith("::") or "##[" in line] == []
        assert TOKEN not in run.out + run.err


def test_nothing_is_live_in_the_github_release(hostile: World) -> None:
    hostile.reletan("start", "1.4.0", "--yes", "--no-notify", check=True)
    run = hostile.reletan("tag", "--yes", check=True)
    assert obeyed(run.err) == set()
    body = hostile.releases[0].body or ""
    assert body.startswith(f"{BEGIN}\n")
    assert body.endswith(f"\n{END}")
    assert [one.content.strip() for one in parsed(body) if one.type == "html_block"] == [BEGIN, END]
    require_inert(body.removeprefix(BEGIN).removesuffix(END), f"{hostile.github.url}/acme/shop/")
    # its own marks among the titles do not confuse the next run
    again = hostile.reletan("notes", "1.4.0", "--publish", "--yes", check=True)
    assert "unchanged" in again.err
