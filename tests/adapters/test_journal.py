"""The journal: whole or not there, one writer at a time, and never in the way."""

from pathlib import Path

import pytest

from reletan.adapters.journal import Journal, JournalFolder, marked
from reletan.domain.errors import Blocked, ReletanError
from reletan.domain.plan import CreateTag, Plan

PLAN = Plan(command="tag", version="1.4.0", steps=(CreateTag("v1.4.0", "a" * 40),))
JOURNAL = Journal(
    command="tag", version="1.4.0", options={"head": None, "sign": True, "message": "花"}, author="A <a@b> 1 +0000",
    committer="C <c@d> 2 +0900", plan=PLAN, states=("todo",),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> JournalFolder:
    found = JournalFolder(str(tmp_path))
    with found.lock():
        pass
    return found


def test_what_is_written_is_read(folder: JournalFolder) -> None:
    folder.write(JOURNAL)
    assert folder.read("1.4.0") == JOURNAL
    folder.write(marked(JOURNAL, ["done"]))
    assert folder.unfinished() == [marked(JOURNAL, ["done"])]


def test_forgetting_twice_is_no_error(folder: JournalFolder) -> None:
    folder.write(JOURNAL)
    folder.forget("1.4.0")
    folder.forget("1.4.0")
    assert folder.read("1.4.0") is None
    assert folder.unfinished() == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"command": 1}', b"\xff\xfe", b"[]"], ids=ascii)
def test_a_torn_journal_is_none(folder: JournalFolder, content: bytes) -> None:
    (Path(folder.folder) / "1.4.0.json").write_bytes(content)
    assert folder.read("1.4.0") is None
    assert folder.unfinished() == []


def test_only_one_holds_the_lock(folder: JournalFolder) -> None:
    with folder.lock(), pytest.raises(Blocked, match="Another reletan"), JournalFolder(folder.folder[:-8]).lock():
        pass
    with folder.lock():
        pass


def test_a_folder_that_cannot_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "reletan").write_text("a file")
    with pytest.raises(ReletanError, match="nothing was done"), JournalFolder(str(tmp_path)).lock():
        pass
    assert JournalFolder(str(tmp_path)).unfinished() == []
