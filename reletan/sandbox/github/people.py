"""The verbs of people and of CI on the sandbox GitHub."""

import re

from reletan.sandbox.github.model import Check, Comment, CommitStatus, Edit, Issue, Label, Release, Review, ReviewState
from reletan.sandbox.github.rights import Rights
from reletan.sandbox.origin import Person, WorldError

_BOX = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+\[[ xX]\]")
_NUMBER = re.compile(r"(?<!\w)#(\d+)")
_COMMENT = re.compile(r"<!--.*?-->")
COLORS = {"bug": "d73a4a", "feature": "0e8a16", "breaking": "b60205", "documentation": "0075ca"}


class People(Rights):
    """``by`` is a name, ``at`` a commit or the number of a pull request, whose head is meant."""

    def open_issue(self, title: str, author: str = "Hana") -> int:
        number = self.next_number()
        self.issues[number] = Issue(number, title, Person(author), self._tick())
        return number

    def label(self, number: int, *names: str) -> None:
        """Put labels on a pull request or an issue; missing ones are made."""
        holder = self.pulls.get(number) or self.issues[number]
        for name in names:
            self.make_label(name)
            if name not in holder.labels:
                holder.labels.append(name)
                self.touched[number] = self.clock

    def make_label(self, name: str, color: str | None = None, description: str | None = None) -> Label:
        if name not in self.labels:
            self.labels[name] = Label(self.next_id(), name, color or COLORS.get(name, "ededed"), description)
        return self.labels[name]

    def approve(self, number: int, by: str = "Yuki") -> Review:
        return self.review(number, "APPROVED", by)

    def request_changes(self, number: int, by: str = "Yuki") -> Review:
        return self.review(number, "CHANGES_REQUESTED", by)

    def review(self, number: int, state: ReviewState, by: str, body: str = "") -> Review:
        """A review of the head as it is now. Raises WorldError where somebody judges their own pull request."""
        if state != "COMMENTED" and self.pulls[number].author.login == Person(by).login:
            raise WorldError(f"GitHub does not let {by} judge their own pull request {number}")
        review = Review(self.next_id(), number, Person(by), state, self.head_of(number), self._tick(), body)
        self.reviews.append(review)
        return review

    def comment(self, number: int, body: str, by: str = "Hana") -> Comment:
        now = self._tick()
        comment = Comment(self.next_id(), number, Person(by), body, now, now)
        self.comments.append(comment)
        return comment

    def edit_body(self, number: int, text: str, by: str = "Yuki") -> None:
        """Write another text for a pull request or an issue; GitHub keeps what it was, by whom and when."""
        holder, now = self.pulls.get(number) or self.issues[number], self._tick()
        if text == holder.body:
            return
        if not any(edit.number == number for edit in self.edits):
            self.edits.append(Edit(self.next_id(), number, holder.author, holder.body, holder.opened_at))
        self.edits.append(Edit(self.next_id(), number, Person(by), text, now))
        holder.body = text
        self.touched[number] = now

    def tick(self, number: int, item_number: int, by: str = "Yuki", *, box: str = "[x]") -> None:
        """Tick the box of pull request ``item_number`` in the text of ``number``, as by a click on the page; with
        ``box="[ ]"``, take the tick back. Raises WorldError where there is no such box.
        """
        lines = (self.pulls.get(number) or self.issues[number]).body.splitlines(keepends=True)
        found = [at for at, line in enumerate(lines) if _BOX.match(line) and _is_about(line, item_number)]
        if not found:
            raise WorldError(f"there is no box of #{item_number} in #{number}")
        line = lines[found[0]]
        lines[found[0]] = re.sub(r"\[[ xX]\]", box, line, count=1)
        self.edit_body(number, "".join(lines), by)

    def close_pull(self, number: int) -> None:
        """Close it without merging."""
        self.pulls[number].closed, self.pulls[number].ended_at = True, self._tick()

    def publish(
        self, tag: str, body: str = "", *, name: str | None = None, draft: bool = False, by: str = "Hana"
    ) -> Release:
        """A GitHub Release; the tag is not made."""
        now = self._tick()
        release = Release(self.next_id(), tag, self.settings.default_branch, name or tag, body, draft, False, Person(by), now,
                          None if draft else now, None if draft else now)  # fmt: skip
        self.releases.append(release)
        return release

    # CI

    def check(
        self, name: str, conclusion: str | None, at: int | str, *, run: int = 1, details_url: str | None = None
    ) -> Check:
        """A check run on a commit, or on the head of the pull request ``at``; conclusion None: it still runs.

        It takes the place of the one with the same name in the same ``run`` of a workflow.
        """
        sha = self.head_of(at) if isinstance(at, int) else at
        self.checks = [one for one in self.checks if (one.name, one.sha, one.run) != (name, sha, run)]
        status = "in_progress" if conclusion is None else "completed"
        check = Check(self.next_id(), sha, name, status, conclusion, self._tick(), run, details_url)
        self.checks.append(check)
        self.tell_hook()
        return check

    def status(
        self, context: str, state: str, at: int | str, target_url: str | None = None, by: str = "Hana"
    ) -> CommitStatus:
        """A commit status, the older kind of check, on a commit or on the head of the pull request ``at``."""
        sha = self.head_of(at) if isinstance(at, int) else at
        status = CommitStatus(self.next_id(), sha, context, state, self._tick(), Person(by), None, target_url)
        self.statuses.append(status)
        self.tell_hook()
        return status


def _is_about(line: str, number: int) -> bool:
    """Whether the last number that one sees in a line is this one."""
    return [str(number)] == _NUMBER.findall(_COMMENT.sub("", line))[-1:]
