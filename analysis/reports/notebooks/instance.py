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
instance = "instance.json"

# %%
from IPython.display import HTML, display

from analysis.reports.pages import origin
from analysis.reports.pages.grid import runs_grid
from analysis.reports.pages.instance import opening
from analysis.reports.pages.schedule import MOST_SCHEDULES, requests_grid, schedule_parts
from analysis.reports.sources import instance_runs

shown = instance_runs(runs_path, instance)
source = origin.source(runs_path, shown.runs)
HTML(opening(shown))

# %% [markdown]
# ## The best schedule of each method

# %%
schedules = shown.schedules()
for run in schedules[:MOST_SCHEDULES]:
    for part in schedule_parts(shown, run, source):
        display(HTML(part) if isinstance(part, str) else part)
if len(schedules) > MOST_SCHEDULES:
    display(HTML(f"<p>{MOST_SCHEDULES} of {len(schedules)} schedules are shown.</p>"))

# %% [markdown]
# ## The requests

# %%
requests_grid(shown)

# %% [markdown]
# ## All runs on this instance

# %%
runs_grid(shown.runs)

# %% [markdown]
# ## How to read this page
#
# - **Loads** are sums over a batch of the integers that define P1: uplink and downlink spectrum,
#   memory, and computation. A schedule is feasible if no load exceeds its capacity, and no batch
#   takes longer than the most urgent of its requests can wait.
# - **Blocked** requests are eligible at an edge node, are served nowhere, and do not fit into the
#   schedule. Several constraints can block the same request; the number in brackets counts the
#   requests that a constraint blocks alone. A schedule to which no request can be added need not be
#   optimal: replacing some of its requests could serve more. The answer above says what is proved.

# %%
HTML(origin.conditions(shown.runs))
