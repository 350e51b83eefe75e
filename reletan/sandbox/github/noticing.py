"""What GitHub sees by itself: pushes that moved heads, brought pull requests in, or took their branches away."""

from reletan.sandbox.github.people import People
from reletan.sandbox.origin import Origin
from reletan.sandbox.team import Pull


class Noticing(People):
    """What the server does before each request: it looks whether somebody pushed."""

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        # the refs and open pull requests that were looked at last: git is slow to ask for each
        self._noticed: tuple[dict[str, str], list[tuple[int, str]]] | None = None

    def notice(self) -> None:
        """See what was pushed since: heads that moved, branches that are gone, heads that a push brought into the base."""
        self.tell_hook()
        compared = [(pull.number, pull.base) for pull in self.pulls.values() if pull.open]
        seen = self._server.refs(), compared
        if seen == self._noticed:
            return
        self._noticed = seen
        for pull in self.pulls.values():
            if pull.open:
                self._look_at(pull)

    def _look_at(self, pull: Pull) -> None:
        known, base = self.head_of(pull.number), self.head(pull.base)
        head = known if pull.fork else self.head(pull.branch)
        if head not in (None, known):
            self._server.point(pull.ref, str(head))
        if base is None:
            self._close(pull)
        elif self._server.has(base, head or known):
            # a head that went back to what the base had anyway brings nothing: nobody merged it
            if head in (None, known) or self._server.has(base, known):
                self._merged_by_push(pull, head or known, base)
            else:
                self._close(pull)
        elif head is None:
            self._close(pull)

    def _close(self, pull: Pull) -> None:
        pull.closed, pull.ended_at = True, self.clock

    def _merged_by_push(self, pull: Pull, head: str, base: str) -> None:
        """Somebody merged it without the button: GitHub marks it as merged with the commit that brought it in."""
        pull.merged, pull.how, pull.ended_at, pull.merged_by = head, "true", self.clock, pull.author
        if head in self._server.git("rev-list", "--first-parent", base).split():
            return
        brought = self._server.git("rev-list", "--ancestry-path", "--merges", f"{head}..{base}").split()
        pull.merged = brought[-1]
        pull.base_was = self.parents(brought[-1])[0]
