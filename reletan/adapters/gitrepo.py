"""The one gateway to git: what a clone and its remote hold (reads), and the few ways in which it is changed (writes)."""

import os
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from reletan.adapters import gitparse
from reletan.adapters.gitobjects import OID, GitObjects, Signature
from reletan.adapters.gitrun import NETWORK_TIMEOUT, Answer, GitRunner, readable
from reletan.domain.contributors import Person
from reletan.domain.errors import UsageError
from reletan.domain.flow import LocalRefs, RemoteRefs
from reletan.domain.history import Commit
from reletan.domain.plan import RefUpdate

# What people write by hand is smaller
MAX_FILE = 64 * 1024
LOG_FORMAT = "--format=%H %P%n%ct%n%an%n%B"


class GitRepo(GitObjects):
    """One clone, seen from a folder in it."""

    def __init__(self, directory: str, tell: Callable[[str], None] = lambda _text: None) -> None:
        if not os.path.isdir(directory):
            raise UsageError(f"There is no folder {directory}.", next="name a clone of yours with -C DIR")
        self.git = GitRunner(directory, tell)
        answer = self.git.run(
            "rev-parse", "--path-format=absolute", "--git-common-dir", "--is-bare-repository",
            "--is-shallow-repository", "--show-toplevel", ok=(0, 128),
        )  # fmt: skip
        lines = answer.out.splitlines()
        if len(lines) < 3:
            self._explain(directory, answer)
        self.common_dir, bare, shallow = lines[:3]
        self.bare = bare == "true"
        self.shallow = shallow == "true"
        self.top: str | None = lines[3] if len(lines) > 3 else None

    def _explain(self, directory: str, answer: Answer) -> None:
        self.git.require_version()
        if "not a git repository" not in answer.err:
            raise readable(["rev-parse"], answer)
        raise UsageError(
            f"{os.path.abspath(directory)} is not in a git repository.",
            next="run reletan in a clone, or name one with -C DIR",
        )

    # -- reads ---------------------------------------------------------------------------------------------------------

    def require_version(self) -> None:
        self.git.require_version()

    def config(self) -> list[tuple[str, str]]:
        """(key, value) of every setting that git sees here; the last one wins."""
        return self._config

    @cached_property
    def _config(self) -> list[tuple[str, str]]:
        return gitparse.pairs(self.git.run("config", "--list", "-z").out)

    def config_file(self, path: str) -> list[tuple[str, str]]:
        """The same of one file in git's format."""
        answer = self.git.run("config", "--file", path, "--no-includes", "--list", "-z", ok=(0, 1, 3, 128))
        if answer.status:
            raise UsageError(f"git cannot read {path}.", details=answer.err.strip().splitlines()[:3],
                             next=f"mend that file; this says where: git config --file {shlex.quote(path)} --list")  # fmt: skip
        return gitparse.pairs(answer.out)

    def setting(self, key: str) -> str | None:
        """One value of git's configuration."""
        return next((value for name, value in reversed(self.config()) if name == key), None)

    def remotes(self) -> list[str]:
        found = (re.fullmatch(r"remote\.(.+)\.url", key) for key, _ in self.config())
        return list(dict.fromkeys(match[1] for match in found if match))

    def remote_url(self, remote: str) -> str:
        """The address of ``remote`` as git uses it, after insteadOf; refused where a push could not be one push."""
        keys = [f"remote.{remote}.pushurl", f"remote.{remote}.url"]
        key = keys[0] if self.setting(keys[0]) is not None else keys[1]
        urls = [value for name, value in self.config() if name == key]
        if len(urls) > 1:
            raise UsageError(f"The remote {remote} pushes to {len(urls)} addresses, which can't be one atomic push.",
                             next=f"keep one of them: git config --replace-all {shlex.quote(key)} ADDRESS")  # fmt: skip
        url = self.setting(f"remote.{remote}.url") or ""
        if any(".insteadof" in key for key, _ in self.config()):
            url = self.git.line("ls-remote", "--get-url", "--", remote)
        self._allow(url)
        return url

    def _allow(self, url: str) -> None:
        scheme = url.split("://", 1)[0].lower() if "://" in url else ""
        if re.match(r"[A-Za-z0-9_+-]+::", url) or scheme not in (
            "",
            "https",
            "http",
            "ssh",
            "file",
            "git+ssh",
            "ssh+git",
        ):
            raise UsageError(f"The remote's address uses the transport {url.split(':', 1)[0]!r}, which is not allowed.",
                             next="use an https, ssh or local remote")  # fmt: skip
        local = scheme == "file" or (not scheme and not re.match(r"[^/]+:", url))
        self.git.protocols = "https:ssh" + (":file" if local else "") + (":http" if scheme == "http" else "")

    def remote_refs(self, remote: str, *, pulls: bool = True, timeout: float = NETWORK_TIMEOUT) -> RemoteRefs:
        """One look at the remote: branches, tags with what they peel to, heads of pull requests, and its default branch."""
        self.remote_url(remote)
        patterns = ["HEAD", "refs/heads/*", "refs/tags/*", *(["refs/pull/*/head"] if pulls else [])]
        # Protocol 0 answers with every ref in one request; version 2 needs two.
        out = self.git.run(
            "-c", "protocol.version=0", "ls-remote", "--symref", "--", remote, *patterns, timeout=timeout
        ).out
        return gitparse.remote_refs(out)

    def local_refs(self, remote: str | None, *only: str) -> LocalRefs:
        """This clone's branches (and where they are checked out), its tracking refs of ``remote`` and its tags.

        ``only``: full names, where a few refs are all that is asked for: there may be thousands.
        """
        out = self.git.run(
            "for-each-ref", "--format=%(refname) %(objectname) %(*objectname) %(worktreepath)%00",
            *(only or ("refs/heads", "refs/tags")), *([f"refs/remotes/{remote}"] if remote else []),
        ).out  # fmt: skip
        return gitparse.local_refs(out, remote, self.common_dir)

    def head_branch(self) -> str | None:
        """The branch that is checked out here; None on a detached HEAD."""
        name = self.git.run("symbolic-ref", "-q", "HEAD", ok=(0, 1)).out.strip()
        return name.removeprefix("refs/heads/") or None

    def clean(self, worktree: str) -> bool:
        """Whether nothing is changed and nothing untracked in that work tree."""
        status = self.git.run("status", "--porcelain", "-z", "--untracked-files=normal", cwd=worktree)
        return not status.out

    def log(self, tips: Sequence[str], excluded: Sequence[str] = ()) -> Iterator[Commit]:
        """One ``git log``: what the tips (object ids) have and the excluded ones have not, newest first."""
        for record in self.git.records("log", "-z", LOG_FORMAT, *tips, *(f"^{e}" for e in excluded), "--"):
            if record:
                yield gitparse.commit(record)

    def authors_before(self, tips: Sequence[str]) -> Iterator[Person]:
        """The author of each commit that ``tips`` reach, newest first; read while git still works."""
        for record in self.git.records("log", "-z", "--format=%ae%n%an", *tips, "--"):
            if record:
                yield _person(record)

    def authors_of(self, revisions: Sequence[str]) -> list[Person]:
        """The author of each of ``revisions`` (ids, or ``id^2``), in their order."""
        names = "".join(f"{revision}\n" for revision in revisions)
        # one line each, as git tells them in the order of the questions
        ids = self.git.run("cat-file", "--batch-check=%(objectname)", stdin=names).out.split()
        wanted = "".join(f"{sha}\n" for sha in dict.fromkeys(ids))
        out = self.git.run("log", "-z", "--no-walk", "--stdin", "--format=%H%n%ae%n%an", stdin=wanted).out
        people = {
            sha: _person(rest) for sha, _, rest in (record.partition("\n") for record in out.split("\0") if record)
        }
        return [people[sha] for sha in ids]

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether ``commit`` is contained in ``of``; an id that is not here is not."""
        if commit == of:
            return True
        question = ("merge-base", "--is-ancestor", commit, of)
        answer = self.git.run(*question, ok=(0, 1, 128))
        if answer.status == 128 and "Not a valid commit name" not in answer.err:
            raise readable(question, answer)
        return answer.status == 0

    def ids_between(self, old: str, new: str, *options: str) -> list[str]:
        """The commits of ``new`` that ``old`` has not, newest first."""
        return self.git.run("rev-list", *options, new, f"^{old}", "--").out.split()

    def equal_patches(self, ours: str, theirs: str) -> set[str]:
        """The commits of ``ours`` whose change stands in ``theirs`` too, under another id (patch-id)."""
        out = self.git.run("rev-list", "--cherry-mark", "--left-only", "--no-merges", f"{ours}...{theirs}").out
        return {line[1:] for line in out.split() if line.startswith("=")}

    def tree_of(self, commit: str) -> str:
        return self.git.line("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").split("\n")[-1]

    def resolve(self, ref: str) -> str | None:
        """The commit behind a full ref name or an object id; None where there is none."""
        answer = self.git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", ok=(0, 1))
        found = answer.out.strip().split("\n")[-1]
        return found if OID.fullmatch(found) else None

    def date_of(self, commit: str) -> str:
        """The day of a commit, "2026-11-20", where its committer was."""
        return self.git.line("log", "-1", "--format=%cs", commit, "--")

    def file_at(self, commit: str, *paths: str) -> tuple[str, bytes] | None:
        """(path, content) of the first of ``paths`` that ``commit`` has as a file. Raises UsageError above 64 KiB."""
        out = self.git.run("ls-tree", "-l", "-z", "--full-tree", commit, "--", *paths).out
        entries = {path: fields.split() for fields, _, path in (entry.partition("\t") for entry in out.split("\0"))}
        for path in paths:
            _mode, kind, oid, size = entries.get(path, ("", "", "", ""))
            if kind != "blob":
                continue
            if int(size) > MAX_FILE:
                raise UsageError(f"{path} is larger than {MAX_FILE // 1024} KiB.", next=f"shorten {path}")
            return path, self.git.run("cat-file", "blob", oid).out.encode()
        return None

    def beginning_of(self, branch: str) -> tuple[int, str] | None:
        """(unix seconds, name) of whoever made this local branch, by its reflog; None where there is none."""
        out = self.git.run(
            "log", "-g", "--date=unix", "--format=%gd%x00%gn", f"refs/heads/{branch}", "--", ok=(0, 128)
        ).out
        found = re.fullmatch(r".*@\{(\d+)\}\x00(.*)", gitparse.lines(out)[-1]) if out else None
        return (int(found[1]), found[2]) if found else None

    def fetch_pulls(self, remote: str, numbers: Sequence[int]) -> None:
        """The head commits of these pull requests, which the remote just named; without a ref."""
        specs = [f"refs/pull/{number}/head" for number in numbers]
        self.git.run(
            "fetch", "--no-tags", "--no-write-fetch-head", "--quiet", "--no-auto-maintenance", "--", remote, *specs,
            timeout=NETWORK_TIMEOUT,
        )  # fmt: skip

    def signature(self) -> Signature:
        """Who we are and what time it is, as git itself would write it now."""
        return Signature(self.git.line("var", "GIT_AUTHOR_IDENT"), self.git.line("var", "GIT_COMMITTER_IDENT"))

    # -- writes ------------------------------------------------------------------------------------------------------------

    def fetch(self, remote: str, branches: Sequence[str]) -> None:
        """Fetch these branches into their tracking refs, by explicit refspecs, without tags; completes a shallow clone.

        Raises Vanished where the remote no longer has one of them.
        """
        specs = [f"+refs/heads/{b}:refs/remotes/{remote}/{b}" for b in branches]
        deepen = ["--unshallow"] if self.shallow else []
        self.git.run(
            "fetch", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--quiet", *deepen,
            "--", remote, *specs, timeout=NETWORK_TIMEOUT,
        )  # fmt: skip
        self.shallow = False

    def forget_tracking(self, remote: str, branch: str) -> None:
        self.git.run("update-ref", "-d", f"refs/remotes/{remote}/{branch}", ok=(0, 1))

    def push(self, remote: str, updates: Sequence[RefUpdate]) -> None:
        """One atomic push with a lease for every ref. Raises PushRefused when the remote refused it whole."""
        leases = [f"--force-with-lease={u.ref}:{u.old or ''}" for u in updates]
        specs = [f"{u.new or ''}:{u.ref}" for u in updates]
        answer = self.git.run(
            "-c", "push.gpgSign=false", "push", "--atomic", "--porcelain", "--no-follow-tags", "--no-recurse-submodules",
            *leases, "--", remote, *specs, ok=(0, 1, 128), timeout=NETWORK_TIMEOUT,
        )  # fmt: skip
        if answer.status:
            raise gitparse.push_error(answer.out, answer.err, answer.status)

    def fast_forward(self, branch: str, commit: str) -> None:
        """Bring a local branch that is checked out nowhere forward to ``commit`` (git refuses everything else)."""
        # Only protocol 2 gives out commits that no ref names.
        self.git.run("-c", "protocol.version=2", "fetch", "--no-tags", "--no-write-fetch-head", "--quiet", "--no-auto-maintenance",
                     ".", f"{commit}:refs/heads/{branch}", env={"GIT_ALLOW_PROTOCOL": "file"})  # fmt: skip

    def fast_forward_worktree(self, worktree: str, commit: str) -> None:
        """``merge --ff-only`` where the branch is checked out; ignored files are never overwritten."""
        self.git.run("merge", "--ff-only", "--no-overwrite-ignore", "--quiet", "--no-autostash", commit, cwd=worktree,
                     env={"GIT_OPTIONAL_LOCKS": "1"})  # fmt: skip

    def update_refs(self, updates: Sequence[tuple[str, str | None, str | None]]) -> None:
        """(ref, new, old) in one transaction; ``new`` None deletes, ``old`` None means that it must not exist, "" anything."""
        lines: list[str] = []
        for ref, new, old in updates:
            expected = "" if old == "" else f" {old or '0' * len(new or '')}"
            lines.append(f"update {ref} {new}{expected}" if new else f"delete {ref}{expected}")
        if lines:
            self.git.run("update-ref", "--no-deref", "--stdin", stdin="\n".join(lines) + "\n")

    def set_config(self, key: str, value: str | None) -> None:
        """Set one key of the clone's own configuration; None removes it (and its section, once empty)."""
        if value is not None:
            self.git.run("config", "--local", "--replace-all", key, value)
            self.config().append((key, value))
        else:
            self.git.run("config", "--local", "--unset-all", key, ok=(0, 5))
            self.__dict__.pop("_config", None)

    def remove_config_section(self, section: str) -> None:
        command = ("config", "--local", "--remove-section", section)
        answer = self.git.run(*command, ok=(0, 128))
        if answer.status and "no such section" not in answer.err.lower():
            raise readable(command, answer)
        self.__dict__.pop("_config", None)

    def switch(self, branch: str) -> None:
        self.git.run("switch", "--quiet", "--no-overwrite-ignore", branch, env={"GIT_OPTIONAL_LOCKS": "1"})


def _person(record: str) -> Person:
    email, _, name = record.partition("\n")
    return Person(email, name)
