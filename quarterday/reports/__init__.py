"""Reports, one a file; `quarterday.ports.report` finds them by themselves.

Here is what a report means; the heavy reads are in `quarterday.store.queries.reports`.
"""
