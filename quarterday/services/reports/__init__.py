"""Reports: run one, write it as a file, and mail it when its day has come."""
