"""Which CI job this is: what each CI system says of it in its variables.

The CI systems agree on nothing. Where a system runs a pull request merged with its base, and tells only the id of that
merge, no commit is told: nobody pushed it, and no pull request has it as its head.
"""

from collections.abc import Callable, Mapping

from reletan.domain.cievent import actions_job
from reletan.domain.cijob import PULL_REF, CiJob, Variables, once

__all__ = ["CiJob", "detect", "in_actions"]

# A branch may be called pr/basket
_PR = r"pr/([-+]?\d+)"


def detect(environ: Mapping[str, str], event: object | None, host: str, repository: str) -> CiJob | None:
    """The job that ``environ`` and, in GitHub Actions, the decoded ``event`` tell of; None outside of CI.

    ``host`` and ``repository`` ("owner/name") are the configured ones. Raises UsageError.
    """
    told = Variables(environ, host, repository)
    if in_actions(environ):
        return actions_job(told, event)
    for markers, read in _SYSTEMS:
        if all(told.is_set(name, value) for name, value in markers.items()):
            return read(told)
    return None


def in_actions(environ: Mapping[str, str]) -> bool:
    """Whether it is a job of GitHub Actions. Asked first: its runners run inside of other systems' builds too."""
    return environ.get("GITHUB_ACTIONS", "").strip().casefold() == "true"


def _circleci(told: Variables) -> CiJob:
    fork = told.text("CIRCLE_PR_NUMBER", "CIRCLE_PR_USERNAME") is not None
    owner, name = told.text("CIRCLE_PROJECT_USERNAME"), told.text("CIRCLE_PROJECT_REPONAME")
    slug = f"{owner}/{name}" if owner and name else None
    numbers = told.links("CIRCLE_PULL_REQUESTS") + told.links("CIRCLE_PULL_REQUEST") + told.number("CIRCLE_PR_NUMBER")
    return CiJob(
        system="CircleCI", pulls=once(numbers),
        # Of a fork it is pull/12
        branch=None if fork else told.ref("CIRCLE_BRANCH"),
        tag=told.ref("CIRCLE_TAG"), sha=told.sha("CIRCLE_SHA1"), url=told.url("CIRCLE_BUILD_URL"),
        repository=told.ours("CIRCLE_PROJECT_USERNAME/CIRCLE_PROJECT_REPONAME", slug),
        job=told.text("CIRCLE_JOB"), fork=fork,
    )  # fmt: skip


def _travis(told: Variables) -> CiJob:
    pulls, tag = told.number("TRAVIS_PULL_REQUEST"), told.ref("TRAVIS_TAG")
    return CiJob(
        system="Travis CI", pulls=pulls, tag=tag,
        # TRAVIS_BRANCH is the base of a pull request, and the name of a tag
        branch=told.ref("TRAVIS_PULL_REQUEST_BRANCH") or (None if pulls or tag else told.ref("TRAVIS_BRANCH")),
        # TRAVIS_COMMIT is a merge then
        sha=told.sha("TRAVIS_PULL_REQUEST_SHA") if pulls else told.sha("TRAVIS_COMMIT"),
        repository=told.repository("TRAVIS_REPO_SLUG"), url=told.url("TRAVIS_BUILD_WEB_URL"),
        job=told.text("TRAVIS_JOB_NAME"), fork=told.is_fork("TRAVIS_PULL_REQUEST_SLUG"),
    )  # fmt: skip


def _buildkite(told: Variables) -> CiJob:
    fork, tag = told.is_fork("BUILDKITE_PULL_REQUEST_REPO"), told.ref("BUILDKITE_TAG")
    merged = told.is_set("BUILDKITE_PULL_REQUEST_USING_MERGE_REFSPEC", "true")
    # A build that somebody started by hand may be of HEAD; the branch of a fork is owner:branch, that of a tag its name
    named = not (merged or told.is_set("BUILDKITE_COMMIT", "head"))
    return CiJob(
        system="Buildkite", pulls=told.number("BUILDKITE_PULL_REQUEST"), tag=tag,
        branch=None if fork or tag else told.ref("BUILDKITE_BRANCH"),
        sha=told.sha("BUILDKITE_COMMIT") if named else None, repository=told.cloned("BUILDKITE_REPO"),
        url=told.url("BUILDKITE_BUILD_URL"), job=told.text("BUILDKITE_LABEL"), fork=fork,
    )  # fmt: skip


def _azure(told: Variables) -> CiJob:
    # SYSTEM_PULLREQUEST_PULLREQUESTID is not GitHub's number
    pulls = told.number("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER") or told.number_of("BUILD_SOURCEBRANCH", PULL_REF)
    return CiJob(
        system="Azure Pipelines", pulls=pulls, tag=told.tag_of("BUILD_SOURCEBRANCH"),
        branch=told.ref("SYSTEM_PULLREQUEST_SOURCEBRANCH") if pulls else told.branch_of("BUILD_SOURCEBRANCH"),
        # BUILD_SOURCEVERSION is a merge then
        sha=told.sha("SYSTEM_PULLREQUEST_SOURCECOMMITID") if pulls else told.sha("BUILD_SOURCEVERSION"),
        repository=told.repository("BUILD_REPOSITORY_NAME"), job=told.text("SYSTEM_JOBDISPLAYNAME"),
        fork=told.is_set("SYSTEM_PULLREQUEST_ISFORK", "true"),
    )  # fmt: skip


def _woodpecker(told: Variables) -> CiJob:
    pulls, tag = told.number("CI_COMMIT_PULL_REQUEST"), told.ref("CI_COMMIT_TAG")
    return CiJob(
        system="Woodpecker CI", pulls=pulls, tag=tag,
        # CI_COMMIT_BRANCH is the base of a pull request
        branch=told.ref("CI_COMMIT_SOURCE_BRANCH") or (None if pulls or tag else told.ref("CI_COMMIT_BRANCH")),
        sha=told.sha("CI_COMMIT_SHA"), repository=told.repository("CI_REPO"), url=told.url("CI_PIPELINE_URL"),
        job=told.text("CI_WORKFLOW_NAME"),
    )  # fmt: skip


def _drone(told: Variables) -> CiJob:
    pulls, tag = told.number("DRONE_PULL_REQUEST"), told.ref("DRONE_TAG")
    return CiJob(
        system="Drone", pulls=pulls, tag=tag,
        # DRONE_BRANCH is the base of a pull request
        branch=told.ref("DRONE_SOURCE_BRANCH") or (None if pulls or tag else told.ref("DRONE_BRANCH")),
        sha=told.sha("DRONE_COMMIT_SHA"), repository=told.repository("DRONE_REPO"), url=told.url("DRONE_BUILD_LINK"),
        job=told.text("DRONE_STAGE_NAME"),
    )  # fmt: skip


def _bitrise(told: Variables) -> CiJob:
    return CiJob(
        system="Bitrise", pulls=told.number("BITRISE_PULL_REQUEST"), branch=told.ref("BITRISE_GIT_BRANCH"),
        tag=told.ref("BITRISE_GIT_TAG"), sha=told.sha("BITRISE_GIT_COMMIT"), url=told.url("BITRISE_BUILD_URL"),
        job=told.text("BITRISE_TRIGGERED_WORKFLOW_ID"), fork=told.is_fork("BITRISEIO_PULL_REQUEST_REPOSITORY_URL"),
    )  # fmt: skip


def _jenkins(told: Variables) -> CiJob:
    numbers = told.number("CHANGE_ID") + told.links("CHANGE_URL")
    numbers += told.number("ghprbPullId") + told.links("ghprbPullLink")
    pulls, tag = once(numbers), told.ref("TAG_NAME")
    # BRANCH_NAME is PR-12 of a pull request, and the name of a tag; GIT_COMMIT may be a merge then
    pushed = not (pulls or tag)
    return CiJob(
        system="Jenkins", pulls=pulls, tag=tag,
        branch=told.ref("CHANGE_BRANCH", "ghprbSourceBranch") or (_jenkins_branch(told) if pushed else None),
        sha=told.sha("ghprbActualCommit") or (None if pulls else told.sha("GIT_COMMIT")),
        url=told.url("BUILD_URL"), job=told.text("JOB_NAME"),
        fork=told.text("CHANGE_FORK") is not None or told.is_fork("ghprbAuthorRepoGitUrl"),
    )  # fmt: skip


def _jenkins_branch(told: Variables) -> str | None:
    branch = told.ref("BRANCH_NAME", "GIT_BRANCH")
    return branch.removeprefix("origin/") if branch else None


def _codebuild(told: Variables) -> CiJob:
    pulls = told.number_of("CODEBUILD_SOURCE_VERSION", _PR) + told.number_of("CODEBUILD_WEBHOOK_TRIGGER", _PR)
    return CiJob(
        system="AWS CodeBuild", pulls=once(pulls), branch=told.branch_of("CODEBUILD_WEBHOOK_HEAD_REF"),
        tag=told.tag_of("CODEBUILD_WEBHOOK_HEAD_REF"), sha=told.sha("CODEBUILD_RESOLVED_SOURCE_VERSION"),
        repository=told.cloned("CODEBUILD_SOURCE_REPO_URL"), url=told.url("CODEBUILD_BUILD_URL"),
    )  # fmt: skip


def _cloud_build(told: Variables) -> CiJob:
    tag = told.ref("TAG_NAME")
    return CiJob(
        system="Cloud Build", pulls=told.number("_PR_NUMBER"), tag=tag,
        branch=None if tag else told.ref("_HEAD_BRANCH", "BRANCH_NAME"), sha=told.sha("COMMIT_SHA"),
        repository=told.repository("REPO_FULL_NAME"), job=told.text("TRIGGER_NAME"),
        fork=told.is_fork("_HEAD_REPO_URL"),
    )  # fmt: skip


# Woodpecker before Drone, whose variables it sets for old plugins; then what may be set where no job of it runs.
# Cloud Build sets nothing by itself: its users map the substitutions (automapSubstitutions does)
_SYSTEMS: tuple[tuple[dict[str, str], Callable[[Variables], CiJob]], ...] = (
    ({"CIRCLECI": "true"}, _circleci),
    ({"TRAVIS": "true"}, _travis),
    ({"BUILDKITE": "true"}, _buildkite),
    ({"TF_BUILD": "true"}, _azure),
    ({"CI": "woodpecker"}, _woodpecker),
    ({"CI_SYSTEM_NAME": "woodpecker"}, _woodpecker),
    ({"DRONE": "true"}, _drone),
    ({"BITRISE_IO": "true"}, _bitrise),
    ({"JENKINS_URL": ""}, _jenkins),
    ({"CODEBUILD_BUILD_ID": ""}, _codebuild),
    ({"PROJECT_ID": "", "BUILD_ID": ""}, _cloud_build),
)
