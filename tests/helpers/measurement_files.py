"""Measurement files as texts, and their reading."""

import json

from instances.measurements.reader import read_measurements

SPLITWISE = (
    "model,hardware,prompt_size,batch_size,token_size,prompt_time,token_time,e2e_time,"
    "tensor_parallel\n"
)
PLAIN = "batch,prompt_tokens,output_tokens,seconds\n"
FACTS = "device,engine,concurrency,prompt_tokens,output_tokens,metric,value,unit,note\n"


def written(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def jsonl(rows):
    return "".join(json.dumps(each) + "\n" for each in rows)


def read(tmp_path, text, name="a.csv", **settings):
    return read_measurements([written(tmp_path, text, name)], settings)


def log(rows):
    names = ("queued_ts", "scheduled_ts", "first_token_ts", "last_token_ts")
    return jsonl(
        {"input_toks": s, "output_toks": n, **dict(zip(names, times, strict=True))}
        for s, n, *times in rows
    )
