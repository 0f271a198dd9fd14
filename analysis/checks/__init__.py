"""Checks of files: instances, schedules and certificates, each with a verdict.

- :mod:`brute_force`: the optimum of P1 by brute force, to check the solvers against.
- :mod:`replay`: the last step of a certificate by enumeration, made again.
- :mod:`instance_file`: contradictions in an instance file.
- :mod:`schedule`: the constraints that a schedule breaks.
- :mod:`certificate`: verdict on a certificate: what it proves of an instance, and of a schedule.
- :mod:`headroom`: what a schedule leaves of each capacity, and what keeps each other request out.
"""
