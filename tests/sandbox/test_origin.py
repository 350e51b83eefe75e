"""What the sandbox reads from origin without running git, or runs git for once: git itself says whether that is right."""

import pytest

from reletan.sandbox.github.model import Protection
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World


def listed(world: World) -> list[str]:
    return world.look("for-each-ref", "--format=%(refname) %(objectname)", cwd=world.origin).splitlines()


def test_refs_are_what_git_lists(world: World) -> None:
    def read() -> list[str]:
        return [f"{ref} {at}" for ref, at in world.bare.refs().items()]

    world.branch("feature/猫", "refs/heads/main")
    world.branch("feature-1", "refs/heads/main")
    world.tag("light", "refs/heads/main", annotated=False)
    assert read() == listed(world)
    world.git("pack-refs", "--all", cwd=world.origin)
    assert read() == listed(world)
    moved = world.commit("develop", "More")
    world.delete_branch("feature-1")
    (world.origin / "refs" / "heads" / "main.lock").touch()
    assert read() == listed(world)
    assert (world.head("develop"), world.head("feature-1")) == (moved, None)


def test_what_git_says_of_names_and_of_what_is_missing_is_asked_again(world: World) -> None:
    def subject(revision: str) -> str:
        return world.bare.ask("log", "-1", "--format=%s", of=[revision])

    before = subject("develop")
    world.branch("late", "refs/heads/main")
    late = world.commit("late", "Late")
    assert (subject(late), subject("develop")) == ("Late\n", before)
    world.branch("develop", late)
    assert subject("develop") == "Late\n"
    assert world.bare.find(f"{late}:new.txt") is None
    blob = world.git("hash-object", "-w", "--stdin", cwd=world.origin)
    unknown = "1" * 40
    for _ in range(2):
        with pytest.raises(WorldError):
            subject(unknown)
    assert world.bare.ask("cat-file", "-t", of=[blob]) == "blob\n"


@pytest.mark.parametrize("pattern", ["rel?ase/[1-2].*", "*/1.4.0", "release/1.4.0", "r*e/*"])
def test_each_kind_of_pattern_reaches_the_hook_and_other_refs_pass_it(world: World, pattern: str) -> None:
    world.branch("release/1.4.0", "refs/heads/main")
    world.protect_branch(pattern, Protection(pull_request=True))
    with pytest.raises(WorldError, match="GH006"):
        world.push_to("release/1.4.0", "develop")
    (world.origin / "hooks" / "laws.json").unlink()
    world.git("push", "--quiet", "origin", "develop:refs/tags/free")
    with pytest.raises(WorldError, match=r"laws\.json"):
        world.push_to("release/1.4.0", "develop")
