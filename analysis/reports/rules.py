"""Rules: what must not be so in a file of runs, for a command that ends a build.

A rule is ``[SCOPE:] METRIC.STATISTIC[.SIDE] COMPARATOR NUMBER``, and the check fails where it
holds: ``gap.mean > 0.02``, ``ot-gah: gap.max >= 5 %``, ``all: failed.count > 0``.
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
"""The scope of all runs together; without a scope a rule is asked of each contestant apart."""

NUMBERS = (
    "gap",
    "short",
    "gap_to_best_known",
    "short_of_best_known",
    "own_gap",
    "objective",
    "bound",
    "runtime_s",
    "build_s",
    "wall_s",
    "num_nodes",
)
"""The metrics that are numbers."""

FLAGS = ("failed", "cut", "proved", "optimal", "contradicted")
"""The metrics that a run has or not; see :func:`analysis.metrics.summary`."""

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
"""The statistics of numbers, over the runs that have one; besides them ``count`` and ``absent``.
The geometric mean has the shift 0.1 in the unit of the metric."""

_SHIFT = 0.1

SHARES = ("count", "share")
"""The statistics of flags: how many runs, and what share of all."""

PAIRED = ("objective", "gap", "short", "runtime_s", "num_nodes")
"""The metrics that pairs of two campaigns have."""

OF_PAIRS = ("better", "worse", "p")
"""The statistics of two campaigns: pairs that got better or worse, and the p-value of the test."""

SIDES = ("before", "change", "ratio")
"""Of the runs that two campaigns share: the value before, the change to after, its ratio."""

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
    """One thing that must not be so.

    Parameters
    ----------
    text
        As it was given.
    scope
        A contestant or a method, ``all`` for all runs together; each contestant apart if None.
    metric, statistic, side
        What is looked at.
    comparator, limit
        What it must not be.
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
        """Whether the rule speaks of two campaigns."""
        return self.side is not None or self.statistic in OF_PAIRS


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule came to for one scope.

    Parameters
    ----------
    rule, scope
        The rule, as it was given, and whose runs were looked at.
    value
        What was found; None where nothing has a value, which breaks the rule too: a check that
        cannot be made has not passed.
    broken
        Whether it is what must not be.
    """

    rule: str
    scope: str
    value: float | None
    broken: bool

    def __str__(self) -> str:
        found = "there is no value" if self.value is None else f"it is {self.value:.6g}"
        return f"{self.scope}: {self.rule} must not be, {found}"

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        return asdict(self)


def read_rules(given: Iterable[str]) -> tuple[Rule, ...]:
    """Read rules, each a text or a file of them, a rule a line; ``#`` begins a comment.

    Raises
    ------
    InputError
        If one is no rule, or names what there is not. The number of its line is told.
    """
    return tuple(rule for text in given for rule in _read(text))


def _read(text: str) -> Iterator[Rule]:
    # A rule that happens to be the name of a file does not exist: it holds a comparator.
    if not any(mark in text for mark in "<>=!") and Path(text).is_file():
        lines = Path(text).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if stripped := line.split("#")[0].strip():
                yield parse_rule(stripped, source=f"{text}, line {number}")
    else:
        yield parse_rule(text, source="--fail-if")


def parse_rule(text: str, *, source: str = "rule") -> Rule:
    """Read one rule. It is taken apart by a pattern; nothing of it is ever executed.

    Parameters
    ----------
    text
        The rule.
    source
        Where it stands, for the message.

    Raises
    ------
    InputError
        If it is none, or names what there is not.

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
    """Look at runs by rules.

    Parameters
    ----------
    rules
        The rules.
    runs
        The table that :func:`analysis.metrics.with_best_bound` returns: of two campaigns the one
        after.
    comparison
        The two campaigns, for rules that speak of both.

    Returns
    -------
    tuple of Finding
        In the order of the rules, of each in that of its scopes.

    Raises
    ------
    InputError
        If a rule's scope has no runs, or a rule speaks of two campaigns and there is one.
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
    """Return the contestant of this name, or all of the method of this name."""
    is_meant = (runs["contestant"] == scope) | (runs["method"] == scope)
    return [str(name) for name in runs.loc[is_meant, "contestant"].unique()]


def _of(contestants: list[str], table: pd.DataFrame, problem: str) -> pd.DataFrame:
    """Return the rows of contestants; those of two problems are never looked at together."""
    return table[table["contestant"].isin(contestants) & (table["problem"] == problem)]


def _of_sides(rule: Rule, chosen: Mapping[str, pd.DataFrame]) -> float | None:
    if rule.side is None:
        return _value(rule, chosen["after"])
    # What only one of the two has would be taken for a change.
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
    """Return the paired test of a metric: one that the comparison has made, or a new one."""
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
