"""Objects that a release is made of: merges and tags, on no branch until they are pushed."""

import os
import re
import shutil
import tempfile
from collections.abc import Sequence

import msgspec

from reletan.adapters.gitrun import GitFailed, GitRunner, scratch
from reletan.domain.errors import UsageError

OID = re.compile(r"[0-9a-f]{40,64}")


class Merged(msgspec.Struct, frozen=True):
    """A merge that works: the commit, made but on no branch yet."""

    commit: str


class Conflict(msgspec.Struct, frozen=True):
    """A merge that people must do: the paths in conflict."""

    paths: tuple[str, ...]


class Signature(msgspec.Struct, frozen=True):
    """Who makes the objects and when, as git writes it: ``Hana <hana@example.com> 1767600000 +0900``."""

    author: str
    committer: str

    def environment(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for role, value in (("AUTHOR", self.author), ("COMMITTER", self.committer)):
            name, mail, date = _split_identity(value)
            known |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail, f"GIT_{role}_DATE": f"@{date}"}
        return known


class GitObjects:
    """The part of the gateway that makes objects; nothing points at them yet."""

    git: GitRunner
    common_dir: str

    def merge(self, into: str, commit: str, message: str, who: Signature, *, sign: bool = False) -> Merged | Conflict:
        """Merge ``commit`` into ``into`` (ids) without a work tree, always with a merge commit."""
        tree = self._merged_tree(into, commit)
        if isinstance(tree, Conflict):
            return tree
        # commit-tree ignores commit.gpgSign
        flags = ["-S"] if sign else []
        made = self.git.run(
            "commit-tree", tree, "-p", into, "-p", commit, *flags, "-F", "-", stdin=message, env=who.environment()
        )
        return Merged(made.out.strip())

    def has_own_content(self, commit: str, parents: Sequence[str]) -> bool:
        """Whether ``commit`` has anything that git would not make of its ``parents`` by merging them."""
        if len(parents) != 2 or self.git.run("merge-base", *parents, ok=(0, 1)).status:
            return True
        return self._merged_tree(*parents) != self.git.line("rev-parse", f"{commit}^{{tree}}")

    def _merged_tree(self, into: str, commit: str) -> str | Conflict:
        # merge-tree reads .gitattributes from the work tree it stands in: give it the first parent's, and nothing else.
        with scratch():
            folder = tempfile.mkdtemp(prefix="reletan-")
        try:
            with scratch():
                self._lay_attributes(into, folder)
            env = {"GIT_DIR": self.common_dir, "GIT_WORK_TREE": folder}
            answer = self.git.run(
                "merge-tree",
                "--write-tree",
                "--name-only",
                "--no-messages",
                "-z",
                into,
                commit,
                ok=(0, 1),
                env=env,
                cwd=folder,
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        tree, *paths = answer.out.split("\0")
        if not OID.fullmatch(tree):
            raise GitFailed("git could not merge.", answer.status, answer.err)
        return tree if answer.status == 0 else Conflict(tuple(dict.fromkeys(p for p in paths if p)))

    def _lay_attributes(self, commit: str, folder: str) -> None:
        listed = self.git.run("ls-tree", "-r", "-z", commit).out.split("\0")
        for entry in listed:
            meta, _, path = entry.partition("\t")
            *folders, name = path.split("/")
            # a crafted tree may hold names that lead out of the folder
            if name == ".gitattributes" and meta.startswith("100") and not {"", ".", ".."} & set(folders):
                target = os.path.join(folder, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8", errors="surrogateescape") as file:
                    file.write(self.git.run("cat-file", "blob", meta.split()[2]).out)

    def make_tag(self, name: str, commit: str, message: str, who: Signature, *, sign: bool = False) -> str:
        """An annotated tag object on ``commit``, without a ref."""
        if sign:
            return self._signed_tag(name, commit, message, who)
        text = f"object {commit}\ntype commit\ntag {name}\ntagger {who.committer}\n\n{message.rstrip()}\n"
        return self.git.run("mktag", stdin=text).out.strip()

    def _signed_tag(self, name: str, commit: str, message: str, who: Signature) -> str:
        # `git tag` always makes a ref: let it make that one in a folder that only borrows our objects and configuration.
        with scratch(), tempfile.TemporaryDirectory(prefix="reletan-") as folder:
            os.makedirs(os.path.join(folder, "refs"))
            os.symlink(os.path.join(self.common_dir, "objects"), os.path.join(folder, "objects"))
            shutil.copy(os.path.join(self.common_dir, "config"), os.path.join(folder, "config"))
            with open(os.path.join(folder, "HEAD"), "w", encoding="ascii") as file:
                file.write("ref: refs/heads/none\n")
            env = {**who.environment(), "GIT_DIR": folder, "GIT_WORK_TREE": folder}
            self.git.run("tag", "-s", "-F", "-", name, commit, stdin=message, env=env)
            return self.git.run("rev-parse", "--verify", f"refs/tags/{name}", env=env).out.strip()


def _split_identity(value: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"(.*?) ?<(.*)> (\d+ [+-]\d{4})", value)
    if found is None:
        raise UsageError(
            "git does not know who you are.", next="run `git config user.name …` and `git config user.email …`"
        )
    return found[1], found[2], found[3]
