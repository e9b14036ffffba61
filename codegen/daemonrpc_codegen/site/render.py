"""The site as one text: the view poured into HTML templates, with every text escaped."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from daemonrpc_codegen.model import Api
from daemonrpc_codegen.site.page import site_page

__all__ = ["reference_site"]


def reference_site(api: Api) -> str:
    """The HTML of the site. It loads nothing, and runs no script but its own."""
    page = site_page(api)
    style, script = _asset("style.css"), _asset("script.js")
    return _rendered(
        "page",
        page=page,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        nav=_rendered("nav", sections=page.nav),
        intro=_rendered("intro", page=page),
        groups=[
            {"view": group, "entries": [_rendered("entry", entry=entry) for entry in group.entries]}
            for group in page.groups
        ],
    )


def _rendered(template: str, **values: Any) -> Markup:
    text: str = _environment().get_template(f"{template}.html.j2").render(**values)
    return Markup(text)  # what the values held was escaped by the template


def _asset(name: str) -> Markup:
    return Markup(files("daemonrpc_codegen").joinpath("site", "templates", name).read_text(encoding="utf-8"))


def _hash(text: str) -> str:
    """The source expression of a Content-Security-Policy that allows this text and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("daemonrpc_codegen", "site/templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
