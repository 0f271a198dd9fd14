"""Algorithm 2 by plain recursion, the oracle for the order of visits and the number of nodes."""

from fractions import Fraction


def visits(sizes, cardinality, pruning):
    """Yield each node of a tree as (picks, z' left) in the order of the visits.

    The children of a node are visited from min(z', |F|) down to 0. A visit may be answered by
    `True` (sent into the generator): the leaf is feasible and the search ends.
    """

    def subtree(picks, left):
        """Visit a node and what is below; return whether to stop and whether to go on beside."""
        found = yield picks, left
        if found:
            return True, False
        if left == 0:
            return False, True
        depth = len(picks)
        if is_pruned(depth, left):
            return False, False
        if depth < len(sizes):
            for pick in range(min(left, sizes[depth]), -1, -1):
                stop, go_on = yield from subtree((*picks, pick), left - pick)
                if stop:
                    return True, False
                if not go_on:
                    break
        return False, True

    def is_pruned(depth, left):
        below, own = sum(sizes[depth:]), sizes[depth - 1] if depth else 0
        return {
            "none": False,
            "literal": below + own < left,
            "pseudocode": depth == len(sizes) and left > 0,
            "exact": below < left,
        }[pruning]

    yield from subtree((), cardinality)


def ot(data, pruning="exact"):
    """Return the batch and the number of nodes of Algorithm 2 at the one edge node of a problem."""
    row = {
        name: getattr(data, name)[0].tolist()
        for name in ("uplink", "downlink", "memory", "compute", "compute_budget", "eligible")
    }
    requests = [i for i in range(data.num_requests) if row["eligible"][i]]
    requests.sort(key=lambda i: (-row["compute_budget"][i], row["uplink"][i], i))
    up, down = (max(int(each[0]), 1) for each in (data.uplink_capacity, data.downlink_capacity))

    def cheapness(i):
        share = max(Fraction(row["uplink"][i], up), Fraction(row["downlink"][i], down))
        return share, row["uplink"][i], i

    levels = sorted({(row["memory"][i], row["compute"][i]) for i in requests})
    num_nodes = 0
    for cardinality in range(len(requests), 0, -1):
        for depth in range(cardinality, len(requests) + 1):
            groups = [
                sorted(
                    (i for i in requests[:depth] if (row["memory"][i], row["compute"][i]) == level),
                    key=cheapness,
                )
                for level in levels
            ]
            budget = row["compute_budget"][requests[depth - 1]]
            tree = visits([len(group) for group in groups], cardinality, pruning)
            answer = None
            while True:
                try:
                    picks, left = tree.send(answer)
                except StopIteration:
                    break
                num_nodes += 1
                answer = False
                if left == 0:
                    batch = [i for group, u in zip(groups, picks, strict=False) for i in group[:u]]
                    if _fits(data, row, batch, budget):
                        return tuple(sorted(batch)), num_nodes
    return (), num_nodes


def _fits(data, row, batch, budget):
    demand = {name: sum(row[name][i] for i in batch) for name in row}
    return (
        demand["uplink"] <= data.uplink_capacity[0]
        and demand["downlink"] <= data.downlink_capacity[0]
        and demand["memory"] <= data.memory_capacity[0]
        and demand["compute"] <= budget
    )
