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
from pathlib import Path

from IPython.display import HTML, display

from analysis import figures, page
from analysis.run_table import runs_table

runs = runs_table(runs_path)
problems = runs["problem"].unique()
source = f"{Path(runs_path).name}, {len(runs)} runs on {runs['instance'].nunique()} instances"
HTML(page.opening(runs))

# %% [markdown]
# ## By family and method

# %%
for problem in problems:
    display(HTML(page.heading(problem, problems) + page.summary_table(runs, problem)))

# %% [markdown]
# ## Gap, runtime and nodes

# %%
for problem in problems:
    chosen = runs[runs["problem"] == problem]
    display(HTML(page.heading(problem, problems) + figures.gallery(chosen, source)))

# %% [markdown]
# ## What did not end well

# %%
HTML(page.troubles(runs))

# %% [markdown]
# ## How this was measured
#
# - **Gap** is (bound − objective) / bound, where the bound is the best that is proved in this file
#   for the same problem on the same instance. It is 0 where both are 0, and absent where nothing is
#   proved. Where the bound is not the optimum, the true gap is at most the one shown.
# - **Bounds** are those of the runs. Where no run of P1 or P2 proved the optimum, the batch proved
#   one beside them, once an instance, as `otgah bound` does: multipliers that were verified in
#   exact integers before they were kept. No run's time holds any of it.
# - **Every schedule was judged** in integers, constraint by constraint, by code that no solver
#   shares. A schedule that fails is a failed run.
# - **Every run counts**: a failed run stays in the number of runs and in the shares; it has no
#   gap, and its runtime counts as its time limit.
# - **Runtime** is the solve alone, without reading files, compiling or building models. Each run
#   had a process of its own. Means of runtimes and of node counts are shifted geometric means,
#   exp(mean(ln(x + shift))) − shift, with the shift in the head of the column.
# - **Nodes** are of two kinds that do not compare: tree nodes of OT, and branch-and-bound nodes of
#   a MILP solver.

# %%
HTML(page.conditions(runs))
