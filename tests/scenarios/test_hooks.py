"""git-flow's hooks and filters, called as git-flow calls them; a pre hook that fails stops before any write."""

from pathlib import Path

import pytest
from witness import journals, lasting, pushes, record_pushes, script

from reletan.sandbox.world import World

HOOKS = [
    f"{when}-flow-{kind}-{action}"
    for when in ("pre", "post")
    for kind in ("release", "hotfix")
    for action in ("start", "finish")
]
FILTERS = [
    f"filter-flow-{kind}-{what}" for kind in ("release", "hotfix") for what in ("start-version", "finish-tag-message")
]


def recorded(world: World, folder: Path | None = None) -> Path:
    """Every hook and filter writes down its name and arguments; filters change nothing."""
    log = world.folder / "calls.log"
    for name in (*HOOKS, *FILTERS):
        tell = f"""printf '%s' "{name}" >>{log}; printf ' [%s]' "$@" >>{log}; echo >>{log}\n"""
        answer = 'echo "$1"\n' if name in FILTERS else 'echo "hook speaking"\n'
        script((folder or world.clone / ".git" / "hooks") / name, "#!/bin/sh\n" + tell + answer)
    return log


def calls(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def by_reletan(world: World, kind: str, version: str) -> None:
    world.reletan("start", kind, version, "--switch", "--yes", check=True)
    world.commit(f"{kind}/{version}", "A fix")
    world.reletan("tag", version, "--message", "Said", "--yes", check=True)


def by_git_flow(world: World, kind: str, version: str) -> None:
    world.git("flow", "init", "-d", "-t", "v")
    world.git("flow", kind, "start", version)
    world.git("commit", "--quiet", "--allow-empty", "--message=A fix")
    world.git("flow", kind, "finish", "-m", "Said", version)


@pytest.mark.parametrize(("kind", "version"), [("release", "1.4.0"), ("hotfix", "1.3.1")])
def test_the_calls_are_git_flows(world: World, git_flow: str, tmp_path: Path, kind: str, version: str) -> None:
    twin = world.copy_to(tmp_path / "twin")
    logs = {by_reletan: recorded(world), by_git_flow: recorded(twin)}
    by_reletan(world, kind, version)
    by_git_flow(twin, kind, version)
    ours, theirs = sorted(calls(logs[by_reletan])), sorted(calls(logs[by_git_flow]))
    assert len(theirs) == 6
    # git-flow's finish ends on development; reletan prints that hook instead
    assert ours == [call for call in theirs if not call.startswith(f"post-flow-{kind}-finish ")]


def test_the_arguments(world: World) -> None:
    log = recorded(world)
    by_reletan(world, "release", "1.4.0")
    assert calls(log) == [
        "filter-flow-release-start-version [1.4.0]",
        "pre-flow-release-start [v1.4.0] [origin] [release/1.4.0] [develop]",
        "post-flow-release-start [v1.4.0] [origin] [release/1.4.0] [develop]",
        "filter-flow-release-finish-tag-message [Said] [v1.4.0]",
        "pre-flow-release-finish [v1.4.0] [origin] [release/1.4.0]",
    ]


@pytest.mark.parametrize("action", ["start", "finish"])
def test_post_hooks_are_printed_where_head_is_elsewhere(world: World, action: str) -> None:
    log = recorded(world)
    run = world.reletan("start", "1.4.0", "--yes", check=True)
    if action == "finish":
        world.commit("release/1.4.0", "A fix")
        run = world.reletan("tag", "--yes", check=True)
    line = next(line for line in run.err.splitlines() if f"post-flow-release-{action} " in line)
    assert line.endswith(
        f"post-flow-release-{action} v1.4.0 origin release/1.4.0" + (" develop" if action == "start" else "")
    )
    assert not any(call.startswith("post-") for call in calls(log))


@pytest.mark.parametrize("command", ["start", "tag"])
def test_a_pre_hook_that_fails_stops_before_any_write(world: World, command: str) -> None:
    if command == "tag":
        world.reletan("start", "1.4.0", "--yes", check=True)
        world.commit("release/1.4.0", "A fix")
    world.pull("New on the remote")
    action = "start" if command == "start" else "finish"
    hook = script(
        world.clone / ".git" / "hooks" / f"pre-flow-release-{action}", "#!/bin/sh\necho not on Fridays\nexit 3\n"
    )
    record_pushes(world)
    before = lasting(world)
    run = world.reletan(command, "1.4.0", "--yes")
    assert (run.code, "not on Fridays" in run.err, f"pre-flow-release-{action} said no (exit 3)" in run.err) == (
        1,
        True,
        True,
    )
    assert str(hook) in run.err
    changed = set(lasting(world).splitlines()) ^ set(before.splitlines())
    assert (pushes(world), changed) == ([], {"journal 1.4.0.json"})
    hook.unlink()
    world.reletan("resume", "--yes", check=True)
    assert journals(world) == []


def test_a_hooks_words_do_not_disturb_the_json(world: World) -> None:
    recorded(world)
    run = world.reletan("start", "--yes", "--json", check=True)
    assert run.json["steps"][0]["kind"] == "run-hook"
    assert "hook speaking" in run.err


def test_hooks_see_the_top_of_the_work_tree(world: World) -> None:
    script(world.clone / ".git" / "hooks" / "pre-flow-release-start", "#!/bin/sh\npwd >../where\n")
    world.reletan("start", "--yes", cwd=world.clone / "src", check=True)
    assert (world.folder / "where").read_text().strip() == str(world.clone)


def test_a_post_hook_commits_on_the_new_branch(world: World) -> None:
    """The usual one bumps the version: with --switch, HEAD is on the new branch, as git-flow's is."""
    bump = '#!/bin/sh\necho "$1" >VERSION && git commit --quiet --all --message="Bump to $1"\n'
    script(world.clone / ".git" / "hooks" / "post-flow-release-start", bump)
    world.reletan("start", "--switch", "--yes", check=True)
    assert world.look("log", "-1", "--format=%s", "release/1.4.0") == "Bump to v1.4.0"


def test_a_post_hook_that_fails_is_only_said(world: World) -> None:
    script(world.clone / ".git" / "hooks" / "post-flow-release-start", "#!/bin/sh\nexit 1\n")
    run = world.reletan("start", "--switch", "--yes", check=True)
    assert "NOT DONE: run git-flow's hook post-flow-release-start" in run.err


def test_filters_change_the_version_and_the_message(world: World) -> None:
    script(world.clone / ".git" / "hooks" / "filter-flow-release-start-version", '#!/bin/sh\necho "$1.0"\n')
    script(world.clone / ".git" / "hooks" / "filter-flow-release-finish-tag-message", '#!/bin/sh\necho "$2: $1"\n')
    world.reletan("start", "1.5", "--yes", check=True)
    assert "release/1.5.0" in world.branches()
    world.reletan("start", "1.5.0", "--yes", check=True)
    world.reletan("tag", "--message", "Said", "--yes", check=True)
    assert world.look("cat-file", "tag", "v1.5.0", cwd=world.origin).endswith("\nv1.5.0: Said")


@pytest.mark.parametrize(
    ("answer", "code"),
    [("exit 1", 1), ("echo said; exit 127", 1), ("true", 1), ("echo --x", 2), ("echo 'a b'", 2), ("echo 1.2.0", 2)],
)
@pytest.mark.parametrize("words", [[], ["1.4.0"]])
def test_a_filter_that_fails_or_answers_nonsense(world: World, words: list[str], answer: str, code: int) -> None:
    script(world.clone / ".git" / "hooks" / "filter-flow-release-start-version", f"#!/bin/sh\n{answer}\n")
    before = lasting(world)
    assert world.reletan("start", *words, "--yes").code == code
    assert lasting(world) == before


@pytest.mark.parametrize("where", ["relative", "absolute", "home"])
def test_the_folder_that_is_configured(world: World, where: str) -> None:
    folder, setting = {
        "relative": (world.clone / "tools" / "hooks", "tools/hooks"),
        "absolute": (world.folder / "hooks", str(world.folder / "hooks")),
        "home": (world.folder / "home" / "hooks", "~/hooks"),
    }[where]
    world.git("config", "gitflow.path.hooks", setting)
    log = recorded(world, folder)
    world.reletan("start", "--yes", cwd=world.clone / "src", check=True)
    assert [call.split(" ")[0] for call in calls(log)] == [
        "filter-flow-release-start-version",
        "pre-flow-release-start",
    ]


def test_a_hook_that_is_not_executable_is_none(world: World) -> None:
    script(world.clone / ".git" / "hooks" / "pre-flow-release-start", "#!/bin/sh\nexit 1\n").chmod(0o644)
    world.reletan("start", "--yes", check=True)


def test_a_dry_run_runs_no_hook(world: World) -> None:
    log = recorded(world)
    world.reletan("start", "--dry-run", check=True)
    assert [call for call in calls(log) if not call.startswith("filter-")] == []
