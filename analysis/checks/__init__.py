"""Checks of files: instances, schedules and certificates, each with a verdict.

- :mod:`brute_force`: the optimum of P1 by brute force, to check the solvers against.
- :mod:`replay`: the last step of a certificate by enumeration, made again.
- :mod:`verdict`: what is to be said of an instance file, and of a schedule.
- :mod:`certificate`: verdict on a certificate: what it proves of an instance, and of a schedule.
- :mod:`headroom`: what a schedule leaves of each capacity, and what keeps each other request out.
"""
