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
# # Proving optimality
#
# A schedule shows that so many requests can be served. That no more can be is harder to show:
# big-M, ordered thresholds, and prices that split the problem by edge node.

# %%
import tempfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd

import otgah

folder = Path(tempfile.mkdtemp(prefix="otgah-"))
library = Path(str(files("instances.library")))

# %% [markdown]
# ## Deadlines by big-M
#
# A batch must be done when its most urgent request must be: (12d) holds only for requests that are
# chosen. The usual way to say so adds a large M where one is not chosen. Its linear relaxation
# believes in half a request with half a deadline, so the bound is loose and the solver branches.
#
# Thresholds order the budgets of an edge node: a binary variable says "the batch may take at most
# this long", and one more urgent request forces a tighter one. Same schedules, tighter bounds.
#
# On a small instance both prove the optimum soon, and so does the decomposition below: three proofs
# that share neither formulation nor code, and agree.

# %%
instance = otgah.read_instance(library / "dense-num_requests=30-seed0.json")
instance


# %%
def compare(instance, methods, time_limit):
    """Return what each method finds and proves within a time limit."""
    rows = {}
    for method in methods:
        result = otgah.solve(instance, method, time_limit=time_limit).result
        rows[method] = {
            "objective": result.objective,
            "bound": result.bound,
            "nodes": result.num_nodes,
            "seconds": result.runtime_s,
            "ended by": str(result.ended_by),
        }
    return pd.DataFrame(rows).T


methods = ["milp-bigm", "milp-threshold", "decomposition"]
small = compare(instance, methods, time_limit=10)
assert (small["bound"].dropna() >= instance.best_known.objective).all()
small

# %% [markdown]
# ## At full scale
#
# Some 500 requests with batches of about a hundred. Here the bounds of the MILPs would make any
# heuristic look far worse than it is. `decomposition` puts a price on every request and lets each
# edge node choose its best batch at these prices: whatever they are, prices and batches together
# make a bound. Good prices make it tight, and what they leave open is searched.

# %%
[path] = otgah.generate("dense", folder, seeds=[0])
compare(path, methods[:2], time_limit=3)

# %%
exact = otgah.solve(path, "decomposition")
assert exact.result.status == "optimal"
exact

# %%
heuristic = otgah.solve(path, "ot-gah")
bound = otgah.bound(path, time_limit=5)
pd.DataFrame(
    {
        "requests": {
            "OT-GAH serves": heuristic.result.objective,
            "the optimum": exact.result.objective,
            "a bound by prices alone": bound.result.bound,
            "requests that are eligible anywhere": int(exact.task.data.eligible.any(axis=0).sum()),
        }
    }
)

# %% [markdown]
# ## Certificates
#
# The prices are written down as integers. Whoever doubts the optimum needs neither the solver nor a
# tolerance: a separate verifier adds them up. Where a search followed, `replay=True` makes it
# again with code of its own.

# %%
otgah.write_schedule(exact.result.schedule, exact.task.whole, folder / "schedule.json")
otgah.write_certificate(exact.result.certificate, exact.task.whole, folder / "certificate.json")
verdict = otgah.check(
    path, folder / "schedule.json", certificate=folder / "certificate.json", replay=True
)
assert verdict.passed
print(f"bound {verdict.bound}, proved by {verdict.proof}, optimal: {verdict.proved_optimal}")

# %% [markdown]
# A certificate that claims too much is caught: prices cannot lie.

# %%
honest = bound.result.certificate
boast = replace(honest, bound=honest.bound - 1, tree_bound=honest.tree_bound - 1)
otgah.write_certificate(boast, bound.task.whole, folder / "boast.json")
caught = otgah.check(path, certificate=folder / "boast.json")
assert not caught.passed
print(f"claims {caught.claimed}, proves {caught.tree_bound}")
