"""Random newer schemas. By legal changes only, old and new code understand each other; an illegal one is always caught.

What was exercised is counted and printed: a change that is never made proves nothing.
"""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import Api, InvalidSchemaError, load
from daemonrpc_codegen.breaking import RULES, Category, Verdict, compare_models
from evolution.draft import TODAY, Change, Draft
from evolution.illegal import ILLEGAL, forget_the_version
from evolution.legal import ADDITIONS, LEGAL
from evolution.peers import Peer, answers_are_read, misunderstandings, params_are_read

GONE = {"parcel.count", "rack", "giant"}
"""What today's schema announces to go: a client that listens does not use it."""


@pytest.fixture(scope="module")
def today() -> Api:
    return load(TODAY)


@pytest.fixture(scope="module")
def peer_of_today(today: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with Peer.of(today, "today_api", tmp_path_factory.mktemp("today")) as peer:
        yield peer


def breaking_rules(old: Api, new: Api) -> set[str]:
    """The rules that refuse the new schema as the successor of a release."""
    return {finding.rule.name for finding in compare_models(old, new, is_release=True) if finding.rule.breaks}


def newer_schema(seed: str, wanted: list[Change]) -> tuple[Draft, list[Change]]:
    """Today's schema after these changes, and those of them that could be made."""
    draft = Draft(random.Random(seed))
    return draft, [change for change in wanted if change(draft)]


def understand_each_other(today: Api, old: Peer, cases: int, per_case: int, tmp_path: Path) -> Counter[str]:
    """Makes newer schemas until every legal change was made, and at least so many of them."""
    made: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    chance = random.Random(f"legal {cases}")
    while counts["schemas"] < cases or len(made) < len(LEGAL):
        assert counts["schemas"] < cases + 20, {change.__name__ for change in LEGAL if change.__name__ not in made}
        rare = sorted(LEGAL, key=lambda change: (made[change.__name__], chance.random()))[:per_case]
        draft, done = newer_schema(f"{counts['schemas']}", rare)
        new = draft.save(tmp_path / "next.yaml")
        assert breaking_rules(today, new) == set(), [change.__name__ for change in done]
        with Peer.of(new, f"next{counts['schemas']}_api", tmp_path / f"{counts['schemas']}") as newer:
            answers_are_read(newer, old, counts)  # encoded by the newer server, read by today's client
            answers_are_read(old, newer, counts)  # and the other way round
            params_are_read(old, newer, counts, GONE)  # sent by today's client, read by the newer server
        made.update(change.__name__ for change in done)
        counts["schemas"] += 1
    print(f"legal changes: {dict(counts)}\n  each made so often: {dict(made.most_common())}")
    return counts


def test_old_and_new_code_understand_each_other_after_legal_changes(
    today: Api, peer_of_today: Peer, tmp_path: Path
) -> None:
    counts = understand_each_other(today, peer_of_today, 10, 9, tmp_path)
    for what in ("results", "items", "params", "data of errors"):
        assert counts[what] >= 50, what
        assert counts[f"values of {what}"] >= counts[what], "something was compared in most of them"
    for what in ("unknown fields ignored", "unknown values kept", "unknown tags kept"):
        assert counts[what] > 0, "the newer schema was not only newer, it was used"


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_old_and_new_code_understand_each_other_after_legal_changes_long(
    today: Api, peer_of_today: Peer, tmp_path: Path
) -> None:
    assert understand_each_other(today, peer_of_today, 300, 12, tmp_path)["schemas"] >= 300


def catch_all(today: Api, rounds: int, tmp_path: Path) -> Counter[str]:
    """Makes every illegal change so many times, each among legal ones; each must be caught, by a rule that is meant."""
    caught: Counter[str] = Counter()
    for change, rules in ILLEGAL.items():
        attempt = 0
        while caught[change.__name__] < rounds:
            assert attempt < rounds * 3 + 20, f"{change.__name__} can rarely be made"
            draft, attempt = Draft(random.Random(f"{change.__name__} {attempt}")), attempt + 1
            if not change(draft):
                continue
            for addition in [] if change is forget_the_version else draft.chance.sample(ADDITIONS, 2):
                addition(draft)
            found = breaking_rules(today, draft.save(tmp_path / "next.yaml"))
            assert found & rules, (change.__name__, found)
            caught[change.__name__] += 1
    print(f"illegal changes, all caught: {sum(caught.values())} of {len(caught)} kinds")
    return caught


def test_every_illegal_change_is_caught(today: Api, tmp_path: Path) -> None:
    caught = catch_all(today, 1, tmp_path)
    assert len(caught) == len(ILLEGAL) >= 60


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_every_illegal_change_is_caught_long(today: Api, tmp_path: Path) -> None:
    assert sum(catch_all(today, 40, tmp_path).values()) >= 2400


def is_seen_by_codecs(change: Change) -> bool:
    """Whether what the change breaks is a message that one side cannot read."""
    rules = [RULES[rule] for rule in ILLEGAL[change]]
    prefixes = ("param-", "result-", "struct-", "union-")
    return all(rule.category is Category.WIRE and rule.name.startswith(prefixes) for rule in rules)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_what_is_refused_really_breaks_long(today: Api, peer_of_today: Peer, tmp_path: Path) -> None:
    """No wolf is cried: where a rule says that a change breaks, there are messages that one side cannot read."""
    shown: Counter[str] = Counter()
    for number, change in enumerate(filter(is_seen_by_codecs, ILLEGAL)):
        draft = Draft(random.Random(change.__name__))
        assert change(draft)
        new = draft.save(tmp_path / "next.yaml")
        rules = {item.rule.name for item in compare_models(today, new, is_release=True)} & ILLEGAL[change]
        with Peer.of(new, f"broken{number}_api", tmp_path / f"{number}") as newer:
            for column, client, server in (("old_client", peer_of_today, newer), ("new_client", newer, peer_of_today)):
                if any(getattr(RULES[rule], column) is Verdict.BREAKS for rule in rules):
                    assert misunderstandings(client, server) > 0, (change.__name__, column)
                    shown[column] += 1
    print(f"refused changes that break messages: {dict(shown)}")
    assert min(shown.values()) >= 15


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_nothing_that_breaks_a_message_is_overlooked_long(today: Api, peer_of_today: Peer, tmp_path: Path) -> None:
    """Whatever is changed: where one side cannot read a message, the column of that side says so."""
    counts: Counter[str] = Counter()
    changes = [*LEGAL, *ILLEGAL]
    for number in range(100):
        try:
            draft, done = newer_schema(f"any {number}", random.Random(number).sample(changes, 3))
            new = draft.save(tmp_path / "next.yaml")
        except (InvalidSchemaError, KeyError, TypeError):  # one takes away what another would have changed
            counts["changes that do not go together"] += 1
            continue
        rules = [item.rule for item in compare_models(today, new, is_release=True)]
        with Peer.of(new, f"any{number}_api", tmp_path / f"{number}") as newer:
            for column, client, server in (("old_client", peer_of_today, newer), ("new_client", newer, peer_of_today)):
                is_said = any(getattr(rule, column) is not Verdict.OK for rule in rules)
                is_so = misunderstandings(client, server) > 0
                assert is_said or not is_so, (column, [change.__name__ for change in done])
                counts[f"{column}: {'said' if is_said else 'not said'}, {'so' if is_so else 'not so'}"] += 1
    print(f"any changes: {dict(counts)}")
    assert counts["changes that do not go together"] <= 20
    assert counts["old_client: said, so"] >= 20
    assert counts["new_client: said, so"] >= 20


def test_a_schema_that_did_not_change_breaks_nothing(today: Api, tmp_path: Path) -> None:
    assert compare_models(today, today, is_release=True) == []
    untouched: Any = Draft(random.Random(0)).save(tmp_path / "next.yaml")
    assert compare_models(today, untouched, is_release=True) == []
