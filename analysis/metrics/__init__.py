"""What a table of runs says: gaps, means, profiles, tests. Pure functions of tables.

Every function takes the table of runs, one row a run, as :func:`analysis.run_table.runs_table` and
:func:`analysis.metrics.with_best_bound` return it, and returns a table or a number. None reads a
file, draws, or solves. What failed stays in every denominator; absent is absent, never 0.

What the comparison tools of the field have, and where it is here:

=================================  ==============================================================
PAVER 2                            here
=================================  ==============================================================
consistency of bounds and status   ``contradictions``, in integers and without a tolerance; all
                                   schedules were judged before they became rows
failed runs, termination status    ``summary``, ``endings``
mean, deviation, geometric and     ``statistics``
shifted mean, quantiles
``--failtime``, ``--failnodes``    ``penalised_runtime``; a failed run is never omitted
``--mintime``, ``--filtertime``    not: times are not lifted to 1 s, most runs here are shorter;
                                   profiles state their least time; filter the table instead
gap, primal gap, dual gap          ``gap``, ``gap_to_best_known``; see :mod:`analysis.metrics.gap`
evaluation up to a gap             ``is_solved(runs, gap=...)``, for means, profiles, virtual best
virtual best and worst             ``virtual_best``, with each method's share in it
ratios, better / close / worse     ``paired_comparison``, with a test and an interval
performance profiles, absolute,    ``data_profile``, ``performance_profile``, ``to_others=True``
relative, extended
primal, dual, primal-dual          ``with_integrals``, by Berthold's gap
integrals
known optima from a .solu file     ``best_known`` of instance files; ``otgah export-runs X.solu``
box plots, bars                    not: the report draws every run, and staircases
=================================  ==============================================================

=================================  ==============================================================
IPET                               here
=================================  ==============================================================
reading solver logs                not: runs are made here, and kept as rows
validation against .solu, "fail    ``contradictions``; a refused schedule is a failed run
because of solution"
columns, aggregations, groups      ``summary``, ``statistics`` by any columns
filter groups                      the table is pandas; ``with_features`` and ``with_bins`` make
                                   classes of sizes and of any feature
shifted geometric mean, quotients  ``runtime_means``, ``paired_comparison``
to a default group
Wilcoxon on shifted quotients      ``paired_comparison``, ``all_pairs`` (adjusted by Holm)
primal and dual integral           ``with_integrals``
histories of bounds                ``steps``
=================================  ==============================================================

Beyond both: gaps to bounds that are proved, time to target, empirical complexity with its interval,
and sentences that say no more than the figures do.
"""

from analysis.metrics.claim import CERTIFICATE, FILE
from analysis.metrics.complexity import complexity_sentence, empirical_complexity, shows_growth
from analysis.metrics.contestant import with_contestant
from analysis.metrics.contradiction import contradictions
from analysis.metrics.cost import costs, mean_by_question
from analysis.metrics.feature import FEATURES, with_bins, with_features
from analysis.metrics.gap import with_best_bound
from analysis.metrics.integral import time_to_target, with_integrals
from analysis.metrics.mean import NODE_SHIFT, RUNTIME_SHIFT_S, shifted_geometric_mean
from analysis.metrics.nodes import node_counts
from analysis.metrics.paired import (
    Paired,
    all_pairs,
    compare_values,
    holm,
    paired_comparison,
    signed_ranks,
)
from analysis.metrics.profile import data_profile, performance_profile
from analysis.metrics.question import QUESTION, question_numbers
from analysis.metrics.runtime import (
    counted_runtime,
    is_solved,
    penalised_runtime,
    ranking,
    runtime_means,
)
from analysis.metrics.summary import endings, statistics, summary
from analysis.metrics.trajectory import TRAJECTORY, steps
from analysis.metrics.virtual_best import virtual_best

__all__ = [
    "CERTIFICATE",
    "FEATURES",
    "FILE",
    "NODE_SHIFT",
    "QUESTION",
    "RUNTIME_SHIFT_S",
    "TRAJECTORY",
    "Paired",
    "all_pairs",
    "compare_values",
    "complexity_sentence",
    "contradictions",
    "costs",
    "counted_runtime",
    "data_profile",
    "empirical_complexity",
    "endings",
    "holm",
    "is_solved",
    "mean_by_question",
    "node_counts",
    "paired_comparison",
    "penalised_runtime",
    "performance_profile",
    "question_numbers",
    "ranking",
    "runtime_means",
    "shifted_geometric_mean",
    "shows_growth",
    "signed_ranks",
    "statistics",
    "steps",
    "summary",
    "time_to_target",
    "virtual_best",
    "with_best_bound",
    "with_bins",
    "with_contestant",
    "with_features",
    "with_integrals",
]
