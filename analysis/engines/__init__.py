"""Engines: where the runs of a batch are made, each under limits that are kept from outside."""
