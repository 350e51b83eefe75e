"""Which CI job it is: every system's variables, every event of GitHub Actions, and what nobody may believe."""

from typing import Any

import pytest

from reletan.domain.ci import CiJob, detect
from reletan.domain.errors import UsageError

HEAD, OTHER = "a" * 40, "b" * 40
PULL = "https://github.com/acme/shop/pull"
API = "https://api.github.com/repos"

CIRCLE = {"CIRCLECI": "true", "CIRCLE_PROJECT_USERNAME": "acme", "CIRCLE_PROJECT_REPONAME": "shop"}
TRAVIS = {"TRAVIS": "true", "TRAVIS_REPO_SLUG": "acme/shop"}
BUILDKITE = {"BUILDKITE": "true", "BUILDKITE_REPO": "git@github.com:acme/shop.git", "BUILDKITE_COMMIT": HEAD}
AZURE = {"TF_BUILD": "True", "BUILD_REPOSITORY_NAME": "acme/shop", "BUILD_SOURCEVERSION": OTHER}
DRONE = {"DRONE": "true", "DRONE_REPO": "acme/shop", "DRONE_COMMIT_SHA": HEAD}
WOODPECKER = {"CI": "woodpecker", "CI_REPO": "acme/shop", "CI_COMMIT_SHA": HEAD}
BITRISE = {"BITRISE_IO": "true", "BITRISE_GIT_COMMIT": HEAD}
JENKINS = {"JENKINS_URL": "https://ci.example/", "GIT_COMMIT": OTHER, "BUILD_URL": "https://ci.example/job/shop/7/"}
CODEBUILD = {"CODEBUILD_BUILD_ID": "shop:1", "CODEBUILD_SOURCE_REPO_URL": "https://github.com/acme/shop.git"}
CLOUD_BUILD = {"PROJECT_ID": "acme-ci", "BUILD_ID": "1-2-3", "REPO_FULL_NAME": "acme/shop", "COMMIT_SHA": HEAD}
ACTIONS = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "77", "GITHUB_JOB": "merge"}


def job(system: str, **known: Any) -> CiJob:
    return CiJob(system=system, **{"repository": "acme/shop", **known})


def found(environ: dict[str, str], event: object = None) -> CiJob | None:
    return detect(environ, event, "github.com", "acme/shop")


CIRCLE_JOB = "https://circleci.com/gh/acme/shop/9"
SYSTEMS = {
    "circleci: several pull requests, one of them at random": (
        CIRCLE | {"CIRCLE_PULL_REQUEST": f"{PULL}/13", "CIRCLE_PULL_REQUESTS": f"{PULL}/12,{PULL}/13", "CIRCLE_SHA1": HEAD,
                  "CIRCLE_BRANCH": "feature/basket", "CIRCLE_BUILD_URL": CIRCLE_JOB, "CIRCLE_JOB": "merge"},
        job("CircleCI", pulls=(12, 13), sha=HEAD, branch="feature/basket", url=CIRCLE_JOB, job="merge"),
    ),
    "circleci: one pull request": (CIRCLE | {"CIRCLE_PULL_REQUEST": f"{PULL}/12"}, job("CircleCI", pulls=(12,))),
    "circleci: spaces and empty places in the list": (
        CIRCLE | {"CIRCLE_PULL_REQUESTS": f" {PULL}/12 ,, {PULL}/13,"}, job("CircleCI", pulls=(12, 13))),
    "circleci: a fork": (
        CIRCLE | {"CIRCLE_PR_NUMBER": "12", "CIRCLE_PULL_REQUEST": f"{PULL}/12", "CIRCLE_PR_USERNAME": "hana",
                  "CIRCLE_BRANCH": "pull/12", "CIRCLE_SHA1": HEAD},
        job("CircleCI", pulls=(12,), sha=HEAD, fork=True),
    ),
    "circleci: the GitHub App says nil": (
        CIRCLE | {"CIRCLE_PR_NUMBER": "<nil>", "CIRCLE_PULL_REQUEST": "<nil>", "CIRCLE_BRANCH": "develop"},
        job("CircleCI", branch="develop"),
    ),
    "circleci: a tag": (CIRCLE | {"CIRCLE_TAG": "v1.4.0", "CIRCLE_BRANCH": ""}, job("CircleCI", tag="v1.4.0")),
    "circleci: half a repository is none": (
        {"CIRCLECI": "true", "CIRCLE_PROJECT_USERNAME": "evil"}, job("CircleCI", repository=None)),
    "travis: a pull request": (
        TRAVIS | {"TRAVIS_PULL_REQUEST": "12", "TRAVIS_PULL_REQUEST_BRANCH": "topic", "TRAVIS_BRANCH": "develop",
                  "TRAVIS_COMMIT": OTHER, "TRAVIS_PULL_REQUEST_SHA": HEAD, "TRAVIS_PULL_REQUEST_SLUG": "Acme/Shop",
                  "TRAVIS_BUILD_WEB_URL": "https://app.travis-ci.com/acme/shop/builds/1", "TRAVIS_JOB_NAME": "merge"},
        job("Travis CI", pulls=(12,), branch="topic", sha=HEAD, url="https://app.travis-ci.com/acme/shop/builds/1",
            job="merge"),
    ),
    "travis: a fork": (
        TRAVIS | {"TRAVIS_PULL_REQUEST": "12", "TRAVIS_PULL_REQUEST_SLUG": "hana/shop"},
        job("Travis CI", pulls=(12,), fork=True),
    ),
    "travis: a push": (
        TRAVIS | {"TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "develop", "TRAVIS_COMMIT": HEAD,
                  "TRAVIS_PULL_REQUEST_SLUG": "", "TRAVIS_PULL_REQUEST_BRANCH": ""},
        job("Travis CI", branch="develop", sha=HEAD),
    ),
    "travis: a tag": (
        TRAVIS | {"TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "v1.4.0", "TRAVIS_TAG": "v1.4.0"},
        job("Travis CI", tag="v1.4.0"),
    ),
    "buildkite: a pull request": (
        BUILDKITE | {"BUILDKITE_PULL_REQUEST": "12", "BUILDKITE_BRANCH": "topic", "BUILDKITE_LABEL": "merge",
                     "BUILDKITE_PULL_REQUEST_REPO": "git://github.com/acme/shop.git",
                     "BUILDKITE_BUILD_URL": "https://buildkite.com/acme/shop/builds/7"},
        job("Buildkite", pulls=(12,), branch="topic", sha=HEAD, job="merge",
            url="https://buildkite.com/acme/shop/builds/7"),
    ),
    "buildkite: a fork": (
        BUILDKITE | {"BUILDKITE_PULL_REQUEST": "12", "BUILDKITE_BRANCH": "hana:topic",
                     "BUILDKITE_PULL_REQUEST_REPO": "https://github.com/hana/shop.git"},
        job("Buildkite", pulls=(12,), sha=HEAD, fork=True),
    ),
    "buildkite: a pull request merged with its base": (
        BUILDKITE | {"BUILDKITE_PULL_REQUEST": "12", "BUILDKITE_PULL_REQUEST_USING_MERGE_REFSPEC": "true"},
        job("Buildkite", pulls=(12,)),
    ),
    "buildkite: by hand": (
        BUILDKITE | {"BUILDKITE_PULL_REQUEST": "false", "BUILDKITE_BRANCH": "develop", "BUILDKITE_COMMIT": "HEAD"},
        job("Buildkite", branch="develop"),
    ),
    "buildkite: a tag": (
        BUILDKITE | {"BUILDKITE_TAG": "v1.4.0", "BUILDKITE_BRANCH": "v1.4.0"}, job("Buildkite", tag="v1.4.0", sha=HEAD)),
    "buildkite: another name for the host of ssh": (
        BUILDKITE | {"BUILDKITE_REPO": "git@github.com-shop:acme/shop.git"}, job("Buildkite", sha=HEAD)),
    "buildkite: a mirror on the disk": (
        BUILDKITE | {"BUILDKITE_REPO": "/srv/git/shop.git"}, job("Buildkite", sha=HEAD, repository=None)),
    "azure: a pull request": (
        AZURE | {"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "12", "SYSTEM_PULLREQUEST_PULLREQUESTID": "987654321",
                 "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/topic", "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
                 "BUILD_SOURCEBRANCH": "refs/pull/12/merge", "SYSTEM_PULLREQUEST_ISFORK": "False",
                 "SYSTEM_JOBDISPLAYNAME": "Merge it"},
        job("Azure Pipelines", pulls=(12,), branch="topic", sha=HEAD, job="Merge it"),
    ),
    "azure: a fork": (
        AZURE | {"BUILD_SOURCEBRANCH": "refs/pull/12/merge", "SYSTEM_PULLREQUEST_ISFORK": "True"},
        job("Azure Pipelines", pulls=(12,), fork=True),
    ),
    "azure: a push": (
        AZURE | {"BUILD_SOURCEBRANCH": "refs/heads/feature/basket"},
        job("Azure Pipelines", branch="feature/basket", sha=OTHER),
    ),
    "azure: a tag": (
        AZURE | {"BUILD_SOURCEBRANCH": "refs/tags/v1.4.0"}, job("Azure Pipelines", tag="v1.4.0", sha=OTHER)),
    "drone: a pull request": (
        DRONE | {"DRONE_PULL_REQUEST": "12", "DRONE_SOURCE_BRANCH": "topic", "DRONE_BRANCH": "develop",
                 "DRONE_BUILD_LINK": "https://drone.example/acme/shop/7", "DRONE_STAGE_NAME": "merge"},
        job("Drone", pulls=(12,), branch="topic", sha=HEAD, url="https://drone.example/acme/shop/7", job="merge"),
    ),
    "drone: a pull request whose branch is not told": (
        DRONE | {"DRONE_PULL_REQUEST": "12", "DRONE_BRANCH": "develop"}, job("Drone", pulls=(12,), sha=HEAD)),
    "drone: a push": (DRONE | {"DRONE_BRANCH": "develop"}, job("Drone", branch="develop", sha=HEAD)),
    "drone: a tag": (DRONE | {"DRONE_TAG": "v1.4.0"}, job("Drone", tag="v1.4.0", sha=HEAD)),
    "woodpecker: a pull request": (
        WOODPECKER | {"CI_COMMIT_PULL_REQUEST": "12", "CI_COMMIT_SOURCE_BRANCH": "topic", "CI_COMMIT_BRANCH": "develop",
                      "CI_PIPELINE_URL": "https://ci.example/repos/1/pipeline/7", "CI_WORKFLOW_NAME": "merge"},
        job("Woodpecker CI", pulls=(12,), branch="topic", sha=HEAD, url="https://ci.example/repos/1/pipeline/7",
            job="merge"),
    ),
    "woodpecker: a push": (
        WOODPECKER | {"CI": "true", "CI_SYSTEM_NAME": "woodpecker", "CI_COMMIT_BRANCH": "develop"},
        job("Woodpecker CI", branch="develop", sha=HEAD),
    ),
    "woodpecker: as Drone for old plugins": (WOODPECKER | DRONE, job("Woodpecker CI", sha=HEAD)),
    "woodpecker: a tag": (WOODPECKER | {"CI_COMMIT_TAG": "v1.4.0"}, job("Woodpecker CI", tag="v1.4.0", sha=HEAD)),
    "bitrise: a pull request": (
        BITRISE | {"BITRISE_PULL_REQUEST": "12", "BITRISE_GIT_BRANCH": "topic", "BITRISE_TRIGGERED_WORKFLOW_ID": "merge",
                   "BITRISEIO_PULL_REQUEST_REPOSITORY_URL": "https://github.com/acme/shop.git",
                   "BITRISE_BUILD_URL": "https://app.bitrise.io/build/7"},
        job("Bitrise", pulls=(12,), branch="topic", sha=HEAD, job="merge", url="https://app.bitrise.io/build/7",
            repository=None),
    ),
    "bitrise: a fork": (
        BITRISE | {"BITRISE_PULL_REQUEST": "12", "BITRISEIO_PULL_REQUEST_REPOSITORY_URL": "git@github.com:hana/shop.git"},
        job("Bitrise", pulls=(12,), sha=HEAD, fork=True, repository=None),
    ),
    "bitrise: a tag": (
        BITRISE | {"BITRISE_PULL_REQUEST": "false", "BITRISE_GIT_TAG": "v1.4.0"},
        job("Bitrise", tag="v1.4.0", sha=HEAD, repository=None),
    ),
    "jenkins: a pull request, maybe merged with its base": (
        JENKINS | {"CHANGE_ID": "12", "CHANGE_URL": f"{PULL}/12", "CHANGE_BRANCH": "topic", "BRANCH_NAME": "PR-12",
                   "JOB_NAME": "shop/PR-12"},
        job("Jenkins", pulls=(12,), branch="topic", url="https://ci.example/job/shop/7/", job="shop/PR-12",
            repository=None),
    ),
    "jenkins: only the page of the pull request": (
        {"JENKINS_URL": "x", "CHANGE_URL": f"{PULL}/12"}, job("Jenkins", pulls=(12,), repository=None)),
    "jenkins: a fork": (
        {"JENKINS_URL": "x", "CHANGE_ID": "12", "CHANGE_FORK": "hana"},
        job("Jenkins", pulls=(12,), fork=True, repository=None),
    ),
    "jenkins: the pull request builder": (
        {"JENKINS_URL": "x", "ghprbPullId": "12", "ghprbActualCommit": HEAD, "ghprbSourceBranch": "topic",
         "GIT_COMMIT": OTHER, "GIT_BRANCH": "origin/pr/12/merge", "ghprbPullLink": f"{PULL}/12",
         "ghprbAuthorRepoGitUrl": "https://github.com/hana/shop.git"},
        job("Jenkins", pulls=(12,), branch="topic", sha=HEAD, fork=True, repository=None),
    ),
    "jenkins: a branch": (
        {"JENKINS_URL": "x", "GIT_COMMIT": HEAD, "GIT_BRANCH": "origin/develop"},
        job("Jenkins", branch="develop", sha=HEAD, repository=None),
    ),
    "jenkins: a tag": (
        {"JENKINS_URL": "x", "TAG_NAME": "v1.4.0", "BRANCH_NAME": "v1.4.0", "GIT_COMMIT": HEAD},
        job("Jenkins", tag="v1.4.0", sha=HEAD, repository=None),
    ),
    "codebuild: a pull request": (
        CODEBUILD | {"CODEBUILD_SOURCE_VERSION": "pr/12", "CODEBUILD_RESOLVED_SOURCE_VERSION": HEAD,
                     "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/topic", "CODEBUILD_WEBHOOK_TRIGGER": "pr/12",
                     "CODEBUILD_BUILD_URL": "https://aws.example/codebuild/home?region=eu#/builds/7"},
        job("AWS CodeBuild", pulls=(12,), sha=HEAD, branch="topic",
            url="https://aws.example/codebuild/home?region=eu#/builds/7"),
    ),
    "codebuild: a branch that looks like a pull request": (
        CODEBUILD | {"CODEBUILD_SOURCE_VERSION": "pr/basket"}, job("AWS CodeBuild")),
    "codebuild: a tag": (
        CODEBUILD | {"CODEBUILD_SOURCE_VERSION": HEAD, "CODEBUILD_WEBHOOK_HEAD_REF": "refs/tags/v1.4.0"},
        job("AWS CodeBuild", tag="v1.4.0"),
    ),
    "cloud build: a pull request": (
        CLOUD_BUILD | {"_PR_NUMBER": "12", "_HEAD_BRANCH": "topic", "BRANCH_NAME": "topic", "TRIGGER_NAME": "merge",
                       "_HEAD_REPO_URL": "https://github.com/acme/shop"},
        job("Cloud Build", pulls=(12,), branch="topic", sha=HEAD, job="merge"),
    ),
    "cloud build: a fork": (
        CLOUD_BUILD | {"_PR_NUMBER": "12", "_HEAD_REPO_URL": "https://github.com/hana/shop"},
        job("Cloud Build", pulls=(12,), sha=HEAD, fork=True),
    ),
    "cloud build: a tag": (CLOUD_BUILD | {"TAG_NAME": "v1.4.0"}, job("Cloud Build", tag="v1.4.0", sha=HEAD)),
    "cloud build: a push": (CLOUD_BUILD | {"BRANCH_NAME": "develop"}, job("Cloud Build", branch="develop", sha=HEAD)),
}  # fmt: skip


@pytest.mark.parametrize(("environ", "expected"), SYSTEMS.values(), ids=SYSTEMS)
def test_every_system(environ: dict[str, str], expected: CiJob) -> None:
    assert found(environ) == expected


@pytest.mark.parametrize(
    "environ",
    [{}, {"CI": "true"}, {"CI": "1"}, {"CIRCLECI": ""}, {"CIRCLECI": "false"}, {"GITHUB_ACTIONS": "false"},
     {"JENKINS_URL": ""}, {"PROJECT_ID": "acme"}, {"BUILD_ID": "7"}, {"CIRCLE_PULL_REQUEST": f"{PULL}/12"}],
    ids=str,
)  # fmt: skip
def test_outside_of_ci(environ: dict[str, str]) -> None:
    assert found(environ) is None


def test_what_runs_inside_of_another_system_is_believed() -> None:
    push = ACTIONS | {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/develop", "GITHUB_SHA": HEAD}
    expected = job("GitHub Actions", run=77, job="merge", branch="develop", sha=HEAD)
    assert found(push | CODEBUILD | {"CODEBUILD_SOURCE_VERSION": "pr/12"}) == expected


# The events of GitHub Actions

ABOUT = {"repository": {"full_name": "acme/shop", "id": 1}}


def pull(repository: str | None = "acme/shop", **other: Any) -> dict[str, Any]:
    repo = {"full_name": repository} if repository else None
    head = {"ref": "topic", "sha": HEAD, "repo": repo}
    base = {"ref": "develop", "sha": OTHER, "repo": {"full_name": "acme/shop"}}
    return {**ABOUT, "pull_request": {"number": 12, "head": head, "base": base, **other}}


def suite(*mentions: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"head_sha": HEAD, "head_branch": "topic", "pull_requests": list(mentions), **other}


def mention(number: int, repository: str = "acme/shop") -> dict[str, Any]:
    return {"number": number, "url": f"{API}/{repository}/pulls/{number}", "id": 5}


def status(*branches: tuple[str, str]) -> dict[str, Any]:
    return {**ABOUT, "sha": HEAD, "branches": [{"name": name, "commit": {"sha": sha}} for name, sha in branches]}


MERGE_REF = {"GITHUB_REF": "refs/pull/12/merge", "GITHUB_SHA": OTHER, "GITHUB_HEAD_REF": "topic"}
BASE_REF = {"GITHUB_REF": "refs/heads/develop", "GITHUB_SHA": OTHER, "GITHUB_HEAD_REF": "topic"}
DEFAULT = {"GITHUB_REF": "refs/heads/main", "GITHUB_SHA": OTHER, "GITHUB_REF_NAME": "main"}
QUEUE = "gh-readonly-queue/develop/pr-12-" + OTHER
TOPIC: dict[str, Any] = {"sha": HEAD, "branch": "topic"}
EVENTS: dict[str, tuple[str, dict[str, str], object, dict[str, Any]]] = {
    "a pull request is at its head": ("pull_request", MERGE_REF, pull(), {"pulls": (12,), **TOPIC}),
    "a target is not at its base": ("pull_request_target", BASE_REF, pull(), {"pulls": (12,), **TOPIC}),
    "a review": ("pull_request_review", MERGE_REF, pull(), {"pulls": (12,), **TOPIC}),
    "a comment in a review": ("pull_request_review_comment", MERGE_REF, pull(), {"pulls": (12,), **TOPIC}),
    "a fork": ("pull_request", MERGE_REF, pull("hana/shop"), {"pulls": (12,), **TOPIC, "fork": True}),
    "a fork with our secrets": ("pull_request_target", BASE_REF, pull("hana/shop"), {"pulls": (12,), **TOPIC, "fork": True}),
    "a fork that is gone": ("pull_request", MERGE_REF, pull(None), {"pulls": (12,), **TOPIC, "fork": True}),
    "names are the same in any case": ("pull_request", MERGE_REF, pull("Acme/Shop"), {"pulls": (12,), **TOPIC}),
    "a pull request without its event": ("pull_request", MERGE_REF, None, {"pulls": (12,), "branch": "topic"}),
    "a target without its event": ("pull_request_target", BASE_REF, None, {"branch": "topic"}),
    "a check suite": ("check_suite", DEFAULT, {**ABOUT, "check_suite": suite(mention(12))}, {"pulls": (12,), **TOPIC}),
    "of two pull requests": (
        "check_suite", DEFAULT, {"check_suite": suite(mention(13), mention(12), mention(13))}, {"pulls": (13, 12), **TOPIC}),
    "of one into a fork of us": (
        "check_suite", DEFAULT, {"check_suite": suite(mention(3, "hana/shop"), mention(12))}, {"pulls": (12,), **TOPIC}),
    "a check suite of a fork": ("check_suite", DEFAULT, {"check_suite": suite(head_branch=None)}, {"sha": HEAD}),
    "a check run": (
        "check_run", DEFAULT,
        {"check_run": {"head_sha": HEAD, "pull_requests": [mention(12)], "check_suite": suite(mention(12))}},
        {"pulls": (12,), **TOPIC},
    ),
    "a workflow run": (
        "workflow_run", DEFAULT, {"workflow_run": suite(mention(12), head_repository={"full_name": "acme/shop"})},
        {"pulls": (12,), **TOPIC},
    ),
    "a workflow run of a fork": (
        "workflow_run", DEFAULT, {"workflow_run": suite(head_repository={"full_name": "hana/shop"})},
        {**TOPIC, "fork": True},
    ),
    "a workflow run of a fork that is gone": (
        "workflow_run", DEFAULT, {"workflow_run": suite(head_repository=None)}, {**TOPIC, "fork": True}),
    "a check suite without its event": ("check_suite", DEFAULT, None, {}),
    "a status at the head of one branch": ("status", DEFAULT, status(("old", OTHER), ("topic", HEAD)), TOPIC),
    "a status at the head of two": ("status", DEFAULT, status(("topic", HEAD), ("main", HEAD)), {"sha": HEAD}),
    "a status of no branch": ("status", DEFAULT, status(), {"sha": HEAD}),
    "a comment on a pull request": (
        "issue_comment", DEFAULT, {**ABOUT, "issue": {"number": 12, "pull_request": {"url": "x"}}}, {"pulls": (12,)}),
    "a comment on an issue": ("issue_comment", DEFAULT, {**ABOUT, "issue": {"number": 12}}, {}),
    "a merge group": (
        "merge_group", {"GITHUB_REF": f"refs/heads/{QUEUE}", "GITHUB_SHA": HEAD}, ABOUT, {"sha": HEAD, "branch": QUEUE}),
    "a push": ("push", {"GITHUB_REF": "refs/heads/topic", "GITHUB_SHA": HEAD}, ABOUT, TOPIC),
    "a push of a tag": (
        "push", {"GITHUB_REF": "refs/tags/v1.4.0", "GITHUB_SHA": HEAD}, ABOUT, {"sha": HEAD, "tag": "v1.4.0"}),
    "by hand": ("workflow_dispatch", {"GITHUB_REF": "refs/heads/topic", "GITHUB_SHA": HEAD}, ABOUT, TOPIC),
    "a release": ("release", {"GITHUB_REF": "refs/tags/v1", "GITHUB_SHA": HEAD}, ABOUT, {"sha": HEAD, "tag": "v1"}),
    "no name, but the ref of a pull request": ("", MERGE_REF, None, {"pulls": (12,)}),
    "a schedule is of no commit": ("schedule", DEFAULT, {"schedule": "0 * * * *", **ABOUT}, {}),
    "a name that nobody knows": ("somebody_waved", DEFAULT, {"pull_request": 7}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "environ", "event", "known"), EVENTS.values(), ids=EVENTS)
def test_every_event(name: str, environ: dict[str, str], event: object, known: dict[str, Any]) -> None:
    expected = job("GitHub Actions", run=77, job="merge", **known)
    assert found(ACTIONS | environ | {"GITHUB_EVENT_NAME": name}, event) == expected


# What nobody may believe


SPOOFS = {
    "another repository": (CIRCLE, "CIRCLE_PULL_REQUEST", "https://github.com/evil/shop/pull/12"),
    "another host": (CIRCLE, "CIRCLE_PULL_REQUEST", "https://evil.example/acme/shop/pull/12"),
    "no TLS": (CIRCLE, "CIRCLE_PULL_REQUEST", "http://github.com/acme/shop/pull/12"),
    "an issue": (CIRCLE, "CIRCLE_PULL_REQUEST", "https://github.com/acme/shop/issues/12"),
    "one of several": (CIRCLE, "CIRCLE_PULL_REQUESTS", f"{PULL}/12,https://github.com/evil/shop/pull/13"),
    "a page of another repository": (JENKINS, "CHANGE_URL", "https://github.com/evil/shop/pull/12"),
    "a link of another repository": (JENKINS, "ghprbPullLink", "https://github.com/evil/shop/pull/12"),
    "travis: repository": (TRAVIS, "TRAVIS_REPO_SLUG", "evil/shop"),
    "buildkite: repository": (BUILDKITE, "BUILDKITE_REPO", "git@github.com:evil/shop.git"),
    "buildkite: host": (BUILDKITE, "BUILDKITE_REPO", "HTTPS://evil.example/acme/shop.git"),
    "azure: repository": (AZURE, "BUILD_REPOSITORY_NAME", "shop"),
    "drone: repository": (DRONE, "DRONE_REPO", "acme/shop2"),
    "woodpecker: repository": (WOODPECKER, "CI_REPO", "acme/shop/../../evil/shop"),
    "codebuild: repository": (CODEBUILD, "CODEBUILD_SOURCE_REPO_URL", "https://github.com/evil/shop.git"),
    "codebuild: host": (CODEBUILD, "CODEBUILD_SOURCE_REPO_URL", "https://git-codecommit.example/acme/shop"),
    "cloud build: repository": (CLOUD_BUILD, "REPO_FULL_NAME", "evil/shop"),
    "actions: repository": (ACTIONS, "GITHUB_REPOSITORY", "evil/shop"),
}  # fmt: skip


@pytest.mark.parametrize(("environ", "name", "value"), SPOOFS.values(), ids=SPOOFS)
def test_another_repository_is_refused(environ: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        found(environ | {name: value})


def test_a_repository_of_another_name_is_named_beside_the_configured_one() -> None:
    with pytest.raises(UsageError, match=r"CIRCLE_PROJECT_USERNAME/CIRCLE_PROJECT_REPONAME .*'evil/shop'.* acme/shop"):
        found(CIRCLE | {"CIRCLE_PROJECT_USERNAME": "evil"})


def test_the_event_of_another_repository_is_refused() -> None:
    event = {**pull(), "repository": {"full_name": "evil/shop"}}
    with pytest.raises(UsageError, match=r"GITHUB_EVENT_PATH .*'evil/shop'.* acme/shop"):
        found(ACTIONS | {"GITHUB_EVENT_NAME": "pull_request"}, event)


def test_the_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(UsageError) as refused:
        found(BUILDKITE | {"BUILDKITE_REPO": "https://hana:hunter2@evil.example/evil/shop.git"})
    assert "hunter2" not in refused.value.message
    assert "evil.example" in refused.value.message


NUMBERS = ["0", "-1", "+12", "012", "12a", "1 2", "12\n13", "１２", "²", "9999999999", "1" * 5000, "1e3", "0x12", "nil",
           "False", "12,13"]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: repr(number[:12]))
@pytest.mark.parametrize(
    ("environ", "name"),
    [(CIRCLE, "CIRCLE_PR_NUMBER"), (TRAVIS, "TRAVIS_PULL_REQUEST"), (BUILDKITE, "BUILDKITE_PULL_REQUEST"),
     (AZURE, "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"), (DRONE, "DRONE_PULL_REQUEST"), (JENKINS, "CHANGE_ID"),
     (WOODPECKER, "CI_COMMIT_PULL_REQUEST"), (BITRISE, "BITRISE_PULL_REQUEST"), (JENKINS, "ghprbPullId"),
     (CLOUD_BUILD, "_PR_NUMBER")],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_what_is_no_number_is_refused_in_few_words(environ: dict[str, str], name: str, number: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} holds .* is no number of a pull request") as refused:
        found(environ | {name: number})
    assert len(refused.value.message) < 300


HOSTILE = {
    "a sha with a line after it": (CIRCLE, "CIRCLE_SHA1", f"{HEAD}\n{OTHER}"),
    "a short sha": (CIRCLE, "CIRCLE_SHA1", "abc1234"),
    "a sha that is none": (ACTIONS | {"GITHUB_EVENT_NAME": "push"}, "GITHUB_SHA", "g" * 40),
    "a sha that is a name": (TRAVIS, "TRAVIS_COMMIT", "develop"),
    "a branch with an escape": (CIRCLE, "CIRCLE_BRANCH", "to\x1b[31mpic"),
    "a branch with a line": (DRONE, "DRONE_BRANCH", "to\npic"),
    "a branch that is no text": (CIRCLE, "CIRCLE_BRANCH", "to\udcffpic"),
    "a branch without end": (CIRCLE, "CIRCLE_BRANCH", "x" * 100_000),
    "a branch with an owner": (BUILDKITE, "BUILDKITE_BRANCH", "hana:topic"),
    "a tag with two dots": (CIRCLE, "CIRCLE_TAG", "v1..2"),
    "a number in a ref": (ACTIONS, "GITHUB_REF", "refs/pull/012/merge"),
    "a number of codebuild": (CODEBUILD, "CODEBUILD_SOURCE_VERSION", "pr/-12"),
    "a run that is none": (ACTIONS, "GITHUB_RUN_ID", "077"),
    "a huge run": (ACTIONS, "GITHUB_RUN_ID", "9" * 4000),
    "a script for an address": (CIRCLE, "CIRCLE_BUILD_URL", "javascript:alert(1)"),
    "an address of everything": (CIRCLE, "CIRCLE_BUILD_URL", "https://circleci.com/"),
    "an address with a space": (JENKINS, "BUILD_URL", "https://ci.example/job/x y"),
    "a broken address": (JENKINS, "BUILD_URL", "https://[::1/job"),
    "a very long address": (JENKINS, "BUILD_URL", "https://ci.example/" + "x" * 3000),
}  # fmt: skip


@pytest.mark.parametrize(("environ", "name", "value"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_value_is_refused_in_few_words(environ: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} holds ") as refused:
        found(environ | {name: value})
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 500


def test_a_name_with_an_emoji_is_a_branch() -> None:
    assert found(CIRCLE | {"CIRCLE_BRANCH": "機能/バスケット🧺"}) == job("CircleCI", branch="機能/バスケット🧺")


def test_ids_of_commits_come_in_small_letters_and_in_both_lengths() -> None:
    assert found(CIRCLE | {"CIRCLE_SHA1": "A" * 64}) == job("CircleCI", sha="a" * 64)


def test_a_job_is_not_of_very_many_pull_requests() -> None:
    many = [mention(number) for number in range(1, 102)]
    first = found(ACTIONS | {"GITHUB_EVENT_NAME": "check_suite"}, {"check_suite": suite(*many[:100])})
    assert first is not None
    assert len(first.pulls) == 100
    with pytest.raises(UsageError, match="more than 100 pull requests"):
        found(ACTIONS | {"GITHUB_EVENT_NAME": "check_suite"}, {"check_suite": suite(*many)})


BROKEN: dict[str, tuple[str, object]] = {
    "no pull request": ("pull_request", ABOUT),
    "nothing": ("pull_request", {"pull_request": None}),
    "a number as text": ("pull_request", pull(number="12")),
    "a number of 0": ("pull_request", pull(number=0)),
    "true": ("pull_request", pull(number=True)),
    "a huge number": ("pull_request", pull(number=2**31)),
    "half a number": ("pull_request", pull(number=1.5)),
    "no head": ("pull_request", pull(head=None)),
    "a head without a sha": ("pull_request", pull(head={"ref": "topic", "repo": None})),
    "a sha that is none": ("pull_request", pull(head={"ref": "topic", "sha": "HEAD", "repo": None})),
    "a sha with a line after it": ("pull_request", pull(head={"ref": "topic", "sha": f"{HEAD}\n", "repo": None})),
    "a branch with an escape": ("pull_request", pull(head={"ref": "\x1b[2J", "sha": HEAD, "repo": None})),
    "a repository that is none": ("pull_request", {**pull(), "repository": "acme/shop"}),
    "a list": ("pull_request", [pull()]),
    "a list for a push": ("push", [1]),
    "a suite of text": ("check_suite", {"check_suite": "x"}),
    "pull requests that are none": ("check_suite", {"check_suite": suite(pull_requests=12)}),
    "a mention without its address": ("check_suite", {"check_suite": suite({"number": 12})}),
    "a status without a sha": ("status", ABOUT),
    "a comment on nothing": ("issue_comment", ABOUT),
}


@pytest.mark.parametrize(("name", "event"), BROKEN.values(), ids=BROKEN)
def test_an_event_that_is_none_is_refused(name: str, event: object) -> None:
    with pytest.raises(UsageError, match=r"^GITHUB_EVENT_PATH") as refused:
        found(ACTIONS | {"GITHUB_EVENT_NAME": name}, event)
    assert refused.value.message.isprintable()
