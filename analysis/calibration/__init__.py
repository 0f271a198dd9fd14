"""Calibration: latency profiles fitted to measurements, and checked on others.

- :mod:`calibration`: the fit of a profile to measurement files, with its errors and remarks.
- :mod:`check`: the errors of a profile on other measurements.
- :mod:`fit`: non-negative least squares on relative errors, with bootstrap intervals.
- :mod:`errors`: relative errors on fitted and on left-out rows, and the margin.
- :mod:`knee`: batch sizes from which a part takes longer than smaller batches predict.
- :mod:`efficiency`: the speeds that the coefficients imply, beside the data sheet.
- :mod:`replay`: a request log served again by the iterations of a profile.
- :mod:`document`: JSON, the CSV of predictions, and the TOML file of a profile.
- :mod:`catalogue`: the profiles of the catalogue, fitted again from public measurements.
- :mod:`picture`: predicted against measured times, and errors by batch size.
"""
