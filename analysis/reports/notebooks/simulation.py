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
runs_path = "tables"

# %%
from IPython.display import HTML, display

from analysis.reports.pages import simulation, simulation_charts
from analysis.reports.sources import simulation_tables

tables = simulation_tables(runs_path)
source = simulation.source(runs_path, tables)
HTML(simulation.opening(tables))

# %% [markdown]
# ## Requests by scheme

# %%
HTML(simulation.fates_table(tables))

# %% [markdown]
# ## Latencies

# %%
HTML(simulation.latencies_table(tables))

# %%
display(*simulation_charts.distributions(tables, source))

# %%
simulation_charts.parts(tables, source)

# %% [markdown]
# ## Edge nodes over time

# %%
display(*simulation_charts.timelines(tables, source))

# %% [markdown]
# ## Throughput, utilisation and energy

# %%
HTML(simulation.utilisation_table(tables))
