"""The interface for other programs, version 1: read what is here with a key of the seller.

Each module that has a ``router`` is a part of it, and is found by itself.
"""
