"""The page of a simulation: its tables and charts, and refusals."""

import pytest

from analysis.cli import main
from analysis.reports.pages import simulation, simulation_charts
from analysis.simulation.simulate import simulate
from analysis.tables.simulation import SimulationTables, read_tables, write_tables
from heuristics.errors import InputError

SCHEMES = ["ot-gah-fast", "no-batching", "continuous-batching"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of the tables of a small simulation."""
    settings = {"llm": "bloom-3b", "rate_per_s": 10.0}
    made = simulate("section-v", SCHEMES, num_epochs=3, settings=settings, goodput="e2e:2s")
    path = tmp_path_factory.mktemp("simulated") / "tables"
    write_tables(made, path)
    return path


def test_the_page_has_every_scheme_and_latency(folder):
    tables = read_tables(folder)
    for part in (simulation.fates_table, simulation.latencies_table, simulation.utilisation_table):
        assert all(name in part(tables) for name in SCHEMES)
    assert all(name in simulation.latencies_table(tables) for name in simulation.LATENCIES.values())
    assert "Of " in simulation.opening(tables)
    assert "streamed" in simulation.fates_table(tables)


def test_distributions_end_at_the_share_of_requests_that_have_the_latency(folder):
    tables = read_tables(folder)
    chart, *others = simulation_charts.distributions(tables, "a source")
    assert len(others) == 2
    rows = tables.schemes.set_index("scheme")
    for trace in chart.traces:
        row = rows.loc[trace["name"]]
        received = (row["completed"] + row["late"]) / row["arrived"]
        assert list(trace["y"])[-1] == pytest.approx(received)
    assert len(chart.traces) == (rows["completed"] + rows["late"] > 0).sum()


def test_lines_over_time_count_each_request_once(folder):
    tables = read_tables(folder)
    charts = list(simulation_charts.timelines(tables, "a source"))
    assert [chart.title.rsplit(" ")[-1] for chart in charts] == SCHEMES
    for chart, scheme in zip(charts, SCHEMES, strict=True):
        computing = [trace for trace in chart.traces if trace["name"] == "compute"]
        ups = sum(
            max(b - a, 0) for t in computing for a, b in zip(t["y"], t["y"][1:], strict=False)
        )
        own = tables.requests[tables.requests["scheme"] == scheme]
        assert 0 < ups <= own["compute_start_s"].notna().sum()
        assert all(trace["y"][-1] == 0 for trace in chart.traces)


def test_nobody_arrives():
    empty = simulate("section-v", SCHEMES, num_epochs=1, settings={"rate_per_s": 0.0})
    tables = SimulationTables.of(empty)
    assert "No request arrived." in simulation.opening(tables)
    assert list(simulation_charts.timelines(tables, "")) == []
    assert len(list(simulation_charts.distributions(tables, ""))) == 3
    assert simulation.latencies_table(tables)
    assert simulation_charts.parts(tables, "").to_html()


def test_refuses_what_is_no_folder_of_tables(tmp_path, folder, capsys):
    with pytest.raises(InputError, match="must be a folder that otgah simulate --tables"):
        read_tables(tmp_path)
    (tmp_path / "file").touch()
    arguments = ["report", str(tmp_path / "file"), "--template", "simulation", "--out"]
    assert main([*arguments, str(tmp_path / "a.html")]) == 2
    arguments = [
        "report",
        str(folder),
        "--template",
        "simulation",
        "--fail-if",
        "all: gap.mean > 1",
    ]
    assert main([*arguments, "--out", str(tmp_path / "a.html")]) == 2
    assert "--fail-if: must not be given" in capsys.readouterr().err
    arguments = ["simulate", "section-v", "--epochs", "1", "--tables", str(tmp_path / "file")]
    assert main(arguments) == 2
    assert "--tables: must be a folder" in capsys.readouterr().err


@pytest.mark.long
def test_the_report_of_a_simulation(folder, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["report", str(folder), "--template", "simulation", "--out", str(page)]) == 0
    assert "completes" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").count('class="plot"') == 7
