"""Two charts of a run: the systems beside the floor, and cost as it grows. As PNG and as SVG."""

from pathlib import Path
from typing import Any

from bench.report import Answer, Report, shown

__all__ = ["draw"]

BARS = {
    "one_at_a_time": "one call\nat a time",
    "sync_client": "one call at a time,\nblocking client",
    "in_flight": "64 calls\nin flight",
    "stream": "stream of\n200-byte events",
    "many_clients": "16 clients x 16\n(server alone on a core)",
}
COLOURS = {
    "floor, uvloop": "#9aa0a6",
    "floor, asyncio": "#cfd3d6",
    "ours, uvloop": "#0b5394",
    "ours": "#3d85c6",
    "grpc.aio": "#cc4125",
    "grpclib, uvloop": "#e69138",
    "Streams + json": "#93c47d",
    "Streams + json, uvloop": "#38761d",
}
ALIASES = {"ours, blocking client": "ours", "ours, blocking client, server on uvloop": "ours, uvloop"}
FLOORS = ("floor, uvloop", "floor, asyncio")


def draw(report: Report, folder: Path) -> None:
    """Writes bench.png, bench.svg, bench_growth.png and bench_growth.svg. Raises ImportError without matplotlib."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"font.size": 9, "svg.hashsalt": "bench", "svg.fonttype": "none"})
    by_name = {answer.question: answer for answer in report.answers}
    compared = [(by_name[name], label) for name, label in BARS.items() if name in by_name]
    if compared:
        _save(_bars(compared, report), folder / "bench")
    growth = [answer for answer in report.answers if answer.question.startswith("growth_")]
    if growth:
        _save(_lines(growth), folder / "bench_growth")


def _save(figure: Any, path: Path) -> None:
    for suffix, metadata in ((".png", None), (".svg", {"Date": None})):
        figure.savefig(path.with_suffix(suffix), dpi=150, metadata=metadata, bbox_inches="tight")


def _bars(compared: list[tuple[Answer, str]], report: Report) -> Any:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(11, 5.2))
    width = 0.9 / len(COLOURS)
    for place, (answer, _label) in enumerate(compared):
        floor = next(found for found in map(answer.figure, FLOORS) if found is not None).median
        for figure_ in answer.figures:
            name = ALIASES.get(figure_.subject, figure_.subject)
            x = place + (list(COLOURS).index(name) - (len(COLOURS) - 1) / 2) * width
            ratio = figure_.median / floor
            axes.bar(x, ratio, width * 0.92, color=COLOURS[name])
            axes.text(x, ratio * 1.06, shown(figure_.median), rotation=90, ha="center", va="bottom", fontsize=7)
    axes.set_yscale("log")
    axes.set_ylim(top=axes.get_ylim()[1] * 4)
    axes.axhline(1, color="#555555", linewidth=0.8)
    axes.set_xticks(range(len(compared)), [label for _answer, label in compared])
    axes.set_ylabel("operations per second, relative to the floor")
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    title = "Relative to the least Python that does the job (number on a bar: operations per second)"
    axes.set_title(f"{title}\n{report.machine['python']}, {report.machine['cpus']} processors", fontsize=10)
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
    axes.legend(handles, COLOURS, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _sizes(answer: Answer) -> list[str]:
    """The subjects; their noun only where it differs, since the title says it."""
    split = [figure.subject.partition(" ") for figure in answer.figures]
    has_one_noun = len({noun for _size, _space, noun in split}) == 1
    return [size if has_one_noun else f"{size}\n{noun}" for size, _space, noun in split]


def _lines(growth: list[Answer]) -> Any:
    from matplotlib import pyplot

    columns = 3
    rows = -(-len(growth) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(11, 2.9 * rows), squeeze=False)
    for axis, answer in zip(axes.flat, growth, strict=False):
        medians = [figure_.median for figure_ in answer.figures]
        axis.plot(range(len(medians)), medians, marker="o", color=COLOURS["ours, uvloop"])
        axis.set_xticks(range(len(medians)), _sizes(answer), fontsize=7)
        axis.set_yscale("log")
        low, high = min(medians), max(medians)
        axis.set_ylim(low / 1.8, max(high, low * 4) * 1.8)
        for x, value in enumerate(medians):
            axis.annotate(shown(value), (x, value), (0, 6), textcoords="offset points", ha="center", fontsize=7)
        axis.set_title(answer.title.removeprefix("growth: "), fontsize=9)
        axis.set_ylabel(answer.unit)
        axis.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
        axis.yaxis.set_minor_formatter(lambda _value, _position: "")
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes.flat[len(growth) :]:
        axis.set_visible(False)
    figure.suptitle(
        "Cost of a unit of work as there is more of it: a line that rises grows faster than the work", fontsize=10
    )
    figure.tight_layout()
    return figure
