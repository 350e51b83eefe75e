"""Files: read with care, written whole or not at all."""

import os
from pathlib import Path

import pytest

from reletan.adapters.files import MAX_BYTES, parse_toml, read, write_atomically
from reletan.domain.errors import ReletanError, UsageError


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read(str(tmp_path), "x.toml") is None


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"a\r\n\xff")
    assert read(str(tmp_path), "x.toml") == b"a\r\n\xff"


def test_a_link_inside_the_tree_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("x = 1\n")
    (tmp_path / "x.toml").symlink_to("real.toml")
    assert read(str(tmp_path), "x.toml") == b"x = 1\n"


@pytest.mark.parametrize("target", ["../outside.toml", "../nowhere.toml"])
def test_a_link_out_of_the_tree_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.toml").write_text("x = 1\n")
    top = tmp_path / "top"
    top.mkdir()
    (top / "x.toml").symlink_to(target)
    with pytest.raises(UsageError, match=r"x\.toml leads out of the work tree"):
        read(str(top), "x.toml")


def test_folders_pipes_and_dangling_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name, problem in (("folder", "is not a file"), ("pipe", "is not a file"), ("dangling", "cannot be read")):
        with pytest.raises(UsageError, match=problem):
            read(str(tmp_path), name)


def test_a_file_is_at_most_one_mebibyte(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"#" * MAX_BYTES)
    assert read(str(tmp_path), "x") == b"#" * MAX_BYTES
    (tmp_path / "x").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        read(str(tmp_path), "x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[flow]\nremote = x\n", r"x\.toml: broken TOML: .*\(at line 2, column 10\)"),
        (b"a = 1\na = 2\n", r"x\.toml: broken TOML: .*at line 2"),
        (b"a = 1\nb = '\xff'\n", r"x\.toml, line 2: this is not UTF-8"),
        (b"a = " + b"[" * 100_000, r"x\.toml: broken TOML"),
    ],
)
def test_broken_toml_is_pointed_at(content: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_toml(content, "x.toml")


def test_a_byte_order_mark_is_not_broken_toml() -> None:
    assert parse_toml(b"\xef\xbb\xbfa = 1\r\n", "x.toml") == {"a": 1}


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomically(str(tmp_path / "new"), "リリース\r\n")
    assert (tmp_path / "new").read_bytes() == "リリース\r\n".encode()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert sorted(os.listdir(tmp_path)) == ["new", "plain"]


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("old")
    path.chmod(0o600)
    inode = path.stat().st_ino
    write_atomically(str(path), "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert path.stat().st_ino != inode


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("keep")
    (tmp_path / "x").symlink_to("target")
    write_atomically(str(tmp_path / "x"), "new")
    assert ((tmp_path / "target").read_text(), (tmp_path / "x").read_text()) == ("keep", "new")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(ReletanError, match="cannot be written"):
        write_atomically(str(tmp_path / "x"), "new")
    with pytest.raises(ReletanError, match="cannot be written"):
        write_atomically(str(tmp_path / "no" / "y"), "new")
    assert os.listdir(tmp_path) == ["x"]
