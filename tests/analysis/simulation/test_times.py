"""The times of each request: their order, and what each scheme fills in."""

import pytest

from analysis.simulation.simulate import simulate

SCHEMES = ("ot-gah", "static-batching", "no-batching")
ORDER = [
    "arrival_s",
    "decided_s",
    "upload_start_s",
    "upload_end_s",
    "compute_start_s",
    "first_token_s",
    "last_token_s",
    "released_s",
    "received_s",
]


@pytest.fixture(scope="module")
def requests():
    settings = {"llm": "bloom-3b", "rate_per_s": 20.0, "deadline_s": "1.5+4.0"}
    return simulate("section-v", SCHEMES, num_epochs=6, settings=settings, carry_over=True).requests


def test_times_of_a_request_never_run_backwards(requests):
    for row in requests[ORDER].to_dict("records"):
        reached = [row[name] for name in ORDER if row[name] is not None and row[name] == row[name]]
        assert reached == sorted(reached)


def test_received_requests_have_every_time_and_others_no_last_token(requests):
    received = requests["received_s"].notna()
    assert requests.loc[received, ORDER].notna().all(axis=None)
    assert requests.loc[~received, ["last_token_s", "released_s"]].isna().all(axis=None)
    refused = requests["fate"] == "refused"
    assert requests.loc[refused, "upload_start_s"].isna().all()
    assert requests["decided_s"].notna().all()


def test_schemes_without_streams_release_outputs_as_a_whole(requests):
    served = requests[requests["received_s"].notna()]
    assert set(served["scheme"]) == set(SCHEMES)
    assert (served["released_s"] == served["last_token_s"]).all()


def test_requests_of_a_batch_have_the_times_of_their_batch():
    simulation = simulate("section-v", ("ot-gah",), num_epochs=3)
    served = simulation.requests[simulation.requests["received_s"].notna()]
    batches = simulation.batches.set_index(["epoch", "edge_node"])
    for row in served.itertuples():
        batch = batches.loc[(row.decided_epoch, row.edge_node)]
        assert row.upload_end_s == batch.upload_end_s
        assert row.compute_start_s == batch.batch_start_s
        assert row.first_token_s == batch.prefill_end_s
        assert row.last_token_s == batch.batch_end_s
        assert row.received_s == batch.received_s
