"""Where the printed Algorithms 1 to 3 are wrong: the literal text beside what is done instead.

Numbers are those of formulations/notation.md. A card is (output length, budget), as in Fig. 6.
"""

from itertools import combinations

import pytest

from heuristics.algorithm_1 import algorithm_1
from heuristics.judges.checker import check
from heuristics.ot import ot
from heuristics.ot_gah import ot_gah
from heuristics.result import Status
from heuristics.schedule import Schedule
from heuristics.tree_search.search_tree import EXHAUSTED, FOUND, Pruning
from tests.helpers.oracles import optimum
from tests.helpers.problems import one_edge_node, unit_requests
from tests.helpers.trees import alike, tree_of, whole_walk
from tests.heuristics.tree_search.test_search_tree import FIG_7, FIG_7_LEAVES


def literal_ot(cards, room, *, candidates, leaf):
    """Algorithm 2 on cards of (output, budget), sum of outputs <= room; None is no solution.

    `candidates(d)` is how many of the cards F_d holds, `leaf(z, d)` how many a leaf must have.
    """
    cards = sorted(cards, key=lambda card: -card[1])
    for z in range(len(cards), 0, -1):
        for d in range(z, len(cards) + 1):
            budget = cards[d - 1][1]
            among = range(candidates(d))
            # z' keeps a path from ever taking more than z.
            for batch in combinations(among, leaf(z, d)) if leaf(z, d) <= z else ():
                load = sum(cards[i][0] for i in batch)
                if load <= room and load <= budget:
                    return [cards[i] for i in batch]
    return None


def literal_dfs(sizes, cardinality, is_feasible, *, sibling):
    """Lines 10 to 33 as printed, z for d; `sibling(picks)` is line 19.

    Returns the picks of the first feasible leaf, None for "no solution", "no branch" where none
    of lines 13, 21 and 25 applies, and "endless" where a state comes back.
    """
    picks, visited, states = (), set(), set()
    while (picks, frozenset(visited)) not in states:
        states.add((picks, frozenset(visited)))
        left, depth = cardinality - sum(picks), len(picks)
        if left == 0:  # Line 13.
            if is_feasible(picks):
                return picks
            visited.add(picks)  # Line 18.
            picks = sibling(picks, visited)
        elif left > 0 and depth == len(sizes):  # Line 21.
            visited |= {picks[:-1], *((*picks[:-1], u) for u in range(picks[-1] + 1))}
            picks = picks[:-1]
        elif left > 0:  # Line 25.
            most = min(left, sizes[depth])
            if all((*picks, u) in visited for u in range(most + 1)):
                if depth == 0:
                    return None
                picks = picks[:-1]  # Line 30.
            else:
                picks = (*picks, most)  # Line 32.
        else:
            return "no branch"
    return "endless"


def next_unvisited(picks, visited):
    """The largest unvisited sibling below."""
    return next(
        (*picks[:-1], u) for u in range(picks[-1] - 1, -1, -1) if (*picks[:-1], u) not in visited
    )


def test_departure_09_no_solution_is_the_empty_schedule():
    """Nobody is eligible at the first edge node: the text gives Algorithm 3 no S(1) to join."""
    assert literal_ot([], 1, candidates=lambda d: d, leaf=lambda z, d: z) is None
    nobody = one_edge_node([1], [1], eligible=[0])
    for method in (algorithm_1, ot):
        result = method(nobody)
        assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, 0, 0)
    data = unit_requests([[0], [1]], [1, 1])
    assert ot_gah(data).schedule == Schedule.of([[], [0]])


def test_departure_10_trees_beyond_the_eligible_requests():
    """One of three requests is eligible.

    z and d up to |I| = 3 mean the trees of (3, 3), (2, 2) and (2, 3), each with a root and none
    with a d-th eligible request, before that of (1, 1), which is the only one up to 1: a root
    and the feasible leaf.
    """
    data = one_edge_node([1, 1, 1], [1, 1, 1], eligible=[0, 1, 0])
    literal_trees = [(z, d) for z in range(3, 0, -1) for d in range(z, 4)]
    before = literal_trees[: literal_trees.index((1, 1))]
    assert before == [(3, 3), (2, 2), (2, 3)]
    assert all(d > data.eligible.sum() for _, d in before)
    assert ot(data).num_nodes == 2 < len(before) + 2


def test_departure_11_the_last_candidate_is_left_out():
    """One request that fits: the first d - 1 = 0 requests hold no batch of 1."""
    literal = literal_ot([(1, 1)], 1, candidates=lambda d: d - 1, leaf=lambda z, d: z)
    assert literal is None
    data = one_edge_node([1], [1])
    assert ot(data).objective == optimum(data) == 1


def test_departure_12_a_leaf_is_never_recognised():
    """A leaf of z < d requests never has d of them.

    (n = 4, budget 100), (n = 1, budget 50), sum <= 2: the second alone, z = 1 at d = 2, is lost.
    Three requests that fit alone, n = 2, 2, 1 with sum <= 3: the first two do not fit together;
    a pair with the third does, z = 2 at d = 3, and the text is left with one request.
    """
    literal = literal_ot([(4, 100), (1, 50)], 2, candidates=lambda d: d, leaf=lambda z, d: d)
    assert literal is None
    cards = [(2, 9), (2, 8), (1, 7)]
    literal = literal_ot(cards, 3, candidates=lambda d: d, leaf=lambda z, d: d)
    data = one_edge_node([n for n, _ in cards], [budget for _, budget in cards], room=3)
    assert len(literal) == 1
    assert ot(data).objective == optimum(data) == 2


def test_departure_13_the_largest_sibling_has_no_branch():
    """Fig. 7: the sibling of [4, 2] with the largest index is [4, 4], with 8 > z requests.

    Lines 13, 21 and 25 ask for z requests or fewer, so the search ends there, though [3, 3] is
    feasible.
    """

    def is_feasible(picks):
        return picks == (3, 3)

    def largest(picks, visited):
        return next(
            (*picks[:-1], u)
            for u in range(FIG_7[len(picks) - 1], -1, -1)
            if (*picks[:-1], u) not in visited
        )

    assert literal_dfs(FIG_7, 6, is_feasible, sibling=largest) == "no branch"
    assert first_leaf_of_fig_7(is_feasible) == (FOUND, (3, 3))


def test_departure_14_an_exhausted_child_is_entered_again():
    """Fig. 7: [4] is left with all its children visited and is not marked, so line 32 returns."""
    literal = literal_dfs(FIG_7, 6, lambda picks: False, sibling=next_unvisited)
    assert literal == "endless"
    assert literal_dfs(FIG_7, 6, lambda picks: picks == (3, 3), sibling=next_unvisited) == "endless"
    assert first_leaf_of_fig_7(lambda picks: False)[0] == EXHAUSTED


@pytest.mark.parametrize(
    ("literal", "num_nodes"),
    [(Pruning.LITERAL, 72), (Pruning.PSEUDOCODE, 56)],
)
def test_departures_15_and_16_the_printed_rules_visit_more_nodes_of_fig_7(literal, num_nodes):
    assert nodes_of_fig_7(literal) == num_nodes > nodes_of_fig_7(Pruning.EXACT) == 40


def test_departure_15_the_text_prunes_too_little():
    """The same schedule for strictly more nodes: three lengths with 4, 4 and 2 requests."""
    assert_same_batch_in_more_nodes("literal")


def test_departure_16_the_pseudocode_prunes_at_the_last_level_only():
    assert_same_batch_in_more_nodes("pseudocode")


def test_departure_15_levels_below_against_z_before_the_pick_would_lose_leaves():
    """An unsafe mixture: at [3] 6 requests would be asked of the 4 + 2 below, at [3, 3] 3 of 2."""
    below = alike(FIG_7, Pruning.EXACT).reach

    def survives(leaf):
        before = [6 - sum(leaf[:k]) for k in range(len(leaf))]
        return all(left <= below[k] for k, left in enumerate(before, 1))

    lost = [leaf for leaf in FIG_7_LEAVES if not survives(leaf)]
    assert [3, 3] in lost


def test_departure_15_counts_without_the_last_candidate_would_lose_everyone():
    """An unsafe mixture: |F_d| = d - 1 < z = d prunes the root, so all are never served."""
    data = one_edge_node([1, 1], [2, 2])
    assert ot(data).objective == optimum(data) == 2
    without_last = alike((1,), Pruning.EXACT, most=2)
    assert whole_walk(without_last, 2) == (EXHAUSTED, (), 1)


def test_departure_17_a_request_is_selected_where_it_is_not_eligible():
    """Two requests, each eligible at one of two edge nodes with room for one."""
    data = unit_requests([[0, 1], [1, 0]], [1, 1])
    remaining, literal = {0, 1}, []
    for _ in range(data.num_edge_nodes):
        batch = {min(remaining)}  # Any one fits, as far as room goes.
        remaining -= batch
        literal.append(batch)
    assert {each.constraint for each in check(data, Schedule.of(literal))} == {"eligible"}
    schedule = ot_gah(data).schedule
    assert check(data, schedule) == ()
    assert schedule.throughput == 2


def test_departure_18_half_is_reached_and_not_surpassed():
    """Request 0 is eligible at both edge nodes, request 1 at the first only, room for one each.

    The first takes request 0 (lower index), nothing is left for the second: 1 of 2. Preferring
    requests that fewer edge nodes may serve, or letting the second choose first, gives 2.
    """
    data = unit_requests([[1, 1], [1, 0]], [1, 1])
    assert optimum(data) == 2
    assert ot_gah(data).objective == 1
    assert ot_gah(data, ties="eligibility").objective == 2
    assert ot_gah(data, order="all").objective == 2


def first_leaf_of_fig_7(is_feasible):
    """Walk Fig. 7 with exact pruning where these leaves are feasible."""
    wanted = next((leaf for leaf in FIG_7_LEAVES if is_feasible(tuple(leaf))), None)
    if wanted is None:
        return whole_walk(alike(FIG_7, Pruning.EXACT), 6)[:2]
    target = [*wanted, 0][:3]
    uplink = [[abs(u - v) for u in range(n + 1)] for n, v in zip(FIG_7, target, strict=True)]
    return whole_walk(tree_of(uplink, Pruning.EXACT, most=0), 6)[:2]


def nodes_of_fig_7(pruning):
    return whole_walk(alike(FIG_7, pruning), 6)[2]


def assert_same_batch_in_more_nodes(literal):
    output = [1] * 4 + [2] * 4 + [4] * 2
    data = one_edge_node(output, [20] * 10, uplink=output, uplink_capacity=11)
    exact, printed = ot(data), ot(data, pruning=literal)
    assert printed.schedule == exact.schedule
    assert printed.num_nodes > exact.num_nodes
