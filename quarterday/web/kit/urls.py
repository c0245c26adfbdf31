"""Which address leads where: what all pages share."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from quarterday.web.kit.brand import brand_css, brand_logo
from quarterday.web.kit.gallery import gallery
from quarterday.web.kit.language import choose_language

app_name = "kit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("brand/<str:code>.css", brand_css, name="brand_css"),
    path("brand/<str:code>/logo", brand_logo, name="brand_logo"),
    path("language/", choose_language, name="language"),
]
if settings.DEBUG:
    urlpatterns.append(path("kit/", gallery, name="gallery"))
