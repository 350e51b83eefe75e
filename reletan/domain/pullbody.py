"""The texts of the release pull request and of the deploy pull request: what a template makes, within people's own words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from reletan.domain.checklist import BLOCK, Entry, Item, by_author, counted, disarmed, overview, read, settle
from reletan.domain.contributors import Contributor, contributors
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.markedblock import MarkedBlock, Room
from reletan.domain.notes import MARKDOWN, Notes, context
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text, one_line

RELEASE = BLOCK
LIMIT = RELEASE.limit
DEPLOY = MarkedBlock("deploy", LIMIT, "made again, down to the next mark; your own text above or below them is kept")

_MOST_NAME = 60
_SHORT = 7


class Level(msgspec.Struct, frozen=True):
    """How much a text says. ``title``: the most characters of a title; ``lists``: also what nobody has to confirm, commit
    by commit; ``compact``: numbers only; ``most``: only so many of the open items (of the pull requests).
    """

    title: int | None = None
    lists: bool = True
    compact: bool = False
    most: int | None = None


LEVELS = (Level(), Level(title=60), Level(title=60, lists=False), Level(title=30, lists=False))
COMPACT = Level(title=0, lists=False, compact=True)

Write = Callable[[dict[str, Any]], str]
"""Fills the template with the values; what it raises goes through."""


# the release pull request


def release_body(body: str | None, entries: Sequence[Entry], notes: Notes, write: Write) -> str:
    """``body`` with the checklist of ``entries`` as it is now; the very same where nothing has changed.

    ``notes``: what ``checklist.everything`` makes of the same list. Ticks of ``body`` are kept wherever they stand, and
    people's text to the byte; an older list among it (``has_older_list``) becomes plain words. Too long for GitHub: titles
    are shortened, then only numbers stay, then open items are only counted. Raises Blocked where people's text leaves no
    room even for what is ticked, and UsageError where a template loses items.
    """
    items = settle(entries, read(body))
    kept = disarmed(body) if body and not RELEASE.is_in(body) else body
    return RELEASE.put(kept, lambda room: _checklist(items, notes, write, room))


def has_older_list(body: str | None) -> bool:
    """Whether people damaged the marks around the checklist: its words then stay among theirs, and a new one comes below."""
    return RELEASE.is_damaged(body) or (not RELEASE.is_in(body) and bool(read(body)))


def _checklist(items: Sequence[Item], notes: Notes, write: Write, room: Room) -> list[str]:
    def lines(level: Level) -> list[str]:
        return RELEASE.prepared(write(checklist_context(items, notes, level)))

    level = _fit(lambda level: room.fits(lines(level)), sum(not item.ticked for item in items), "checklist")
    made = lines(level)
    wanted = {item.entry.number: item.mark for item in _shown(items, level)}
    if (found := read("\n".join(made))) != wanted:
        lost = min(number for number in wanted | found if wanted.get(number) != found.get(number))
        raise UsageError(
            f"The template of the checklist does not keep the tick of #{lost}.",
            next="begin the line of each pull request with `- [{{ pull.box }}]`, and end it with `{{ pull.mark }}`",
        )
    return made


def checklist_context(items: Sequence[Item], notes: Notes, level: Level = LEVELS[0]) -> dict[str, Any]:
    """The checklist as plain data for the template, every text from outside inert Markdown, except the mention that each
    author has once. docs/templates.md says what each value is.
    """
    shown = _shown(items, level)
    groups = list(by_author(shown))
    people = [_person(group[0].entry, (item.entry.number for item in group)) for group in groups]
    values = _context(notes, people, level)
    return {
        **_common(values, level),
        "groups": [
            _group(who, group, notes.place.web_url, level)
            for who, group in zip(values["contributors"], groups, strict=True)
        ],
        "more": len(items) - len(shown),
        "counts": {
            "pull_requests": len(items), "done": sum(item.ticked for item in items),
            "people": sum(1 for person in overview(items) if person.login or person.name),
            "reverted": len(notes.reverted), "commits": len(notes.commits),
        },
    }  # fmt: skip


def _shown(items: Sequence[Item], level: Level) -> list[Item]:
    """All that is ticked, and as many of the others as the level allows, in their order."""
    left = len(items) if level.most is None else level.most
    shown = []
    for item in items:
        if item.ticked or left > 0:
            shown.append(item)
            left -= not item.ticked
    return shown


def _group(who: dict[str, Any], group: Sequence[Item], page: str | None, level: Level) -> dict[str, Any]:
    return {**_named(who), "pull_requests": [_item(item, page, level) for item in group]}


def _item(item: Item, page: str | None, level: Level) -> dict[str, Any]:
    entry = item.entry
    return {
        "number": entry.number, "link": _pull_link(entry.number, entry.url, level),
        "title": _cut(entry.title, level.title).markdown(), "ticked": item.ticked, "box": "x" if item.ticked else " ",
        "reopened": [_commit_link(sha, page, level) for sha in item.reopened], "mark": item.comment,
    }  # fmt: skip


# the deploy pull request


def deploy_body(
    body: str | None,
    notes: Notes,
    commits: Mapping[int, Sequence[LooseCommit]],
    write: Write,
    *,
    environment: str,
    branch: str,
) -> str:
    """``body`` with what ``branch`` of ``environment`` gets; the very same where nothing has changed.

    ``notes``: what ``checklist.everything`` makes of the list; ``commits``: which ones each pull request brought. Too long
    for GitHub: as ``release_body``. Raises Blocked where people's text leaves no room.
    """

    def made(room: Room) -> list[str]:
        def lines(level: Level) -> list[str]:
            values = deploy_context(notes, commits, environment=environment, branch=branch, level=level)
            return DEPLOY.prepared(write(values))

        return lines(_fit(lambda level: room.fits(lines(level)), len(counted(notes)), "list of changes"))

    return DEPLOY.put(body, made)


def deploy_context(
    notes: Notes,
    commits: Mapping[int, Sequence[LooseCommit]],
    *,
    environment: str,
    branch: str,
    level: Level = LEVELS[0],
) -> dict[str, Any]:
    """What a deployment brings as plain data for the template, as ``checklist_context``; who made it is mentioned once."""
    pulls = counted(notes)
    shown = pulls[: level.most]
    people = [_without_long_name(person) for person in contributors(shown, {}, ())]
    values = _context(notes, people, level)
    return {
        **_common(values, level),
        "environment": Text(environment).markdown(), "branch": Text(branch).markdown(), "production": values["until"],
        "people": [_named(who) for who in values["contributors"]],
        "pull_requests": [_deployed(pull, commits.get(pull.number, ()), notes.place.web_url, level) for pull in shown],
        "more": len(pulls) - len(shown),
        "counts": {
            "pull_requests": len(pulls), "people": len(contributors(pulls, {}, ())), "reverted": len(notes.reverted),
            "commits": len(notes.commits),
        },
    }  # fmt: skip


def _deployed(pull: PullRequest, commits: Sequence[LooseCommit], page: str | None, level: Level) -> dict[str, Any]:
    listed = commits if level.lists else ()
    return {
        "number": pull.number, "link": _pull_link(pull.number, pull.url, level),
        "title": _cut(pull.title, level.title).markdown(),
        "author": (Text(pull.author) if pull.author else _cut(pull.author_name or Text(""), _MOST_NAME)).markdown() or None,
        "commits": [
            {
                "short": one.sha[:_SHORT], "link": _commit_link(one.sha, page, level),
                "subject": _cut(one.subject, level.title).markdown(),
            }
            for one in listed
        ],
    }  # fmt: skip


# what both have


def _fit(fits: Callable[[Level], bool], items: int, what: str) -> Level:
    """The level that says most and fits. Raises Blocked where none does."""
    for level in (*LEVELS, COMPACT):
        if fits(level):
            return level
    least = msgspec.structs.replace(COMPACT, most=0)
    if not fits(least):
        raise Blocked(
            f"The text of the pull request leaves no room for the {what}: GitHub takes {LIMIT:,} characters.",
            next="shorten your own text in it on GitHub, and run the command again",
        )
    few, many = 0, items
    while many - few > 1:
        most = (few + many) // 2
        least = msgspec.structs.replace(COMPACT, most=most)
        few, many = (most, many) if fits(least) else (few, most)
    return msgspec.structs.replace(COMPACT, most=few)


def _context(notes: Notes, people: Iterable[Contributor], level: Level) -> dict[str, Any]:
    """What release notes have; ``people`` are the contributors."""
    reverted = tuple(
        msgspec.structs.replace(pair, pull_request=_shortened(pair.pull_request, level)) for pair in notes.reverted
    )
    commits = tuple(
        LooseCommit(one.sha, _cut(one.subject, level.title), _cut(one.author_name, _MOST_NAME)) for one in notes.commits
    )
    return context(
        msgspec.structs.replace(
            notes,
            sections=(),
            reverted=reverted if level.lists else (),
            commits=commits if level.lists else (),
            contributors=tuple(people),
        ),
        MARKDOWN,
    )


def _shortened(pull: PullRequest, level: Level) -> PullRequest:
    name = pull.author_name and _cut(pull.author_name, _MOST_NAME)
    return msgspec.structs.replace(pull, title=_cut(pull.title, level.title), author_name=name)


def _common(values: dict[str, Any], level: Level) -> dict[str, Any]:
    names = ("version", "tag", "repository", "since", "compare_url", "compare_link", "complete", "reverted", "commits")
    return {**{name: values[name] for name in names}, "branch": values["until"], "compact": level.compact}


def _person(entry: Entry, numbers: Iterable[int]) -> Contributor:
    name = entry.author_name and _cut(entry.author_name, _MOST_NAME)
    return Contributor(login=entry.author, name=name, first_time=False, pull_requests=tuple(numbers))


def _without_long_name(person: Contributor) -> Contributor:
    return msgspec.structs.replace(person, name=person.name and _cut(person.name, _MOST_NAME))


def _named(who: dict[str, Any]) -> dict[str, Any]:
    """An author: ``mention`` only where it reaches somebody."""
    live = who["mention"].startswith("@") if who["mention"] else False
    return {
        "author": who["author"] or None, "login": who["login"], "name": who["name"],
        "mention": who["mention"] if live else None,
    }  # fmt: skip


def _pull_link(number: int, url: str | None, level: Level) -> str:
    return MARKDOWN.link(f"#{number}", None if level.compact else url)


def _commit_link(sha: str, page: str | None, level: Level) -> str:
    return MARKDOWN.link(sha[:_SHORT], f"{page}/commit/{sha}" if page and not level.compact else None)


def _cut(text: Text, most: int | None) -> Text:
    """``text`` in at most so many characters; none at all for 0."""
    if most is None or len(line := one_line(text.raw).strip()) <= most:
        return text
    return Text(f"{line[: most - 1].rstrip()}…" if most else "")
