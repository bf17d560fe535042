"""Call control: ringing, answering, hanging up.

Nouns: *lifecycle* (one call as the telephone service sees it), *webhooks* (what the
service tells us), *live calls* (those that are up on this replica), *journal* (what a
call leaves in the store).
"""
