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
# # First steps
#
# Three edge nodes (a server at a base station, a UAV and a vehicle) each run a language model. In
# every epoch, a controller chooses the waiting requests that each edge node batches. How many
# requests can be served, and does a heuristic serve as many? The package `otgah` has a function for
# each verb of the command line.

# %%
import tempfile
from pathlib import Path

import otgah

folder = Path(tempfile.mkdtemp(prefix="otgah-"))

# %% [markdown]
# ## A scenario: the physics
#
# The default is the scenario of Section V of the paper. Every parameter that
# `otgah families paper` lists can be changed. Here `compute_scale=20` makes the devices 20 times as
# fast, so that the batches are larger.

# %%
scenario = otgah.build_scenario("section-v", seed=1, num_requests=120, compute_scale=20)
scenario

# %% [markdown]
# ## An instance: the integers
#
# A solver sees integers alone: the demand of each request for uplink, downlink, memory and compute
# at each edge node, rounded so that no number is optimistic. The bars show the total demand of all
# eligible requests: a resource far below 100 % will not bind.

# %%
instance = otgah.build_instance(scenario, "some")
instance

# %% [markdown]
# ## A schedule
#
# OT-GAH is Algorithm 3 of the paper. It finds a schedule and proves no bound, so the gap is
# unknown. The deadline of a batch is the deadline of its most urgent request.

# %%
quick = otgah.solve(instance, "ot-gah")
quick

# %% [markdown]
# ## The optimum
#
# `decomposition` proves the optimum with a certificate that `otgah check` verifies. The distance of
# the heuristic from the optimum is now known.

# %%
exact = otgah.solve(instance, "decomposition")
assert exact.result.status == "optimal"
exact

# %%
short = exact.result.objective - quick.result.objective
print(f"OT-GAH serves {quick.result.objective} of {exact.result.objective}, {short} short")
assert 0 <= short <= exact.result.objective / 2  # at least half is a theorem of the paper

# %% [markdown]
# ## The judge
#
# A judge checks every schedule in integers, with code that no solver shares. You can also have your
# own schedule judged. This one sends all requests to the server, which is too many.

# %%
greedy_dream = otgah.Schedule.of([range(120), [], []])
otgah.Loads.of(instance.coefficients, greedy_dream, names=instance.edge_node_names)

# %%
otgah.write_instance(instance, folder / "some.json")
otgah.write_schedule(greedy_dream, instance, folder / "dream.json")
verdict = otgah.check(folder / "some.json", folder / "dream.json")
assert not verdict.passed
print(f"{len(verdict.violations)} violations; the first: {verdict.violations[0]}")

# %% [markdown]
# ## Many runs
#
# A batch runs every method on every instance. Each run has a process of its own, and is stored in
# one file when it ends. The gap is measured to the best bound that any run proved.

# %%
paths = otgah.generate("scarce-spectrum", folder / "instances", seeds=range(3))
tally = otgah.batch(
    paths, ["ot-gah", "greedy-by-output", "decomposition"], folder / "runs.sqlite", time_limit=10
)
print(tally)
runs = otgah.runs_table(folder / "runs.sqlite")
runs.pivot(index="instance", columns="method", values="gap")

# %% [markdown]
# `otgah.report(folder / "runs.sqlite", "report.html")` makes a page about these runs, as the guide
# `own_heuristic.py` shows.
