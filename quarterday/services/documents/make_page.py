"""The page of a document: what stands on it, as finished texts in the language of its reader."""

from __future__ import annotations
