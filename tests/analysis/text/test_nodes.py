"""The remark on tree nodes of the trees that the bound leaves."""

import json

from analysis.runs.display import outcome_html
from analysis.runs.method_run import perform
from analysis.runs.plan import plan
from analysis.text.nodes import tree_remark
from analysis.text.outcome import outcome_text
from instances.instance import Instance
from tests.helpers.examples import problem
from tests.helpers.rows import table


def counted(method, start, **row):
    options = json.dumps({} if start is None else {"start": start})
    return {"method": method, "options": options, "num_nodes": 5, "node_kind": "tree"} | row


def test_the_methods_that_start_from_the_bound_are_named():
    runs = table(counted("ot-gah", "bound"), counted("ot", "all"), counted("mine", None))
    assert tree_remark(runs).startswith(
        "Tree nodes of ot-gah are of the trees that the bound leaves (start=bound); "
    )


def test_without_such_a_count_there_is_no_remark():
    uncounted = counted("ot-gah", "bound", num_nodes=None, node_kind=None)
    branch = counted("milp", "bound", node_kind="branch-and-bound")
    assert tree_remark(table(counted("ot-gah", "all"), uncounted, branch)) == ""


def test_a_single_run_says_which_trees_it_counts():
    def nodes(**settings):
        task = plan(Instance(name="a", coefficients=problem()), "ot-gah", settings=settings)
        lines = outcome_text(perform(task)).splitlines()
        (line,) = (each for each in lines if each.startswith("nodes "))
        return line

    task = plan(Instance(name="a", coefficients=problem()), "ot-gah")
    assert "of the trees that the bound leaves" in outcome_html(perform(task))
    assert nodes().endswith("(tree, of the trees that the bound leaves)")
    assert nodes(start="all").endswith("(tree)")
