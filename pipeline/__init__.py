"""Speech to reply to speech.

Nouns: *events* (what happened), *commands* (what is to be done), *turns* (the machine
between them: who may speak now), *stages* (transcribe, reply, speak), *conversation*
(one call, from its first frame to its last).
"""
