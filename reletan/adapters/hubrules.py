"""What GitHub's rules ask of a branch or a tag: classic protection and rulesets. By REST, reading only."""

from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubask import ask, part, quoted
from reletan.adapters.hubshapes import Struct
from reletan.domain.config import Method
from reletan.domain.errors import Unauthorized
from reletan.domain.protection import BranchRules, Check, Rule, Ruleset, forbids_tag, others

T = TypeVar("T")

PAGE = 100
MOST_PAGES = 10
METHODS: tuple[Method, ...] = ("merge", "squash", "rebase")


class _Permissions(msgspec.Struct):
    push: bool | None = None


class _Repository(msgspec.Struct):
    """GitHub tells the ways of merging only to those who may write."""

    full_name: str
    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    delete_branch_on_merge: bool = False
    permissions: _Permissions | None = None


class _Contexts(msgspec.Struct):
    contexts: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.contexts, *(check.context for check in self.checks))))


class _Short(msgspec.Struct):
    required_status_checks: _Contexts | None = None


class _UpdateRule(Struct):
    requires_linear_history: bool = False
    requires_signatures: bool = False


class _Ref(Struct):
    ref_update_rule: _UpdateRule | None = None


class _Branch(msgspec.Struct):
    name: str
    protected: bool
    protection: _Short | None = None


class _Switch(msgspec.Struct, frozen=True):
    enabled: bool = False


class _Reviews(msgspec.Struct):
    required_approving_review_count: int = 0


class _Classic(msgspec.Struct):
    """Classic protection; ``hidden``: all but the checks is for those who may administrate."""

    required_pull_request_reviews: _Reviews | None = None
    required_status_checks: _Contexts | None = None
    required_linear_history: _Switch = _Switch()
    required_signatures: _Switch = _Switch()
    lock_branch: _Switch = _Switch()
    restrictions: dict[str, Any] | None = None
    hidden: bool = False

    @property
    def others(self) -> tuple[str, ...]:
        """What protects in a way of its own."""
        found = {
            "required_signatures": self.required_signatures.enabled,
            "restrictions": self.restrictions is not None,
            "unknown": self.hidden,
        }
        return tuple(name for name, holds in found.items() if holds)


def rules_of(hub: Hub, branch: str) -> BranchRules:
    """What is asked of changes of ``branch``, which need not exist. Three requests; four where classic protection
    holds, five where this token may not see all of it.

    What this token may not see counts as protecting. Raises HubError, and Unauthorized for a token that is not accepted.
    """
    repository = hub.read(hub.path, _Repository)
    hub.note_name(repository.full_name)
    name = quote(branch, safe="")
    found = hub.find(f"{hub.path}/branches/{name}", _Branch)
    classic = _classic(hub, name, found) if found and found.protected else _Classic()
    return _together(repository, classic, _rules(hub, name))


def _classic(hub: Hub, name: str, branch: _Branch) -> _Classic:
    if seen := _find(hub, f"{hub.path}/branches/{name}/protection", _Classic):
        return seen
    told = _as_told(hub, branch.name)
    return _Classic(
        required_status_checks=branch.protection.required_status_checks if branch.protection else None,
        required_linear_history=_Switch(told.requires_linear_history),
        required_signatures=_Switch(told.requires_signatures),
        hidden=True,
    )


def _as_told(hub: Hub, branch: str) -> _UpdateRule:
    """What GraphQL tells also those who may not administrate."""
    fields = "refUpdateRule { requiresLinearHistory requiresSignatures }"
    reply, response = ask(hub, f"it: ref(qualifiedName: {quoted(f'refs/heads/{branch}')}) {{ {fields} }}")
    return part(reply, response, "it", _Ref).ref_update_rule or _UpdateRule()


def _rules(hub: Hub, name: str) -> list[Rule]:
    """Of all rulesets that are active for the branch, those of the organization too."""
    rules: list[Rule] = []
    for page in range(1, MOST_PAGES + 1):
        more = _find(hub, f"{hub.path}/rules/branches/{name}?per_page={PAGE}&page={page}", list[Rule]) or []
        rules += more
        if len(more) < PAGE:
            break
    return rules


def _find(hub: Hub, path: str, type: type[T]) -> T | None:
    """None where GitHub does not show it: for want of a right, or where the plan of a private repository has no rules."""
    try:
        return hub.find(path, type)
    except Unauthorized:
        # A token that is not accepted at all is not let pass for one that may not see this
        hub.read(hub.path, _Repository)
        return None


def _together(repository: _Repository, classic: _Classic, rules: list[Rule]) -> BranchRules:
    reviews = classic.required_pull_request_reviews
    asked = [rule.more.required_approving_review_count for rule in rules if rule.type == "pull_request"]
    kinds = {rule.type for rule in rules}
    told = classic.required_status_checks
    checks = [
        *(told.names if told else ()),
        *(one.context for rule in rules for one in rule.more.required_status_checks),
    ]
    linear = classic.required_linear_history.enabled or "required_linear_history" in kinds
    locked = classic.lock_branch.enabled or "update" in kinds
    more = tuple(dict.fromkeys((*classic.others, *others(rules))))
    requires = reviews is not None or "pull_request" in kinds
    queue = "merge_queue" in kinds
    wants_checks = told is not None or "required_status_checks" in kinds
    return BranchRules(
        protected=any((requires, wants_checks, linear, locked, queue, more)),
        requires_pull_request=requires,
        approvals=max([reviews.required_approving_review_count if reviews else 0, *asked]),
        checks=tuple(dict.fromkeys(checks)),
        linear_history=linear,
        methods=_methods(repository, rules, linear),
        locked=locked,
        queue=queue,
        others=more,
        push_allowed=_may_push(repository, classic),
        deletes_heads=repository.delete_branch_on_merge,
    )


def _methods(repository: _Repository, rules: list[Rule], linear: bool) -> tuple[Method, ...]:
    allowed = {
        "merge": repository.allow_merge_commit and not linear,
        "squash": repository.allow_squash_merge,
        "rebase": repository.allow_rebase_merge,
    }
    lists = [rule.more.allowed_merge_methods for rule in rules if rule.more.allowed_merge_methods is not None]
    lists += [(rule.more.merge_method.lower(),) for rule in rules if rule.more.merge_method is not None]
    return tuple(method for method in METHODS if allowed[method] and all(method in some for some in lists))


def _may_push(repository: _Repository, classic: _Classic) -> bool | None:
    right = repository.permissions.push if repository.permissions else None
    return None if right and (classic.restrictions is not None or classic.hidden) else right


def new_branch_rules(hub: Hub, branch: str) -> str | None:
    """The name of a ruleset that forbids this token to push ``branch``, which is not there yet; None: none is known.

    One request, and one for each ruleset that refuses it to most people. Raises as ``tag_rules``.
    """
    refusing = [rule.ruleset_id for rule in _rules(hub, quote(branch, safe="")) if rule.refuses_new_branch]
    for id in dict.fromkeys(filter(None, refusing)):
        ruleset = _find(hub, f"{hub.path}/rulesets/{id}?includes_parents=true", Ruleset)
        if ruleset and not ruleset.lets_push:
            return ruleset.name
    return None


def tag_rules(hub: Hub, tag: str) -> str | None:
    """The name of a tag ruleset that forbids this token to make ``tag`` at a merge commit; None: none is known.

    One request, and one for each active tag ruleset until one forbids it. What is not judged: see ``forbids_tag``. Raises
    HubError, and Unauthorized for a token that is not accepted.
    """
    query = f"targets=tag&includes_parents=true&per_page={PAGE}"
    for listed in _find(hub, f"{hub.path}/rulesets?{query}", list[Ruleset]) or []:
        if (listed.target, listed.enforcement) == ("tag", "active"):
            ruleset = _find(hub, f"{hub.path}/rulesets/{listed.id}?includes_parents=true", Ruleset)
            if ruleset and forbids_tag(ruleset, tag):
                return ruleset.name
    return None
