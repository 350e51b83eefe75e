"""Users and passwords in addresses: one is found wherever it stands, and cut off whole."""

import tracemalloc

import pytest

from reletan.domain.credentials import holds_user, names_user, without_secrets, without_user


@pytest.mark.parametrize(
    "address",
    ["https://hana@h/x", "https://hana:p@h/x", "https://hana:p@ss@h/x", "https://hana:p/w@h/x", "ssh://git@h/x", "https://:p@h",
     "https://hana:it's@h/x"],
)  # fmt: skip
def test_a_user_is_found_and_cut_off(address: str) -> None:
    assert names_user(address)
    assert holds_user(f"see {address} there")
    assert without_user(address).rpartition("://")[2].startswith("h")
    assert "hana" not in without_user(address)


@pytest.mark.parametrize(
    "address", ["https://h/x", "https://h:443/a@b", "https://[::1]:443/a@b", "git@h:x", "/srv/a@b", ""]
)
def test_an_at_sign_alone_is_no_user(address: str) -> None:
    assert not names_user(address)
    assert not holds_user(f"see {address} and @hana")


@pytest.mark.parametrize(
    ("address", "rest"),
    [
        ("https://tok@h.example/team/re@po.git", "https://h.example/team/re@po.git"),
        ("https://hana:p@ss@h/x", "https://h/x"),
        ("https://tok@[::1]:443/re@po", "https://[::1]:443/re@po"),
        ("https://h/re@po", "https://h/re@po"),
        ("file:///home/u@x/repo.git", "file:///home/u@x/repo.git"),
        ("file://u@x/repo.git", "file://u@x/repo.git"),
        ("git@h:re@po", "git@h:re@po"),
        # what is between the two may be the rest of a password
        ("https://hana:p@ss/w@h/x", "https://h/x"),
        ("https://hana:p/w@h/x", "https://h/x"),
    ],
)
def test_an_at_sign_of_the_path_stays(address: str, rest: str) -> None:
    assert without_user(address) == rest


@pytest.mark.parametrize(
    ("text", "holds"),
    [("https://a.example/x,https://tok:pw123@b/y", True), ("[x](https://a/p)(https://u:p@b/)", True),
     ("https://a/x,https://1234@b", True), ("https://a/to?https://u:p/w@b", True), ("https://a:p/w://h/x@b", True),
     ("https://u:p:///w@h", True), ("[x](https://a/p)(https://hana@h/)", True),
     ("https://a/x,https://b/c@d", False), ("[x](https://a/p)(https://b:80/c@d)", False), ("https://a/x://", False)],
)  # fmt: skip
def test_each_address_of_a_text_counts(text: str, holds: bool) -> None:
    assert holds_user(f"see {text} there") == holds


def test_a_file_full_of_addresses_needs_little_memory() -> None:
    text = "://" * 20_000
    tracemalloc.start()
    try:
        assert not holds_user(text)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(text)
    finally:
        tracemalloc.stop()


def test_in_a_text_each_address_loses_its_own() -> None:
    assert without_secrets("'https://a:b/c@h/x' and http://d@i") == "'https://***@h/x' and http://***@i"
