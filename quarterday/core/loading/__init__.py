"""From the rows of a file to typed records: values, their schema, and the mapping of columns."""
