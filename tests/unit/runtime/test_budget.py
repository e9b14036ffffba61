from daemonrpc.budget import Budget, Share


def test_budget_is_shared_and_given_back() -> None:
    budget = Budget(100)
    one, two = Share(budget), Share(budget)
    assert one.hold(60)
    assert two.hold(40)
    assert not two.hold(41)
    assert budget.is_exceeded
    assert two.hold(41), "holding as much as before is no growth"
    assert one.hold(0)
    assert not budget.is_exceeded
    assert two.hold(100)
    assert two.hold(0)
    assert budget.used == 0


def test_free_bytes_of_each_share_count_for_nothing() -> None:
    budget = Budget(10)
    shares = [Share(budget, free=5) for _ in range(3)]
    assert all(share.hold(5) for share in shares)
    assert budget.used == 0
    assert shares[0].hold(15)
    assert shares[0].held == 10
    assert not shares[1].hold(6)
