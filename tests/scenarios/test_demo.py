"""`reletan demo`: the whole story without questions, what it leaves alone, and what it refuses before it begins."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from demo_run import CANARY, Person, person, run
from github_world import problems
from wrapped import executable

from reletan.sandbox.demo import Guide, tell_story
from reletan.sandbox.stories import Shop, shop
from reletan.sandbox.world import World
from reletan.terminal import Terminal

STORY = [
    "init --defaults --yes", "list", "automerge --all --explain", "start --dry-run", "start --yes",
    "automerge 141 --method squash --yes", "status", "notes", "tag --dry-run", "tag --yes", "tag 1.4.0 --yes", "start hotfix --yes",
    "tag --yes", "status",
]  # fmt: skip


@pytest.fixture
def somebody(tmp_path: Path) -> Person:
    return person(tmp_path / "somebody")


def _files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_the_whole_story_touches_nothing_but_its_own_folder(somebody: Person) -> None:
    gh = executable(somebody.folder / "bin" / "gh", f"touch {somebody.folder}/asked; echo {CANARY}")
    (somebody.home / ".gitconfig").write_text(f"[user]\n\tname = {CANARY}\n[gc]\n\tauto = 1\n")
    done = run(somebody, "demo", "--auto", env={"PATH": f"{gh.parent}:{os.environ['PATH']}"})
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.findall(r"^\$ reletan (.*)$", done.stdout, re.M) == STORY
    assert CANARY not in done.stdout
    (folder,) = somebody.tmp.iterdir()
    assert f"Everything is still in {folder}, and nowhere else" in done.stdout
    assert somebody.made() == ["bin/gh", "home/.gitconfig", f"tmp/{folder.name}"]
    assert not (somebody.folder / "asked").exists()
    assert _files_with(CANARY, folder) == []
    page = (folder / "channel.html").read_text(encoding="utf-8")
    for said in ("<h2>Release 1.4.0 of acme/shop</h2>", "<h2>Hotfix 1.4.1 of acme/shop</h2>", "1 reply"):
        assert said in page
    assert _left_to_look_around_in(folder) == ["v1.2.0", "v1.3.0", "v1.4.0", "v1.4.1"]


def _left_to_look_around_in(folder: Path) -> list[str]:
    """The tags that the clone's develop has."""
    git = ["git", "tag", "--merged", "develop"]
    return subprocess.run(git, cwd=folder / "hana", capture_output=True, text=True, check=True).stdout.split()


def test_what_the_story_asks_github_and_what_github_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GH_TOKEN", CANARY)
    world = World(tmp_path / "shop")
    its = shop(world)
    with world.on_github() as server, world.on_slack() as slack:
        tell_story(Guide(Terminal(), world, auto=True), its)
    assert (problems(server), slack.wrong()) == ([], [])
    assert {(asked.via, asked.login) for asked in server.exchanges} == {("graphql", "hana"), ("rest", "hana")}
    told = capfd.readouterr().out
    assert not re.search(r"waiting for \d", told)
    _the_list_and_the_open_ones(told, its)
    assert [pull.number for pull in world.pulls.values() if pull.open] == list(its.open[:3])
    assert world.pulls[its.ready].merged is not None
    assert [(made.tag, made.draft, "### Features" in (made.body or "")) for made in world.releases] == [
        ("v1.4.0", False, True),
        ("v1.4.1", False, False),
    ]


def _the_list_and_the_open_ones(told: str, its: Shop) -> None:
    conflicting, unapproved, draft, ready = its.open
    for number, verdict in (
        (conflicting, r"left alone *\n *- it conflicts with develop"), (ready, "would merge"), (ready, "merged"),
        (unapproved, r"left alone *\n *- 0 of 1 approvals"), (draft, r"left alone *\n *- it is a draft"),
    ):  # fmt: skip
        assert re.search(rf"#{number} .* {verdict}", told)
    assert "12 pull requests since v1.3.0, 2 commits without one" in told
    assert re.search(rf"#{its.rebased} +Pay later by invoice +marta .* feature", told)
    assert f"First contributions: lena (#{its.newcomer})" in told


def test_of_the_channel_only_the_news_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(tmp_path / "shop")
    with world.on_slack() as slack:
        guide = Guide(Terminal(color="never"), world, auto=True)
        live = slack.say("reletan", "#release", "1.4.0\nbegun\n• one\n\n• two\n• three")
        guide.channel("First:")
        slack.edit(live.ts, "1.4.0\nreleased\n• one\n\n• two\n• more\n• three")
        slack.say("reletan", "#release", "out", thread=live.ts)
        guide.channel("Again:")
        guide.channel("Once more:")
    time = r"reletan \(app\), 2026-01-05 \d\d:\d\d"
    first, again, once_more = capsys.readouterr().out.strip().split("\n\n")
    assert re.fullmatch(rf"# First:│ #release│ {time}│ 1.4.0│ begun│ • one││ • two│ • three", first.replace("\n", ""))
    assert re.fullmatch(
        rf"# Again:│ #release│ {time} \(edited\)│ …│ released│ …│ • more│ …││     {time}│     out",
        again.replace("\n", ""),
    )
    assert once_more == "# Once more:\n│ #release"


def test_without_a_terminal_the_flag_is_named(somebody: Person) -> None:
    done = run(somebody, "demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "reletan demo --auto" in done.stderr
    assert somebody.made() == []


@pytest.mark.parametrize("taken", ["a file", "a folder with a file", "below a file"])
def test_it_is_kept_in_a_new_or_empty_folder_only(somebody: Person, taken: str) -> None:
    if taken == "a folder with a file":
        (somebody.work / "shop").mkdir()
        (somebody.work / "shop" / "mine").write_text("mine\n")
    else:
        (somebody.work / "shop").write_text("mine\n")
    keep = "shop/below" if taken == "below a file" else "shop"
    done = run(somebody, "demo", "--auto", "--keep", keep)
    assert (done.returncode, done.stdout) == (2, "")
    assert keep in done.stderr
    assert "name a new folder" in done.stderr
    assert len(_files_with("mine", somebody.work)) == 1
    assert somebody.made() == ["work/shop"]


def test_without_graphql_core_it_says_what_to_install(somebody: Person, tmp_path: Path) -> None:
    blocker = tmp_path / "blocker"
    blocker.mkdir()
    (blocker / "graphql.py").write_text("raise ModuleNotFoundError('No module named graphql', name='graphql')\n")
    path = f"{blocker}:{somebody.environment['PYTHONPATH']}"
    done = run(somebody, "demo", "--auto", env={"PYTHONPATH": path})
    assert (done.returncode, done.stdout) == (2, "")
    # of the Python that runs it, whatever pip is on the PATH
    assert f"next: {sys.executable} -m pip install 'graphql-core>=3.3,<3.4'\n" in done.stderr
    assert somebody.made() == []


@pytest.mark.parametrize(
    ("script", "said"), [("echo git version 2.30.0", "git 2.30 is too old"), (None, "git is not installed")]
)
def test_git_that_is_too_old_or_missing(somebody: Person, tmp_path: Path, script: str | None, said: str) -> None:
    folder = tmp_path / "only"
    folder.mkdir()
    if script:
        executable(folder / "git", script)
    done = run(somebody, "demo", "--auto", env={"PATH": str(folder)})
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert somebody.made() == []


def test_a_command_that_fails_is_named(somebody: Person, tmp_path: Path) -> None:
    real = shutil.which("git") or "git"
    git = executable(tmp_path / "bin" / "git", f'[ "$1" != commit ] || exit 7\nexec {real} "$@"')
    keep = somebody.work / "my shop"
    done = run(somebody, "demo", "--auto", "--keep", "my shop", env={"PATH": f"{git.parent}:{os.environ['PATH']}"})
    assert done.returncode == 1
    failed = "`git add .reletan.toml && git commit -qm 'Set up reletan' && git push -q origin develop`"
    assert f"{failed} should have exited with 0, but it was 7" in done.stderr
    assert str(keep) in done.stderr
    assert (keep / "hana" / ".reletan.toml").exists()


def test_help_has_examples(somebody: Person) -> None:
    done = run(somebody, "demo", "--help")
    assert done.returncode == 0
    for example in ("reletan demo --auto", "reletan demo --keep"):
        assert example in done.stdout
