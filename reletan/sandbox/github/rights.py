"""Who may do what on the sandbox GitHub, and the rules of branches and tags, which a hook of origin knows too."""

import msgspec

from reletan.sandbox.github import hook
from reletan.sandbox.github.checks import standings
from reletan.sandbox.github.memory import Memory
from reletan.sandbox.github.model import NO_RULES, Permission, Protection, Standing
from reletan.sandbox.github.protection import Change, broken_by, change, fits, holding, in_one, may_bypass
from reletan.sandbox.origin import Origin, Person

HEADS = "refs/heads/"
TAGS = "refs/tags/"


class Rights(Memory):
    """Members, permissions, and rules. Branches are named without refs/heads/."""

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        # what the hook was told last
        self._laws = b""

    # people

    def may(self, login: str) -> Permission:
        """Members may write, strangers may read; ``permissions`` says otherwise."""
        return self.permissions.get(login, "write" if login in self.members else "read")

    def right(self, login: str | None) -> Permission:
        """What somebody, or nobody (None), may do here; strangers do not see a private repository."""
        known = login is not None and (login in self.permissions or login in self.members)
        may = self.may(login) if login and known else "none"
        return may if self.settings.private or may != "none" else "read"

    def person(self, login: str) -> Person:
        """Who has this login; a new person where it is no member's, and of nobody who opened a pull request."""
        authors = (pull.author for pull in self.pulls.values() if pull.author.login == login)
        return self.members.get(login) or next(authors, Person(login))

    # rules

    def protect_branch(self, branch: str, protection: Protection) -> None:
        """Rules for a branch, or a pattern of branches (``release/*``); they hold for merges, and for pushes."""
        self.protections[branch] = protection
        self.tell_hook()

    def unprotect_branch(self, branch: str) -> None:
        self.protections.pop(branch, None)
        self.tell_hook()

    def protect_tags(self, pattern: str, *, bypass: tuple[str, ...] = ()) -> None:
        """A ruleset by which nobody else makes, moves or deletes tags that fit a pattern (``v*``)."""
        self.protect_branch(f"{TAGS}{pattern}", Protection(by_ruleset=True, creations=False, bypass=bypass))

    def rules_for(self, ref: str) -> Protection | None:
        """The rules of a branch, or of a ref by its full name; a name goes before a pattern, and that before later ones."""
        full = ref if ref.startswith("refs/") else f"{HEADS}{ref}"
        return next((rules for pattern, rules in self._rules() if fits(pattern, full)), None)

    def rulesets(self) -> list[tuple[str, Protection]]:
        """Those of them that are rulesets, with the full name or pattern that each is for."""
        return [(pattern, rules) for pattern, rules in self._rules() if rules.by_ruleset]

    def may_bypass(self, login: str | None, rules: Protection) -> bool:
        """Whether rules do not hold for somebody: for pushes, for REST and for the button alike."""
        return may_bypass(rules, login, self.may(login) if login else "none")

    def refused_change(self, ref: str, old: str | None, new: str | None, login: str | None) -> str | None:
        """Why the rules do not let somebody make (``old`` is None), move or delete (``new``) a ref; None: they do."""
        return self._refused(change(self._server, ref, old, new), login)

    def refused_merge(self, branch: str, login: str | None) -> str | None:
        """The same for a merge commit that is to be made on a branch without a pull request."""
        there = self._server.id(f"{HEADS}{branch}")
        return self._refused(Change(f"{HEADS}{branch}", there, "new", merges=True), login)

    def _refused(self, change: Change, login: str | None) -> str | None:
        rules = self.rules_for(change.ref) or NO_RULES
        broken = broken_by(change, rules, self.standings(change.new or ""))
        refused = holding(rules, broken, self.may_bypass(login, rules))
        return in_one(rules, refused) if refused else None

    def standings(self, sha: str) -> dict[str, Standing]:
        """How the check runs and statuses of a commit stand, by name."""
        return standings(self.checks, self.statuses, sha)

    def _rules(self) -> list[tuple[str, Protection]]:
        """By pattern of the full name; plain names first."""
        full = [
            (name if name.startswith(TAGS) else f"{HEADS}{name}", rules) for name, rules in self.protections.items()
        ]
        return sorted(full, key=lambda one: "*" in one[0])

    # the hook

    def tell_hook(self) -> None:
        """Write down for git's hook what it has to know; without rules there is none."""
        if not self.protections:
            self.set_hook("update", None)
            self._laws = b""
            return
        checked = {check.sha for check in self.checks} | {status.sha for status in self.statuses}
        rights = {login: self.may(login) for login in (*self.permissions, *self.members)}
        laws = hook.Laws(self._rules(), rights, {sha: self.standings(sha) for sha in checked})
        written = msgspec.json.encode(laws)
        if written != self._laws:
            self.set_hook("update", hook.script(laws))
            (self._server.path / "hooks" / hook.LAWS).write_bytes(written)
            self._laws = written

    def has_hook(self, name: str) -> bool:
        return (self._server.path / "hooks" / name).exists()

    def set_hook(self, name: str, script: str | None) -> None:
        """Give origin a hook, or take it away."""
        file = self._server.path / "hooks" / name
        if script is None:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(exist_ok=True)
        file.write_text(script, encoding="utf-8")
        file.chmod(0o755)
