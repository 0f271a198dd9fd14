"""Metrics: gaps, means, profiles and tests of a table of runs, as pure functions.

Every function takes the table of runs, one row for each run, as
:func:`analysis.tables.runs.runs_table` and :func:`analysis.metrics.with_best_bound` return it, and
returns a table or a number. No function reads a file, draws or solves. Failed runs stay in every
denominator; absent values stay absent and are never 0. Sentences about the results are made in
:mod:`analysis.text`.

``README.md`` in this folder lists the features of PAVER and IPET, the comparison tools of the
field, with the function that corresponds to each.

- :mod:`column`: columns of the table of runs as arrays of numbers, with NaN for absent values.
- :mod:`question`: the columns that two runs must share for the bound of one to hold for the other.
- :mod:`contestant`: a method together with the options that differ among its runs.
- :mod:`claim`: bounds and schedules claimed by runs, certificates and instance files.
- :mod:`contradiction`: bounds below a schedule, unequal optima and impossible claims.
- :mod:`gap`: gaps to the best proven bound and to the best known value, and in requests.
- :mod:`mean`: shifted geometric means.
- :mod:`runtime`: the runtime that each run counts with, and means of runtimes.
- :mod:`nodes`: counts of tree nodes and of branch-and-bound nodes, kept apart.
- :mod:`summary`: summaries by groups, with every run in the denominators.
- :mod:`campaign`: coverage of questions, costs by ending, kinds of failures, origins of bounds.
- :mod:`cost`: the cost of each question for each method, infinite if not solved.
- :mod:`paired`: tests and intervals of the difference of two methods on common questions.
- :mod:`comparison`: two campaigns compared run by run.
- :mod:`profile`: shares of questions solved within a ratio to the best, or within a budget.
- :mod:`virtual_best`: the best result of any method on each question, and each method's share.
- :mod:`side_by_side`: the results of all methods, a row for each question.
- :mod:`instance_runs`: the best schedules of one instance, and the problems that they solve.
- :mod:`feature`: features of instances, and classes of features to group runs by.
- :mod:`complexity`: growth of the runtime of a method with the size of the instance.
- :mod:`trajectory`: incumbents and bounds over time, as steps in one table.
- :mod:`integral`: integrals of gaps over time, and times to a target.
- :mod:`league`: gaps, ranks and proofs of heuristics under the same time limits.
"""

from analysis.metrics.campaign import bound_origins, coverage, ending_costs, failure_kinds
from analysis.metrics.claim import CERTIFICATE, FILE
from analysis.metrics.complexity import empirical_complexity, shows_growth
from analysis.metrics.contestant import with_contestant
from analysis.metrics.contradiction import contradictions
from analysis.metrics.cost import costs, mean_by_question
from analysis.metrics.feature import FEATURES, with_bins, with_features
from analysis.metrics.gap import with_best_bound
from analysis.metrics.integral import time_to_target, with_integrals
from analysis.metrics.mean import NODE_SHIFT, RUNTIME_SHIFT_S, shifted_geometric_mean
from analysis.metrics.nodes import node_counts, nodes_of_kind
from analysis.metrics.paired import (
    Paired,
    all_pairs,
    compare_values,
    holm,
    paired_comparison,
    signed_ranks,
)
from analysis.metrics.profile import data_profile, performance_profile
from analysis.metrics.question import QUESTION, bounded_as, question_numbers
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
    "bound_origins",
    "bounded_as",
    "compare_values",
    "contradictions",
    "costs",
    "counted_runtime",
    "coverage",
    "data_profile",
    "empirical_complexity",
    "ending_costs",
    "endings",
    "failure_kinds",
    "holm",
    "is_solved",
    "mean_by_question",
    "node_counts",
    "nodes_of_kind",
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
