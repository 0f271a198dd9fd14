"""Matching: the most places of a state that requests can fill, by augmenting paths."""


def most_filled(data, class_of, counts, loads=()):
    """Return the size of a maximum matching of places and requests.

    Edge node j has ``counts[j][l]`` places for requests of class l that are eligible there and
    whose budget covers the load of all places, or the load of j in ``loads``.
    """
    places = []
    for j, row in enumerate(counts):
        compute = {
            int(class_of[i]): int(data.compute[j, i])
            for i in range(data.num_requests)
            if data.eligible[j, i]
        }
        load = sum(int(count) * compute.get(each, 0) for each, count in enumerate(row))
        load = dict(loads).get(j, load)
        for each, count in enumerate(row):
            pool = [
                i
                for i in range(data.num_requests)
                if data.eligible[j, i] and class_of[i] == each and data.compute_budget[j, i] >= load
            ]
            places += [pool] * int(count)
    owner = {}

    def fill(place, seen):
        for request in places[place]:
            if request not in seen:
                seen.add(request)
                if request not in owner or fill(owner[request], seen):
                    owner[request] = place
                    return True
        return False

    return sum(fill(place, set()) for place in range(len(places)))
