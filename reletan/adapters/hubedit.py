"""The text of a pull request brought up to date while people edit it."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Literal

import msgspec

from reletan.adapters.hub import TRIES, Hub
from reletan.adapters.hubask import ask
from reletan.adapters.hubpr import RIGHT
from reletan.adapters.hubquery import NULL
from reletan.adapters.hubreply import HubError, Refused, decode, typed
from reletan.adapters.hubwrite import Fields, look_after, not_done, require_right, require_room
from reletan.domain.errors import Blocked
from reletan.domain.threeway import merged

MOST_WRITES = 5
PAGE, MOST_PAGES = 20, 5  # of the edits that are read: more than a team makes in a moment
LOOKS = (1.0, 2.0)  # seconds between looks for our own edit

Change = Callable[[str | None], str]


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The text as it is now. ``detail``: what people should know about it, in a sentence; empty for nothing."""

    state: Literal["updated", "unchanged"]
    body: str
    detail: str = ""


class _Edit(msgspec.Struct, rename="camel"):
    """``diff`` is the whole text after the edit; None where GitHub does not show it (any more)."""

    id: str
    diff: str | None = None


class _Page(msgspec.Struct, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class _Edits(msgspec.Struct, rename="camel"):
    page_info: _Page
    nodes: list[_Edit | None] | None = None


class _Commit(msgspec.Struct):
    oid: str


class _Ref(msgspec.Struct):
    target: _Commit | None = None


class _Pull(msgspec.Struct, rename="camel"):
    title: str
    body: str
    head_ref: _Ref | None = None
    user_content_edits: _Edits | None = None

    @property
    def head(self) -> str | None:
        """Where its branch is; None where that is gone. What GitHub tells as the head follows a push some seconds later."""
        return self.head_ref.target.oid if self.head_ref and self.head_ref.target else None

    @property
    def newest(self) -> list[_Edit]:
        """The edits of this page, the newest first, as GitHub lists them."""
        nodes = self.user_content_edits.nodes if self.user_content_edits else None
        return [edit for edit in nodes or () if edit]

    @property
    def after(self) -> str | None:
        """Where the next page begins; None without one."""
        page = self.user_content_edits.page_info if self.user_content_edits else None
        return page.end_cursor if page and page.has_next_page else None


class _Answer(msgspec.Struct):
    """What REST says after an edit; a page of some proxy is none."""

    number: int


class _Text(msgspec.Struct, frozen=True):
    """Title and text at one moment, and where the branch was. ``edits``: those that came after ``known``, the id of the one
    that made the text that we began with, oldest first; ``whole``: none of them is missing, and each shows its text.
    """

    title: str
    body: str
    head: str | None
    known: str | None
    edits: tuple[_Edit, ...] = ()
    whole: bool = True


class _TooSoon(Exception):
    """GitHub wanted us to wait, and wrote nothing."""


def edit_body(hub: Hub, number: int, change: Change, *, title: str | None = None, head: str | None = None) -> Edited:
    """Make the text of a pull request what ``change`` makes of it (None: it has none), and its title ``title`` if given.

    ``head``: the commit that the change was made for. Where the branch is elsewhere by now, whoever looked later may have
    written more: then nothing is written, and what was overwritten at that moment is put back; ``detail`` says so.

    ``change`` is asked again where the text has moved; what it made once, it must leave as it is. Requests: 1 where nothing is
    to be done, else 3: read, write, and look who else wrote. GitHub knows no condition for a write, but keeps each text that
    was: what somebody wrote between our read and our write is taken from there, with our change in it, and what they wrote
    after ours stays; this goes on until a look finds nothing overwritten.

    What can still be lost, though not from GitHub's own history: what was written in the moment before our write, where
    reletan is killed before it looked, where a write that seemed lost is done later, or where GitHub does not show the texts
    (``detail`` says so then). That GitHub lists the texts newest first, whole, and at once is what others found out; it
    promises none of that, so each is checked, and none taken on trust. Two people who change the same line at once both
    keep theirs, one below the other. Titles have no history: the last one counts.

    Raises Blocked for a text that is too long, and where others write each time that we do; Unauthorized without the right
    to write; HubError for GitHub's other no, and (``unclear``) when it is not known what happened, not even after looking.
    """
    begun = now = _begin(hub, number)
    sent, writes = list[str](), 0
    while True:
        late = _is_late(begun, now, sent, head)
        wanted = _wanted(begun, now, sent, _as_it_is if late else change)
        fields = {} if _same(wanted, now.body) else {"body": wanted}
        if title is not None and title != now.title and not writes and not late:
            fields["title"] = title
        if not fields:
            detail = _late(number, now) if late else _detail(now, sent)
            return Edited(state="updated" if writes else "unchanged", body=now.body, detail=detail)
        if writes == MOST_WRITES:
            raise Blocked(f"Others edit #{number} each time that reletan does: its edit history on GitHub has all texts.",
                          next="wait a moment, and run the command again")  # fmt: skip
        require_room(f"#{number}", wanted)
        try:
            problem = _write(hub, number, fields)
        except _TooSoon:
            now = _read(hub, number, begun.known)
            continue
        writes += 1
        sent += [wanted] if "body" in fields else []
        now = _look(hub, number, begun.known, fields, problem)


# what the text should be


def _is_late(begun: _Text, now: _Text, sent: Sequence[str], head: str | None) -> bool:
    """Whether the branch moved on before our text was there; what was written after ours knows ours."""
    moved = head is not None and now.head not in (None, head)
    # the text that was there from the beginning is an edit too, once there is another
    first = next((edit for edit in now.edits if not _is_one_of(edit, [begun.body])), None)
    return moved and not (first and _is_one_of(first, sent[:1]))


def _as_it_is(body: str | None) -> str:
    return body or ""


def _wanted(begun: _Text, now: _Text, sent: Sequence[str], change: Change) -> str:
    """Everything that happened to the text done again in its order, our change in the place of our first write."""
    if not now.whole or (sent and not _ours(now.edits, sent)):
        return now.body if sent else change(now.body or None)
    text = before = begun.body
    changed = False
    for edit in now.edits:
        # What is put back is as somebody else wrote it before our first write
        if not _is_one_of(edit, sent if changed else sent[:1]):
            text = merged(before, text, edit.diff or "")
        elif not changed:
            text, changed = change(text or None), True
        before = edit.diff or ""
    return text if changed else change(text or None)


def _ours(edits: Sequence[_Edit], sent: Sequence[str]) -> bool:
    return any(_is_one_of(edit, sent) for edit in edits)


def _is_one_of(edit: _Edit, sent: Sequence[str]) -> bool:
    return edit.diff is not None and any(_same(edit.diff, text) for text in sent)


def _same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but ends of lines, which pages of GitHub change."""
    return one == other or one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()


def _late(number: int, now: _Text) -> str:
    commit = (now.head or "")[:10]
    return f"#{number} is at {commit} now, of which this run does not know: run it again, unless a newer run does."


def _detail(now: _Text, sent: Sequence[str]) -> str:
    if not sent or (now.whole and _ours(now.edits, sent)):
        return ""
    return "GitHub does not show who else edited the text at the same moment; what they wrote may be lost: see its edit history."


# reading


def _begin(hub: Hub, number: int) -> _Text:
    """The text, and the edit that made it: a newer one may have come between the one and the other."""
    pull = _page(hub, number)
    edits = pull.newest
    known = next((edit.id for edit in edits if _is_one_of(edit, [pull.body])), edits[0].id if edits else None)
    return _Text(pull.title, pull.body, pull.head, known)


def _read(hub: Hub, number: int, known: str | None) -> _Text:
    """The text now, with the edits since ``known`` (None: all)."""
    for _ in range(TRIES):
        pull = _page(hub, number)
        edits, reached = _since(hub, number, pull, known)
        newest = edits[-1].diff if edits else pull.body
        # Else the text and the edits are of two moments
        if newest is None or _same(newest, pull.body):
            break
    whole = reached and all(edit.diff is not None for edit in edits) and _same(newest or "", pull.body)
    return _Text(pull.title, pull.body, pull.head, known, tuple(edits), whole)


def _since(hub: Hub, number: int, pull: _Pull, known: str | None) -> tuple[list[_Edit], bool]:
    """The edits after ``known``, oldest first, and whether that one was reached."""
    found: list[_Edit] = []
    for _ in range(MOST_PAGES):
        new = list(takewhile(lambda edit: edit.id != known, pull.newest))
        found += new
        if len(new) < len(pull.newest):
            return found[::-1], True
        if pull.after is None:
            return found[::-1], known is None
        pull = _page(hub, number, pull.after)
    return found[::-1], False


def _page(hub: Hub, number: int, after: str | None = None) -> _Pull:
    start = f", after: {msgspec.json.encode(after).decode()}" if after else ""
    edits = f"userContentEdits(first: {PAGE}{start}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ id diff }} }}"
    reply, response = ask(
        hub, f"it: pullRequest(number: {number}) {{ title body headRef {{ target {{ oid }} }} {edits} }}"
    )
    raw = (response.repository or {}).get("it", NULL)
    if raw == NULL:
        raise Refused(f"There is no pull request #{number} in {hub.repository}.", next="check the number")
    return typed(reply, raw, _Pull)


# writing


def _write(hub: Hub, number: int, fields: Fields) -> HubError | None:
    """Sent once; the problem where it is not known whether it was done. Raises _TooSoon after the wait that GitHub asks for:
    by then the text may be another one.
    """
    try:
        reply = hub.write("PATCH", f"{hub.path}/pulls/{number}", fields)
        if reply.limited is not None:
            hub.pause(max(reply.limited, 1), hub.failure(reply).message.rstrip("."))
            raise _TooSoon
        require_right(hub, reply, "edit pull requests", RIGHT)
        decode(reply, _Answer)
    except HubError as problem:
        if not problem.unclear:
            raise
        return problem
    return None


def _look(hub: Hub, number: int, known: str | None, fields: Fields, problem: HubError | None) -> _Text:
    """The text after our write, once GitHub shows that write. Raises HubError where it was lost."""
    what = f"#{number} is up to date" if problem else f"#{number} still has what others wrote at the same moment"
    for seconds in (*LOOKS, None):
        now = look_after(problem, what, lambda: _read(hub, number, known))
        if _shows(now, fields) or seconds is None:
            break
        hub.pause(seconds, "GitHub does not show the edit yet")
    done = _shows(now, fields) or ("body" in fields and _same(fields["body"], now.body))
    if problem and not done:
        not_done(problem, f"The text of #{number} is not up to date")
    return now


def _shows(now: _Text, fields: Fields) -> bool:
    if "body" in fields:
        return _ours(now.edits, [fields["body"]])
    return bool(now.title == fields["title"])
