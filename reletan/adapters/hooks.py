"""git-flow's hooks and filters, where the repository has them (``gitflow.path.hooks``, else git's own hooks folder)."""

import os
import subprocess
import sys

from reletan.adapters.gitrepo import GitRepo
from reletan.domain.errors import ReletanError
from reletan.domain.plan import RunHook

FILTER_TIMEOUT = 120


def find_hook(repo: GitRepo, name: str) -> str | None:
    """The path of an executable hook; None where there is none."""
    folder = repo.setting("gitflow.path.hooks") or os.path.join(repo.common_dir, "hooks")
    path = os.path.join(repo.top or repo.common_dir, os.path.expanduser(folder), name)
    return path if os.path.isfile(path) and os.access(path, os.X_OK) else None


def hook_step(repo: GitRepo, name: str, *arguments: str) -> RunHook | None:
    path = find_hook(repo, name)
    return RunHook(name, path, arguments) if path else None


def run_filter(repo: GitRepo, name: str, *arguments: str) -> str:
    """What the filter makes of its first argument; the argument itself where there is no such filter."""
    path = find_hook(repo, name)
    if path is None:
        return arguments[0]
    try:
        done = subprocess.run(
            [path, *arguments], cwd=_folder(repo), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=FILTER_TIMEOUT, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReletanError(f"The filter {name} could not be run: {error}.", next=f"mend or remove {path}") from error
    if done.returncode or not done.stdout.strip():
        raise ReletanError(
            f"The filter {name} failed (exit {done.returncode}), so nothing was done.",
            details=(done.stdout + done.stderr).strip().splitlines()[-8:],
            next=f"mend or remove {path}",
        )
    return done.stdout.strip()


def run_hook(repo: GitRepo, hook: RunHook) -> None:
    """Run one hook; its output goes to stderr, since stdout is for data. Raises ReletanError when it says no."""
    sys.stderr.flush()
    try:
        status = subprocess.run(
            [hook.path, *hook.arguments],
            cwd=_folder(repo),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            check=False,
        ).returncode
    except OSError as error:
        raise ReletanError(f"The hook {hook.hook} could not be run: {error.strerror}.") from error
    if status:
        raise ReletanError(f"The hook {hook.hook} said no (exit {status}).", next=f"see {hook.path}")


def _folder(repo: GitRepo) -> str:
    return repo.top or repo.common_dir
