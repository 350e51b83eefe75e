"""Histories to start from, told with the world's verbs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reletan.sandbox.world import World


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
