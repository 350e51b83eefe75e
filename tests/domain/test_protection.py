"""What a tag ruleset says to a new tag, and which rules of a branch protect it."""

import msgspec
import pytest

from reletan.domain.protection import Rule, Ruleset, forbids_tag, others

TAG = "v1.4.0"
NO_CREATION = {"type": "creation"}


def ruleset(**more: object) -> Ruleset:
    usual: dict[str, object] = {
        "id": 1,
        "name": "Release tags",
        "target": "tag",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/tags/v*"], "exclude": []}},
        "rules": [NO_CREATION],
        "current_user_can_bypass": "never",
    }
    return msgspec.convert(usual | more, Ruleset)


@pytest.mark.parametrize(
    ("more", "forbids"),
    [
        ({}, True),
        ({"enforcement": "disabled"}, False),
        ({"enforcement": "evaluate"}, False),
        ({"target": "branch"}, False),
        ({"current_user_can_bypass": "always"}, False),
        ({"current_user_can_bypass": "exempt"}, False),
        ({"current_user_can_bypass": "pull_requests_only"}, True),
        ({"current_user_can_bypass": None}, True),
        ({"conditions": None}, True),
        ({"rules": []}, False),
        ({"rules": [{"type": "deletion"}, {"type": "non_fast_forward"}, {"type": "update"}]}, False),
        ({"rules": [{"type": "deletion"}, NO_CREATION]}, True),
        ({"rules": [{"type": "required_linear_history"}]}, True),
        ({"rules": [{"type": "something_new"}]}, False),
    ],
)
def test_what_surely_forbids_a_tag(more: dict[str, object], forbids: bool) -> None:
    assert forbids_tag(ruleset(**more), TAG) is forbids


@pytest.mark.parametrize(
    ("include", "exclude", "tag", "forbids"),
    [
        (["~ALL"], [], TAG, True),
        (["~ALL"], ["refs/tags/v*"], TAG, False),
        ([], [], TAG, False),
        (["refs/tags/v*"], ["refs/tags/v1.*"], TAG, False),
        (["refs/tags/nightly", "refs/tags/v1.4.0"], [], TAG, True),
        (["refs/heads/v*"], [], TAG, False),
        (["v*"], [], TAG, False),
        (["refs/tags/*"], [], "shop/v1", False),
        (["refs/tags/*/*"], [], "shop/v1", True),
        (["refs/tags/**/*"], [], "shop/eu/v1", True),
        (["refs/tags/**/*"], [], "v1", True),
        (["refs/tags/**"], [], "shop/v1", False),
        (["refs/tags/shop**/**/*"], [], "shop-a/eu/x/v1", True),
        (["refs/tags/v[0-9]?[0-9].*"], [], TAG, True),
        (["refs/tags/v[^0-9]*"], [], TAG, False),
        (["refs/tags/V*"], [], TAG, False),
        (["refs/tags/v["], [], TAG, False),
        (["refs/tags/" + "**/" * 60 + "x"], [], "/".join("y" * 60), False),
        (["refs/tags/" + "*a" * 60], [], "a" * 59, False),
    ],
)
def test_which_tags_a_ruleset_is_for(include: list[str], exclude: list[str], tag: str, forbids: bool) -> None:
    named = ruleset(conditions={"ref_name": {"include": include, "exclude": exclude}})
    assert forbids_tag(named, tag) is forbids


@pytest.mark.parametrize(
    ("operator", "pattern", "negate", "forbids"),
    [
        ("starts_with", "v", False, False),
        ("starts_with", "release-", False, True),
        ("starts_with", "v", True, True),
        ("starts_with", "release-", True, False),
        ("ends_with", ".0", False, False),
        ("contains", ".5.", False, True),
        ("regex", "^(a+)+$", False, False),
        ("sounds_like", "v", False, False),
    ],
)
def test_a_pattern_of_names_is_judged_where_it_is_plain(
    operator: str, pattern: str, negate: bool, forbids: bool
) -> None:
    asked = {"operator": operator, "pattern": pattern, "negate": negate}
    assert forbids_tag(ruleset(rules=[{"type": "tag_name_pattern", "parameters": asked}]), TAG) is forbids


def test_what_is_not_known_protects_a_branch_and_is_named() -> None:
    kinds = [
        "deletion",
        "pull_request",
        "required_signatures",
        "something_new",
        "creation",
        "required_signatures",
        "update",
    ]
    assert others([Rule(kind) for kind in kinds]) == ("required_signatures", "something_new")
