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
runs_path = "league.csv"

# %%
from IPython.display import HTML, display

from analysis.reports.pages import league
from analysis.reports.sources import league_runs
from analysis.text.phrases import seconds

runs = league_runs(runs_path)
source = league.source(runs_path, runs)
HTML(league.opening(runs))

# %% [markdown]
# ## Standings

# %%
for limit_s in league.limits(runs):
    display(HTML(f"<h3>Limit {seconds(limit_s)}</h3>" + league.standings_table(runs, limit_s)))

# %% [markdown]
# ## Gap over time

# %%
league.curves(runs, source)

# %% [markdown]
# ## Gaps by family

# %%
for limit_s in league.limits(runs):
    display(HTML(f"<h3>Limit {seconds(limit_s)}</h3>" + league.family_table(runs, limit_s)))
