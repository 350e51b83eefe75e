"""Explain a conflict: the files, and the pull requests and people that touched them on both sides."""

from reletan.adapters import gitparse
from reletan.adapters.gitobjects import Conflict
from reletan.commands.session import Session
from reletan.domain.errors import Blocked
from reletan.domain.subjects import said_by
from reletan.domain.text import one_line

MOST_FILES = 10
RECORD = "--format=%H %P%n%ct%n%an%n%B"


def explain(session: Session, into: str, ours: str, theirs: str, conflict: Conflict, *, next: str) -> Blocked:
    """The error for a merge of ``theirs`` into the branch ``into`` (at ``ours``) that people must do."""
    details = [_file(session, path, ours, theirs) for path in conflict.paths[:MOST_FILES]]
    if len(conflict.paths) > MOST_FILES:
        details.append(f"and {len(conflict.paths) - MOST_FILES} more files")
    return Blocked(f"Merging into {into} conflicts, so nothing was pushed.", details=details, next=next)


def _file(session: Session, path: str, ours: str, theirs: str) -> str:
    touched = [*_touched(session, path, ours, theirs), *_touched(session, path, theirs, ours)]
    return one_line(f"{path}: touched by {', '.join(dict.fromkeys(touched)) or 'commits that could not be named'}")


def _touched(session: Session, path: str, tip: str, other: str) -> list[str]:
    """Who changed ``path`` on this side: "#12 Add login (Hana)", or "Hana (1a2b3c4)" without a pull request."""
    repo = session.repo
    # Not one `log … ^other`: with a path, git drops the merge whose first parent is excluded.
    mine = set(repo.ids_between(other, tip, "--first-parent"))
    out = repo.git.run("log", "-m", "--first-parent", "-z", "-8", RECORD, tip, "--", f":(top,literal){path}").out
    records = [record.lstrip("\n") for record in out.split("\0") if record.strip()]
    return [text for record in records if record[: record.index(" ")] in mine for text in _who(session, record, path)]


def _who(session: Session, record: str, path: str) -> list[str]:
    commit = gitparse.commit(record)
    sha, parents, author, said = commit.sha, commit.parents, commit.author, said_by(commit)
    if len(parents) > 1:
        out = session.repo.git.run(
            "log", "--no-merges", "-8", "--format=%an (%h)", parents[1], f"^{parents[0]}", "--", f":(top,literal){path}"
        ).out
        people = [line for line in dict.fromkeys(out.splitlines()) if line]
        names = ", ".join(dict.fromkeys(line.rsplit(" (", 1)[0] for line in people)) or author
        return [f"#{said.number} {said.title} ({names})"] if said else (people or [f"{author} ({sha[:7]})"])
    return [f"#{said.number} {said.title} ({author})"] if said else [f"{author} ({sha[:7]})"]
