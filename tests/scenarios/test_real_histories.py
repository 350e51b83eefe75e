"""`reletan list` over real histories, each number held against an independent count."""

import gzip
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reletan.sandbox.world import World

ROOT = Path(__file__).parents[2]
HISTORIES = Path(os.environ.get("RELETAN_HISTORIES") or ROOT.parent / "shared" / "histories")
MERGED = re.compile(r"Merge pull request #(\d+) from (\S+)")
SQUASHED = re.compile(r"\(#(\d+)\)$")


class History:
    """One real history as a bare repository, and reletan in it."""

    def __init__(self, folder: Path, stream: Path) -> None:
        self.world = World(folder)
        self.git("fast-import", "--quiet", stdin=gzip.decompress(stream.read_bytes()))

    def git(self, *args: str, stdin: bytes = b"") -> str:
        command = ["git", "-C", str(self.world.origin), *args]
        done = subprocess.run(command, input=stdin, env=self.world.env, capture_output=True, timeout=60, check=True)
        return done.stdout.decode("utf-8", "replace")

    def listed(self, *args: str, prefix: str | None = None) -> Any:
        env = {} if prefix is None else {"RELETAN_FLOW_TAG_PREFIX": prefix}
        run = self.world.reletan("list", "--offline", "--json", *args, cwd=self.world.origin, env=env, check=True)
        return json.loads(run.out)

    def subjects(self, *args: str) -> list[str]:
        return self.git("log", "--format=%s", *args).splitlines()

    def final_tags(self, pattern: str, branch: str) -> list[str]:
        """The tags on a branch that look like final releases, newest version first."""
        tags = self.git("tag", "--merged", f"refs/heads/{branch}", "--sort=-version:refname").splitlines()
        return [tag for tag in tags if re.fullmatch(pattern, tag)]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], History]:
    made: dict[str, History] = {}

    def load(name: str) -> History:
        stream = HISTORIES / f"{name}.fi.gz"
        if not stream.exists():
            pytest.skip(f"needs {name}.fi.gz in {HISTORIES} (or in RELETAN_HISTORIES)")
        if name not in made:
            made[name] = History(tmp_path_factory.mktemp(name) / "world", stream)
        return made[name]

    return load


def numbers(listing: Any) -> set[int]:
    return {pull["number"] for pull in listing["pull_requests"]}


def loose(listing: Any) -> list[str]:
    return [commit["subject"] for commit in listing["commits_without_pull_request"]]


def merged(subjects: list[str]) -> set[int]:
    return {int(match[1]) for subject in subjects if (match := MERGED.match(subject))}


def squashed(subjects: list[str]) -> set[int]:
    return {int(match[1]) for subject in subjects if (match := SQUASHED.search(subject))}


def test_gitflow_avh_has_mixed_prefixes(history: Callable[[str], History]) -> None:
    avh = history("gitflow-avh")
    run = avh.world.reletan("list", "--offline", cwd=avh.world.origin)
    assert run.code == 2
    assert "use different prefixes" in run.err


def test_gitflow_avh_since_its_last_release(history: Callable[[str], History]) -> None:
    avh = history("gitflow-avh")
    listing = avh.listed(prefix="")
    tags = avh.final_tags(r"\d+(\.\d+)+", "master")
    assert listing["since"] == tags[0]
    new = avh.subjects("--no-merges", "refs/heads/develop", "--not", *(f"refs/tags/{tag}" for tag in tags))
    inside = avh.subjects("--merges", "refs/heads/develop", "--not", *(f"refs/tags/{tag}" for tag in tags))
    assert numbers(listing) == merged(inside)
    assert new
    assert loose(listing) == new


@pytest.mark.parametrize("position", range(0, 9, 2))
def test_gitflow_avh_from_release_to_release(history: Callable[[str], History], position: int) -> None:
    """Nobody opened a pull request then: every commit that is no merge stands alone, and no merge of the flow shows."""
    avh = history("gitflow-avh")
    until, since = avh.final_tags(r"\d+(\.\d+)+", "master")[position : position + 2]
    listing = avh.listed("--since", since, "--until", until)
    expected = avh.subjects("--no-merges", f"refs/tags/{since}..refs/tags/{until}")
    assert expected
    assert (numbers(listing), loose(listing)) == (set(), expected)
    assert [warning["code"] for warning in listing["warnings"]] == ["mixed-prefixes", "no-remote"]


def test_gitflow_avh_over_the_years(history: Callable[[str], History]) -> None:
    """Forks and topic branches were merged by pull requests, among many more merges of git-flow's own."""
    avh = history("gitflow-avh")
    inside = avh.subjects("--merges", "refs/tags/0.4.1..refs/tags/1.12.3")
    expected = merged(inside)
    assert len(expected) == 12
    assert len(inside) > 100
    assert numbers(avh.listed("--since", "0.4.1", "--until", "1.12.3")) == expected


def test_git_pr_release_since_its_last_release(history: Callable[[str], History]) -> None:
    release = history("git-pr-release")
    listing, tags = release.listed(), release.final_tags(r"v\d+(\.\d+)+", "master")
    assert (listing["since"], listing["until"]) == (tags[0], "master")
    assert numbers(listing) == merged(release.subjects("--merges", f"refs/tags/{tags[0]}..refs/heads/master"))


def test_git_pr_release_from_release_to_release(history: Callable[[str], History]) -> None:
    release = history("git-pr-release")
    newest, *_, oldest = release.final_tags(r"v\d+(\.\d+)+", "master")
    listing = release.listed("--since", oldest, "--until", newest)
    span = f"refs/tags/{oldest}..refs/tags/{newest}"
    expected = merged(release.subjects("--merges", span)) | squashed(release.subjects("--no-merges", span))
    assert len(expected) > 20
    assert numbers(listing) == expected


def test_pygithub_since_its_last_release(history: Callable[[str], History]) -> None:
    pygithub = history("pygithub")
    listing, tags = pygithub.listed(prefix="v"), pygithub.final_tags(r"v\d+(\.\d+)+", "main")
    assert listing["since"] == tags[0]
    assert numbers(listing) == squashed(pygithub.subjects(f"refs/tags/{tags[0]}..refs/heads/main"))


@pytest.mark.parametrize("position", range(0, 10, 3))
def test_pygithub_from_release_to_release(history: Callable[[str], History], position: int) -> None:
    pygithub = history("pygithub")
    until, since = pygithub.final_tags(r"v\d+(\.\d+)+", "main")[position : position + 2]
    listing = pygithub.listed("--since", since, "--until", until, prefix="v")
    expected = squashed(pygithub.subjects(f"refs/tags/{since}..refs/tags/{until}"))
    assert len(expected) > 5
    assert numbers(listing) == expected
    assert {pull["how"] for pull in listing["pull_requests"]} == {"squash"}


def test_rails_of_the_last_weeks(history: Callable[[str], History]) -> None:
    rails = history("rails")
    since = rails.git("rev-list", "--first-parent", "-n", "300", "refs/heads/main").split()[-1]
    listing, subjects = rails.listed("--since", since), rails.subjects(f"{since}..refs/heads/main")
    expected = merged(subjects)
    assert len(expected) > 100
    assert expected <= numbers(listing) <= expected | squashed(subjects)
