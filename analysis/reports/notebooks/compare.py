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
runs_path = "before.sqlite"
after_path = "after.sqlite"

# %%
from pathlib import Path

from IPython.display import HTML, display

from analysis.reports.pages.changes import change_charts, pairs_grid
from analysis.reports.pages.comparison import comparison_section
from analysis.reports.sources import compare_stores
from analysis.text.phrases import counted

compared = compare_stores(runs_path, after_path)
names = f"{Path(runs_path).name} to {Path(after_path).name}"
HTML(comparison_section(compared, names=names))

# %% [markdown]
# ## Before against after
#
# Point at a mark to see its instance; click it to go to its row in the table of all pairs below.

# %%
for chart in change_charts(compared, f"{counted(len(compared.pairs), 'pair')}, {names}"):
    display(chart)

# %% [markdown]
# ## All pairs

# %%
pairs_grid(compared)

# %% [markdown]
# ## How this was compared
#
# - **Pairs** are two runs of the same method with the same seed, for the same problem on the same
#   instance. Gaps of both files are taken to the best bound of either file, so that a better bound
#   does not look like a worse schedule.
# - **p** is the p-value of Wilcoxon's signed-rank test over the questions of both files, adjusted
#   by Holm for the number of methods. A difference is significant if p is below 0.05.
# - **Times** are shifted geometric means. A single run counts as faster or slower if its time
#   changed by more than 10 % and by more than 10 ms.
# - **Failed runs** have no gap. They are counted, and their runtime counts as their time limit.
