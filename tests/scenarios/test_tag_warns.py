"""Before production gets a release, `tag` says what speaks against it; nobody is held up by that."""

from bypulling import BRANCH, ready, tag

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.world import World


def test_checks_of_the_head_that_are_not_green_are_named(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    head = str(world.head(BRANCH))
    world.check("lint", "success", head)
    world.check("unit\x1b[31m tests", "failure", head)
    world.check("end to end", None, head)
    run = tag(world, check=True)
    assert f"warning: Failed at the head of {BRANCH}: unit" in run.err
    assert f"warning: Still running at the head of {BRANCH}: end to end." in run.err
    assert ("lint" in run.err, "\x1b" in run.err) == (False, False)


def test_a_fix_that_is_still_open_is_named(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    number = world.open_pull("Mend one more thing", "fix/more", base=BRANCH)
    world.open_pull("Something for later", "later")
    run = tag(world, check=True)
    assert f"warning: Open into {BRANCH}, and not in this release: #{number}." in run.err


def test_nothing_is_said_where_nothing_speaks_against_it(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    world.check("lint", "success", str(world.head(BRANCH)))
    assert "warning" not in tag(world, check=True).err


def test_a_token_that_may_not_read_checks_still_sees_what_is_open(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    number = world.open_pull("Mend one more thing", "fix/more", base=BRANCH)
    told = {
        "message": "Resource not accessible by personal access token",
        "type": "FORBIDDEN",
        "path": ["repository", "it"],
    }
    answer = Fault(instead=Reply.json(200, {"data": {"repository": None}, "errors": [told]}))
    world.github.fault("graphql", "statusCheckRollup", do=answer)
    run = tag(world, "--via", "push", check=True)
    assert f"The checks at the head of {BRANCH} are not known" in run.err
    assert f"not in this release: #{number}." in run.err
    assert BRANCH in world.branches()


def test_a_github_that_does_not_answer_holds_nobody_up(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    world.github.fault("graphql", do=Fault.status(502), times=None)
    run = tag(world, "--via", "push", "--no-release", check=True)
    assert f"How {BRANCH} stands on GitHub is not known" in run.err
    assert "v1.4.0" in world.tags()
