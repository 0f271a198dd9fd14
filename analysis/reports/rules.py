"""Rules that runs must not meet, for builds that check results.

A rule is ``[SCOPE:] METRIC.STATISTIC[.SIDE] COMPARATOR NUMBER``. The check fails if the rule holds:
``gap.mean > 0.02``, ``ot-gah: gap.max >= 5 %``, ``all: failed.count > 0``.

The lists of metrics and statistics hold what a build can want to limit, each with its use below. An
entry is one word, and a test computes each metric and each statistic by hand.
"""

from __future__ import annotations

import operator
import re
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from heuristics.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pandas as pd

    from analysis.metrics.comparison import Comparison
    from analysis.metrics.paired import Paired

    Test = Callable[[str, tuple[str, ...], str], Paired]
    Floats = np.ndarray[Any, np.dtype[np.float64]]

EVERYTHING = "all"
"""Scope of all runs together. A rule without a scope is checked for each contestant separately."""

NUMBERS = (
    "gap",  # quality to the best proven bound
    "short",  # the same in requests
    "gap_to_best_known",  # quality without a proven bound, as on very large instances
    "short_of_best_known",
    "own_gap",  # quality of a method's own proof, whatever the others prove
    "objective",
    "bound",  # a proof that became weaker
    "runtime_s",  # the solve alone
    "build_s",  # building of models, which an upgrade of Pyomo or PuLP can slow down
    "wall_s",  # the whole process, start-up included
    "num_nodes",  # effort that does not depend on the machine
)
"""Metrics that are numbers."""

FLAGS = ("failed", "cut", "proved", "optimal", "contradicted")
"""Metrics that are true or false for each run; see :func:`analysis.metrics.summary`."""

STATISTICS: Mapping[str, Callable[[Floats], Any]] = {
    "mean": np.mean,
    "median": np.median,
    "min": np.min,
    "max": np.max,
    "sum": np.sum,
    "p90": lambda values: float(np.quantile(values, 0.9)),
    "p95": lambda values: float(np.quantile(values, 0.95)),
    "geometric_mean": lambda values: float(np.exp(np.log(values + _SHIFT).mean()) - _SHIFT),
}
"""Statistics of numbers, over the runs that have a value; ``count`` and ``absent`` are the numbers
of runs with and without one. Quantiles and the median limit most runs where a single outlier may
pass; ``sum`` limits the cost of a build; the geometric mean, with the shift 0.1 in the unit of the
metric, is the mean runtime of the report."""

_SHIFT = 0.1

SHARES = ("count", "share")
"""Statistics of flags: the number of runs, and their share of all runs."""

PAIRED = ("objective", "gap", "short", "runtime_s", "num_nodes")
"""Metrics that pairs of two campaigns have."""

OF_PAIRS = ("better", "worse", "p")
"""Statistics of two campaigns: numbers of better and worse pairs, and the p-value of the test."""

SIDES = ("before", "change", "ratio")
"""Sides of a rule on the common runs of two campaigns: the value before, or the difference or
ratio of after to before."""

COMPARATORS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}

_FORM = "must be [SCOPE:] METRIC.STATISTIC COMPARATOR NUMBER, as in gap.mean > 0.02"
_RULE = re.compile(
    r"(?:(?P<scope>[^:<>=!]+?)\s*:\s*)?(?P<metric>\w+)\.(?P<statistic>\w+)(?:\.(?P<side>\w+))?"
    r"\s*(?P<comparator>[<>]=?|[=!]=)\s*"
    r"(?P<limit>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<percent>%)?"
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that must not hold.

    Parameters
    ----------
    text
        The rule as given.
    scope
        A contestant or a method, or ``all`` for all runs together. If None, the rule is checked
        for each contestant separately.
    metric, statistic, side
        Value to check.
    comparator, limit
        Comparison that must not hold.
    """

    text: str
    scope: str | None
    metric: str
    statistic: str
    side: str | None
    comparator: str
    limit: float

    @property
    def needs_two(self) -> bool:
        """True if the rule compares two campaigns."""
        return self.side is not None or self.statistic in OF_PAIRS


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Result of a rule for one scope.

    Parameters
    ----------
    rule, scope
        The rule as given, and the scope of the runs.
    value
        Value found; None without a value, which breaks the rule too, since a check that cannot be
        made has not passed.
    broken
        True if the rule holds, or has no value.
    """

    rule: str
    scope: str
    value: float | None
    broken: bool

    def __str__(self) -> str:
        found = "there is no value" if self.value is None else f"it is {self.value:.6g}"
        return f"{self.scope}: {self.rule} must not be, {found}"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding for JSON."""
        return asdict(self)


def read_rules(given: Iterable[str]) -> tuple[Rule, ...]:
    """Read rules, each a text or a file with one rule on each line; ``#`` begins a comment.

    Raises
    ------
    InputError
        If a rule does not parse, or names an unknown metric, statistic or side. The message gives
        the number of the line.
    """
    return tuple(rule for text in given for rule in _read(text))


def _read(text: str) -> Iterator[Rule]:
    # A text with a comparator is a rule, even if a file has this name.
    if not any(mark in text for mark in "<>=!") and Path(text).is_file():
        lines = Path(text).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if stripped := line.split("#")[0].strip():
                yield parse_rule(stripped, source=f"{text}, line {number}")
    else:
        yield parse_rule(text, source="--fail-if")


def parse_rule(text: str, *, source: str = "rule") -> Rule:
    """Parse one rule with a regular expression; no part of a rule is executed.

    Parameters
    ----------
    text
        The rule.
    source
        Origin of the rule, for the message.

    Raises
    ------
    InputError
        If the text does not parse, or names an unknown metric, statistic or side.

    Examples
    --------
    >>> rule = parse_rule("ot-gah: gap.mean > 2 %")
    >>> rule.scope, rule.metric, rule.statistic, rule.comparator, rule.limit
    ('ot-gah', 'gap', 'mean', '>', 0.02)
    """
    found = _RULE.fullmatch(text.strip())
    if found is None:
        raise InputError(_FORM, source=source, found=text)
    parts = found.groupdict()
    metric, statistic, side = parts["metric"], parts["statistic"], parts["side"]
    _require(metric, (*NUMBERS, *FLAGS), source, "metric")
    of_one = SHARES if metric in FLAGS else (*STATISTICS, "count", "absent")
    _require(statistic, (*of_one, *(OF_PAIRS if metric in PAIRED else ())), source, "statistic")
    if side is not None:
        _require(side, () if statistic in OF_PAIRS else SIDES, source, "side")
    return Rule(
        text=text.strip(),
        scope=parts["scope"],
        metric=metric,
        statistic=statistic,
        side=side,
        comparator=parts["comparator"],
        limit=float(parts["limit"]) / (100 if parts["percent"] else 1),
    )


def _require(name: str, known: tuple[str, ...], source: str, field: str) -> None:
    if name not in known:
        rule = f"must be one of {', '.join(known)}" if known else "must not be given here"
        raise InputError(rule, source=source, field=field, found=name)


def findings(
    rules: Iterable[Rule], runs: pd.DataFrame, comparison: Comparison | None = None
) -> tuple[Finding, ...]:
    """Check runs by rules.

    Parameters
    ----------
    rules
        The rules.
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns; not used with a
        comparison.
    comparison
        Comparison of two campaigns. Rules are then checked on the later campaign, or on both.

    Returns
    -------
    tuple of Finding
        Findings in the order of the rules, for each rule in the order of its scopes.

    Raises
    ------
    InputError
        If the scope of a rule has no runs, or a rule compares two campaigns and there is only one.
    """
    from analysis.metrics import with_contestant

    if comparison is None:
        sides = {"after": with_contestant(runs)}
    else:
        of_side = comparison.runs.groupby("campaign", sort=False)
        sides = {str(name): table for name, table in of_side}
    test = None if comparison is None else cache(partial(_test, comparison))
    return tuple(finding for rule in rules for finding in _findings(rule, sides, test))


def _findings(
    rule: Rule, sides: Mapping[str, pd.DataFrame], test: Test | None
) -> Iterator[Finding]:
    if rule.needs_two and test is None:
        raise InputError("must have two files of runs", source=rule.text)
    after = sides["after"]
    known = [str(name) for name in after["contestant"].unique()]
    problems = after["problem"].unique()
    for problem, scope in product(problems, known if rule.scope is None else [rule.scope]):
        names = known if scope == EVERYTHING else _contestants(scope, after)
        if not names:
            told = ", ".join([EVERYTHING, *known])
            raise InputError(f"must be one of {told}", source=rule.text, field="scope", found=scope)
        chosen = {side: _of(names, table, problem) for side, table in sides.items()}
        if chosen["after"].empty:
            continue
        if test is not None and rule.statistic in OF_PAIRS:
            value = _of_pairs(rule, test(str(problem), tuple(names), rule.metric))
        else:
            value = _of_sides(rule, chosen)
        broken = value is None or COMPARATORS[rule.comparator](value, rule.limit)
        where = scope if len(problems) == 1 else f"{scope} on {problem}"
        yield Finding(rule=rule.text, scope=where, value=value, broken=broken)


def _contestants(scope: str, runs: pd.DataFrame) -> list[str]:
    """Return the contestant with this name, or all contestants of the method with this name."""
    is_meant = (runs["contestant"] == scope) | (runs["method"] == scope)
    return [str(name) for name in runs.loc[is_meant, "contestant"].unique()]


def _of(contestants: list[str], table: pd.DataFrame, problem: str) -> pd.DataFrame:
    """Return the rows of contestants for one problem, since rules never mix two problems."""
    return table[table["contestant"].isin(contestants) & (table["problem"] == problem)]


def _of_sides(rule: Rule, chosen: Mapping[str, pd.DataFrame]) -> float | None:
    if rule.side is None:
        return _value(rule, chosen["after"])
    # Only common runs are compared: a run of one campaign alone would look like a change.
    before, after = (
        _value(rule, runs[runs["is_paired"]]) for runs in (chosen["before"], chosen["after"])
    )
    if before is None or rule.side == "before":
        return before
    if after is None or (rule.side == "ratio" and before == 0):
        return None
    return after - before if rule.side == "change" else after / before


def _value(rule: Rule, runs: pd.DataFrame) -> float | None:
    if rule.metric in FLAGS:
        flags = _flags(rule.metric, runs)
        if rule.statistic == "count":
            return float(flags.sum())
        return float(flags.mean()) if len(flags) else None
    from analysis.metrics import counted_runtime

    column = counted_runtime(runs) if rule.metric == "runtime_s" else runs[rule.metric]
    numbers = np.asarray(column.dropna(), dtype=np.float64)
    if rule.statistic == "count":
        return float(numbers.size)
    if rule.statistic == "absent":
        return float(len(runs) - numbers.size)
    return float(STATISTICS[rule.statistic](numbers)) if numbers.size else None


def _flags(metric: str, runs: pd.DataFrame) -> pd.Series[bool]:
    from analysis.metrics import is_solved

    if metric == "failed":
        return runs["failed"].astype(bool)
    if metric == "cut":
        return ~runs["failed"].astype(bool) & ~is_solved(runs)
    if metric == "proved":
        return runs["proved_by"].notna()
    return is_solved(runs, gap=0) if metric == "optimal" else runs["contradiction"].notna()


def _test(
    comparison: Comparison, problem: str, contestants: tuple[str, ...], metric: str
) -> Paired:
    """Return the paired test of a metric, from the comparison if it has made this test."""
    from analysis.metrics.comparison import paired

    if len(contestants) == 1:
        made = comparison.tests.get((problem, contestants[0]), {})
        if metric in made:
            return made[metric]
    return paired(_of(list(contestants), comparison.pairs, problem), metric)


def _of_pairs(rule: Rule, compared: Paired) -> float | None:
    if rule.statistic == "p":
        return compared.p_value
    return float(compared.first_better if rule.statistic == "better" else compared.second_better)
