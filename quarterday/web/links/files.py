"""Files behind links."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from quarterday.store.models import DocumentFile


def give_file(file: DocumentFile) -> HttpResponse:
    """A kept file, to be saved under its name."""
    answer = HttpResponse(bytes(file.content), content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return answer
