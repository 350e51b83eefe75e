"""Histories to start from, told with the world's verbs."""

from typing import TYPE_CHECKING

import msgspec

from reletan.sandbox.branches import Files
from reletan.sandbox.team import How

if TYPE_CHECKING:
    from reletan.sandbox.world import World

_A_DAY = 86_400


def bare_minimum(world: "World") -> "World":
    """main, develop, v1.3.0 and three pull requests since: 1 and 2 by merge commits, 3 squashed."""
    world.found()
    world.commit("develop", "Sell things", {"shop.txt": "open\n"})
    world.release("1.3.0")
    world.pull("Add a basket", author="Hana")
    world.pull("Fix the sum of an empty basket", author="Yuki")
    world.pull("Show prices with tax", author="Hana", how="squash")
    world.another_clone("hana")
    return world


def believable(world: "World") -> "World":
    """Three releases; since v1.3.0 thirteen pull requests (9-21) and two commits without one."""
    world.found()
    _up_to_the_last_release(world)
    _since_the_last_release(world)
    world.another_clone("hana")
    return world


def _up_to_the_last_release(world: "World") -> None:
    world.pull("Add a catalogue", "feature/catalogue", author="Hana", commits=2)
    world.pull("Add a basket", "feature/basket", author="Yuki")
    world.pull("商品一覧を追加", "feature/item-list", author="山田 花子")
    world.release("1.1.0")
    world.pull("Pay by card", "feature/card", author="Yuki", commits=3)
    world.pull("Fix rounding of taxes", "bugfix/rounding", author="Hana", how="squash")
    world.release("1.2.0")
    world.pull("注文履歴を表示", "feature/order-history", author="山田 花子", how="true")
    world.pull("Send a mail for each order", "feature/mail", author="Marta", commits=2)
    world.pull("Speed up the search", "feature/search", author="Yuki", how="rebase", commits=2)
    world.release("1.3.0")


def _since_the_last_release(world: "World") -> None:
    world.pull("Add gift cards", "feature/gift-cards", author="Yuki", commits=2)
    world.pull("ログイン画面を改善", "feature/login", author="山田 花子")
    world.pull("Fix the order of search results", "bugfix/search-order", author="Marta", how="squash")
    world.commit("develop", "Correct a typo in the README", author="Hana")
    _nested(world)
    world.pull("検索の不具合を修正", "bugfix/search-ja", author="山田 花子", how="squash", commits=2)
    world.pull("Remember the language", "feature/language", author="Hana", how="true")
    banner = world.pull("Show a banner on the first page", "feature/banner", author="Marta", how="squash")
    world.pull("Update the libraries", "chore/libraries", author="Yuki")
    world.commit("develop", "設定ファイルを整理", author="山田 花子")
    world.revert(banner, how="squash", author="Hana")
    world.pull("Add invoices as PDF", "feature/invoices", author="Marta", commits=3)
    world.pull("メール通知を追加", "feature/notify", author="山田 花子", how="squash")
    world.pull("Close the menu with Escape", "feature/escape", author="Hana", how="true")


def _nested(world: "World") -> None:
    outer = world.open_pull("Add wish lists", "feature/wish-lists", author="Yuki")
    world.pull("Share a wish list", "feature/share-wish-list", base="feature/wish-lists", author="Marta")
    world.merge_pull(outer)


class Shop(msgspec.Struct, frozen=True):
    """What the demo tells of, by its number: merged by rebase, a newcomer's first, still open, and of these the ready one."""

    rebased: int
    newcomer: int
    open: tuple[int, ...]
    ready: int


def shop(world: "World") -> Shop:
    """A team's shop on GitHub: v1.3.0, since then twelve pull requests with labels, and four that are open."""
    world.found()
    # a team that has been at it for a while, and a GitHub that knows at once what can be merged
    world.last_number, world.unknown_reads = 120, 0
    _before_the_demo(world)
    conflicting = world.open_pull("Show prices without tax", "feature/net-prices", author="Marta", files=_prices("net"))
    rebased, newcomer = _for_the_next_release(world)
    waiting = _not_ready(world)
    ready = world.open_pull("配送料を表示", "feature/delivery", author="佐藤 健", labels=["feature"])
    for number in (conflicting, ready):
        world.approve(number, by="Yuki")
    for number in (conflicting, *waiting, ready):
        world.check("ci", "success", number)
    world.another_clone("hana")
    return Shop(rebased, newcomer, (conflicting, *waiting, ready), ready)


def _before_the_demo(world: "World") -> None:
    world.commit("develop", "Sell things", _prices("gross"))
    for title, author in (
        ("Add a catalogue", "Hana"), ("Add a basket", "Yuki"), ("商品一覧を追加", "山田 花子"), ("Pay by card", "Marta"),
    ):  # fmt: skip
        _merged(world, title, author)
    world.release("1.2.0")
    _merged(world, "注文履歴を表示", "佐藤 健", "feature")
    world.release("1.3.0")


def _for_the_next_release(world: "World") -> tuple[int, int]:
    """(the one merged by rebase, the newcomer's)"""
    _merged(world, "Add gift cards", "Yuki", "feature", commits=2)
    _merged(world, "ログイン画面を改善", "山田 花子", "feature")
    _merged(world, "Fix the order of search results", "Marta", "bug", how="squash")
    _merged(world, "カートの合計金額を修正", "佐藤 健", "bug", how="squash")
    _merged(world, "Remember the language", "Hana", "feature", how="true")
    rebased = _merged(world, "Pay later by invoice", "Marta", "feature", commits=3, how="rebase")
    world.commit("develop", "Allow larger pictures", author="Hana")
    _merged(world, "Round prices to whole cents", "Yuki", "bug", files=_prices("rounded"))
    _merged(world, "メール通知を追加", "山田 花子", "feature", how="squash")
    newcomer = world.open_pull(
        "Mend a link in the README", "fix-link", author="Lena", fork="lena", labels=["documentation"]
    )
    world.merge_pull(newcomer, by="Hana")
    _merged(world, "Update the libraries", "Yuki", how="squash")
    _merged(world, "Close the menu with Escape", "Hana", "feature")
    _merged(world, "在庫切れの表示を修正", "佐藤 健", "bug")
    return rebased, newcomer


def _not_ready(world: "World") -> tuple[int, int]:
    unapproved = world.open_pull("Let customers cancel an order", "feature/cancel", author="Yuki", labels=["feature"])
    draft = world.open_pull("ほしい物リストを追加", "feature/wish-list", author="山田 花子", draft=True)
    return unapproved, draft


def _merged(
    world: "World",
    title: str,
    author: str,
    *labels: str,
    commits: int = 1,
    how: How = "merge",
    files: Files | None = None,
) -> int:
    """A pull request of the next working day, merged."""
    world.clock += _A_DAY
    number = world.pull(title, author=author, commits=commits, how=how, files=files)
    world.label(number, *labels)
    return number


def _prices(how: str) -> Files:
    return {"src/prices.txt": f"prices are {how}\n"}
