"""Packing: prices of the requests that the columns of a state need."""

import numpy as np
import pytest

from formulations.decomposition.columns.packing import Offers, Packing


def test_a_state_pays_for_the_first_requests_and_for_those_too_dear_for_later_columns():
    """Columns of one request to depths 2 and 3 pay at most 0.3 and 0.1 of the prices."""
    packing = Packing(np.arange(3), np.zeros(3, dtype=int), 1, 3)
    price, places = np.array([0.5, 0.3, 0.1]), np.array([2, 3])
    offers = [Offers(places, np.array([1, 1]))]
    cheapest = packing.cheapest(price, places)
    charges = packing.charges(price, cheapest, places, offers)
    assert charges[0, 0].tolist() == pytest.approx([0.2, 0.5, 0.8, np.inf])
    assert charges[1, 0].tolist() == pytest.approx([0.6, 0.7, 0.8, 0.9])
    assert (charges >= cheapest).all()
