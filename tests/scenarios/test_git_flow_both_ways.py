"""A repository shared with git-flow: whoever starts and whoever finishes, the outcome has the same shape."""

from collections.abc import Callable

import pytest

from reletan.sandbox.world import World

VERSIONS = {"release": "1.4.0", "hotfix": "1.3.1"}
Act = Callable[[World, str], None]


def git_flow_starts(world: World, kind: str) -> None:
    world.git("flow", kind, "start", VERSIONS[kind])
    world.git("flow", kind, "publish", VERSIONS[kind])


def reletan_starts(world: World, kind: str) -> None:
    world.reletan("start", kind, VERSIONS[kind], "--yes", check=True)


def git_flow_finishes(world: World, kind: str) -> None:
    branch = f"{kind}/{VERSIONS[kind]}"
    world.git("switch", "--quiet", branch)
    world.git("pull", "--quiet", "--ff-only")
    message = f"{kind.capitalize()} {VERSIONS[kind]}"
    world.git("flow", kind, "finish", "--push", "-m", message, VERSIONS[kind])


def reletan_finishes(world: World, kind: str) -> None:
    # whoever began with git-flow is on the branch; git-flow ends on develop
    world.git("switch", "--quiet", "develop")
    # git-flow puts the tag's name behind a message that no filter has changed
    message = f"{kind.capitalize()} {VERSIONS[kind]} v{VERSIONS[kind]}"
    world.reletan("tag", VERSIONS[kind], "--message", message, "--yes", check=True)


def outcome(world: World, kind: str, start: Act, finish: Act) -> dict[str, object]:
    world.git("flow", "init", "-d", "-t", "v")
    branch, tag = f"{kind}/{VERSIONS[kind]}", f"v{VERSIONS[kind]}"
    start(world, kind)
    started = configuration(world)
    world.commit(branch, "A fix", {"VERSION": f"{VERSIONS[kind]}\n"})
    before = {name: world.head(name) for name in ("main", "develop", branch)}
    finish(world, kind)
    roles = {commit: name for name, commit in before.items()} | {world.tags()[tag]: "tagged"}
    return {
        "started": started,
        "configuration": configuration(world),
        "branches": world.branches(),
        "local branches": world.look("for-each-ref", "--format=%(refname)", "refs/heads").split(),
        "local tags": world.look("tag").split(),
        "head": world.look("symbolic-ref", "HEAD"),
        "status": world.look("status", "--porcelain"),
        "ahead or behind": [
            world.look("rev-list", "--left-right", "--count", f"{name}...origin/{name}") for name in ("main", "develop")
        ],
        "main is": roles[world.head("main") or ""],
        "parents of the tagged commit": [roles[parent] for parent in world.parents(world.tags()[tag])],
        "parents of develop": [roles[parent] for parent in world.parents("refs/heads/develop")],
        "trees": [world.tree("refs/heads/main"), world.tree("refs/heads/develop")],
        "messages": [world.look("log", "-1", "--format=%B", name, cwd=world.origin) for name in ("main", "develop")],
        "tag": world.look("for-each-ref", "--format=%(objecttype) %(contents)", f"refs/tags/{tag}", cwd=world.origin),
    }


def configuration(world: World) -> list[str]:
    listed = world.look("config", "--local", "--get-regexp", r"^(gitflow\.branch|branch)\.").splitlines()
    return sorted(listed)


@pytest.fixture(scope="module", params=VERSIONS)
def by_git_flow(
    request: pytest.FixtureRequest, built_bare_minimum: World, git_flow: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, object]]:
    """The kind, and the outcome of git-flow alone."""
    twin = built_bare_minimum.copy_to(tmp_path_factory.mktemp(request.param) / "twin")
    return request.param, outcome(twin, request.param, git_flow_starts, git_flow_finishes)


@pytest.mark.parametrize(
    ("start", "finish"),
    [(reletan_starts, reletan_finishes), (git_flow_starts, reletan_finishes), (reletan_starts, git_flow_finishes)],
    ids=["all by reletan", "git-flow starts", "git-flow finishes"],
)
def test_the_same_as_all_by_git_flow(
    world: World, by_git_flow: tuple[str, dict[str, object]], start: Act, finish: Act
) -> None:
    kind, theirs = by_git_flow
    ours = outcome(world, kind, start, finish)
    assert theirs["parents of the tagged commit"] == ["main", f"{kind}/{VERSIONS[kind]}"]
    for what in theirs:
        assert ours[what] == theirs[what], what


def test_a_colleague_finishes_with_git_flow_what_a_laptop_began(world: World, git_flow: str) -> None:
    """``release track`` first: git-flow's finish needs the local branch."""
    reletan_starts(world, "release")
    head = world.commit("release/1.4.0", "A fix")
    yuki = world.another_clone("yuki")
    world.git("flow", "init", "-d", "-t", "v", cwd=yuki)
    world.git("flow", "release", "track", "1.4.0", cwd=yuki)
    world.git("flow", "release", "finish", "--push", "-m", "By Yuki", "1.4.0", cwd=yuki)
    assert world.parents("refs/tags/v1.4.0")[1] == head
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert world.look("for-each-ref", "refs/heads/release") == ""
