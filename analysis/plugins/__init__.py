"""Plug-ins: own methods, families of instances and model catalogues, a file each.

What a plug-in brings stands in its file as data, a literal that is read and never executed; its
code is imported where it is needed, by the process of a run, under the limits of the run.
"""
