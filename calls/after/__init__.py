"""Work after the call: what it was about, what is to be done next, a text message, what it cost.

Nouns: *work* (all that is done after one call), *step* (one part of it, done once), *sweep*
(which finds the calls that still want their work).
"""
