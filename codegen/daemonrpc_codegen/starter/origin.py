"""Where the installed daemonrpc comes from, so that a new project can install the same one."""

import json
from importlib.metadata import Distribution
from typing import Any

__all__ = ["requirement_line"]


def requirement_line(distribution: Distribution) -> str | None:
    """What a requirements file says to get a distribution from where it came from; None if that was an index.

    By PEP 610 pip notes the place when it is none of an index: a checkout, a wheel or a repository.
    """
    noted = distribution.read_text("direct_url.json")
    if noted is None:
        return None
    origin: dict[str, Any] = json.loads(noted)
    url: str = origin["url"]
    if origin.get("dir_info", {}).get("editable"):
        return f"-e {url}"
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        return f"{distribution.name} @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
    return f"{distribution.name} @ {url}"
