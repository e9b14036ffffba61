"""Two models of an API -> the changes between them, and whom each breaks."""

from daemonrpc_codegen.breaking.compare import compare_models
from daemonrpc_codegen.breaking.finding import Finding
from daemonrpc_codegen.breaking.rules import RULES, Category, Rule, Verdict

__all__ = ["RULES", "Category", "Finding", "Rule", "Verdict", "compare_models"]
