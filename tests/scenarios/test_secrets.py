"""Every command, with secrets that are canaries, when all is well and when nothing is: no canary shows anywhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from typer.main import get_group
from witness import lasting
from wrapped import WrappedGit, executable

from reletan.cli import app
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.slack.faults import Fault as SlackFault
from reletan.sandbox.world import Run, World

CANARY = "c4n4ryc4n4ryc4n4ry"
TOKEN, BOT = f"ghp_{CANARY}", f"xoxb-{CANARY}"
# A release from its beginning to its end, and another one that is given up: each command, mostly in both of its voices
STORY: dict[str, tuple[tuple[str, ...], ...]] = {
    "init": (("--defaults", "--yes"),),
    "config": ((), ("--json",)),
    "doctor": ((), ("--json",)),
    "list": ((), ("--json",)),
    "start": (("1.4.0", "--yes"),),
    "notes": (("--json",), ("1.4.0", "--publish", "--yes")),
    "notify": (("--yes",), ("--yes", "--json")),
    "pr": (("--yes",), ("--yes", "--json")),
    "checklist": (("--remind", "--yes"), ("--json",)),
    "automerge": (("--all", "--yes"), ("--all", "--yes", "--json")),
    "status": ((), ("--json",)),
    "tag": (("--yes", "--json"),),
    "resume": (("1.4.0", "--yes"), ("--yes", "--json")),
    "abort": (("--yes",), ("--yes", "--json")),
    "demo": (),
}
"""By command, in the order of a release. The demo has canaries of its own (test_demo.py): it takes nothing from around it."""
TALKING = ("list", "start", "notes", "notify", "pr", "tag")


def test_every_command_has_its_place_in_the_story() -> None:
    assert set(get_group(app).commands) <= set(STORY), "a new command needs a line above"


def reply(status: int, text: str) -> Reply:
    return Reply.json(status, {"message": text})


@contextmanager
def around(world: World, *, webhook: bool = False) -> Iterator[dict[str, str]]:
    """A GitHub and a Slack that know the canaries, a git that writes down its arguments; the environment for that."""
    world.unknown_reads = 0
    number = world.open_pull("Add gift cards", author="Yuki")
    world.approve(number, by="Hana")
    with world.on_github(), world.on_slack(webhook=webhook) as slack:
        world.tokens[TOKEN] = "hana"
        slack.bot.token, slack.webhook.path = BOT, f"/services/T0/B0/{CANARY}"
        secrets = {"SLACK_WEBHOOK_URL": slack.webhook_url} if webhook else {"SLACK_BOT_TOKEN": BOT}
        yield {"GH_TOKEN": TOKEN, **secrets, **WrappedGit(world).environment, "RELETAN_CHECKLIST_STATUS": "true"}


def told(world: World, env: Mapping[str, str], only: tuple[str, ...] = tuple(STORY)) -> list[Run]:
    """What the commands say, most of all when asked to say more."""
    asked = [(command, words) for command, ways in STORY.items() if command in only for words in ways]
    known = get_group(app).commands
    return [world.reletan("-vv", command, *words, env=env) for command, words in asked if command in known]


def require_no_canary(world: World, runs: list[Run], *, but: str = "") -> None:
    """Not in what was said, in no argument of a program, in no file below the world's folder. ``but``: the file that people
    put it into.
    """
    said = "".join(run.out + run.err for run in runs)
    assert "Traceback" not in said
    assert {run.code for run in runs} <= {0, 1, 2, 3, 4, 5}
    assert CANARY not in said
    assert (world.folder / "wrapped" / "calls").read_text(), "git was called"
    paths = [path for path in world.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    found = [str(path) for path in paths if CANARY.encode() in path.read_bytes()]
    assert [path for path in found if not but or not path.endswith(but)] == []


@pytest.mark.parametrize("webhook", [False, True], ids=["bot", "webhook"])
def test_when_all_is_well(world: World, webhook: bool) -> None:
    with around(world, webhook=webhook) as env:
        runs = told(world, env, only=TALKING if webhook else tuple(STORY))
        world.reletan("start", "1.5.0", "--yes", env=env)
        runs += told(world, env, only=("abort",))
    assert [run.code for run in runs].count(0) > len(runs) * 3 // 4, [
        (run.code, run.err[-200:]) for run in runs if run.code
    ]
    assert "v1.4.0" in world.tags()
    require_no_canary(world, runs)


def test_a_token_of_gh(world: World) -> None:
    with around(world) as env:
        executable(
            world.folder / "wrapped" / "gh",
            f'echo "gh $*" >>{world.folder}/wrapped/calls; [ "$1 $2" = "auth token" ] && tr a-z a-z <<E\n{TOKEN}\nE',
        )
        (world.folder / "wrapped" / "gh").chmod(0o755)
        runs = told(world, {**env, "GH_TOKEN": ""}, only=("list", "start", "doctor"))
        assert world.github.requests("graphql")
    assert "gh auth token" in (world.folder / "wrapped" / "calls").read_text()
    require_no_canary(world, runs, but="wrapped/gh")


# What GitHub and Slack do then; a server that repeats what it was given shows where its words go
EVERYWHERE = {
    "not accepted": (Fault(instead=reply(401, f"Bad credentials: {TOKEN}")), SlackFault.error("invalid_auth", why=BOT)),
    "not allowed": (Fault(instead=reply(403, f"{TOKEN} may not")), SlackFault.error("missing_scope",
    needed="chat:write,x")),
    "a page": (Fault.html(), SlackFault.html()),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYWHERE)
def test_when_nobody_accepts_them(world: World, name: str) -> None:
    fault, slack_fault = EVERYWHERE[name]
    with around(world) as env:
        world.github.fault("rest", do=fault, times=None)
        world.github.fault("graphql", do=fault, times=None)
        world.slack.fault("*", do=slack_fault, times=None)
        runs = told(world, env, only=tuple(STORY) if name == "not accepted" else TALKING)
    assert {0, 3} < {run.code for run in runs}
    require_no_canary(world, runs)


def test_when_the_servers_fail(world: World) -> None:
    with around(world) as env:
        failing = Fault(instead=reply(500, f"cannot serve {TOKEN}"))
        world.github.fault("POST", "/repos/*", do=failing, times=None)
        world.github.fault("PATCH", "/repos/*", do=failing, times=None)
        world.slack.fault("chat.postMessage", do=SlackFault.status(500, BOT), times=None)
        runs = told(world, env, only=TALKING)
    require_no_canary(world, runs)


def test_when_nobody_is_there(world: World) -> None:
    with around(world) as env:
        elsewhere = {
            "RELETAN_GITHUB_API_URL": "http://127.0.0.1:1/api/v3",
            "RELETAN_SLACK_API_URL": "http://127.0.0.1:1/api/",
        }
        runs = told(world, {**env, **elsewhere}, only=("list", "notify"))
    require_no_canary(world, runs)


@pytest.mark.parametrize("secret", [CANARY, f"a@{CANARY}", f"{CANARY}/x"], ids=["plain", "with an @", "with a slash"])
def test_a_remote_that_holds_a_token(world: World, secret: str) -> None:
    """People do that; then it is in git's own configuration, and nowhere else."""
    with around(world) as env:
        host = world.github.git_url.partition("://")[2]
        world.git("remote", "set-url", "origin", f"http://hana:{secret}@{host}")
        runs = told(world, env, only=("list", "doctor", "start", "init"))
        world.git("remote", "set-url", "origin", f"http://hana:{secret}@127.0.0.1:1/acme/shop.git")
        runs += told(world, env, only=("list", "tag", "doctor"))
        world.git("remote", "set-url", "origin", f"ext::sh -c {secret}")
        runs += told(world, env, only=("status",))
    assert any(run.code for run in runs)
    require_no_canary(world, runs, but="hana/.git/config")


SETTINGS = [
    f'[github]\ntoken = "{TOKEN}"\n', f'[slack]\nchannel = "{BOT}"\n',
    f'[slack]\nwebhook_url = "https://hooks.slack.com/services/{CANARY}"\n',
    f'[github]\napi_url = "https://hana:{CANARY}@github.example.com"\n', f'[notes]\ntemplate = ["{TOKEN}"]\n',
    f'[flow]\n{TOKEN} = 1\n',
    f'token = "{TOKEN}"\n', f'[flow]\nproduction = "{TOKEN}\n',
]  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS)
def test_a_secret_among_the_settings(world: World, text: str) -> None:
    before = lasting(world)
    path = world.clone / ".reletan.toml"
    path.write_text(text)
    WrappedGit(world)
    run = world.reletan("-vv", "config", env={**WrappedGit(world).environment})
    path.unlink()
    assert run.code == 2
    require_no_canary(world, [run])
    assert lasting(world) == before
