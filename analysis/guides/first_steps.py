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
# Three edge nodes, a base station's server, a UAV and a vehicle, each with a language model. In
# every epoch requests wait, and a controller chooses which of them each edge node batches. How many
# can be served, and does a heuristic serve as many? `otgah` has a function for each verb of
# the command line `otgah`.

# %%
import tempfile
from pathlib import Path

import otgah

folder = Path(tempfile.mkdtemp(prefix="otgah-"))

# %% [markdown]
# ## A scenario: the physics
#
# Section V of the paper is the default. Whatever `otgah generate paper --set` takes can be changed;
# `compute_scale=20` makes the devices 20 times as fast, so that batches are worth a look.

# %%
scenario = otgah.build_scenario("section-v", seed=1, num_requests=120, compute_scale=20)
scenario

# %% [markdown]
# ## An instance: the integers
#
# What a solver sees is integers alone: each request's demand of uplink, downlink, memory and
# compute at each edge node, rounded so that no number is optimistic. The bars show what all that
# are eligible would take together: a resource far below 100 % will not bind.

# %%
instance = otgah.build_instance(scenario, "some")
instance

# %% [markdown]
# ## A schedule
#
# OT-GAH, Algorithm 3 of the paper. It finds a schedule and proves nothing, so there is no bound and
# no gap. The deadline of a batch is that of its most urgent request.

# %%
quick = otgah.solve(instance, "ot-gah")
quick

# %% [markdown]
# ## The optimum
#
# `decomposition` proves the optimum, with a certificate that anyone can check. Now the distance of
# the heuristic is a number.

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
# Every schedule is judged in integers by code that no solver shares. A schedule of one's own is
# judged as well: here all requests go to the server, which is too much.

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
# A batch makes every method on every instance, each run in a process of its own, and keeps each run
# in one file as it ends. The gap is to the best bound that any run proved.

# %%
paths = otgah.generate("scarce-spectrum", folder / "instances", seeds=range(3))
tally = otgah.batch(
    paths, ["ot-gah", "greedy-by-output", "decomposition"], folder / "runs.sqlite", time_limit=10
)
print(tally)
runs = otgah.runs_table(folder / "runs.sqlite")
runs.pivot(index="instance", columns="method", values="gap")

# %% [markdown]
# `otgah.report(folder / "runs.sqlite", "report.html")` makes a page of it: the third guide does.
