"""``python -m quarterday`` does what ``quarterday`` does."""

from quarterday.project.main import main

main()
