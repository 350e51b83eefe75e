"""``reletan doctor``: look at everything that a release needs, and say what mends what is wrong. Changes nothing."""

import os
import platform
import shutil
from collections.abc import Iterator

from reletan import __version__
from reletan.adapters import clonestate
from reletan.adapters.files import read
from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.gitrun import MINIMUM, GitRunner
from reletan.adapters.journal import JournalFolder
from reletan.adapters.settings import OWN_FILE, SHARED_GIT_FLOW, load
from reletan.commands.checkgithub import github_checks
from reletan.commands.checkslack import slack_checks
from reletan.commands.checktemplates import templates_check
from reletan.commands.observing import remote_of, used_prefix
from reletan.commands.session import Session
from reletan.commands.visit import Visit, guarded, looked
from reletan.doctoring import show
from reletan.domain import clonecheck, doctor, gitflow
from reletan.domain.credentials import without_user
from reletan.domain.doctor import Check, failed, failed_by, good, skipped
from reletan.domain.errors import ReletanError
from reletan.domain.flow import find_branches, unnamed_development
from reletan.terminal import Terminal

OFFLINE = "no request was made (--offline)"


def run(directory: str, terminal: Terminal, *, offline: bool) -> bool:
    """Examine the clone that ``directory`` is in, and print what was found; whether nothing failed."""
    found = doctor.report(_examine(directory, terminal, offline=offline))
    show(terminal, found)
    return found.ok


def _examine(directory: str, terminal: Terminal, *, offline: bool) -> Iterator[Check]:
    yield good("machine.reletan", f"reletan {__version__} on Python {platform.python_version()}")
    git = _git(terminal)
    yield git
    if git.state == "failed":
        yield skipped("clone.repository", "nothing more can be looked at without git")
        return
    try:
        repo = GitRepo(directory, terminal.detail)
    except ReletanError as problem:
        yield failed_by("clone.repository", problem)
        return
    yield from _clone(repo)
    try:
        settings = load(repo, os.environ, {})
    except ReletanError as problem:
        yield failed_by("clone.settings", problem)
        yield skipped("remote.reachable", "the settings have to be mended first; so for GitHub and Slack")
        return
    yield from _with_settings(Session(terminal=terminal, repo=repo, settings=settings, offline=offline))


def _git(terminal: Terminal) -> Check:
    try:
        version = GitRunner(".", terminal.detail).line("version")
    except ReletanError as problem:
        return failed_by("machine.git", problem)
    return doctor.git_check(version, shutil.which("git") or "git", MINIMUM)


def _clone(repo: GitRepo) -> Iterator[Check]:
    folder = repo.top or repo.common_dir
    if problem := clonestate.unwritable(repo):
        yield failed("clone.repository", f"{folder}, where nothing can be written to {problem}",
                     doctor.typed("ls", "-ld", problem) + "  # it has to be a folder of yours")  # fmt: skip
    else:
        yield good("clone.repository", f"{folder}{', a bare repository' if repo.bare else ''}")
    yield clonecheck.history_check(shallow=repo.shallow, partial=clonestate.is_partial(repo))
    yield looked("clone.locks", lambda: clonecheck.locks_check(clonestate.locks(repo)))
    journals = JournalFolder(repo.common_dir)
    yield clonecheck.journal_check([one.version for one in journals.unfinished()], clonestate.torn_journals(journals))
    yield looked("clone.identity", lambda: clonecheck.identity_check(clonestate.identity(repo, os.environ)))
    yield looked("clone.signing", lambda: clonecheck.signing_check(clonestate.signing(repo, os.environ)))


def _with_settings(session: Session) -> Iterator[Check]:
    committed = OWN_FILE not in session.settings.sources.values() or clonestate.is_committed(session.repo, OWN_FILE)
    yield clonecheck.settings_check(session.settings, None if committed else OWN_FILE)
    yield looked("clone.templates", lambda: templates_check(session))
    yield looked("clone.git-flow", lambda: _git_flow(session))
    visit = Visit(session=session)
    yield from guarded("remote.reachable", lambda: _remote(visit))
    with session.terminal.progress("asking GitHub"):
        yield from guarded("github.api", lambda: github_checks(visit))
    with session.terminal.progress("asking Slack"):
        yield from guarded("slack.token", lambda: slack_checks(visit))
    if visit.clock:
        yield doctor.clock_check(*visit.clock)
    else:
        yield skipped("machine.clock", "there was nobody to compare it with")


def _git_flow(session: Session) -> Check:
    top, repo = session.repo.top, session.repo
    committed = top is not None and read(top, SHARED_GIT_FLOW) is not None
    shared = repo.config_file(os.path.join(top or "", SHARED_GIT_FLOW)) if committed else []
    return clonecheck.git_flow_check(session.settings, gitflow.read(shared), gitflow.read(repo.config()))


# -- the remote ------------------------------------------------------------------------------------------------------


def _remote(visit: Visit) -> Iterator[Check]:
    session, repo = visit.session, visit.session.repo
    remote = visit.remote = remote_of(session, writing=True)
    assert remote is not None  # noqa: S101 - it raises where there is none
    visit.url = repo.remote_url(remote)
    url, push_url = (repo.setting(f"remote.{remote}.{key}") or "" for key in ("url", "pushurl"))
    if found := doctor.address_check(remote, url, push_url, visit.url):
        yield found
    if session.offline:
        yield skipped("remote.reachable", OFFLINE)
        return
    with session.terminal.progress(f"looking at {remote}"):
        visit.refs = repo.remote_refs(remote, pulls=False, timeout=clonestate.REMOTE_TIMEOUT)
    yield doctor.reached(remote, without_user(visit.url), visit.refs)
    yield looked("remote.branches", lambda: _branches(visit))
    yield looked("remote.tags", lambda: _tags(visit))
    yield looked("remote.push", lambda: _push(visit, remote))


def _branches(visit: Visit) -> Check:
    settings, refs, remote = visit.session.settings, visit.refs, visit.remote
    assert refs is not None and remote is not None  # noqa: S101, PT018 - just read
    visit.branches = find_branches(settings, refs, remote)
    if problem := unnamed_development(settings, visit.branches.production, refs.heads.keys(), remote):
        raise problem
    return doctor.branches_check(visit.branches)


def _tags(visit: Visit) -> Check:
    flow, repo, refs, branches = visit.session.settings.flow, visit.session.repo, visit.refs, visit.branches
    if refs is None or branches is None:
        return skipped("remote.tags", "production is not known, so its tags are not either")
    # nothing is fetched here: what is new on the remote may be missing
    tips = (refs.heads[branches.production], f"refs/remotes/{visit.remote}/{branches.production}")
    production = next(filter(None, map(repo.resolve, tips)), None)
    if flow.tag_prefix is not None:
        visit.tag_prefix = flow.tag_prefix
    elif production is not None:
        visit.tag_prefix = used_prefix(repo, refs, production)
    return doctor.tags_check(visit.tag_prefix, configured=flow.tag_prefix is not None)


def _push(visit: Visit, remote: str) -> Check:
    repo = visit.session.repo
    commit = repo.resolve("HEAD")
    if commit is None:
        return skipped("remote.push", "there is no commit here to ask with")
    with visit.session.terminal.progress(f"asking {remote} whether a push would go through"):
        clonestate.pretend_to_push(repo, remote, commit)
    return good("remote.push", f"git may push to {remote}, all or nothing")
