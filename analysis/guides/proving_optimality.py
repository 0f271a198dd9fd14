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
# A schedule shows that a number of requests can be served. A bound shows that no schedule serves
# more, and is harder to find. This guide compares three ways: a MILP with big-M, a MILP with
# ordered thresholds, and a decomposition by edge node with prices.

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
# The most urgent request of a batch sets its deadline: (12d) must hold for chosen requests alone.
# The usual formulation adds a large constant M to the deadline of a request that is not chosen. The
# linear relaxation then chooses half a request with half a deadline, so its bound is loose and the
# solver must branch.
#
# The threshold formulation orders the compute budgets of an edge node. A binary variable for each
# budget states that the batch keeps within it, and a more urgent request forces a smaller budget.
# The schedules are the same and the bounds are tighter.
#
# On a small instance both formulations prove the optimum soon, and so does the decomposition that
# the next section explains. The three proofs share neither formulation nor code, and agree.

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
# ## One edge node: P2 and P3'
#
# The paper solves one edge node by two algorithms. Algorithm 1 solves P2, where spectrum is ample,
# and OT solves P3', where it is scarce. Each is compared with the MILP of its problem. A run is
# recorded under its problem: the optimum of P2 is larger, since P2 has no (15b) and (15c). Without
# a number of requests z, P3' is P1 at one edge node. The two then share their bounds, and the
# column `bound_problem` names the problem whose run proved the bound.

# %%
alone = otgah.generate("single-node", folder / "one", seeds=range(2), grid={"num_requests": [60]})
for problem, algorithm in (("P2", "algorithm-1"), ("P3prime", "ot")):
    otgah.batch(alone, [algorithm, "milp-bigm"], folder / "one.sqlite", problem=problem)
one = otgah.runs_table(folder / "one.sqlite")
assert (one["gap"] == 0).all()
one[["instance", "problem", "method", "objective", "bound_problem", "num_nodes", "node_kind"]]

# %% [markdown]
# The models look like the paper's page: each constraint has the tag of its problem, and Pyomo lists
# the coefficients under the paper's symbols, for example `s_plus_n` for s' + n_i.

# %%
otgah.export(alone[0], "milp-bigm", folder / "p2.lp", problem="P2")
[line for line in (folder / "p2.lp").read_text().splitlines() if "_13a" in line]

# %% [markdown]
# ## At full scale
#
# This instance has some 500 requests and batches of about a hundred. The bounds of the MILPs are so
# loose here that every heuristic would seem far from the optimum. `decomposition` puts a price on
# every request, and each edge node chooses its best batch at these prices. Any prices give a valid
# bound, and good prices give a tight one. A search closes the gap that remains.

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
# A certificate holds the prices as integers. A separate verifier adds them up, and needs neither
# the solver nor a tolerance. If a search followed, `replay=True` repeats the search with separate
# code.

# %%
otgah.write_schedule(exact.result.schedule, exact.task.whole, folder / "schedule.json")
otgah.write_certificate(exact.result.certificate, exact.task.whole, folder / "certificate.json")
verdict = otgah.check(
    path, folder / "schedule.json", certificate=folder / "certificate.json", replay=True
)
assert verdict.passed
print(f"bound {verdict.bound}, proved by {verdict.proof}, optimal: {verdict.proved_optimal}")

# %% [markdown]
# The verifier refuses a certificate that claims a smaller bound than its prices prove.

# %%
honest = bound.result.certificate
boast = replace(honest, bound=honest.bound - 1, tree_bound=honest.tree_bound - 1)
otgah.write_certificate(boast, bound.task.whole, folder / "boast.json")
caught = otgah.check(path, certificate=folder / "boast.json")
assert not caught.passed
print(f"claims {caught.claimed}, proves {caught.tree_bound}")
