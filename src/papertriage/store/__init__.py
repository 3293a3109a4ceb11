r"""The truth on disk: the log of papers, the ledger of runs and the user's decisions.

    <data>/papers/YYYY-MM[.NNN].jsonl   what sources said: one observation a line
    <data>/runs.jsonl                   how each source's announcement days stand
    <data>/decisions.jsonl              what the user decided
    <data>/forgotten.jsonl              papers dropped for good: their ids are never written again
    <data>/.lock, .lock.pid             the lock of all writers, and the process that holds it
    <any of the above>.bad-YYYY-MM-DD   bytes that were no whole record, set aside by a writer

All are UTF-8 text, one JSON object a line, lines ended by `\n` and by nothing else.
"""
