"""Which release a command is about: named wrongly, or one of several."""

import pytest

from reletan.sandbox.world import World


def refused(world: World, *args: str) -> str:
    """The next step of an error about the arguments."""
    run = world.reletan(*args, "--json")
    assert run.code == 2
    return str(run.json["error"]["next"])


@pytest.mark.parametrize("command", ["tag", "notes"])
def test_an_unknown_version_leads_to_the_open_one(started: World, command: str) -> None:
    assert refused(started, command, "1.4") == "name one that is open: 1.4.0"


@pytest.mark.parametrize("command", ["tag", "notes", "notify"])
def test_where_nothing_is_open_status_helps(world: World, command: str) -> None:
    assert refused(world, command, "1.4") == "see what there is: reletan status"


def test_a_branch_that_was_kept_after_its_release_is_not_open(started: World) -> None:
    started.reletan("tag", "--keep-branch", "--yes", check=True)
    started.delete_branch("release/1.4.0")
    assert started.look("rev-parse", "--verify", "--quiet", "refs/heads/release/1.4.0")
    assert refused(started, "tag", "1.5") == "see what there is: reletan status"


@pytest.mark.parametrize("command", ["tag", "notes"])
def test_several_are_told_apart(started: World, command: str) -> None:
    started.branch("hotfix/1.3.1", "refs/heads/main")
    assert refused(started, command) == "name one of them after the command: 1.3.1 (hotfix) or 1.4.0 (release)"
