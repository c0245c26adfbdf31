"""The heavy reads of reports: sums by the database, one pass over each table where that goes.

Amounts are minor units by currency, never summed across currencies. ``sellers`` are keys, None
for all of them. Periods are half-open days.
"""
