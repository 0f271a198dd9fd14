"""Measurement files that are refused: one line with file, row, rule and the value found."""

import json

import pytest

from heuristics.errors import InputError
from instances.measurements import documents, reader
from tests.helpers.measurement_files import FACTS, PLAIN, SPLITWISE, log, read

BAD = {
    "negative": (
        PLAIN + "1,10,3,0.5\n2,10,3,-1\n",
        r"line 3: seconds: must be greater than 0 seco",
    ),
    "nan": (
        PLAIN + "1,10,3,nan\n",
        "line 2: seconds: must be a finite number of seconds, found 'nan",
    ),
    "text": (
        PLAIN + "1,10,3,43.2 tok/s\n",
        "line 2: seconds: must be a number of seconds, found '43",
    ),
    "fraction": (
        PLAIN + "1.5,10,3,1\n",
        "line 2: batch: must be an integer of 1 to 1000000000 req",
    ),
    "empty cell": (PLAIN + "1,10,3,\n", "line 2: seconds: must have the time of the batch"),
    "short row": (PLAIN + "1,10,3\n", "line 2: must have 4 cells, as the header has, found 3"),
    "no row": (PLAIN, "must hold at least one row"),
    "empty": ("", "must hold at least one row"),
    "two times": (
        PLAIN + "1,10,3,1\n1,10,3,5\n",
        r"line 3: must agree with line 2, 1 s for the same .*, within a factor of 3, found 5\.0",
    ),
    "rates for seconds": (
        PLAIN + "1,10,100,30\n1,10,200,4\n",
        "line 2: must take at most as long as line 3, 4 s for no less .* per second mixed up",
    ),
    "rates that grow with nothing": (
        PLAIN + "1,128,64,28.1\n1,128,128,28.0\n1,128,256,27.9\n",
        "line 3: must take longer than line 2, 28.1 s for half .* are these tokens per second",
    ),
    "unknown": ("a,b\n1,2\n", r"line 2: must be measurements of llama-bench, .* told by their col"),
    "twice": ("batch,batch\n1,2\n", "line 1: must have each column once, found 'batch twice'"),
    "all contradict": (
        SPLITWISE + "m,a100,512,2,3,100,50,20,2\n",
        "line 2: must hold at least one row to use, found 1 to leave out: e2e_time",
    ),
    "milliseconds of nothing": (
        SPLITWISE + "m,a100,512,2,3,0,50,200,2\n",
        "line 2: prompt_time: must be greater than 0 milliseconds, found '0'",
    ),
    "unit": (FACTS + "b,e,1,9,9,decode_rate,20,ms,\n", "line 2: unit: must be tok/s for decode_r"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_names_file_row_and_rule(tmp_path, name):
    text, told = BAD[name]
    with pytest.raises(InputError, match=rf"^\S*a\.csv: {told}"):
        read(tmp_path, text)


BAD_JSON = {
    "nan": ('{"n_prompt": 5, "n_gen": 0, "avg_ns": NaN}\n', "line 1: avg_ns: must be a finite num"),
    "no json": ('{"n_prompt": 5}\n{"n_pro\n', "line 2: must be JSON"),
    "list": ("[1, 2]", "item 1: must be a table of keys and values, found 1"),
    "key twice": ('{"a": 1, "a": 2}\n', "line 1: must hold each key once"),
    "order": (log([(10, 9, 5, 6, 5, 14)]), "line 1: scheduled_ts: must have its times in order"),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_names_file_row_and_rule(tmp_path, name):
    text, told = BAD_JSON[name]
    with pytest.raises(InputError, match=rf"^\S*a\.json: {told}"):
        read(tmp_path, text, "a.json")


SUMMARIES = {
    "inference-perf": {"load_summary": {}, "successes": {}},
    "vllm bench serve": {"request_throughput": 1.0, "mean_ttft_ms": 5.0, "request_rate": "inf"},
    "sglang.bench_serving": {"backend": "sglang", "dataset_name": "random", "request_rate": 1.0},
    "genai-perf or AIPerf": {"request_throughput": {"avg": 1}, "request_latency": {"avg": 1}},
    "llmperf": {"results_inter_token_latency_s_mean": 1.0, "num_concurrent_requests": 5},
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_summaries_of_load_are_refused_with_the_reason(tmp_path, name):
    told = f"a summary of load by {name}, which does not state the size of a batch"
    with pytest.raises(InputError, match=told):
        read(tmp_path, json.dumps(SUMMARIES[name]), "a.json")


def test_genai_perf_csv_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"line 2: .* summary of load by genai-perf"):
        read(tmp_path, "Metric,avg,min,max\nTime To First Token (ms),16,15,17\n")


def test_files_that_are_too_large_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST_ROWS", 3)
    with pytest.raises(InputError, match="must hold at most 3 rows, found 'more'"):
        read(tmp_path, PLAIN + "1,10,3,1\n" * 4)
    monkeypatch.setattr(documents, "LARGEST_CONTAINERS", 3)
    with pytest.raises(InputError, match="must hold at most 3 lists and objects, found 4"):
        read(tmp_path, "[{},{},{}]", "a.json")
    monkeypatch.setattr(reader, "LARGEST_TAKEN", 1)
    with pytest.raises(InputError, match="must be at most 1 rows, chosen by --set COLUMN=VALUE"):
        read(tmp_path, PLAIN + "1,10,3,1\n" * 2)
