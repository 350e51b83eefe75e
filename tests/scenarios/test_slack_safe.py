"""What strangers wrote is never live on Slack, and the secrets for Slack are nowhere but on the way there."""

import re
import unicodedata
from pathlib import Path

import pytest
from slack_team import member, shown
from slack_world import on_slack
from witness import lasting

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.workspace import SECRET, TOKEN
from reletan.sandbox.world import Run, World

TITLES = [
    "<!channel> <!here|x> @here @channel", "<@U0ACME0002> <#C0ACME0001|general>", "<https://evil.example|click>",
    "https://evil.example www.evil.example", "`code` *bold* _it_ ~no~ ```", "&lt;!channel&gt; &amp;", "> quoted",
    "\x1b[31mred\x1b]8;;https://evil.example\x07", "over\u202ebackwards\u2066\u200b", "# Release 9.9.9 of evil/evil",
    "• An item of its own #7", "::error::stop ##[error]stop",
]  # fmt: skip
LABEL = "<!channel> *x*"


@pytest.fixture
def hostile(slack_world: World) -> World:
    """Every title, of a pull request and of a commit, by authors who call themselves so; and a heading."""
    for title in TITLES:
        number = slack_world.pull("Plain", how="squash", author="Mallory")
        slack_world.pulls[number].title = title
        slack_world.commit("develop", title, author="M " + re.sub("[<>\r\x00-\x1f]", "", title))
    slack_world.label(number, LABEL)
    heading = f'[notes]\ncategories = [{{ title = "{LABEL}", labels = ["{LABEL}"] }}]\n'
    (slack_world.clone / ".reletan.toml").write_text(heading)
    return slack_world


def obeyed(text: str) -> set[str]:
    """What a terminal would obey; a zero-width space and a soft hyphen, which stop marks of Slack's, are harmless."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\u200b\u00ad"}


def live(text: str) -> set[str]:
    """Everything that is special to Slack, without what is ours to say: links to our own pages."""
    return set(re.findall(r"<([^<>|]*)", text))


def test_nothing_of_it_is_live(hostile: World) -> None:
    plain = hostile.reletan("notes", "--format", "slack", check=True).out
    hostile.reletan("start", "1.4.0", "--yes", check=True)
    run = hostile.reletan("notify", "--dry-run", check=True)
    hostile.reletan("tag", "--yes", check=True)
    (post,) = hostile.slack.posts("#release")
    page, hana = f"{hostile.github.url}/acme/shop/", f"@{member(hostile, 'Hana')}"
    for one in (post, *post.replies):
        for text in (shown(one), one.text):
            assert {mark for mark in live(text) if not mark.startswith(page)} <= {hana}
            assert obeyed(text) == set()
    text = shown(post)
    assert len(re.findall("^• ", text, re.MULTILINE)) == 3 + 2 * len(TITLES), "each is one line"
    assert re.findall(r"^\*(.+)\*$", text, re.MULTILINE) == [
        "&lt;!channel&gt; ∗x∗", "Other changes", "Commits without a pull request",
    ]  # fmt: skip
    assert not re.search(r"[@＠](here|channel)|^>|```|\*bold|~no", text, re.MULTILINE)
    assert [header["text"]["text"] for header in post.blocks if header["type"] == "header"] == [
        "Release 1.4.0 of acme/shop"
    ]
    assert all(block["text"]["verbatim"] for block in post.blocks if block["type"] == "section")
    assert obeyed(plain) == obeyed(run.err) == set()
    assert not re.search(r"@(here|channel)", plain)


def test_a_text_to_paste_gives_no_command_to_the_log_of_a_job(hostile: World) -> None:
    env = {"GITHUB_ACTIONS": "true", "CI": "true", "SLACK_BOT_TOKEN": ""}
    run = hostile.reletan("start", "1.4.0", "--duty", "::error::x", "--yes", env=env, check=True)
    run = Run(run.code, run.out + hostile.reletan("notify", env=env, check=True).out, run.err)
    assert "##[" not in run.out + run.err
    assert not re.search(r"^\s*::", run.out + run.err, re.MULTILINE)


# secrets


def everywhere(world: World, *runs: Run) -> str:
    """All that the runs said, and every file below the world except what the sandbox itself keeps in memory."""
    files = [path.read_bytes().decode(errors="replace") for path in _files(world.folder)]
    return "\n".join([*files, *(run.out + run.err for run in runs)])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


FAULTS = [Fault.cut_before(), Fault.status(500, "oops"), Fault.error("invalid_auth"), Fault.html(), Fault.limited(90)]


@pytest.mark.parametrize("webhook", [False, True], ids=["bot", "webhook"])
def test_the_secret_is_in_no_output_file_or_journal(world: World, webhook: bool) -> None:
    secret = SECRET if webhook else TOKEN
    with on_slack(world, webhook=webhook) as slack:
        runs = [world.reletan("-vv", "start", "1.4.0", "--yes")]
        for fault in FAULTS:
            slack.fault("webhook" if webhook else "chat.update", do=fault)
            runs.append(world.reletan("-vv", "notify", "--duty", "U0OTHER001", "--yes"))
        slack.fault("webhook" if webhook else "*", do=Fault.limited(90))
        runs.append(world.reletan("-vv", "abort", "--yes"))
        runs.append(world.reletan("config", "--json"))
        journal = (world.clone / ".git" / "reletan" / "1.4.0.json").read_text()
    assert [run.code for run in runs] == [0, *[1] * len(FAULTS), 0, 0]
    assert "Traceback" not in "".join(run.err for run in runs)
    assert '"abort"' in journal, "there is a journal to look into"
    assert secret not in everywhere(world, *runs)


BAD = [
    ({"SLACK_BOT_TOKEN": "canary of 3 words"}, "What SLACK_BOT_TOKEN holds cannot be right: it has spaces"),
    ({"SLACK_BOT_TOKEN": "canary"}, "What SLACK_BOT_TOKEN holds is no token for a bot"),
    ({"SLACK_BOT_TOKEN": "https://hooks.slack.com/services/canary"}, "holds an address, not a token"),
    ({"SLACK_WEBHOOK_URL": "canary"}, "SLACK_WEBHOOK_URL does not hold an https address"),
    ({"SLACK_WEBHOOK_URL": "http://hooks.slack.com/canary"}, "SLACK_WEBHOOK_URL is not HTTPS"),
    ({"SLACK_BOT_TOKEN": "xoxb-canary", "RELETAN_SLACK_API_URL": "http://slack.com/api/"}, "is not HTTPS"),
]


def test_what_cannot_be_a_secret_stops_before_anything(world: World) -> None:
    before = lasting(world)
    for place, (env, said) in enumerate(BAD):
        command = ["start", "1.4.0"] if place % 2 else ["notify", "1.3.0"]
        run = world.reletan(*command, "--yes", env={"RELETAN_SLACK_CHANNEL": "#release", **env})
        assert (run.code, said in run.err) == (2, True), run.err
        assert "canary" not in run.out + run.err
    assert lasting(world) == before


ELSEWHERE = ["https://evil.example/api/", "https://slack.com.evil.example/", "https://evilslack.com/api/"]


def test_a_file_of_the_repository_sends_the_token_nowhere_else(team: World) -> None:
    for url in ELSEWHERE:
        (team.clone / ".reletan.toml").write_text(f'[slack]\nchannel = "#release"\napi_url = "{url}"\n')
        before = lasting(team)
        run = team.reletan("start", "1.4.0", "--yes", env={"RELETAN_SLACK_API_URL": ""})
        assert (run.code, "No token is sent to " in run.err) == (2, True), url
        assert f"next: if that is right, set RELETAN_SLACK_API_URL={url}" in run.err
        assert (lasting(team), team.slack.calls()) == (before, [])
