"""Which commits of a range merged a pull request, and which of those are the flow's own."""

from collections.abc import Container, Iterable, Mapping

import msgspec

from reletan.domain.history import NOBODY, Lineage
from reletan.domain.subjects import Said, merged_branch, said_by, written_title

BACKMERGE_PREFIX = "backmerge/"


class Names(msgspec.Struct, frozen=True):
    """The flow's branches; ``owner`` and ``url`` ("https://github.com/o/r") of the repository where they are known."""

    production: str
    development: str
    release_prefix: str
    hotfix_prefix: str
    owner: str | None = None
    url: str | None = None


def find(lineage: Lineage, names: Names, pull_heads: Mapping[int, str]) -> dict[int, Said]:
    """What merged a pull request, by position: by its own word where that can be true, or by the head it merged."""
    said = {at: word for at in lineage.order if (word := said_by(lineage.commits[at]))}
    known = _known(said.values(), pull_heads)
    found = {at: word for at, word in said.items() if known is None or word.number in known}
    for at, numbers in _merged_heads(lineage, pull_heads).items():
        word = said.get(at)
        if word is not None:
            number = word.number if word.number in numbers else max(numbers)
            found[at] = msgspec.structs.replace(word, number=number)
        elif not _merges_the_flow(lineage.commits[at].subject, names):
            branch = merged_branch(lineage.commits[at].subject)
            found[at] = Said(max(numbers), "merge", _title(lineage, at, branch), branch=branch)
    outer = lineage.enclosing(found)
    # A commit on the branch of #12 that ends in (#12) speaks of its own pull request
    return {at: word for at, word in found.items() if outer[at] == NOBODY or found[outer[at]].number != word.number}


def _known(said: Iterable[Said], pull_heads: Mapping[int, str]) -> Container[int] | None:
    """The numbers that are pull requests; None when too few are known to tell, as a mirror may carry only some."""
    named = {word.number for word in said}
    return pull_heads if 2 * sum(number in pull_heads for number in named) > len(named) else None


def _merged_heads(lineage: Lineage, pull_heads: Mapping[int, str]) -> dict[int, set[int]]:
    """The merges of which a parent, not the first, is the head of pull requests: their numbers."""
    merges: dict[str, list[int]] = {}
    for at in lineage.order if pull_heads else ():
        for parent in lineage.commits[at].parents[1:]:
            merges.setdefault(parent, []).append(at)
    numbers: dict[int, set[int]] = {}
    for number, head in pull_heads.items():
        for at in merges.get(head, ()):
            numbers.setdefault(at, set()).add(number)
    return numbers


def _merges_the_flow(subject: str, names: Names) -> bool:
    """Whether a plain merge's subject says that it merges a branch of the flow, or a tag."""
    branch = merged_branch(subject)
    if branch is None:
        # Nobody opens a pull request from a tag: it is the back-merge of a release
        return subject.startswith("Merge tag '")
    return _begins(branch, names.hotfix_prefix) or _is_flow(branch, names) or _is_long_lived(branch, names)


def _is_flow(branch: str, names: Names) -> bool:
    return _begins(branch, names.release_prefix) or branch.startswith(BACKMERGE_PREFIX)


def _is_long_lived(branch: str, names: Names) -> bool:
    return branch in (names.production, names.development)


def _begins(branch: str, prefix: str) -> bool:
    return bool(prefix) and branch.startswith(prefix)


def _title(lineage: Lineage, at: int, branch: str | None) -> str:
    """The title of a pull request whose merge does not tell its number."""
    merge = lineage.commits[at]
    return written_title(merge) or _only_subject(lineage, at) or branch or merge.subject


def _only_subject(lineage: Lineage, at: int) -> str | None:
    """The subject of the one commit that the merge ``at`` brought in; None when it brought in another number."""
    parents = lineage.commits[at].parents
    head = lineage.index.get(parents[1], NOBODY)
    if len(parents) > 2 or head == NOBODY or lineage.into[head] != at:
        return None
    before = [lineage.index.get(sha, NOBODY) for sha in lineage.commits[head].parents]
    alone = len(before) < 2 and all(one == NOBODY or lineage.into[one] != at for one in before)
    return lineage.commits[head].subject if alone else None


def contributions(lineage: Lineage, found: Mapping[int, Said], names: Names) -> dict[int, Said]:
    """``found`` (position -> what merged a pull request) without the pull requests of the flow itself."""
    # From the innermost out: some depend on what is inside
    counted: dict[int, Said] = {}
    bare = [False] * len(lineage.commits)  # holds a commit that no counted pull request brought
    full = [False] * len(lineage.commits)  # holds a counted pull request
    for at in reversed(lineage.order):
        is_merge, merge, word = lineage.commits[at].is_merge, lineage.into[at], found.get(at)
        if word and _counts(word, names, bare=bare[at] or not is_merge, full=full[at]):
            counted[at] = word
            is_bare, is_full = False, True
        else:
            is_bare, is_full = bare[at] or not is_merge, full[at]
        if merge >= 0:
            bare[merge] |= is_bare
            full[merge] |= is_full
    return counted


def _counts(word: Said, names: Names, *, bare: bool, full: bool) -> bool:
    """Whether a merged pull request is a contribution. ``bare``: it holds a commit that no counted pull request
    brought; ``full``: it holds a counted one."""
    branch, owner = word.branch or "", word.owner or names.owner
    if owner and names.owner and owner.casefold() != names.owner.casefold():
        return True
    if _is_flow(branch, names):
        return False
    if _begins(branch, names.hotfix_prefix):
        return bare
    if not _is_long_lived(branch, names):
        return True
    # Contributors work on the development branch of their fork, and without our own name nobody can tell it from ours.
    # Ours brings merged pull requests, or nothing: a branch is not merged into itself. A fork's brings commits
    return names.owner is None and bare and not full
