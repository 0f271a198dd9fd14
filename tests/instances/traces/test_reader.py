import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.errors import InputError
from instances.traces.excerpt import EXCERPT, excerpt
from instances.traces.reader import read_trace

AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
PLAIN = "arrival_s,prompt_tokens,output_tokens\n"


def written(folder, text, name="trace.csv"):
    path = folder / name
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def columns(trace):
    return [array.tolist() for array in (trace.arrival_s, trace.prompt_tokens, trace.output_tokens)]


def test_an_azure_trace_counts_seconds_from_its_first_request(tmp_path):
    """Seven digits count: the difference is 0.0000001 s, over a leap day as well."""
    path = written(
        tmp_path,
        AZURE + "2024-02-28 23:59:59.9999999,10,1\r\n"
        "2024-02-29 00:00:00.0000000,20,2\r\n2024-03-01 00:00:00,30,3",
    )
    assert columns(read_trace(path)) == [[0, 1e-7, 86400.0000001], [10, 20, 30], [1, 2, 3]]


def test_a_time_zone_is_taken_into_account(tmp_path):
    path = written(
        tmp_path, AZURE + "2024-05-10 00:00:00.5+00:00,1,1\n2024-05-10T02:00:01.5+02:00,1,1\n"
    )
    assert read_trace(path).arrival_s.tolist() == [0, 1]


def test_a_mooncake_trace_counts_milliseconds(tmp_path):
    path = written(
        tmp_path,
        '{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}\n'
        '{"timestamp": 30535, "input_length": 1, "output_length": 9, "hash_ids": []}\n\n',
        "trace.jsonl",
    )
    assert columns(read_trace(path)) == [[0, 3.053], [6955, 1], [52, 9]]


def test_a_plain_trace_may_have_its_columns_in_any_order_among_others(tmp_path):
    path = written(tmp_path, "note,output_tokens,arrival_s,prompt_tokens\na,1,2.5,3\nb,4,1e1,6\n")
    assert columns(read_trace(path)) == [[0, 7.5], [3, 6], [1, 4]]


def test_rows_are_sorted_by_arrival_and_equal_arrivals_keep_their_order(tmp_path):
    path = written(tmp_path, PLAIN + "5,1,1\n3,2,1\n5,3,1\n3,4,1\n")
    assert columns(read_trace(path))[:2] == [[0, 0, 2, 2], [2, 4, 1, 3]]


@pytest.mark.parametrize("name", ["trace.csv", "trace.csv.gz"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_gzip_and_a_byte_order_mark_are_read_through(tmp_path, name, mark):
    path = written(tmp_path, mark + PLAIN + "0,1,2\n", name)
    assert columns(read_trace(path)) == [[0], [1], [2]]


def test_a_trace_cannot_be_changed(tmp_path):
    trace = read_trace(written(tmp_path, PLAIN + "0,1,2\n"))
    with pytest.raises(ValueError, match="read-only"):
        trace.arrival_s[0] = 1


@given(
    st.lists(
        st.tuples(st.integers(0, 10**15), st.integers(1, 10**9), st.integers(1, 10**9)),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read_again(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("traces")
    text = "".join(f"{t // 10**9}.{t % 10**9:09},{s},{n}\n" for t, s, n in rows)
    first = min(t for t, _, _ in rows)
    expected = sorted(rows, key=lambda row: row[0])
    assert columns(read_trace(written(folder, PLAIN + text))) == [
        [(t - first) / 10**9 for t, _, _ in expected],
        [s for _, s, _ in expected],
        [n for _, _, n in expected],
    ]


GOOD = '{"timestamp": 1, "input_length": 1, "output_length": 1}\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: must have the columns TIMESTAMP,ContextTokens,GeneratedTokens or "),
        ("a,b\n1,2\n", ", each once, found 'a,b'"),
        ("arrival_s,arrival_s,prompt_tokens,output_tokens\n", ", each once, found"),
        (PLAIN, "must hold at least one request, found 'none'"),
        (PLAIN + "0,1,1\n1,1\n", "line 3: must have 3 values, one for each column, found 2"),
        (PLAIN + "0,1,1,1\n", "line 2: must have 3 values, one for each column, found 4"),
        (PLAIN + "x,1,1\n", "line 2: arrival_s: must be a decimal number of at least 0, found 'x'"),
        (PLAIN + "-1,1,1\n", "line 2: arrival_s: must be a decimal number of at least 0"),
        (PLAIN + "nan,1,1\n", "line 2: arrival_s: must be a decimal number of at least 0"),
        (PLAIN + "1e999,1,1\n", "line 2: arrival_s: must be at most 5000000000 s, found '1e999'"),
        (PLAIN + "0,,1\n", "line 2: prompt_tokens: must be an integer of 0..1000000000 tokens"),
        (PLAIN + "0,1.0,1\n", "line 2: prompt_tokens: must be an integer of 0..1000000000 tokens"),
        (PLAIN + "0,1,-1\n", "line 2: output_tokens: must be an integer of 0..1000000000 tokens"),
        (PLAIN + "0,1,1000000001\n", "tokens, found '1000000001'"),
        (PLAIN + "0,1,1" + "0" * 30 + "\n", "line 2: output_tokens: must be an integer"),
        (PLAIN + '0,1,"1\n', "line 2: must be CSV: unexpected end of data"),
        (PLAIN + "0,1," + "9" * 200_000, "line 2: must be CSV: field larger than field limit"),
        (AZURE + "2023-11-16,1,1\n", "line 2: TIMESTAMP: must be a time like 2023-11-16 18:17:03"),
        (AZURE + "2023-13-16 18:17:03,1,1\n", "line 2: TIMESTAMP: month must be in 1..12"),
        (AZURE + "2023-02-30 18:17:03,1,1\n", "line 2: TIMESTAMP: day"),
        (AZURE + "1969-12-31 18:17:03,1,1\n", "must be a time of the years 1970 to 2128, found"),
        (GOOD + "{\n", "line 2: must be JSON: Expecting property name"),
        (GOOD + "[1]\n", "line 2: must be an object, found '[1]'"),
        (GOOD + "{}\n", "line 2: timestamp: must be a number, found 'no such key'"),
        (GOOD.replace("1,", "true,", 1), "line 1: timestamp: must be a number, found true"),
        (GOOD.replace("1,", '"1",', 1), "line 1: timestamp: must be a number, found '1'"),
        (GOOD.replace("1,", "NaN,", 1), "line 1: timestamp: must be a decimal number"),
        (GOOD.replace("1}", "1.5}"), "line 1: output_length: must be an integer of 0..1000000000"),
        (GOOD.replace("1}", "1e3}"), "line 1: output_length: must be an integer of 0..1000000000"),
        (GOOD.replace("{", '{"timestamp": 2, '), "line 1: timestamp: must hold each key once"),
        (GOOD + '{"a": ' + "[" * 100_000 + "\n", "line 2: must not be nested this deep"),
        (b"\xff\xfe", "must be UTF-8"),
    ],
)
def test_a_malformed_trace_is_refused_with_its_line(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_trace(path)
    shown = str(caught.value)
    assert shown.startswith(f"{path}: ")
    assert message in shown
    assert "\n" not in shown


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "no.gz").write_bytes(b"no gzip")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(PLAIN.encode() * 99)[:40])
    for name in ("missing.csv", "", "no.gz", "cut.gz"):
        with pytest.raises(InputError) as caught:
            read_trace(tmp_path / name)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif("OTGAH_DATA" not in os.environ, reason="OTGAH_DATA names no folder")
def test_the_azure_code_trace_is_read_whole():
    data = Path(os.environ["OTGAH_DATA"])
    trace = read_trace(data / "azure_llm_2023" / "AzureLLMInferenceTrace_code.csv")
    assert trace.num_requests == 8819
    assert trace.arrival_s[-1] == pytest.approx(3435.948056, abs=1e-9)
    assert np.median(trace.prompt_tokens) == 1469
    assert (trace.prompt_tokens.max(), trace.output_tokens.max()) == (7437, 1899)


def test_the_excerpt_that_ships_is_what_its_generator_makes():
    assert EXCERPT.read_bytes() == excerpt().encode()


def test_the_excerpt_is_bursty_and_long_tailed():
    trace = read_trace(EXCERPT)
    in_epoch = np.bincount((trace.arrival_s // 2).astype(int))
    assert (in_epoch == 0).mean() > 0.25
    assert in_epoch.max() > 3 * in_epoch.mean()
    for lengths in (trace.prompt_tokens, trace.output_tokens):
        assert lengths.max() > 4 * np.median(lengths)
