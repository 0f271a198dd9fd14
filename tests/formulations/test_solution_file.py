"""Solution files: those of seven solvers are read alike, malformed ones are refused in a line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.solution_file import read_solution
from heuristics.errors import InputError
from heuristics.schedule import Schedule
from tests.helpers.examples import problem

# Each text is cut from a file that the solver wrote for the problem below.
CPLEX = """<?xml version = "1.0" encoding="UTF-8" standalone="yes"?>
<CPLEXSolution version="1.2">
 <header problemName="model.mps" objectiveValue="3" solutionStatusString="integer optimal"/>
 <linearConstraints>
  <constraint name="c_u_once(0)_" index="0" slack="0"/>
 </linearConstraints>
 <variables>
  <variable name="x(0_1)" index="0" value="1"/>
  <variable name="x(0_2)" index="1" value="0.99999999999"/>
  <variable name="x(0_0)" index="1" value="-0"/>
  <variable name="x(1_0)" index="1" value="1"/>
  <variable name="batch_load(0)" index="6" value="2"/>
 </variables>
</CPLEXSolution>
"""
GUROBI = """# Solution for model throughput
# Objective value = 3
x(0_0) 0
x(0_1) 1
x(0_2) 1
x(1_0) 1
batch_load(0) 2
threshold(0_0) 1
"""
GUROBI_PULP = GUROBI.replace("(", "_").replace(")", "")
COPT = """# Objective value 3
x(0_0)         0
x(0_1)         1
x(0_2)         1
x(1_0)         1
"""
SCIP = """solution status: optimal solution found
objective value:                                    3
x(0_1)                                              1 \t(obj:1)
x(0_2)                                              1 \t(obj:1)
x(1_0)                                              1 \t(obj:1)
batch_load(0)                                       2 \t(obj:0)
"""
HIGHS = """Model status
Optimal

# Primal solution values
Feasible
Objective 3
# Columns 4
x(0_0) 0
x(0_1) 1
x(0_2) 1
x(1_0) 1
# Rows 1
c_u_once(0)_ 1

# Dual solution values
None
"""
CBC = """Stopped on time - objective value 3.00000000
      1 x_0_1                          1                       1
      2 x_0_2                          1                       1
**    3 x_1_0                          1                       1
      6 batch_load_0                   2                       0
"""
XPRESS = """NAME          model
  C x(0_0)                                     0
  C x(0_1)                                     1
  C x(0_2)                                     1
  C x(1_0)                                     1
ENDATA
"""
FILES = {
    "CPLEX": CPLEX,
    "Gurobi": GUROBI,
    "COPT": COPT,
    "SCIP": SCIP,
    "HiGHS": HIGHS,
    "CBC": CBC,
    "Xpress": XPRESS,
}
DATA = problem()


def read(tmp_path, text):
    path = tmp_path / "model.sol"
    path.write_text(text)
    return read_solution(path, DATA)


@pytest.mark.parametrize("solver", FILES)
def test_the_files_of_each_solver_are_read(solver, tmp_path):
    found = read(tmp_path, FILES[solver])
    assert (found.solver, found.schedule) == (solver, Schedule.of([[1, 2], [0]]))


def test_the_names_of_either_language_are_read(tmp_path):
    assert read(tmp_path, GUROBI_PULP).schedule == Schedule.of([[1, 2], [0]])


MALFORMED = {
    "": "must be a solution file of CPLEX",
    "{}": "must be a solution file of CPLEX",
    "Columns\n Index Status": "with write_solution_style 0",
    "# Objective value 3\nx(0_0) 1\nx(0_0) 1\n": "variable: must be given once, found 'x(0_0)'",
    "# Objective value 3\nx(0_0) 0.5\n": "x(0_0): must be 0 or 1, found '0.5'",
    "# Objective value 3\nx(0_0) nan\n": "x(0_0): must be a number, found 'nan'",
    "# Objective value 3\nbatch_load(0) a\n": "batch_load(0): must be a number, found 'a'",
    "# Objective value 3\nx(0_0)\n": "a variable and its value in each line, found 'x(0_0)'",
    "# Objective value 3\nx(0_9) 1\n": "an eligible pair of edge node and request",
    "# Objective value 3\nx(9_0) 1\n": "an eligible pair of edge node and request",
    "# Objective value 3\nx(0) 1\n": "must be named as in an exported model",
    "# Objective value 3\ny 1\n": "must be named as in an exported model, x(0_1) or x_0_1",
    "solution status: infeasible\nno solution available\n": "must hold a solution",
    "objective value: 0\nno solution available\n": "must hold a solution",
    "Infeasible - objective value 0.0\n": "must hold a solution",
    "Model status\nInfeasible\n": "must have the section # Columns",
    HIGHS.replace("Feasible", "Infeasible"): "must hold a feasible solution, found 'Optimal'",
    HIGHS.partition("# Rows")[0]: "must have the section # Rows",
    XPRESS.replace("ENDATA", ""): "must end in ENDATA",
    CPLEX.replace("</variables>", ""): "must be XML: mismatched tag",
    CPLEX.replace("variables>", "other>"): "must have the element variables",
    CPLEX.replace("<CPLEX", "<!DOCTYPE a><CPLEX", 1): "must be XML without declarations",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_file_is_refused_in_a_line(text, tmp_path):
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert MALFORMED[text] in str(refused.value)
    assert "model.sol: " in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.sampled_from(sorted(FILES.values())), st.integers(0, 500), st.text(max_size=3))
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, text, place, inserted):
    path = tmp_path_factory.getbasetemp() / "damaged.sol"
    path.write_text(text[:place] + inserted + text[place + len(inserted) :], encoding="utf-8")
    with suppress(InputError):
        read_solution(path, DATA)
