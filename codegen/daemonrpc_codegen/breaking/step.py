"""How far the version must move: semantic versioning, with the wire as the interface."""

from dataclasses import replace

from daemonrpc_codegen.breaking.history import numbers
from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.model import Api

__all__ = ["breaking_version", "problem_with_version"]


def problem_with_version(latest: Api, new: Api) -> str:
    """Why a schema cannot be the release after another one, or nothing. What it breaks is another question."""
    if numbers(new.version) <= numbers(latest.version):
        return f"version {new.version} is not newer than the last release, {latest.version}"
    major, minor, _ = numbers(latest.version)
    is_patch = major > 0 and numbers(new.version)[:2] == (major, minor)
    if is_patch and fingerprint(replace(latest, version=new.version)) != fingerprint(new):
        return f"the wire is not that of {latest.version}, which takes a minor step: {major}.{minor + 1}.0"
    return ""


def breaking_version(latest: str) -> str:
    """The next version that may break what the last one had."""
    major, minor, _ = numbers(latest)
    return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
