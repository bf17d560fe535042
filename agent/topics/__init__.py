"""Topics: what the assistant talks about by files that need no programmer.

values ◄─ reading (of YAML, with file and line) ◄─ checking (of all topics together)
   ▲
walking (sans-IO: where in a topic a call is) ◄─ course (actions are carried out) ◄─ following, tool
"""
