"""Worlds to test in: built once in each process, copied for each test."""

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from contract_files import missing
from github_world import UNCHECKED, on_github
from in_memory import work_in_memory
from quick_world import QuickWorld, end_server
from slack_world import on_slack, slack_alone

from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.world import World

work_in_memory()
# how long an example takes is up to the machine
hypothesis.settings.register_profile("reletan", deadline=None)
hypothesis.settings.load_profile("reletan")


@pytest.fixture(scope="session", autouse=True)
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """They go with the other folders of the tests, also where a worker is ended before it could tidy up."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp_path_factory.mktemp("temporary"))
    yield
    tempfile.tempdir = before


@pytest.fixture(scope="session")
def built_bare_minimum(tmp_path_factory: pytest.TempPathFactory) -> World:
    return _light(QuickWorld.bare_minimum(tmp_path_factory.mktemp("bare_minimum") / "world"))


@pytest.fixture(scope="session")
def built_believable(tmp_path_factory: pytest.TempPathFactory) -> World:
    return _light(QuickWorld.believable(tmp_path_factory.mktemp("believable") / "world"))


@pytest.fixture(scope="session")
def built_started(built_bare_minimum: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = built_bare_minimum.copy_to(tmp_path_factory.mktemp("started") / "world")
    world.reletan("start", "1.4.0", "--yes", check=True)
    return world


def _light(world: World) -> World:
    """The same in few files, which are copied for each test: objects and refs in packs, and no examples of hooks."""
    world.look("repack", "-adq", cwd=world.origin)
    world.look("pack-refs", "--all", cwd=world.origin)
    for example in world.folder.rglob("*.sample"):
        example.unlink()
    return world


@pytest.fixture
def world(built_bare_minimum: World, tmp_path: Path) -> World:
    """main, develop, v1.3.0 and three pull requests since."""
    return built_bare_minimum.copy_to(tmp_path / "world")


@pytest.fixture
def started(built_started: World, tmp_path: Path) -> World:
    """``world``, in which ``reletan start`` opened release/1.4.0."""
    return built_started.copy_to(tmp_path / "world")


@pytest.fixture
def big_world(built_believable: World, tmp_path: Path) -> World:
    """A team's history with three releases and pull requests of every kind."""
    return built_believable.copy_to(tmp_path / "world")


@pytest.fixture
def small_hub_world(world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """``world`` on a GitHub of its own; what GitHub would answer otherwise fails the test."""
    yield from on_github(world, request)


@pytest.fixture
def hub_world(big_world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """``big_world`` on a GitHub of its own; what GitHub would answer otherwise fails the test."""
    yield from on_github(big_world, request)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    """A Slack of the world's team, without the world; what it does not know fails the test."""
    with slack_alone() as server:
        yield server


@pytest.fixture
def slack_world(small_hub_world: World) -> Iterator[World]:
    """``small_hub_world``, which has a Slack too, and our bot's token for it."""
    with on_slack(small_hub_world):
        yield small_hub_world


@pytest.fixture
def empty_world(tmp_path: Path) -> World:
    """An origin without any commit, and a clone of it."""
    return QuickWorld.empty(tmp_path / "world")


@pytest.fixture(scope="session")
def git_flow() -> str:
    """The version of the git-flow that is installed; skips where there is none."""
    answer = subprocess.run(["git", "flow", "version"], capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("git-flow is not installed: nothing to compare with")
    return answer.stdout.strip()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: in many a test something is waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_sessionfinish() -> None:
    end_server()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped and why, also in a quiet run: a skip must not pass for a success."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple))
    for reason, times in sorted(reasons.items()):
        terminalreporter.write_line(f"skipped {times}: {reason.removeprefix('Skipped: ')}")
    passed = terminalreporter.stats.get("passed", [])
    if unchecked := sum((UNCHECKED, True) in report.user_properties for report in passed):
        terminalreporter.write_line(
            f"{unchecked} tests on the sandbox GitHub were not held to GitHub's description: {missing()}"
        )
