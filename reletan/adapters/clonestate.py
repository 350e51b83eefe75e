"""The state of a clone that a person may have to mend: locks, journals, identity, signing. Only looked at, never changed."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping

from reletan.adapters.gitparse import push_error
from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.journal import JournalFolder
from reletan.domain.clonecheck import Identity, Lock, Signing
from reletan.domain.contributors import Person

# Nobody waits for longer to hear that something is wrong
REMOTE_TIMEOUT = 60
KEY_TIMEOUT = 10
_PROBE = "refs/heads/reletan-doctor"
_PROGRAMS = {"openpgp": "gpg", "ssh": "ssh-keygen", "x509": "gpgsm"}
_SIGNS = re.compile(r"(?:commit|tag)\.gpgsign|gitflow\.(?:release|hotfix)\.finish\.sign")
_PUBLIC_KEY = re.compile(r"(?:key::)?\S+ +(\S+)")


def is_partial(repo: GitRepo) -> bool:
    """Whether files are missing on purpose, to be fetched when they are needed."""
    return any(
        key == "extensions.partialclone" or (key.endswith(".promisor") and value == "true")
        for key, value in repo.config()
    )


def locks(repo: GitRepo) -> list[Lock]:
    """The lock files in the clone, and in the work tree that this is; at most a hundred."""
    own = repo.git.line("rev-parse", "--absolute-git-dir")
    found = []
    for path in sorted(set(_lock_paths(repo.common_dir, own)))[:100]:
        try:
            age = time.time() - os.stat(path).st_mtime
        except OSError:
            continue  # git was quicker
        found.append(Lock(path, max(int(age), 0)))
    return found


def _lock_paths(common_dir: str, own: str) -> Iterator[str]:
    for folder in (common_dir, own):
        yield from (entry.path for entry in os.scandir(folder) if entry.name.endswith(".lock"))
    for below in ("refs", "objects/info", "objects/pack"):
        for folder, _, files in os.walk(os.path.join(common_dir, below)):
            yield from (os.path.join(folder, name) for name in files if name.endswith(".lock"))


def unwritable(repo: GitRepo) -> str | None:
    """The first folder of the clone that we may not write to; that of the journal has to be none before the first run."""
    journals = JournalFolder(repo.common_dir).folder
    inner = (os.path.join(repo.common_dir, name) for name in ("objects", "refs", "refs/heads"))
    there = filter(os.path.lexists, (repo.common_dir, *inner, journals))
    shut = (path for path in there if not os.access(path, os.W_OK) or (path == journals and not os.path.isdir(path)))
    return next(shut, None)


def is_committed(repo: GitRepo, path: str) -> bool:
    """Whether the commit that is checked out has this file."""
    # 128: there is no commit yet
    return bool(repo.git.run("ls-tree", "--full-tree", "HEAD", "--", path, ok=(0, 128)).out)


def torn_journals(folder: JournalFolder) -> list[str]:
    try:
        names = sorted(name for name in os.listdir(folder.folder) if name.endswith(".json"))
    except OSError:
        return []
    return [os.path.join(folder.folder, name) for name in names if folder.read(name.removesuffix(".json")) is None]


def identity(repo: GitRepo, environ: Mapping[str, str]) -> Identity | None:
    """Who git takes us for; None where it does not know."""
    for role in ("COMMITTER", "AUTHOR"):
        answer = repo.git.run("var", f"GIT_{role}_IDENT", ok=(0, 1, 128))
        if answer.status:
            return None
    given = all(
        environ.get(f"GIT_AUTHOR_{part.upper()}") or repo.setting(f"user.{part}") or repo.setting(f"author.{part}")
        for part in ("name", "email")
    )
    return Identity(answer.out.rpartition(">")[0] + ">", given)


def recent_authors(repo: GitRepo, tip: str, most: int) -> list[Person]:
    """Who wrote the newest 200 commits of ``tip``, each address once; bots are none."""
    out = repo.git.run("log", "-z", "-200", "--no-merges", "--format=%ae%n%an", tip, "--").out
    people: dict[str, Person] = {}
    for record in filter(None, out.split("\0")):
        email, _, name = record.partition("\n")
        if "[bot]" not in email + name:
            people.setdefault(email.casefold(), Person(email, name))
    return list(people.values())[:most]


def pretend_to_push(repo: GitRepo, remote: str, commit: str) -> None:
    """Ask the remote all that comes before an atomic push, and send nothing. Raises as a push does."""
    answer = repo.git.run(
        "-c", "push.gpgSign=false", "push", "--dry-run", "--atomic", "--porcelain", "--no-verify", "--no-follow-tags",
        "--no-recurse-submodules", "--", remote, f"{commit}:{_PROBE}", ok=(0, 1, 128), timeout=REMOTE_TIMEOUT,
    )  # fmt: skip
    if answer.status:
        raise push_error(answer.out, answer.err, answer.status)


# -- signing ---------------------------------------------------------------------------------------------------------


def signing(repo: GitRepo, environ: Mapping[str, str]) -> Signing:
    """What is to be signed, and whether the program and the key for it are here. Nothing is signed."""
    on = dict.fromkeys(
        key for key, value in repo.config() if _SIGNS.fullmatch(key) and value.lower() in ("true", "yes", "on", "1")
    )
    wanted = tuple(key for key in on if (repo.setting(key) or "").lower() in ("true", "yes", "on", "1"))
    format = repo.setting("gpg.format") or "openpgp"
    key = repo.setting("user.signingkey")
    found = Signing(wanted, format, key)
    if not wanted:
        return found
    given = repo.setting(f"gpg.{format}.program") or (repo.setting("gpg.program") if format == "openpgp" else None)
    program = given or _PROGRAMS.get(format, "gpg")
    path = shutil.which(os.path.expanduser(program), path=environ.get("PATH"))
    if path is None:
        fix = f"install {program}, or git config --unset {wanted[0]}"
        return Signing(wanted, format, key, f"there is no program {program}", fix)
    if format == "ssh" and given is None:
        return _ssh(found, repo, environ)
    return _gpg(found, path, environ) if format == "openpgp" and "gpg" in os.path.basename(path) else found


def _gpg(found: Signing, path: str, environ: Mapping[str, str]) -> Signing:
    if found.key is None:
        return found
    home = environ.get("GNUPGHOME") or os.path.join(os.path.expanduser("~"), ".gnupg")
    # where there is none, gpg would make one
    if os.path.isdir(home) and _answers([path, "--batch", "--list-secret-keys", "--", found.key], environ) is not None:
        return found
    return Signing(found.wanted, found.format, found.key, f"gpg has no secret key {found.key}",
                   "gpg --list-secret-keys, then git config user.signingkey with one of them")  # fmt: skip


def _ssh(found: Signing, repo: GitRepo, environ: Mapping[str, str]) -> Signing:
    key = found.key
    if key is None and repo.setting("gpg.ssh.defaultKeyCommand"):
        return found
    if key is None:
        return Signing(
            found.wanted, found.format, key, "no key is named", "git config user.signingkey ~/.ssh/id_ed25519.pub"
        )
    literal = _PUBLIC_KEY.match(key) if key.startswith(("key::", "ssh-")) else None
    path = os.path.expanduser(key)
    private = path.removesuffix(".pub")
    if literal is None and os.access(private, os.R_OK):
        return found
    public = literal[1] if literal else _public(path)
    if public and public in (_answers(["ssh-add", "-L"], environ) or ""):
        return found
    return Signing(found.wanted, found.format, key, f"the key {key} is neither a file here nor in the ssh agent",
                   "ssh-add, or git config user.signingkey with a key that is here")  # fmt: skip


def _public(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = _PUBLIC_KEY.match(file.read(16_384))
    except OSError:
        return None
    return found[1] if found else None


def _answers(argv: list[str], environ: Mapping[str, str]) -> str | None:
    """What a program prints; None where it fails, or cannot be run."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=KEY_TIMEOUT, check=False, env=dict(environ)
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
