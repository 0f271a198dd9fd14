"""Table III: savings of pruning in nodes and in time, by arrival rate.

The paper's text does not contain the printed table. It states two of its figures, `AT_LEAST` and
`AT_HIGHEST_RATE`, but neither the number of edge nodes nor which of its two statements of the rule
pruned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.experiments.claim import Answer, Claim, Finding, Reading, Trial, settle
from analysis.experiments.comparing import HOLM, RISES, judged, rises
from analysis.experiments.experiment import LABEL, SEED, TIME, Drawing, Effort, Experiment, Line
from analysis.experiments.figure import Axis, Mark, curves
from analysis.experiments.lines import WAITING
from analysis.experiments.measures import Measured, Work, solved
from analysis.experiments.printed import SUBSETS, enumerated
from analysis.experiments.statistics import chosen, exponential_lead, mean, slope
from analysis.text.phrases import percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from analysis.experiments.experiment import Point

ALONG, CPU = "rate_per_s", f"{TIME}cpu_s"
BENCHMARK = Line(label="no pruning", scheme="ot-unpruned")
TEXT = Line(label="text's rule", scheme="ot-literal")
LINE_22 = Line(label="line 22", scheme="ot-pseudocode")
EXACT = Line(label="exact rule", scheme="ot")
ALL_SUBSETS = Line(label="all subsets", scheme=SUBSETS)
PRUNED = (TEXT, LINE_22, EXACT)
"""Methods that prune by the text's rule, by line 22 of Algorithm 2 alone, and by the exact rule,
which visits no node without a completing leaf."""

AT_LEAST, AT_HIGHEST_RATE, HIGHEST_RATE = 0.45, 0.9792, 200
TOLERANCE = 0.005
EPOCH_S = 2.0
EXPONENT = 8
"""Exponent of I in the complexity of OT, O(I^4 max{I, N} (I/N)^N), for the N = 3 levels of
Section V."""

TIMED_FROM_S = 0.01
"""Least runtime without pruning to compare times [s]; set-up dominates shorter runs."""

NODE_LIMIT = 10**11
SMALLEST_RATE = 10
"""Smallest rate at which trees are searched; at smaller ones sets of requests are enumerated."""

NUM_SEEDS_OF_LARGE = 5
"""Number of seeds of points whose trees have 10^10 nodes or more."""

EDGE_NODES = {1: "J = 1", 3: "J = 3"}


def searched(work: Work) -> Measured:
    """Search the trees of an epoch: of the server alone, or of all edge nodes by OT-GAH.

    The scheme `SUBSETS` enumerates all sets of requests of the server instead.
    """
    settings = dict(work.settings)
    if work.scheme == SUBSETS:
        return enumerated(replace(work, settings={**settings, "edge_node": "server"}))
    if settings.pop("num_edge_nodes") == 1:
        return solved(replace(work, settings={**settings, "edge_node": "server"}))
    inner = {"inner": work.scheme, "start": "all"}
    return solved(replace(work, scheme="ot-gah", settings={**settings, **inner}))


def reductions(table: pd.DataFrame) -> pd.DataFrame:
    """Return pruned runs beside the runs without pruning; pairs with a cut run are left out.

    Columns ``fewer_nodes`` and ``less_time`` are 1 - pruned / unpruned for each seed; the time is
    absent if the run without pruning takes less than `TIMED_FROM_S`.
    """
    case = [*_VARIES, SEED]
    unpruned = chosen(table, {LABEL: BENCHMARK.label}).set_index(case).add_suffix("_unpruned")
    paired = table[table[LABEL] != BENCHMARK.label].join(unpruned, on=case, how="inner")
    whole = paired[(paired["is_cut"] == 0) & (paired["is_cut_unpruned"] == 0)]
    less_time = 1 - whole[CPU] / whole[f"{CPU}_unpruned"]
    return whole.assign(
        fewer_nodes=1 - whole["num_nodes"] / whole["num_nodes_unpruned"],
        less_time=less_time.where(whole[f"{CPU}_unpruned"] >= TIMED_FROM_S),
    )


def _under_each(
    table: pd.DataFrame, test: Callable[[pd.DataFrame], Answer | None], *lines: Line
) -> Finding:
    """Settle a claim by a test of each line, number of edge nodes and reading of waiting.

    A reading for which the test returns None, because it has no rows, is left out.
    """
    answers: dict[Reading, Answer] = {}
    for line in lines:
        for number, edge_nodes in EDGE_NODES.items():
            for value, waiting in WAITING.items():
                given = {LABEL: line.label, "num_edge_nodes": number, "count_waiting": value}
                rows = chosen(table, given)
                answer = test(rows) if len(rows) else None
                if answer is not None:
                    answers[line.label, edge_nodes, waiting] = answer
    return settle(answers or {(): Answer(holds=None, evidence="no full run to look at")})


def _at_least(quantity: str) -> Callable[[pd.DataFrame], Answer | None]:
    def test(rows: pd.DataFrame) -> Answer | None:
        by_rate = {
            int(rate): chosen(rows, {ALONG: rate})[quantity] for rate in rows[ALONG].unique()
        }
        # A rate at which a run is too short to be timed is left out, not cut to its longer runs.
        shares = {
            rate: mean(own.to_numpy(dtype=float))
            for rate, own in by_rate.items()
            if own.notna().all() and len(own) > 1
        }
        if not shares:
            return None
        rate = min(shares, key=lambda each: shares[each].value)
        excess = [mean(by_rate[each].to_numpy(dtype=float) - AT_LEAST) for each in shares]
        return judged(
            Trial(
                wholes=tuple(excess),
                evidence=f"least {shares[rate].text('.1f', 100)} %, at {rate}/s",
            )
        )

    return test


def _at_highest_rate(quantity: str) -> Callable[[pd.DataFrame], Answer | None]:
    def test(rows: pd.DataFrame) -> Answer | None:
        values = chosen(rows, {ALONG: HIGHEST_RATE})[quantity].dropna()
        if values.empty:
            return None
        share = mean(values.to_numpy(dtype=float))
        evidence = f"{share.text('.2f', 100)} %"
        if share.low is None or share.high is None:
            return Answer(holds=None, evidence=evidence)
        low, high = AT_HIGHEST_RATE - TOLERANCE, AT_HIGHEST_RATE + TOLERANCE
        is_inside = low <= share.low and share.high <= high
        is_outside = share.high < low or high < share.low
        return Answer(holds=True if is_inside else False if is_outside else None, evidence=evidence)

    return test


def _affordable(rows: pd.DataFrame) -> Answer:
    rate = rows[ALONG].max()
    if rows["is_cut"].any():
        return Answer(holds=False, evidence=f"cut after {NODE_LIMIT:,} nodes at {rate}/s")
    longest = float(rows[CPU].max())
    return Answer(holds=longest < EPOCH_S, evidence=f"at most {seconds(longest)} at {rate}/s")


def _pronounced(rows: pd.DataFrame) -> Answer:
    common = rows.groupby(ALONG)[SEED].nunique()
    own = rows[rows[ALONG].isin(common[common > 1].index)]
    return rises(own.assign(completion_rate=own["fewer_nodes"]), {}, ALONG)


def _exponential(rows: pd.DataFrame) -> Answer:
    is_tree = (rows[LABEL] != ALL_SUBSETS.label).all()
    # The number of sets is known even where they are too many to be visited.
    whole = rows[rows["is_cut"] == 0] if is_tree else rows
    lead = exponential_lead(whole, ALONG, "num_nodes")
    if lead is None:
        return Answer(holds=None, evidence="fewer than three rates")
    growth = "2^I sets"
    if is_tree and (exponent := slope(whole, "num_eligible", "num_nodes")) is not None:
        growth = f"nodes grow as I^{exponent.text('.2f')}"
    return Answer(
        holds=True if lead.is_above_zero else False if lead.is_below_zero else None,
        evidence=f"{growth}; lead of the exponential {lead.text()}",
    )


def _polynomial(rows: pd.DataFrame) -> Answer:
    exponent = slope(rows[rows["is_cut"] == 0], "num_eligible", "num_nodes")
    if exponent is None:
        return Answer(holds=None, evidence="fewer than three rates")
    if exponent.high is None:
        return Answer(holds=None, evidence=f"I^{exponent.text()}")
    return Answer(
        holds=exponent.high <= EXPONENT, evidence=f"nodes grow as I^{exponent.text('.2f')}"
    )


def _same_optimum(rows: pd.DataFrame) -> Answer:
    same = (rows["objective"] == rows["objective_unpruned"]).fillna(value=False)
    return Answer(
        holds=bool(same.all()),
        evidence=f"as many requests in {int(same.sum())} of {len(rows)} runs",
    )


def _tabulate(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(_table_rows(table)))


def _table_rows(table: pd.DataFrame) -> Iterator[dict[str, str]]:
    table = table[table[ALONG] >= SMALLEST_RATE]
    saved = reductions(table)
    for (value, number, rate), rows in table.groupby(list(_VARIES), sort=False):
        given = {"count_waiting": value, "num_edge_nodes": number, ALONG: rate}
        unpruned = chosen(rows, {LABEL: BENCHMARK.label})
        whole = unpruned[unpruned["is_cut"] == 0]
        num_cut = len(unpruned) - len(whole)
        row = {
            "waiting": "counts" if value else "ignored",
            "J": f"{number}",
            "rate/s": f"{rate}",
            "pairs": f"{unpruned['num_eligible'].mean():.0f}",
            "runs": f"{len(whole)}" if num_cut == 0 else f"{len(whole)}, {num_cut} cut",
            "nodes": f"{whole['num_nodes'].mean():,.0f}" if len(whole) else "-",
            "time": seconds(whole[CPU].mean()) if len(whole) else "-",
        }
        for what, quantity in (("nodes", "fewer_nodes"), ("time", "less_time")):
            for line in PRUNED:
                own = chosen(saved, {**given, LABEL: line.label})[quantity]
                is_whole = len(own) > 0 and own.notna().all()
                share = mean(own.to_numpy(dtype=float)).value if is_whole else None
                row[f"{what}: {line.label}"] = percent(share)
        yield row


def _draw(table: pd.DataFrame, source: str) -> tuple[Drawing, ...]:
    counted = chosen(table, {"count_waiting": True})
    whole = counted[counted["is_cut"] == 0]
    names = {number: f"{edge_nodes}" for number, edge_nodes in EDGE_NODES.items()}
    rate = Axis(column=ALONG, title="arrival rate [requests/s]")
    nodes = curves(
        whole,
        title="Nodes of the tree that are visited, waiting counts",
        x=rate,
        y=Axis(column="num_nodes", title="nodes", is_logarithmic=True),
        panels=("num_edge_nodes", names),
        caption="BLOOM-3B, each epoch's tree in full; runs that a limit cut are left out.",
        source=source,
    )
    saved = curves(
        chosen(reductions(table), {"count_waiting": True}),
        title="Nodes that pruning saves, waiting counts",
        x=rate,
        y=Axis(column="fewer_nodes", title="fewer nodes", is_share=True),
        panels=("num_edge_nodes", names),
        labels=[line.label for line in (BENCHMARK, *PRUNED)],
        marks=(
            Mark(y=AT_LEAST, text="over 45 %, says the text, at any rate"),
            Mark(x=HIGHEST_RATE, text="97.92 %"),
        ),
        caption="Against no pruning.",
        source=source,
    )
    return Drawing(name="table3-nodes", picture=nodes), Drawing(name="table3-saved", picture=saved)


def _seeds_at(point: Point) -> int | None:
    """Return fewer seeds for points whose trees have 10^10 nodes or more."""
    if point[ALONG] == HIGHEST_RATE:
        return NUM_SEEDS_OF_LARGE
    return NUM_SEEDS_OF_LARGE if point[ALONG] > 60 and not point["count_waiting"] else None


def _is_worth_it(point: Point) -> bool:
    """Leave out the highest rate with waiting ignored: five seeds would take longer than the rest.

    Sets of requests are enumerated for the server alone, with waiting counted.
    """
    if point[ALONG] < SMALLEST_RATE:
        return bool(point["count_waiting"]) and point["num_edge_nodes"] == 1
    return bool(point[ALONG] < HIGHEST_RATE or point["count_waiting"])


def _has_line(point: Point, line: Line) -> bool:
    """Enumerate sets at small rates only, and search trees at the other rates."""
    if line is ALL_SUBSETS:
        is_server = point["count_waiting"] and point["num_edge_nodes"] == 1
        return bool(is_server) and point[ALONG] <= SMALLEST_RATE
    return bool(point[ALONG] >= SMALLEST_RATE)


_VARIES = {
    "count_waiting": tuple(WAITING),
    "num_edge_nodes": tuple(EDGE_NODES),
    ALONG: (1, 2, 4, 6, 8, SMALLEST_RATE, 20, 30, 40, 50, 60, 80, 100, HIGHEST_RATE),
}
_WHERE = "Section V-D, on Table III"

TABLE3 = Experiment(
    name="table3",
    title="Table III: what pruning the tree saves",
    place="Section V-D, Table III",
    question=(
        "How many nodes of the tree, and how much time, does pruning save? Nodes are counted, so "
        "that they are the same on any machine; times are of the processor. A run that a limit "
        "cut is told apart and in no mean."
    ),
    varies=_VARIES,
    fixed={"family": "paper", "node_limit": NODE_LIMIT},
    lines=(BENCHMARK, *PRUNED, ALL_SUBSETS),
    has_line=_has_line,
    quick=Effort(num_seeds=3, only={ALONG: (2, 6, 10, 20, 30, 40)}),
    full=Effort(num_seeds=10, seeds_at=_seeds_at),
    keep=_is_worth_it,
    measure=searched,
    tabulate=_tabulate,
    claims=(
        Claim(
            sentence="Pruning never loses the optimum of an edge node.",
            place="Section IV-C",
            test="Each pruned run finds as many requests as the run without pruning.",
            judge=lambda table: _under_each(reductions(table), _same_optimum, *PRUNED),
        ),
        Claim(
            sentence="Pruning cuts the complexity by over 45 %: nodes.",
            place="Section VI; the abstract says time",
            test=(
                "At each rate the mean reduction of visited nodes is above 45 %, by t tests over "
                f"seeds at 5 %, {HOLM}."
            ),
            judge=lambda table: _under_each(reductions(table), _at_least("fewer_nodes"), *PRUNED),
        ),
        Claim(
            sentence="Pruning cuts the complexity by over 45 %: time.",
            place=f"Abstract; {_WHERE}",
            test=(
                "At each rate whose runs all take 10 ms or more without pruning, the mean "
                "reduction of the processor's time is above 45 %, by t tests over seeds at 5 %, "
                f"{HOLM}."
            ),
            judge=lambda table: _under_each(reductions(table), _at_least("less_time"), *PRUNED),
        ),
        Claim(
            sentence="At 200 requests/s the reduction is 97.92 %: nodes.",
            place=_WHERE,
            test=(
                "The 95 % interval of the mean reduction of visited nodes is within half a "
                "percentage point of it; the claim fails if the interval is wholly outside."
            ),
            judge=lambda table: _under_each(
                reductions(table), _at_highest_rate("fewer_nodes"), *PRUNED
            ),
        ),
        Claim(
            sentence="At 200 requests/s the reduction is 97.92 %: time.",
            place=_WHERE,
            test=(
                "The 95 % interval of the mean reduction of the processor's time is within half a "
                "percentage point of it; the claim fails if the interval is wholly outside."
            ),
            judge=lambda table: _under_each(
                reductions(table), _at_highest_rate("less_time"), *PRUNED
            ),
        ),
        Claim(
            sentence="What pruning saves becomes increasingly pronounced with the rate.",
            place=_WHERE,
            test=f"Of the reduction of visited nodes: {RISES}.",
            judge=lambda table: _under_each(reductions(table), _pronounced, *PRUNED),
        ),
        Claim(
            sentence="The time escalates with the rate, yet remains quite affordable.",
            place=_WHERE,
            test="With pruning, each search of the highest rate takes less than an epoch, 2 s.",
            judge=lambda table: _under_each(
                table[table[ALONG] == table[ALONG].max()], _affordable, *PRUNED
            ),
        ),
        Claim(
            sentence="Searching without pruning grows exponentially with the arrival rate.",
            place=_WHERE,
            test=(
                "Of the nodes of the unpruned tree, and of the sets of requests at up to 10/s, an "
                "exponential in the rate fits each seed's logarithms better than a power does: "
                "its lead, log10 of the ratio of residual squares, has its 95 % interval above 0."
            ),
            judge=lambda table: _under_each(table, _exponential, BENCHMARK, ALL_SUBSETS),
        ),
        Claim(
            sentence="OT is polynomial for a fixed number of levels.",
            place="Section IV-C, O(I^4 max{I, N} (I/N)^N)",
            test=(
                "Of the visited nodes against the eligible pairs I, the mean of the seeds' "
                "exponents has its 95 % interval at most 8, what the bound allows for N = 3."
            ),
            judge=lambda table: _under_each(table, _polynomial, *PRUNED),
        ),
    ),
    draw=_draw,
)
