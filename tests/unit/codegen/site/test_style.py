"""The colours of the site can be read: the contrasts that WCAG 2.2 asks for, level AA."""

import re
from importlib.resources import files

import pytest

STYLE = files("daemonrpc_codegen").joinpath("site", "templates", "style.css").read_text(encoding="utf-8")
LEAST = 4.5


def palette(selector: str) -> dict[str, str]:
    """The colours that a rule sets."""
    rule = STYLE.partition(f"{selector} {{")[2].partition("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rule))


LIGHT = palette(":root")
DARK = palette(':root[data-theme="dark"]')
ON_GROUND = ["text", "quiet", "link", "accent"]
ON_RAISED = ["text", "quiet", "accent", "key", "string", "number", "word"]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(colours: dict[str, str]) -> None:
    pairs = [(name, "ground") for name in ON_GROUND] + [(name, "raised") for name in ON_RAISED]
    pairs += [("warn", "warn-ground"), ("text", "mark"), ("link", "mark")]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < LEAST} == {}


def test_dark_is_the_same_by_the_system_and_by_choice() -> None:
    assert palette(':root:not([data-theme="light"])') == DARK
    assert set(DARK) == set(LIGHT)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
