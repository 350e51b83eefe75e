"""What GitHub's rules say to a push of a merge commit to a branch, and to a new tag."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache

import msgspec

from reletan.domain.config import Method

# Rules that no push of a merge commit to a branch that is there can break; files came with the release branch before
HARMLESS = frozenset(
    ("creation", "deletion", "non_fast_forward", "branch_name_pattern", "tag_name_pattern", "copilot_code_review",
     "file_path_restriction", "max_file_path_length", "file_extension_restriction", "max_file_size")
)  # fmt: skip
# Those that have a field of their own
_TOLD = frozenset(("pull_request", "required_status_checks", "required_linear_history", "merge_queue", "update"))


class BranchRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of changes of a branch, by classic protection and rulesets together.

    ``protected``: a plain push of a merge commit breaks a rule, or may do so as far as is known; also where this token could
    get past. ``checks``: the names of those that are required; ``methods``: how pull requests may be merged; ``locked``:
    nobody changes it who may not get past; ``queue``: merges go through a merge queue. ``others``: GitHub's names for
    further rules that protect it, new ones too; ``restrictions``: only some people may push; ``unknown``: there is
    protection that this token may not see.

    ``push_allowed``: whether the token may push to the repository at all; None where GitHub does not tell, or only some
    people may push to this branch. ``deletes_heads``: GitHub deletes the branch of a merged pull request by itself.
    """

    protected: bool
    requires_pull_request: bool
    approvals: int
    checks: tuple[str, ...]
    linear_history: bool
    methods: tuple[Method, ...]
    locked: bool
    queue: bool
    others: tuple[str, ...]
    push_allowed: bool | None
    deletes_heads: bool


class Parameters(msgspec.Struct, frozen=True):
    """What a rule says more closely; each kind has some of it."""

    required_approving_review_count: int = 0
    allowed_merge_methods: tuple[str, ...] | None = None
    required_status_checks: tuple["Check", ...] = ()
    merge_method: str | None = None
    operator: str | None = None
    pattern: str | None = None
    negate: bool = False


class Check(msgspec.Struct, frozen=True):
    context: str


class Rule(msgspec.Struct, frozen=True):
    """One rule of a ruleset. ``type``: GitHub's word, as ``required_linear_history``; ``ruleset_id``: where all that hold for a
    branch are told.
    """

    type: str
    parameters: Parameters | None = None
    ruleset_id: int | None = None

    @property
    def more(self) -> Parameters:
        return self.parameters or Parameters()

    @property
    def refuses_new_branch(self) -> bool:
        """Whether nobody pushes a branch that is not there yet, who may not get past."""
        return self.type in ("creation", "pull_request")


def others(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The rules that protect a branch in a way of their own; what is not known does so too."""
    return tuple(dict.fromkeys(rule.type for rule in rules if rule.type not in HARMLESS | _TOLD))


# tags


class RefName(msgspec.Struct, frozen=True):
    """Patterns of full names; ``~ALL`` is every one."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Conditions(msgspec.Struct, frozen=True):
    ref_name: RefName | None = None


class Ruleset(msgspec.Struct, frozen=True):
    """``current_user_can_bypass``: always, exempt, pull_requests_only or never; older servers do not tell it."""

    id: int
    name: str
    enforcement: str
    target: str | None = None
    conditions: Conditions | None = None
    rules: tuple[Rule, ...] = ()
    current_user_can_bypass: str | None = None

    @property
    def lets_push(self) -> bool:
        """Whether this token gets past it by a push."""
        return self.current_user_can_bypass in ("always", "exempt")


def forbids_tag(ruleset: Ruleset, tag: str) -> bool:
    """Whether the ruleset surely refuses that this token makes ``tag`` at a merge commit.

    What depends on more than the name is not judged: checks, signatures, deployments, patterns that are regular expressions.
    """
    active = ruleset.enforcement == "active" and ruleset.target == "tag"
    if not active or ruleset.lets_push or not _applies(ruleset.conditions, tag):
        return False
    return any(_refuses(rule, tag) for rule in ruleset.rules)


def _applies(conditions: Conditions | None, tag: str) -> bool:
    names = conditions.ref_name if conditions else None
    if names is None:
        return True
    included, excluded = (
        any(_fits(one, f"refs/tags/{tag}") for one in some) for some in (names.include, names.exclude)
    )
    return included and not excluded


def _refuses(rule: Rule, tag: str) -> bool:
    if rule.type == "tag_name_pattern":
        return _has_wrong_name(rule.more, tag)
    return rule.type in ("creation", "required_linear_history")


def _has_wrong_name(wanted: Parameters, tag: str) -> bool:
    text = wanted.pattern or ""
    right = {
        "starts_with": tag.startswith(text),
        "ends_with": tag.endswith(text),
        "contains": text in tag,
    }.get(wanted.operator or "")
    return right is not None and right == wanted.negate


def _fits(pattern: str, ref: str) -> bool:
    """As Ruby's ``File.fnmatch`` with FNM_PATHNAME: ``*`` stands for anything but a slash, ``**/`` for any folders."""
    if pattern == "~ALL":
        return True
    parts, names = re.sub(r"\[\^", "[!", pattern).split("/"), ref.split("/")

    @cache
    def rest_fits(part: int, name: int) -> bool:
        if part == len(parts):
            return name == len(names)
        if parts[part] == "**" and part + 1 < len(parts):
            return rest_fits(part + 1, name) or (name < len(names) and rest_fits(part, name + 1))
        return name < len(names) and fnmatchcase(names[name], parts[part]) and rest_fits(part + 1, name + 1)

    return rest_fits(0, 0)
