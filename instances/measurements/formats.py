"""The registry of measurement files: columns, units, reader and source of each format.

A format is recognised by the names of its columns alone. A file that fits none is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.errors import InputError
from instances.measurements import (
    batched_bench,
    facts,
    llama_bench,
    plain,
    profiler,
    request_log,
    splitwise,
    vllm_latency,
)
from instances.measurements.format import Format
from instances.measurements.open_load import refuse_summary

if TYPE_CHECKING:
    from instances.measurements.row import Row

_LLAMA = "github.com/ggml-org/llama.cpp, tools"
_SERVING_SIM = "github.com/casys-kaist/LLMServingSim"
_PROFILER = f"{_SERVING_SIM}, profiler/perf"
_PROFILER_UNITS = {
    "layer": "name of a kernel",
    "tokens": "tokens in the iteration",
    "sequences": "requests in the iteration",
    "activated_experts": "experts that the tokens are routed to",
    "prefill_chunk": "prompt tokens computed",
    "kv_prefill": "tokens in the cache of the prompt",
    "n_decode": "requests that decode",
    "kv_decode": "tokens in the cache of each request that decodes",
    "time_us": "microseconds of one call",
}
_REMARKS = ("note", "source", "test_time", "timestamp", "bandwidth_gb_s", "avg_power_w")

FORMATS = (
    Format(
        name="llama-bench",
        source=f"{_LLAMA}/llama-bench/README.md, JSON, JSON lines and CSV",
        needs=("n_prompt", "n_gen", "avg_ns"),
        units={
            "n_prompt": "prompt tokens",
            "n_gen": "generated tokens",
            "n_depth": "tokens already in the cache",
            "avg_ns": "nanoseconds of the test",
            "avg_ts": "tokens per second",
        },
        ignored=(
            *_REMARKS,
            *("stddev_ns", "stddev_ts", "samples_ns", "samples_ts", "build_number"),
            *("model_size", "model_n_params", "poll", "cpu_mask", "cpu_strict"),
        ),
        measure=llama_bench.measure,
    ),
    Format(
        name="llama-bench, Markdown",
        source=f"{_LLAMA}/llama-bench/README.md, Markdown",
        needs=("test", "t/s"),
        units={"test": "pp: prompt tokens, tg: generated tokens", "t/s": "tokens per second"},
        ignored=("size", "params"),
        measure=llama_bench.measure_table,
    ),
    Format(
        name="llama-batched-bench",
        source=f"{_LLAMA}/batched-bench/README.md, JSON lines",
        needs=("pp", "tg", "pl", ("t_pp", "t_tg")),
        units={
            "pp": "prompt tokens of a request",
            "tg": "generated tokens of a request",
            "pl": "requests",
            "n_kv": "tokens in the cache at the end",
            "t_pp": "seconds of the prompts",
            "t_tg": "seconds of decoding",
            "t": "seconds of both",
            "speed_pp": "tokens per second",
            "speed_tg": "tokens per second",
            "speed": "tokens per second",
        },
        ignored=("n_kv_max",),
        measure=batched_bench.measure,
    ),
    Format(
        name="llama-batched-bench, Markdown",
        source=f"{_LLAMA}/batched-bench/README.md, sample results",
        needs=("PP", "TG", "B", "T_PP s", "T_TG s"),
        units={
            "PP": "prompt tokens of a request",
            "TG": "generated tokens of a request",
            "B": "requests",
            "N_KV": "tokens in the cache at the end",
            "T_PP s": "seconds of the prompts",
            "T_TG s": "seconds of decoding",
            "T s": "seconds of both",
            "S_PP t/s": "tokens per second",
            "S_TG t/s": "tokens per second",
            "S t/s": "tokens per second",
        },
        measure=batched_bench.measure_table,
    ),
    Format(
        name="vllm bench latency",
        source="github.com/vllm-project/vllm, vllm/benchmarks/latency.py, --output-json",
        needs=("avg_latency",),
        lacks=("metric",),
        units={
            "avg_latency": "seconds of a batch",
            "latencies": "seconds of each run of a batch",
            "batch_size": "requests",
            "input_len": "prompt tokens",
            "output_len": "generated tokens",
        },
        ignored=("std_latency", "percentiles"),
        measure=vllm_latency.measure,
    ),
    Format(
        name="vllm bench latency, PyTorch's format",
        source="github.com/vllm-project/vllm, vllm/benchmarks/lib/utils.py",
        needs=("benchmark", "metric"),
        units={
            "latencies": "seconds of each run of a batch",
            "avg_latency": "seconds of a batch",
            "batch_size": "requests",
            "input_len": "prompt tokens",
            "output_len": "generated tokens",
        },
        measure=vllm_latency.measure_pytorch,
    ),
    Format(
        name="splitwise-sim",
        source="github.com/Mutinifni/splitwise-sim, data/perf_model.csv; Patel et al., ISCA 2024",
        needs=("prompt_size", "batch_size", "token_size", "prompt_time", "token_time"),
        units={
            "prompt_size": "prompt tokens of a request",
            "batch_size": "requests",
            "token_size": "generated tokens of a request",
            "prompt_time": "milliseconds of the prompts",
            "token_time": "milliseconds of a step",
            "e2e_time": "milliseconds of the batch",
        },
        ignored=("peak_power", "average_power"),
        measure=splitwise.measure,
    ),
    Format(
        name="LLMServingSim, measured requests",
        source=f"{_SERVING_SIM}, bench/examples, requests.jsonl",
        needs=("input_toks", "output_toks", *request_log.TIMES),
        units={
            "input_toks": "prompt tokens",
            "output_toks": "generated tokens",
            "arrival_time": "Unix time in seconds, not read",
            **dict.fromkeys(request_log.TIMES, "seconds of a monotonic clock"),
        },
        ignored=("request_id", "input_tok_ids", "output_tok_ids"),
        measure=request_log.measure,
    ),
    Format(
        name="LLMServingSim, profiler",
        source=f"{_PROFILER}: dense, attention, per_sequence and moe",
        needs=("time_us", ("prefill_chunk", "sequences", "tokens")),
        units=_PROFILER_UNITS,
        measure=profiler.measure,
    ),
    Format(
        name="facts",
        source="tables with one metric a row: device, engine, model, metric, value, unit",
        needs=("concurrency", "metric", "value", "unit"),
        units={
            "concurrency": "requests at once",
            "metric": "decode_rate, prefill_rate, output_throughput, context_time, ttft, ...",
            "value": "in the unit of its row",
            "unit": "tok/s, ms or s",
        },
        ignored=_REMARKS,
        measure=facts.measure,
    ),
    Format(
        name="edge-llm-bench",
        source="github.com/john-rocky/edge-llm-bench, results/summary/device-runs.csv",
        needs=("decode_tps", "prefill_tps", "gen_tokens", "ttft_ms"),
        units={
            "decode_tps": "tokens per second of one request",
            "prefill_tps": "tokens per second of one request",
            "gen_tokens": "generated tokens",
            "ttft_ms": "milliseconds to the first token, not read",
        },
        ignored=(*_REMARKS, "mem_resident_median_mb", "task", "context_tokens", "os_version"),
        measure=facts.measure_single,
    ),
    Format(
        name="plain",
        source="this project: a row a batch",
        needs=(plain.PROMPT, plain.OUTPUT, plain.TIMES),
        lacks=("ttft_ms",),
        units={
            **dict.fromkeys(plain.BATCH, "requests"),
            **dict.fromkeys(plain.PROMPT, "prompt tokens of a request"),
            **dict.fromkeys(plain.OUTPUT, "generated tokens of a request"),
            **dict.fromkeys(plain.TIMES, "seconds"),
            **dict.fromkeys(plain.RATES, "tokens per second of the batch"),
        },
        ignored=(*_REMARKS, "run", "repetition", "stddev"),
        measure=plain.measure,
    ),
)
"""All formats, in the order in which they are tried."""


def format_of(row: Row) -> Format:
    """Return the format of a row.

    Raises
    ------
    InputError
        If the row is of a summary of load, or of no known format.
    """
    refuse_summary(row)
    for each in FORMATS:
        if each.fits(row.values):
            return each
    known = ", ".join(dict.fromkeys(each.name.partition(",")[0] for each in FORMATS))
    rule = (
        f"must be measurements of {known} (batch,prompt_tokens,output_tokens,seconds), told by"
        " their columns"
    )
    found = ",".join(str(each) for each in row.values)
    raise InputError(rule, source=row.source, field=row.place, found=found)
