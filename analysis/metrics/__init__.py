"""What a table of runs says: gaps, means, profiles, tests. Pure functions of tables.

Every function takes the table of runs, one row a run, as
:func:`analysis.tables.runs.runs_table` and :func:`analysis.metrics.with_best_bound` return it, and
returns a table or a number. None reads a file, draws, or solves. What
failed stays in every denominator; absent is absent, never 0.

``README.md`` in this folder lists what PAVER and IPET, the comparison tools of the field, report,
and where each of it is here.

- :mod:`column`: columns of the table of runs as arrays of numbers, and back, with absent as NaN.
- :mod:`claim`: what runs, kept certificates and instance files say of a question, and who says
  it.
- :mod:`comparison`: what got better and worse from before to after, and where.
- :mod:`question`: what two runs must have in common for the bound of one to hold for the other.
- :mod:`mean`: means of quantities that span orders of magnitude.
- :mod:`runtime`: what each run counts with, and means in which a limit counts in three ways.
- :mod:`cost`: what each method paid for each question, infinite where it did not solve it.
- :mod:`paired`: what the questions that two methods share let one say of the two.
- :mod:`profile`: which share of the questions a method solves within a ratio, or within a budget.
- :mod:`complexity`: empirical complexity: how the runtime of a method grows with the size of the
  instance.
- :mod:`contestant`: a method with the options that set its runs apart.
- :mod:`contradiction`: a bound below a schedule, two optima, or a claim that cannot be.
- :mod:`feature`: features of instances, and classes of them to group runs by.
- :mod:`gap`: how far a schedule is from the proven bound, from the best known, and in requests.
- :mod:`trajectory`: incumbents and bounds over time, as steps in one table.
- :mod:`integral`: one number for how soon a method is how good.
- :mod:`nodes`: node counts, of trees and of branch and bound, which never share a column or a
  mean.
- :mod:`side_by_side`: methods side by side: what each found on every question, a row a question.
- :mod:`summary`: summaries by groups, with every run in the denominators.
- :mod:`virtual_best`: the virtual best: of each question the best that any method did, and each
  method's part in it.
"""

from analysis.metrics.claim import CERTIFICATE, FILE
from analysis.metrics.complexity import empirical_complexity, shows_growth
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
