"""Summaries of load tests: recognised by their columns, and refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heuristics.errors import InputError

if TYPE_CHECKING:
    from instances.measurements.row import Row

SUMMARIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("inference-perf", ("load_summary",)),
    ("inference-perf", ("stage", "request_latency")),
    ("llmperf", ("results_inter_token_latency_s_mean",)),
    ("llmperf", ("num_concurrent_requests", "num_completed_requests_per_min")),
    ("llmperf", ("num_concurrent_requests", "mean_output_tokens")),
    ("llmperf", ("inter_token_latency_s", "end_to_end_latency_s")),
    ("sglang.bench_serving", ("dataset_name", "request_rate")),
    ("sglang.bench_serving", ("backend", "request_rate", "output_throughput")),
    ("vllm bench serve", ("request_throughput", "mean_ttft_ms")),
    ("vllm bench serve", ("request_rate", "num_prompts")),
    ("vllm bench throughput", ("requests_per_second", "elapsed_time")),
    ("genai-perf or AIPerf", ("request_throughput", "request_latency")),
    ("genai-perf or AIPerf", ("time_to_first_token",)),
    ("genai-perf or AIPerf", ("inter_token_latency",)),
    ("genai-perf or AIPerf", ("Metric", "avg")),
    ("genai-perf or AIPerf", ("metadata", "metrics")),
    ("genai-perf", ("experiments",)),
    ("vLLM's log of its throughput", ("prompt_throughput", "gen_throughput")),
    ("jetson-ai-lab", ("modelId", "modelName")),
)
"""Programs and the columns that tell their summaries."""


def refuse_summary(row: Row) -> None:
    """Refuse a row of a summary, whose times depend on arrivals and on a batch that changes.

    Raises
    ------
    InputError
        If the columns are those of a load test.
    """
    for program, columns in SUMMARIES:
        if all(each in row.values for each in columns):
            rule = (
                f"must be measurements of batches, found a summary of load by {program}, which"
                " does not state the size of a batch: measure by llama-bench, llama-batched-bench"
                " or vllm bench latency"
            )
            raise InputError(rule, source=row.source, field=row.place)
