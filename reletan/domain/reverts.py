"""What was taken back within a range, and by which commit."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from reletan.domain.history import UNREACHED, Commit, Lineage
from reletan.domain.subjects import Said, merged_pull, pull_number, trailing_number

_BY_SHA = re.compile(r"This reverts commit ([0-9a-fA-F]{7,64})(?![0-9a-zA-Z])")
_BY_NUMBER = re.compile(r"^Reverts (?:([\w.-]+/[\w.-]+))?#([0-9]+)(?!\w)", re.MULTILINE)
# The branch that GitHub's button makes
_BUTTON_BRANCH = re.compile(r"revert-([0-9]+)-.")
_ABBREVIATED = 7


class Repository(msgspec.Struct, frozen=True):
    """Which repository it is, as far as known: ``owner`` and ``path`` ("owner/name")."""

    owner: str | None = None
    path: str | None = None


def undone_by(
    lineage: Lineage, counted: Mapping[int, Said], repository: Repository, brought: Mapping[int, Iterable[int]]
) -> dict[int, int]:
    """The commits that are taken back: position -> position of the revert that does it.

    ``brought``: for a pull request that landed commit by commit, all of its positions: its number means all of them.

    A revert works only while nothing takes it back in turn; of two that work the newer is named. Who takes back a
    merge takes back all that it brought in.
    """
    targets = _targets(lineage, counted, repository, brought)
    undone: dict[int, int] = {}
    if not targets:
        return undone
    # Newest first, and a revert counts only for what is older: so each commit's fate is settled before its word is
    # taken, and texts that revert each other or themselves do nothing
    for at, merge in enumerate(lineage.into):
        if at not in undone and merge in undone:
            undone[at] = undone[merge]
        if at not in undone:
            for target in targets.get(at, ()):
                if target > at:
                    undone.setdefault(target, at)
    return undone


def _targets(
    lineage: Lineage, counted: Mapping[int, Said], repository: Repository, brought: Mapping[int, Iterable[int]]
) -> dict[int, list[int]]:
    """What each commit says that it reverts: by shas, and by pull requests' numbers where no sha says otherwise."""
    targets: dict[int, list[int]] = {}
    hinted: dict[int, list[int]] = {}
    shas = _Shas(lineage)
    for at in lineage.order:
        commit = lineage.commits[at]
        if "evert" not in commit.message:
            continue
        by_sha = [one for match in _BY_SHA.finditer(commit.message) if (one := shas.find(match[1])) is not None]
        if by_sha:
            targets[at] = by_sha
        else:
            hinted[at] = list(_hints(commit, counted.get(at), repository))
    if any(hinted.values()):
        _add_hinted(lineage, counted, hinted, targets, brought)
    return targets


def _add_hinted(
    lineage: Lineage,
    counted: Mapping[int, Said],
    hinted: Mapping[int, list[int]],
    targets: dict[int, list[int]],
    brought: Mapping[int, Iterable[int]],
) -> None:
    inside = lineage.enclosing(counted)
    # Pull requests whose own commits name shas: they may take back only a part of what the branch's name says
    explicit = {inside[at] for at in targets}
    places: dict[int, list[int]] = {}
    for at, word in counted.items():
        places.setdefault(word.number, []).extend(brought.get(at, (at,)))
    for at, numbers in hinted.items():
        if at not in explicit:
            targets[at] = [place for number in dict.fromkeys(numbers) for place in places.get(number, ())]


def _hints(commit: Commit, word: Said | None, repository: Repository) -> Iterator[int]:
    """The numbers of the pull requests that ``commit`` says it reverts."""
    for match in _BY_NUMBER.finditer(commit.message):
        if _is_ours(match[1], repository.path):
            yield pull_number(match[2]) or 0
    yield _quoted_number(word.title if word else commit.subject) or 0
    if word and word.branch and _is_ours(word.owner, repository.owner):
        button = _BUTTON_BRANCH.match(word.branch)
        yield (pull_number(button[1]) if button else None) or 0


def _is_ours(named: str | None, known: str | None) -> bool:
    return named is None or known is None or named.casefold() == known.casefold()


def _quoted_number(title: str) -> int | None:
    """``Revert "Title (#12)"``, with or without its own number behind it, -> 12."""
    ending = trailing_number(title)
    quoted = ending[0] if ending else title
    if not quoted.startswith('Revert "'):
        return None
    quoted = quoted.removeprefix('Revert "').removesuffix('"')
    inner = trailing_number(quoted)
    return inner[1] if inner else merged_pull(quoted)


class _Shas:
    """Finds commits that the tip reaches by their shas, whole or abbreviated."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._abbreviated: dict[str, list[int]] = {}

    def find(self, sha: str) -> int | None:
        """The position of the one commit whose sha begins with ``sha``; None when there is none, or several."""
        sha = sha.lower()
        at = self._lineage.index.get(sha)
        if at is not None:
            return at if self._lineage.into[at] != UNREACHED else None
        if not self._abbreviated:
            for one in self._lineage.order:
                self._abbreviated.setdefault(self._lineage.commits[one].sha[:_ABBREVIATED], []).append(one)
        candidates = self._abbreviated.get(sha[:_ABBREVIATED], ())
        matching = [one for one in candidates if self._lineage.commits[one].sha.startswith(sha)]
        return matching[0] if len(matching) == 1 else None
