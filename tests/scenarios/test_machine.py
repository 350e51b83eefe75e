"""The state machine of ``torture``, in short; and what it found, told as stories."""

import sys

import pytest
from github_world import need_libraries
from torture.machine import GITHUB, attempt

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.origin import Person
from reletan.sandbox.world import World


@pytest.mark.skipif(sys.platform != "linux", reason="where reletan is not forked, nobody kills it")
@pytest.mark.parametrize("unit", ["1", "2", f"3{GITHUB}"])
def test_people_and_reletan_in_any_order(unit: str) -> None:
    """Units of ``python -m torture machine``."""
    need_libraries()
    done = attempt(unit, runs=2)
    assert done.lost is None, done.lost
    assert done.steps >= 60


# what it found


def test_the_list_of_a_hotfix_that_came_out_after_a_newer_version(world: World) -> None:
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    mended = world.commit("hotfix/1.3.1", "Mend it")
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("tag", "1.4.0", "--yes", check=True)
    world.reletan("tag", "1.3.1", "--yes", check=True)
    listing = world.reletan("list", "--json", "--until", "v1.3.1", check=True).json
    assert [commit["sha"] for commit in listing["commits_without_pull_request"]] == [mended]
    assert listing["since"] == "v1.4.0"


def test_a_hotfix_is_not_merged_into_a_release_that_production_has_by_now(world: World) -> None:
    """Two people at once, by pull requests: the hotfix is merged, then the release, and then the hotfix is tagged."""
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    world.reletan("start", "1.4.0", "--yes", check=True)
    for branch in ("hotfix/1.3.1", "release/1.4.0"):
        world.commit(branch, "Mend it")
        world.merge_into("main", f"refs/heads/{branch}", f"Merge branch '{branch}'", Person("Yuki"), Person("Yuki"))
    production, head = world.head("main"), world.head("release/1.4.0")
    world.reletan("tag", "1.3.1", "--yes", check=True)
    assert world.head("release/1.4.0") == head
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert world.head("main") == world.tags()["v1.4.0"] == production


def test_a_release_that_goes_out_while_its_pull_request_is_opened_is_told(small_hub_world: World) -> None:
    world = small_hub_world
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.commit("release/1.4.0", "Mend it")
    world.github.fault("POST", "/repos/*/pulls", do=Fault.then(lambda site: site.delete_branch("release/1.4.0")))
    run = world.reletan("pr", "1.4.0", "--yes")
    assert run.code == 3
    assert "release/1.4.0 is not on GitHub any more" in run.err
