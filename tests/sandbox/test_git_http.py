"""git over HTTP against the sandbox GitHub: clones, pushes, and who is refused."""

import subprocess

import pytest
from github_world import ask

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

SHOP = "/repos/acme/shop"


def test_git_works_over_http_with_the_token_in_no_file_of_the_clone(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.commit("develop", "Somebody else's")
    world.git("pull", "--quiet", "--ff-only")
    world.git("commit", "--quiet", "--allow-empty", "-m", "Mine")
    world.push_to("develop")

    assert world.subject("refs/heads/develop") == "Mine"
    assert world.github.requests("git", "*/git-receive-pack") == 1
    assert all(TOKEN.encode() not in path.read_bytes() for path in world.clone.rglob("*") if path.is_file())


@pytest.mark.parametrize("args", [(), ("--depth=1", "--no-single-branch")])
def test_clones_whole_and_in_part_come_over_http(small_hub_world: World, args: tuple[str, ...]) -> None:
    world = small_hub_world
    world.git("clone", "--quiet", *args, world.github.git_url, "another", cwd=world.folder)
    assert world.look("rev-parse", "origin/develop", cwd=world.folder / "another") == world.head("develop")


def test_a_clone_may_leave_files_out(small_hub_world: World) -> None:
    world = small_hub_world
    world.git("clone", "--quiet", "--bare", "--filter=blob:none", world.github.git_url, "another", cwd=world.folder)
    assert "\n?" in world.look("rev-list", "--objects", "--all", "--missing=print", cwd=world.folder / "another")


def test_git_speaks_as_the_client_asks_and_an_unknown_token_does_not_pass_for_none(small_hub_world: World) -> None:
    path = "/acme/shop.git/info/refs?service=git-upload-pack"
    second = {"Git-Protocol": "version=2"}
    assert b"version 2" in ask(small_hub_world, "GET", path, token=None, headers=second).content
    assert b"refs/pull/1/head" in ask(small_hub_world, "GET", path, token=None).content
    refused = ask(small_hub_world, "GET", path, token=TOKEN.upper())
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="GitHub"')


def test_a_push_too_large_for_one_piece_arrives(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    # git sends it in chunks of its own where it is larger than this
    world.git("config", "http.postBuffer", "65536")
    (world.clone / "large").write_bytes(b"".join(i.to_bytes(4, "big") + bytes(i % 7) for i in range(60_000)))
    world.git("add", "large")
    world.git("commit", "--quiet", "-m", "Large")
    world.push_to("large")

    assert world.head("large") == world.git("rev-parse", "HEAD")


def test_a_protected_branch_refuses_a_push_over_http(small_hub_world: World) -> None:
    world = small_hub_world
    world.origin_over_http()
    world.protect_branch("main", Protection(approvals=1, admins=True))
    before = world.head("main")

    with pytest.raises(WorldError, match="GH006: Protected branch update failed for refs/heads/main"):
        world.push_to("main", "origin/develop")

    assert world.head("main") == before


def test_what_a_push_brought_in_is_merged_for_the_next_request(small_hub_world: World) -> None:
    world = small_hub_world
    number = world.open_pull("Add a basket", "feature/basket")
    world.origin_over_http()
    world.git("pull", "--quiet", "--no-rebase", "--no-ff", "--no-edit", "origin", "feature/basket")
    world.push_to("develop")

    assert {one["number"] for one in ask(world, "GET", f"{SHOP}/pulls?state=closed").json} == {1, 2, 3, number}


@pytest.mark.parametrize(
    ("case", "args", "says"),
    [
        ("nobody pushes", ("push", "{plain}", "develop:refs/heads/x"), "could not read Username"),
        (
            "a reader pushes",
            ("push", "{reader}", "develop:refs/heads/x"),
            "Permission to acme/shop.git denied to kenji",
        ),
        ("an unknown token", ("push", "{unknown}", "develop:refs/heads/x"), "Authentication failed"),
        ("a ref of a pull request", ("push", "{writer}", "develop:refs/pull/1/head"), "deny updating a hidden ref"),
        ("another repository", ("ls-remote", "{other}"), "not found"),
    ],
)
def test_git_is_refused(small_hub_world: World, case: str, args: tuple[str, ...], says: str) -> None:
    server = small_hub_world.github
    small_hub_world.tokens["token-of-kenji"] = "kenji"

    def url(token: str, path: str = "acme/shop") -> str:
        return f"http://x-access-token:{token}@{server.host}/{path}.git"

    urls = {"plain": server.git_url, "reader": url("token-of-kenji"), "unknown": url("nobody's"), "writer": url(TOKEN),
            "other": url(TOKEN, "acme/other")}  # fmt: skip
    done = without_credential(small_hub_world, *(arg.format(**urls) for arg in args))

    assert done.returncode != 0
    assert says in done.stderr


def test_only_a_private_repository_hides_from_those_without_a_token(small_hub_world: World) -> None:
    world = small_hub_world
    assert "refs/heads/develop" in without_credential(world, "ls-remote", world.github.git_url).stdout

    world.settings.private = True

    assert "could not read Username" in without_credential(world, "ls-remote", world.github.git_url).stderr
    assert "refs/heads/develop" in world.git("ls-remote", world.github.git_url)


def test_git_follows_a_repository_to_its_new_name(small_hub_world: World) -> None:
    world = small_hub_world
    world.rename("kiosk")

    found = world.git("ls-remote", f"{world.github.url}/acme/shop.git", "refs/heads/develop")

    assert found.split()[0] == world.head("develop")


def without_credential(world: World, *args: str) -> "subprocess.CompletedProcess[str]":
    env = {**world.env, "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(["git", *args], cwd=world.clone, env=env, capture_output=True, text=True, check=False)
