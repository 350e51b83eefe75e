"""What the doctor looks at on GitHub: the token and its rights, the repository, and the rules that a release meets."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reletan.adapters.token import Token, find_token
from reletan.commands.github import github_slug, open_hub, web_host, web_url
from reletan.commands.visit import Visit, guarded, looked
from reletan.domain import rights, rulecheck
from reletan.domain.doctor import Check, failed_by, good, skipped, typed, warning
from reletan.domain.errors import Unauthorized
from reletan.domain.flow import KINDS, Branches
from reletan.domain.rights import RepositoryFacts, TokenFacts
from reletan.domain.version import bump, final_releases

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub


def github_checks(visit: Visit) -> Iterator[Check]:
    session = visit.session
    slug = github_slug(session, visit.url)
    if slug is None:
        yield skipped("github.api", "it is not on GitHub, as far as reletan can see (github.repository)")
        return
    host = web_host(session)
    token = find_token(host, os.environ)
    if token is None:
        yield warning("github.token", "there is none: lists come from the history, and pr, checklist and automerge do not work",
                      f"{typed('gh', 'auth', 'login', '--hostname', host)}  # in CI: set GH_TOKEN")  # fmt: skip
        return
    if session.offline:
        yield skipped("github.token", f"there is one, from {token.source}; it was not tried (--offline)")
        return
    hub = open_hub(session, slug, visit.url)
    assert hub is not None  # noqa: S101 - there is a token
    yield from _with_token(visit, hub, token, slug)


def _with_token(visit: Visit, hub: "Hub", token: Token, slug: str) -> Iterator[Check]:
    from reletan.adapters.hubrights import read_token

    session, api = visit.session, urlsplit(hub.api_url).netloc
    try:
        known = read_token(hub, token)
    except Unauthorized as problem:
        yield good("github.api", f"{api} answers")
        yield failed_by("github.token", problem)
        return
    visit.clock = (time.time(), known.now, api) if known.now else None
    yield good("github.api", f"{api} answers")
    yield from rights.token_check(known, f"{urlsplit(hub.api_url).scheme}://{web_host(session)}/settings/tokens")
    yield looked("github.limit", lambda: _limit(hub))
    yield from guarded("github.repository", lambda: _repository(visit, hub, known, slug))


def _limit(hub: "Hub") -> Check:
    from reletan.adapters.hubrights import read_limits

    limits = read_limits(hub)
    scarce = rights.scarcest(limits)
    return rights.limit_check(limits, time.strftime("%H:%M UTC", time.gmtime(scarce.reset if scarce else 0)))


def _repository(visit: Visit, hub: "Hub", token: TokenFacts, slug: str) -> Iterator[Check]:
    from reletan.adapters.hubrights import read_repository

    repository = read_repository(hub)
    yield rights.repository_check(slug, repository, visit.remote)
    yield from guarded("github.rights", lambda: _rights(hub, token, repository))
    wanted = visit.session.settings.automerge.method
    yield rulecheck.merging_check(repository.methods, wanted, deletes_heads=repository.deletes_heads)
    if visit.branches is None:
        yield skipped("github.production", "production is not known, so its rules are not either")
    else:
        yield from _rules(visit, hub, visit.branches)


def _rights(hub: "Hub", token: TokenFacts, repository: RepositoryFacts) -> Iterator[Check]:
    from reletan.adapters.hubrights import try_to_read

    reads = {} if token.scopes is not None else try_to_read(hub, repository.default_branch)
    yield from rights.rights_check(token, repository, reads)


def _rules(visit: Visit, hub: "Hub", branches: Branches) -> Iterator[Check]:
    from reletan.adapters.hubrules import rules_of, tag_rules

    main, develop, finish = branches.production, branches.development, visit.session.settings.flow.finish
    yield looked("github.production", lambda: rulecheck.production_check(main, rules_of(hub, main), finish))
    if not branches.single:
        yield looked("github.development", lambda: rulecheck.development_check(develop, rules_of(hub, develop)))
    prefix = "v" if visit.tag_prefix is None else visit.tag_prefix
    version, page = _next_version(visit, prefix), f"{web_url(visit.session, visit.url)}/settings/rules"
    new = [branches.prefix(kind) + version for kind in KINDS]
    yield looked("github.release-branches", lambda: _new_branches(hub, new, page))
    yield looked("github.tags", lambda: rulecheck.tags_check(prefix + version, tag_rules(hub, prefix + version), page))


def _new_branches(hub: "Hub", names: Sequence[str], page: str) -> Check:
    from reletan.adapters.hubrules import new_branch_rules

    refused = ((name, ruleset) for name in names if (ruleset := new_branch_rules(hub, name)))
    return rulecheck.new_branches_check(names, next(refused, None), page)


def _next_version(visit: Visit, prefix: str) -> str:
    """One as the next release will have it, be it a hotfix."""
    known = final_releases(visit.refs.tags if visit.refs else {}, prefix)
    return bump(known[0].version, "patch") if known else "1.0.0"
