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
# ## Endings of the runs

# %%
HTML(campaign.endings_table(runs))

# %% [markdown]
# ## Failures

# %%
HTML(campaign.failures_table(runs))

# %% [markdown]
# ## Runs without a schedule

# %%
HTML(troubles.troubles_table(runs))

# %% [markdown]
# ## Timeline

# %%
campaign.timeline(runs, source)

# %% [markdown]
# ## Origins of the bounds

# %%
HTML(campaign.bounds_table(runs))

# %% [markdown]
# ## All runs

# %%
runs_grid(runs)

# %% [markdown]
# ## Software, limits and options

# %%
HTML(origin.conditions(runs))
