"""Git missing or too old, no repository, no identity, no credential, odd remotes: one clear error, within seconds."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from wrapped import WrappedGit

from reletan.sandbox.world import World

CANARY = "tok3n"
COMMANDS = [("list",), ("start", "--yes"), ("tag", "--yes"), ("resume", "--yes")]
WRITING = [command for command in COMMANDS if "--yes" in command]


def _ids(command: tuple[str, ...]) -> str:
    return command[0]


class Unauthorized(http.server.BaseHTTPRequestHandler):
    """Wants a credential, always."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def unauthorized() -> Iterator[int]:
    """The port of a server on loopback that answers 401."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unauthorized)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_a_missing_credential_is_told_and_nothing_is_asked(
    world: World, unauthorized: int, command: tuple[str, ...], ci: str
) -> None:
    world.git("remote", "set-url", "origin", f"http://127.0.0.1:{unauthorized}/shop.git")
    run = world.reletan(*command, env={"CI": ci})
    assert run.code == 4, run.err
    assert "credential" in run.err


@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_a_token_in_the_remotes_address_is_nowhere_else(
    world: World, unauthorized: int, command: tuple[str, ...]
) -> None:
    world.git("remote", "set-url", "origin", f"http://user:{CANARY}@127.0.0.1:{unauthorized}/shop.git")
    for options in ((), ("-vv",), ("-q",)):
        run = world.reletan(*options, *command)
        assert run.code == 4, run.err
        assert CANARY not in run.out + run.err
    assert CANARY not in world.reletan(*command, "--json").out
    assert _files_with_the_canary(world.folder) == [world.clone / ".git" / "config"]


def test_a_dead_remote_with_a_token_tells_no_secret(world: World) -> None:
    world.git("remote", "set-url", "origin", f"https://user:{CANARY}@127.0.0.1:1/x")
    run = world.reletan("-v", "list")
    assert run.code == 1, run.err
    assert "cannot be reached" in run.err
    assert CANARY not in run.out + run.err


def _files_with_the_canary(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


@pytest.mark.parametrize("command", WRITING, ids=_ids)
def test_a_git_that_cannot_merge_without_a_work_tree_is_too_old(world: World, command: tuple[str, ...]) -> None:
    old = WrappedGit(world, '[ "$1" != version ] || { echo git version 2.30.0; exit 0; }')
    run = world.reletan(*command, env=old.environment)
    assert run.code == 2
    assert "git 2.30 is too old" in run.err
    assert "2.38" in run.err


@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_without_git_it_says_so(world: World, command: tuple[str, ...]) -> None:
    run = world.reletan(*command, env={"PATH": str(world.folder / "nothing")})
    assert run.code == 2, run.err
    assert "git is not installed" in run.err


@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_outside_a_repository_it_says_so(world: World, command: tuple[str, ...]) -> None:
    (world.folder / "plain").mkdir()
    run = world.reletan(*command, cwd=world.folder / "plain")
    assert run.code == 2, run.err
    assert "not in a git repository" in run.err


@pytest.mark.parametrize("command", [("start", "--yes"), ("tag", "--yes")], ids=_ids)
def test_without_an_identity_nothing_is_begun(world: World, command: tuple[str, ...]) -> None:
    if command[0] == "tag":
        world.reletan("start", "--yes", check=True)
    for key in ("user.name", "user.email"):
        world.git("config", "--unset", key)
    world.git("config", "user.useConfigOnly", "true")
    before = world.dump()
    run = world.reletan(*command, env={"GIT_CONFIG_GLOBAL": "/dev/null"})
    assert run.code == 2, run.err
    assert "git does not know who you are" in run.err
    assert [line for line in world.dump().splitlines() if "journal" not in line] == [
        line for line in before.splitlines() if "journal" not in line
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_an_ssh_remote_that_does_not_answer_is_told(world: World, command: tuple[str, ...]) -> None:
    world.git("remote", "set-url", "origin", "git@127.0.0.1:shop.git")
    run = world.reletan(*command, env={"GIT_SSH_COMMAND": "false"})
    assert run.code == 1, run.err
    assert "cannot be reached" in run.err


@pytest.mark.parametrize("url", ["ext::sh -c touch% {0}", "fd::3", "gopher://x/y"])
@pytest.mark.parametrize("command", COMMANDS, ids=_ids)
def test_a_transport_that_could_run_programs_is_refused(world: World, command: tuple[str, ...], url: str) -> None:
    evidence = world.folder / "ran"
    world.git("config", "remote.origin.url", url.format(evidence))
    world.git("config", "protocol.ext.allow", "always")
    run = world.reletan(*command)
    assert run.code == 2, run.err
    assert "transport" in run.err
    assert not evidence.exists()


@pytest.mark.parametrize("command", WRITING, ids=_ids)
def test_two_push_addresses_cannot_be_one_push(world: World, command: tuple[str, ...]) -> None:
    for copy in ("one", "two"):
        world.git("remote", "set-url", "--add", "--push", "origin", f"file:///nowhere/{copy}")
    run = world.reletan(*command)
    assert run.code == 2, run.err
    assert "one atomic push" in run.err
