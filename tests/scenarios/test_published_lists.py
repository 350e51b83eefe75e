"""What reletan finds in a real history, against what that project itself published for each version."""

import gzip
import json
import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from reletan.domain.history import Commit
from reletan.domain.pulls import Names, Released, collect, survey

ROOT = Path(__file__).parents[2]
HISTORIES = Path(os.environ.get("RELETAN_HISTORIES") or ROOT.parent / "shared" / "histories")
STREAM = HISTORIES / "pygithub.fi.gz"
PUBLISHED = HISTORIES / "pygithub.published.json"
FIRST = "v2.2.0"
# Of 2.8.1, which never got a tag, the project published the list: its part of the range is looked for in 2.9.0
UNTAGGED = {"v2.8.1": "v2.9.0"}

pytestmark = pytest.mark.skipif(
    not (STREAM.exists() and PUBLISHED.exists()),
    reason=f"needs pygithub.fi.gz and pygithub.published.json in {HISTORIES} (or in RELETAN_HISTORIES)",
)


def git(repository: Path, *arguments: str, stdin: bytes | None = None) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(repository), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env=environment, check=True, timeout=60)
    return done.stdout.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pygithub")
    git(path, "init", "--quiet", "--bare")
    git(path, "fast-import", "--quiet", stdin=gzip.decompress(STREAM.read_bytes()))
    return path


def read_log(repository: Path, since: str, until: str) -> list[Commit]:
    text = git(repository, "log", "-z", "--format=%H %P%n%ct%n%an%n%B", f"refs/tags/{since}..refs/tags/{until}")
    commits = []
    for record in filter(None, text.split("\0")):
        ids, committed, author, message = record.split("\n", 3)
        sha, *parents = ids.split()
        commits.append(Commit(sha, tuple(parents), int(committed), author, message))
    return commits


def published() -> dict[str, set[int]]:
    """Version -> numbers, newest first, down to the version before ``FIRST``."""
    lists: dict[str, set[int]] = {}
    for version, numbers in json.loads(PUBLISHED.read_text()).items():
        lists.setdefault(UNTAGGED.get(version, version), set()).update(numbers)
    versions = list(lists)
    return {version: lists[version] for version in versions[: versions.index(FIRST) + 2]}


def test_everything_that_was_published_is_found(repository: Path) -> None:
    lists = published()
    versions = list(lists)
    names = Names(production="main", development="main", release_prefix="release/", hotfix_prefix="hotfix/")
    missing: dict[str, set[int]] = {}
    for version, previous in pairwise(versions):
        log = read_log(repository, previous, version)
        found = collect(survey(log, tip=log[0].sha, names=names, pull_heads={}, released=Released()), {})
        missing[version] = lists[version] - {pull.number for pull in found.pull_requests}
        assert not [pull.number for pull in found.pull_requests if not pull.title.raw]
    assert len(missing) == 10
    assert not any(missing.values()), missing


def test_a_revert_in_the_history_is_told(repository: Path) -> None:
    log = read_log(repository, "v2.3.0", "v2.4.0")
    names = Names(production="main", development="main", release_prefix="release/", hotfix_prefix="hotfix/")
    found = collect(survey(log, tip=log[0].sha, names=names, pull_heads={}, released=Released()), {})
    assert {pull.number: pull.reverted_by for pull in found.pull_requests if pull.reverted_by} == {2995: 3009}
