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

# %% [markdown]
# # A heuristic of your own
#
# A method of your own is one file: a literal with its name and options, and a function from the
# coefficients to a schedule. Copy `analysis/plugins/template.py` to start. This guide writes a
# small method, tests it, and compares it with OT-GAH and the optimum.

# %%
import tempfile
from pathlib import Path

import otgah

folder = Path(tempfile.mkdtemp(prefix="otgah-"))

# %% [markdown]
# ## The file
#
# The idea: serve the most patient requests first, since the most urgent request of a batch sets its
# deadline. Each request goes to the edge node where it leaves the most compute.

# %%
plugin = folder / "patient.py"
plugin.write_text(
    '''"""The most patient requests first."""

import numpy as np

from otgah import RESOURCES, Schedule

PLUGIN = {
    "name": "patient",
    "version": "1.0",
    "methods": {
        "most-patient-first": {
            "summary": "requests of the largest latency budget first, where they fit",
            "solve": "most_patient_first",
        },
    },
}


def most_patient_first(data, *, seed, time_limit):
    batches = [[] for _ in range(data.num_edge_nodes)]
    patience = np.where(data.eligible, data.compute_budget, 0).max(axis=0)
    for request in np.argsort(-patience, kind="stable").tolist():
        slack = {
            edge_node: left
            for edge_node in np.flatnonzero(data.eligible[:, request]).tolist()
            if (left := compute_left(data, edge_node, [*batches[edge_node], request])) >= 0
        }
        if slack:
            batches[max(slack, key=slack.get)].append(request)
    return Schedule.of(batches)


def compute_left(data, edge_node, batch):
    """Return the compute that the batch leaves, below 0 if it does not fit."""
    for name in RESOURCES:
        capacity = getattr(data, f"{name}_capacity")[edge_node]
        if getattr(data, name)[edge_node, batch].sum() > capacity:
            return -1
    return data.compute_budget[edge_node, batch].min() - data.compute[edge_node, batch].sum()
'''
)
used = otgah.use_plugin(plugin)

# %% [markdown]
# ## Does it keep its promises?
#
# In a terminal, `otgah conform --plugin patient.py` makes the same test: a small campaign with
# instances solved by hand, empty instances and extreme ones, each run in a process of its own. A
# method may find few requests. It must not claim too much, change its input, or exceed its limit.

# %%
checks = list(otgah.conform(plugins=[used]))
print(*checks, sep="\n")
assert all(each.passed for each in checks)

# %% [markdown]
# ## One instance, closely

# %%
paths = otgah.generate("scarce-spectrum", folder / "instances", seeds=range(4))
outcome = otgah.solve(paths[0], "most-patient-first")
assert outcome.violations == ()
outcome

# %% [markdown]
# ## Beside OT-GAH and the optimum

# %%
store = folder / "runs.sqlite"
methods = ["most-patient-first", "ot-gah", "decomposition"]
print(otgah.batch(paths, methods, store, time_limit=10))
runs = otgah.runs_table(store)
assert not runs["failed"].any()
runs.pivot(index="instance", columns="method", values="objective")[methods]

# %%
runs.groupby("method")[["gap", "runtime_s"]].agg(["mean", "max"]).loc[methods]

# %% [markdown]
# ## The report

# %%
made = otgah.report(store, folder / "report.html")
print(made.answer)
print(f"open {made.page}")
