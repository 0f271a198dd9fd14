"""Measurements: times of batches, read from the files of benchmarks.

- :mod:`reader`: one function that reads measurement files of any format.
- :mod:`formats`: the registry: columns, units, source and reader of each format.
- :mod:`format`: the definition of a format, and the names of what was measured.
- :mod:`measurement`: a measured time with its work, and a row that is left out.
- :mod:`choice`: rows chosen by the user; files that mix devices are refused.
- :mod:`consistency`: rows that contradict each other, and times that cannot be seconds.
- :mod:`open_load`: summaries of load tests, which are refused.
- :mod:`documents`: rows of CSV, Markdown, JSON and JSON lines.
- :mod:`row`: one row, its cells as numbers with units.
- :mod:`llama_bench`: records and tables of llama-bench.
- :mod:`batched_bench`: records and tables of llama-batched-bench.
- :mod:`vllm_latency`: results of ``vllm bench latency``.
- :mod:`splitwise`: the table of splitwise-sim.
- :mod:`request_log`: measured requests of LLMServingSim, with the batches that they met.
- :mod:`profiler`: kernels of LLMServingSim's profiler, put together into iterations.
- :mod:`facts`: one metric a row, and rates of single requests.
- :mod:`plain`: a row a batch, with its seconds or its rates.
"""
