"""Accepted findings: that each names a rule that exists, and that none is accepted twice."""

from daemonrpc_codegen.breaking.rules import RULES
from daemonrpc_codegen.errors import did_you_mean
from daemonrpc_codegen.load import Node
from daemonrpc_codegen.model import Api
from daemonrpc_codegen.report import Report

__all__ = ["check_accepted"]


def check_accepted(api: Api, report: Report) -> None:
    """Report what is wrong with `compatibility.accepted`. Whether each is used, only a comparison can say."""
    first: dict[tuple[str, str], Node] = {}
    for item in api.compatibility.accepted:
        rule = item.at.get("rule")
        if rule is None:  # reported as missing
            continue
        if item.rule not in RULES:
            report.at(rule, f"there is no rule '{item.rule}'", did_you_mean(item.rule, RULES))
        earlier = first.setdefault((item.rule, item.element), item.at)
        if earlier is not item.at:
            report.at(item.at, "the same finding is accepted twice", f"the first time is at {earlier.place}")
