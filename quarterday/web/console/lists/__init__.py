"""Lists of everything there is, on django-unfold; read only."""
