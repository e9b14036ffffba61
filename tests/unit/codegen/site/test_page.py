"""The reference site: what stands on it, where its links lead, and that nothing in a schema can do harm."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from daemonrpc_codegen import Api
from daemonrpc_codegen.site import reference_site

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """The elements of a page, and the text inside some of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        where = self.open[-1] if self.open else ""
        self.texts[where] = self.texts.get(where, "") + data

    def values(self, attribute: str) -> list[str]:
        return [str(attrs[attribute]) for _, attrs in self.tags if attribute in attrs]


@pytest.fixture(scope="module")
def html(torture: Api) -> str:
    return reference_site(torture)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_everything_is_on_the_page(torture: Api, page: Page) -> None:
    declared = [item.name for item in (*torture.methods, *torture.errors, *torture.types)]
    assert page.values("data-name") == declared


def test_every_element_is_closed(page: Page) -> None:
    assert page.open == []


def test_every_link_leads_to_one_place(page: Page) -> None:
    ids = Counter(page.values("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    links = page.values("href")
    assert len(links) > 200
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []


def test_every_label_and_control_names_an_element(page: Page) -> None:
    ids = set(page.values("id"))
    for attribute in ("for", "aria-controls", "aria-labelledby"):
        names = page.values(attribute)
        assert names
        assert set(names) <= ids, attribute


def test_headings_do_not_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    after_title = levels[levels.index(1) :]
    assert [pair for pair in pairwise(after_title) if pair[1] > pair[0] + 1] == []


def test_the_page_loads_nothing(html: str, page: Page) -> None:
    assert {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object", "embed", "audio", "video"} == set()
    assert page.values("src") == []
    style, script = page.texts["style"], page.texts["script"]
    assert re.search(r"url\(|@import", style) is None
    assert re.search(r"https?:|fetch\(|XMLHttpRequest|import\(", script) is None


def test_the_browser_runs_no_script_but_the_own(page: Page) -> None:
    policy = next(
        attrs["content"] for tag, attrs in page.tags if tag == "meta" and attrs.get("content", "")[:7] == "default"
    )
    for kind, text in (("script", page.texts["script"]), ("style", page.texts["style"])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in str(policy)
    assert "default-src 'none'" in str(policy)
    assert not [attrs for _, attrs in page.tags if any(name.startswith("on") or name == "style" for name in attrs)]


HOSTILE = """<script>alert(1)</script> "quotes" 'single' & </code> {{ 7 * 7 }} {% x %}"""


def test_markup_in_a_schema_is_text(load_text: Any) -> None:
    quoted = HOSTILE.replace("'", "''")
    api = load_text(f"""\
types:
  Kind:
    doc: '{quoted}'
    enum:
      '<img src=x onerror=y>': {{doc: '{quoted}', name: IMAGE, deprecated: '{quoted}'}}
  Entry:
    doc: '`{quoted}`'
    fields:
      '''><script>x</script>': {{type: str, default: '{quoted}', name: odd, doc: '{quoted}'}}
errors:
  Broken: {{code: 1, doc: '{quoted}', deprecated: '{quoted}'}}
methods:
  get:
    doc: '{quoted}'
    params:
      key: {{type: str, pattern: '(?:<b>)?.*', doc: '{quoted}'}}
    result: Entry
    errors: [Broken]
    examples: [{{doc: '{quoted}', params: {{key: '{quoted}'}}, result: {{}}}}]
""")
    html = reference_site(api)
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert {"img", "b-"} & {tag for tag, _ in page.tags} == set()
    assert html.count("<script>alert(1)") == 0
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 8
    assert "{{ 7 * 7 }}" in html
    assert page.open == []


def test_words_in_backticks_are_code_and_lead_to_what_they_name(load_text: Any) -> None:
    api = load_text("""\
types:
  Entry: {doc: "Like `Key` and `x < y`; a lone ` stays.", fields: {}}
  Key: {type: str, doc: "See `Entry`, `get` and `nobody`."}
methods:
  get: {doc: Reads., result: Entry}
""")
    html = reference_site(api)
    assert "Like `Key` and `x &lt; y`; a lone ` stays." in html
    assert '<a href="#type/Entry"><code>Entry</code></a>' in html
    assert '<a href="#method/get"><code>get</code></a> and <code>nobody</code>' in html


def test_a_type_names_its_users(load_text: Any) -> None:
    api = load_text("""\
types:
  Key: {type: str, doc: A key.}
  Entry: {doc: An entry., fields: {key: {type: Key, doc: Its key.}, other: {type: "list[Key]", doc: More.}}}
errors:
  Missing: {code: 1, doc: None there., data: {key: {type: Key, doc: Which.}}}
methods:
  get: {doc: Reads., params: {key: {type: Key, doc: Which.}}, result: Entry, errors: [Missing]}
""")
    html = reference_site(api)
    uses = dict(zip(("Missing", "Key", "Entry"), re.findall(r'<p class="uses">(.*)</p>', html), strict=True))
    assert re.findall(r">([^<]+)</a>", uses["Key"]) == ["get", "Entry", "Missing"]
    assert re.findall(r">([^<]+)</a>", uses["Entry"]) == ["get"]
    assert re.findall(r">([^<]+)</a>", uses["Missing"]) == ["get"]


def test_a_schema_without_methods_has_a_page(load_text: Any) -> None:
    html = reference_site(load_text("types: {Key: {type: str, doc: A key.}}\n"))
    assert 'id="type/Key"' in html
    assert 'id="calling"' not in html


def test_a_stream_says_what_it_sends_and_what_happens_to_a_slow_reader(html: str) -> None:
    article = html.partition('<article id="method/numbers.watch"')[2].partition("</article>")[0]
    for text in ("Items", '<a href="#type/Item">Item</a>', "End", "drop oldest", "numbers/item", "none unless said"):
        assert text in article


def test_two_runs_make_the_same_bytes(torture: Api, html: str) -> None:
    assert reference_site(torture) == html
