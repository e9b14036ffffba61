"""The reference site of the conductor in a real browser: links, search by keyboard, colours, a phone's width.

Chromium is large, so CI does not install it; where it is there, the test runs.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from daemonrpc_codegen import load
from daemonrpc_codegen.site import reference_site

pytestmark = pytest.mark.timeout(120)  # the first run installs what drives the browser

ROOT = Path(__file__).parents[2]
BROWSER_SECONDS = 50
BAR = 52
"""Height of the bar that covers the top of the page."""


@pytest.fixture(scope="module")
def seen(browser_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a reader saw who used everything once."""
    page = tmp_path_factory.mktemp("site") / "reference.html"
    page.write_text(reference_site(load(ROOT / "schema/methods.yaml")), encoding="utf-8")
    run = subprocess.run(
        ["node", Path(__file__).with_name("site_reader.js"), page],
        env=browser_environment,
        capture_output=True,
        text=True,
        timeout=BROWSER_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {**json.loads(run.stdout), "page": page.as_uri()}


def test_the_page_loads_nothing_and_complains_of_nothing(seen: Any) -> None:
    assert set(seen["requests"]) == {seen["page"]}
    assert seen["complaints"] == []


def test_a_link_leads_to_its_place_below_the_bar(seen: Any) -> None:
    assert BAR <= seen["deepLink"] < BAR + 40
    assert seen["current"] == "job.status"


def test_the_keyboard_finds_a_field(seen: Any) -> None:
    assert seen["whileSearching"] == seen["deepLink"]  # the page stays where the reader was
    assert seen["matches"].split()[0].isdigit()
    assert seen["firstMatch"] == "seq"
    assert seen["secondMatch"] == "found-1"
    assert seen["found"].endswith(":seq")
    assert BAR <= seen["foundTop"] < BAR + 40
    assert seen["noMatch"] == 'Nothing matches "nothing of that name".'
    assert seen["isClosed"]


def test_the_form_of_calls_is_chosen_for_the_whole_page(seen: Any) -> None:
    assert seen["chosen"] == seen["remembered"] == ["python"]
    assert seen["withoutScript"] == ["nc", "command", "python", "position"]


def test_the_colours_follow_the_system_and_the_reader(seen: Any) -> None:
    assert seen["light"] == "rgb(255, 255, 255)"
    assert seen["dark"] == seen["chosenDark"] == "rgb(18, 22, 28)"


def test_a_phone_has_the_contents_behind_a_button(seen: Any) -> None:
    assert seen["phoneWidth"] == 360
    assert [seen["phoneContents"], seen["phoneOpened"], seen["phoneClosed"]] == [False, True, False]
