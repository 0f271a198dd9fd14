"""Measurement files of each format, in the units of each, and the rows that are refused."""

import gzip
import json

import pytest

from heuristics.errors import InputError
from heuristics.system_models.batch_time import Work
from instances.measurements.formats import FORMATS
from instances.measurements.reader import read_measurements
from tests.helpers.measurement_files import FACTS, PLAIN, SPLITWISE, jsonl, log, read, written

BENCH = {"model_type": "llama 7B Q4_0", "gpu_info": "a board", "backends": "CUDA", "n_batch": 512}


def bench(prompt, output, avg_ns, depth=0, **changed):
    rate = (prompt + output) / avg_ns * 1e9
    sizes = {"n_prompt": prompt, "n_gen": output, "n_depth": depth}
    return {**BENCH, **sizes, "avg_ns": avg_ns, "avg_ts": rate, **changed}


def batched(batch, t_pp, t_tg, **changed):
    rates = {"speed_pp": batch * 64 / t_pp, "speed_tg": batch * 8 / t_tg}
    row = {"is_pp_shared": 0, "pp": 64, "tg": 8, "pl": batch, "n_kv": batch * 72}
    return {**row, "t_pp": t_pp, "t_tg": t_tg, "t": t_pp + t_tg, **rates, **changed}


def both(measurements):
    return [(each.work, each.seconds) for each in measurements.kept]


PREFILL = (Work(1, 512, 0, 0, 0), pytest.approx(0.25))
DECODING = (Work(0, 0, 4, 4, 4 * 100 + 10), pytest.approx(0.5))
RECORDS = [bench(512, 0, 250_000_000), bench(0, 4, 500_000_000, depth=100)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.md", "a.json.gz"])
def test_llama_bench_in_its_four_forms(tmp_path, name):
    if name.endswith(".jsonl"):
        text = jsonl(RECORDS)
    elif ".json" in name:
        text = json.dumps(RECORDS, indent=2)
    elif name.endswith(".csv"):
        rows = [",".join(f'"{each}"' for each in row.values()) for row in RECORDS]
        text = "\n".join([",".join(RECORDS[0]), *rows]) + "\n"
    else:
        text = (
            "ggml_cuda_init: found 1 device\n"
            "| model         |     size | params | backend | test      |             t/s |\n"
            "| ------------- | -------: | -----: | ------- | --------: | --------------: |\n"
            "| llama 7B Q4_0 | 3.56 GiB | 6.74 B | CUDA    | pp 512    | 2048.00 ± 93.24 |\n"
            "| llama 7B Q4_0 | 3.56 GiB | 6.74 B | CUDA    | tg4 @ d100 |    8.00 ± 0.00 |\n"
            "\nbuild: 3f7ccfd649 (5100)\n"
        )
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    found = read_measurements([path])
    assert both(found) == [PREFILL, DECODING]
    assert found.identity["llm"] == "llama 7B"
    assert found.identity["quantization"] == "Q4_0"
    assert found.identity["engine"] == "llama.cpp CUDA"


def test_llama_bench_with_prompt_and_output_in_one_test(tmp_path):
    text = "| model | test | t/s |\n|---|---|---|\n| m | pp512+tg4 | 1032 ± 1 |\n| m | tg4 | 8 |\n"
    (first, _) = read(tmp_path, text, "a.md").kept
    assert (first.work, first.seconds, first.part) == (
        Work(1, 512, 4, 4, 4 * 512 + 10),
        0.5,
        "whole",
    )


def test_a_prefill_on_a_filled_cache_is_left_out_with_its_reason(tmp_path):
    rows = [*RECORDS, bench(512, 0, 900_000_000, depth=4096)]
    found = read(tmp_path, jsonl(rows), "a.jsonl")
    assert len(found.kept) == 2
    (left,) = found.left_out
    assert (left.place, left.contradicts) == ("line 3", False)


def test_a_rate_that_contradicts_its_time_is_left_out(tmp_path):
    found = read(tmp_path, jsonl([*RECORDS, bench(64, 0, 10**8, avg_ts=12.0)]), "a.jsonl")
    (left,) = found.left_out
    assert str(left).endswith("line 3: avg_ns, 0.1 s, contradicts avg_ts, 5.33333 s")
    assert left.contradicts


@pytest.mark.parametrize("name", ["a.jsonl", "a.md"])
def test_llama_batched_bench(tmp_path, name):
    if name.endswith("jsonl"):
        text = jsonl([batched(1, 0.25, 0.5), batched(4, 1.0, 0.75)])
    else:
        text = (
            "main: n_kv_max = 2048, n_batch = 2048, is_pp_shared = 0\n\n"
            "|    PP |     TG |    B |   N_KV |   T_PP s | S_PP t/s |   T_TG s | S_TG t/s |"
            "      T s |    S t/s |\n"
            "|-------|--------|------|--------|----------|----------|----------|----------|"
            "----------|----------|\n"
            "|    64 |      8 |    1 |     72 |    0.250 |   256.00 |    0.500 |    16.00 |"
            "    0.750 |    96.00 |\n"
            "|    64 |      8 |    4 |    288 |    1.000 |   256.00 |    0.750 |    42.67 |"
            "    1.750 |   164.57 |\n"
        )
    found = read(tmp_path, text, name)
    assert both(found) == [
        (Work(1, 64, 8, 8, 8 * 64 + 36), 0.75),
        (Work(1, 256, 8, 32, 4 * (8 * 64 + 36)), 1.75),
    ]
    assert [each.name for each in found.kept[0].parts] == ["prefill", "decoding"]


def test_a_shared_prompt_is_computed_once(tmp_path):
    row = batched(4, 0.25, 0.75, is_pp_shared=1, speed_pp=64 / 0.25)
    found = read(tmp_path, jsonl([batched(1, 0.25, 0.5, is_pp_shared=1), row]), "a.jsonl")
    assert found.kept[1].work == Work(1, 64, 8, 32, 4 * (8 * 64 + 36))


LATENCY = {"avg_latency": 2.0, "latencies": [1.875, 2.125], "percentiles": {"50": 2.0}}


def test_vllm_latency_with_the_sizes_that_the_user_gives(tmp_path):
    sizes = {"batch": "8", "prompt_tokens": "32", "output_tokens": "3"}
    found = read(tmp_path, json.dumps(LATENCY), "a.json", **sizes)
    assert both(found) == [(Work(1, 256, 2, 16, 8 * 67), each) for each in (1.875, 2.125)]
    assert found.identity == {"engine": "vLLM"}
    with pytest.raises(InputError, match=r"line 1: batch: must be given.*--batch-size"):
        read(tmp_path, json.dumps(LATENCY), "a.json")


def test_vllm_latency_in_pytorchs_format_holds_its_sizes(tmp_path):
    arguments = {"batch_size": 8, "input_len": 32, "output_len": 3, "tensor_parallel_size": 2}
    record = {
        "benchmark": {"name": "vLLM benchmark", "extra_info": {"args": arguments}},
        "model": {"name": "m"},
        "metric": {"name": "latency", "benchmark_values": [2.0], "extra_info": {}},
    }
    (one,) = read(tmp_path, json.dumps([record]), "a.pytorch.json").kept
    assert (one.work, one.seconds) == (Work(1, 256, 2, 16, 8 * 67), 2.0)
    assert one.identity["num_devices"] == "2"


def test_splitwise_is_in_milliseconds_and_names_rows_that_contradict_themselves(tmp_path):
    text = (
        SPLITWISE
        + "m,a100,512,2,3,100,50,200,2\n"
        + "m,a100,512,2,3,100,50,140,2\n"
        + "m,a100,512,1,3,60,50,160,2\n"
    )
    found = read(tmp_path, text)
    assert both(found)[0] == (Work(1, 1024, 2, 4, 2 * (513 + 514)), pytest.approx(0.2))
    (left,) = found.left_out
    assert left.contradicts
    assert str(left).endswith(
        "line 3: e2e_time, 0.14 s, contradicts prompt_time + (token_size - 1) token_time, 0.2 s"
    )


def test_several_devices_are_named_and_chosen(tmp_path):
    text = SPLITWISE + "m,a100,512,2,3,100,50,200,2\nm,h100,512,2,3,50,25,100,4\n"
    text += "m,h100,512,1,3,50,25,100,4\n"
    told = "--set hardware=VALUE --set tensor_parallel=VALUE; hardware: a100, h100; .*: 2, 4"
    with pytest.raises(InputError, match=told):
        read(tmp_path, text)
    assert len(read(tmp_path, text, hardware="H100").kept) == 2
    assert len(read(tmp_path, text, tensor_parallel="4.0").kept) == 2
    h100 = {"hardware": "h100"}
    assert len(read(tmp_path, text, batch_size="0,2", **h100).kept) == 1
    assert len(read(tmp_path, text, batch_size="1..2", **h100).kept) == 2
    with pytest.raises(InputError, match=r"--set: hardware: must be one of a100, h100, found 'b"):
        read(tmp_path, text, hardware="b200")
    with pytest.raises(InputError, match=r"--set: speed: must be a column of the files \(model,"):
        read(tmp_path, text, speed="high")


def test_two_files_of_two_devices_are_refused(tmp_path):
    first = written(tmp_path, jsonl(RECORDS), "a.jsonl")
    other = [{**each, "gpu_info": "another board"} for each in RECORDS]
    second = written(tmp_path, jsonl(other), "b.jsonl")
    with pytest.raises(InputError, match="gpu_info: a board, another board"):
        read_measurements([first, second])


def test_plain_rows_with_seconds(tmp_path):
    found = read(tmp_path, PLAIN + "2,10,3,0.5\n1,10,3,0.25\n")
    assert both(found) == [(Work(1, 20, 2, 4, 46), 0.5), (Work(1, 10, 2, 2, 23), 0.25)]


def test_plain_rows_with_rates_of_the_whole_batch(tmp_path):
    text = (
        "batch;prompt_tokens;output_tokens;prefill_tok_s;decode_tok_s\n2;10;3;80;8\n1;10;3;40;4\n"
    )
    found = read(tmp_path, text)
    assert [[part.seconds for part in each.parts] for each in found.kept] == [[0.25, 0.5]] * 2


def test_plain_rows_without_a_batch_size_take_it_from_the_user(tmp_path):
    text = "prompt_tokens,output_tokens,seconds\n10,3,0.5\n20,3,0.75\n"
    with pytest.raises(InputError, match=r"line 2: batch: is required; give .* --set batch=N"):
        read(tmp_path, text)
    assert [each.batch for each in read(tmp_path, text, batch="4").kept] == [4, 4]


def test_facts_have_one_metric_a_row(tmp_path):
    text = FACTS + (
        "b,e,1,100,11,decode_rate,20,tok/s,\n"
        "b,e,8,100,11,output_throughput,80,tok/s,x\n"
        "b,e,1,100,11,context_time,250,ms,\n"
        "b,e,1,100,,prefill_rate,400,tok/s,\n"
        "b,e,offline,100,11,output_throughput,80,tok/s,\n"
        "b,e,1,100,11,power,80,W,\n"
    )
    found = read(tmp_path, text)
    cached = 10 * 100 + 55
    assert both(found) == [
        (Work(0, 0, 10, 10, cached), 0.5),
        (Work(0, 0, 10, 80, 8 * cached), 1.0),
        (Work(1, 100, 0, 0, 0), 0.25),
        (Work(1, 100, 0, 0, 0), 0.25),
    ]
    assert len(found.left_out) == 2


def test_a_request_log_has_the_batches_that_each_request_met(tmp_path):
    """The second prompt is computed while the first request decodes its second half."""
    found = read(tmp_path, log([(10, 9, 5, 5, 6, 14), (20, 5, 5, 10, 11, 15)]), "a.jsonl")
    first, second = found.kept
    assert [part.seconds for part in first.parts] == [1, 8]
    assert first.parts[0].work == Work(1, 10, 0, 0, 0)
    # 8 steps; of 8 seconds the second request decodes in 3.
    prefills, tokens, steps, request_steps, _ = first.parts[1].work
    assert (prefills, tokens, steps) == (1, 20, 8)
    assert request_steps == pytest.approx(8 * 11 / 8)
    # The prompt of the second: one iteration beside one decoding request with 10 + 4.5 tokens.
    assert second.parts[0].work == pytest.approx(Work(1, 20, 1, 1, 14.5))
    assert not first.is_batch


def test_profiler_tables_make_iterations(tmp_path):
    """Two layers: 2 * (attention + 2 * layernorm + o_proj) + embedding + head [microseconds]."""
    folder = tmp_path / "board" / "llm"
    folder.mkdir(parents=True)
    tables = {
        "dense.csv": "layer,tokens,time_us\nlayernorm,1,1\nlayernorm,9,1\no_proj,1,10\n"
        "o_proj,9,18\nembedding,1,3\nembedding,9,3\n",
        "per_sequence.csv": "layer,sequences,time_us\nlm_head,1,100\nlm_head,8,100\n",
        "attention.csv": "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n"
        "0,0,4,16,5\n8,0,0,0,7\n8,0,4,16,9\n8,16,0,0,9\n",
    }
    for name, text in tables.items():
        (folder / name).write_text(text)
    paths = [folder / each for each in tables]
    found = read_measurements(paths, {"num_layers": "2"})
    decoding, prefill = found.kept
    assert decoding.seconds == pytest.approx(1e-6 * (2 * (5 + 2 + 13) + 103))
    assert decoding.work == Work(0, 0, 1, 4, 4 * 16)
    assert prefill.seconds == pytest.approx(1e-6 * (2 * (7 + 2 + 17) + 103))
    assert found.identity["device"] == "board"
    with pytest.raises(InputError, match=r"dense\.csv: line 2: must come with attention\.csv"):
        read_measurements(paths[:1])
    with pytest.raises(InputError, match="--set num_layers=N"):
        read_measurements(paths)


def test_each_format_states_a_unit_for_each_column_that_tells_it():
    for each in FORMATS:
        told = [name for name in each.needs if isinstance(name, str)]
        tables = ("benchmark", "metric")
        assert [n for n in told if n not in each.units and n not in tables] == [], each.name
