"""`needs` between sheets: names to numbers, and no circle among them."""

from collections.abc import Mapping, Sequence


def find_cycle(needs: Mapping[int, Sequence[int]]) -> list[int] | None:
    """A circle of sheets, each needing the next, the first one again at the end; None when there is none."""
    done: set[int] = set()
    for start in sorted(needs):
        path: dict[int, None] = {}
        trail = [iter([start])]
        while trail:
            number = next(trail[-1], None)
            if number is None:
                trail.pop()
                if path:
                    done.add(path.popitem()[0])
            elif number in path:
                ordered = list(path)
                return [*ordered[ordered.index(number) :], number]
            elif number not in done:
                path[number] = None
                trail.append(iter(needs.get(number, ())))
    return None
