"""What a commit's message says about pull requests, before the graph is asked."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from reletan.domain.history import Commit

How = Literal["merge", "squash", "rebase"]

# "unknown repository": what GitHub writes when the fork is gone
_MERGED_PULL = re.compile(r"Merge pull request #([0-9]+) from (unknown repository|\S+)")
_MERGED_BRANCH = re.compile(r"Merge (remote-tracking )?branch(?:es)? '([^']+)'")
# An item of a list in the body of a squash commit, a tick box included
_ITEM = re.compile(r"[ \t]*[*-] +(?:\[[ xX]\] +)?(.*)")
_ITEM_NUMBER = re.compile(r"#([0-9]+)(?!\S)")
# How lines begin that git and its helpers write into a merge's message: conflicts, shortlogs, trailers
_GENERATED = ("#", "Conflicts:", "* ", "Signed-off-by:", "Co-authored-by:", "Change-Id:")


class Said(msgspec.Struct, frozen=True, gc=False):
    """A commit's word that it merged a pull request; ``owner`` and ``branch`` of its head where it has them."""

    number: int
    how: How
    title: str
    owner: str | None = None
    branch: str | None = None


def pull_number(digits: str) -> int | None:
    """The number that ``digits`` write as GitHub does, else None: no zero in front, and it fits GitHub's integer."""
    if not digits or len(digits) > 10 or not (digits.isascii() and digits.isdigit()) or digits[0] == "0":
        return None
    number = int(digits)
    return number if number < 2**31 else None


def trailing_number(subject: str) -> tuple[str, int] | None:
    """``Title (#12)`` -> ``("Title", 12)``; None for ``fix(#12)``, ``(owner/repo#12)`` and numbers in the middle."""
    if not subject.endswith(")"):
        return None
    start = subject.rfind("(#")
    if start < 0:
        return None
    before = subject[start - 1 : start]
    number = pull_number(subject[start + 2 : -1])
    if number is None or before.isalnum() or before in ("_", "/"):
        return None
    return subject[:start].rstrip() or subject, number


def said_by(commit: Commit) -> Said | None:
    """The pull request that ``commit`` says it merged, else None."""
    if "#" not in commit.message:
        return None
    if commit.is_merge:
        return _said_by_merge(commit)
    ending = trailing_number(commit.subject)
    return Said(ending[1], "squash", ending[0]) if ending else None


def _said_by_merge(commit: Commit) -> Said | None:
    subject = commit.subject
    match = _MERGED_PULL.match(subject)
    if match is None:
        ending = trailing_number(subject)
        return Said(ending[1], "merge", ending[0], branch=merged_branch(subject)) if ending else None
    number = pull_number(match[1])
    if number is None:
        return None
    owner, slash, branch = match[2].partition("/")
    # Without an empty line between them, git takes the title for a part of the subject
    title = _first_line(commit.body) or subject[match.end() :].strip() or (branch if slash else owner)
    return Said(number, "merge", title, owner=owner if slash else None, branch=branch if slash else owner)


def merged_pull(subject: str) -> int | None:
    """``Merge pull request #12 from owner/branch`` -> 12."""
    match = _MERGED_PULL.match(subject)
    return pull_number(match[1]) if match else None


def merged_branch(subject: str) -> str | None:
    """The branch that ``Merge branch 'x' into y`` names, without its remote or owner; None for other subjects."""
    match = _MERGED_BRANCH.match(subject)
    if match is None:
        return None
    name = match[2].rpartition(":")[2]
    return name.partition("/")[2] or name if match[1] else name


def written_title(commit: Commit) -> str | None:
    """The title that somebody wrote into the body of a merge; None when there is no body, or git wrote it."""
    line = _first_line(commit.body)
    return None if not line or line.startswith(_GENERATED) else line


def released_numbers(commits: Iterable[Commit]) -> frozenset[int]:
    """The pull requests that ``commits`` name: by their subjects, and in the lists in the bodies of squash commits.

    For production that was squash-merged: what it has by name although ancestry does not show it.
    """
    numbers: set[int] = set()
    for commit in commits:
        said = said_by(commit)
        if said:
            numbers.add(said.number)
        if not commit.is_merge and "#" in commit.message:
            numbers.update(_listed(commit.body))
    return frozenset(numbers)


def _listed(body: str) -> Iterable[int]:
    for line in body.split("\n"):
        item = _ITEM.match(line) if "#" in line else None
        number = _item_number(item[1].rstrip()) if item else None
        if number:
            yield number


def _item_number(item: str) -> int | None:
    match = _MERGED_PULL.match(item) or _ITEM_NUMBER.match(item)
    if match:
        return pull_number(match[1])
    ending = trailing_number(item)
    return ending[1] if ending else None


def _first_line(body: str) -> str | None:
    return next((line for line in map(str.strip, body.split("\n")) if line), None)
