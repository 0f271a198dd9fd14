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
from IPython.display import HTML

from analysis.reports.pages import campaign, origin, troubles
from analysis.reports.pages.grid import runs_grid
from analysis.reports.sources import contestant_runs

runs = contestant_runs(runs_path)
source = origin.source(runs_path, runs)
HTML(campaign.opening(runs))

# %% [markdown]
# ## How the runs ended

# %%
HTML(campaign.endings_table(runs))

# %% [markdown]
# ## What failed

# %%
HTML(campaign.failures_table(runs))

# %% [markdown]
# ## Which runs have no schedule

# %%
HTML(troubles.troubles_table(runs))

# %% [markdown]
# ## When

# %%
campaign.timeline(runs, source)

# %% [markdown]
# ## Who proved the bounds

# %%
HTML(campaign.bounds_table(runs))

# %% [markdown]
# ## All runs

# %%
runs_grid(runs)

# %% [markdown]
# ## With what this was made

# %%
HTML(origin.conditions(runs))
