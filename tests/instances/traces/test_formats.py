"""Formats: a small file of each, units that a file does not settle, parts, and packed files."""

import gzip
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from heuristics.errors import InputError
from instances.traces import stream
from instances.traces import window as windows
from instances.traces.reader import read_trace
from instances.traces.reading import Columns, Reading
from instances.traces.units import Unit
from instances.traces.window import Window

VIDUR = "arrived_at,num_prefill_tokens,num_decode_tokens\n"
PLAIN = "arrival_s,prompt_tokens,output_tokens\n"
BURSTGPT = "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log"
SPLITWISE = "request_id,request_type,application_id,arrival_timestamp,batch_size,prompt_size,"
BAILIAN = '{{"timestamp": {}, "input_length": 600, "output_length": 20, "hash_ids": [0]}}\n'


def written(folder, text, name="trace.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows(trace):
    columns = (trace.arrival_s, trace.prompt_tokens, trace.output_tokens)
    return list(zip(*(each.tolist() for each in columns), strict=True))


FILES = {
    "azure": "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:01+00:00,5,6\n"
    "2024-05-10 02:00:02.500000+02:00,7,8\n",
    "azure-multimodal": "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n"
    "2024-10-15T12:00:00.5Z,0,5,6\n2024-10-15T12:00:02Z,1,7,8\n",
    "mooncake": '{"timestamp": 1000, "input_length": 5, "output_length": 6, "hash_ids": [1]}\n'
    '{"timestamp": 2500, "input_length": 7, "output_length": 8, "hash_ids": [1]}\n',
    "qwen-bailian": '{"chat_id": 4, "timestamp": 0.0, "input_length": 5, "output_length": 6}\n'
    '{"chat_id": 5, "timestamp": 1.5, "input_length": 7, "output_length": 8}\n',
    "burstgpt": BURSTGPT + "\n5,,3,ChatGPT,5,6,11,API log\n6,,0,GPT-4,3,0,3,API log\n"
    "6.5,u,3,GPT-4,7,8,15,Conversation log\n",
    "vidur": VIDUR + "0.0,5,6\n1.5,7,8\n",
    "splitwise-sim": SPLITWISE + "token_size\n0,2,0,1,1,5,6\n1,2,0,2.5,1,7,8\n",
    "llmservingsim": '{"input_toks":5,"output_toks":6,"arrival_time_ns":1}\n'
    '{"input_toks":7,"output_toks":8,"arrival_time_ns":1500000001}\n',
    "llmservingsim-measured": '{"input_toks": 5, "output_toks": 6, "arrival_time": 1787267980.25,'
    ' "queued_ts": 27536.5}\n{"input_toks": 7, "output_toks": 8, "arrival_time": 1787267981.75,'
    ' "queued_ts": 27539.5}\n',
    "plain": PLAIN + "2,5,6\n3.5,7,8\n",
}


@pytest.mark.parametrize("name", FILES)
def test_each_format_is_told_by_its_columns_and_has_its_unit(tmp_path, name):
    trace = read_trace(written(tmp_path, FILES[name]))
    assert trace.summary.read_as.startswith(f"{name}, ")
    assert rows(trace) == [(0, 5, 6), (1.5, 7, 8)]


def test_failed_requests_are_skipped_counted_and_named_by_their_line(tmp_path):
    trace = read_trace(written(tmp_path, FILES["burstgpt"]))
    told = "skipped 1 row of 0 response tokens, a failed request (first in line 3)"
    assert told in trace.summary.line


def test_mooncakes_keys_with_fractions_are_asked_for_their_unit(tmp_path):
    path = written(tmp_path, "".join(BAILIAN.format(i / 4) for i in range(175)), "t.jsonl")
    with pytest.raises(InputError) as caught:
        read_trace(path)
    told = str(caught.value)
    assert "175 requests in 43.5 s (4.023/s) if seconds, in 0.0435 s (4,023/s)" in told
    assert "--set time_unit=s|ms|us|ns" in told
    assert read_trace(path, Reading(time_unit=Unit.S)).arrival_s[-1] == 43.5
    assert read_trace(path, Reading(time_unit=Unit.MS)).arrival_s[-1] == 0.0435


def test_mooncakes_keys_in_whole_seconds_are_asked_for_their_unit(tmp_path):
    path = written(tmp_path, "".join(BAILIAN.format(i) for i in range(40)), "t.jsonl")
    with pytest.raises(InputError, match="must have its time unit stated"):
        read_trace(path)


def test_a_unit_that_the_format_has_is_not_changed(tmp_path):
    path = written(tmp_path, FILES["vidur"])
    with pytest.raises(InputError, match="time_unit: must be s, the unit of the format vidur"):
        read_trace(path, Reading(time_unit=Unit.MS))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,p,o\n1,2,3\n2,2,3\n", "must have its time unit stated"),
        ("t,p,x\n1,2,3\n", "must have the column o, named by --set columns, once"),
    ],
)
def test_named_columns_need_a_unit(tmp_path, text, message):
    reading = Reading(columns=Columns.parse("t:p:o"))
    with pytest.raises(InputError, match=message):
        read_trace(written(tmp_path, text), reading)


@pytest.mark.parametrize(
    "text",
    [
        "t;p;o\n0,5;5;6\n2,0;7;8\n",
        "t\tp\to\n0.5\t5\t6\n2\t7\t8\n",
        '\ufefft,p,o\n"0,5",5,6\n"2,00",7,8\n',
        '{"t": 0.5, "p": 5, "o": 6}\n{"t": 2, "p": 7, "o": 8}\n',
        "o|t|p\n6|2024-05-10 00:00:00.5|5\n8|2024-05-10 00:00:02|7\n",
    ],
)
def test_any_table_is_read_by_the_names_of_its_columns(tmp_path, text):
    unit = None if "2024" in text else Unit.S
    reading = Reading(columns=Columns.parse("t:p:o"), time_unit=unit)
    assert rows(read_trace(written(tmp_path, text), reading)) == [(0, 5, 6), (1.5, 7, 8)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t;p;o\n1,500;5;6\n", "must be written without commas"),
        ("t;p;o\n0,5;5;6\n1.5;5;6\n", "must have one decimal mark in the whole file"),
    ],
)
def test_doubtful_commas_are_refused(tmp_path, text, message):
    reading = Reading(columns=Columns.parse("t:p:o"), time_unit=Unit.S)
    with pytest.raises(InputError, match=message):
        read_trace(written(tmp_path, text), reading)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"session_id": "a", "arrival_time_ns": 1, "sub_requests": []}\n', "not a session"),
        (FILES["mooncake"] + FILES["qwen-bailian"], "line 3: chat_id: must be in no line"),
        (FILES["azure"] + "2024-05-10 00:00:09,1,1\n", "a time zone in every row or in none"),
        ("session_start_at,num_prefill_tokens,num_decode_tokens\n0,1,1\n", "must have the columns"),
        (SPLITWISE + "token_size\n0,2,0,1,4,5,6\n", "batch_size: must be 1"),
        ('[{"timestamp": 1}]\n', "must be JSON lines"),
    ],
)
def test_what_would_be_misread_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_trace(written(tmp_path, text))


def test_lengths_without_arrivals_need_a_rate_and_keep_it(tmp_path):
    text = "num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n" + "5,6,11,1\n" * 4000
    path = written(tmp_path, text)
    with pytest.raises(InputError, match="rate_per_s: must be given"):
        read_trace(path)
    trace = read_trace(path, Reading(rate_per_s=2.0), seed=1)
    assert abs(4000 / trace.summary.span_s - 2) < 4 * 2 / 4000**0.5
    other = read_trace(path, Reading(rate_per_s=2.0), seed=2)
    assert trace.digest != other.digest


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.zst"])
def test_packed_files_are_unpacked_and_damaged_ones_refused(tmp_path, name):
    text = (PLAIN + "".join(f"{i},5,6\n" for i in range(5000))).encode()
    codec = pa.Codec("zstd")
    packed = gzip.compress(text) if name.endswith(".gz") else codec.compress(text, asbytes=True)
    assert read_trace(written(tmp_path, packed, name)).num_requests == 5000
    with pytest.raises(InputError, match="as its name ends in"):
        read_trace(written(tmp_path, b"no such" + packed, name))
    with pytest.raises(InputError):
        read_trace(written(tmp_path, packed[: len(packed) // 2], name))


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_a_window_of_a_long_trace_is_that_of_the_whole(tmp_path, monkeypatch, is_shuffled):
    order = np.random.default_rng(0).permutation(3000) if is_shuffled else np.arange(3000)
    path = written(tmp_path, VIDUR + "".join(f"{i / 4},{i + 1},{i % 7}\n" for i in order))
    part = Window(100 * 10**9, 200 * 10**9)
    whole = read_trace(path, window=part)
    monkeypatch.setattr(windows, "WHOLE_UP_TO", 10)
    again = read_trace(path, Reading(rate_scale=1.0), window=part)
    assert rows(whole) == rows(again)
    assert (again.summary.num_requests, again.summary.num_taken) == (2571, 343)
    assert again.summary.skipped == whole.summary.skipped


def test_scaling_compresses_time_and_sampling_thins_by_seed(tmp_path):
    path = written(tmp_path, VIDUR + "".join(f"{i},5,6\n" for i in range(2000)))
    assert read_trace(path, Reading(rate_scale=2.0)).arrival_s[-1] == 999.5
    thin = [read_trace(path, Reading(sample=0.1), seed=seed) for seed in (0, 0, 1)]
    assert thin[0].digest == thin[1].digest != thin[2].digest
    assert 120 < thin[0].num_requests < 280


@pytest.mark.parametrize("law", ["Gamma", "Weibull"])
def test_servegen_draws_its_rate_its_variation_and_its_lengths(tmp_path, law):
    """Two windows of 600 s at 20/s: 24,000 requests in the mean, deviation about 2 * 155."""
    path = written(
        tmp_path, f"0,20,2,{law},0.25,0.2\n600,20,2,{law},0.25,0.2\n", "chunk-1-trace.csv"
    )
    lengths = '{"0": {"input_tokens": "{30: 0.25, 90: 0.75}", "output_tokens": "{7: 1.0}"}}'
    written(tmp_path, lengths, "chunk-1-dataset.json")
    trace = read_trace(path, seed=3)
    assert abs(trace.num_requests - 24_000) < 4 * 2 * 24_000**0.5
    gaps = np.diff(trace.arrival_s)
    assert abs(gaps.std() / gaps.mean() - 2) < 0.15
    assert set(trace.output_tokens.tolist()) == {7}
    assert abs((trace.prompt_tokens == 90).mean() - 0.75) < 0.02
    assert read_trace(path, seed=3).digest == trace.digest != read_trace(path, seed=4).digest


def test_servegen_without_its_lengths_is_refused(tmp_path):
    path = written(tmp_path, "0,20,2,Gamma,0.25,0.2\n", "chunk-1-trace.csv")
    with pytest.raises(InputError, match="must have its length distributions beside it"):
        read_trace(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must be the file of one client of ServeGen, such as chunk-1-trace.csv, found a"),
        ("chunk-2-dataset.json", "must be the windows of the client, chunk-2-trace.csv"),
    ],
)
def test_servegen_is_read_a_client_at_a_time(tmp_path, name, message):
    for client in (1, 2):
        written(tmp_path, "0,20,2,Gamma,0.25,0.2\n", f"chunk-{client}-trace.csv")
        written(tmp_path, "{}", f"chunk-{client}-dataset.json")
    with pytest.raises(InputError, match=message):
        read_trace(tmp_path / name)


def test_servegen_with_a_window_of_centuries_is_refused_before_it_is_drawn(tmp_path):
    windows = "0,20,2,Gamma,0.25,0.2\n4000000000,20,2,Gamma,0.25,0.2\n"
    path = written(tmp_path, windows, "chunk-1-trace.csv")
    with pytest.raises(InputError, match=r"must have at most 1e\+09 requests.*found '1.6e\+11'"):
        read_trace(path)


@pytest.mark.parametrize("name", ["azure", "mooncake", "vidur"])
@pytest.mark.parametrize("size", [2**22, 80])
def test_lines_may_end_in_carriage_returns_alone(tmp_path, monkeypatch, name, size):
    monkeypatch.setattr(stream.blocks, "__kwdefaults__", {"size": size})
    text = FILES[name].replace("\n", "\r")
    assert rows(read_trace(written(tmp_path, text))) == [(0, 5, 6), (1.5, 7, 8)]


@pytest.mark.parametrize("last", ["5,9,9", '"5",9,9'])
def test_ends_of_lines_may_be_mixed_after_the_header(tmp_path, last):
    """One block is read by columns; a quote has it read row by row, with the same result."""
    path = written(tmp_path, FILES["plain"] + f"4,1,1\r{last}\n")
    assert rows(read_trace(path))[2:] == [(2, 1, 1), (3, 9, 9)]


def test_a_carriage_return_inside_a_header_is_refused(tmp_path):
    path = written(tmp_path, FILES["plain"].replace("\n", "\r", 1))
    with pytest.raises(InputError, match="line 1: must be CSV: a carriage return stands inside"):
        read_trace(path)


@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA names no folder")
@pytest.mark.parametrize(
    ("name", "num_requests", "span_s"),
    [
        ("cases/bailian_seconds.jsonl", 240, 43.45),
        ("cases/zero_late.csv", 399, 279.3),
        ("traces/mooncake/conversation_trace_rows_1_2000.jsonl", 2000, 669.0),
        ("traces/vidur/splitwise_code_rows_1_3000.csv", 3000, 1089.0),
        ("traces/burstgpt/BurstGPT_1_first_3_rows.csv", 3, 113.0),
        ("traces/splitwise-sim/test_trace.csv", 3, 3.0),
        ("latency/llmservingsim/RTX4090/Llama-3.1-8B/requests.jsonl", 300, 29.1),
    ],
)
def test_public_files_have_their_number_of_requests_and_span(name, num_requests, span_s):
    trace = read_trace(Path(os.environ["OTGAH_DATA"]) / name)
    assert trace.num_requests == num_requests
    assert trace.summary.span_s == pytest.approx(span_s, abs=0.5)


LONG = """
import sys
import numpy as np
rng, clock = np.random.default_rng(0), 0
base = np.datetime64("2024-05-10T00:00:00.000000", "us")
with open(sys.argv[1], "w") as file:
    file.write("TIMESTAMP,ContextTokens,GeneratedTokens\\n")
    for _ in range(60):
        times = clock + np.cumsum(rng.exponential(20160, 500_000).astype(np.int64))
        clock = int(times[-1])
        texts = np.datetime_as_string(base + times.astype("m8[us]"))
        lengths = rng.integers(1, 7438, 500_000), rng.integers(1, 300, 500_000)
        file.write("".join(map("{}+00:00,{},{}\\n".format, texts, *lengths)))
"""


@pytest.mark.long
def test_300_epochs_in_the_middle_of_30_million_rows_need_little_memory(tmp_path):
    """Measured: 42 s and 243 MB on two busy cores; the limit of the memory is 500 MB."""
    path = tmp_path / "week.csv"
    subprocess.run([sys.executable, "-c", LONG, str(path)], check=True)
    part = ["--set", "first_epoch=150000", "--set", "num_epochs=300"]
    command = [sys.executable, "-m", "otgah", "generate", "trace", "--set", f"path={path}", *part]
    made = subprocess.run(
        [*command, "--out", str(tmp_path / "out")], capture_output=True, text=True, check=True
    )
    assert len(made.stdout.splitlines()) == 300
    assert "30,000,000 requests" in made.stderr
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest < 500_000 * (1 if sys.platform == "linux" else 1024)  # macOS counts bytes
