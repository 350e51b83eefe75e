"""Addresses of pull requests that anybody may have written."""

import pytest

from reletan.domain.address import number_in
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
