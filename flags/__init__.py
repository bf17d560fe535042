"""Flags: how conversations behave, changed while the server runs, for everybody or for a share of the callers.

A ``FlagSource`` says what is wanted; ``Definitions`` are what of it can be used; ``LiveFlags``
keep them up to date; ``CallFlags`` are what one call goes by.
"""
