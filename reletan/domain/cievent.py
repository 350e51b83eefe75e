"""What GitHub Actions tells of its job: the variables, and the event that started it."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from reletan.domain.cijob import PULL_REF, SHA, CiJob, Variables, once, ref_name
from reletan.domain.errors import UsageError

T = TypeVar("T")

_Sha = Annotated[str, Meta(pattern=SHA)]
_Number = Annotated[int, Meta(gt=0, lt=2**31)]

# GITHUB_REF and GITHUB_SHA tell what these are about; of other events they tell the base or the default branch
_AT_THEIR_REF = ("push", "create", "workflow_dispatch", "merge_group", "release", "deployment", "deployment_status")
_TESTED = ("check_suite", "check_run", "workflow_run")


class _Repository(msgspec.Struct, frozen=True):
    full_name: str


class _Head(msgspec.Struct, frozen=True):
    ref: str
    sha: _Sha
    # null where the fork is gone
    repo: _Repository | None


class _Pull(msgspec.Struct, frozen=True):
    number: _Number
    head: _Head


class _Mention(msgspec.Struct, frozen=True):
    number: _Number
    url: str


class _Tested(msgspec.Struct, frozen=True):
    """A check suite, check run or workflow run; ``pull_requests`` is empty for those of forks."""

    head_sha: _Sha
    head_branch: str | None = None
    pull_requests: tuple[_Mention, ...] = ()
    head_repository: _Repository | UnsetType | None = UNSET
    check_suite: "_Tested | None" = None


class _Commit(msgspec.Struct, frozen=True):
    sha: _Sha


class _Branch(msgspec.Struct, frozen=True):
    name: str
    commit: _Commit


class _Status(msgspec.Struct, frozen=True):
    sha: _Sha
    branches: tuple[_Branch, ...] = ()


class _Issue(msgspec.Struct, frozen=True):
    number: _Number
    pull_request: dict[str, object] | None = None


class _About(msgspec.Struct, frozen=True):
    repository: _Repository | None = None


def actions_job(told: Variables, event: object | None) -> CiJob:
    """The job that the variables and the decoded file of the event (None: not told) tell of. Raises UsageError."""
    job = CiJob(
        system="GitHub Actions", repository=told.repository("GITHUB_REPOSITORY"), run=told.run("GITHUB_RUN_ID"),
        job=told.text("GITHUB_JOB"),
    )  # fmt: skip
    name = told.text("GITHUB_EVENT_NAME") or "push"
    if event is not None:
        about = _decoded(event, _About, "GITHUB_EVENT_PATH")
        told.ours("GITHUB_EVENT_PATH", about.repository.full_name if about.repository else None)
    if name in _AT_THEIR_REF:
        return _at_ref(told, job)
    if name.startswith("pull_request"):
        return _at_pull_ref(told, job) if event is None else _of_pull(told, job, _part(event, "pull_request", _Pull))
    return job if event is None else _of_event(told, job, name, event)


def _at_ref(told: Variables, job: CiJob) -> CiJob:
    # A pull request's ref is a merge of it with its base
    pulls = told.number_of("GITHUB_REF", PULL_REF)
    return replace(job, pulls=pulls, branch=told.branch_of("GITHUB_REF"), tag=told.tag_of("GITHUB_REF"),
                   sha=None if pulls else told.sha("GITHUB_SHA"))  # fmt: skip


def _at_pull_ref(told: Variables, job: CiJob) -> CiJob:
    return replace(job, pulls=told.number_of("GITHUB_REF", PULL_REF), branch=told.ref("GITHUB_HEAD_REF"))


def _of_event(told: Variables, job: CiJob, name: str, event: object) -> CiJob:
    if name in _TESTED:
        return _of_tested(told, job, _part(event, name, _Tested))
    if name == "status":
        return _of_status(job, _decoded(event, _Status, "GITHUB_EVENT_PATH"))
    if name == "issue_comment":
        issue = _part(event, "issue", _Issue)
        return replace(job, pulls=() if issue.pull_request is None else (issue.number,))
    return job


def _of_pull(told: Variables, job: CiJob, pull: _Pull) -> CiJob:
    branch = ref_name("GITHUB_EVENT_PATH", pull.head.ref)
    fork = _is_fork(told, pull.head.repo)
    return replace(job, pulls=(pull.number,), branch=branch, sha=pull.head.sha.lower(), fork=fork)


def _of_tested(told: Variables, job: CiJob, tested: _Tested) -> CiJob:
    # Pull requests from our branch into a fork of us are among them
    ours = [pull.number for pull in tested.pull_requests if not told.is_foreign(_repository_of(pull))]
    suite = tested.check_suite
    branch = ref_name("GITHUB_EVENT_PATH", tested.head_branch or (suite.head_branch if suite else None))
    fork = tested.head_repository is not UNSET and _is_fork(told, tested.head_repository)
    return replace(job, pulls=once(tuple(ours)), branch=branch, sha=tested.head_sha.lower(), fork=fork)


def _repository_of(pull: _Mention) -> str:
    """Of https://api.github.com/repos/acme/shop/pulls/12."""
    return pull.url.removesuffix(f"/pulls/{pull.number}").rpartition("/repos/")[2]


def _of_status(job: CiJob, status: _Status) -> CiJob:
    heads = [branch.name for branch in status.branches if branch.commit.sha == status.sha]
    branch = ref_name("GITHUB_EVENT_PATH", heads[0]) if len(heads) == 1 else None
    return replace(job, sha=status.sha.lower(), branch=branch)


def _is_fork(told: Variables, head: _Repository | None) -> bool:
    return head is None or told.is_foreign(head.full_name)


def _part(event: object, key: str, kind: type[T]) -> T:
    return _decoded(event.get(key) if isinstance(event, dict) else event, kind, f"GITHUB_EVENT_PATH, {key}")


def _decoded(value: object, kind: type[T], source: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{source} is not what GitHub Actions writes: {error}.",
                         next="give the number of the pull request") from None  # fmt: skip
