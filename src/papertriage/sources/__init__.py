"""Listing services: each module asks one service and reads what it answers.

`base.py` is the seam, `http.py` the polite session that all of them share.
"""
