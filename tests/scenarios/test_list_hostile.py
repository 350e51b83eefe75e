"""`reletan list` with what strangers may write: names of refs, remotes, titles and authors (faults 42, 43, 45, 50)."""

import re
import unicodedata

import pytest
from listings import listed, numbers

from reletan.sandbox.world import World

BIDI, ISOLATE = "\u202e", "\u2066"
TITLES = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x1b]0;title of the window\x07",
    "\x9b2Jclear",
    f"{BIDI}drawkcab{ISOLATE}",
    "over\rwritten",
    "zero\u200bwidth\ufeff",
    "[/] closes nothing",
    "[link=https://evil.example]click[/link]",
    "[bold red]not red[/]",
    ":warning: stays text",
    "back\x08\x08space\x07",
]
SGR = re.compile(r"\x1b\[[0-9;]*m")


def live(text: str) -> set[str]:
    """The characters of ``text`` that a terminal obeys."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}


@pytest.fixture
def hostile(world: World) -> World:
    for number, title in enumerate(TITLES, start=10):
        world.commit("develop", f"{title} (#{number})", author=f"M{title}")
        world.commit("develop", f"Loose {title}", author=f"M{title}")
    return world


@pytest.mark.parametrize("output", [[], ["--markdown"], ["--json"], ["--group-by", "author"]], ids=" ".join)
def test_titles_and_authors_are_neutral(hostile: World, output: list[str]) -> None:
    run = hostile.reletan("list", *output, check=True)
    assert live(run.out.replace("\u200b", "") if "--markdown" in output else run.out) == set()
    assert len(re.findall(r"^.*\bLoose\b", run.out, re.MULTILINE)) == (len(TITLES) if "--json" not in output else 1)


def test_colours_are_ours_alone(hostile: World) -> None:
    out = hostile.reletan("--color", "always", "list", check=True).out
    assert "\x1b[1m" in out
    assert live(SGR.sub("", out)) == set()
    assert "\x1b[31m" not in out


def test_markup_stays_text(hostile: World) -> None:
    out = hostile.reletan("list", check=True).out
    for title in (
        "[/] closes nothing",
        "[link=https://evil.example]click[/link]",
        "[bold red]not red[/]",
        ":warning: stays text",
    ):
        assert title in out


def test_the_json_has_the_titles_as_they_are(hostile: World) -> None:
    titles = {pull["number"]: pull["title"] for pull in listed(hostile)["pull_requests"]}
    assert [titles[number] for number in range(10, 10 + len(TITLES))] == TITLES


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ask @acme/team", "Ask \\@\u200bacme/team"),
        ("closes #1", "closes \\#\u200b1"),
        ("closes GH-1", "closes GH\\-\u200b1"),
        ("# Heading", "\\# Heading"),
        ("![x](https://evil.example/x.png)", "\\!\\[x\\](https:\u200b//evil.example/x.png)"),
        ("see www.evil.example", "see www.\u200bevil.example"),
        ("<img src=x onerror=y>", "\\<img src=x onerror=y\\>"),
        ("`rm -rf` **now** | ~~no~~", "\\`rm \\-rf\\` \\*\\*now\\*\\* \\| \\~\\~no\\~\\~"),
        ("1. First", "1\\. First"),
        ("+ Plus", "\\+ Plus"),
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("{{ 7 * 7 }} {% raw %}", "\\{\\{ 7 \\* 7 \\}\\} \\{% raw %\\}"),
    ],
)
def test_markdown_is_inert(world: World, title: str, expected: str) -> None:
    world.pull(title, how="squash")
    out = world.reletan("list", "--markdown", check=True).out
    assert f"\n- {expected} (#4) by Hana\n" in out


# --- subjects that only look like a pull request (fault 50)


@pytest.mark.parametrize(
    "subject",
    [
        "Fix (#12) in the middle",
        "Fix acme/other#12",
        "Fix (acme/other#12)",
        "Merge pull request #12 from acme/feature",
        "Mention #12",
        "Fix(#12)",
        "Zero (#0)",
        "Huge (#99999999999999999999)",
        "Signed (#-1)",
        "Arabic (#١٢)",
    ],
)
def test_what_only_looks_like_a_pull_request(world: World, subject: str) -> None:
    world.commit("develop", subject)
    listing = listed(world)
    assert numbers(listing) == [3, 2, 1]
    assert [commit["subject"] for commit in listing["commits_without_pull_request"]] == [subject]


def test_the_number_of_an_issue_is_no_pull_request(world: World) -> None:
    """The remote's refs say which numbers are pull requests."""
    world.commit("develop", "Fix what issue 12 tells (#12)")
    listing = listed(world)
    assert numbers(listing) == [3, 2, 1]


# --- names of refs and remotes (fault 42)

BAD = [
    "-x",
    "--upload-pack=touch${IFS}pwned",
    "$(touch${IFS}pwned)",
    "`id`",
    "a;b",
    "a|b",
    "a'b",
    'a"b',
    f"1.4.0{BIDI}",
    "日本",
    "1.4.0;b",
]


def make_ref(world: World, ref: str) -> None:
    world.git("update-ref", ref, world.head("develop") or "", cwd=world.origin)


@pytest.mark.parametrize("name", BAD)
def test_names_that_have_nothing_to_do_with_the_flow_are_left_alone(world: World, name: str) -> None:
    expected = listed(world)
    for ref in (f"refs/heads/feature/{name}", f"refs/tags/v{name}", f"refs/heads/{name.removeprefix('-')}"):
        make_ref(world, ref)
    assert listed(world) == expected
    assert not list(world.folder.rglob("pwned"))


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("prefix", ["release/", "hotfix/"])
def test_a_release_branch_with_a_bad_name_is_none(world: World, prefix: str, name: str) -> None:
    expected = listed(world)
    make_ref(world, f"refs/heads/{prefix}{name}")
    now = listed(world)
    assert [warning["code"] for warning in now.pop("warnings")] == ["not-a-version"]
    assert now == {key: value for key, value in expected.items() if key != "warnings"}
    assert name not in world.reletan("status", check=True).out
    assert not list(world.folder.rglob("pwned"))


@pytest.mark.parametrize("url", ["ext::sh -c touch% {pwned}", "fd::7", "ftp://example.com/x", "transport::address"])
@pytest.mark.parametrize("offline", [[], ["--offline"]], ids=["online", "offline"])
def test_a_remote_of_another_transport_is_refused(world: World, url: str, offline: list[str]) -> None:
    pwned = world.folder / "pwned"
    world.git("config", "remote.origin.url", url.format(pwned=pwned))
    run = world.reletan("list", *offline)
    assert run.code == 2
    assert "transport" in run.err
    assert not pwned.exists()


def test_a_transport_behind_an_alias_is_refused(world: World) -> None:
    pwned = world.folder / "pwned"
    world.git("config", f"url.ext::sh -c touch% {pwned}% .insteadOf", "https://")
    world.git("remote", "set-url", "origin", "https://example.com/x")
    assert world.reletan("list").code == 2
    assert not pwned.exists()


@pytest.mark.parametrize("name", ["-x", "--upload-pack=x", "a b", "a$b"])
def test_a_remote_with_a_bad_name_is_refused(world: World, name: str) -> None:
    url = world.git("config", "remote.origin.url")
    world.git("remote", "remove", "origin")
    world.git("config", f"remote.{name}.url", url)
    run = world.reletan("list")
    assert run.code == 2
    assert "remote" in run.err
