"""Traces: when each request arrived, and how long its prompt and its output were.

- :mod:`reader`: one function that reads a trace file of any format.
- :mod:`formats`: the registry: name, columns, time unit and source of each format.
- :mod:`reading`: the user's choices: columns, time unit, drawn arrivals, scaling, sampling.
- :mod:`units`: time units, and the question asked where a file does not settle its unit.
- :mod:`trace`: the result: requests of one window, with the summary of the whole trace.
- :mod:`summary`: counts of the whole trace, and the line that tells them.
- :mod:`stream`: bytes of a file as blocks of whole lines, unpacked on the way.
- :mod:`values`: texts of single values as integers of nanoseconds and of tokens.
- :mod:`block`: rows read together, and the rule by which rows are skipped.
- :mod:`cells`: values of one file, read by its format.
- :mod:`csv_rows`: rows of CSV files, by columns where possible and row by row elsewhere.
- :mod:`arrow_columns`: columns of a block of CSV, parsed at once by pyarrow.
- :mod:`json_rows`: rows of JSON lines.
- :mod:`servegen`: requests drawn from the windows of a ServeGen client.
- :mod:`window`: requests of the window asked for, collected in one pass or two.
- :mod:`announcement`: the summary of each trace that is read, told to a command that listens.
- :mod:`excerpt`: the synthetic trace that ships with the project.
"""
