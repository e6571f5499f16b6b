"""From the samples to what is read: medians, ratios to the limit of the same round, tables, JSON."""

import statistics
from dataclasses import asdict, dataclass

from netcats import LIMIT
from scenarios import Failure, Outcome, Sample, Scenario


@dataclass(frozen=True)
class Row:
    """One program in one scenario. No figure stands where a run failed."""

    program: str
    ratio: float | None
    median: Sample | None
    failure: Failure | None
    failed: int
    runs: list[Outcome]


def row(program: str, runs: list[Outcome], limit: list[Outcome]) -> Row:
    """The median of each figure by itself; the ratio is the median of the rounds' ratios."""
    failures = [run for run in runs if isinstance(run, Failure)]
    if failures:
        worst = min(failures, key=lambda failure: failure.arrived)
        return Row(program, None, None, worst, len(failures), runs)
    middle = Sample(
        statistics.median(run.value for run in runs),
        statistics.median(run.cpu_s for run in runs),
        round(statistics.median(run.peak_kib for run in runs)),
    )
    ratios = [run.value / least.value for run, least in zip(runs, limit)
              if isinstance(least, Sample) and least.value]
    return Row(program, statistics.median(ratios) if ratios else None, middle, None, 0, runs)


def rows(scenario: Scenario, runs: dict[str, list[Outcome]]) -> list[Row]:
    return [row(program, outcomes, runs.get(scenario.against, [])) for program, outcomes in runs.items()]


def figure(value: float | None) -> str:
    """Three digits that mean something."""
    if value is None:
        return "-"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:.{digits}f}"


def failed(bad: Row) -> str:
    arrived = f"{bad.failure.arrived} of {bad.failure.wanted}"
    return f"FAILED ({arrived}) in {bad.failed} of {len(bad.runs)}: {bad.failure.reason}"


def table(scenario: Scenario, lines: list[Row], without: list[str]) -> str:
    """One scenario: a line that says what it is, then a line for each program."""
    better = "more is better" if scenario.more_is_better else "less is better"
    head = ["program", "ratio", scenario.unit, "cpu s/GiB" if scenario.is_transfer else "cpu ms"]
    if scenario.unit != "KiB":
        head.append("peak KiB")
    cells = [head]
    for line in lines:
        if line.median is None:
            cells.append([line.program, failed(line)])
            continue
        cpu = line.median.cpu_s if scenario.is_transfer else line.median.cpu_s * 1e3
        cells.append([line.program, figure(line.ratio), figure(line.median.value), figure(cpu),
                      str(line.median.peak_kib)][:len(head)])
    full = [line for line in cells if len(line) == len(head)]
    widths = [max(len(line[column]) for line in full) for column in range(len(head))]
    widths[0] = max(len(line[0]) for line in cells)

    def aligned(line: list[str]) -> str:
        if len(line) == 2:
            return f"  {line[0]:<{widths[0]}}  {line[1]}"
        numbers = (f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:]))
        return "  ".join((f"  {line[0]:<{widths[0]}}", *numbers))

    text = [f"{scenario.name}: {scenario.title} ({scenario.unit}, {better})", *map(aligned, cells)]
    if scenario.against != LIMIT:
        text[0] += f" ratio: to {scenario.against}"
    if without:
        text.append(f"  cannot: {', '.join(without)}")
    return "\n".join(text)


def as_json(scenario: Scenario, lines: list[Row], without: list[str]) -> dict:
    """The same, with every run."""
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "unit": scenario.unit,
        "more_is_better": scenario.more_is_better,
        "cpu_unit": "s/GiB" if scenario.is_transfer else "s",
        "cannot": without,
        "rows": [asdict(line) for line in lines],
    }
