"""The checklist of a release: one item for each pull request, ticked by its author once it works on the test environment.

What people ticked stands nowhere but in the release pull request's text. A hidden mark on each item's line says which pull
request it is, and which commits its tick is about: so the item opens again when others arrive.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from reletan.domain.history import NOBODY, Commit
from reletan.domain.listing import Listing
from reletan.domain.markedblock import MarkedBlock, fenced, lines_of
from reletan.domain.notes import Notes, Place, Policy, compose
from reletan.domain.pulls import LooseCommit, PullRequest, Survey
from reletan.domain.subjects import pull_number
from reletan.domain.text import Text

# The part of the release pull request's text that holds it; GitHub takes so many characters, not bytes, for the whole text
BLOCK = MarkedBlock(
    "checklist", 65_536,
    "made again, down to the next mark; your ticks are kept, and your own text above or below them is kept",
)  # fmt: skip

# Of the commits that name one pull request the newest count: a new one is always among these
MOST_COMMITS = 50
_ID = 10  # characters of a commit's id that a mark holds

_NAMED = re.compile(r"(?<![\w/#&])#([0-9]{1,10})(?!\w)")
_MARK = re.compile(r"<!--[ \t]*+reletan:item[ \t]++([0-9]{1,10})((?:[ \t]++\+?[0-9a-f,]++)*+)[ \t]*+-->")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_BULLET = r"[ \t>]*+(?:[-*+]|[0-9]{1,9}[.)])"
_BOX = re.compile(rf"(?:{_BULLET}[ \t]++|[ \t>]*+)\[([ xX])\]")
_TASK = re.compile(rf"\A({_BULLET}[ \t]++)\[[ xX]\][ \t]?")
_OTHER = re.compile(rf"(?:{_BULLET}|[ \t>]*+#{{1,6}})(?:\s|$)")

_WHOLE = Policy(categories=())
_NOWHERE = Place(
    version=None, tag=None, released=False, date=None, repository=None, web_url=None, compare_url=None
)  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request that somebody has to confirm. ``author``: a login.

    ``commits``: ids of what landed for it: its merge or squash commit, and commits whose message names it.
    """

    number: int
    title: Text
    author: str | None
    author_name: Text | None
    url: str | None
    commits: tuple[str, ...]


class Mark(msgspec.Struct, frozen=True):
    """What a text says about an item. ``seen``: beginnings of the ids of the commits that it was about, ``fresh``: of those
    that opened it again.
    """

    ticked: bool
    seen: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()


class Item(msgspec.Struct, frozen=True):
    """``reopened``: the commits that arrived after somebody had ticked it; none while it is ticked."""

    entry: Entry
    ticked: bool = False
    reopened: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark:
        """What a text has to say about it, so that ``read`` and ``settle`` give it again."""
        seen = [one for one in self.entry.commits if one not in self.reopened]
        return Mark(self.ticked, frozenset(map(_short, seen)), frozenset(map(_short, self.reopened)))

    @property
    def comment(self) -> str:
        """The hidden mark for its line: ``<!-- reletan:item 12 4af6c69aa0 +a66b0c1d22 -->``."""
        fresh = ",".join(map(_short, self.reopened))
        seen = ",".join(_short(one) for one in self.entry.commits if one not in self.reopened)
        words = ("<!-- reletan:item", str(self.entry.number), seen, fresh and f"+{fresh}", "-->")
        return " ".join(filter(None, words))


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An author and what is left to do: the open items, and how many are ``done``. Both names None: nobody knows."""

    login: str | None
    name: Text | None
    open: tuple[Item, ...]
    done: int


# what has to be confirmed


def everything(listing: Listing, place: Place = _NOWHERE) -> Notes:
    """``listing`` as notes that leave nothing out: what counts, what was taken back, and commits on their own."""
    return compose(listing, _WHOLE, place)


def counted(notes: Notes) -> list[PullRequest]:
    """The pull requests that bring something, newest first."""
    return [pull for section in notes.sections for pull in section.pull_requests]


def entries_of(listing: Listing, named: Mapping[int, Sequence[str]]) -> tuple[Entry, ...]:
    """What has to be confirmed, newest first: not what was taken back within the range, nor what only takes back.

    ``named``: number -> the commits that name it, newest first, as ``named_in`` gives them.
    """
    return tuple(
        Entry(
            number=pull.number,
            title=pull.title,
            author=pull.author,
            author_name=pull.author_name,
            url=pull.url,
            commits=tuple(dict.fromkeys((pull.commit, *named.get(pull.number, ()))))[:MOST_COMMITS],
        )
        for pull in counted(everything(listing))
    )


def named_in(commits: Iterable[Commit]) -> dict[int, list[str]]:
    """Which commits name which number (``Fix the total (refs #12)``), in their order; ``owner/name#12`` is another's.

    Of a merge only the body counts: its subject says what it merges.
    """
    named: dict[int, list[str]] = {}
    for commit in commits:
        if "#" in commit.message:
            text = commit.body if commit.is_merge else commit.message
            found = {number for digits in _NAMED.findall(text) if (number := pull_number(digits))}
            for number in found:
                named.setdefault(number, []).append(commit.sha)
    return named


def brought_in(survey: Survey) -> dict[int, tuple[LooseCommit, ...]]:
    """For each pull request of the range the commits that it brought, newest first, without merges."""
    words, lineage = survey.counted(), survey.lineage
    bringer = lineage.enclosing(words)
    for at, word in words.items():
        for own in survey.came_with(at, word):
            bringer[own] = at
    brought: dict[int, list[LooseCommit]] = {}
    for at in sorted(lineage.order):
        commit = lineage.commits[at]
        if bringer[at] != NOBODY and not commit.is_merge:
            loose = LooseCommit(commit.sha, Text(commit.subject), Text(commit.author))
            brought.setdefault(words[bringer[at]].number, []).append(loose)
    return {number: tuple(own) for number, own in brought.items()}


# what people ticked


def read(body: str | None) -> dict[int, Mark]:
    """The items of a text, wherever people moved them and whatever they made of their words. Never raises.

    A box counts for the next mark behind it, as long as no other item of a list and no empty line comes between. Of a number
    that stands there more than once the copies in the block count, else those in people's text, else what a code fence quotes;
    it is ticked where all of these are.
    """
    lines = lines_of(body or "")
    quoted, block = fenced(lines), BLOCK.inside(lines)
    found: tuple[_Copies, _Copies, _Copies] = {}, {}, {}
    ticked = False
    for at, line in enumerate(lines):
        end, ticked = 0, ticked and bool(line.strip(" \t\r\n>"))
        for match in _MARK.finditer(line):
            ticked, end = _box(line[end : match.start()], ticked), match.end()
            _keep(found[0 if at in quoted else 1 if at not in block else 2], ticked, match)
            ticked = False
        ticked = _box(line[end:], ticked)
    return {number: _joined(copies) for number, copies in (found[0] | found[1] | found[2]).items()}


def disarmed(body: str) -> str:
    """``body`` with the items of an older list as plain words, without box and mark: nobody ticks there what counts elsewhere.

    What a code fence quotes stays as it is.
    """
    lines = lines_of(body)
    quoted = fenced(lines)
    return "".join(line if at in quoted else _without_items(line) for at, line in enumerate(lines))


def _without_items(line: str) -> str:
    if not _MARK.search(line):
        return line
    plain = _MARK.sub(lambda mark: mark[0].replace("reletan:", "reletan: ", 1), line)
    return _TASK.sub(r"\1", plain)


_Copies = dict[int, list[tuple[bool, list[str], list[str]]]]


def _box(text: str, before: bool) -> bool:
    """Whether a ticked box is waiting for its mark behind ``text``; ``before``: whether one is in front of it."""
    if box := _BOX.match(text):
        return box[1] != " "
    return before and not _OTHER.match(text)


def _keep(into: _Copies, ticked: bool, match: re.Match[str]) -> None:
    """Notes one mark down; one that makes no sense is none."""
    number, words = pull_number(match[1]), match[2].split()
    seen = [one for word in words if word[0] != "+" for one in word.split(",")]
    fresh = [one for word in words if word[0] == "+" for one in word[1:].split(",")]
    if number and all(map(_COMMIT.fullmatch, seen + fresh)):
        into.setdefault(number, []).append((ticked, seen, fresh))


def _joined(copies: Sequence[tuple[bool, list[str], list[str]]]) -> Mark:
    fresh = frozenset(one for _, _, fresh in copies for one in fresh)
    seen = frozenset(one for _, seen, _ in copies for one in seen)
    return Mark(all(ticked for ticked, _, _ in copies), seen - fresh, fresh)


def settle(entries: Iterable[Entry], marks: Mapping[int, Mark]) -> tuple[Item, ...]:
    """The checklist as it is now. A tick holds for the commits that its mark knows: others open the item again, until
    somebody ticks it anew.
    """
    return tuple(_settled(entry, marks.get(entry.number, Mark(False))) for entry in entries)


def _settled(entry: Entry, mark: Mark) -> Item:
    if not mark.ticked and not mark.fresh:
        return Item(entry)
    unknown = _without(entry.commits, mark.seen | mark.fresh if mark.ticked else mark.seen)
    return Item(entry, ticked=mark.ticked and not unknown, reopened=unknown)


def _without(commits: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    lengths = {len(one) for one in known}
    return tuple(one for one in commits if not any(one[:length] in known for length in lengths))


def _short(commit: str) -> str:
    return commit[:_ID]


# who has what to do


def overview(items: Iterable[Item]) -> list[Person]:
    """The authors by login, then bots and those whose login nobody knows, each once."""
    return [
        Person(
            login=group[0].entry.author,
            name=group[0].entry.author_name,
            open=tuple(item for item in group if not item.ticked),
            done=sum(item.ticked for item in group),
        )
        for group in by_author(items)
    ]


def by_author(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items of each author, in the order of ``overview``."""
    groups: dict[tuple[int, str], list[Item]] = {}
    for item in items:
        groups.setdefault(_place(item.entry), []).append(item)
    return (groups[place] for place in sorted(groups))


def _place(entry: Entry) -> tuple[int, str]:
    if entry.author:
        return int(entry.author.endswith("[bot]")), entry.author.casefold()
    return (2, entry.author_name.raw) if entry.author_name else (3, "")
