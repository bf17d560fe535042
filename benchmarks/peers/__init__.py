"""Antiphon beside its peers: pipecat and livekit-agents, on the same callers, services and clock, in the same run.

Nouns: a *peer* is a framework in an environment of its own (``setup``), never imported
by ours; its *setting* is how it is configured: its defaults, or what its documentation
offers that answers soonest; a *contender* is a peer in one setting, or Antiphon. The
peers' servers (``pipecat_server``, ``livekit_server``) run in the peer's interpreter and
are asked like ours (``benchmarks.server_process``).
"""
