"""What we claim of our speed, measured: one file per claim.

Nouns: a *benchmark* is a module here with ``PROFILES``, ``run`` and ``draw`` (the
protocol is ``benchmarks.result.Benchmark``); its *result* holds the key *figures* and
the details behind them; the *runner* finds benchmarks, runs them and writes
``results/<name>.json`` and ``results/<name>.svg``.
"""
