"""Certificates made at random: true whatever they say, since any multipliers prove some bound."""

from heuristics.certificate import Branch, Certificate, Multipliers, Prices, Split
from tests.helpers.oracles import optimum

ZERO = Multipliers(0, 0, 0, 0)


def plain(data, *, prices=None, multipliers=None, denominator=1, bound=0, **fields):
    """Return a certificate without splits; prices and multipliers of 0 where none are given."""
    tree = Prices(
        tuple(prices or [0] * data.num_requests),
        tuple(multipliers or [ZERO] * data.num_edge_nodes),
    )
    return Certificate(
        digest=data.digest(), denominator=denominator, tree=tree, bound=bound, **fields
    )


def levels(data, edge_node):
    """Return the size of each level, by (memory, compute) ascending."""
    eligible = [i for i in range(data.num_requests) if data.eligible[edge_node, i]]
    keys = [(int(data.memory[edge_node, i]), int(data.compute[edge_node, i])) for i in eligible]
    return [keys.count(key) for key in sorted(set(keys))]


class RandomTree:
    """Splits and multipliers at random, every split inside its range."""

    def __init__(self, data, rng, denominator):
        self.data, self.rng, self.denominator = data, rng, denominator
        self.root = tuple(
            {None: (1, int(data.eligible[j].sum()))}
            | {k: (0, size) for k, size in enumerate(levels(data, j))}
            for j in range(data.num_edge_nodes)
        )

    def certificate(self, depth=2):
        tree = self.tree(self.root, self.rng.randrange(depth + 1))
        return Certificate(
            digest=self.data.digest(),
            denominator=self.denominator,
            tree=tree,
            bound=optimum(self.data),
        )

    def tree(self, ranges, depth):
        split = self.split(ranges, range(len(ranges))) if depth else None
        if split is None:
            edge_nodes = tuple(self.edge_node(ranges, j, 3) for j in range(len(ranges)))
            return Prices(tuple(self.prices()), edge_nodes)
        lower, upper = self.parts(ranges, split)
        return Branch(split, self.tree(lower, depth - 1), self.tree(upper, depth - 1))

    def edge_node(self, ranges, j, depth):
        split = self.split(ranges, [j]) if depth and self.rng.random() < 0.7 else None
        if split is None:
            return self.multipliers(j)
        lower, upper = self.parts(ranges, split)
        return Branch(
            split, self.edge_node(lower, j, depth - 1), self.edge_node(upper, j, depth - 1)
        )

    def split(self, ranges, edge_nodes):
        able = [
            (j, level, least, largest)
            for j in edge_nodes
            for level, (least, largest) in ranges[j].items()
            if least < largest
        ]
        if not able:
            return None
        j, level, least, largest = self.rng.choice(able)
        return Split(j, level, self.rng.randrange(least, largest))

    def parts(self, ranges, split):
        least, largest = ranges[split.edge_node][split.level]
        for part in ((least, split.at), (split.at + 1, largest)):
            own = ranges[split.edge_node] | {split.level: part}
            yield (*ranges[: split.edge_node], own, *ranges[split.edge_node + 1 :])

    def prices(self):
        most = self.rng.choice([0, self.denominator // 2, self.denominator])
        return [self.rng.randint(0, most) for _ in range(self.data.num_requests)]

    def multipliers(self, j):
        names = ("uplink", "downlink", "memory")
        capacities = [int(getattr(self.data, f"{name}_capacity")[j]) for name in names]
        capacities.append(int(self.data.compute_budget[j].max(initial=0)))
        able = [self.rng.random() < 0.4 for _ in capacities]
        return Multipliers(
            *(
                self.rng.randint(0, 3 * self.denominator // max(1, capacity)) if used else 0
                for used, capacity in zip(able, capacities, strict=True)
            )
        )
