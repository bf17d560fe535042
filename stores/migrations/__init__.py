"""The history of the schema, a revision a file in ``versions/``; see ``stores.migrate``."""
