"""Many epochs of the protocol of Fig. 3: arrivals, decisions, their execution as measured."""
