"""What a team that comes from git-pr-release or git-flow has written down, and what of it has no counterpart here."""

from collections.abc import Iterable, Sequence

import msgspec

from reletan.domain.gitflow import GitFlow, Said
from reletan.domain.refs import problem_with
from reletan.domain.rules import shown

PR_RELEASE = ".git-pr-release"
DEFAULT = "git-pr-release's default"
PLACES = (".gitflow", "git configuration")
BRANCHES = {
    "production": ("pr-release.branch.production", "master"),
    "development": ("pr-release.branch.staging", "staging"),
}
NOT_TAKEN = {
    "template": "it is ERB, and reletan's templates are Jinja: write it anew, and name it as checklist.template",
    "labels": "reletan puts no labels on the release pull request",
    "aggregate-labels": "reletan puts no labels on the release pull request",
    "mention": "the checklist mentions the author of each pull request, never the assignee",
    "assign-pr-author": "reletan assigns nobody; the checklist mentions each author",
    "request-pr-author-review": "reletan asks nobody for a review; the checklist mentions each author",
    "overwrite-description": "what people write in the pull request always stays",
    "ssl-no-verify": "certificates are always checked; name your own by REQUESTS_CA_BUNDLE",
    "token": "a secret does not belong into a file: revoke it, and set GH_TOKEN where reletan runs",
}
# of `git flow release finish` and `git flow hotfix finish`; what is not here has no counterpart
FINISH = {
    **dict.fromkeys(("keep", "keepremote", "keeplocal"), "give `reletan tag --keep-branch` where you want it"),
    **dict.fromkeys(("sign", "signingkey"), "give `reletan tag --sign`; the key is git's user.signingkey"),
    **dict.fromkeys(("message", "messagefile"), "give `reletan tag --message TEXT`"),
    **dict.fromkeys(("nobackmerge", "nodevelopmerge"), "give `reletan tag --backmerge none`"),
}
ALWAYS = ("fetch", "push", "pushproduction", "pushdevelop", "pushtag")
_OFF = ("false", "no", "off", "0", "")


class PrRelease(msgspec.Struct, frozen=True):
    """What git-pr-release's file says. ``branches``: name in ``[flow]`` -> the branch, and the key that says so."""

    branches: dict[str, Said]
    warnings: tuple[str, ...] = ()


def read_pr_release(pairs: Iterable[tuple[str, str]]) -> PrRelease:
    """``pairs`` of key and value as ``git config --list`` gives them. A branch that is not named is git-pr-release's default."""
    said = {key: value for key, value in pairs if key.startswith("pr-release.")}
    branches, warnings = {}, []
    for name, (key, default) in BRANCHES.items():
        branch = said.pop(key, None)
        if branch is not None and (problem := problem_with(branch)):
            warnings.append(f"{PR_RELEASE}: {key} is not taken over: the name {problem}")
        else:
            branches[name] = Said(default, DEFAULT) if branch is None else Said(branch, key)
    warnings += [warning for key, value in said.items() if (warning := _not_taken(key, value))]
    return PrRelease(branches, tuple(warnings))


def disagreement(name: str, git_flow: Sequence[GitFlow], theirs: PrRelease) -> str | None:
    """How git-flow and git-pr-release's file disagree about ``name`` (in ``[flow]``); its defaults say nothing."""
    given = next((given for said in git_flow if (given := said.layer("").get(f"flow.{name}"))), None)
    branch = theirs.branches.get(name)
    if given is None or branch is None or branch.key == DEFAULT or branch.value == given.value:
        return None
    return f"git-flow says {shown(given.value)}, {PR_RELEASE} says {shown(branch.value)}"


def _not_taken(key: str, value: str) -> str | None:
    # the name of a host may stand before it
    name = key.rpartition(".")[2]
    if name == "mention" and value == "author":
        return None
    return f"{PR_RELEASE}: {shown(key)} is not taken over: {NOT_TAKEN.get(name, 'reletan has nothing like it')}"


def not_taken_from_git_flow(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Warnings about options of git-flow's ``finish`` in git configuration, which are flags of ``reletan tag``, or nothing."""
    warnings = []
    for key, value in pairs:
        section, _, option = key.partition(".finish.")
        if section not in ("gitflow.release", "gitflow.hotfix") or option in ALWAYS or value.lower() in _OFF:
            continue
        warnings.append(f"{shown(key)} is not taken over: {FINISH.get(option, 'reletan has nothing like it')}")
    return warnings


def source_of(name: str, value: str, git_flow: Sequence[GitFlow], theirs: PrRelease | None) -> str | None:
    """Who says that ``name`` (in ``[flow]``) is ``value``: git-flow (``git_flow``: the clone's last), or git-pr-release."""
    for place, said in zip(PLACES[-len(git_flow) :], git_flow, strict=True):
        given = said.layer(place).get(f"flow.{name}")
        if given is not None and given.value == value:
            return given.source
    if theirs is None:
        return None
    if name == "finish":
        return f"{PR_RELEASE}: releases go by pull request"
    branch = theirs.branches.get(name)
    return f"{PR_RELEASE}: {branch.key}" if branch is not None and branch.value == value else None
