"""CI jobs: what anybody may have written into their variables, and the event files of GitHub Actions."""

import inspect
import re
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import msgspec

from reletan.adapters.ci import this_job
from reletan.domain import ci, cievent
from reletan.domain.ci import CiJob, detect
from torture.fuzz_case import Family, require
from torture.fuzz_source import Source

NAMES = sorted(
    {
        name
        for module in (ci, cievent)
        for name in re.findall(r'"([A-Z][A-Za-z_]{3,}|_[A-Z_]{5,}|ghprb\w+)"', inspect.getsource(module))
    }
)
"""Every variable that the code reads, by the code itself."""
_MARKERS: tuple[dict[str, str], ...] = (
    {"GITHUB_ACTIONS": "true"}, {"CIRCLECI": "true"}, {"TRAVIS": "true"}, {"BUILDKITE": "true"}, {"TF_BUILD": "True"},
    {"CI": "woodpecker"},
    {"CI_SYSTEM_NAME": "woodpecker"}, {"DRONE": "true"}, {"BITRISE_IO": "true"}, {"JENKINS_URL": "https://x"},
    {"CODEBUILD_BUILD_ID": "x"},
    {"PROJECT_ID": "x", "BUILD_ID": "x"}, {},
)  # fmt: skip
_SHA = "4af6c69aa0" * 4
_VALUES = (
    "12", "0", "-1", "false", "<nil>", "main", "refs/heads/main", "refs/tags/v1", "refs/pull/12/merge",
    "refs/pull/x/head", "pr/12", "PR-12", _SHA, "HEAD",
    "acme/shop", "evil/shop", "https://github.com/acme/shop/pull/12", "https://evil.example/acme/shop/pull/12",
    "git@github.com:acme/shop.git",
    "https://github.com/acme/shop", "https://[::1", "https://x:99999/a", "ssh://git@github.com/acme/shop",
    "pull_request", "check_suite", "status",
    "issue_comment", "push", "workflow_run", "merge_group", "1" * 30, "origin/develop", "https://ci.example/1", "true",
)  # fmt: skip
_HEAD = {"ref": "feature/x", "sha": _SHA, "repo": {"full_name": "acme/shop"}}
_TESTED = {
    "head_sha": _SHA,
    "head_branch": "x",
    "pull_requests": [{"number": 12, "url": "https://api.github.com/repos/acme/shop/pulls/12"}],
}
_EVENT = {
    "repository": {"full_name": "acme/shop"}, "pull_request": {"number": 12, "head": _HEAD}, "check_suite": _TESTED,
    "workflow_run": _TESTED,
    "check_run": {**_TESTED, "check_suite": _TESTED}, "sha": _SHA, "branches": [{"name": "x", "commit": {"sha": _SHA}}],
    "issue": {"number": 12, "pull_request": {"url": "x"}},
}  # fmt: skip


def make_job(source: Source) -> list[Any]:
    environ = {source.choice(NAMES): _value(source) for _ in range(source.randint(0, 8))}
    if source.chance(2):
        environ["GITHUB_EVENT_NAME"] = source.choice(
            (
                "pull_request",
                "pull_request_target",
                "check_suite",
                "check_run",
                "workflow_run",
                "status",
                "issue_comment",
            )
        )
    return [environ | source.choice(_MARKERS), source.bent_value(_EVENT) if source.chance(2) else _EVENT]


def _value(source: Source) -> str:
    return source.choice(
        (
            source.choice(_VALUES),
            source.bent(source.choice(_VALUES), 1),
            source.text(2),
            ",".join(source.some(_VALUES, 120)),
        )
    )


def check_job(given: list[Any]) -> None:
    """A job of our repository with names that can be names, or a clear error."""
    environ, event = given
    job = detect(environ, event, "github.com", "acme/shop")
    if job is not None:
        _require_sane(job)


def _require_sane(job: CiJob) -> None:
    require(all(0 < number < 2**31 for number in job.pulls) and len(job.pulls) <= 100, "pull requests", job)
    require(job.sha is None or re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", job.sha), "the id of a commit", job)
    for name in (job.branch, job.tag):
        require(
            name is None or not re.search(r"[\x00-\x20\x7f]|\.\.|[\ud800-\udfff]|^refs/", name), "a name of a ref", name
        )
    require(job.repository is None or job.repository.casefold() == "acme/shop", "our repository", job)
    require(job.url is None or (job.url.isascii() and job.url.isprintable()), "an address", job.url)


def make_event(source: Source) -> bytes:
    content = msgspec.json.encode(source.bent_value(_EVENT))
    return source.choice(
        (
            content,
            source.bent_bytes(content),
            source.bent_bytes(content),
            b"[" * source.choice((9, 2_000, 200_000)),
            b'{"a":' * 5_000,
        )
    )


def check_event(content: bytes) -> None:
    path = Path(gettempdir()) / "event.json"
    path.write_bytes(content)
    name = ("pull_request", "check_run", "status", "issue_comment")[len(content) % 4]
    job = this_job(
        {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}, "github.com", "acme/shop"
    )
    if job is not None:
        _require_sane(job)


FAMILIES = (
    Family(name="jobs", weight=100, make=make_job, check=check_job),
    Family(name="events", weight=40, make=make_event, check=check_event),
)
