"""Certificates made at random: true whatever they say, since any multipliers prove some bound."""

from heuristics.certificate import Branch, Certificate, Choice, Multipliers, Prices, Split
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
        tree = self.tree((self.root, self.data.alternatives), self.rng.randrange(depth + 1))
        return Certificate(
            digest=self.data.digest(),
            denominator=self.denominator,
            tree=tree,
            bound=optimum(self.data),
        )

    def tree(self, allowed, depth):
        ranges, groups = allowed
        has_choice = depth and any(len(rows) > 1 for rows in groups)
        choice = self.choice(groups) if has_choice and self.rng.random() < 0.6 else None
        split = choice or (self.split(ranges, range(len(ranges))) if depth else None)
        if split is None:
            edge_nodes = tuple(self.edge_node(ranges, j, 3) for j in range(len(ranges)))
            return Prices(tuple(self.prices()), edge_nodes)
        if choice:
            halves = [(ranges, part) for part in self.chosen(groups, choice)]
        else:
            halves = [(part, self.using(groups, part)) for part in self.parts(ranges, split)]
        return Branch(split, *(self.tree(half, depth - 1) for half in halves))

    def choice(self, groups):
        """Draw a split of the rows of a group with several."""
        g = self.rng.choice([g for g, rows in enumerate(groups) if len(rows) > 1])
        return Choice(g, self.rng.randrange(groups[g][0], groups[g][-1]))

    def chosen(self, groups, choice):
        """Yield the rows of the groups on either side of a split."""
        g, at = choice
        for is_lower in (True, False):
            kept = tuple(row for row in groups[g] if (row <= at) == is_lower)
            yield (*groups[:g], kept, *groups[g + 1 :])

    def using(self, groups, ranges):
        """Return the rows of the groups without those that a row with a least count excludes."""
        for row, own in enumerate(ranges):
            if any(least > 0 for level, (least, _) in own.items() if level is not None):
                whole = next(rows for rows in self.data.alternatives if row in rows)
                groups = tuple(
                    tuple(each for each in rows if each == row or each not in whole)
                    for rows in groups
                )
        return groups

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


def changed(certificate, **fields):
    """Change what the data type lets nobody change."""
    copy = Certificate(digest="", denominator=1, tree=certificate.tree, bound=0)
    for name in ("digest", "denominator", "tree", "bound", "proof"):
        object.__setattr__(copy, name, fields.get(name, getattr(certificate, name)))
    return copy


def nodes(tree, path=()):
    """Yield every part of a tree with its path of fields."""
    yield path, tree
    if isinstance(tree, tuple):
        for index, each in enumerate(tree):
            yield from nodes(each, (*path, index))


def replaced(tree, path, value):
    if not path:
        return value
    parts = list(tree)
    parts[path[0]] = replaced(parts[path[0]], path[1:], value)
    return type(tree)(parts) if type(tree) is tuple else type(tree)(*parts)


def mutated(tree, rng):
    """Change one part of a tree: a number, a whole part, or two parts swapped."""
    parts = list(nodes(tree))
    path, part = rng.choice(parts)
    match rng.randrange(6):
        case 0:
            value = rng.choice([-1, -(10**40), 10**40, None, 1.5, True, "1", (), part])
        case 1 if type(part) is int:
            value = part + rng.choice([-3, -2, -1, 1, 2, 3])
        case 1 | 2:
            other_path, value = rng.choice(parts)
            if other_path[: len(path)] != path and path[: len(other_path)] != other_path:
                tree = replaced(tree, other_path, part)
        case 3 if type(part) is tuple and part:
            value = part[:-1] if rng.random() < 0.5 else (*part, part[-1])
        case _:
            path, part = rng.choice([each for each in parts if type(each[1]) is int] or parts)
            value = rng.choice([0, 1, 2, -1, 10**9]) if type(part) is int else ZERO
    return replaced(tree, path, value)
