"""What a table of runs says: gaps, means, profiles, tests. Pure functions of tables.

Every function takes the table of runs, one row a run, as :func:`analysis.run_table.runs_table` and
:func:`analysis.metrics.with_best_bound` return it, and returns a table or a number. None reads a
file, draws, or solves. What failed stays in every denominator; absent is absent, never 0.

``README.md`` in this folder lists what PAVER and IPET, the comparison tools of the field, report,
and where each of it is here.
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
    takes_long,
)
from analysis.metrics.side_by_side import side_by_side
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
    "side_by_side",
    "signed_ranks",
    "statistics",
    "steps",
    "summary",
    "takes_long",
    "time_to_target",
    "virtual_best",
    "with_best_bound",
    "with_bins",
    "with_contestant",
    "with_features",
    "with_integrals",
]
