# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% tags=["parameters"]
runs_path = "runs.sqlite"

# %%
from IPython.display import HTML, display

from analysis.reports.pages import origin, overview, rankings, troubles
from analysis.reports.pages.charts import charts
from analysis.reports.pages.grid import runs_grid
from analysis.reports.sources import contestant_runs

runs = contestant_runs(runs_path)
problems = runs["problem"].unique()
source = origin.source(runs_path, runs)
HTML(overview.opening(runs))

# %% [markdown]
# ## Gap, runtime and nodes
#
# Point at a mark to see its instance; click it to go to its row in the table of runs below. Drag to
# zoom, and double-click to zoom out. Click a method in the legend to hide it.

# %%
for problem in problems:
    display(HTML(overview.heading(problem, problems)))
    for chart in charts(runs[runs["problem"] == problem], source):
        display(chart)

# %% [markdown]
# ## By family and method

# %%
for problem in problems:
    display(HTML(overview.heading(problem, problems) + overview.summary_table(runs, problem)))

# %% [markdown]
# ## Runtimes

# %%
for problem in problems:
    display(HTML(overview.heading(problem, problems) + rankings.runtimes(runs, problem)))

# %% [markdown]
# ## Tests of differences

# %%
for problem in problems:
    display(HTML(overview.heading(problem, problems) + rankings.differences(runs, problem)))

# %% [markdown]
# ## Runs without a schedule

# %%
HTML(troubles.troubles_table(runs))

# %% [markdown]
# ## All runs

# %%
runs_grid(runs)

# %% [markdown]
# ## How this was measured
#
# - **Gap** is (bound − objective) / bound. The bound is the best one proved in this file for the
#   same problem on the same instance. The gap is 0 if both are 0, and absent without a proven
#   bound. If the bound is not the optimum, the true gap is at most the gap shown.
# - **Bounds** come from the runs. If no run of P1 or P2 proved the optimum, the batch proved a
#   bound for the instance as `otgah bound` does, with multipliers that were verified in exact
#   integers. The time for it is in no runtime.
# - **Every schedule was judged** in integers, constraint by constraint, by code that is independent
#   of the solvers. A run whose schedule breaks a constraint is a failed run.
# - **Every run counts**: a failed run stays in the number of runs and in the shares. It has no gap,
#   and its runtime counts as its time limit.
# - **Runtime** is the solve alone, without reading files, compiling or building models. Each run
#   had a process of its own. Means of runtimes and of node counts are shifted geometric means,
#   exp(mean(ln(x + shift))) − shift, with the shift in the head of the column.
# - **Nodes** are of two kinds that cannot be compared: tree nodes of OT, and branch-and-bound nodes
#   of a MILP solver. Methods with `start=bound`, the default of `ot-gah`, count the nodes of the
#   trees that the bound leaves; `start=all` counts every tree of Algorithm 2.

# %%
HTML(origin.conditions(runs))
