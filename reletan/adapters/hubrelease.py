"""GitHub Releases: found by their tag, drafts too; made once, and brought up to date around what people wrote."""

import re
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubreply import HubError, Refused, Reply, decode
from reletan.adapters.hubwrite import send
from reletan.domain.errors import ReletanError, Unauthorized
from reletan.domain.releasebody import has_block, is_damaged, with_block
from reletan.domain.text import one_line

PAGE = 100
MOST_PAGES = 10  # drafts are looked for among so many pages of releases, the newest ones
RIGHT = "give the token the right `contents: write`, and where .github/workflows is changed that to workflows"

Fields = dict[str, Any]


class WantedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """How the GitHub Release of ``tag`` should be. ``commit``: what the tag stands on; ``notes``: Markdown; ``more``: the
    line that ends notes that are too long for GitHub; ``latest``: no other release is newer.
    """

    tag: str
    commit: str
    name: str
    notes: str
    more: str
    prerelease: bool
    latest: bool


class ReleaseState(msgspec.Struct, frozen=True):
    """A GitHub Release as it is. ``tag_name`` may be a tag that does not exist yet, where it is a draft."""

    id: int
    url: str
    html_url: str
    tag_name: str
    draft: bool
    prerelease: bool
    name: str | None = None
    body: str | None = None

    @property
    def has_notes(self) -> bool:
        """Whether reletan's notes are in it."""
        return has_block(self.body)


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The GitHub Release as it is now. ``url``: its page; ``state``: ``adopted`` is a draft of people's that is published;
    ``detail``: what people should know about it, in sentences; empty for nothing.
    """

    url: str
    state: Literal["created", "updated", "adopted", "unchanged"]
    detail: str = ""


class _Ref(msgspec.Struct):
    ref: str


class _Taken(Refused):
    """Somebody else published a release of this tag meanwhile."""


def find_published(hub: Hub, tag: str) -> ReleaseState | None:
    """The release of ``tag`` that everybody sees, not a draft. One request. Raises HubError and Unauthorized."""
    release = hub.find(f"{hub.path}/releases/tags/{quote(tag, safe='')}", ReleaseState)
    if release is not None:
        _note_name(hub, release)
    return release


def publish(hub: Hub, wanted: WantedRelease) -> Published:
    """Make the release of a tag that exists, adopt a draft of it, or bring the one that is there up to date.

    What people wrote stays: their text around the notes, the names of releases and drafts. Nothing is sent twice unless
    GitHub said that it did nothing. Requests: 1 when all is as wanted, 2 to update, 3 to create (4 for the repository's
    first), 4 to adopt.
    Raises Unauthorized without the right to write contents, Blocked where the text leaves no room, HubError for GitHub's
    no, and (``unclear``) when it is not known what happened, not even after looking.
    """
    release = find_published(hub, wanted.tag)
    if release is not None:
        return _bring_up_to_date(hub, wanted, release)
    try:
        return _publish_first(hub, wanted)
    except _Taken as taken:
        release = find_published(hub, wanted.tag)
        if release is None:
            raise HubError(f"{taken.message} It is not to be seen yet.", next="run the command again") from None
        return _bring_up_to_date(hub, wanted, release)


# reading


def _listed(hub: Hub, tag: str) -> list[ReleaseState]:
    """All releases of ``tag``, what is published before drafts, the newest first. Drafts are not found in another way."""
    found: list[ReleaseState] = []
    for page in range(1, MOST_PAGES + 1):
        releases = hub.read(f"{hub.path}/releases?per_page={PAGE}&page={page}", list[ReleaseState])
        found += [release for release in releases if release.tag_name == tag]
        if len(releases) < PAGE:
            break
    if releases:
        _note_name(hub, releases[0])
    return sorted(found, key=lambda release: (release.draft, -release.id))


def _note_name(hub: Hub, release: ReleaseState) -> None:
    """Which name the repository has by now, which ``hub.write`` would ask for otherwise."""
    if match := re.search(r"/repos/([\w.-]+/[\w.-]+)/releases/\d+$", release.url):
        hub.note_name(match[1])


# writing


def _publish_first(hub: Hub, wanted: WantedRelease) -> Published:
    """Nothing of the tag is published yet."""
    listed = _listed(hub, wanted.tag)
    if listed and not listed[0].draft:
        return _bring_up_to_date(hub, wanted, listed[0])
    if listed:
        return _adopt(hub, wanted, listed)
    fields = {
        "body": with_block(None, wanted.notes, more=wanted.more),
        "name": wanted.name,
        "prerelease": wanted.prerelease,
    }
    made = _write(hub, "POST", f"{hub.path}/releases", fields | _publishing(wanted), wanted)
    return Published(url=made.html_url, state="created")


def _adopt(hub: Hub, wanted: WantedRelease, drafts: Sequence[ReleaseState]) -> Published:
    # People work on drafts: the text as it is this moment
    draft = hub.read(f"{hub.path}/releases/{drafts[0].id}", ReleaseState)
    if not draft.draft or draft.tag_name != wanted.tag:
        raise HubError(
            f"Somebody is working on {draft.html_url}, so it was not published.", next="run the command again"
        )
    fields = _changes(wanted, draft) | _publishing(wanted)
    if not draft.name:
        fields["name"] = wanted.name
    made = _write(hub, "PATCH", f"{hub.path}/releases/{draft.id}", fields, wanted)
    return Published(url=made.html_url, state="adopted", detail=_told(_left(drafts[1:]), _damage(draft)))


def _bring_up_to_date(hub: Hub, wanted: WantedRelease, release: ReleaseState) -> Published:
    """``release`` was read a moment ago, as GitHub has no lease for it. Only what differs is sent, and its name stays."""
    fields = _changes(wanted, release)
    if not fields:
        return Published(url=release.html_url, state="unchanged")
    made = _write(hub, "PATCH", f"{hub.path}/releases/{release.id}", fields, wanted)
    return Published(url=made.html_url, state="updated", detail=_damage(release))


def _publishing(wanted: WantedRelease) -> Fields:
    """What makes a release public. ``target_commitish`` counts only where the tag is gone: then it is made there again."""
    latest = wanted.latest and not wanted.prerelease
    return {
        "tag_name": wanted.tag,
        "target_commitish": wanted.commit,
        "draft": False,
        "make_latest": "true" if latest else "false",
    }


def _changes(wanted: WantedRelease, release: ReleaseState) -> Fields:
    fields: Fields = {}
    body = with_block(release.body, wanted.notes, more=wanted.more)
    if body != release.body:
        fields["body"] = body
    if release.prerelease != wanted.prerelease:
        fields["prerelease"] = wanted.prerelease
    return fields


def _write(hub: Hub, verb: str, path: str, fields: Fields, wanted: WantedRelease) -> ReleaseState:
    """The release after the write, which is published and of the right tag."""
    try:
        reply = send(hub, verb, path, fields)
        if _without_right(reply) and "target_commitish" in fields and _has_tag(hub, wanted.tag):
            # For a commit GitHub wants the right to write workflows too, which Actions' own token never has
            reply = send(hub, verb, path, {name: fields[name] for name in fields if name != "target_commitish"})
        _require_done(hub, reply, wanted)
        release = decode(reply, ReleaseState)
    except HubError as problem:
        if not problem.unclear:
            raise
        release = _done_after_all(hub, wanted, problem)
    if release.draft or release.tag_name != wanted.tag:
        what = "a draft" if release.draft else f"the release of {one_line(release.tag_name)}"
        raise HubError(f"GitHub answered with {what} instead of the release of {wanted.tag}: {release.html_url}.",
                       next="look at it on GitHub, and run the command again")  # fmt: skip
    return release


def _without_right(reply: Reply) -> bool:
    return reply.status in (403, 404) and reply.limited is None


def _has_tag(hub: Hub, tag: str) -> bool:
    return hub.find(f"{hub.path}/git/ref/tags/{quote(tag, safe='')}", _Ref) is not None


def _require_done(hub: Hub, reply: Reply, wanted: WantedRelease) -> None:
    """As ``hub.require``, in words about releases."""
    if _without_right(reply):
        gone = ", or somebody deleted it" if reply.status == 404 else ""
        lacking = f"The token may not write the GitHub Release of {wanted.tag} (contents: write){gone}"
        raise Unauthorized(f"{lacking}: {reply.words}.", next=RIGHT)
    if reply.status == 422 and "already_exists" in reply.text:
        raise _Taken(f"Somebody else made the GitHub Release of {wanted.tag} meanwhile.")
    if reply.status == 422 and "immutable" in reply.text.lower():
        raise Refused(f"GitHub keeps the release of {wanted.tag} as it was, since releases are immutable here: {reply.words}.",
                      next="leave it so; `reletan notes` prints the notes")  # fmt: skip
    hub.require(reply)


def _done_after_all(hub: Hub, wanted: WantedRelease, problem: HubError) -> ReleaseState:
    """Look whether a write whose answer was lost has been done."""
    try:
        release = find_published(hub, wanted.tag)
    except ReletanError as second:
        raise HubError(f"Whether the GitHub Release of {wanted.tag} was written is not known: {problem.message} {second.message}",
                       unclear=True, next="run the command again, which looks first") from None  # fmt: skip
    if release is not None and not _changes(wanted, release):
        return release
    what = "is not there" if release is None else "is not up to date"
    raise HubError(f"The GitHub Release of {wanted.tag} {what}, as far as GitHub tells: {problem.message}", unclear=True,
                   next="run the command again, which looks first") from None  # fmt: skip


# telling


def _left(drafts: Sequence[ReleaseState]) -> str:
    if not drafts:
        return ""
    first = ", ".join(one_line(draft.html_url) for draft in drafts[:3])
    return f"Other drafts of this tag are left ({len(drafts)}): {first}{', …' if len(drafts) > 3 else ''}."


def _damage(release: ReleaseState) -> str:
    return (
        "The marks around its notes were damaged, so older notes may stand in it too."
        if is_damaged(release.body)
        else ""
    )


def _told(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
