"""Slack's secrets: where they come from, where they go, and that nothing shows them."""

import logging
import traceback
from collections.abc import Callable, Iterator

import pytest
from slack_way import (
    POST,
    Waits,
    announcement,
    message,
    redirect,
    way_to,
)

from reletan.adapters.slack import SlackBot, SlackError, SlackWebhook, find_slack
from reletan.adapters.slackwire import Line
from reletan.adapters.token import Token
from reletan.domain.errors import ReletanError, UsageError
from reletan.sandbox.http.wire import Reply as Answer
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.world import World

# Secrets


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, None),
        ({"SLACK_BOT_TOKEN": " ", "SLACK_WEBHOOK_URL": ""}, None),
        ({"SLACK_BOT_TOKEN": " xoxb-1-2-abc\n"}, Token("xoxb-1-2-abc", "SLACK_BOT_TOKEN")),
        ({"SLACK_BOT_TOKEN": "xoxe.xoxb-1"}, Token("xoxe.xoxb-1", "SLACK_BOT_TOKEN")),
        ({"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x"},
         Token("https://hooks.slack.com/services/T/B/x", "SLACK_WEBHOOK_URL")),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_WEBHOOK_URL": "https://x.example"}, Token("xoxb-1", "SLACK_BOT_TOKEN")),
    ],
)  # fmt: skip
def test_where_the_secret_comes_from(environ: dict[str, str], found: Token | None) -> None:
    assert find_slack(environ) == found


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-canary x"), ("SLACK_BOT_TOKEN", "xoxb-canary\nHost: x"), ("SLACK_BOT_TOKEN", "canaryあ"),
        ("SLACK_BOT_TOKEN", "https://hooks.slack.com/services/canary"), ("SLACK_BOT_TOKEN", "canary"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/ canary"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_secret_is_refused(variable: str, value: str) -> None:
    with pytest.raises(UsageError, match=variable) as raised:
        find_slack({variable: value})
    assert "canary" not in f"{raised.value!r} {raised.value.next}"


@pytest.mark.parametrize(
    "url",
    ["http://slack.com/api/", "http://10.0.0.1/api/", "ftp://slack.com/", "slack.com/canary", "", "https://", "https://[canary",
     "https://canary@slack.com/api/", "https://slack.com:canary/", "http://127.0.0.1.example.com/api/", "file:///canary"],
)  # fmt: skip
def test_no_secret_goes_where_others_can_read_it(url: str) -> None:
    for way in (
        lambda: SlackBot(url, Token("xoxb-1", "SLACK_BOT_TOKEN"), "#release", wait=print, tell=print),
        lambda: SlackWebhook(Token(url, "SLACK_WEBHOOK_URL"), wait=print, tell=print),
    ):
        with pytest.raises(UsageError) as raised:
            way()
        assert "canary" not in f"{raised.value!r} {raised.value.next}"


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """What any library logs, down to DEBUG."""
    records: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(self.format(record))

    keeper, root = Keeper(level=0), logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield records
    root.removeHandler(keeper)
    root.setLevel(level)


CANARY = "c4n4ry"


def everything_of(error: BaseException | None) -> str:
    """All that a program could show of an error, and of those below it."""
    shown: list[str] = []
    while error is not None:
        shown += [repr(error), str(error), repr(vars(error)), *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


FAULTS: list[Callable[[], Fault]] = [
    Fault.cut_before, Fault.cut_after, Fault.cut_within, Fault.truncated, Fault.html,
    lambda: Fault.status(500, f"xoxb-{CANARY}"), lambda: Fault.status(404, f"/services/{CANARY}"),
    lambda: Fault.error(f"xoxb-{CANARY}"), lambda: Fault.error("missing_scope", needed=f"xoxb {CANARY}"),
    lambda: Fault(instead=redirect(302, CANARY)),
    lambda: Fault(instead=Answer.text(200, "{}", "text/\x1b[31m")), lambda: Fault.limited(99),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["auth.test", POST, "webhook"])
def test_no_secret_shows_anywhere(
    slack: SlackServer, waits: Waits, told: list[str], everything_logged: list[str], capfd: pytest.CaptureFixture[str],
    method: str, fault: Callable[[], Fault],
) -> None:  # fmt: skip
    slack.bot.token = f"xoxb-{CANARY}"
    slack.webhook.path = f"/services/T0/B0/{CANARY}"
    slack.fault(method, do=fault(), times=None)
    outcome = ""
    try:
        if method == "webhook":
            token = Token(slack.webhook_url, "SLACK_WEBHOOK_URL")
            assert CANARY not in repr(token)
            SlackWebhook(token, wait=lambda *why: waits.append(why), tell=told.append).send(message())
        else:
            outcome = repr(way_to(slack, waits, told).bring_up_to_date(announcement()))
    except ReletanError as error:
        outcome = everything_of(error)
    assert outcome
    captured = capfd.readouterr()
    shown = [
        outcome,
        *everything_logged,
        captured.out,
        captured.err,
        *told,
        *(why for _, why in waits),
    ]
    assert not [text for text in shown if CANARY in text]


def test_a_header_that_cannot_be_sent_is_an_error_without_it(slack: SlackServer, waits: Waits, told: list[str]) -> None:
    bot = way_to(slack, waits, told, token=f"xoxb-{CANARY}\r\nHost: x")
    with pytest.raises(SlackError) as raised:
        bot.find("acme/shop", "1.4.0")
    assert CANARY not in everything_of(raised.value)
    assert not slack.calls()


def test_proxies_get_nothing_that_is_for_this_machine(
    slack: SlackServer, waits: Waits, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert way_to(slack, waits, told).bring_up_to_date(announcement()).state == "posted"
    with pytest.raises(SlackError, match=r"Slack at slack\.example could not be reached: connection refused"):
        Line("https://slack.example/api/", "slack.api_url").post("https://slack.example/api/", b"", {})


def test_a_certificate_that_nobody_knows_is_not_trusted(world: World) -> None:
    with (
        world.on_github(tls=True) as server,
        pytest.raises(SlackError, match="its certificate is not trusted") as raised,
    ):
        Line(server.url, "slack.api_url").post(server.url, b"", {})
    assert not raised.value.unclear
