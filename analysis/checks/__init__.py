"""Checks of files: instances, schedules and certificates, each with a verdict.

- :mod:`instance_file`: contradictions in an instance file.
- :mod:`schedule`: the constraints that a schedule breaks.
- :mod:`certificate`: the verdict on a certificate file, and on a schedule file beside it.
- :mod:`replay`: the last step of a certificate by enumeration, made again.
- :mod:`headroom`: free capacity of a schedule, and constraints that block other requests.
- :mod:`brute_force`: the optimum of P1 by brute force, as a test of the solvers.
"""
