"""Protected branches refuse pushes, whoever pushes, and let the button through."""

import pytest

from reletan.sandbox.github import merging
from reletan.sandbox.github.model import Protection
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

REVIEWED = Protection(approvals=1)
BUILT = Protection(checks=("build",))
BUILT_AND_LINTED = Protection(checks=("build", "lint", "docs"))

PUSHES: list[tuple[str, Protection, list[str]]] = [
    ("reviews", REVIEWED, ["GH006: Protected branch update failed for refs/heads/release/1.4.0.",
                           "- Changes must be made through a pull request."]),
    ("a check", BUILT, ["GH006", '- Required status check "build" is expected.']),
    ("checks", BUILT_AND_LINTED, ["GH006", "- 3 of 3 required status checks are expected."]),
    ("a straight history", Protection(linear=True), ["GH006", "- This branch must not contain merge commits."]),
    ("a queue", Protection(queue=True), ["GH006", "- Changes must be made through the merge queue"]),
    ("a ruleset", Protection(approvals=1, by_ruleset=True),
     ["GH013: Repository rule violations found for refs/heads/release/1.4.0."]),
]  # fmt: skip


@pytest.mark.parametrize(("protection", "said"), [row[1:] for row in PUSHES], ids=[row[0] for row in PUSHES])
def test_a_protected_branch_refuses_pushes(world: World, protection: Protection, said: list[str]) -> None:
    world.branch("release/1.4.0", "refs/heads/main")
    world.protect_branch("release/1.4.0", protection)
    world.push_to("another", "develop")
    with pytest.raises(WorldError) as refused:
        world.push_to("release/1.4.0", "develop")
    assert [words for words in said if words not in str(refused.value)] == []
    world.unprotect_branch("release/1.4.0")
    world.push_to("release/1.4.0", "develop")


def test_rules_that_ask_for_nothing_let_pushes_in(world: World) -> None:
    world.protect_branch("main", Protection(strict=True, admins=True))
    world.push_to("main", "develop")
    assert world.head("main") == world.head("develop")


def test_the_button_merges_into_a_protected_branch(world: World) -> None:
    number = world.open_pull("Sell at night")
    world.protect_branch("develop", REVIEWED)
    world.approve(number)
    merged = merging.merge(world, world.pulls[number], sha=None, method="merge", title=None, body=None, login="yuki")
    assert merged == world.head("develop")


def test_protecting_one_branch_leaves_the_rules_of_another(world: World) -> None:
    world.protect_branch("main", REVIEWED)
    world.protect_branch("develop", BUILT)
    world.unprotect_branch("develop")
    with pytest.raises(WorldError, match="GH006"):
        world.push_to("main", "develop")
