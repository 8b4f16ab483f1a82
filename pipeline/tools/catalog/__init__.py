"""The catalog: every row that is known of cases, consents, publications and events.

`engine` opens it; the other modules each know one group of tables and take a connection (to read)
or a `Transaction` (to write). Rows come out as frozen values; no SQLAlchemy object leaves here.
"""
