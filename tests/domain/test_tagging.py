"""The plan of ``reletan tag``: a step for each goal that does not hold yet, and none for the others."""

import itertools

import msgspec
import pytest

from reletan.domain.flow import Branches, Tag
from reletan.domain.plan import (
    CreateTag,
    DeleteBranch,
    DeleteRemoteBranch,
    Plan,
    PushRefs,
    RefUpdate,
    RunHook,
    SetConfig,
    UpdateBranch,
)
from reletan.domain.tagging import (
    BackMerge,
    ReleaseFacts,
    back_merge_message,
    backmerge_name,
    is_backmerge_of,
    merge_message,
    plan_tag,
)

BACK = BackMerge(branch="develop", old="develop-1", merged="develop-2")
BY_PULL_REQUEST = BackMerge(
    branch="develop", old="develop-1", merged=None, via="backmerge/1.4.0", conflicts=("VERSION",)
)
TAGGED = Tag("tag-object", "merge")
FRESH = ReleaseFacts(
    kind="release",
    version="1.4.0",
    branch="release/1.4.0",
    tag="v1.4.0",
    remote="origin",
    branches=Branches(production="main", development="develop", release_prefix="release/", hotfix_prefix="hotfix/"),
    production="main-1",
    head="head",
    published=True,
    beyond=False,
    merge="merge",
    merge_is_new=True,
    tagged=None,
    tag_object="tag-object",
    back_merges=(BACK,),
    done_with=(),
    keep_branch=False,
    local_branch="head",
    local_branch_checked_out=False,
    local_tag_missing=True,
    configured_base=True,
)
PRODUCTION = RefUpdate("refs/heads/main", "main-1", "merge", "release/1.4.0")
TAG = RefUpdate("refs/tags/v1.4.0", None, "tag-object")
DEVELOPMENT = RefUpdate("refs/heads/develop", "develop-1", "develop-2", "v1.4.0")
WAITING = RefUpdate("refs/heads/backmerge/1.4.0", None, "merge")
HOOK = RunHook("pre-flow-release-finish", "/hooks/pre", ("v1.4.0",))
REMOTE_BRANCH = DeleteRemoteBranch("origin", "release/1.4.0", "head")
REMOTE_BACKMERGE = DeleteRemoteBranch("origin", "backmerge/1.4.0", "waiting")
LOCAL_BRANCH = DeleteBranch("release/1.4.0", "head")
BASE = SetConfig("gitflow.branch.release/1.4.0.base", None)


def planned(**facts: object) -> Plan:
    return plan_tag(msgspec.structs.replace(FRESH, **facts))


def pushed(plan: Plan) -> list[RefUpdate]:
    """The updates of the only push."""
    pushes = [step for step in plan.steps if isinstance(step, PushRefs)]
    assert len(pushes) <= 1
    return list(pushes[0].updates) if pushes else []


def test_a_fresh_release() -> None:
    local = UpdateBranch("main", "main-1", "merge")
    plan = planned(pre_hook=HOOK, local_steps=(local,))
    assert plan.steps == (
        HOOK,
        PushRefs("origin", (PRODUCTION, TAG, DEVELOPMENT)),
        local,
        CreateTag("v1.4.0", "tag-object"),
        REMOTE_BRANCH,
        LOCAL_BRANCH,
        BASE,
    )
    assert (plan.command, plan.version, plan.head, plan.mode, plan.waits) == ("tag", "1.4.0", "head", "push", ())


@pytest.mark.parametrize(
    ("facts", "updates"),
    [
        ({"merge_is_new": False}, [TAG, DEVELOPMENT]),
        ({"merge_is_new": False, "tagged": TAGGED}, [DEVELOPMENT]),
        ({"merge_is_new": False, "tagged": TAGGED, "back_merges": ()}, []),
        ({"back_merges": ()}, [PRODUCTION, TAG]),
        ({"back_merges": (BY_PULL_REQUEST,)}, [PRODUCTION, TAG, WAITING]),
        ({"back_merges": (msgspec.structs.replace(BY_PULL_REQUEST, waiting="merge"),)}, [PRODUCTION, TAG]),
        ({"merge_is_new": False, "tagged": TAGGED, "back_merges": (BY_PULL_REQUEST,)}, [WAITING]),
    ],
)
def test_what_is_pushed(facts: dict[str, object], updates: list[RefUpdate]) -> None:
    assert pushed(planned(**facts)) == updates


def test_each_back_merge_that_conflicts_has_a_branch_of_its_own() -> None:
    release = msgspec.structs.replace(BACK, branch="release/1.5.0", old="release-1", merged="release-2")
    other = msgspec.structs.replace(BY_PULL_REQUEST, branch="release/1.6.0", via="backmerge/1.4.0_into_release-1.6.0")
    plan = planned(back_merges=(BY_PULL_REQUEST, release, other))
    merged = RefUpdate("refs/heads/release/1.5.0", "release-1", "release-2", "v1.4.0")
    second = RefUpdate("refs/heads/backmerge/1.4.0_into_release-1.6.0", None, "merge")
    assert pushed(plan) == [PRODUCTION, TAG, merged, WAITING, second]
    assert [wait.split(" ", 1)[0] for wait in plan.waits] == ["develop", "release/1.6.0"]
    assert "VERSION" in plan.waits[0]


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        ({}, [REMOTE_BRANCH, LOCAL_BRANCH, BASE]),
        ({"published": False}, [LOCAL_BRANCH, BASE]),
        ({"head": None, "local_branch": None, "configured_base": False}, []),
        ({"local_branch_checked_out": True}, [REMOTE_BRANCH]),
        ({"local_branch": None}, [REMOTE_BRANCH, BASE]),
        ({"keep_branch": True}, []),
        ({"beyond": True}, []),
        ({"done_with": (("backmerge/1.4.0", "waiting"),), "keep_branch": True}, [REMOTE_BACKMERGE]),
        ({"open_into": (7,)}, [LOCAL_BRANCH, BASE]),
        ({"open_into": None}, [LOCAL_BRANCH, BASE]),
    ],
)
def test_what_is_tidied_up(facts: dict[str, object], steps: list[object]) -> None:
    kinds = (DeleteRemoteBranch, DeleteBranch, SetConfig)
    assert [step for step in planned(**facts).steps if isinstance(step, kinds)] == steps


def test_in_every_case() -> None:
    """Production never moves without the tag; what is deleted goes after what is pushed; a hook goes first."""
    cases: dict[str, list[object]] = {
        "merge_is_new": [True, False], "tagged": [None, TAGGED], "beyond": [True, False], "keep_branch": [True, False],
        "published": [True, False], "back_merges": [(), (BACK,), (BY_PULL_REQUEST,)],
        "open_into": [(), (7, 8), None], "pre_hook": [None, HOOK],
    }  # fmt: skip
    seen = 0
    for values in itertools.product(*cases.values()):
        facts = dict(zip(cases, values, strict=True))
        if facts["tagged"] and facts["merge_is_new"]:
            continue
        plan = planned(**facts)
        updates, kinds = pushed(plan), [type(step) for step in plan.steps]
        assert (PRODUCTION not in updates) or (TAG in updates)
        assert (TAG in updates) == (facts["tagged"] is None)
        assert all(update.new for update in updates)
        assert RunHook not in kinds[1:]
        if DeleteRemoteBranch in kinds and PushRefs in kinds:
            assert kinds.index(PushRefs) < kinds.index(DeleteRemoteBranch)
        assert (REMOTE_BRANCH in plan.steps) == (
            facts["published"] and not facts["beyond"] and not facts["keep_branch"] and facts["open_into"] == ()
        )
        seen += 1
    assert seen == 432


@pytest.mark.parametrize(
    ("name", "version", "is_one"),
    [
        ("backmerge/1.3.1", "1.3.1", True),
        ("backmerge/1.3.1_into_release-1.4.0", "1.3.1", True),
        ("backmerge/1.3.1-rc.1", "1.3.1", False),
        ("backmerge/1.3.10", "1.3.1", False),
        ("backmerge/1.3.1_into_release-1.4.0", "1.3", False),
    ],
)
def test_a_branch_of_a_back_merge_is_known_by_its_name(name: str, version: str, is_one: bool) -> None:
    assert is_backmerge_of(name, version) == is_one
    assert is_backmerge_of(backmerge_name(version, "release/1.4.0"), version)


def test_a_yes_covers_the_same_release_only() -> None:
    plan = planned()
    assert plan.same_intent(planned(back_merges=(), production="main-2"))
    assert not plan.same_intent(planned(head="another"))
    assert not plan.same_intent(planned(version="1.4.1"))


@pytest.mark.parametrize(
    ("into", "message"),
    [
        ("main", "Merge branch 'release/1.4.0'\n"),
        ("master", "Merge branch 'release/1.4.0'\n"),
        ("production", "Merge branch 'release/1.4.0' into production\n"),
    ],
)
def test_the_message_of_the_merge_is_gits(into: str, message: str) -> None:
    assert merge_message("release/1.4.0", into) == message


def test_the_message_of_the_back_merge_is_gits() -> None:
    assert (
        back_merge_message("v1.4.0", "develop", "Release\n\nBody\n\n")
        == "Merge tag 'v1.4.0' into develop\n\nRelease\n\nBody\n"
    )
