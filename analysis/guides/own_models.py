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
# # Your own devices, models and traces
#
# The setting of the paper is one of many. A scenario file describes the edge nodes and their
# requests. A plug-in without code adds devices and models. A trace is a file of recorded requests.

# %%
import json
import tempfile
from importlib.resources import files
from pathlib import Path

import otgah

folder = Path(tempfile.mkdtemp(prefix="otgah-"))
catalogue = Path(str(files("heuristics.system_models.catalogue")))

# %% [markdown]
# ## A device and a quantization method
#
# A plug-in of this kind is TOML with the keys of the catalogue, which `otgah catalogue` lists. Each
# value has a source; an assumption is marked as `"assumed"`.

# %%
plugin = folder / "mine.toml"
plugin.write_text(
    """
name = "mine"
version = "1.0"

[devices.my-board]
gpu_flop_per_s = 40e12
gpu_memory_bytes = 24_000_000_000
sources = [
    { values = ["gpu_flop_per_s", "gpu_memory_bytes"], source = "a guess", verified = "assumed" },
]

[quantizations.my-int8]
alpha_weights = 0.5
alpha_kv_cache = 0.5
beta = 0.5
ppl_differential = 0.02
sources = [
    { values = ["alpha_weights", "alpha_kv_cache"], source = "8 bits of 16", verified = true },
    { values = ["beta", "ppl_differential"], source = "a guess", verified = "assumed" },
]
"""
)
used = otgah.use_plugin(plugin)
print(*used.entry.devices, *used.entry.quantizations)

# %% [markdown]
# ## A language model
#
# A published model comes with a `config.json`, which states its dimensions. This one describes a
# small model with grouped-query attention.

# %%
config = folder / "config.json"
config.write_text(
    json.dumps(
        {
            "model_type": "llama",
            "hidden_size": 2048,
            "intermediate_size": 8192,
            "num_hidden_layers": 16,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 64,
            "vocab_size": 128256,
            "tie_word_embeddings": True,
        }
    )
)
scenario = otgah.build_scenario(
    "modern", device="my-board", llm=str(config), quantization="my-int8", num_requests=40
)
scenario

# %%
instance = otgah.build_instance(scenario, "mine")
otgah.solve(instance, "ot-gah-plus")

# %% [markdown]
# ## A scenario file
#
# Copy a scenario of the catalogue, edit it, and pass its path. Here the server alone remains, with
# a narrow uplink. An error names the file, the field, the rule and the value found.

# %%
text = (catalogue / "scenarios" / "section-v.toml").read_text()
server_alone = "[[edge_nodes]]".join(text.split("[[edge_nodes]]")[:2])
narrow = server_alone.replace("uplink_bandwidth_hz = 20e6", "uplink_bandwidth_hz = 180e3")
assert narrow != server_alone
(folder / "narrow.toml").write_text(narrow)
otgah.build_instance(otgah.build_scenario(folder / "narrow.toml", num_requests=40), "narrow")

# %%
(folder / "typo.toml").write_text(narrow.replace("epoch_s = 2.0", "epoch_s = -2.0"))
try:
    otgah.build_scenario(folder / "typo.toml")
except otgah.InputError as error:
    print(str(error).removeprefix(str(folder)))
else:
    raise AssertionError("a negative epoch must be refused")

# %% [markdown]
# ## Ways to run an edge node
#
# Values joined by `+` are alternatives: a row of coefficients for each way to run an edge node, of
# which a schedule uses at most one. Here each edge node chooses between 8 bits, which keep the
# accuracy of nearly every request, and 4 bits, which take half the time to read. The family
# `choose-quantization` draws such problems.

# %%
choice = otgah.build_scenario(
    llm="bloom-7.1b",
    quantization="w8a16+w4a16-gptq",
    latency="serial",
    num_gpus=10,
    epoch_s=20.0,
    deadline_s=(16.0, 30.0),
    num_requests=30,
)
instance = otgah.build_instance(choice, "choice")
print(*instance.edge_node_names, instance.coefficients.alternatives, sep="\n")

# %%
outcome = otgah.solve(instance, "milp-threshold", time_limit=20)
used = [
    name
    for name, batch in zip(instance.edge_node_names, outcome.result.schedule.batches, strict=True)
    if batch
]
assert len(used) <= len(instance.coefficients.alternatives)
print(*used)

# %% [markdown]
# ## A trace
#
# Arrivals and lengths from a file: Azure's columns, Mooncake's JSON lines, or the three columns of
# the excerpt that ships with the project, which is synthetic. No public trace has deadlines,
# accuracies or channels; they are drawn by seed, and every instance says so in its notes.

# %%
print(otgah.TRACE_EXCERPT.read_text()[:120])
paths = otgah.generate("trace", folder / "trace", seeds=[0], grid={"path": [otgah.TRACE_EXCERPT]})
print(f"{len(paths)} epochs with requests")

# %%
largest = max(map(otgah.read_instance, paths), key=lambda each: each.coefficients.num_requests)
print(largest.parameters["notes"])
otgah.solve(largest, "decomposition", time_limit=10)

# %% [markdown]
# ## Epoch after epoch
#
# An instance is one epoch. The simulation runs the trace through the protocol, epoch after epoch,
# and measures whether each request is completed in time.

# %%
simulation = otgah.simulate(
    "trace", ["ot-gah", "no-batching"], arrivals=otgah.TRACE_EXCERPT, num_epochs=15, carry_over=True
)
summary = simulation.summary()
assert summary["arrived"].nunique() == 1  # all schemes meet the same requests
summary
