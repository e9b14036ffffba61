"""What an answer says about a daemon: did it do what its schema promises?"""

from typing import Any, NamedTuple

import msgspec

from daemonrpc.testing.fuzz.oracle import Answered
from daemonrpc.testing.fuzz.plan import Call
from daemonrpc.testing.fuzz.report import Outcome
from daemonrpc.testing.schemas import DocumentValues, UnsupportedSchema

__all__ = ["Judgement", "judge_answer", "judge_item"]

INVALID_PARAMS = -32602
INTERNAL = -32603
NOT_UNDERSTOOD = (INVALID_PARAMS, -32700, -32600, -32601)
UNJUDGED = (-32090, -32091, -32092, -32094, -32095, -32800)
"""Busy, deadline, not allowed, shutting down, lagged, cancelled: true whatever the params are."""


class Judgement(NamedTuple):
    """The outcome, and for `wrong` what the daemon did."""

    outcome: Outcome
    what: str = ""


def judge_answer(call: Call, answer: Answered, values: DocumentValues) -> Judgement:
    """What the answer to a call says."""
    if answer.code == -32800 and call.is_stream and call.is_valid:
        return Judgement("accepted")  # we cancelled it
    if answer.code in UNJUDGED:
        return Judgement("errors")
    if call.is_valid:
        return _judge_valid(call, answer, values)
    if answer.code == INVALID_PARAMS:
        return Judgement("refused")
    if answer.code is None:
        return Judgement("wrong", "accepts what its schema refuses")
    return Judgement("wrong", f"answers invalid params with {answer.code} and not with {INVALID_PARAMS}")


def _judge_valid(call: Call, answer: Answered, values: DocumentValues) -> Judgement:
    if answer.code == INVALID_PARAMS and _is_own_rule(answer, values):
        return Judgement("errors")
    if answer.code in NOT_UNDERSTOOD:
        return Judgement("wrong", "refuses what its schema allows")
    if answer.code == INTERNAL:
        return Judgement("wrong", "fails inside")
    try:
        if answer.code is None and not values.fits_result(call.method, msgspec.json.decode(answer.result)):
            return Judgement("wrong", "answers what its schema does not allow")
    except UnsupportedSchema:
        return Judgement("accepted")  # only the params are held against the schema
    return Judgement("accepted")


def _is_own_rule(answer: Answered, values: DocumentValues) -> bool:
    """Whether the handler refused, and not the schema.

    A server on this stack names the place that does not fit the schema. A rule between two params, which no schema can
    state, is the handler's own, and has no place.
    """
    if "x-fingerprint" not in values.document.get("info", {}):
        return False
    data: Any = msgspec.json.decode(answer.error).get("data")
    return not (isinstance(data, dict) and "path" in data)


def judge_item(call: Call, answer: Answered, values: DocumentValues) -> str:
    """What is wrong with an item of a stream; empty if nothing is."""
    if not call.is_valid:
        return "accepts what its schema refuses"
    if not call.is_stream:
        return "sends an item though it is no stream"
    try:
        fits = values.fits_item(call.method, msgspec.json.decode(answer.result))
    except UnsupportedSchema:
        return ""
    return "" if fits else "sends an item that its schema does not allow"
