"""How others ask GitHub for the pull requests of a range, by their own sources: the same requests, from a plain client.

What their programs do besides (starting up, git, connecting anew) is left out, to their advantage.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from math import ceil
from queue import LifoQueue
from urllib.parse import quote

from bench.github_team import SLUG, Pull

REPO = f"/repos/{SLUG}"
SHORT = 7  # digits of a commit in a search


@dataclass(frozen=True)
class Ask:
    """One request: a GET, or with ``query`` a GraphQL query."""

    path: str
    query: str | None = None


@dataclass(frozen=True)
class Wave:
    """Requests of which ``at_once`` are under way, begun ``apart`` seconds from each other; the next wave waits for all.

    ``after``: seconds of sleep before the first.
    """

    asks: Sequence[Ask]
    at_once: int = 1
    apart: float = 0
    after: float = 0

    def seconds(self, latency: float) -> float:
        """What it takes by counting, where the pace is slower than the answers."""
        paced = (len(self.asks) - 1) * self.apart + latency
        return self.after + (paced if self.apart else ceil(len(self.asks) / self.at_once) * latency)


def git_pr_release(pulls: Sequence[Pull]) -> list[Wave]:
    """A search for every 31 commits of the main line that are no merges, a second of sleep before each; then each pull
    request by itself, one after the other.

    lib/git/pr/release/cli.rb: fetch_squash_merged_pr_numbers_from_github, search_issue_numbers and fetch_merged_prs in
    https://github.com/x-motemen/git-pr-release (with --squashed; without, squashed pull requests are not found)
    """
    commits = [sha for pull in pulls if pull.how != "merge" for sha in (pull.brought or (pull.commit,))]
    # A query may be 256 characters longer than its beginning; a space and 7 digits for each commit
    searches = [Wave([_search(part)], after=1) for part in _in_parts(commits, 31)]
    return [*searches, Wave([Ask(f"{REPO}/pulls/{pull.number}") for pull in pulls])]


def auto(pulls: Sequence[Pull]) -> list[Wave]:
    """Each pull request's commits, authors and issue; each commit without one by itself, with its author; then searches
    by GraphQL for what is left. Ten requests at once, and a second between GraphQL queries.

    packages/core/src/release.ts: getCommits, attachAuthor, addPrInfoToCommit, getPRsSinceLastRelease and
    getCommitsInRelease, git.ts (what it remembers) and match-sha-to-pr.ts: buildSearchQuery in
    https://github.com/intuit/auto (11.3.6); src/index.ts and wrap-request.ts in
    https://github.com/octokit/plugin-throttling.js (3.7.0)
    """
    named = [pull for pull in pulls if pull.how != "rebase"]
    rebased = [pull for pull in pulls if pull.how == "rebase"]
    loose = [sha for pull in pulls for sha in pull.brought]
    # What was merged since comes as one page of a search, here the newest: rebased ones that are in it are recognised
    page = pulls[-30:]
    found = {pull.commit for pull in page}
    left = [sha for pull in rebased for sha in pull.brought if sha not in found]
    late = [pull for pull in rebased if not found.issuperset(pull.brought)]
    return [
        Wave([Ask(REPO)]),
        Wave([Ask(f"{REPO}/releases/latest")]),
        Wave([*map(_commits_of, named), *(Ask(f"{REPO}/commits/{sha}") for sha in loose)], at_once=10),
        Wave([Ask(f"/users/{login}") for login in {pull.author.login: True for pull in pulls}], at_once=10),
        Wave([Ask(f"{REPO}/issues/{pull.number}") for pull in named], at_once=10),
        Wave([_search(["merged"])]),
        Wave([Ask(f"{REPO}/pulls/{pull.number}") for pull in page], at_once=10),
        Wave([_graphql_search(part) for part in _in_parts(left, 10)], at_once=10, apart=1),
        Wave(list(map(_commits_of, rebased)), at_once=10),
        Wave([Ask(f"{REPO}/issues/{pull.number}") for pull in late], at_once=10),
    ]


def release_it(pulls: Sequence[Pull]) -> list[Wave]:
    """Nothing at all for its changelog, which is ``git log`` (so without labels and logins). For comments on what it
    has released: a search for about 20 commits each, all at once.

    lib/plugin/github/util.js: getSearchQueries, searchQueries and lib/plugin/github/GitHub.js: commentOnResolvedItems in
    https://github.com/release-it/release-it (20.2.1); its plug-in @release-it/conventional-changelog asks nothing either
    """
    commits = [sha for pull in pulls for sha in dict.fromkeys((*pull.brought, pull.commit))]
    # A query may be 256 characters long once it is encoded: 3 and 7 digits for each commit
    room = 256 - len(quote(f"repo:{SLUG}+type:pr+is:merged", safe=""))
    searches = [_search(part) for part in _in_parts(commits, room // 10)]
    return [Wave(searches, at_once=len(searches))]


Way = Callable[[Sequence[Pull]], list[Wave]]

WAYS: dict[str, Way] = {
    "git-pr-release `--squashed`": git_pr_release,
    "auto": auto,
    "release-it, to comment on what it released": release_it,
}


def requests_of(waves: Sequence[Wave]) -> int:
    return sum(len(wave.asks) for wave in waves)


def seconds_of(waves: Sequence[Wave], latency: float) -> float:
    """By counting, where every request takes ``latency`` seconds and nothing else takes any."""
    return sum(wave.seconds(latency) for wave in waves if wave.asks)


def replay(waves: Sequence[Wave], port: int) -> float:
    """The seconds that asking all of it took, over connections that are kept. Raises SystemExit for a failed request."""
    connections: LifoQueue[HTTPConnection] = LifoQueue()
    for _ in range(max(wave.at_once for wave in waves)):
        connections.put(HTTPConnection("127.0.0.1", port))
    begin = time.perf_counter()
    for wave in waves:
        time.sleep(wave.after)
        _ask_all(wave, connections)
    return time.perf_counter() - begin


def _ask_all(wave: Wave, connections: "LifoQueue[HTTPConnection]") -> None:
    begin = time.perf_counter()

    def ask(at: int) -> None:
        time.sleep(max(begin + at * wave.apart - time.perf_counter(), 0))
        connection = connections.get()
        _send(connection, wave.asks[at])
        connections.put(connection)

    with ThreadPoolExecutor(wave.at_once) as workers:
        for _ in workers.map(ask, range(len(wave.asks))):
            pass


def _send(connection: HTTPConnection, ask: Ask) -> None:
    body = None if ask.query is None else json.dumps({"query": ask.query})
    connection.request("GET" if body is None else "POST", ask.path, body)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{ask.path}: HTTP {answer.status}")


def _in_parts(commits: Sequence[str], size: int) -> list[Sequence[str]]:
    return [commits[at : at + size] for at in range(0, len(commits), size)]


def _commits_of(pull: Pull) -> Ask:
    return Ask(f"{REPO}/pulls/{pull.number}/commits")


def _search(words: Sequence[str]) -> Ask:
    return Ask(f"/search/issues?q=repo:{SLUG}+is:pr+{'+'.join(word[:SHORT] for word in words)}")


def _graphql_search(commits: Sequence[str]) -> Ask:
    what = (
        "edges { node { ... on PullRequest { number state body headRefName labels(first: 10) { nodes { name } } } } }"
    )
    one = 'hash_{0}: search(query: "repo:{1} {0}", type: ISSUE, first: 10) {{ {2} }}'
    return Ask("/graphql", "{ " + " ".join(one.format(sha, SLUG, what) for sha in commits) + " }")
