"""The way that a release takes into its branches: by push, or by pull request where a rule protects the branch."""

from typing import TYPE_CHECKING, Any

import msgspec

from reletan.commands.github import github_slug, open_hub, require_hub
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.config import Finish
from reletan.domain.errors import ReletanError, UsageError
from reletan.domain.protection import BranchRules

if TYPE_CHECKING:
    from reletan.adapters.hubhead import HeadState


class Way(msgspec.Struct, kw_only=True):
    """One run's. ``via``: what was asked for; ``hub``: None without GitHub, or without a token; ``known``: the rules of
    branches, each read once; ``refused``: branches whose protection refused a push; ``status_tried``: the checklist's
    commit status has been brought up to date, as far as that is possible; ``heads``: (branch, head) -> how it stands.
    """

    via: Finish
    hub: Any = None
    slug: str = ""
    known: dict[str, BranchRules] = {}
    refused: set[str] = set()
    status_tried: bool = False
    heads: "dict[tuple[str, str], HeadState | ReletanError]" = {}

    @property
    def asks(self) -> bool:
        """Whether GitHub is asked for its rules: a push that somebody wants is left to the rules."""
        return self.hub is not None and self.via != "push"

    def is_protected(self, branch: str) -> bool:
        return branch in self.refused or (self.asks and self.rules(branch).protected)

    def head_state(self, branch: str, oid: str) -> "HeadState":
        """How the branch stands on GitHub, asked once for each head. Raises HubError and Unauthorized, each time anew."""
        from reletan.adapters.hubhead import head_state

        if (branch, oid) not in self.heads:
            try:
                self.heads[branch, oid] = head_state(self.hub, branch, oid)
            except ReletanError as problem:
                self.heads[branch, oid] = problem
        if isinstance(state := self.heads[branch, oid], ReletanError):
            raise state
        return state

    def goes_by_pull(self, production: str) -> bool:
        """Whether a release gets into production by its pull request."""
        return self.hub is not None and (self.via == "pull-request" or self.is_protected(production))

    def rules(self, branch: str) -> BranchRules:
        """Raises HubError and Unauthorized: without the rules it is not known what a push would get past."""
        from reletan.adapters.hubrules import rules_of

        if branch not in self.known:
            try:
                self.known[branch] = rules_of(self.hub, branch)
            except ReletanError as problem:
                hint = "`--via push` pushes without asking for the rules"
                problem.next = f"{problem.next}; or {hint}" if problem.next else hint
                raise
        return self.known[branch]


def open_way(session: Session, facts: Observed, via: Finish) -> Way:
    """Raises UsageError and Unauthorized where pull requests are asked for, and there is no way to them."""
    slug = github_slug(session, facts.url) or ""
    if via == "pull-request":
        return Way(via=via, hub=require_hub(session, facts), slug=slug)
    try:
        return Way(via=via, hub=open_hub(session, slug, facts.url) if slug else None, slug=slug)
    except UsageError:
        return Way(via=via, slug=slug)
