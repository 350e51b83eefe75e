"""Addresses of pull requests that anybody may have written."""

import pytest

from reletan.domain.address import RemoteAddress, number_in, remote_address
from reletan.domain.errors import UsageError


@pytest.mark.parametrize(
    "url",
    ["https://github.com/acme/shop/pull/12", "https://github.com/acme/shop/pull/12/", "https://GitHub.com/Acme/Shop/pull/12/files",
     "https://github.com/acme/shop/pull/12#issuecomment-1"],
)  # fmt: skip
def test_the_number(url: str) -> None:
    assert number_in(url, "github.com", "acme/shop") == 12


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/evil/shop/pull/12",
        "https://github.com/acme/shop2/pull/12",
        "https://github.com.evil.example/acme/shop/pull/12",
        "https://user@github.com/acme/shop/pull/12",
        "https://github.com@evil.example/acme/shop/pull/12",
        "http://github.com/acme/shop/pull/12",
        "https://github.com/acme/shop/issues/12",
        "https://github.com/acme/shop/pull/",
        "https://github.com/acme/shop/pull/-12",
        "https://github.com/acme/shop/pull/012",
        "https://github.com/acme/../evil/shop/pull/12",
        "https://github.com:444/acme/shop/pull/12",
        "https://[::1/acme/shop/pull/12",
        "acme/shop#12",
        "",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no pull request of acme/shop"):
        number_in(url, "github.com", "acme/shop")


REMOTES = {
    "https://github.com/acme/shop.git": ("github.com", None, "acme/shop"),
    "https://GitHub.com/acme/shop/": ("github.com", None, "acme/shop"),
    "https://user:secret@github.example.com:8443/acme/shop": ("github.example.com", 8443, "acme/shop"),
    "https://github.com:443/acme/shop": ("github.com", None, "acme/shop"),
    "http://github.example.com:443/acme/shop": ("github.example.com", 443, "acme/shop"),
    "http://127.0.0.1:4711/acme/shop.git": ("127.0.0.1", 4711, "acme/shop"),
    "git@github.com:acme/shop.git": ("github.com", None, "acme/shop"),
    "git@github.com:/acme/shop.git": ("github.com", None, "acme/shop"),
    "org-1234@github.com:acme/shop": ("github.com", None, "acme/shop"),
    "github.com:acme/shop": ("github.com", None, "acme/shop"),
    "ssh://git@github.com/acme/shop.git": ("github.com", None, "acme/shop"),
    "ssh://git@github.com:22/acme/shop.git": ("github.com", None, "acme/shop"),
    "ssh://git@ssh.github.com:443/acme/shop.git": ("github.com", None, "acme/shop"),
    "ssh://git@github.example.com:2222/acme/shop.git": ("github.example.com", None, "acme/shop"),
}


@pytest.mark.parametrize(("url", "expected"), REMOTES.items())
def test_where_a_remote_is(url: str, expected: tuple[str, int | None, str]) -> None:
    assert remote_address(url) == RemoteAddress(*expected)


@pytest.mark.parametrize(
    "url", ["", "/srv/shop.git", "../shop", "file:///srv/shop.git", "https://[bad/acme", "https://host:port/acme"]
)
def test_what_is_no_address_of_a_host(url: str) -> None:
    assert remote_address(url) is None
