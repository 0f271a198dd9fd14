import random
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heuristics.certificate import Branch, Multipliers, Prices, Split
from heuristics.coefficients import RESOURCES, Coefficients
from heuristics.errors import InputError
from heuristics.judges import verifier
from heuristics.judges.verifier import verify
from tests.helpers.certificates import ZERO, RandomTree, changed, mutated, plain
from tests.helpers.examples import one_edge_node, problem
from tests.helpers.oracles import optimum
from tests.helpers.strategies import coefficients, levelled


def at_one(tree, *, data, prices=None, denominator=1):
    """Give the only edge node a tree."""
    return plain(data, prices=prices, multipliers=[tree], denominator=denominator)


def test_without_multipliers_the_bound_is_the_number_of_requests():
    """Each of two edge nodes could serve all 3; 6, but there are only 3."""
    assert verify(problem(), plain(problem())) == 3


def test_a_price_of_memory_proves_how_many_requests_fit():
    """y_M = 1/3: 7/3 of capacity, and each request of 3 pays all it brings: floor(7/3) = 2."""
    data = problem().at(0)
    one_third = Multipliers(0, 0, 1, 0)
    assert verify(data, plain(data, multipliers=[one_third], denominator=3)) == 2


def test_prices_of_requests_share_them_between_edge_nodes():
    """A request alone at two edge nodes: 2 without a price; with pi = 1 it is 1 + 0 + 0."""
    data = problem().take([0])
    cells = [
        next(verifier.cells(data, plain(data, prices=prices, denominator=2)))
        for prices in ([0], [1], [2])
    ]
    assert [cell.value for cell in cells] == [4, 3, 2]
    assert [cell.edge_node_values for cell in cells] == [(2, 2), (1, 1), (0, 0)]


def test_a_range_of_ranks_has_the_requests_of_its_end_and_the_budget_of_its_start():
    """Budgets 6, 4, 2 and compute 2: with y_C = 1/2 the root has 6/2 = 3.

    Up to rank 1 the only request: 3 + 0, with multipliers of 0 it is 1. From rank 2 on the
    budget is 4: 4/2 = 2. That is the optimum: requests 0 and 1 within 4.
    """
    data = one_edge_node(memory=[1, 1, 1], compute=[2, 2, 2], budget=[6, 4, 2])
    half = Multipliers(0, 0, 0, 1)
    assert verify(data, at_one(half, data=data, denominator=2)) == 3
    tree = Branch(Split(0, None, 1), ZERO, half)
    assert verify(data, at_one(tree, data=data, denominator=2)) == optimum(data) == 2


def test_ranks_follow_the_budget_and_then_the_index():
    """Budgets 2, 5, 5: the ranks are requests 1, 2, 0, so F_1 holds request 1 alone."""
    data = one_edge_node(memory=[1, 2, 3], compute=[1, 1, 1], budget=[2, 5, 5])
    (cell,) = verifier.cells(data, at_one(Branch(Split(0, None, 1), ZERO, ZERO), data=data))
    lower, upper = cell.leaves[0]
    assert (lower.batches, lower.value) == ((1, 1, {}), 1)
    assert (upper.batches, upper.value) == ((2, 3, {}), 3)
    ranked = verifier.RankedRequests.of(data, 0)
    assert (ranked.requests, ranked.budgets) == ([1, 2, 0], [5, 5, 2])
    assert ranked.levels == [[2], [0], [1]]


def test_a_count_takes_the_least_number_anyway_and_the_good_ones_up_to_the_largest():
    """Q = 10 and prices 4, 9, 12: the three of one level gain 6, 1 and -2, and all pay 25.

    Up to one of them: 6. At least two: 6 + 1. All three: 6 + 1 - 2.
    """
    data = one_edge_node(memory=[1, 1, 1], compute=[1, 1, 1], budget=[9, 9, 9])
    tree = Branch(Split(0, 0, 1), ZERO, Branch(Split(0, 0, 2), ZERO, ZERO))
    (cell,) = verifier.cells(data, at_one(tree, data=data, prices=[4, 9, 12], denominator=10))
    assert [leaf.value for leaf in cell.leaves[0]] == [6, 7, 5]
    assert cell.value == 25 + 7


def test_levels_are_sorted_by_memory_and_then_compute():
    """Levels (1, 5), (2, 1) and (2, 3), in this order: at most none of the last."""
    data = one_edge_node(memory=[2, 2, 1], compute=[3, 1, 5], budget=[9, 9, 9])
    tree = Branch(Split(0, 2, 0), ZERO, ZERO)
    (cell,) = verifier.cells(data, at_one(tree, data=data, prices=[0, 1, 2], denominator=3))
    assert [leaf.value for leaf in cell.leaves[0]] == [2 + 1, 3 + 2 + 1]


def test_a_leaf_that_no_batch_can_be_in_counts_for_nothing():
    """Rank 1 is request 0 of level 0: a batch that ends there has none of level 1."""
    data = one_edge_node(memory=[1, 2], compute=[1, 1], budget=[9, 8])
    tree = Branch(Split(0, 1, 0), ZERO, Branch(Split(0, None, 1), ZERO, ZERO))
    (cell,) = verifier.cells(data, at_one(tree, data=data))
    assert [leaf.value for leaf in cell.leaves[0]] == [1, None, 2]


def test_a_cell_without_schedules_proves_nothing_and_hides_nothing():
    """No batch ends at rank 1 and has a request of level 1, so that cell of P1 is empty."""
    data = one_edge_node(memory=[1, 2], compute=[1, 1], budget=[9, 8])
    leaf = Prices((0, 0), (ZERO,))
    tree = Branch(Split(0, None, 1), Branch(Split(0, 1, 0), leaf, leaf), leaf)
    certificate = changed(plain(data), tree=tree)
    assert [cell.value for cell in verifier.cells(data, certificate)] == [1, None, 2]
    assert verify(data, certificate) == 2


def test_an_edge_node_without_eligible_requests_adds_nothing():
    data = problem(eligible=[[1, 1, 1], [0, 0, 0]])
    huge = Multipliers(0, 0, 10**30, 0)
    assert verify(data, plain(data, multipliers=[ZERO, huge])) == 3


def test_nothing_is_proved_of_no_requests_but_0():
    data = problem().take([])
    assert verify(data, plain(data, multipliers=[Multipliers(1, 1, 1, 1)] * 2)) == 0


@pytest.fixture
def shallow_stack():
    """Lower the limit of Python's stack, and return it: a small tree is then deeper."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    yield 400
    sys.setrecursionlimit(before)


def test_a_tree_deeper_than_pythons_stack_is_walked(shallow_stack):
    """A request a level: the tree takes none of level 0, none of level 1, ..., one of the last."""
    num = shallow_stack + 100
    data = one_edge_node(
        memory=list(range(num)), compute=[0] * num, budget=[0] * num, memory_capacity=num
    )
    tree = ZERO
    for level in range(num):
        tree = Branch(Split(0, level, 0), tree, Multipliers(0, 0, 1, 0))
    assert verify(data, at_one(tree, data=data, denominator=num)) <= num


@given(
    data=st.one_of(coefficients(), levelled()),
    rng=st.randoms(use_true_random=False),
    denominator=st.sampled_from([1, 2, 7, 60, 2**20]),
)
def test_no_certificate_proves_less_than_the_optimum(data, rng, denominator):
    certificate = RandomTree(data, rng, denominator).certificate()
    assert verify(data, certificate) >= optimum(data)


def test_random_certificates_do_prove_something():
    """The control of the theorem above: some bound is the optimum, and some prunes nothing."""
    rng = random.Random(3)
    data = one_edge_node(memory=[2, 2, 3], compute=[1, 2, 1], budget=[5, 5, 5], memory_capacity=4)
    bounds = Counter(verify(data, RandomTree(data, rng, 60).certificate()) for _ in range(300))
    assert min(bounds) == optimum(data) == 2
    assert len(bounds) == 2


def test_a_leaf_looks_at_each_of_its_requests_once(monkeypatch):
    """However many levels there are, 50 ranges of ranks take 1 + 2 + ... + 49 and all 100."""
    looked = []
    gains = verifier.RankedRequests.gains

    def counted(self, surplus, y, last):
        looked.append(last)
        return gains(self, surplus, y, last)

    monkeypatch.setattr(verifier.RankedRequests, "gains", counted)
    data = one_edge_node(memory=list(range(100)), compute=[1] * 100, budget=[100] * 100)
    tree = ZERO
    for rank in range(49, 0, -1):
        tree = Branch(Split(0, None, rank), ZERO, tree)
    verify(data, at_one(tree, data=data))
    assert looked == [*range(1, 50), 100]


@given(
    data=st.one_of(coefficients(max_edge_nodes=2), levelled(max_edge_nodes=2)),
    rng=st.randoms(use_true_random=False),
    denominator=st.sampled_from([1, 7]),
)
def test_each_edge_node_has_the_values_that_it_has_alone(data, rng, denominator):
    """Edge nodes that rank the same requests share sums: here each comes twice."""
    names = [*RESOURCES, "compute", "compute_budget", "eligible"]
    names += [f"{name}_capacity" for name in RESOURCES]
    data = Coefficients(**{name: [*getattr(data, name)] * 2 for name in names})
    ranked = [verifier.RankedRequests.of(data, j) for j in range(data.num_edge_nodes)]
    for cell in verifier.cells(data, RandomTree(data, rng, denominator).certificate(depth=0)):
        surplus = [
            verifier.in_words([denominator - cell.prices[i] for i in own.requests])
            for own in ranked
        ]
        for own, gains, leaves in zip(ranked, surplus, cell.leaves, strict=True):
            for leaf in leaves:
                assert leaf.value == own.value(leaf.batches, leaf.multipliers, gains, {})


MALFORMED = {
    "another problem": ({"digest": "0" * 64}, "coefficients_sha256: must be that of the problem"),
    "denominator 0": ({"denominator": 0}, "denominator: must be an integer of at least 1, found 0"),
    "denominator 1.0": ({"denominator": 1.0}, "denominator: must be an integer of at least 1"),
    "no tree": ({"tree": None}, "tree: must be prices or a split, found 'NoneType'"),
    "multipliers of P1": ({"tree": ZERO}, "tree: must be prices or a split, found 'Multipliers'"),
    "a price short": (
        {"tree": Prices((0, 0), (ZERO, ZERO))},
        "tree.requests: must have 3 entries, one for each of the requests, found 2",
    ),
    "a negative price": (
        {"tree": Prices((0, -1, 0), (ZERO, ZERO))},
        "tree.requests[1]: must be an integer of at least 0, found -1",
    ),
    "a price of true": (
        {"tree": Prices((0, 0, True), (ZERO, ZERO))},
        "tree.requests[2]: must be an integer of at least 0, found true",
    ),
    "an edge node short": (
        {"tree": Prices((0, 0, 0), (ZERO,))},
        "tree.edge_nodes: must have 2 entries, one for each of the edge nodes, found 1",
    ),
    "prices at an edge node": (
        {"tree": Prices((0, 0, 0), (ZERO, Prices((), ())))},
        "tree.edge_nodes[1]: must be multipliers or a split, found 'Prices'",
    ),
    "a negative multiplier": (
        {"tree": Prices((0, 0, 0), (ZERO, Multipliers(0, 0, -5, 0)))},
        "tree.edge_nodes[1].memory: must be an integer of at least 0, found -5",
    ),
}
GOOD = Prices((0, 0, 0), (ZERO, ZERO))
SPLITS = {
    "an unknown edge node": (Split(2, None, 1), "edge_node: must be an integer of 0..1, found 2"),
    "an unknown level": (Split(0, 1, 1), "level: must be 0, found 1"),
    "rank 0": (Split(0, None, 0), "at: must be an integer of 1..2, found 0"),
    "the last rank": (Split(0, None, 3), "at: must be an integer of 1..2, found 3"),
    "the last count": (Split(0, 0, 3), "at: must be an integer of 0..2, found 3"),
    "a negative count": (Split(0, 0, -1), "at: must be an integer of 0..2, found -1"),
    "nothing": (None, ": must be a split, found 'NoneType'"),
}


@pytest.mark.parametrize(("fields", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_refuses_what_is_malformed_by_its_field(fields, message):
    with pytest.raises(InputError) as caught:
        verify(problem(), changed(plain(problem()), **fields))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("split", "message"), SPLITS.values(), ids=SPLITS.keys())
def test_refuses_a_split_of_p1_that_does_not_cut(split, message):
    tree = Branch(Split(0, 0, 0), Branch(split, GOOD, GOOD), GOOD)
    if split is not None and split.level == 0 and split.edge_node == 0:
        tree = Branch(split, GOOD, GOOD)
    place = "tree.split" if tree.split is split else "tree.lower.split"
    with pytest.raises(InputError) as caught:
        verify(problem(), changed(plain(problem()), tree=tree))
    assert str(caught.value).startswith(place)
    assert message in str(caught.value)


def test_refuses_a_split_of_what_a_split_above_left_whole():
    tree = Branch(Split(0, None, 1), Branch(Split(0, None, 1), GOOD, GOOD), GOOD)
    with pytest.raises(InputError, match=r"^tree.lower.split.at: must cut a range of at least two"):
        verify(problem(), changed(plain(problem()), tree=tree))


def test_refuses_a_split_of_another_edge_node_than_the_trees():
    own = Branch(Split(0, None, 1), ZERO, ZERO)
    tree = Prices((0, 0, 0), (ZERO, own))
    with pytest.raises(InputError, match=r"^tree.edge_nodes\[1\].split.edge_node: must be 1"):
        verify(problem(), changed(plain(problem()), tree=tree))


def test_no_change_to_a_certificate_proves_a_bound_below_the_optimum():
    """3,000 changes, up to three at a time: a true bound or a refusal, and nothing else.

    Both occur in hundreds, so neither a verifier that refuses everything nor one that refuses
    nothing passes.
    """
    rng = random.Random(5)
    problems = [problem(), one_edge_node(memory=[2, 2, 3], compute=[1, 2, 1], budget=[5, 4, 5])]
    problems += [problem(memory=[[3, 3, 2], [3, 3, 3]], compute_budget=[[5, 2, 3], [6, 4, 8]])]
    seen = Counter()
    for turn in range(3000):
        data = problems[turn % 3]
        certificate = RandomTree(data, rng, rng.choice([1, 60])).certificate()
        tree = certificate.tree
        for _ in range(rng.randint(1, 3)):
            tree = mutated(tree, rng)
        fields = {"tree": tree}
        if turn % 50 == 0:
            fields["digest"] = problems[turn % 3 - 1].digest()
        try:
            bound = verify(data, changed(certificate, **fields))
        except InputError:
            seen["refused"] += 1
        else:
            assert "digest" not in fields
            assert bound >= optimum(data)
            seen["proved"] += 1
    assert min(seen["refused"], seen["proved"]) > 300
