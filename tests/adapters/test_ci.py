"""The event file of GitHub Actions: read with care, and only there."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reletan.adapters.ci import MAX_BYTES, this_job
from reletan.domain.ci import CiJob
from reletan.domain.errors import UsageError

HEAD = "a" * 40
EVENT = {"pull_request": {"number": 12, "head": {"ref": "topic", "sha": HEAD, "repo": {"full_name": "acme/shop"}}}}


def job(path: Path | str, **environ: str) -> CiJob | None:
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}
    return this_job(actions | environ, "github.com", "acme/shop")


def test_the_event_is_read(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(EVENT))
    assert job(file) == CiJob(system="GitHub Actions", pulls=(12,), branch="topic", sha=HEAD)


def test_a_link_to_the_event_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text(json.dumps(EVENT))
    (tmp_path / "event.json").symlink_to("real.json")
    assert job(tmp_path / "event.json") == CiJob(system="GitHub Actions", pulls=(12,), branch="topic", sha=HEAD)


def test_without_a_path_the_variables_tell() -> None:
    found = job("", GITHUB_REF="refs/pull/12/merge", GITHUB_HEAD_REF="topic")
    assert found == CiJob(system="GitHub Actions", pulls=(12,), branch="topic")


def test_other_systems_have_no_event(tmp_path: Path) -> None:
    environ = {"CIRCLECI": "true", "GITHUB_EVENT_PATH": str(tmp_path / "nowhere")}
    assert this_job(environ, "github.com", "acme/shop") == CiJob(system="CircleCI")
    assert this_job({"GITHUB_EVENT_PATH": str(tmp_path / "nowhere")}, "github.com", "acme/shop") is None


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    refused: dict[str, Any] = {
        "nowhere": "cannot be read: No such file", "dangling": "cannot be read: No such file", "": "cannot be read: Is a dir",
        "loop": "cannot be read: Too many", "pipe": "is not a file", "nul\0l": "cannot be read: no path is like this",
    }  # fmt: skip
    for name, problem in refused.items():
        with pytest.raises(UsageError, match=f"GITHUB_EVENT_PATH names {problem}"):
            job(f"{tmp_path}/{name}")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no /dev/zero")
def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="is not a file"):
        job("/dev/zero")


BROKEN = {
    "nothing": (b"", "is no JSON"),
    "half of it": (json.dumps(EVENT).encode()[:-5], "is no JSON"),
    "no text": (b'{"pull_request": "\xff"}', "is no JSON"),
    "half a character": (b'{"action": "\\ud800"}', "is no JSON"),
    "brackets without end": (b"[" * 200_000, "is no JSON"),
    "deep": (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "is no JSON"),
    "a web page": (b"<html></html>", "is no JSON"),
    "a list": (b"[1]", "holds no JSON object"),
    "null": (b"null", "holds no JSON object"),
    "text": (b'"x"', "holds no JSON object"),
}


@pytest.mark.parametrize(("content", "problem"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_event_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=problem):
        job(file)


def test_a_file_is_at_most_ten_mebibytes(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    event = json.dumps(EVENT).encode()
    file.write_bytes(event + b" " * (MAX_BYTES - len(event)))
    assert job(file) is not None
    file.write_bytes(event + b" " * (MAX_BYTES - len(event) + 1))
    with pytest.raises(UsageError, match="larger than 10 MiB"):
        job(file)
